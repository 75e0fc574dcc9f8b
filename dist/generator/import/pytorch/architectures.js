const cifar = {
    shape: [32, 32, 3],
    scale: 1 / 255,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.2023, 0.1994, 0.201],
};
const imagenet = {
    shape: [224, 224, 3],
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
};
const mnist = { shape: [28, 28, 1], scale: 1 / 64 };
const basic = (stride) => [
    { kernel: 3, stride },
    { kernel: 3, stride: 1 },
];
const bottleneck = (stride) => [
    { kernel: 1, stride: 1 },
    { kernel: 3, stride },
    { kernel: 1, stride: 1 },
];
function residual(p, name, block, stride) {
    const input = p.last;
    const convs = block(stride);
    convs.forEach((conv, i) => {
        p.conv(`${name}.conv${i + 1}`, conv);
        p.batchNorm(`${name}.bn${i + 1}`);
        if (i < convs.length - 1)
            p.layer({ name: `${name}.relu${i + 1}`, kind: "relu" });
    });
    const main = p.last;
    let shortcut = input;
    // A number that a missing tensor leaves unknown says nothing.
    const wider = Math.abs(p.channels - p.channelsOf(input)) > 0;
    if (stride !== 1 || wider) {
        p.conv(`${name}.downsample.0`, { kernel: 1, stride, input });
        shortcut = p.batchNorm(`${name}.downsample.1`);
    }
    p.layer({ name: `${name}.add`, kind: "add", inputs: [main, shortcut] });
    p.layer({ name: `${name}.relu${convs.length}`, kind: "relu" });
}
/** Stages of blocks; the first block of every stage but the first halves the map. The head is a 1x1 convolution. */
function resnet(p, block, stages) {
    stages.forEach((blocks, stage) => {
        for (let i = 0; i < blocks; i++)
            residual(p, `layer${stage + 1}.${i}`, block, stage > 0 && i === 0 ? 2 : 1);
    });
    p.layer({ name: "avgpool", kind: "global_avg_pool" });
    p.dense("fc");
    p.batchNorm("bn2");
}
function cifarResnet(depth, input = cifar) {
    const blocks = (depth - 2) / 6;
    return {
        name: `resnet${depth}`,
        summary: `ResNet-${depth} for ${input === cifar ? "CIFAR" : "MNIST"}: 3 x ${blocks} basic blocks`,
        input,
        plan(p) {
            p.conv("conv1", { kernel: 3, padding: 1 });
            p.batchNorm("bn1");
            p.layer({ name: "relu1", kind: "relu" });
            resnet(p, basic, [blocks, blocks, blocks]);
        },
    };
}
const resnet50 = {
    name: "resnet50",
    summary: "ResNet-50 for ImageNet: 3, 4, 6, 3 bottleneck blocks",
    input: imagenet,
    plan(p) {
        p.conv("conv1", { kernel: 7, stride: 2, padding: 3 });
        p.batchNorm("bn1");
        p.layer({ name: "relu1", kind: "relu" });
        p.layer({ name: "maxpool", kind: "max_pool2d", kernel: 3, stride: 2, padding: 1 });
        resnet(p, bottleneck, [3, 4, 6, 3]);
    },
};
const lenet5 = {
    name: "lenet5",
    summary: "LeNet-5 for MNIST: two convolutions and three dense layers, each with a batch norm",
    input: mnist,
    plan(p) {
        p.conv("conv1", { kernel: 5, padding: 2 });
        p.batchNorm("bn1");
        p.layer({ name: "relu1", kind: "relu" });
        p.layer({ name: "pool1", kind: "max_pool2d", kernel: 2 });
        p.conv("conv2", { kernel: 5, padding: 0 });
        p.batchNorm("bn2");
        p.layer({ name: "relu2", kind: "relu" });
        p.layer({ name: "pool2", kind: "max_pool2d", kernel: 2 });
        p.layer({ name: "flatten", kind: "flatten" });
        for (const [fc, n] of [
            ["fc1", 3],
            ["fc2", 4],
        ]) {
            p.dense(fc);
            p.batchNorm(`bn${n}`);
            p.layer({ name: `relu${n}`, kind: "relu" });
        }
        p.dense("fc3");
        p.batchNorm("bn5");
    },
};
const all = [cifarResnet(20), cifarResnet(32), resnet50, cifarResnet(8, mnist), lenet5];
export const architectures = new Map(all.map((a) => [a.name, a]));
