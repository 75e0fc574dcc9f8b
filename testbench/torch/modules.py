#!/usr/bin/env python3
"""Random PyTorch modules, exported for the compiler, with what PyTorch itself computes.

    modules.py --seed S --count N DIR       writes DIR/SEED/{network.json, weights.safetensors, images.npy, output_I.npy}

Every module has its own seed, S to S + N - 1. One line a module on the output: the seed, and "exported" or the refusal.
"""

import argparse
import pathlib
import random
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
from adder_torch import Adder2d, AdderLinear
from export_pytorch import ExportError, InputSpec, export

IMAGES = 6


class Module(nn.Module):
    """Steps (name of a part or a function, the values it reads, its result's place) from the input to the outputs."""

    def __init__(self):
        super().__init__()
        self.parts, self.steps, self.results = nn.ModuleDict(), [], []

    def forward(self, x):
        values = [x]
        for what, reads in self.steps:
            inputs = [values[i] for i in reads]
            values.append(self.parts[what](*inputs) if isinstance(what, str) else what(*inputs))
        outputs = [values[i] for i in self.results]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)


def pairs(r, low, high):
    """One number, or one for each direction."""
    return r.randint(low, high) if r.random() < 0.6 else (r.randint(low, high), r.randint(low, high))


class Draw:
    """Grows a module step by step; every step runs on the images at once, so that shapes are known."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        torch.manual_seed(seed)
        self.module = Module()
        r = self.r
        vector = r.random() < 0.1
        self.shape = (r.randint(1, 9),) if vector else (r.randint(1, 9), r.randint(1, 9), r.randint(1, 4))
        # Fine steps: an adder layer's weights take the input's, and these tests ask what the layers compute.
        images = np.random.RandomState(seed).randint(0, 65536, (IMAGES, *self.shape)).astype(np.uint16)
        self.images = images
        self.spec = InputSpec(self.shape, "uint16", 1 / 16384, mean=r.choice([None, 2.0, [1.0 + c for c in range(self.shape[-1])]]))
        x = torch.from_numpy(images.astype(np.float64)) / 16384
        x = x - (0 if self.spec.mean is None else torch.tensor(self.spec.mean, dtype=torch.float64))
        self.values = [x if vector else x.permute(0, 3, 1, 2).contiguous()]
        # Values whose order is a flattened map's, and results of argmax: those end there.
        self.ended = set()

    # ------------------------------------------------------------------------------------------------ steps

    def step(self, what, *reads):
        if isinstance(what, nn.Module):
            what = what.double()
            for norm in (m for m in what.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))):
                self.settle(norm, self.values[reads[0]])
            name = f"{type(what).__name__.lower()}{len(self.module.parts)}"
            self.module.parts[name] = what.eval()
            call, what = self.module.parts[name], name
        else:
            call = what
        with torch.no_grad():
            value = call(*(self.values[i].clone() for i in reads))
        self.module.steps.append((what, reads))
        self.values.append(value)
        return len(self.values) - 1

    def settle(self, norm, x):
        """Statistics of the images, so that values keep a size of about one."""
        axes = [a for a in range(x.dim()) if a != 1]
        norm.running_mean.copy_(x.mean(axes))
        # A channel that does not vary would have its roundings lifted without bound.
        least = max(0.1, 0.02 * float(x.abs().max()))
        norm.running_var.copy_(x.var(axes, unbiased=False) * self.r.uniform(0.5, 2) + least**2)
        if norm.affine:
            nn.init.normal_(norm.weight)
            nn.init.normal_(norm.bias)

    def layer(self, i):
        """A value behind a random layer on value i."""
        x, r = self.values[i], self.r
        table = self.of_maps if x.dim() == 4 else self.of_vectors
        made = r.choice(table)(self, i, x)
        return i if made is None else made

    def weighted(self, i, what):
        """A layer with weights, as a rule with a norm behind it."""
        at, x = self.step(what, i), None
        x = self.values[at]
        if self.r.random() < 0.75:
            norm = nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d
            at = self.step(norm(x.shape[1], eps=self.r.choice([1e-5, 1e-3]), affine=self.r.random() < 0.8), at)
        return at

    def conv(self, i, x):
        r, c = self.r, x.shape[1]
        groups = r.choice([g for g in range(1, c + 1) if c % g == 0]) if r.random() < 0.4 else 1
        filters = groups * r.randint(1, max(1, 6 // groups))
        kernel, dilation = pairs(r, 1, 3), pairs(r, 1, 2) if r.random() < 0.3 else 1
        if r.random() < 0.2:
            return self.weighted(i, nn.Conv2d(c, filters, kernel, padding="same", dilation=dilation, groups=groups))
        padding, stride = pairs(r, 0, 2), pairs(r, 1, 3)
        if not self.fits(x, kernel, padding, dilation):
            kernel, padding, dilation = 1, 0, 1
        bias = r.random() < 0.5
        return self.weighted(i, nn.Conv2d(c, filters, kernel, stride, padding, dilation, groups, bias))

    def transposed(self, i, x):
        r, c = self.r, x.shape[1]
        if x[0].numel() > 200:
            return None
        groups = r.choice([g for g in range(1, c + 1) if c % g == 0]) if r.random() < 0.4 else 1
        kernel, stride, dilation = ((r.randint(1, 3), r.randint(1, 3)) for _ in range(3))
        if r.random() < 0.6:
            dilation = (1, 1)
        padding = tuple(r.randint(0, min(1, d * (k - 1))) for k, d in zip(kernel, dilation))
        more = tuple(r.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation))
        size = [(n - 1) * s - 2 * p + d * (k - 1) + o + 1
                for n, s, p, d, k, o in zip(x.shape[2:], stride, padding, dilation, kernel, more)]  # fmt: skip
        if min(size) < 1:
            padding = (0, 0)
        filters, bias = groups * r.randint(1, max(1, 4 // groups)), r.random() < 0.5
        return self.weighted(i, nn.ConvTranspose2d(c, filters, kernel, stride, padding, more, groups, bias, dilation))

    def adder(self, i, x):
        r = self.r
        kernel, padding = r.randint(1, 3), r.randint(0, 2)
        if not self.fits(x, kernel, padding):
            kernel, padding = 1, 0
        return self.weighted(i, Adder2d(x.shape[1], r.randint(1, 6), kernel, r.randint(1, 2), padding))

    @staticmethod
    def fits(x, kernel, padding, dilation=1):
        two = lambda v: v if isinstance(v, tuple) else (v, v)
        return all(n + 2 * p >= d * (k - 1) + 1 for n, k, p, d in zip(x.shape[2:], two(kernel), two(padding), two(dilation)))

    def activation(self, i, x):
        r = self.r
        modules = [
            nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(r.choice([0.01, 0.25, 1.0])), nn.PReLU(x.shape[1], 0.2), nn.PReLU(init=0.3),
            nn.RReLU(0.1, 0.3), nn.Sigmoid(), nn.Tanh(), nn.Hardtanh(), nn.Hardtanh(0, 6), nn.Hardsigmoid(), nn.Hardswish(),
        ]  # fmt: skip
        functions = [
            F.relu, torch.relu, lambda x: x.relu(), F.relu6, lambda x: F.leaky_relu(x, 0.125), F.hardtanh, F.hardsigmoid,
            F.hardswish, torch.sigmoid, lambda x: x.tanh(), lambda x: x.clamp(min=0), lambda x: torch.clamp(x, -1, 1),
        ]  # fmt: skip
        return self.step(r.choice(modules if r.random() < 0.6 else functions), i)

    def norm(self, i, x):
        return self.step((nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(x.shape[1]), i)

    def nothing(self, i, _x):
        functions = [nn.Identity(), nn.Dropout(), lambda x: F.dropout(x, training=False), lambda x: x.contiguous(),
                     lambda x: x.detach(), lambda x: x.double(), lambda x: x.reshape(x.shape)]  # fmt: skip
        return self.step(self.r.choice(functions), i)

    def pool(self, i, x):
        r = self.r
        kernel = tuple(min(k, n) for k, n in zip((r.randint(1, 3), r.randint(1, 3)), x.shape[2:]))
        padding = tuple(r.randint(0, k // 2) for k in kernel)
        stride, ceil = r.choice([None, pairs(r, 1, 3)]), r.random() < 0.3
        if r.random() < 0.5:
            return self.step(nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil), i)
        return self.step(nn.AvgPool2d(kernel, stride, padding, ceil, r.random() < 0.5), i)

    def mean(self, i, x):
        size = tuple(x.shape[2:])
        functions = [nn.AdaptiveAvgPool2d(1), lambda x: F.adaptive_avg_pool2d(x, 1), lambda x: x.mean((2, 3)),
                     lambda x: x.mean(3).mean(2), lambda x: F.avg_pool2d(x, size).squeeze(3).squeeze(2),
                     lambda x: x.mean([-1, -2], keepdim=True), lambda x: x.mean(2, True).mean(3, True)]  # fmt: skip
        return self.step(self.r.choice(functions), i)

    def bigger(self, i, x):
        if x[0].numel() > 400:
            return None
        r, size = self.r, (x.shape[2] * 2, x.shape[3] * 2)
        functions = [nn.Upsample(scale_factor=r.choice([2, (1, 3)])), lambda x: F.interpolate(x, size=size),
                     nn.ZeroPad2d((r.randint(0, 2), 1, 0, r.randint(0, 2))), lambda x: F.pad(x, (0, 2, 1, 0))]  # fmt: skip
        if x.shape[1] % 4 == 0:
            functions += [nn.PixelShuffle(2), lambda x: F.pixel_shuffle(x, 2)]
        return self.step(r.choice(functions), i)

    def flatten(self, i, _x):
        functions = [nn.Flatten(), lambda x: x.flatten(1), lambda x: x.reshape(x.shape[0], -1), lambda x: torch.flatten(x, 1)]
        return self.step(self.r.choice(functions), i)

    def dense(self, i, x):
        units = self.r.randint(1, 8)
        if self.r.random() < 0.5:
            return self.weighted(i, AdderLinear(x.shape[1], units))
        return self.weighted(i, nn.Linear(x.shape[1], units, self.r.random() < 0.5))

    def pixel(self, i, _x):
        return self.step(lambda x: x.unsqueeze(2).unsqueeze(3), i) if i not in self.flattened() else None

    of_maps = [conv, conv, transposed, adder, adder, activation, activation, norm, nothing, pool, mean, bigger, flatten]
    of_vectors = [dense, dense, dense, activation, activation, norm, nothing, pixel]

    # ------------------------------------------------------------------------------------------------ joins

    def flattened(self):
        """Values in the order of a flattened map: the results of flatten, and of layers that keep their order."""
        found = set()
        for n, (what, reads) in enumerate(self.module.steps):
            before, after = self.values[reads[0]], self.values[n + 1]
            spread = before.dim() == 4 and after.dim() == 2 and before.shape[2:] != (1, 1) and after.shape[1] != before.shape[1]
            kept = any(i in found for i in reads) and not (isinstance(what, str) and "linear" in what)
            if spread or kept:
                found.add(n + 1)
        return found

    def join(self, i):
        """A sum or a concat of value i with one or two others of a fitting shape, itself among them."""
        r, x = self.r, self.values[i]
        same = [k for k, v in enumerate(self.values) if v.shape == x.shape and k not in self.ended]
        spatial = [k for k, v in enumerate(self.values)
                   if v.dim() == x.dim() and v.shape[2:] == x.shape[2:] and k not in self.ended]  # fmt: skip
        flattened = self.flattened()
        if r.random() < 0.5:
            sums = [torch.add, lambda a, b: a + b, lambda a, b: a.add(b)]
            at = self.step(r.choice(sums), i, r.choice(same))
            return self.step(lambda a, b: a + b, at, r.choice(same)) if r.random() < 0.3 else at
        others = [r.choice(spatial) for _ in range(r.randint(1, 2))]
        if flattened & {i, *others}:
            return i
        cats = [lambda *v: torch.cat(v, 1), lambda *v: torch.cat(list(v), dim=1 - v[0].dim())]
        return self.step(r.choice(cats), i, *others)

    # ------------------------------------------------------------------------------------------------ whole

    def first(self):
        x = self.values[0]
        return self.r.choice([self.conv, self.adder] if x.dim() == 4 else [self.dense])(0, x)

    def grow(self):
        r = self.r
        # A module of nothing has no layers.
        at = self.activation(0, self.values[0]) if r.random() < 0.1 else self.first()
        for _ in range(r.randint(1, 8)):
            # Now and then from an earlier value, which gives branches.
            usable = [k for k in range(len(self.values)) if k not in self.ended]
            at = r.choice(usable) if r.random() < 0.25 else at
            at = self.join(at) if r.random() < 0.25 else self.layer(at)
        # The order of a flattened map cannot leave the network, but for what the exporter is to refuse.
        if at in self.flattened() and r.random() < 0.9:
            at = self.dense(at, self.values[at])
        vector = self.values[at].dim() == 2
        if vector and r.random() < 0.1:
            at = self.step(r.choice([lambda x: x.argmax(1), lambda x: torch.argmax(x, dim=1, keepdim=True)]), at)
            self.ended.add(at)
        read = {i for _, reads in self.module.steps for i in reads}
        flattened = self.flattened() if r.random() < 0.9 else ()
        leaves = [k for k in range(1, len(self.values)) if k not in read and k != at and k not in flattened]
        results = [at, *leaves[:2]]
        any_value = r.randint(1, len(self.values) - 1)
        if r.random() < 0.2 and any_value not in flattened:
            results.append(any_value)
        r.shuffle(results)
        self.module.results = list(dict.fromkeys(results))
        return self


def write(seed, folder):
    d = Draw(seed).grow()
    module = d.module.double().eval()
    export(module, d.spec, folder, f"random{seed}")
    np.save(folder / "images.npy", d.images)
    with torch.no_grad():
        outputs = module(d.values[0].contiguous())
    for i, y in enumerate(outputs if isinstance(outputs, tuple) else [outputs]):
        y = y.reshape(IMAGES, 1) if y.dim() == 1 else y
        # Channels last, as streams carry maps.
        np.save(folder / f"output_{i}.npy", np.ascontiguousarray((y.permute(0, 2, 3, 1) if y.dim() == 4 else y).numpy()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("folder", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for seed in range(args.seed, args.seed + args.count):
        folder = args.folder / str(seed)
        folder.mkdir(parents=True)
        try:
            write(seed, folder)
            print(seed, "exported", flush=True)
        except ExportError as e:
            print(seed, e, flush=True)


if __name__ == "__main__":
    main()
