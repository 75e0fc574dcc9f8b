// Cells around an accelerator: a board's serial line, its reset.
import { imageWordsOf, shareOf } from "../weights/chain.ts";
import { clog2, counterBits, defineShellCell } from "./define.ts";

/** A memory of a layer that is written at run time: a slice for each 32 bits of its words. */
const weightRam = defineShellCell({
  module: "weight_ram",
  params: { ROWS: "int", BITS: "int" },
  constants: (p) => ({ PER: shareOf(p.BITS).per, PARTS: shareOf(p.BITS).parts, WORDS: imageWordsOf(p.ROWS, p.BITS) }),
  structure: ({ ROWS: rows, BITS: bits }) => {
    const { parts, per } = shareOf(bits);
    const counters = counterBits(rows) + counterBits(Math.max(parts, per)) + clog2(imageWordsOf(rows, bits) + 1);
    const slice = (i: number, width: number, copies: number) => ({
      name: `g_part[${i}].memory`,
      rows,
      bits: width,
      copies,
    });
    const last = bits - 32 * (parts - 1);
    return {
      plain: true,
      logic: { counters, data: per > 1 ? 32 : 0 },
      ff: counters + 32 + 4,
      memories: [...(parts > 1 ? [slice(0, 32, parts - 1)] : []), slice(parts - 1, last, 1)],
    };
  },
});

const weightsLoader = defineShellCell({
  module: "weights_loader",
  params: { WORDS: "int", STEP: "int", SETTLE: "int", IDENTITY_0: "int", IDENTITY_1: "int" },
  // The sums of a word's CRC have some 30 bits each, comparisons and counters a bit of each word.
  structure: (p) => ({
    plain: true,
    logic: { crc: 32 * 8, compare: 6 * 16, counters: 64 },
    ff: 32 * 4 + clog2(p.STEP + 1) + clog2(p.SETTLE + 1) + 9,
  }),
});

const frameGate = defineShellCell({
  module: "frame_gate",
  params: { BEATS: "int", OUTPUTS: "int", COUNT_BITS: "int" },
  structure: (p) => ({
    plain: true,
    logic: { counters: 2 * p.OUTPUTS * p.COUNT_BITS + counterBits(p.BEATS) },
    ff: p.OUTPUTS * p.COUNT_BITS + counterBits(p.BEATS) + 2,
  }),
});

const axilWeights = defineShellCell({
  module: "axil_weights",
  params: { ADDR_BITS: "int", ADDRESS: "int" },
  structure: () => ({ plain: true, logic: { choice: 48 }, ff: 108 }),
});

export const shellCells = [
  axilWeights,
  weightRam,
  weightsLoader,
  frameGate,
  defineShellCell({
    module: "axis_sequence",
    params: { WIDTH: "int", N: "int" },
    structure: (p) => ({ logic: { choice: p.N > 1 ? p.N * p.WIDTH : 0 }, ff: clog2(p.N) }),
  }),
  defineShellCell({
    module: "uart_rx",
    params: { CLKS_PER_BIT: "int" },
    constants: (p) => ({ COUNT_BITS: counterBits(p.CLKS_PER_BIT) }),
    structure: (p) => ({
      logic: { clocks: counterBits(p.CLKS_PER_BIT) },
      ff: counterBits(p.CLKS_PER_BIT) + 24,
    }),
  }),
  defineShellCell({
    module: "uart_tx",
    params: { CLKS_PER_BIT: "int" },
    constants: (p) => ({ COUNT_BITS: counterBits(p.CLKS_PER_BIT) }),
    structure: (p) => ({
      logic: { clocks: counterBits(p.CLKS_PER_BIT) },
      ff: counterBits(p.CLKS_PER_BIT) + 14,
    }),
  }),
  defineShellCell({
    module: "serial_frame",
    params: { BYTES: "int", IDLE: "int" },
    constants: (p) => ({ ADDR_BITS: counterBits(p.BYTES) }),
    structure: (p) => {
      const idle = counterBits(p.IDLE + 1);
      const bytes = counterBits(p.BYTES);
      return {
        logic: { counters: bytes + idle },
        ff: bytes + idle + 4,
        memories: [{ name: "memory", rows: p.BYTES, bits: 8, oneAddress: true }],
      };
    },
  }),
  defineShellCell({
    module: "board_reset",
    params: { CLOCKS: "int" },
    constants: (p) => ({ BITS: clog2(p.CLOCKS + 1) }),
    structure: (p) => ({ ff: counterBits(p.CLOCKS + 1) + 3 }),
  }),
] as const;
