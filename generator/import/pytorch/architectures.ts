// Published AdderNet architectures, as plans over the keys of their state dicts.
import type { FloatTensor } from "../../ir/tensor.ts";
import type { InputPlan } from "./plan.ts";
import type { Planner } from "./planner.ts";
import { planStack } from "./stack.ts";

/** What the user says of a network beside its weights. */
export interface PlanOptions {
  readonly shape?: readonly [height: number, width: number, channels: number] | undefined;
  /** Convolutions of a stack with a pool behind them; "none" for none. */
  readonly pools?: readonly string[] | undefined;
}

export interface Architecture {
  readonly name: string;
  readonly summary: string;
  /** The input that the published training used; other crops and normalizations are the user's to name. */
  readonly input: InputPlan;
  /** Name of the first layer, whose weights tell the channels of the input; default: the first with weights. */
  readonly stem?: string;
  /** Adds the layers; gives what it assumed, and the input's size where it follows from the weights. */
  plan(p: Planner, state: State, options: PlanOptions): Planned | undefined;
}

interface Planned {
  readonly size?: readonly [number, number];
  readonly assumed?: readonly string[];
}

type State = ReadonlyMap<string, FloatTensor>;

const cifar: InputPlan = {
  shape: [32, 32, 3],
  scale: 1 / 255,
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.2023, 0.1994, 0.201],
};

