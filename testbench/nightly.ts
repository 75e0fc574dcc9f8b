// Which cases of a test run for every change, and which at night alone. `x.nightly.test.ts` imports the file with the cases
// and so runs all of them: both sets draw from one list.
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The nightly project runs (vitest.config.ts). */
    nightly: boolean;
  }
}

const nightly = inject("nightly") === true;

/** The cases `always`; at night those of `atNight` behind them, which show no other kind of fault and take long. */
export const cases = <const T, const U = T>(always: readonly T[], atNight: readonly U[]): (T | U)[] =>
  nightly ? [...always, ...atNight] : [...always];
