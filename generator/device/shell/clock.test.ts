import { describe, expect, test } from "vitest";
import { targets } from "../../targets/index.ts";
import { clockSource } from "./clock.ts";

const boards = [...targets.values()].filter((t) => t.board);

/** What the instance's parameters make of the pin's clock, by each family's formula; the oscillator beside it. */
function computed(verilog: string, from: number): { MHz: number; oscillator?: number } {
  const p = (name: string) => Number(new RegExp(`\\.${name}\\((?:\\d+'d)?(\\d+)\\)`).exec(verilog)![1]);
  if (/SB_PLL40/.test(verilog)) {
    const oscillator = (from / (p("DIVR") + 1)) * (p("DIVF") + 1);
    return { MHz: oscillator / 2 ** p("DIVQ"), oscillator };
  }
  if (/EHXPLLL/.test(verilog)) {
    const MHz = (from / p("CLKI_DIV")) * p("CLKFB_DIV");
    return { MHz, oscillator: MHz * p("CLKOP_DIV") };
  }
  if (/rPLL/.test(verilog)) {
    const MHz = (from / (p("IDIV_SEL") + 1)) * (p("FBDIV_SEL") + 1);
    return { MHz, oscillator: MHz * p("ODIV_SEL") };
  }
  if (/PLLE2_BASE/.test(verilog)) {
    const oscillator = (from / p("DIVCLK_DIVIDE")) * p("CLKFBOUT_MULT");
    return { MHz: oscillator / p("CLKOUT0_DIVIDE"), oscillator };
  }
  return { MHz: from / (2 * p("HALF")) };
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
    expect(clockSource(t, "net", from)).toMatchObject({ MHz: from, verilog: [], cells: [] });
  });

  test.each([1, 5, 11.9, 17, 29.3, 43.21, 60, 87, 110, 200])("at most %d MHz", (most) => {
    const clock = clockSource(t, "net", most);
    expect(clock.MHz).toBeLessThanOrEqual(most + 1e-6);
    if (clock.MHz === from) return expect(clock.verilog).toEqual([]);
    const { MHz, oscillator } = computed(clock.verilog.join("\n"), from);
    expect(MHz).toBeCloseTo(clock.MHz, 6);
    const limits = oscillators[t.name] ?? oscillators[t.family]!;
    if (oscillator !== undefined) {
      expect(oscillator).toBeGreaterThanOrEqual(limits[0] - 1e-6);
      expect(oscillator).toBeLessThanOrEqual(limits[1] + 1e-6);
      // A PLL comes close; below what it reaches the divider is all there is.
      expect(clock.MHz).toBeGreaterThan(0.89 * most);
    } else expect(clock.cells).toEqual(["clock_divide"]);
  });
});

test("iCE40: the pad's PLL where the clock pin is its pad, the fabric's elsewhere", () => {
  const text = (name: string) => clockSource(targets.get(name)!, "net", 30).verilog.join("\n");
  expect(text("icebreaker")).toMatch(/SB_PLL40_PAD[^;]*\.PACKAGEPIN\(clk\)/s);
  expect(text("ice40-hx8k")).toMatch(/SB_PLL40_CORE[^;]*\.REFERENCECLK\(clk\)/s);
});
