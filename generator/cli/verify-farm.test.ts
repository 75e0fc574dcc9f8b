// Parts of a verification and how they become one result; several networks; words of options.
import { describe, expect, test } from "vitest";
import { inputError } from "../diagnostics/diagnostics.ts";
import { runDigest } from "../verify/digest.ts";
import { merge, partsOf } from "./verify-farm.ts";
import { optionWords } from "./verify-many.ts";

describe("parts", () => {
  test("cover every image once, by some seconds of simulation or as many as are asked for", () => {
    expect(partsOf(1000, 20_000).slice(0, 2)).toEqual([
      { from: 0, count: 50 },
      { from: 50, count: 50 },
    ]);
    expect(partsOf(10, 4, 4).map((p) => p.count)).toEqual([4, 4, 2]);
    for (const images of [1, 2, 3, 9, 101])
      expect(partsOf(images, 1e9).reduce((at, p) => (p.from === at ? at + p.count : Number.NaN), 0)).toBe(images);
  });
  test("no image is alone where there are others: its distance to the one before is measured", () => {
    expect(partsOf(9, 4, 4)).toEqual([
      { from: 0, count: 4 },
      { from: 4, count: 5 },
    ]);
    expect(partsOf(1, 4, 4)).toEqual([{ from: 0, count: 1 }]);
    expect(partsOf(3, 1e9)).toEqual([{ from: 0, count: 3 }]);
  });
});

const simulated = (more: object) => ({
  ...{ sim: "icarus" as const, seed: 1, frames: 2, values: 8, streams: 3, clocks: 100, latency: 20, firstLatency: 10 },
  ...{ interval: 4, intervals: [], mismatch: undefined, clockFaults: [], digests: ["a", "b"] },
  ...more,
});
const parts = [
  { from: 0, count: 2 },
  { from: 2, count: 2 },
];

describe("merge", () => {
  test("latency of the first image, distance of the last ones, sums of the rest", () => {
    const m = merge([simulated({}), simulated({ latency: 21, interval: 5, digests: ["c", "d"] })], parts);
    expect(m).toMatchObject({ frames: 4, values: 16, clocks: 200, latency: 20, interval: 5, simulations: 2 });
    expect(m.outputsSha256).toBe(runDigest(["a", "b", "c", "d"]));
    expect(m).not.toHaveProperty("digests");
  });
  test("the first difference, by the number of its image in all of them", () => {
    const mismatch = {
      ...{ tensor: "t", stream: "s", frame: 1, beat: 0, row: 0, column: 0, channel: 0 },
      ...{ expected: 1, actual: 2, clock: 9 },
    };
    const wrong = simulated({ mismatch, digests: [] });
    expect(merge([simulated({}), wrong], parts).mismatch).toEqual({ ...mismatch, frame: 3 });
    expect(merge([wrong, wrong], parts).mismatch).toEqual(mismatch);
  });
  test("faults of the clocks are told once each; a part that hangs is an error", () => {
    const fault = { what: "interval", measured: 5, predicted: 4, tolerance: 0 };
    const slow = simulated({ clockFaults: [fault] });
    expect(merge([slow, slow], parts).clockFaults).toEqual([fault]);
    const broken = inputError({ code: "AN8003", message: "it hangs" }).diagnostics[0]!;
    expect(() => merge([simulated({}), { broken }], parts)).toThrow("it hangs");
  });
});

test("options become words that say the same", () => {
  const options = {
    simulator: { default: "verilator" },
    dsp: { type: "boolean", default: true },
    waves: { type: "boolean", default: false },
    pe: { type: "string" },
    count: { default: 2 },
  } as const;
  expect(optionWords({ simulator: "verilator", dsp: true, waves: false, count: 2 }, options)).toEqual([]);
  expect(optionWords({ simulator: "all", dsp: false, waves: true, pe: "-a b=2", count: 3 }, options)).toEqual([
    ...["--simulator=all", "--no-dsp", "--waves", "--pe=-a b=2", "--count=3"],
  ]);
});
