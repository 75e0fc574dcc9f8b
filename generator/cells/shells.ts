// Cells around an accelerator: a board's serial line, its reset.
import { gcd } from "../../golden/arith/index.ts";
import { writesOf as chainWrites, imageWordsOf } from "../weights/chain.ts";
import { ceilDiv, clog2, counterBits, defineShellCell } from "./define.ts";

const writesOf = (p: { readonly BITS: number; readonly ONE_PORT: number }) => chainWrites(p.BITS, p.ONE_PORT !== 0);

/** A memory of a layer that is written at run time: a slice for each 32 bits of its words. */
const weightRam = defineShellCell({
  module: "weight_ram",
  params: { ROWS: "int", BITS: "int", ONE_PORT: "int", BANKS: "int", READ: "int" },
  constants: (p) => {
    const { parts, per, side } = writesOf(p);
    return { PER: per, PARTS: parts, SIDE: side, WORDS: imageWordsOf(p.ROWS, p.BITS) };
  },
  structure: (p) => {
    const { ROWS: rows, BITS: bits } = p;
    const { parts, per, side } = writesOf(p);
    const large = p.ONE_PORT !== 0;
    const banks = p.BANKS;
    const words = Math.ceil(rows / side);
    const wide = side > 1 ? 16 : bits;
    const counters = counterBits(words) + counterBits(Math.max(parts, per)) + clog2(imageWordsOf(rows, bits) + 1);
    // Two banks are rows side by side in a memory, but memories of their own where there is one port.
    const together = banks > 1 ? ["g_two_banks"] : ["g_two"];
    const apart = banks > 1 ? ["g_one_banks.g_bank[0]", "g_one_banks.g_bank[1]"] : ["g_one"];
    const slices = (i: number, width: number, copies: number) =>
      (large ? apart : together).map((place) => ({
        name: `g_part[${i}].${place}.memory`,
        ...{ rows: large ? words : banks * words, bits: width, copies, large },
      }));
    const addresses = (large ? banks : 0) * counterBits(words) + (large && banks > 1 ? wide : 0);
    const last = wide - 32 * (parts - 1);
    // Read back: the address of a row, and the part of a row, or the row, that enters a word.
    const back = p.READ !== 0 ? counterBits(words) + (per > 1 ? 32 / per : 32 * parts) + 8 : 0;
    return {
      plain: true,
      logic: { counters, data: per > 1 ? 32 : 0, choice: addresses + (side - 1) * bits + back },
      ff: counters + 32 + 4 + (side > 1 ? clog2(side) : 0) + (large && banks > 1 ? parts : 0) + (p.READ !== 0 ? 7 : 0),
      memories: [...(parts > 1 ? slices(0, 32, parts - 1) : []), ...slices(parts - 1, last, 1)],
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

const weightsReader = defineShellCell({
  module: "weights_reader",
  params: {},
  structure: () => ({ plain: true, logic: { crc: 18, choice: 64, control: 20 }, ff: 75 }),
});

const frameGate = defineShellCell({
  module: "frame_gate",
  params: { BEATS: "int", OUTPUTS: "int", COUNT_BITS: "int" },
  structure: (p) => ({
    plain: true,
    logic: { counters: 2 * p.OUTPUTS * p.COUNT_BITS + counterBits(p.BEATS) },
    // The count of frames that have entered is read where weights are switched, and gone elsewhere.
    ff: (p.OUTPUTS + 1) * p.COUNT_BITS + counterBits(p.BEATS) + 3,
  }),
});

/** Handshakes of the outputs, and the count of what was aborted. */
const frameAbort = defineShellCell({
  module: "frame_abort",
  params: { OUTPUTS: "int" },
  structure: (p) => ({ plain: true, logic: { counters: 32, handshake: 5 * p.OUTPUTS + 8 }, ff: 36 + p.OUTPUTS }),
});

const frameBank = defineShellCell({
  module: "frame_bank",
  params: { COUNT_BITS: "int" },
  structure: (p) => ({ plain: true, logic: { counters: p.COUNT_BITS, compare: p.COUNT_BITS }, ff: p.COUNT_BITS + 1 }),
});

const weightsSwap = defineShellCell({
  module: "weights_swap",
  params: { COUNT_BITS: "int" },
  structure: (p) => ({ plain: true, logic: { control: 8 }, ff: p.COUNT_BITS + 5 }),
});

const weightsExpand = defineShellCell({
  module: "weights_expand",
  params: { WORDS: "int" },
  constants: (p) => ({ LEFT_BITS: clog2(p.WORDS + 1) }),
  structure: (p) => ({
    plain: true,
    logic: { counters: 27 + 16 + 6 + 5 + 5 + clog2(p.WORDS + 1), choice: 110, control: 30 },
    ff: 240 + clog2(p.WORDS + 1),
  }),
});

const axilWeights = defineShellCell({
  module: "axil_weights",
  params: { ADDR_BITS: "int", ADDRESS: "int" },
  structure: () => ({ plain: true, logic: { choice: 48 }, ff: 108 }),
});

const axilReadback = defineShellCell({
  module: "axil_readback",
  params: { ADDR_BITS: "int", ADDRESS: "int" },
  structure: () => ({ plain: true, logic: { choice: 40 }, ff: 40 }),
});

const axilMemory = defineShellCell({
  module: "axil_memory",
  params: { ADDR_BITS: "int", ADDRESS: "int" },
  structure: () => ({ plain: true, logic: { choice: 60 }, ff: 77 }),
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
  params: { IDLE: "int", READ: "int" },
  constants: (p) => ({ IDLE_BITS: clog2(p.IDLE) }),
  structure: (p) => ({
    plain: true,
    logic: { counters: clog2(p.IDLE) + 5, choice: p.READ !== 0 ? 58 : 40 },
    ff: 21 + clog2(p.IDLE) + (p.READ !== 0 ? 4 : 0),
  }),
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

/** The reader of a layer whose weights come from memory beside the chip: its buffer is a FIFO. */
const weightFetch = defineShellCell({
  module: "weight_fetch",
  params: { ADDR_BITS: "int", DATA_BITS: "int", BEAT_BITS: "int", BURST: "int", DEPTH: "int" },
  structure: (p) => {
    const beats = 3 * p.BEAT_BITS + 2 * clog2(2 * p.DEPTH + 1);
    const fifo = 3 * counterBits(p.DEPTH + 1);
    return {
      plain: true,
      logic: { counters: 2 * beats + fifo, address: 2 * p.ADDR_BITS },
      ff: beats + fifo + 2 * p.ADDR_BITS + 5,
      memories: [{ name: "u_buffer.memory", rows: Math.max(2, p.DEPTH), bits: p.DATA_BITS + 1 }],
    };
  },
});

const axisGearbox = defineShellCell({
  module: "axis_gearbox",
  params: { IN_BITS: "int", OUT_BITS: "int", WORDS: "int" },
  structure: (p) => {
    const unit = gcd(p.IN_BITS, p.OUT_BITS);
    const hold = p.IN_BITS + p.OUT_BITS - unit;
    const [beat, word] = [p.IN_BITS / unit, p.OUT_BITS / unit];
    // Widths that divide one another: a choice of a word, one lookup table for four, or an enable of each beat's place.
    const data =
      word === 1 ? { choice: p.OUT_BITS * Math.ceil((beat - 1) / 3) } : beat === 1 ? { enables: word } : undefined;
    const counters = counterBits(p.WORDS) + counterBits(ceilDiv(p.WORDS * p.OUT_BITS, p.IN_BITS) + 1) + clog2(hold + 1);
    return {
      plain: true,
      logic: { ...(data ?? { shifter: hold * clog2(word), hold: 2 * hold }), counters: 2 * counters },
      ff: hold + counters,
    };
  },
});

/** Where a layer's coded weights are in the bitstream. */
const weightRom = defineShellCell({
  module: "weight_rom",
  params: { ROWS: "int", BITS: "int", MEM_FILE: "file", MEM_STYLE: "style" },
  structure: (p) => ({
    plain: true,
    logic: { counter: 2 * counterBits(p.ROWS), control: 2 },
    ff: counterBits(p.ROWS) + 2,
    memories: [{ name: "code", rows: p.ROWS, bits: p.BITS, file: "MEM_FILE" }],
  }),
});

/** Constants of a cell whose rows do not follow one another. */
const rowRom = defineShellCell({
  module: "row_rom",
  params: { ROWS: "int", BITS: "int", MEM_FILE: "file", MEM_STYLE: "style" },
  structure: (p) => ({
    plain: true,
    memories: [{ name: "constants", rows: p.ROWS, bits: p.BITS, file: "MEM_FILE" }],
  }),
});

/** Two shifters over what has come, counts of ones, and a choice for each lane of a block. */
const weightDecode = defineShellCell({
  module: "weight_decode",
  params: { DATA_BITS: "int", W_BITS: "int", LANES: "int", BLOCKS: "int" },
  structure: (p) => {
    const hold = p.LANES * (2 + p.W_BITS) + p.DATA_BITS;
    const counters = 2 * clog2(hold + 1) + counterBits(p.BLOCKS);
    const places = clog2(p.LANES + 1);
    return {
      plain: true,
      logic: {
        shifter: 2 * hold * Math.ceil(clog2(hold) / 2) + p.LANES * p.W_BITS * places,
        hold: 2 * hold,
        counters: 2 * counters,
        lanes: 2 * p.LANES * places + p.LANES * p.LANES * Math.ceil(p.W_BITS / 2),
      },
      ff: hold + counters + p.LANES * (2 + p.W_BITS) + 4,
    };
  },
});

const axisWeights = defineShellCell({
  module: "axis_weights",
  params: { WIDTH: "int", W_BITS: "int" },
  structure: (p) => ({ plain: true, logic: { handshake: 4 }, ff: p.W_BITS }),
});

const rowWalk = defineShellCell({
  module: "row_walk",
  params: { BLOCKS: "int", TIMES: "int", INNER: "int" },
  structure: (p) => {
    const bits = counterBits(p.BLOCKS * p.INNER) + counterBits(p.TIMES) + counterBits(p.INNER);
    return { plain: true, logic: { counters: 2 * bits }, ff: bits };
  },
});

const axiReadMaster = defineShellCell({
  module: "axi_read_master",
  params: { CLIENTS: "int", ADDR_BITS: "int", DATA_BITS: "int", OUTSTANDING: "int" },
  structure: (p) => ({
    plain: true,
    logic: { choice: p.CLIENTS * (p.ADDR_BITS + 8), stalls: 32, counters: 4 * clog2(p.OUTSTANDING + 1) },
    ff: p.ADDR_BITS + 8 + 32 + 4 * clog2(p.OUTSTANDING + 1) + 4,
    memories: [{ name: "owners", rows: p.OUTSTANDING, bits: counterBits(p.CLIENTS) }],
  }),
});

const sdramController = defineShellCell({
  module: "sdram_controller",
  params: {
    DATA_BITS: "int",
    ROW_BITS: "int",
    COL_BITS: "int",
    CAS: "int",
    T_INIT: "int",
    T_RP: "int",
    T_RCD: "int",
    T_RAS: "int",
    T_RC: "int",
    T_RFC: "int",
    T_MRD: "int",
    T_WR: "int",
    REFRESH: "int",
  },
  constants: (p) => ({ DEPTH: p.DATA_BITS < 128 ? 8 : 4, REF_BITS: clog2(p.REFRESH), INIT_BITS: clog2(p.T_INIT + 1) }),
  structure: (p) => {
    const address = p.ROW_BITS + p.COL_BITS + 2;
    const depth = p.DATA_BITS < 128 ? 8 : 4;
    const counters = clog2(p.REFRESH) + clog2(p.T_INIT + 1) + 5 * 4 + 3 + 3 + 3;
    return {
      plain: true,
      logic: { counters, address: 3 * address, compare: 2 * p.ROW_BITS, control: 60 },
      ff: counters + 2 * (address + 9) + p.ROW_BITS + p.DATA_BITS + 3 * (p.CAS + 1) + 3 * clog2(depth + 1) + 40,
      memories: [
        { name: "rows", rows: 4, bits: p.ROW_BITS },
        { name: "u_beats.memory", rows: depth, bits: p.DATA_BITS + 1 },
      ],
    };
  },
});

const sdramLoader = defineShellCell({
  module: "sdram_loader",
  params: { A_BITS: "int" },
  structure: (p) => ({
    plain: true,
    logic: { crc: 32 * 4, counters: p.A_BITS, control: 20 },
    ff: 32 + 24 + p.A_BITS + 12,
  }),
});

const sdramPins = defineShellCell({ module: "sdram_pins", params: {}, structure: () => ({ plain: true, ff: 16 }) });

export const shellCells = [
  axiReadMaster,
  sdramController,
  sdramPins,
  sdramLoader,
  weightFetch,
  weightRom,
  rowRom,
  axisGearbox,
  weightDecode,
  axisWeights,
  rowWalk,
  axilWeights,
  axilReadback,
  axilMemory,
  weightsBytes,
  serialCommand,
  flashReader,
  weightRam,
  weightsLoader,
  weightsExpand,
  weightsReader,
  frameGate,
  frameAbort,
  frameBank,
  weightsSwap,
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
