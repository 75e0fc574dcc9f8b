// What the RTL of each cell in templates/ consists of, counted from its parameters: bits of adders, multiplexers and
// registers, memories, products. The names follow the local parameters of the Verilog. Resource estimates are linear
// in these numbers.
import type { MemoryStyle } from "../../ir/hardware.ts";

/** A memory array of a cell. */
export interface Memory {
  /** Name of the array in the Verilog. */
  readonly name: string;
  readonly rows: number;
  readonly bits: number;
  /** Never written: contents from the file of that parameter. */
  readonly file?: "MEM_FILE";
  /** Where it is put; the tool's choice where left out. */
  readonly style?: MemoryStyle;
  /**
   * A read in the clock of a write to the same place must give the old word: the RTL does not rule it out. All cells
   * rule it out; bench_ram measures what it would cost.
   */
  readonly checked?: boolean;
  /** Read at the address that it is written at. */
  readonly oneAddress?: boolean;
  /** Equal memories side by side. */
  readonly copies?: number;
}

/** Products of `a` times `b` bits, both two's complement, each followed by a register of `y` bits. */
export interface Products {
  readonly count: number;
  readonly a: number;
  readonly b: number;
  readonly y: number;
  /** By a constant: bits of the additions that make one in logic. */
  readonly scaled?: number;
}

export interface Structure {
  /** The cell, and which of its variants: variants have coefficients of their own. */
  readonly variant: string;
  /** Logic by kind, in bits of the widths that it works on. */
  readonly logic: Readonly<Record<string, number>>;
  /** Flip-flops that the RTL declares, those of memory reads and of products not among them. */
  readonly ff: number;
  /** Bits of registers that hand words of the first memory on; a table's equal columns share them. */
  readonly carried?: number;
  /** Bits of them that form shift registers of three places at least. */
  readonly shifts: number;
  readonly memories: readonly Memory[];
  readonly products: readonly Products[];
}

export type Params = Readonly<Record<string, number>>;

/** Bits that count n values; as $clog2, one at least. */
const counter = (n: number): number => (n > 1 ? Math.ceil(Math.log2(n)) : 1);
const clog2 = (n: number): number => (n > 1 ? Math.ceil(Math.log2(n)) : 0);
const ceil = (a: number, b: number): number => Math.ceil(a / b);

interface Parts extends Partial<Omit<Structure, "variant">> {
  readonly kind?: string | number;
}

/**
 * An adder tree over `taps` leaves of `bits` bits: its adders and their bits, bits of all its registers, levels. An odd
 * node is handed on at its own width; `shifts` are the bits of those that form shift registers of three places at least.
 */
function tree(taps: number, bits: number, most: number, extra: number) {
  let adders = 0;
  let pairs = 0;
  let registers = taps * (bits + extra);
  let shifts = 0;
  const levels = clog2(taps);
  let last = bits;
  let run = 0;
  for (let l = 1; l <= levels; l++) {
    const below = ceil(taps, 2 ** (l - 1));
    const width = Math.min(bits + l, most);
    const here = Math.floor(below / 2);
    pairs += here;
    adders += here * width;
    registers += here * (width + extra);
    if (below % 2 === 1) {
      registers += last + extra;
      run++;
      shifts += run === 3 ? 3 * (last + extra) : run > 3 ? last + extra : 0;
    } else {
      last = width;
      run = 0;
    }
  }
  return { adders, pairs, registers, levels, shifts };
}

/** The output FIFO behind a pipeline without back pressure: a chain of registers, or a small memory. */
function outputFifo(chain: number, depth: number, bits: number, full: number) {
  if (chain <= 4)
    return { logic: { chain: (chain - 1) * bits, credits: counter(chain + 1) }, ff: chain * (bits + 1), memories: [] };
  const place = clog2(depth);
  return {
    logic: { chain: 0, credits: 3 * counter(full + 1) },
    ff: 2 * place + counter(full + 1) + 1,
    memories: [{ name: "g_mem.mem", rows: full, bits }],
  };
}

