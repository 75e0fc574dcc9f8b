import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { realInput, runFloat } from "../../../golden/index.ts";
import { load } from "../../compile.ts";
import { InputError } from "../../diagnostics/diagnostics.ts";
import { readNpy } from "../../files/npy.ts";
import { openNpz } from "../../files/npz.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { architectures, networkFiles, planNetwork, readCheckpoint } from "./index.ts";

type State = Map<string, FloatTensor>;

const tensor = (...shape: number[]): FloatTensor => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 16) / 8 - 1),
});

function addBatchNorm(state: State, name: string, channels: number): void {
  for (const part of ["weight", "bias", "running_mean"]) state.set(`${name}.${part}`, tensor(channels));
  state.set(`${name}.running_var`, { shape: [channels], data: new Float64Array(channels).fill(1) });
  state.set(`${name}.num_batches_tracked`, { shape: [], data: Float64Array.of(5) });
}

/** A state dict of a CIFAR-like ResNet with the official keys, all convolutions of blocks adder layers. */
function resnetState(blocks: number, widths: readonly number[], channels: number): State {
  const state: State = new Map([["conv1.weight", tensor(widths[0]!, channels, 3, 3)]]);
  addBatchNorm(state, "bn1", widths[0]!);
  widths.forEach((width, stage) => {
    for (let i = 0; i < blocks; i++) {
      const from = i === 0 ? widths[Math.max(0, stage - 1)]! : width;
      const name = `layer${stage + 1}.${i}`;
      state
        .set(`${name}.conv1.adder`, tensor(width, from, 3, 3))
        .set(`${name}.conv2.adder`, tensor(width, width, 3, 3));
      addBatchNorm(state, `${name}.bn1`, width);
      addBatchNorm(state, `${name}.bn2`, width);
      if (stage > 0 && i === 0) {
        state.set(`${name}.downsample.0.adder`, tensor(width, from, 1, 1));
        addBatchNorm(state, `${name}.downsample.1`, width);
      }
    }
  });
  state.set("fc.weight", tensor(4, widths.at(-1)!, 1, 1));
  addBatchNorm(state, "bn2", 4);
  return state;
}

function lenetState(): State {
  const state: State = new Map();
  const shapes = { conv1: [6, 1, 5, 5], conv2: [16, 6, 5, 5], fc1: [120, 400], fc2: [84, 120], fc3: [10, 84] };
  Object.entries(shapes).forEach(([name, shape], i) => {
    state.set(`${name}.adder`, tensor(...shape));
    addBatchNorm(state, `bn${i + 1}`, shape[0]!);
  });
  return state;
}

/** ResNet-50 or ResNet-101 in miniature: the architecture's blocks, few channels. */
function bottleneckState(blocks: readonly number[]): State {
  const state: State = new Map([["conv1.weight", tensor(2, 3, 7, 7)]]);
  addBatchNorm(state, "bn1", 2);
  let from = 2;
  blocks.forEach((count, stage) => {
    for (let i = 0; i < count; i++) {
      const name = `layer${stage + 1}.${i}`;
      const shapes = [
        [2, from, 1, 1],
        [2, 2, 3, 3],
        [8, 2, 1, 1],
      ];
      shapes.forEach((shape, n) => {
        state.set(`${name}.conv${n + 1}.adder`, tensor(...shape));
        addBatchNorm(state, `${name}.bn${n + 1}`, shape[0]!);
      });
      if (i === 0) {
        state.set(`${name}.downsample.0.adder`, tensor(8, from, 1, 1));
        addBatchNorm(state, `${name}.downsample.1`, 8);
      }
      from = 8;
    }
  });
  state.set("fc.weight", tensor(5, 8, 1, 1)).set("fc.bias", tensor(5));
  addBatchNorm(state, "bn2", 5);
  return state;
}

/** Writes the files and reads them back with the compiler's own stages. */
function loaded(state: State, architecture: string, input?: Parameters<typeof planNetwork>[2]) {
  const files = networkFiles(planNetwork(state, architecture, input), "imported");
  const result = load(new TextDecoder().decode(files.get("network.json")), (name) => files.get(name)!);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, null, 2));
  return result.value.graph;
}

describe("networks that the compiler takes", () => {
  test.each([
    ["resnet20", resnetState(3, [4, 6, 8], 3), 4],
    ["resnet32", resnetState(5, [4, 6, 8], 3), 4],
    ["resnet8", resnetState(1, [4, 6, 8], 1), 4],
    ["lenet5", lenetState(), 10],
  ] as const)("%s", (architecture, state, classes) => {
    const graph = loaded(state, architecture);
    expect(graph.nodes.at(-1)!.shape).toEqual([1, 1, classes]);
    expect(graph.input.shape).toEqual(architectures.get(architecture)!.input.shape);
  });

  test.each([
    ["resnet50", [3, 4, 6, 3]],
    ["resnet101", [3, 4, 23, 3]],
  ] as const)("%s, of an image smaller than the published one", (architecture, blocks) => {
    const graph = loaded(bottleneckState(blocks), architecture, { shape: [64, 64, 3], scale: 1 / 255 });
    expect(graph.nodes.find(({ name }) => name === "layer4.2.conv3")!.shape).toEqual([2, 2, 8]);
    const all = blocks.reduce((a, n) => a + n, 0);
    expect(graph.nodes.filter(({ kind }) => kind === "adder_conv2d")).toHaveLength(3 * all + 4);
  });
});

