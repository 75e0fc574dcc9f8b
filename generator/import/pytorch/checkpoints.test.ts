// Every form of checkpoint that docs/import.md lists: the command line imports a small file of that form, or refuses it
// with the sentence that says what to do.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "../../cli/cli.ts";
import { readImages } from "../../cli/files.ts";
import { load } from "../../compile.ts";
import { writeNpy } from "../../files/index.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { mindspore } from "./mindspore.ts";
import { ascii, type Quantized, torchZip, unicode } from "./testing.ts";

const root = join(import.meta.dirname, "../../..");
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", `${name}.pth`);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "checkpoints-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  const said = { code: 0, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    vi.spyOn(process[stream], "write").mockImplementation((s) => {
      said[stream] += s;
      return true;
    });
  said.code = await main(argv);
  vi.restoreAllMocks();
  return said;
}

const written = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
};

/** Imports into a folder of its own; gives the network as the compiler reads it, and what was printed. */
async function imported(file: string, ...options: string[]) {
  const to = join(dir, "out");
  const { code, stdout, stderr } = await run("import", "pytorch", file, ...options, "-o", to, "--force");
  expect([code, stderr]).toEqual([0, ""]);
  const loaded = load(readFileSync(join(to, "network.json"), "utf8"), (path) => readFileSync(join(to, path)));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { graph } = loaded.value;
  return { graph, stdout, node: (name: string) => graph.nodes.find((n) => n.name === name)! };
}

async function refused(file: string, ...options: string[]): Promise<string> {
  const { code, stderr } = await run("import", "pytorch", file, ...options, "-o", join(dir, "out"));
  expect(code).toBe(1);
  return stderr.replace(/\s+/g, " ");
}

type Shapes = Record<string, readonly number[]>;

/** Numbers of which no two neighbours are equal, positive as a variance must be. */
const numbers = (...shape: number[]): FloatTensor => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 16) / 8 + 0.5),
});
const stateOf = (shapes: Shapes): Map<string, FloatTensor> =>
  new Map(Object.entries(shapes).map(([key, shape]) => [key, numbers(...shape)]));
const norm = (name: string, n: number): Shapes => ({
  ...Object.fromEntries(["weight", "bias", "running_mean", "running_var"].map((p) => [`${name}.${p}`, [n]])),
  [`${name}.num_batches_tracked`]: [],
});

/** ResNet-20 as its authors name it, of few channels. */
function resnet20(channels: number): Shapes {
  const widths = [2, 3, 4];
  let shapes: Shapes = { "conv1.weight": [2, channels, 3, 3], ...norm("bn1", 2) };
  let from = 2;
  for (const [stage, n] of widths.entries())
    for (let i = 0; i < 3; i++) {
      const name = `layer${stage + 1}.${i}`;
      shapes = {
        ...shapes,
        [`${name}.conv1.adder`]: [n, from, 3, 3],
        ...norm(`${name}.bn1`, n),
        [`${name}.conv2.adder`]: [n, n, 3, 3],
        ...norm(`${name}.bn2`, n),
        ...(stage > 0 && i === 0
          ? { [`${name}.downsample.0.adder`]: [n, from, 1, 1], ...norm(`${name}.downsample.1`, n) }
          : {}),
      };
      from = n;
    }
  return { ...shapes, "fc.weight": [10, 4, 1, 1], ...norm("bn2", 10) };
}

const flattened: Shapes = {
  "conv1.pat": [6, 1, 25],
  "conv2.pat": [16, 6, 25],
  "fc1.weight": [120, 400],
  "fc1.bias": [120],
  "fc2.weight": [10, 120],
  "fc2.bias": [10],
};

/** A layer and its head, which any wrapping leaves alone. */
const small: Shapes = { "conv.adder": [2, 1, 3, 3], ...norm("bn", 2), "fc.weight": [3, 2 * 26 * 26], "fc.bias": [3] };
const asSmall = ["--arch", "stack", "--shape", "28,28,1", "--pool", "none"];

async function isSmall(file: string, ...options: string[]): Promise<string> {
  const { node, stdout } = await imported(file, ...asSmall, ...options);
  expect(node("conv")).toMatchObject({ kind: "adder_conv2d", shape: [26, 26, 2] });
  expect([...node("conv").tensors.weights!.data]).toEqual([...numbers(2, 1, 3, 3).data]);
  expect(node("fc").shape).toEqual([1, 1, 3]);
  return stdout;
}

/** What --list prints. */
async function listed(file: string): Promise<{ tensors: Record<string, unknown>[]; ignored: string[] }> {
  return JSON.parse((await run("import", "pytorch", file, "--list", "--json")).stdout);
}
const NETWORK = ["conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"];