const imagenet: InputPlan = {
  shape: [224, 224, 3],
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const mnist: InputPlan = { shape: [28, 28, 1], scale: 1 / 64 };

/** Convolutions of a block with their strides; the last one has no activation before the sum. */
type Block = (stride: number) => readonly { readonly kernel: number; readonly stride: number }[];

const basic: Block = (stride) => [
  { kernel: 3, stride },
  { kernel: 3, stride: 1 },
];

const bottleneck: Block = (stride) => [
  { kernel: 1, stride: 1 },
  { kernel: 3, stride },
  { kernel: 1, stride: 1 },
];

function residual(p: Planner, name: string, block: Block, stride: number): void {
  const input = p.last;
  const convs = block(stride);
  convs.forEach((conv, i) => {
    p.conv(`${name}.conv${i + 1}`, conv);
    p.batchNorm(`${name}.bn${i + 1}`);
    if (i < convs.length - 1) p.layer({ name: `${name}.relu${i + 1}`, kind: "relu" });
  });
  const main = p.last;
  let shortcut = input;
  // A number that a missing tensor leaves unknown says nothing.
  const wider = Math.abs(p.channels - p.channelsOf(input)) > 0;
  const side = p.weightsOf(`${name}.shortcut.0`) ? `${name}.shortcut` : `${name}.downsample`;
  if (stride !== 1 || wider || p.weightsOf(`${side}.0`)) {
    p.conv(`${side}.0`, { kernel: 1, stride, input });
    shortcut = p.batchNorm(`${side}.1`);
  }
  p.layer({ name: `${name}.add`, kind: "add", inputs: [main, shortcut] });
  p.layer({ name: `${name}.relu${convs.length}`, kind: "relu" });
}

/**
 * Stem, stages of blocks and head. The first block of every stage but the first halves the map. A stem of 7 x 7 has
 * stride 2 and a pool behind it, as for ImageNet; a smaller one keeps the size. The head is dense or a 1x1 convolution.
 */
function residuals(p: Planner, stages: readonly number[], block: Block): void {
  const kernel = p.weightsOf("conv1")?.shape[2] ?? 3;
  p.conv("conv1", { kernel, stride: kernel >= 7 ? 2 : 1 });
  p.batchNorm("bn1");
  p.layer({ name: "relu1", kind: "relu" });
  if (kernel >= 7) p.layer({ name: "maxpool", kind: "max_pool2d", kernel: 3, stride: 2, padding: 1 });
  stages.forEach((blocks, stage) => {
    for (let i = 0; i < blocks; i++) residual(p, `layer${stage + 1}.${i}`, block, stage > 0 && i === 0 ? 2 : 1);
  });
  p.layer({ name: "avgpool", kind: "global_avg_pool" });
  p.dense(p.weightsOf("linear") && !p.weightsOf("fc") ? "linear" : "fc");
  if (p.has("bn2.running_mean") || p.has("bn2.weight")) p.batchNorm("bn2");
}

function resnet(
  name: string,
  stages: readonly number[],
  block: Block,
  input: InputPlan,
  summary: string,
): Architecture {
  const blocks = `${stages.join(", ")} ${block === basic ? "basic" : "bottleneck"} blocks`;
  return {
    name,
    summary: `${summary}: ${blocks}`,
    input,
    stem: "conv1",
    plan: (p) => void residuals(p, stages, block),
  };
}

function cifarResnet(depth: number, input: InputPlan = cifar): Architecture {
  const blocks = (depth - 2) / 6;
  const data = input === cifar ? "CIFAR" : "MNIST";
  return resnet(`resnet${depth}`, [blocks, blocks, blocks], basic, input, `ResNet-${depth} for ${data}`);
}

const imagenetResnet = (depth: number, stages: readonly number[], block: Block): Architecture =>
  resnet(`resnet${depth}`, stages, block, imagenet, `ResNet-${depth}`);

/** Any number of stages and blocks, as the keys have them. */
const anyResnet: Architecture = {
  name: "resnet",
  summary: "a ResNet with blocks conv1, conv2 (and conv3) in layer1, layer2, ...: numbers and widths from the weights",
  input: cifar,
  stem: "conv1",
  plan(p) {
    const stages: number[] = [];
    const blocks = (): number => p.count(`layer${stages.length + 1}.*.conv1`);
    for (let n = blocks(); n > 0; n = blocks()) stages.push(n);
    residuals(p, stages, p.weightsOf("layer1.0.conv3") ? bottleneck : basic);
    return { assumed: [`stages of ${stages.join(", ")} blocks`] };
  },
};

const squares = (channels: number): readonly (readonly [number, number])[] =>
  channels === 3
    ? [[32, 32]]
    : [
        [28, 28],
        [32, 32],
      ];

function stack(
  name: string,
  summary: string,
  own: { readonly sizes?: readonly (readonly [number, number])[] } = {},
): Architecture {
  return {
    name,
    summary,
    input: { shape: [32, 32, 3], scale: 1 / 255 },
    plan(p, state, { shape, pools }) {
      const sizes = shape ? [[shape[0], shape[1]] as const] : (own.sizes ?? squares(p.channels));
      return planStack(p, state, { sizes, pools });
    },
  };
}

const lenet5: Architecture = {
  name: "lenet5",
  summary: "LeNet-5 for MNIST: two convolutions and three dense layers, each with a batch norm",
  input: mnist,
  stem: "conv1",
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
    ] as const) {
      p.dense(fc);
      p.batchNorm(`bn${n}`);
      p.layer({ name: `relu${n}`, kind: "relu" });
    }
    p.dense("fc3");
    p.batchNorm("bn5");
    return undefined;
  },
};

const all = [
  cifarResnet(20),
  cifarResnet(32),
  imagenetResnet(18, [2, 2, 2, 2], basic),
  imagenetResnet(34, [3, 4, 6, 3], basic),
  imagenetResnet(50, [3, 4, 6, 3], bottleneck),
  imagenetResnet(101, [3, 4, 23, 3], bottleneck),
  anyResnet,
  cifarResnet(8, mnist),
  lenet5,
  stack("lenet", "a LeNet: two convolutions with pools, then dense layers; sizes from the weights"),
  stack(
    "vgg-small",
    "VGG-small for CIFAR: six convolutions of 3 x 3 with a pool behind every second one, then dense layers",
    {
      sizes: [[32, 32]],
    },
  ),
  stack("stack", "any plain stack of convolutions (norm, ReLU, pool) and dense layers in the order of the file"),
];

export const architectures: ReadonlyMap<string, Architecture> = new Map(all.map((a) => [a.name, a]));
