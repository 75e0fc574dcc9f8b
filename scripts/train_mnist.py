#!/usr/bin/env python3
"""Trains the MNIST example networks as the committed weights were trained.

    /usr/bin/python3 scripts/train_mnist.py --net lenet5 --data DIR --out weights.safetensors

Needs PyTorch and NumPy (Debian: apt-get install python3-torch). DIR has train_images.npy (uint8 [count, 28, 28]) and
train_labels.npy, and, if accuracy is to be printed, validation_* and test_*; scripts/prepare_mnist.py makes them.

Recipe: images / 64; SGD with momentum 0.9, learning rate 0.1 with cosine decay to 0, batches of 100, no weight decay; adder
weights start as N(0, 1), and the gradient of each adder layer's weights is scaled to eta sqrt(n) / ||gradient||, eta 0.2;
random affine images, left alone in the last two epochs. One thread: a run is reproducible.
"""

import argparse
import math
import pathlib
import time
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from adder_torch import Adder2d, AdderLinear
from safetensors_file import safetensors_bytes

PIXEL_SCALE = 1 / 64


def lenet5():
    return nn.Sequential(
        OrderedDict(
            conv1=Adder2d(1, 6, 5, padding=2), bn1=nn.BatchNorm2d(6), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
            conv2=Adder2d(6, 16, 5), bn2=nn.BatchNorm2d(16), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=AdderLinear(400, 120), bn3=nn.BatchNorm1d(120), relu3=nn.ReLU(),
            fc2=AdderLinear(120, 84), bn4=nn.BatchNorm1d(84), relu4=nn.ReLU(),
            fc3=AdderLinear(84, 10), bn5=nn.BatchNorm1d(10),
        )
    )  # fmt: skip


def tiny():
    return nn.Sequential(
        OrderedDict(
            avgpool=nn.AvgPool2d(2),
            conv1=Adder2d(1, 8, 3, stride=2, padding=1), bn1=nn.BatchNorm2d(8), relu1=nn.ReLU(),
            conv2=Adder2d(8, 16, 3, stride=2, padding=1), bn2=nn.BatchNorm2d(16), relu2=nn.ReLU(),
            flatten=nn.Flatten(),
            fc=AdderLinear(256, 10), bn3=nn.BatchNorm1d(10),
        )
    )  # fmt: skip


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = Adder2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = Adder2d(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs)
        same = stride == 1 and inputs == outputs
        self.downsample = None if same else nn.Sequential(Adder2d(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(y + (x if self.downsample is None else self.downsample(x)))


def resnet8():
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 8, 3, padding=1, bias=False), bn1=nn.BatchNorm2d(8), relu1=nn.ReLU(),
            layer1=nn.Sequential(Block(8, 8, 1)),
            layer2=nn.Sequential(Block(8, 16, 2)),
            layer3=nn.Sequential(Block(16, 32, 2)),
            avgpool=nn.AdaptiveAvgPool2d(1),
            fc=nn.Conv2d(32, 10, 1, bias=False), bn2=nn.BatchNorm2d(10), flatten=nn.Flatten(),
        )
    )  # fmt: skip


# Network, epochs, and the range of the random affine: degrees, scale, shear, shift in pixels.
NETS = {
    "lenet5": (lenet5, 150, (10, 0.1, 0.1, 2)),
    "tiny": (tiny, 150, (6, 0.06, 0.05, 1.2)),
    "resnet8": (resnet8, 24, (10, 0.1, 0.1, 2)),
}


def random_affine(images, degrees, scale, shear, shift):
    """Each image turned, scaled, sheared and moved at random, uniformly within the given ranges."""
    count, size = images.shape[0], images.shape[-1]
    r = torch.rand(5, count) * 2 - 1
    angle, zoom = r[0] * math.radians(degrees), 1 + r[1] * scale
    cos, sin, slant = torch.cos(angle) * zoom, torch.sin(angle) * zoom, r[2] * shear
    move = r[3:] * (2 * shift / size)
    rows = [torch.stack([cos, cos * slant - sin, move[0]], 1), torch.stack([sin, sin * slant + cos, move[1]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def load(folder, part):
    """Images as float [count, 1, height, width] in steps of 1/64, and labels; None where the files are missing."""
    images, labels = folder / f"{part}_images.npy", folder / f"{part}_labels.npy"
    if not images.exists() or not labels.exists():
        return None
    x = torch.from_numpy(np.load(images).astype(np.float32) * np.float32(PIXEL_SCALE)).unsqueeze(1)
    return x, torch.from_numpy(np.load(labels).astype(np.int64))


@torch.no_grad()
def accuracy(net, data):
    net.eval()
    images, labels = data
    right = sum((net(x).argmax(1) == y).sum().item() for x, y in zip(images.split(250), labels.split(250)))
    net.train()
    return right / len(labels)


def train(net, data, validation, epochs, batch, affine):
    images, labels = data
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    steps = math.ceil(len(images) / batch)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * steps)
    for epoch in range(1, epochs + 1):
        started, total = time.time(), 0.0
        for chosen in torch.randperm(len(images)).split(batch):
            x = images[chosen]
            if epoch <= epochs - 2:
                x = random_affine(x, *affine)
            loss = functional.cross_entropy(net(x), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            decay.step()
            total += loss.item() * len(chosen)
        report = f"epoch {epoch}/{epochs}  loss {total / len(images):.4f}"
        if validation is not None:
            report += f"  validation {100 * accuracy(net, validation):.1f} %"
        print(f"{report}  {time.time() - started:.1f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description="trains an MNIST example network")
    parser.add_argument("--net", choices=sorted(NETS), default="lenet5")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder with train_images.npy and so on")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="weights to write, .safetensors")
    parser.add_argument("--epochs", type=int, help="default: the recipe's number")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    data = load(args.data, "train")
    if data is None:
        parser.error(f"{args.data} has no train_images.npy with train_labels.npy; scripts/prepare_mnist.py makes them")
    build, epochs, affine = NETS[args.net]
    net = build()
    train(net, data, load(args.data, "validation"), args.epochs or epochs, args.batch, affine)
    test = load(args.data, "test")
    if test is not None:
        print(f"test {100 * accuracy(net, test):.1f} %")
    state = net.state_dict()
    kept = {name: t for name, t in state.items() if not name.endswith("num_batches_tracked")}
    args.out.write_bytes(safetensors_bytes(kept))
    print(f"wrote {args.out}")


if __name__ == "__main__":
    main()
