// Cells around an accelerator: a board's serial line, its reset.
import { writesOf as chainWrites, imageWordsOf } from "../weights/chain.ts";
import { clog2, counterBits, defineShellCell } from "./define.ts";

const writesOf = (p: { readonly BITS: number; readonly ONE_PORT: number }) => chainWrites(p.BITS, p.ONE_PORT !== 0);

/** A memory of a layer that is written at run time: a slice for each 32 bits of its words. */
const weightRam = defineShellCell({
  module: "weight_ram",
  params: { ROWS: "int", BITS: "int", ONE_PORT: "int" },
  constants: (p) => {
    const { parts, per, side } = writesOf(p);
    return { PER: per, PARTS: parts, SIDE: side, WORDS: imageWordsOf(p.ROWS, p.BITS) };
  },
  structure: (p) => {
    const { ROWS: rows, BITS: bits } = p;
    const { parts, per, side } = writesOf(p);
    const large = p.ONE_PORT !== 0;
    const words = Math.ceil(rows / side);
    const counters = counterBits(words) + counterBits(Math.max(parts, per)) + clog2(imageWordsOf(rows, bits) + 1);
    const slice = (i: number, width: number, copies: number) => ({
      name: `g_part[${i}].${large ? "g_one" : "g_two"}.memory`,
      ...{ rows: words, bits: width, copies, large },
    });
    const wide = side > 1 ? 16 : bits;
    const last = wide - 32 * (parts - 1);
    return {
      plain: true,
      logic: { counters, data: per > 1 ? 32 : 0, choice: (large ? counterBits(words) : 0) + (side - 1) * bits },
      ff: counters + 32 + 4 + (side > 1 ? clog2(side) : 0),
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

const weightsBytes = defineShellCell({
  module: "weights_bytes",
  params: { WORDS: "int" },
  constants: (p) => ({ LEFT_BITS: clog2(p.WORDS + 65538) }),
  structure: (p) => ({
    plain: true,
    logic: { counters: 2 * clog2(p.WORDS + 65538), compare: 40, control: 12 },
    ff: 41 + clog2(p.WORDS + 65538),
  }),
});

const serialCommand = defineShellCell({
  module: "serial_command",
  params: { IDLE: "int" },
  constants: (p) => ({ IDLE_BITS: clog2(p.IDLE) }),
  structure: (p) => ({ plain: true, logic: { counters: clog2(p.IDLE) + 1, choice: 36 }, ff: 16 + clog2(p.IDLE) }),
});

const flashReader = defineShellCell({
  module: "flash_reader",
  params: { ADDRESS: "int", HALF: "int", WAKE: "int" },
  constants: (p) => ({ WAKE_BITS: clog2(p.WAKE + 1), HALF_BITS: counterBits(p.HALF) }),
  structure: (p) => ({
    plain: true,
    logic: { counters: 5 + clog2(p.WAKE + 1) + counterBits(p.HALF), control: 30 },
    ff: 18 + clog2(p.WAKE + 1) + counterBits(p.HALF),
  }),
});

export const shellCells = [
  axilWeights,
  weightsBytes,
  serialCommand,
  flashReader,
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