const cases: Record<string, () => Promise<void>> = {
  "ResNet-20 in zip format, under its authors' names, images of three channels": async () => {
    const file = written("r.pth", torchZip(stateOf(resnet20(3))));
    const { graph, node } = await imported(file, "--arch", "resnet20");
    expect(graph.input.shape).toEqual([32, 32, 3]);
    expect(graph.nodes.filter((n) => n.kind === "adder_conv2d")).toHaveLength(18 + 2);
    expect(node("layer3.2.conv2").shape).toEqual([8, 8, 4]);
    expect(graph.nodes.at(-1)!.shape).toEqual([1, 1, 10]);
  },
  "ResNet-20 for images of one channel, 28 x 28 resized to 32 x 32": async () => {
    const file = written("r.pth", torchZip(stateOf(resnet20(1))));
    const { graph, stdout } = await imported(file, "--arch", "resnet20");
    expect(graph.input.shape).toEqual([32, 32, 1]);
    expect(stdout).toContain("images of 32 x 32 x 1");
    const images = written("x.npy", writeNpy({ dtype: "uint8", shape: [1, 28, 28], data: new Uint8Array(784) }));
    const [image] = readImages(images, graph.input, 1, { filter: "bilinear", crop: false });
    expect(image!.shape).toEqual([32, 32, 1]);
  },
  "A plain stack of convolutions, batch norm, ReLU and pools, the last convolution the classifier": async () => {
    const file = written(
      "s.pth",
      torchZip(
        stateOf({
          "body.0.adder": [16, 3, 3, 3],
          ...norm("body.1", 16),
          "body.4.adder": [32, 16, 3, 3],
          ...norm("body.5", 32),
          "body.8.adder": [64, 32, 3, 3],
          ...norm("body.9", 64),
          "classify.adder": [10, 64, 4, 4],
        }),
      ),
    );
    const { graph } = await imported(file, "--arch", "stack");
    expect(graph.input.shape).toEqual([32, 32, 3]);
    expect(graph.nodes.map((n) => n.kind).join(" ")).toBe(
      `${"adder_conv2d batch_norm relu max_pool2d ".repeat(3)}adder_conv2d`,
    );
    expect(graph.nodes.at(-1)!.shape).toEqual([1, 1, 10]);
  },
  "Adder layers of 20 and 50 channels at 5 x 5, then multiplying 800-500-10": async () => {
    const file = written(
      "l.pth",
      torchZip(
        stateOf({
          "conv1.adder": [20, 1, 5, 5],
          ...norm("bn1", 20),
          "conv2.adder": [50, 20, 5, 5],
          ...norm("bn2", 50),
          "fc1.weight": [500, 800],
          "fc1.bias": [500],
          "fc2.weight": [10, 500],
          "fc2.bias": [10],
        }),
      ),
    );
    const { node } = await imported(file, "--arch", "lenet");
    expect(node("conv2")).toMatchObject({ kind: "adder_conv2d", shape: [8, 8, 50] });
    expect(node("fc2")).toMatchObject({ kind: "linear", shape: [1, 1, 10] });
    expect(node("fc2").tensors.bias!.shape).toEqual([10]);
  },
  "LeNet with flattened adder kernels, `conv1.pat` [6, 1, 25]": async () => {
    const file = written("l.pth", torchZip(stateOf(flattened)));
    expect(await refused(file, "--arch", "lenet")).toMatch(/28 x 28 .* or 32 x 32 .*--shape HEIGHT,WIDTH,CHANNELS/);
    const { node } = await imported(file, "--arch", "lenet", "--shape", "32,32,1");
    expect(node("conv1").tensors.weights!.shape).toEqual([6, 5, 5, 1]);
    expect(node("fc1").kind).toBe("linear");
  },
  "A plain file of little-endian int32, layer after layer, and divisors in a text": async () => {
    const shapes = [
      [16, 1, 3, 3],
      [32, 16, 3, 3],
      [16, 32, 3, 3],
      [10, 16, 3, 3],
    ];
    const count = shapes.reduce((sum, s) => sum + s.reduce((a, b) => a * b, 1), 0);
    written("w.bin", new Uint8Array(Int32Array.from({ length: count }, (_, i) => ((i * 37) % 61) - 30).buffer));
    const layers = shapes.map(([filters], i) => ({
      ...{ name: `l${i}`, kind: "conv2d", filters, kernel: 3, stride: i === 0 ? 2 : 1, padding: i === 3 ? 0 : 1 },
      ...{ weights: { file: "w.bin", dtype: "int32" }, bias: 10, divisor: 4, round: "ceil", clamp: [0, 255] },
    }));
    const text = { format: "addernet-rtl/integer-layers-1", name: "n", input: { shape: [6, 6, 1] }, layers };
    const file = written("l.json", JSON.stringify(text));
    const { code, stderr } = await run("import", "integers", file, "-o", join(dir, "out"));
    expect([code, stderr]).toEqual([0, ""]);
    const images = written(
      "x.npy",
      writeNpy({ dtype: "uint8", shape: [1, 6, 6], data: Uint8Array.from({ length: 36 }, (_, i) => (i * 53) % 256) }),
    );
    const said = await run("infer", join(dir, "out/integers.json"), "--images", images, "--json");
    expect(said.code).toBe(0);
  },
  "A training checkpoint: `state_dict` beside epoch, a NumPy scalar and the optimizer": async () => {
    const { tensors } = await listed(fixture("training-zip"));
    expect(tensors.map((t) => t.name)).toEqual(expect.arrayContaining(NETWORK));
    // The dictionary closes over what stands before it.
    const around = (code: number[]) => [
      ...ascii("}("),
      ...unicode("epoch"),
      ...ascii("K\x03"),
      ...unicode("state_dict"),
      ...code,
      ...ascii("u"),
    ];
    await isSmall(written("t.pth", torchZip(stateOf(small), around)));
  },
  "Prefixes: `module.`, `_orig_mod.`, `module._orig_mod.`, `model.`, `net.`, and `module.` beside `n_averaged`":
    async () => {
      for (const prefix of ["module.", "_orig_mod.", "module._orig_mod.", "model.", "net."]) {
        const prefixed = Object.entries(small).map(([key, shape]): [string, readonly number[]] => [
          prefix + key,
          shape,
        ]);
        await isSmall(written("p.pth", torchZip(stateOf(Object.fromEntries(prefixed)))));
      }
      const averaged = Object.entries(small).map(([key, shape]): [string, readonly number[]] => [
        `module.${key}`,
        shape,
      ]);
      await isSmall(written("a.pth", torchZip(stateOf({ n_averaged: [], ...Object.fromEntries(averaged) }))));
      for (const name of ["averaged-zip", "compiled-zip", "wrapped-zip"])
        expect((await listed(fixture(name))).tensors.map((t) => t.name)).toEqual(expect.arrayContaining(NETWORK));
    },
  "Quantized tensors with one scale, and `bn1.scale` and `bn1.zero_point` of a quantized norm": async () => {
    const integers = Int8Array.from({ length: 18 }, (_, i) => i * 3 - 20);
    const weights: Quantized = { shape: [2, 1, 3, 3], integers, scale: 0.125, zeroPoint: 3 };
    const state = new Map<string, FloatTensor | Quantized>(stateOf(small));
    state.set("conv.adder", weights).set("bn.scale", numbers()).set("bn.zero_point", numbers());
    const file = written("q.pth", torchZip(state));
    expect((await listed(file)).tensors[0]).toEqual({
      ...{ name: "conv.adder", shape: [2, 1, 3, 3], dtype: "int8", scale: [0.125], zeroPoint: [3] },
    });
    const { node } = await imported(file, ...asSmall);
    expect([...node("conv").tensors.weights!.data]).toEqual(Array.from(integers, (q) => (q - 3) * 0.125));
    expect((await listed(fixture("quantized-zip"))).tensors.map((t) => t.name)).toContain("fc.weight");
  },
  "A pickle of a dictionary of NumPy arrays": async () => {
    for (const name of ["numpy4", "numpy-zip"]) {
      const { tensors } = await listed(fixture(name));
      expect(tensors).toContainEqual({ name: "base", shape: [4, 6], dtype: "float32" });
    }
  },
  "`torch.save` in the old format, pickle protocol 4": async () => {
    for (const name of ["protocol2-legacy", "protocol4-legacy"])
      expect((await listed(fixture(name))).tensors.map((t) => t.name)).toEqual(expect.arrayContaining(NETWORK));
  },
  "Shift layers and adder layers one behind the other, `conv1.0.{weight,p,s,mask}` and `conv1.1.adder`": async () => {
    const shift = { "conv1.0.p": [4, 3, 3, 3], "conv1.0.s": [4, 3, 3, 3], "conv1.0.mask": [4, 3, 3, 3] };
    const file = written(
      "d.pth",
      torchZip(
        stateOf({ "conv1.0.weight": [4, 3, 3, 3], ...shift, "conv1.1.adder": [4, 4, 3, 3], "fc.weight": [2, 4096] }),
      ),
    );
    const said = await refused(file, "--arch", "stack", "--pool", "none");
    expect(said).toContain("conv1.0.p");
    expect(said).toContain("in a network file they are conv2d with the weights they stand for");
  },
  "MindSpore's `.ckpt`": async () => {
    const value = (tag: string, { shape: dims, data }: FloatTensor) => ({
      tag,
      tensor: { dims, type: "Float32", content: new Uint8Array(Float32Array.from(data).buffer) },
    });
    const names = { weight: "gamma", bias: "beta", running_mean: "moving_mean", running_var: "moving_variance" };
    const theirs = (key: string) =>
      key.startsWith("bn.") ? key.replace(/\w+$/, (part) => names[part as keyof typeof names]) : key;
    const state = [...stateOf(small)].filter(([key]) => !key.endsWith("num_batches_tracked"));
    const message = mindspore.fromObject({ value: state.map(([key, t]) => value(theirs(key), t)) });
    await isSmall(written("m.ckpt", mindspore.encode(message).finish()));
  },
};

const page = readFileSync(join(root, "docs/import.md"), "utf8");
const table = /\| Form \|[^\n]*\n\|[-|]+\|\n((?:\|[^\n]*\n)+)/.exec(page)![1]!;
const forms = table
  .trim()
  .split("\n")
  .map((row) => row.split("|")[1]!.trim());

test("each form of the documentation has a case", () => {
  expect(Object.keys(cases)).toEqual(forms);
});

test.each(forms)("%s", async (form) => {
  await cases[form]!();
});
