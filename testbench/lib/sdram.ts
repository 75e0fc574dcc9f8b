import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.ts";

/** Number and meaning of each rule that the SDRAM model checks. */
export const SDRAM_RULES: Readonly<Record<number, string>> = {
  1: "a command before the wait behind power-up is over (T_INIT)",
  2: "not begun with PRECHARGE of all banks, refreshes and the mode",
  3: "ACTIVE in a bank whose row is open",
  4: "a command too soon after PRECHARGE (T_RP)",
  5: "ACTIVE or REFRESH too soon after ACTIVE in the same bank (T_RC)",
  6: "ACTIVE too soon after ACTIVE in another bank (T_RRD)",
  7: "READ or WRITE in a bank without an open row",
  8: "READ or WRITE too soon after ACTIVE (T_RCD)",
  9: "PRECHARGE too soon after ACTIVE (T_RAS)",
  10: "PRECHARGE too soon after WRITE (T_WR)",
  11: "REFRESH or MODE while a row is open",
  12: "a command too soon after REFRESH (T_RFC)",
  13: "a command too soon after MODE (T_MRD)",
  14: "a refresh is late (T_REFI)",
  15: "WRITE while words of a READ are on the pins, or in the clock behind them",
  16: "a mode that the device does not have, or not at this clock",
  17: "a command that the model does not know: burst terminate, auto precharge, power-down",
  18: "an unknown (x) command, address or mask",
  19: "WRITE of unknown (x) data",
};

/** The SDRAM broke a rule: what it was asked for is not what its data sheet allows. */
export class SdramError extends Error {
  readonly rule: number;
  constructor(prefix: string, rule: number, cycle: number) {
    super(`${prefix}: rule SDRAM-${rule}: ${SDRAM_RULES[rule]}, in cycle ${cycle}`);
    this.name = "SdramError";
    this.rule = rule;
  }
}

/** Verilog file of the model, module `sdram_model`: a source of the bench's design beside what drives it. */
export const sdramModel: string = fileURLToPath(new URL("./sdram/sdram_model.v", import.meta.url));

export interface SdramCheckOptions {
  /** Name of the clock whose cycles a message counts; the first clock by default. */
  clock?: string;
  /** Rules that do not fail the run. The model shows the first broken one: later ones are then not seen. */
  except?: readonly number[];
}

/**
 * Watches an `sdram_model` in the design, whose outputs `rule` and so on are ports `<prefix>_rule` of its top, and fails the run
 * when a rule is broken.
 */
export class SdramChecker {
  readonly #tb: Bench;
  readonly #prefix: string;

  constructor(tb: Bench, prefix: string, options: SdramCheckOptions = {}) {
    this.#tb = tb;
    this.#prefix = prefix;
    for (const rule of options.except ?? [])
      if (!(rule in SDRAM_RULES)) throw new RangeError(`SDRAM check ${prefix}: there is no rule ${rule}`);
    const clk = tb.clockNamed(options.clock);
    const rule = tb.signal(`${prefix}_rule`);
    let told = false;
    clk.onEdge(() => {
      const number = rule.isX ? 0 : rule.value;
      if (told || number === 0 || options.except?.includes(number)) return;
      told = true;
      tb.fail(new SdramError(prefix, number, clk.cycle));
    });
  }

  /** One of the model's counts: words read and written, rows opened, refreshes. */
  count(of: "reads" | "writes" | "activates" | "refreshes" | "violations"): number {
    return this.#tb.signal(`${this.#prefix}_${of}`).value;
  }
}
