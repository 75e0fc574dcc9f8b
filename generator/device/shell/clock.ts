// Where a board's design gets its clock: from the pin, from the family's PLL, or divided where no PLL goes so low.
import { assign, cell, constant, declared, drives, gap, net, note, text } from "../../7-emit/module.ts";
import type { Connections, ModuleInstance, ModuleItem, Parameter } from "../../ir/module.ts";
import type { Target } from "../../targets/target.ts";

export interface ClockSource {
  readonly MHz: number;
  /** How, in words. */
  readonly how: string;
  /** From the port `clk` to the wires `core_clk` and `locked`; empty where the pin itself is the clock. */
  readonly items: readonly ModuleItem[];
}

interface Pll {
  readonly MHz: number;
  readonly items: readonly ModuleItem[];
}

/** The board's clock pin, and where a clock is made of it that clock and its lock. */
export const pin = net("clk");
export const coreClock = net("core_clk");
export const locked = net("locked");

/** All settings within the limits that give at most `most`; the caller takes the fastest. */
type Search = (target: Target, from: number, most: number) => Iterable<Pll>;

const span = function* (first: number, last: number): Iterable<number> {
  for (let i = first; i <= last; i++) yield i;
};

/** An instance of a primitive: parameters and ports a line each. */
const primitive = (
  module: string,
  name: string,
  parameters: Readonly<Record<string, Parameter>>,
  connections: Connections,
  attributes?: string,
): ModuleInstance => ({
  is: "instance",
  of: { module },
  name,
  parameters: Object.entries(parameters).map(([k, v]) => ({ [k]: v })),
  connections: Object.entries(connections).map(([k, v]) => ({ [k]: v })),
  ...(attributes === undefined ? {} : { attributes }),
});
const low = constant(1, 0);
const high = constant(1, 1);
/** An output that nothing is connected to. */
const open = undefined;

/** iCE40: the phase detector runs at 10 to 133 MHz, the oscillator at 533 to 1066 MHz, the output at 16 to 275 MHz. */
const ice40: Search = function* (target, from, most) {
  const filters = [17, 26, 44, 66, 101];
  const pad = target.board!.clock.pll === "pad";
  for (const r of span(0, 15)) {
    const detector = from / (r + 1);
    if (detector < 10 || detector > 133) continue;
    for (const f of span(0, 127)) {
      const oscillator = detector * (f + 1);
      if (oscillator < 533 || oscillator > 1066) continue;
      for (const q of span(1, 6)) {
        const MHz = oscillator / 2 ** q;
        if (MHz < 16 || MHz > Math.min(275, most)) continue;
        const below = filters.findIndex((limit) => detector < limit);
        yield {
          MHz,
          items: [
            primitive(
              `SB_PLL40_${pad ? "PAD" : "CORE"}`,
              "u_pll",
              {
                FEEDBACK_PATH: text("SIMPLE"),
                DIVR: constant(4, r),
                DIVF: constant(7, f),
                DIVQ: constant(3, q),
                FILTER_RANGE: constant(3, below < 0 ? 6 : below + 1),
              },
              {
                [pad ? "PACKAGEPIN" : "REFERENCECLK"]: pin,
                PLLOUTGLOBAL: drives(coreClock),
                LOCK: drives(locked),
                RESETB: high,
                BYPASS: low,
              },
            ),
          ],
        };
      }
    }
  }
};

/** ECP5: phase detector 3.125 to 400 MHz, oscillator 400 to 800 MHz, output at least 3.125 MHz. */
const ecp5: Search = function* (_, from, most) {
  for (const i of span(1, 128)) {
    if (from / i < 3.125) break;
    for (const fb of span(1, 80)) {
      const MHz = (from / i) * fb;
      if (MHz < 3.125 || MHz > Math.min(400, most)) continue;
      const op = Math.min(128, Math.floor(800 / MHz));
      if (MHz * op < 400) continue;
      yield {
        MHz,
        items: [
          primitive(
            "EHXPLLL",
            "u_pll",
            {
              CLKI_DIV: i,
              CLKFB_DIV: fb,
              CLKOP_DIV: op,
              CLKOP_CPHASE: Math.floor((op - 1) / 2),
              CLKOP_FPHASE: 0,
              CLKOP_ENABLE: text("ENABLED"),
              FEEDBK_PATH: text("CLKOP"),
              OUTDIVIDER_MUXA: text("DIVA"),
              PLLRST_ENA: text("DISABLED"),
              INTFB_WAKE: text("DISABLED"),
              STDBY_ENABLE: text("DISABLED"),
              DPHASE_SOURCE: text("DISABLED"),
            },
            {
              CLKI: pin,
              CLKFB: coreClock,
              CLKOP: drives(coreClock),
              LOCK: drives(locked),
              RST: low,
              STDBY: low,
              PHASESEL0: low,
              PHASESEL1: low,
              PHASEDIR: low,
              PHASESTEP: low,
              PHASELOADREG: low,
              PLLWAKESYNC: low,
              ENCLKOP: low,
            },
            'ICP_CURRENT="12", LPF_RESISTOR="8", MFG_ENABLE_FILTEROPAMP="1", MFG_GMCREF_SEL="2"',
          ),
        ],
      };
    }
  }
};

