import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "../generator/compile.ts";
import { readNpy } from "../generator/files/npy.ts";
import type { Graph } from "../generator/ir/graph.ts";
import { realInput, runFloat } from "../golden/index.ts";

const python = "/usr/bin/python3";
const script = join(import.meta.dirname, "export_pytorch.py");
const hasTorch = spawnSync(python, ["-c", "import torch"]).status === 0;
if (!hasTorch) console.warn(`${python} has no torch: the export is not tested`);

const run = (args: readonly string[], cwd: string) =>
  spawnSync(python, [...args], { encoding: "utf8", cwd, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });

/** Networks of every layer that is mapped; adder2d is written down as its authors publish it. */
const models = `
import sys
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import prune
sys.path.insert(0, ${JSON.stringify(import.meta.dirname)})
from adder_torch import AdderLinear, Adder2d

class adder2d(nn.Module):
    def __init__(self, input_channel, output_channel, kernel_size, stride=1, padding=0, bias=False):
        super().__init__()
        self.stride, self.padding, self.kernel_size = stride, padding, kernel_size
        self.input_channel, self.output_channel = input_channel, output_channel
        self.adder = nn.Parameter(torch.randn(output_channel, input_channel, kernel_size, kernel_size))
        self.bias = bias
        if bias:
            self.b = nn.Parameter(torch.rand(output_channel))

    def forward(self, x):
        n, _, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        size = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        rows = F.unfold(x, k, padding=p, stride=s).transpose(1, 2)
        y = -(rows.unsqueeze(2) - self.adder.flatten(1)).abs().sum(3)
        y = y.transpose(1, 2).reshape(n, -1, *size)
        return y + self.b.view(1, -1, 1, 1) if self.bias else y

class Block(nn.Module):
    """The block of the published ResNets."""
    def __init__(self, inputs, outputs, stride, layer=adder2d):
        super().__init__()
        self.conv1, self.bn1 = layer(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2, self.bn2 = layer(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs)
        same = stride == 1 and inputs == outputs
        self.downsample = None if same else nn.Sequential(layer(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        residual = x if self.downsample is None else self.downsample(x)
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        out += residual
        return self.relu(out)

class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, (3, 5), stride=(1, 2), padding=(1, 2), bias=False)
        self.bn = nn.BatchNorm2d(6, eps=1e-3)
        self.pool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.layer1 = nn.Sequential(Block(6, 6, 1), Block(6, 8, 2, Adder2d))
        self.drop, self.same = nn.Dropout(0.3), nn.Identity()
        self.point = adder2d(8, 5, 2, bias=True)
        self.norm = nn.InstanceNorm2d(5, track_running_stats=True)
        self.flatten = nn.Flatten()
        self.fc1, self.bn1 = AdderLinear(60, 12), nn.BatchNorm1d(12)
        self.fc2 = nn.Linear(12, 4)

    def forward(self, x):
        x = self.pool(F.relu(self.bn(self.stem(x))))
        x = self.same(self.drop(self.layer1(x)))
        x = self.norm(self.point(F.pad(x, (1, 1, 0, 1))))
        x = F.leaky_relu(x, 0.125)
        x = F.dropout(self.flatten(x), training=self.training)
        return self.fc2(F.relu(self.bn1(self.fc1(x)), inplace=True))

class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 3, padding="same", dilation=2, groups=3)
        self.b = nn.Sequential(nn.Conv2d(3, 6, 1), nn.ReLU6())
        self.c = nn.Sequential(nn.Conv2d(3, 6, (2, 1), padding="valid"), nn.LeakyReLU(0.2), nn.ZeroPad2d((0, 0, 1, 0)))
        self.avg = nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False)
        self.counted = nn.AvgPool2d(3, 2, padding=1, ceil_mode=True)
        self.smooth = nn.Sequential(nn.Conv2d(6, 6, 1), nn.Tanh(), nn.Conv2d(6, 6, 1), nn.Sigmoid())
        self.quarter = nn.AdaptiveAvgPool2d((3, None))
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(18, 5)

    def forward(self, x):
        a, b, c = self.a(x), self.b(x), self.c(x)
        s = torch.add(a, b) + c
        p = self.avg(s)
        q = self.counted(b)
        r = F.max_pool2d(torch.relu(c), 2, stride=2)
        m = F.avg_pool2d(self.smooth(s), kernel_size=2)
        left = torch.cat([p, q, F.hardtanh(q)], dim=1)
        right = torch.cat((r, m, m.relu()), 1)
        right = self.quarter(right)
        v = self.mean(left).view(x.size(0), -1) + F.adaptive_avg_pool2d(right, (1, 1)).flatten(1)
        return self.fc(v), right.mean((2, 3))

class Forms(nn.Module):
    """The same things in the other words that people use."""
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.normed = nn.utils.weight_norm(nn.Conv2d(4, 4, 1))
        self.spectral = nn.utils.spectral_norm(nn.Conv2d(4, 4, 1))
        self.pruned, self.sparse = nn.Conv2d(4, 4, 1), adder2d(4, 4, 3, padding=1)
        prune.l1_unstructured(self.pruned, "weight", 0.5)
        prune.random_unstructured(self.pruned, "weight", 0.25)
        prune.l1_unstructured(self.sparse, "adder", 0.5)
        self.head, self.rows = nn.Linear(4, 4), nn.Linear(32, 3)

    def forward(self, x):
        a = self.sparse(self.normed(self.stem(x.float())).clamp(min=0).detach())
        b = torch.clamp(self.spectral(a), 0, 6) + self.pruned(a).clamp(-1, 1).to(x.dtype)
        c = F.interpolate(b, size=x.shape[2:])
        d = F.interpolate(b, size=(x.shape[2], x.size(3)), mode="nearest-exact") + c.type_as(x)
        pooled = F.avg_pool2d(d, d.shape[2:])
        v = pooled.squeeze(3).squeeze(2) + d.mean(3).mean(2) + d.mean(2, True).mean(3, True).view(-1, 4)
        w = torch.mean(d, dim=-2).mean(-1).unsqueeze(-1).unsqueeze(-1) + pooled
        rows = d.mean(3)
        return self.head(v), w.squeeze(), self.head(v).argmax(1), self.rows(rows.flatten(1)), rows.mean(2)

class Flattened(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.same = nn.Conv2d(2, 3, 2), nn.Linear(36, 36)
        self.norm, self.far, self.head = nn.BatchNorm1d(36), AdderLinear(36, 36), nn.Linear(36, 4)

    def forward(self, x):
        v = self.stem(x).flatten(1)
        w = F.relu(self.norm(self.same(v)))
        return self.head(v + w + self.far(v)).argmax(1), self.head(w)

class Vector(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.act, self.fc2 = AdderLinear(5, 7), nn.PReLU(7), nn.Linear(7, 3)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))

def filled(model):
    """Statistics and scales that are not those of a new network, some scales below zero."""
    torch.manual_seed(1)
    for m in model.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d)):
            m.running_mean.normal_(-10, 3)
            m.running_var.uniform_(4, 50)
            if m.affine:
                nn.init.normal_(m.weight)
                nn.init.normal_(m.bias)
    return model.eval()

def residual(): return filled(Residual())
def branches(): return filled(Branches())
def vector(): return filled(Vector())
def forms(): return filled(Forms())
def flattened(): return filled(Flattened())
`;