function array(p: Params, sad: boolean): Parts {
  const get = (k: string) => p[k] ?? 0;
  const [simd, pe, sf, nf, x, w, acc] = ["SIMD", "PE", "SF", "NF", "X_BITS", "W_BITS", "ACC_BITS"].map(get) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const depthwise = get("DEPTHWISE") !== 0;
  const shared = sad && get("KERNEL") !== 0;
  const d = sad ? Math.max(x, w) : Math.min(x + w, acc);
  const windows = p.PIXELS ?? 1;
  const group = depthwise ? simd : pe;
  const out = windows * group;
  const taps = depthwise ? 1 : simd;
  const rows = sf * nf;
  const t = tree(taps, d, shared ? acc - 1 : acc, sad && !shared ? 1 : 0);
  // Behind a deep memory weights and taps have one more register: DEEP.
  const deep = rows > 1024 ? 1 : 0;
  const stages = t.levels + 2 + deep;
  const push = stages + (shared ? 1 : 0);
  const chain = sf > 1 ? Math.floor((sf + push + sf - 2) / (sf - 1)) : 99;
  const places = 2 ** clog2(Math.floor((sf + push + 2 + sf - 1) / sf));
  const fifo = outputFifo(chain, places, out * acc + 1, chain <= 4 ? chain : places);
  const credits = counter((chain <= 4 ? chain : places) + 1);
  // One row of weights is a constant, which the tools work into the logic.
  const lanes = out * taps * (shared || !sad ? d : d + 1);
  const control = (sf > 1 ? counter(sf) : 0) + (rows > 1 ? counter(rows) : 0) + credits + 4;
  const trees = shared ? windows * (depthwise ? simd : 1) : 0;
  const xt = tree(taps, x, acc, 0);
  const products = sad ? [] : [{ count: out * taps, a: x + 1, b: w, y: d }];
  return {
    kind: sad ? (shared ? 1 : 0) : "",
    logic: {
      ...(sad ? { lanes: rows > 1 ? lanes : 0, fixed: rows > 1 ? 0 : lanes } : {}),
      tree: out * t.adders,
      // A carry chain has an end that costs, whatever its length.
      ends: out * (taps + t.pairs + 1) + trees * (xt.pairs + 1),
      ...(shared ? { shared: trees * (xt.adders + acc) } : {}),
      sums: out * acc,
      ...(sf > 1 ? { folded: out * acc } : {}),
      control,
      ...fifo.logic,
    },
    ff:
      windows * simd * x * ((shared ? 2 : 1) + deep) +
      deep * pe * simd * w +
      out * (sad ? t.registers : t.registers - taps * d) +
      (sf > 1 || shared ? out * acc : 0) +
      (shared ? trees * (xt.registers + acc * (sf > 1 ? 2 : 1)) + 3 : 0) +
      3 * stages +
      control +
      fifo.ff,
    shifts: (stages >= 3 ? 2 * stages : 0) + out * t.shifts + trees * xt.shifts,
    memories: [{ name: "weights", rows, bits: pe * simd * w, file: "MEM_FILE" }, ...fifo.memories],
    products,
  };
}