/** The message of a refusal with all it says. */
function refusal(state: State, architecture: string): string {
  try {
    planNetwork(state, architecture);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { code, message, found, hint } = (error as InputError).diagnostics[0]!;
    expect(code).toBe("AN9002");
    return `${message} | ${found} | ${hint}`;
  }
  throw new Error("not refused");
}

describe("what does not fit is named", () => {
  test("missing keys", () => {
    const state = lenetState();
    state.delete("bn2.running_var");
    state.delete("fc1.adder");
    expect(refusal(state, "lenet5")).toContain('missing: "bn2.running_var", "fc1.adder"');
  });

  test("a missing block is not said to lack a shortcut", () => {
    expect(refusal(resnetState(3, [4, 6, 8], 3), "resnet32")).toContain("layer1.3.conv1.adder");
    expect(refusal(resnetState(3, [4, 6, 8], 3), "resnet32")).not.toContain("downsample");
  });

  test("keys without a place", () => {
    expect(refusal(lenetState().set("fc9.adder", tensor(1, 1)), "lenet5")).toContain(
      'without a place in it: "fc9.adder"',
    );
    expect(refusal(resnetState(5, [4, 6, 8], 3), "resnet20")).toContain("layer1.3.conv1.adder");
  });

  test("other shapes", () => {
    expect(refusal(lenetState().set("conv2.adder", tensor(16, 6, 3, 3)), "lenet5")).toContain(
      '"conv2.adder" is [16, 6, 3, 3], not [any, 6, 5, 5]',
    );
    expect(refusal(lenetState().set("bn1.bias", tensor(7)), "lenet5")).toContain('"bn1.bias" is [7], not [6]');
  });

  test("an unknown architecture", () => {
    expect(refusal(lenetState(), "lenet6")).toContain('did you mean "lenet5"');
  });
});

test("a bias is taken under both of its names", () => {
  const layer = (key: string) =>
    planNetwork(lenetState().set(key, tensor(6)), "lenet5").layers.find(({ name }) => name === "conv1");
  expect(layer("conv1.bias")).toMatchObject({ bias: "conv1.bias" });
  expect(layer("conv1.b")).toMatchObject({ bias: "conv1.b" });
});

test("the same checkpoint gives the same bytes; values that float32 cannot hold are kept", () => {
  const state = lenetState().set("bn1.bias", { shape: [6], data: new Float64Array(6).fill(0.1) });
  const [a, b] = [0, 1].map(() => networkFiles(planNetwork(state, "lenet5"), "n"));
  expect([...a!]).toEqual([...b!]);
  expect(loaded(state, "lenet5").nodes.find(({ name }) => name === "bn1")!.tensors.beta!.data[0]).toBe(0.1);
});

const shared = process.env.ADDERNET_SHARED ?? join(import.meta.dirname, "../../../../shared");
const published = join(shared, "data/resnet20-cifar10");

test.skipIf(!existsSync(published))(
  "the published ResNet-20 computes its trace (skipped without the shared data)",
  () => {
    const { tensors } = readCheckpoint(readFileSync(join(published, "ResNet20-AdderNet.pth")));
    const graph = loaded(new Map(tensors), "resnet20");
    const images = readNpy(readFileSync(join(published, "test_images.npy")));
    const trace = openNpz(readFileSync(join(published, "trace2.npz")));
    const data = Int32Array.from(images.data.subarray(0, 32 * 32 * 3));
    const results = runFloat(graph, realInput(graph.input, { shape: [32, 32, 3], data }));
    const compared = trace.names().filter((name) => results.has(name));
    expect(compared.length).toBeGreaterThan(40);
    for (const name of compared) {
      const wanted = trace.read(name);
      const [, c, h, w] = wanted.shape as [number, number, number, number];
      const found = results.get(name)!.data;
      let difference = 0;
      let largest = 0;
      for (let i = 0; i < c * h * w; i++) {
        const channel = Math.floor(i / (h * w));
        const value = found[(i % (h * w)) * c + channel]!;
        difference = Math.max(difference, Math.abs(value - wanted.data[i]!));
        largest = Math.max(largest, Math.abs(wanted.data[i]!));
      }
      expect(difference / largest, name).toBeLessThan(1e-3);
    }
  },
);
