// Where multipliers are in the hardware of a network, and how many.
import { describe, expect, test } from "vitest";
import type { HwGraph, HwInstance } from "../../generator/ir/hardware.ts";
import { exampleBuild } from "./build.ts";

const numbers = (i: HwInstance) => (key: string) => Number(i.params[key]);

/** Signed powers of two that a constant is the sum of, as few as there are. */
function terms(constant: number): number {
  let left = Math.abs(constant);
  let count = 0;
  while (left > 0) {
    if (left % 2 === 1) {
      count++;
      left -= left % 4 === 3 ? -1 : 1;
    }
    left /= 2;
  }
  return count;
}

/** Products that an instance computes; those with a constant of `free` signed powers of two at most are none. */
function multipliers(i: HwInstance, free: number): number {
  const p = numbers(i);
  if (i.cell === "axis_mac") return p("SIMD") * p("PE");
  if (i.cell === "axis_requant") return p("MODE") === 0 ? p("LANES") * (p("NEG") ? 2 : 1) : 0;
  if (i.cell === "axis_add") return p("LANES") * [p("M0"), p("M1")].filter((m) => terms(m) > free).length;
  return 0;
}
const instances = (g: HwGraph) => g.blocks.flatMap((b) => b.instances);
const count = (g: HwGraph, free = 1): number => instances(g).reduce((n, i) => n + multipliers(i, free), 0);

describe("without DSP blocks", () => {
  const steps = (fps: number, dsp: boolean) =>
    instances(exampleBuild("lenet5-mnist", { bits: 8, fps, dsp }).hardware).filter((i) =>
      i.cell.startsWith("axis_requant"),
    );

  test("requantize steps with time multiply a bit a clock, at the same rate", () => {
    for (const i of steps(5000, true)) expect(i.cell).toBe("axis_requant");
    const serial = steps(5000, false).filter((i) => i.cell === "axis_requant_serial");
    // Six outputs of conv1 come every 25 clocks: as many lanes of 15 clocks, behind them one again.
    expect(serial.map((i) => Number(i.params.LANES))).toEqual([6, 2, 1, 1, 1]);
    const rates = [true, false].map((dsp) => exampleBuild("lenet5-mnist", { bits: 8, dsp }).hardware.interval);
    expect(rates[1]).toBe(rates[0]);
  });

  test("those without stay", () => {
    for (const i of steps(86_956, false)) {
      const p = (key: string) => Number(i.params[key]);
      if (i.cell === "axis_requant") expect(p("INTERVAL")).toBeLessThan(p("IN_BITS") + 2);
    }
  });
});

describe("one multiplier serves many PE where the fold is long", () => {
  test.each([2000, 5000, 10_000])("LeNet-5 for %i frames a second", (fps) => {
    const { hardware } = exampleBuild("lenet5-mnist", { bits: 8, fps });
    const shared = hardware.blocks.flatMap((b) => {
      const array = b.instances.find((i) => i.cell === "axis_sad");
      return array
        ? [
            {
              name: b.name,
              pe: b.pe,
              sf: numbers(array)("SF"),
              lanes: b.instances.reduce((n, i) => n + multipliers(i, 1), 0),
            },
          ]
        : [];
    });
    expect(shared.map((s) => s.name)).toEqual(["conv1", "conv2", "fc1", "fc2", "fc3"]);
    const many = shared.filter((s) => s.pe > 1);
    expect(many.some((m) => m.name === "conv2" && m.sf >= m.pe)).toBe(true);
    for (const s of many.filter((m) => m.sf >= m.pe)) expect(s.lanes).toBe(1);
  });

  test("a requantize step never allows fewer beats than its layer brings", () => {
    for (const [example, fps] of [
      ["lenet5-mnist", 500],
      ["lenet5-mnist", 20_000],
      ["tiny-mnist", 2000],
      ["resnet8-mnist", 5000],
    ] as const) {
      const { hardware } = exampleBuild(example, { fps });
      let longest = 0;
      for (const b of hardware.blocks)
        for (const i of b.instances.filter((r) => r.cell === "axis_requant")) {
          const interval = numbers(i)("INTERVAL");
          const beats = i.ports.find((p) => p.direction === "out")!.streams[0]!.beatsPerFrame;
          expect(interval * beats, `${example} ${i.name}`).toBeLessThanOrEqual(Math.max(b.cyclesPerFrame, beats));
          longest = Math.max(longest, interval);
        }
      expect(longest, example).toBeGreaterThan(8);
    }
  });
});

describe("no multipliers but in layers that multiply", () => {
  for (const example of ["tiny-mnist", "lenet5-mnist", "resnet8-mnist"])
    for (const [mode, free] of [
      ["pow2", 1],
      ["csd2", 2],
    ] as const)
      test(`${example}, ${mode}`, () => {
        const { hardware } = exampleBuild(example, { mode });
        expect(instances(hardware).filter((i) => i.cell === "axis_requant").length).toBeGreaterThan(2);
        const products = instances(hardware).filter((i) => multipliers(i, free) > 0);
        // resnet8 begins with a convolution and ends in a dense layer.
        expect(products.map((i) => i.cell)).toEqual(example === "resnet8-mnist" ? ["axis_mac", "axis_mac"] : []);
      });

  test("in full mode the same networks have some, one for each lane of a requantize step", () => {
    const { hardware } = exampleBuild("tiny-mnist", { mode: "full" });
    const steps = instances(hardware).filter((i) => i.cell === "axis_requant");
    expect(count(hardware)).toBe(steps.reduce((n, i) => n + numbers(i)("LANES"), 0));
  });
});