/** Gowin: limits of the slower of each family's speed grades that the boards bear. */
const gowinLimits: Readonly<Record<string, { detector: number; oscillator: readonly [number, number]; out: number }>> =
  {
    "GW1N-9C": { detector: 400, oscillator: [400, 1200], out: 3.125 },
    "GW2A-18C": { detector: 500, oscillator: [500, 1250], out: 3.91 },
  };
const gowin: Search = function* (target, from, most) {
  const family = target.device!.pnr!.package;
  const limits = gowinLimits[family]!;
  // The PLL's model is named after the device with its memory: GW1NR-9C, GW2AR-18C.
  const device = family.replace("-", "R-");
  for (const i of span(0, 63)) {
    const detector = from / (i + 1);
    if (detector < 3 || detector > limits.detector) continue;
    for (const fb of span(0, 63)) {
      const MHz = detector * (fb + 1);
      if (MHz < limits.out || MHz > most) continue;
      const o = [2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128].find(
        (d) => MHz * d >= limits.oscillator[0] && MHz * d <= limits.oscillator[1],
      );
      if (o === undefined) continue;
      yield {
        MHz,
        items: [
          primitive(
            "rPLL",
            "u_pll",
            {
              FCLKIN: text(String(from)),
              DEVICE: text(device),
              IDIV_SEL: i,
              FBDIV_SEL: fb,
              ODIV_SEL: o,
              DYN_IDIV_SEL: text("false"),
              DYN_FBDIV_SEL: text("false"),
              DYN_ODIV_SEL: text("false"),
              CLKFB_SEL: text("internal"),
            },
            {
              CLKIN: pin,
              CLKOUT: drives(coreClock),
              LOCK: drives(locked),
              CLKOUTP: open,
              CLKOUTD: open,
              CLKOUTD3: open,
              CLKFB: low,
              RESET: low,
              RESET_P: low,
              FBDSEL: constant(6, 0),
              IDSEL: constant(6, 0),
              ODSEL: constant(6, 0),
              PSDA: constant(4, 0),
              DUTYDA: constant(4, 0),
              FDLY: constant(4, 0),
            },
          ),
        ],
      };
    }
  }
};

const [pllClock, feedback] = [net("pll_clk"), net("pll_feedback")];

/** AMD 7 series, slowest speed grade: phase detector 19 to 450 MHz, oscillator 800 to 1600 MHz, output from 6.25 MHz. */
const xc7: Search = function* (_, from, most) {
  for (const d of span(1, 56)) {
    if (from / d < 19) break;
    for (const m of span(2, 64)) {
      const oscillator = (from / d) * m;
      if (oscillator < 800 || oscillator > 1600) continue;
      const o = Math.max(1, Math.ceil(oscillator / most - 1e-9));
      if (o > 128 || oscillator / o < 6.25) continue;
      yield {
        MHz: oscillator / o,
        items: [
          declared(pllClock, feedback),
          primitive(
            "PLLE2_BASE",
            "u_pll",
            {
              CLKIN1_PERIOD: { real: (1000 / from).toFixed(3) },
              DIVCLK_DIVIDE: d,
              CLKFBOUT_MULT: m,
              CLKOUT0_DIVIDE: o,
            },
            {
              CLKIN1: pin,
              CLKFBIN: feedback,
              CLKFBOUT: drives(feedback),
              CLKOUT0: drives(pllClock),
              CLKOUT1: open,
              CLKOUT2: open,
              CLKOUT3: open,
              CLKOUT4: open,
              CLKOUT5: open,
              LOCKED: drives(locked),
              PWRDWN: low,
              RST: low,
            },
          ),
          primitive("BUFG", "u_pll_clk", {}, { I: pllClock, O: drives(coreClock) }),
        ],
      };
    }
  }
};

const searches: Partial<Record<Target["family"], Search>> = { ice40, ecp5, gowin, xc7 };

const round = (MHz: number): string => String(Number(MHz.toFixed(4)));

/**
 * The fastest clock of at most `most` MHz that the board can make; the slowest that it can where all are faster.
 * The pin's own clock where it is as fast.
 */
export function clockSource(target: Target, most: number): ClockSource {
  const from = target.board!.clock.MHz;
  let best: ClockSource | undefined = from <= most + 1e-9 ? { MHz: from, how: "from the pin", items: [] } : undefined;
  for (const { MHz, items } of searches[target.family]?.(target, from, most + 1e-9) ?? [])
    if (!best || MHz > best.MHz + 1e-9) best = { MHz, how: `${round(from)} MHz through a PLL`, items };
  const half = Math.ceil(from / (2 * most) - 1e-9);
  if (half >= 1 && (!best || from / (2 * half) > best.MHz + 1e-9))
    best = {
      MHz: from / (2 * half),
      how: `${round(from)} MHz divided by ${2 * half}`,
      items: [
        cell("clock_divide", "u_divide", { HALF: half }, [{ clk: pin, clk_out: drives(coreClock) }]),
        assign(locked, high),
      ],
    };
  if (!best) throw new Error(`no clock of ${most} MHz from ${from} MHz`);
  return best.items.length === 0
    ? best
    : { ...best, items: [note("clock"), declared(coreClock, locked), ...best.items, gap] };
}
