import { describe, expect, test } from "vitest";
import type { Connections, Parameter } from "../../ir/module.ts";
import { targets } from "../../targets/index.ts";
import { type ClockSource, clockSource } from "./clock.ts";

const boards = [...targets.values()].filter((t) => t.board);

/** The instance that makes the clock: its module or cell, its parameters and what its ports are connected to. */
function source({ items }: ClockSource) {
  const found = items.find((i) => i.is === "instance")!;
  const p = Object.assign({}, ...found.parameters) as Record<string, Parameter>;
  const ports = Object.assign({}, ...found.connections) as Connections;
  const number = (name: string): number => {
    const v = p[name]!;
    return typeof v === "number" ? v : "constant" in v ? Number(v.constant) : Number.NaN;
  };
  return { of: "cell" in found.of ? found.of.cell : found.of.module, p: number, ports };
}

/** What the instance's parameters make of the pin's clock, by each family's formula; the oscillator beside it. */
function computed(clock: ClockSource, from: number): { MHz: number; oscillator?: number } {
  const { of, p } = source(clock);
  switch (of) {
    case "SB_PLL40_PAD":
    case "SB_PLL40_CORE": {
      const oscillator = (from / (p("DIVR") + 1)) * (p("DIVF") + 1);
      return { MHz: oscillator / 2 ** p("DIVQ"), oscillator };
    }
    case "EHXPLLL": {
      const MHz = (from / p("CLKI_DIV")) * p("CLKFB_DIV");
      return { MHz, oscillator: MHz * p("CLKOP_DIV") };
    }
    case "rPLL": {
      const MHz = (from / (p("IDIV_SEL") + 1)) * (p("FBDIV_SEL") + 1);
      return { MHz, oscillator: MHz * p("ODIV_SEL") };
    }
    case "PLLE2_BASE": {
      const oscillator = (from / p("DIVCLK_DIVIDE")) * p("CLKFBOUT_MULT");
      return { MHz: oscillator / p("CLKOUT0_DIVIDE"), oscillator };
    }
    default:
      expect(of).toBe("clock_divide");
      return { MHz: from / (2 * p("HALF")) };
  }
}
const oscillators: Record<string, readonly [number, number]> = {
  ice40: [533, 1066],
  ecp5: [400, 800],
  tangnano9k: [400, 1200],
  tangnano20k: [500, 1250],
  xc7: [800, 1600],
};

describe.each(boards)("$name", (t) => {
  const from = t.board!.clock.MHz;

  test("the pin's own clock needs nothing", () => {
    expect(clockSource(t, from)).toMatchObject({ MHz: from, items: [] });
  });

  test.each([1, 5, 11.9, 17, 29.3, 43.21, 60, 87, 110, 200])("at most %d MHz", (most) => {
    const clock = clockSource(t, most);
    expect(clock.MHz).toBeLessThanOrEqual(most + 1e-6);
    if (clock.MHz === from) return expect(clock.items).toEqual([]);
    const { MHz, oscillator } = computed(clock, from);
    expect(MHz).toBeCloseTo(clock.MHz, 6);
    const limits = oscillators[t.name] ?? oscillators[t.family]!;
    if (oscillator !== undefined) {
      expect(oscillator).toBeGreaterThanOrEqual(limits[0] - 1e-6);
      expect(oscillator).toBeLessThanOrEqual(limits[1] + 1e-6);
      // A PLL comes close; below what it reaches the divider is all there is.
      expect(clock.MHz).toBeGreaterThan(0.89 * most);
    }
  });
});

test("iCE40: the pad's PLL where the clock pin is its pad, the fabric's elsewhere", () => {
  const of = (name: string) => source(clockSource(targets.get(name)!, 30));
  expect(of("icebreaker")).toMatchObject({ of: "SB_PLL40_PAD", ports: { PACKAGEPIN: { name: "clk" } } });
  expect(of("ice40-hx8k")).toMatchObject({ of: "SB_PLL40_CORE", ports: { REFERENCECLK: { name: "clk" } } });
});
