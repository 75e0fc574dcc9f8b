// State dicts in the forms that public repositories have; random numbers serve.
import { describe, expect, test } from "vitest";
import { load } from "../../compile.ts";
import { InputError } from "../../diagnostics/diagnostics.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { bindNetwork, boundFiles, type NetworkOptions, networkFiles, planNetwork, readCheckpoint } from "./index.ts";
import { mindspore } from "./mindspore.ts";

type State = Map<string, FloatTensor>;

const tensor = (...shape: number[]): FloatTensor => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 16) / 8 + 0.5),
});

const stateOf = (shapes: Record<string, number[]>): State =>
  new Map(Object.entries(shapes).map(([key, shape]) => [key, tensor(...shape)]));

const norm = (name: string, n: number): Record<string, number[]> =>
  Object.fromEntries(
    ["weight", "bias", "running_mean", "running_var"].map((part): [string, number[]] => [`${name}.${part}`, [n]]),
  );

function loaded(state: State, architecture: string, options?: NetworkOptions) {
  const files = networkFiles(planNetwork(state, architecture, options), "imported");
  const result = load(new TextDecoder().decode(files.get("network.json")), (name) => files.get(name)!);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, null, 2));
  return result.value.graph;
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message, found, hint } = (error as InputError).diagnostics[0]!;
    return `${message} | ${found} | ${hint}`;
  }
  throw new Error("not refused");
}

/** A ResNet of basic blocks with adder layers. */
function resnet(stages: readonly number[], widths: readonly number[], stem: number[], side = "downsample"): State {
  let shapes: Record<string, number[]> = { "conv1.weight": [widths[0]!, ...stem], ...norm("bn1", widths[0]!) };
  stages.forEach((blocks, stage) => {
    for (let i = 0; i < blocks; i++) {
      const [width, from] = [widths[stage]!, i === 0 ? widths[Math.max(0, stage - 1)]! : widths[stage]!];
      const name = `layer${stage + 1}.${i}`;
      shapes = {
        ...shapes,
        [`${name}.conv1.adder`]: [width, from, 3, 3],
        ...norm(`${name}.bn1`, width),
        [`${name}.conv2.adder`]: [width, width, 3, 3],
        ...norm(`${name}.bn2`, width),
        ...(stage > 0 && i === 0
          ? { [`${name}.${side}.0.adder`]: [width, from, 1, 1], ...norm(`${name}.${side}.1`, width) }
          : {}),
      };
    }
  });
  return stateOf({ ...shapes, "fc.weight": [7, widths.at(-1)!], "fc.bias": [7] });
}