function requant(p: Params): Parts {
  const get = (k: string) => p[k] ?? 0;
  const lanes = get("LANES");
  const mode = get("MODE");
  const pairs = get("NEG") ? 2 : 1;
  const terms = mode === 2 ? 2 : 1;
  const exp = get("EXP_BITS");
  const mw = mode === 0 ? get("M_BITS") : terms * (exp + 2);
  const a = get("IN_BITS") + (get("IN_SIGNED") ? 0 : 1);
  const shifted = a + 2 ** exp - 1;
  const pBits = mode === 0 ? a + get("M_BITS") : shifted + terms;
  const sum = Math.max(Math.max(pBits, get("B_BITS")) + 1, get("SHIFT") + 1);
  const floor = sum - get("SHIFT");
  const steps = Math.floor((exp + 1) / 2);
  const pre = mode === 0 ? 1 : mode === 1 ? steps : steps + 1;
  const stages = pre + 2 + (pairs - 1);
  const interval = p.INTERVAL ?? 1;
  const chain = interval > 1 ? Math.floor((stages + interval - 1) / (interval - 1)) : 99;
  const places = 2 ** clog2(Math.floor((stages + 3 + interval - 1) / interval));
  const full = chain <= 4 ? chain : places;
  const fifo = outputFifo(chain, places, lanes * get("OUT_BITS") + 1, full);
  const factor = p.FACTOR;
  let shifts = 0;
  let held = 0;
  for (let k = 1; mode > 0 && k <= steps; k++) {
    const done = Math.min(2 * k, exp);
    shifts += (a + 2 ** done - 1) * (2 * k - 1 < exp ? 1 : 0.5);
    held += a + 2 ** done - 1 + 1 + (exp - done);
  }
  const all = lanes * pairs;
  const beats = get("BEATS");
  const control = (beats > 1 ? counter(beats) : 0) + counter(full + 1) + 2;
  return {
    kind: mode,
    logic: {
      ...(mode === 0
        ? {}
        : { shifts: all * terms * shifts, zero: all * terms * a, ...(mode === 2 ? { terms: all * pBits } : {}) }),
      sums: all * sum,
      ...(get("NEG") ? { leaky: lanes * floor } : {}),
      ...(get("CLAMP") ? { clamp: lanes * floor, bounds: lanes * get("OUT_BITS") } : {}),
      control,
      ...fifo.logic,
    },
    ff:
      lanes * get("IN_BITS") +
      // The sum's bits below the floor are computed and not kept.
      all * (floor + terms * held + (mode === 2 ? pBits + 1 : 0)) +
      (pre >= 3 ? all * (pre - 2) * get("B_BITS") : 0) +
      (pairs > 1 ? lanes * floor : 0) +
      2 * stages +
      control +
      fifo.ff,
    carried: all * Math.min(pre, 2) * get("B_BITS"),
    shifts: 2 * stages + (pre >= 3 ? all * (pre - 2) * get("B_BITS") : 0),
    memories: [
      { name: "constants", rows: beats, bits: all * (get("B_BITS") + mw), file: "MEM_FILE" },
      ...fifo.memories,
    ],
    // A factor that all rows share makes additions of shifted operands, as in axis_add.
    products:
      mode === 0
        ? [
            {
              count: all,
              a,
              b: get("M_BITS"),
              y: pBits,
              ...(factor === undefined ? {} : { scaled: digits(factor) * a }),
            },
          ]
        : [],
  };
}

const signedBits = (v: number): number => {
  let n = 1;
  while (v < -(2 ** (n - 1)) || v >= 2 ** (n - 1)) n++;
  return n;
};

/** Non-zero digits of a constant in canonical signed digits: additions of a product with it, and one. */
function digits(v: number): number {
  let n = Math.abs(v);
  let count = 0;
  while (n > 0) {
    if (n % 2 === 1) {
      count++;
      n -= n % 4 === 3 ? -1 : 1;
    }
    n /= 2;
  }
  return count;
}

function add(p: Params): Parts {
  const get = (k: string) => p[k] ?? 0;
  const lanes = get("LANES");
  const high = get("B_HIGH") === 0 ? 1 : signedBits(get("B_HIGH")) + 16;
  const b = Math.max(signedBits(get("B")), high) + 1;
  const widest = Math.max(...[0, 1].map((i) => get(`X${i}_BITS`) + 1 + signedBits(get(`M${i}`)))) + 1;
  const sum = Math.max(Math.max(widest, b) + 1, get("SHIFT") + 1);
  const floor = sum - get("SHIFT");
  // A multiplier's factors of two are wires; what is left of it makes the product.
  const factors = [0, 1].map((i) => {
    const m = get(`M${i}`);
    const twos = m === 0 ? 0 : Math.log2(m & -m);
    const odd = m / 2 ** twos;
    const bits = m === 0 ? 0 : get(`X${i}_BITS`) + signedBits(odd) - (odd > 0 ? 1 : 0);
    const scaled = Math.max(0, digits(odd) - 1) * bits;
    // The tools take a positive constant as unsigned.
    return { twos, bits, scaled, a: get(`X${i}_BITS`) + 1, b: signedBits(odd) - (odd > 0 ? 1 : 0) };
  });
  const low = Math.min(...factors.map((f) => f.twos));
  const ps = Math.max(...factors.map((f) => f.bits + f.twos)) + 1 - low;
  const interval = p.INTERVAL ?? 1;
  const chain = interval > 1 ? Math.floor((4 + interval - 1) / (interval - 1)) : 99;
  const places = 2 ** clog2(Math.floor((7 + interval - 1) / interval));
  const full = chain <= 4 ? chain : places;
  const fifo = outputFifo(chain, places, lanes * get("OUT_BITS") + 1, full);
  const control = counter(full + 1) + 4;
  const constant = get("B") !== 0 || get("B_HIGH") !== 0;
  return {
    logic: {
      joined: lanes * ps,
      sums: constant ? lanes * Math.max(ps, floor) : 0,
      ...(get("CLAMP") ? { clamp: lanes * floor, bounds: lanes * get("OUT_BITS") } : {}),
      control,
      ...fifo.logic,
    },
    ff:
      lanes * (get("X0_BITS") + get("X1_BITS") + ps + floor) +
      lanes * factors.reduce((n, f) => n + (f.scaled > 0 ? 0 : f.bits), 0) +
      8 +
      control +
      fifo.ff,
    shifts: 8,
    memories: fifo.memories,
    products: factors
      .filter((f) => f.scaled > 0)
      .map((f) => ({ count: lanes, a: f.a, b: f.b, y: f.bits, scaled: f.scaled })),
  };
}