/** Exports NAME from Python, and keeps stored images with torch's results of them. */
const reference = `
import models, torch, numpy as np, sys
from export_pytorch import InputSpec, export
torch.manual_seed(2)
name, shape = sys.argv[1], tuple(map(int, sys.argv[2].split(",")))
model = getattr(models, name)()
spec = InputSpec(shape, scale=1 / 64, mean=[0.5] * shape[-1], std=0.7)
model.train()
export(model, spec, name, name)
assert model.training
stored = np.random.RandomState(3).randint(0, 256, (4, *shape)).astype(np.uint8)
x = (torch.from_numpy(stored.astype(np.float64)) / 64 - 0.5) / 0.7
with torch.no_grad():
    # In double precision, as the reference computes.
    model.eval()
    if name == "forms":
        model(x.permute(0, 3, 1, 2).float())
    else:
        model.double()
    y = model(x.permute(0, 3, 1, 2).to(next(model.parameters()).dtype) if len(shape) == 3 else x)
np.save(name + "/images.npy", stored)
for i, t in enumerate(y if isinstance(y, tuple) else [y]):
    np.save(f"{name}/output_{i}.npy", t.numpy())
`;

function loaded(dir: string): Graph {
  const read = (path: string) => readFileSync(join(dir, path));
  const result = load(read("network.json").toString(), read);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => `${d.code} ${d.message}: ${d.found}`).join("\n"));
  expect(result.diagnostics).toEqual([]);
  return result.value.graph;
}

