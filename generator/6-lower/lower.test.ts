// FIFOs in front of joins, counted by hand.
import { expect, test } from "vitest";
import { load, toHardware, toIntegers } from "../compile.ts";
import { cellSources } from "../templates.ts";

/** FIFO depths of the network's last layer, in the order of its inputs, and the first clock of a result. */
function fifos(layers: readonly object[]): { depths: unknown[]; first: number } {
  const text = { format: "addernet-rtl/1", name: "n", input: { shape: [4, 4, 1] }, layers };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  const image = { shape: [4, 4, 1] as const, data: Int32Array.from({ length: 16 }, (_, i) => 16 * i) };
  const net = toIntegers(loaded.value.graph, [image], {});
  if (!net.ok) throw new Error(net.diagnostics[0]!.message);
  const built = toHardware(net.value, { clockMHz: 100, fps: 1e5 }, cellSources());
  if (!built.ok) throw new Error(built.diagnostics[0]!.message);
  const { blocks, latency } = built.value.hardware;
  const { instances } = blocks.at(-1)!;
  return {
    depths: instances.filter((i) => i.cell === "axis_fifo").map((i) => i.params.DEPTH),
    first: latency.first,
  };
}

const bias = { name: "r", kind: "bias", bias: [100.5] };
/** Clocks through the cells. */
const [FORK, REQUANT, FIFO, ADD] = [1, 5, 2, 6];

// A pixel at each input, what comes while the other branch is in registers, and what comes while the FIFO's own are.
test("a branch behind a requantizer and one beside it", () => {
  const r = fifos([bias, { name: "s", kind: "add", inputs: ["r", "input"] }]);
  expect(r.depths).toEqual([1 + FIFO, 1 + REQUANT + FIFO]);
  expect(r.first).toBe(FORK + REQUANT + FIFO + ADD);
});

// The third input waits for the sum of the first two; the fork of the result is on the longer way.
test("three inputs", () => {
  const r = fifos([bias, { name: "s", kind: "add", inputs: ["r", "input", "r"] }]);
  expect(r.depths).toEqual([1 + FIFO, 1 + REQUANT + FORK + FIFO, 1 + ADD + FIFO]);
  expect(r.first).toBe(FORK + REQUANT + FORK + FIFO + 2 * ADD);
});