function window(p: Params): Parts {
  const get = (k: string) => p[k] ?? 0;
  const width = get("SIMD") * get("BITS");
  const cw = get("WORDS") / get("GROUPS");
  const rowWords = get("IN_W") * get("WORDS");
  const rows = get("ROWS") * rowWords;
  const spanW = (get("KW") - 1) * get("DW") + 1;
  const spanH = (get("KH") - 1) * get("DH") + 1;
  const xEnd = (get("OUT_W") - 1) * get("SW") - get("PAD_L") + spanW;
  const yEnd = (get("OUT_H") - 1) * get("SH") - get("PAD_T") + spanH;
  const padX = get("PAD_L") > 0 || xEnd > get("IN_W");
  const padY = get("PAD_T") > 0 || yEnd > get("IN_H");
  const used = (n: number) => (n > 1 ? counter(n) : 0);
  const loops = [cw, get("KW"), get("KH"), get("REPEAT"), get("GROUPS"), get("OUT_W")];
  const counters = loops.reduce((n, l) => n + used(l), 0) + counter(get("OUT_H") + 2);
  const addr = counter(rows);
  const tally = 2 + counter(get("ROWS") + 2 * get("IN_H") + 1);
  const x = padX ? 1 + counter(Math.max(xEnd, get("IN_W"), get("PAD_L")) + 1) : 0;
  const y = padY ? 1 + counter(Math.max(yEnd, get("IN_H"), get("PAD_T")) + 1) : 0;
  return {
    logic: {
      counters,
      address: addr,
      steps: addr * loops.filter((l) => l > 1).length,
      tally,
      padding: x + y,
      word: padX || padY ? width : 0,
      row: used(rowWords),
    },
    ff: addr * 3 + used(rowWords) + 2 * tally + counters + x + y + tally + width + 12,
    shifts: 0,
    memories: [{ name: "memory", rows, bits: width }],
    products: [],
  };
}

function taps(p: Params): Parts {
  const get = (k: string) => p[k] ?? 0;
  const pixel = get("CHANNELS") * get("BITS");
  const spanH = (get("KH") - 1) * get("DH") + 1;
  const spanW = (get("KW") - 1) * get("DW") + 1;
  const stepH = Math.max((get("OUT_H") - 1) * get("SH") + spanH, get("PAD_T") + get("IN_H"));
  const stepW = Math.max((get("OUT_W") - 1) * get("SW") + spanW, get("PAD_L") + get("IN_W"));
  const position = counter(stepH + 1) + counter(stepW + 1);
  const strides = (get("SH") > 1 ? counter(get("SH")) : 0) + (get("SW") > 1 ? counter(get("SW")) : 0);
  const stack = (spanH - 1) * pixel;
  const padded = stepW > get("IN_W") || stepH > get("IN_H");
  // Registers that no window reads are dropped: between the columns of a dilated kernel all are shifted through.
  const registers = spanW * spanH * pixel;
  const memory = stack > 0 && get("IN_W") > 1;
  return {
    logic: { position, strides, padding: padded ? spanH * pixel : 0, column: memory ? counter(get("IN_W")) : 0 },
    ff: position + strides + 7 + registers + (memory ? counter(get("IN_W")) : stack),
    // With one row the columns are plain shift registers, but their every place is read.
    shifts: 0,
    memories: memory ? [{ name: "g_rows.g_memory.stack", rows: get("IN_W"), bits: stack }] : [],
    products: [],
  };
}