describe.skipIf(!hasTorch)(`export from PyTorch (needs ${python} with torch)`, () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "export-"));
    writeFileSync(join(dir, "models.py"), models);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test.each([
    ["residual", "15,13,3", ["layer1.0.conv1", "layer1.1.downsample.0", "stem", "layer1.0.relu_1"]],
    ["branches", "12,14,3", ["cat", "cat_1", "smooth.3", "add_1"]],
    ["vector", "5", ["fc1"]],
    ["flattened", "4,5,2", ["same", "add_1"]],
    ["forms", "8,12,3", ["normed", "mean_2", "clamp", "interpolate_1"]],
  ])("%s: the reference computes what torch computes", (name, shape, layers) => {
    const made = run(
      ["-c", `import sys; sys.path[:0] = [${JSON.stringify(import.meta.dirname)}, "."]${reference}`, name, shape],
      dir,
    );
    expect(made.stderr).toBe("");
    const graph = loaded(join(dir, name));
    expect(graph.nodes.map((n) => n.name)).toEqual(expect.arrayContaining(layers));
    const images = readNpy(readFileSync(join(dir, name, "images.npy")));
    const size = images.data.length / images.shape[0]!;
    for (let i = 0; i < images.shape[0]!; i++) {
      const data = Int32Array.from(images.data.subarray(i * size, (i + 1) * size) as Uint8Array);
      const results = runFloat(graph, realInput(graph.input, { shape: graph.input.shape, data }));
      graph.outputs.forEach((output, o) => {
        const wanted = readNpy(readFileSync(join(dir, name, `output_${o}.npy`)));
        const n = wanted.data.length / wanted.shape[0]!;
        const found = results.get(output)!.data;
        expect(found.length).toBe(n);
        found.forEach((v, c) => {
          expect(Math.abs(v - Number(wanted.data[i * n + c])), `${output} ${i} ${c}`).toBeLessThan(
            name === "forms" ? 1e-4 : 1e-6,
          );
        });
      });
    }
  });

  test("the command: a checkpoint of a parallel module, a fraction as the scale", () => {
    const save = `
import models, torch
m = models.vector()
torch.save({"state_dict": {"module." + k: v for k, v in m.state_dict().items()}}, "vector.pth")
`;
    expect(run(["-c", `import sys; sys.path.insert(0, ".")${save}`], dir).stderr).toBe("");
    const args = [
      "models.py:vector",
      "--checkpoint",
      "vector.pth",
      "--shape",
      "5",
      "--scale",
      "1/255",
      "--mean",
      "0.5",
    ];
    const done = run([script, ...args, "--storage", "int8", "-o", "cli"], dir);
    expect(done).toMatchObject({ status: 0, stderr: "", stdout: "wrote cli/network.json\n" });
    expect(loaded(join(dir, "cli")).input).toMatchObject({ shape: [1, 1, 5], storage: "int8" });
    expect(loaded(join(dir, "cli")).input.scale[0]).toBe(1 / 255);
  });

  test("checkpoints in the forms that training scripts write; none of their code is run", () => {
    const code = `
import sys; sys.path[:0] = [${JSON.stringify(import.meta.dirname)}, "."]
import collections, os, pickle
from models import *
from export_pytorch import ExportError, load_checkpoint
state = vector().state_dict()
pre = lambda p: collections.OrderedDict((p + k, v) for k, v in state.items())
class Evil:
    def __reduce__(self): return os.mkdir, ("evil",)
forms = {
    "plain": (state, {}),
    "training": ({"state_dict": pre("module."), "epoch": 3, "best_prec1": np.float64(91.5), "optimizer": {"state": {}}}, {}),
    "compiled": (pre("_orig_mod."), {}), "both": (pre("module._orig_mod."), {}),
    "lightning": ({"state_dict": pre("model."), "callbacks": {Evil: 1}}, {}), "net": (pre("net."), {}),
    "averaged": ({"n_averaged": torch.tensor(5), **pre("module.")}, {}),
    "old": (state, {"_use_new_zipfile_serialization": False, "pickle_protocol": 4}),
    "evil": ({"state_dict": state, "evil": Evil()}, {}),
    "several": ({"state_dict": state, "state_dict_ema": pre("module.")}, {}),
    "nothing": ({"epoch": 3}, {}), "list": ([1, 2], {}), "other": (pre("encoder."), {}),
}
for name, (value, options) in forms.items():
    torch.save(value, "form.pth", **options)
    m = Vector()
    try:
        load_checkpoint(m, "form.pth")
        print(name, all(torch.equal(v, state[k]) for k, v in m.state_dict().items()))
    except ExportError as e:
        print(name, e)
torch.save(forms["several"][0], "form.pth")
load_checkpoint(m, "form.pth", "state_dict_ema")
print("named", os.path.exists("evil"))
`;
    const done = run(["-c", code], dir);
    expect(done.stderr).toBe("");
    const said = done.stdout.trim().split("\n");
    for (const name of ["plain", "training", "compiled", "both", "lightning", "net", "averaged", "old", "evil"])
      expect(said).toContain(`${name} True`);
    expect(said.slice(9)).toEqual([
      "several form.pth holds several state dicts: name one with --state (state_dict, state_dict_ema)",
      expect.stringMatching(/^nothing form.pth does not fit the module: .*Missing key/),
      expect.stringContaining("list form.pth holds no state dict"),
      expect.stringMatching(/^other form.pth does not fit the module: .*encoder/),
      "named False",
    ]);
  });

  const refused: readonly [what: string, module: string, message: RegExp][] = [
    ["a module without a rule", "nn.Sequential(nn.Conv2d(3, 4, 3), nn.Softplus())", /module "1" \(Softplus\).*no rule/],
    ["a function without a rule", "Apply(lambda s, x: F.softplus(s.conv(x)))", /node "softplus" \(softplus\).*no rule/],
    [
      "a transposed convolution that crops all",
      "nn.ConvTranspose2d(3, 4, 3, padding=3)",
      /crops more than its kernel reaches/,
    ],
    ["reflected padding", "nn.Conv2d(3, 4, 3, padding=1, padding_mode='reflect')", /padding_mode is reflect/],
    ["indices of a maximum", "Apply(lambda s, x: F.max_pool2d(x, 2, return_indices=True)[0])", /max_pool2d|getitem/],
    ["another divisor", "nn.AvgPool2d(2, divisor_override=3)", /divisor_override is 3/],
    ["an uneven adaptive mean", "nn.AdaptiveAvgPool2d(3)", /does not divide/],
    ["a sum with a factor", "Apply(lambda s, x: torch.add(x, x.relu(), alpha=2))", /node "add" .*alpha is 2/],
    ["a sum with a number", "Apply(lambda s, x: s.conv(x) + 1)", /node "add" .*no layer's result/],
    ["a sum with a parameter", "Apply(lambda s, x: s.conv(x) + s.conv.bias[0])", /conv_bias|getitem/],
    ["a join of rows", "Apply(lambda s, x: torch.cat([x, x.relu()], 2))", /node "cat" .*dim is 2/],
    ["a transposed map", "Apply(lambda s, x: s.conv(x).permute(0, 2, 3, 1))", /node "permute"/],
    ["a reshaped map", "Apply(lambda s, x: x.view(x.size(0), 3, 32, 2))", /node "view" .*only the flattening/],
    ["dropout at inference", "Apply(lambda s, x: F.dropout(s.conv(x)))", /drops values at inference/],
    [
      "a size that data decides",
      "Apply(lambda s, x: F.pad(x, (0, int(1), 0, x.argmax().item())))",
      /no rule|the largest channel is known/,
    ],
    ["hooks", "hooked()", /module "0" .*hooks/],
    ["hooks of the whole", "hooked()[0:].apply(lambda m: m.register_forward_hook(len))", /hooks/],
    ["softmax", "nn.Sequential(nn.Flatten(), nn.Softmax(1))", /return the logits/],
    ["a group norm", "nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4))", /GroupNorm.*train with BatchNorm2d/],
    ["a norm of each image", "nn.Sequential(nn.InstanceNorm2d(3))", /InstanceNorm2d.*size of its own/],
    ["an L2 norm", "Apply(lambda s, x: F.normalize(x.flatten(1)))", /normalize.*argmax.*leave it out/],
    ["half precision", "Apply(lambda s, x: s.conv(x).half())", /no rule for half/],
    ["an integer type", "Apply(lambda s, x: s.conv(x).to(torch.int32))", /rounds the values/],
    ["a mean over channels", "Apply(lambda s, x: x.mean(1))", /height and width only/],
    ["rows turned into columns", "Apply(lambda s, x: x.mean(3).unsqueeze(2))", /only the flattening/],
    ["a flattened map at the end", "nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten())", /order on the stream is another/],
    ["the largest of a flattened map", "Apply(lambda s, x: x.flatten(1).argmax(1))", /argmax.*order on the stream/],
    [
      "a flattened map and channels",
      "Apply(lambda s, x: F.max_pool2d(x, (8, 4)).flatten(1) + torch.cat([x.mean((2, 3))] * 2, 1))",
      /values of another order/,
    ],
    ["odd limits", "Apply(lambda s, x: x.clamp(-2, 2))", /limits are -2 and 2/],
    ["what cannot be copied", "locked()", /cannot be copied/],
    ["a choice by data", "Apply(lambda s, x: s.conv(x) if x.sum() > 0 else x)", /cannot be traced/],
    [
      "a value overwritten",
      "Apply(lambda s, x: (lambda y: F.relu(y, True) + y)(s.conv(x)))",
      /overwrites its input in place/,
    ],
    ["statistics of the batch", "nn.BatchNorm2d(3, track_running_stats=False)", /no running mean/],
    ["a false adder2d", "Wrong(3, 4, 3)", /module "0" \(adder2d\).*does not compute/],
    ["a dilated adder2d", "dilated()", /dilation is 2/],
    ["a weight that is no number", "broken()", /tensor "0.weight" holds NaN/],
  ];
  test("what cannot be mapped is refused by name, and nothing is written", () => {
    const code = `
import sys; sys.path[:0] = [${JSON.stringify(import.meta.dirname)}, "."]
from models import *
from export_pytorch import ExportError, InputSpec, export
class Apply(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f, self.conv = f, nn.Conv2d(3, 3, 1)
    def forward(self, x): return self.f(self, x)
Wrong = type("adder2d", (adder2d,), {"forward": lambda s, x: -adder2d.forward(s, x)})
def hooked():
    m = nn.Sequential(nn.Conv2d(3, 4, 3))
    m[0].register_forward_hook(lambda m, x, y: y + 1)
    return m
def locked():
    import threading
    m = nn.Sequential(nn.Conv2d(3, 4, 3))
    m.lock = threading.Lock()
    return m
def dilated():
    m = adder2d(3, 4, 3)
    m.dilation = 2
    return m
def broken():
    m = nn.Conv2d(3, 4, 3)
    m.weight.data[0, 0, 0, 0] = float("nan")
    return m
for text in sys.argv[1:]:
    m = eval(text)
    try:
        export(m if isinstance(m, (Apply, nn.Sequential)) else nn.Sequential(m), InputSpec((8, 8, 3)), "refused", "n")
        print("written")
    except ExportError as e:
        print(e)
`;
    const done = run(["-c", code, ...refused.map(([, module]) => module)], dir);
    expect(done.stderr).toBe("");
    const said = done.stdout.trim().split("\n");
    expect(said).toHaveLength(refused.length);
    refused.forEach(([what, , message], i) => {
      expect(said[i], what).toMatch(message);
    });
    expect(existsSync(join(dir, "refused"))).toBe(false);
  });

  test("the command's own faults", () => {
    const shape = ["--shape", "5", "-o", "faults"];
    const failure = (...args: string[]) => {
      const { status, stderr } = run([script, ...args, ...shape], dir);
      expect(status).toBe(1);
      return stderr;
    };
    expect(failure("models.py")).toContain("is not module:factory");
    expect(failure("models.py:nothing")).toContain("has no nothing");
    expect(failure("models.py:vector", "--checkpoint", "models.py")).toContain(
      "models.py cannot be read as a state dict",
    );
    expect(failure("models.py:residual")).toMatch(/module "stem" cannot be run|cannot be mapped/);
    expect(existsSync(join(dir, "faults"))).toBe(false);
  });
});