describe("architectures take their numbers from the tensors", () => {
  test.each([
    ["resnet20", [3, 3, 3], [4, 4, 6], [1, 3, 3], [32, 32, 1]],
    ["resnet18", [2, 2, 2, 2], [2, 3, 4, 5], [3, 7, 7], [224, 224, 3]],
    ["resnet34", [3, 4, 6, 3], [2, 3, 4, 5], [3, 3, 3], [224, 224, 3]],
    ["resnet", [1, 2], [4, 5], [2, 3, 3], [32, 32, 2]],
  ] as const)("%s with stages %j of %j channels", (name, stages, widths, stem, input) => {
    const small = { shape: [32, 32, stem[0]] as [number, number, number] };
    for (const side of ["downsample", "shortcut"]) {
      const state = resnet(stages, widths, [...stem], side);
      expect(planNetwork(state, name).input.shape).toEqual(input);
      const graph = loaded(state, name, small);
      expect(graph.nodes.at(-1)).toMatchObject({ name: "fc", kind: "linear", shape: [1, 1, 7] });
      expect(graph.nodes.some((n) => n.name === "maxpool")).toBe(stem[1] === 7);
    }
  });

  test("another number of channels has no published normalization", () => {
    const plan = planNetwork(resnet([3, 3, 3], [4, 4, 6], [1, 3, 3]), "resnet20");
    expect(plan.input).toEqual({ shape: [32, 32, 1], scale: 1 / 255 });
    expect(plan.assumed).toContain("images of 32 x 32 x 1");
    expect(
      planNetwork(resnet([3, 3, 3], [4, 4, 6], [3, 3, 3]), "resnet20", { mean: [0.5, 0.5, 0.5] }).input,
    ).toMatchObject({
      mean: [0.5, 0.5, 0.5],
      std: [0.2023, 0.1994, 0.201],
    });
  });

  test("a stack whose last convolution is the classifier", () => {
    const state = stateOf({
      "features.0.adder": [16, 3, 3, 3],
      ...norm("features.1", 16),
      "features.4.adder": [32, 16, 3, 3],
      ...norm("features.5", 32),
      "features.8.adder": [64, 32, 3, 3],
      ...norm("features.9", 64),
      "head.adder": [10, 64, 4, 4],
    });
    const graph = loaded(state, "stack");
    expect(graph.nodes.map((n) => n.kind).join(" ")).toBe(
      `${"adder_conv2d batch_norm relu max_pool2d ".repeat(3)}adder_conv2d`,
    );
    expect(graph.nodes.at(-1)!.shape).toEqual([1, 1, 10]);
  });

  test("adder 20@5x5 and 50@5x5, multiplying 800-500-10", () => {
    const state = stateOf({
      "conv1.adder": [20, 1, 5, 5],
      ...norm("bn1", 20),
      "conv2.adder": [50, 20, 5, 5],
      ...norm("bn2", 50),
      "fc1.weight": [500, 800],
      "fc1.bias": [500],
      "fc2.weight": [10, 500],
      "fc2.bias": [10],
    });
    const graph = loaded(state, "lenet");
    expect(graph.input.shape).toEqual([28, 28, 1]);
    expect(graph.nodes.find((n) => n.name === "conv2.pool")!.shape).toEqual([4, 4, 50]);
  });

  const flattened = stateOf({
    "conv1.pat": [6, 1, 25],
    "conv2.pat": [16, 6, 25],
    "fc1.weight": [120, 400],
    "fc1.bias": [120],
    "fc2.weight": [10, 120],
    "fc2.bias": [10],
  });

  test("flattened adder kernels; two input sizes fit, and the user says which", () => {
    expect(refusal(() => planNetwork(flattened, "lenet"))).toMatch(/28 x 28 with padding 2, 0.*or 32 x 32.*--shape/);
    const graph = loaded(flattened, "lenet", { shape: [32, 32, 1] });
    expect(graph.nodes[0]).toMatchObject({ kind: "adder_conv2d", shape: [28, 28, 6] });
    expect(graph.nodes[0]!.tensors.weights!.shape).toEqual([6, 5, 5, 1]);
    expect(loaded(flattened, "lenet", { shape: [28, 28, 1] }).nodes[0]!.shape).toEqual([28, 28, 6]);
  });

  test("vgg-small: six convolutions, pools behind every second one", () => {
    const widths = [3, 4, 4, 6, 6, 8, 8];
    const convs = widths.slice(1).map(
      (n, i): Record<string, number[]> => ({
        [`conv${i}.weight`]: [n, widths[i]!, 3, 3],
        ...norm(`bn${i}`, n),
      }),
    );
    const state = stateOf({ ...Object.assign({}, ...convs), "fc.weight": [10, 128], "fc.bias": [10] });
    const graph = loaded(state, "vgg-small", { adders: ["conv1", "conv2", "conv3", "conv4", "conv5"] });
    expect(graph.nodes.filter((n) => n.kind === "adder_conv2d").map((n) => n.name)).toEqual([
      "conv1",
      "conv2",
      "conv3",
      "conv4",
      "conv5",
    ]);
    expect(graph.nodes.filter((n) => n.kind === "max_pool2d").map((n) => n.name)).toEqual([
      "conv1.pool",
      "conv3.pool",
      "conv5.pool",
    ]);
  });

  test("norms behind all convolutions in the file, slopes of their own, norms without scale and offset", () => {
    const state = stateOf({
      "conv1.adder": [4, 1, 3, 3],
      "conv2.adder": [4, 4, 3, 3],
      "fc.weight": [3, 196],
      ...norm("bn1", 4),
      "bn2.running_mean": [4],
      "bn2.running_var": [4],
      "act1.weight": [4],
      "act2.weight": [1],
    });
    const graph = loaded(state, "stack", { shape: [28, 28, 1] });
    expect(graph.nodes.map((n) => n.name).join(" ")).toBe(
      "conv1 bn1 act1 conv1.pool conv2 bn2 act2 conv2.pool flatten fc",
    );
    expect([...graph.nodes[5]!.tensors.gamma!.data]).toEqual([1, 1, 1, 1]);
  });

  test("a mean hides the sizes: the places of the pools are asked for", () => {
    const state = stateOf({ "a.weight": [4, 3, 3, 3], "b.weight": [5, 4, 3, 3], "fc.weight": [2, 5] });
    expect(refusal(() => planNetwork(state, "stack"))).toContain("--pool");
    const graph = loaded(state, "stack", { shape: [16, 16, 3], pools: ["a"] });
    expect(graph.nodes.map((n) => n.kind)).toEqual([
      "conv2d",
      "relu",
      "max_pool2d",
      "conv2d",
      "relu",
      "global_avg_pool",
      "linear",
    ]);
    expect(refusal(() => planNetwork(state, "stack", { pools: ["c"] }))).toContain('no convolution called "c"');
  });

  test("shift layers are refused with what they are", () => {
    const state = stateOf({
      "conv1.0.weight": [4, 3, 3, 3],
      "conv1.0.p": [4, 3, 3, 3],
      "conv1.0.s": [4, 3, 3, 3],
      "conv1.1.adder": [4, 4, 3, 3],
      "fc.weight": [2, 4096],
    });
    expect(refusal(() => planNetwork(state, "stack", { pools: ["none"] }))).toMatch(/conv1.0.p.*shift layers/);
  });

  test("--adder names layers or parts of the network", () => {
    const state = stateOf({ "a.weight": [4, 3, 3, 3], "ab.weight": [4, 4, 3, 3], "fc.weight": [2, 256] });
    expect(refusal(() => planNetwork(state, "stack", { adders: ["a", "x"] }))).toContain('no layer called "x"');
    const kinds = (adders: string[]) =>
      loaded(state, "stack", { adders }).nodes.flatMap((n) => (n.tensors.weights ? [n.kind] : []));
    expect(kinds(["a"])).toEqual(["adder_conv2d", "conv2d", "linear"]);
    expect(kinds(["all"])).toEqual(["adder_conv2d", "adder_conv2d", "adder_linear"]);
  });
});

