// An SDRAM beside the device: its times in clocks, and what it gives.
import { inputError } from "../diagnostics/diagnostics.ts";
import type { Sdram, Target } from "./target.ts";

/** Parameters of sdram_controller but for the width of its port. */
export interface SdramClocks {
  readonly ROW_BITS: number;
  readonly COL_BITS: number;
  readonly CAS: number;
  readonly T_INIT: number;
  readonly T_RP: number;
  readonly T_RCD: number;
  readonly T_RAS: number;
  readonly T_RC: number;
  readonly T_RFC: number;
  readonly T_MRD: number;
  readonly T_WR: number;
  readonly REFRESH: number;
}

/** Bytes of all banks. */
export const sdramBytes = ({ rowBits, colBits }: Sdram): number => 2 ** (rowBits + colBits + 3);

/** Times at a clock in MHz. */
export function sdramClocks(s: Sdram, MHz: number): SdramClocks {
  const clocks = (ns: number): number => Math.max(1, Math.ceil((ns * MHz) / 1000 - 1e-9));
  const { rp, rcd, ras, rc, rfc, wr } = s.ns;
  return {
    ...{ ROW_BITS: s.rowBits, COL_BITS: s.colBits },
    CAS: s.cas,
    T_INIT: clocks(1000 * s.initUs),
    ...{ T_RP: clocks(rp), T_RCD: clocks(rcd), T_RAS: clocks(ras), T_RC: clocks(rc), T_RFC: clocks(rfc) },
    T_MRD: s.mrdClocks,
    T_WR: clocks(wr),
    REFRESH: Math.floor((s.refreshNs * MHz) / 1000),
  };
}

/** Words of a burst: after it another layer's row may be the next one. */
const BURST_WORDS = 256;

/** MB (10^6 bytes) a second at a clock in MHz: a word a clock, but for refreshes and for rows that are opened. */
export function sdramBandwidth(s: Sdram, MHz: number): number {
  const { T_RP, T_RCD, T_RFC, REFRESH } = sdramClocks(s, MHz);
  const refreshing = (T_RP + T_RFC + T_RCD + 4) / REFRESH;
  const opening = (T_RP + T_RCD + 2) / (BURST_WORDS + T_RP + T_RCD + 2);
  return 2 * MHz * (1 - refreshing) * (1 - opening);
}

/** Throws InputError (AN5004) where the design's clock is more than the memory's pins can do. */
export function sdramFits({ title, board }: Target, MHz: number): void {
  const most = board?.sdram?.MHz;
  if (most !== undefined && MHz > most)
    throw inputError({
      code: "AN5004",
      message: `weights in external memory: the SDRAM of ${title} has the clock of the design, ${MHz} MHz`,
      expected: `at most ${most} MHz`,
      hint: `--clock ${most}`,
    });
}