function narrow(p: Params): Parts {
  const [bits, from, to, channels] = ["BITS", "IN_LANES", "OUT_LANES", "CHANNELS"].map((k) => p[k] ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  const k = from / to;
  if (k === 1) return {};
  const beats = counter(ceil(channels, from));
  return {
    logic: { pieces: (from - to) * bits, control: (channels > from ? beats : 0) + counter(k) + 3 },
    ff: from * bits + (channels > from ? beats : 0) + counter(k) + 3,
  };
}

function widen(p: Params): Parts {
  const [bits, from, to, channels] = ["BITS", "IN_LANES", "OUT_LANES", "CHANNELS"].map((k) => p[k] ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  const k = to / from;
  if (k === 1) return {};
  const outBeats = ceil(channels, to);
  const tail = ceil(channels, from) - (outBeats - 1) * k;
  const control = (outBeats > 1 ? counter(outBeats) : 0) + counter(k) + 3;
  return {
    logic: { tail: outBeats > 1 && tail < k ? (k - tail + 1) * from * bits : 0, slots: k, control },
    ff: Math.min(tail < k && outBeats === 1 ? tail - 1 : k - 1, k - 1) * from * bits + to * bits + control,
  };
}

const parts: Readonly<Record<string, (p: Params) => Parts>> = {
  axis_sad: (p) => array(p, true),
  axis_mac: (p) => array(p, false),
  axis_requant: requant,
  axis_add: add,
  axis_window: window,
  axis_taps: taps,
  axis_narrow: narrow,
  axis_widen: widen,
  axis_replay: (p) => {
    const sf = ceil(p.IN_LANES ?? 1, p.OUT_LANES ?? 1);
    const held = sf * (p.OUT_LANES ?? 1) * (p.BITS ?? 0);
    const beats = sf * (p.TIMES ?? 1);
    const n = beats > 1 ? counter(beats) : 0;
    // Where the window leaves in one beat nothing turns.
    return { logic: { turned: sf > 1 ? held : 0, control: n + 3 }, ff: held + n + (beats > 1 ? 3 : 2) };
  },
  axis_fifo: (p) => {
    const words = Math.max(p.DEPTH ?? 0, 2);
    const address = clog2(words);
    const width = (p.WIDTH ?? 0) + 1;
    return {
      logic: { address, count: counter(words + 1) },
      ff: 2 * address + counter(words + 1) + 3,
      memories: [{ name: "memory", rows: words, bits: width }],
    };
  },
  axis_fork: (p) => ({ logic: { branches: p.N ?? 0 }, ff: (p.WIDTH ?? 0) + 1 + (p.N ?? 0) }),
  axis_pick: () => ({}),
  axis_maxpool: (p) => {
    const bits = (p.LANES ?? 0) * (p.BITS ?? 0);
    const n = (p.TAPS ?? 1) > 1 ? counter(p.TAPS ?? 1) : 0;
    // The tree over taps side by side holds as many values as it compares, and its odd ones.
    const t = tree(p.SIDE ?? 1, bits, bits, 0);
    return {
      logic: { compare: n > 0 ? bits : 0, choose: t.pairs * bits, lanes: p.LANES ?? 0, control: n + 2 },
      ff: bits + (t.registers - (p.SIDE ?? 1) * bits) + 2 * t.levels + n + 2,
      shifts: t.shifts,
    };
  },
  axis_sumpool: (p) => {
    const lanes = p.LANES ?? 0;
    const bits = lanes * (p.OUT_BITS ?? 0);
    const n = (p.TAPS ?? 1) > 1 ? counter(p.TAPS ?? 1) : 0;
    const t = tree(p.SIDE ?? 1, p.IN_BITS ?? 0, p.OUT_BITS ?? 0, 0);
    return {
      logic: { sums: bits, tree: lanes * t.adders, control: n + 2 },
      ff: bits + lanes * (t.registers - (p.SIDE ?? 1) * (p.IN_BITS ?? 0)) + 2 * t.levels + n + 2,
      shifts: lanes * t.shifts,
    };
  },
  axis_argmax: (p) => {
    const lanes = p.LANES ?? 1;
    const index = p.INDEX_BITS ?? 1;
    const bits = p.BITS ?? 0;
    const beats = ceil(p.CLASSES ?? 1, lanes);
    const levels = Math.max(1, clog2(lanes));
    const nodes = Array.from({ length: levels }, (_, l) => ceil(lanes, 2 << l));
    const base = beats > 1 ? index + counter(beats) : 0;
    return {
      logic: { tree: (lanes - 1) * bits, best: beats > 1 ? bits : 0, index: index + base },
      // Low halves of the lanes, the nodes with their decisions and lanes, the best; valid and last of every stage.
      ff:
        lanes * Math.floor(bits / 2) +
        nodes.reduce((n, here, l) => n + here * bits + (lanes > 1 ? here * (l + 3) : 0), 0) +
        (beats > 1 ? bits + 3 : 0) +
        index +
        base +
        (beats > 1 ? 2 : 1) * (levels + 2),
    };
  },
  axis_concat: (p) => {
    const most = Math.max(p.BEATS0 ?? 1, p.BEATS1 ?? 1);
    const n = most > 1 ? counter(most) : 0;
    return { logic: { choice: p.WIDTH ?? 0, control: n + 4 }, ff: (p.WIDTH ?? 0) + n + 3 };
  },
  axis_table: (p) => ({
    ff: 2,
    memories: [
      {
        name: "g_lane[0].values",
        rows: 2 ** (p.IN_BITS ?? 0),
        bits: p.OUT_BITS ?? 0,
        file: "MEM_FILE" as const,
        copies: p.LANES ?? 1,
      },
    ],
  }),
  axis_sequence: (p) => ({ logic: { choice: (p.N ?? 1) > 1 ? (p.N ?? 1) * (p.WIDTH ?? 0) : 0 }, ff: clog2(p.N ?? 1) }),
  axis_skid: (p) => ({ logic: { choice: p.WIDTH ?? 0 }, ff: 2 * ((p.WIDTH ?? 0) + 1) + 2 }),
  uart_rx: (p) => ({ logic: { clocks: counter(p.CLKS_PER_BIT ?? 1) }, ff: counter(p.CLKS_PER_BIT ?? 1) + 24 }),
  uart_tx: (p) => ({ logic: { clocks: counter(p.CLKS_PER_BIT ?? 1) }, ff: counter(p.CLKS_PER_BIT ?? 1) + 14 }),
  serial_frame: (p) => {
    const idle = counter((p.IDLE ?? 1) + 1);
    const bytes = counter(p.BYTES ?? 1);
    return {
      logic: { counters: bytes + idle },
      ff: bytes + idle + 4,
      memories: [{ name: "memory", rows: p.BYTES ?? 1, bits: 8, oneAddress: true }],
    };
  },
  board_reset: (p) => ({ logic: {}, ff: counter((p.CLOCKS ?? 63) + 1) + 3 }),
};

/** Cells whose structure is known. */
export const structuredCells: readonly string[] = Object.keys(parts);

/** Places of memories by the cell's parameter, MEM_STYLE. */
export type Styles = Readonly<Record<string, MemoryStyle>>;

/** Structure of a cell under its parameters; undefined for a cell that is not known here. */
export function structureOf(cell: string, params: Params, styles: Styles = {}): Structure | undefined {
  const found = parts[cell]?.(params);
  if (!found) return undefined;
  const { kind = "", logic = {}, ff = 0, carried = 0, shifts = 0, products = [] } = found;
  const memories = (found.memories ?? []).map((m) => {
    const style = m.file && styles[m.file.replace("_FILE", "_STYLE")];
    return style ? { ...m, style } : m;
  });
  return { variant: kind === "" ? cell : `${cell}/${kind}`, logic, ff, carried, shifts, memories, products };
}
