// What was reported of tools of this kind and needs no simulator; docs/faults.md lists everything.
import { expect, test } from "vitest";
import { load, type QuantizedNetwork, toHardware, toIntegers } from "../../generator/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { cellSources } from "./build.ts";

function integers(inputs: number, layers: readonly object[]): QuantizedNetwork {
  const file = { format: "addernet-rtl/1", name: "net", input: { shape: [1, 1, inputs], scale: 0.02 }, layers };
  const loaded = load(JSON.stringify(file), () => new Uint8Array());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const image: IntTensor = {
    shape: [1, 1, inputs],
    data: Int32Array.from({ length: inputs }, (_, i) => (i * 37) % 256),
  };
  const net = toIntegers(loaded.value.graph, [image]);
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  return net.value;
}

function hardware(net: QuantizedNetwork) {
  const built = toHardware(net, { clockMHz: 100 }, cellSources());
  if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
  return built.value;
}

test("a name that begins with another layer's name is another layer", () => {
  const names = ["layer1", "layer11", "layer1_1", "layer1.1"];
  const weights = (o: number) => [0, 1, 2, 3].map((u) => [0, 1, 2, 3].map((i) => ((o + 3 * u + 5 * i) % 7) / 4));
  const net = integers(
    4,
    names.map((name, o) => ({
      name,
      kind: "adder_linear",
      units: 4,
      weights: weights(o),
      ...(name === "layer1" ? { pe: 2, simd: 4 } : {}),
    })),
  );
  const { hardware: hw, files } = hardware(net);
  const blocks = names.map((name) => hw.blocks.find((b) => b.title === name)!);
  expect(blocks.map((b) => [b.pe, b.simd])).toEqual([
    [2, 4],
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
  expect(new Set(blocks.map((b) => b.name)).size).toBe(4);
  const memories = blocks.map((b) =>
    b.instances.flatMap((i) => Object.values(i.params)).find((v) => typeof v === "object"),
  );
  expect(new Set(memories.map((m) => (m as { file: string }).file)).size).toBe(4);
  // Each layer's memory is its own: the words of its weights, packed as its fold says.
  names.forEach((name, n) => {
    const node = net.nodes.find((k) => k.name === name)!;
    if (node.op !== "sad") throw new Error(`${name} is no array`);
    const { file, words } = memories[n] as { file: string; words: readonly bigint[] };
    expect(files.get(`mem/${file}`)!.trim().split("\n").length).toBe(words.length);
    const [pe, simd] = [blocks[n]!.pe, blocks[n]!.simd];
    const first = words[0]! & ((1n << BigInt(node.weights.bits)) - 1n);
    expect(Number(first), name).toBe(node.weights.rows[0]![0]);
    expect(words.length).toBe(16 / (pe * simd));
  });
});

test("a layer of a million weights becomes files", { timeout: 300_000 }, () => {
  const rows = Array.from({ length: 1024 }, (_, o) =>
    Array.from({ length: 1024 }, (_, i) => ((o * 31 + i * 17) % 64) / 16),
  );
  const { files } = hardware(integers(1024, [{ name: "fc", kind: "adder_linear", units: 1024, weights: rows }]));
  const [, memory] = [...files].find(([path]) => path.endsWith("fc_weights.mem"))!;
  const lines = memory.trim().split("\n");
  expect(lines.length * lines[0]!.length * 4).toBeGreaterThanOrEqual(1024 * 1024 * 8);
});