describe("a network file bound to a checkpoint", () => {
  const network = (layers: object[], more: object = {}): string =>
    JSON.stringify({ format: "addernet-rtl/1", name: "n", input: { shape: [8, 8, 3] }, ...more, layers });
  const layers = [
    { name: "stem", kind: "adder_conv2d", filters: 4, kernel: 3, weights: "stem.adder" },
    { name: "norm", kind: "batch_norm" },
    { name: "flat", kind: "flatten" },
    { name: "head", kind: "linear", units: 2, weights: "head.weight", bias: "head.bias" },
  ];
  const nothing = (): never => {
    throw new Error("no files");
  };
  const state = stateOf({
    "stem.adder": [4, 3, 3, 3],
    ...norm("norm", 4),
    "head.weight": [2, 144],
    "head.bias": [2],
  });
  const renamed = new Map(
    [...state].map(([key, t]) => [key.replace("stem", "0").replace("norm", "1").replace("head", "4"), t]),
  );

  test("names that agree, also behind wrappers' prefixes", () => {
    for (const text of [network(layers), network(layers).replaceAll('"stem.adder"', '"module.stem.weight"')]) {
      const got = bindNetwork(text, nothing, state);
      if (!got.ok) throw new Error(JSON.stringify(got.diagnostics));
      const files = boundFiles(got.value);
      const result = load(new TextDecoder().decode(files.get("network.json")), (name) => files.get(name)!);
      expect(result.ok && [...result.value.graph.nodes[3]!.tensors.bias!.data]).toEqual([0.5, 1.375]);
      expect(got.value.unused).toEqual([]);
    }
  });

  test("other names are suggested, and taken when the user says so", () => {
    const got = bindNetwork(network(layers), nothing, renamed);
    expect(got.ok).toBe(false);
    expect(got.diagnostics[0]).toMatchObject({ code: "AN9002", path: ["layers", 0, "weights"] });
    expect(got.bindings!.map((b) => [b.wanted, b.key])).toContainEqual(["norm.running_var", "1.running_var"]);
    const accepted = bindNetwork(network(layers), nothing, renamed, { accept: true });
    expect(accepted.ok && accepted.value.tensors.get("head.weight")).toEqual(renamed.get("4.weight"));
    const names = new Map([["stem.adder", "0.adder"]]);
    expect(bindNetwork(network(layers), nothing, renamed, { names }).bindings![0]).toMatchObject({ suggested: false });
  });

  const messages = (text: string, s: State, options = {}) =>
    bindNetwork(text, nothing, s, options).diagnostics.map((d) => [d.message, d.found].join(": "));

  test("what does not fit is said", () => {
    expect(messages(network(layers), new Map(state).set("stem.adder", tensor(4, 3, 5, 5)))).toEqual([
      '"stem.adder" of the checkpoint does not fit "stem.adder": [4, 3, 5, 5]',
    ]);
    expect(messages(network(layers, { layout: "channels_last" }), state)[0]).toContain("channels first");
    const without = layers.map(({ bias: _, ...layer }: Record<string, unknown>) => layer);
    expect(messages(network(without), state)[0]).toContain('"head.bias" unused');
    expect(
      messages(network(layers), state, {
        names: new Map([
          ["x", "stem.adder"],
          ["stem.adder", "y"],
        ]),
      }),
    ).toEqual([
      expect.stringContaining('no layer takes a tensor "x"'),
      expect.stringContaining('the checkpoint has no "y"'),
      expect.stringContaining("of 1 of the network's names"),
    ]);
    expect(messages("{", state)[0]).not.toBe("");
  });

  test("a head kept as a 1 x 1 convolution, flattened kernels, and layers that share a tensor", () => {
    const shared = [
      { name: "a", kind: "adder_conv2d", filters: 3, kernel: 3, padding: 1, weights: "a.pat" },
      { name: "b", kind: "adder_conv2d", filters: 3, kernel: 3, padding: 1, weights: "a.pat" },
      { name: "pool", kind: "global_avg_pool" },
      { name: "head", kind: "linear", units: 2, weights: "fc.weight" },
    ];
    const got = bindNetwork(network(shared), nothing, stateOf({ "a.pat": [3, 3, 9], "fc.weight": [2, 3, 1, 1] }));
    expect(got.ok && [...got.value.tensors].map(([key, t]) => [key, t.shape])).toEqual([
      ["a.pat", [3, 3, 3, 3]],
      ["fc.weight", [2, 3]],
    ]);
  });
});

describe("checkpoints of MindSpore", () => {
  const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const value = (tag: string, dims: number[], content: Uint8Array, type = "Float32") => ({
    tag,
    tensor: { dims, type, content },
  });
  const file = (...values: object[]) => mindspore.encode(mindspore.fromObject({ value: values })).finish();
  const norm = ["gamma", "beta", "moving_mean", "moving_variance"].map((part, i) =>
    value(`bn.${part}`, [2], floats(i, i + 0.5)),
  );

  test("tensors by name, large ones in slices, norms under PyTorch's names", () => {
    const got = readCheckpoint(
      file(
        value("conv.weight", [2, 1, 1, 2], floats(1, 2)),
        value("conv.weight", [2, 1, 1, 2], floats(3, 4)),
        ...norm,
        value("lone.gamma", [1], floats(7)),
        value("step", [], new Uint8Array(Int32Array.of(5).buffer), "Int32"),
        value("text", [1], new Uint8Array(1), "String"),
      ),
    );
    expect([...got.tensors.keys()]).toEqual([
      "conv.weight",
      "bn.weight",
      "bn.bias",
      "bn.running_mean",
      "bn.running_var",
      "lone.gamma",
      "step",
    ]);
    expect([...got.tensors.get("conv.weight")!.data]).toEqual([1, 2, 3, 4]);
    expect([...got.tensors.get("bn.running_var")!.data]).toEqual([3, 3.5]);
    expect(got.stored.get("step")).toEqual({ shape: [], dtype: "int32" });
    expect(got.ignored).toEqual(["text"]);
  });

  test("a tensor that is cut short", () => {
    expect(refusal(() => readCheckpoint(file(value("w", [3], floats(1, 2)))))).toMatch(/"w" is cut short/);
  });

  test("other bytes that start alike are said to be no checkpoint", () => {
    const bytes = Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6);
    expect(refusal(() => readCheckpoint(bytes))).toMatch(/not a PyTorch checkpoint/);
  });
});
