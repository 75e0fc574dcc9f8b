// All taps of every window of an image side by side.
import { axisFifo } from "./axis_fifo.ts";
import { fillOf, type Step } from "./beat-times.ts";
import { counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = {
  IN_H: "int",
  IN_W: "int",
  CHANNELS: "int",
  BITS: "int",
  KH: "int",
  KW: "int",
  SH: "int",
  SW: "int",
  DH: "int",
  DW: "int",
  PAD_T: "int",
  PAD_L: "int",
  OUT_H: "int",
  OUT_W: "int",
  PAD_VALUE: "int",
  AHEAD: "int",
} as const;

type Taps = Numbers<typeof params>;

/** What the reader walks over, and where the pixels that come wait for it. */
export function tapsShape(p: Omit<Taps, "CHANNELS" | "BITS" | "PAD_VALUE" | "AHEAD">) {
  const SPAN_H = (p.KH - 1) * p.DH + 1;
  const SPAN_W = (p.KW - 1) * p.DW + 1;
  const NEED_W = (p.OUT_W - 1) * p.SW + SPAN_W;
  const COLS = Math.min(NEED_W - p.PAD_L, p.IN_W);
  const NEW = Math.min(p.SH, SPAN_H);
  const KEPT = SPAN_H - NEW;
  const HEAD = Math.min(COLS > 0 ? Math.max(0, KEPT - p.PAD_T) : 0, p.IN_H);
  /** Row of an image row among the new rows, counted from the first row of windows; the head's are below 0. */
  const FROM = p.PAD_T - KEPT;
  return { SPAN_H, SPAN_W, NEED_W, COLS, DEPTH: Math.max(COLS, 1), NEW, KEPT, HEAD, FROM };
}

/** Clocks from a pixel of a FIFO, of the head, or of a frame without one, to the reader's step with it. */
const [THROUGH_FIFO, THROUGH_HEAD, BEGUN] = [axisFifo.fill({ WIDTH: 1, DEPTH: 1 }), 2, 1];
/** Frames that may have begun to come and not to leave, where none waits for the head. */
const OPEN_FRAMES = 7;

/** What the clocks of the cell depend on: when pixels pass the input, and when windows are taken. */
interface Surroundings {
  /** Clock in which pixel `n` of all frames comes; `since`: there is no place for it before that clock. */
  comes(n: number, since: number): number;
  /** Clock in which window `n` is taken that is there from clock `ready` on; `before`: the one before it was. */
  taken(n: number, ready: number, before: number): number;
}

/**
 * The reader's walk over `frames` frames: a column of the rows that windows end in a clock, at rest while a finished window
 * waits or pixels are missing. A frame's first row of windows begins when the head is there.
 */
function walk(p: Omit<Taps, "CHANNELS" | "BITS" | "PAD_VALUE">, frames: number, around: Surroundings): void {
  const s = tapsShape(p);
  const perFrame = p.IN_H * p.IN_W;
  // Places of a FIFO, the one that it shows among them.
  const places = Math.max(p.AHEAD * s.DEPTH, 2) + 1;
  /** Clocks of the steps that have read the pixels of each new row. */
  const read = Array.from({ length: s.NEW }, () => new Float64Array(Math.ceil(frames * p.OUT_H * s.DEPTH)));
  const reads = new Int32Array(s.NEW);
  const stored = new Int32Array(s.NEW);
  const firstRow = new Float64Array(frames);
  const began = new Float64Array(frames);
  /** The last pixel that has come, and its clock; the clock of the one that the reader waits for. */
  let last = -1;
  let clock = Number.NEGATIVE_INFINITY;
  const upTo = (n: number): number => {
    while (last < n) {
      const at = ++last % perFrame;
      const frame = (last - at) / perFrame;
      const column = at % p.IN_W;
      const row = (at - column) / p.IN_W;
      const own = row + s.FROM;
      const fifo = row < s.HEAD || own < 0 || column >= s.COLS || own >= p.OUT_H * p.SH ? -1 : own % p.SH;
      let since = Number.NEGATIVE_INFINITY;
      if (at === 0 && s.HEAD > 0 && frame > 0) since = firstRow[frame - 1]! + 1;
      if (at === 0 && s.HEAD === 0 && frame >= OPEN_FRAMES) since = began[frame - OPEN_FRAMES]! + 1;
      if (fifo >= 0 && fifo < s.NEW) {
        const n = stored[fifo]!++;
        if (n >= places) since = Math.max(since, read[fifo]![n - places]! + 1);
      }
      clock = Math.max(clock + 1, around.comes(last, since));
    }
    return clock;
  };
  let now = Number.NEGATIVE_INFINITY;
  let before = Number.NEGATIVE_INFINITY;
  let windows = 0;
  for (let frame = 0; frame < frames; frame++)
    for (let y = 0; y < p.OUT_H; y++) {
      /** The new rows in the image; the last of them comes last. */
      const rows = Array.from({ length: s.NEW }, (_, n) => y * p.SH + n - s.FROM).map((r) => r >= 0 && r < p.IN_H);
      const newest = rows.lastIndexOf(true);
      for (let x = 0; x < s.NEED_W; x++) {
        const column = x - p.PAD_L;
        now = Math.max(now + 1, before);
        if (x === 0 && y === 0) {
          const head = frame * perFrame + (s.HEAD > 0 ? (s.HEAD - 1) * p.IN_W + s.COLS - 1 : 0);
          now = Math.max(now, upTo(head) + (s.HEAD > 0 ? THROUGH_HEAD : BEGUN));
          began[frame] = now;
        }
        if (column >= 0 && column < s.COLS && newest >= 0) {
          const pixel = frame * perFrame + (y * p.SH + newest - s.FROM) * p.IN_W + column;
          now = Math.max(now, upTo(pixel) + THROUGH_FIFO);
          for (let n = 0; n < s.NEW; n++) if (rows[n]) read[n]![reads[n]!++] = now;
        }
        if (x >= s.SPAN_W - 1 && (x - s.SPAN_W + 1) % p.SW === 0) {
          before = around.taken(windows++, now + 1, before);
        }
      }
      if (y === 0) firstRow[frame] = now;
    }
  // What is left of the last frame.
  upTo(frames * perFrame - 1);
}

/** Frames after which a design that never rests repeats itself. */
const SETTLED = 6;

/** Clocks of a frame where pixels come a clock each and each window keeps what follows for `pace` clocks. */
export function tapsInterval(p: Omit<Taps, "CHANNELS" | "BITS" | "PAD_VALUE">, pace: number): number {
  const perFrame = p.OUT_H * p.OUT_W;
  const ends: number[] = [];
  let came = -1;
  walk(p, SETTLED, {
    comes(_, since) {
      came = Math.max(came + 1, since);
      return came;
    },
    taken(n, ready, before) {
      const clock = Math.max(ready, before + pace);
      if ((n + 1) % perFrame === 0) ends.push(clock);
      return clock;
    },
  });
  return ends.at(-1)! - ends.at(-2)!;
}

function alongTheImage(step: Step<Taps>): void {
  const { params: p, frames, pace } = step;
  const [x, to] = [step.from[0]!, step.to[0]!];
  // A whole walk is done first: the windows' own clocks come from it.
  const taken = new Float64Array(to.first.length);
  walk(p, frames, {
    comes(n, since) {
      if (since > Number.NEGATIVE_INFINITY) x.hold(n, since);
      return Math.max(x.at(n), since);
    },
    taken(n, ready, before) {
      taken[n] = Math.max(ready, before + pace, to.free(n));
      return taken[n]!;
    },
  });
  to.set(fillOf(step), (pixel, _, span) => {
    span.first = span.last = taken[pixel]!;
  });
}

export const axisTaps = defineCell({
  module: "axis_taps",
  params,
  ports: (p) => streamPorts(p.CHANNELS * p.BITS, p.KH * p.KW * p.CHANNELS * p.BITS),
  constants: tapsShape,
  frames: true,
  fill: () => 1 + THROUGH_FIFO,
  times: alongTheImage,
  reorders: true,
  structure: (p) => {
    const { SPAN_H, SPAN_W, NEED_W, COLS, DEPTH, NEW, KEPT, HEAD } = tapsShape(p);
    const pixel = p.CHANNELS * p.BITS;
    const position = counterBits(p.OUT_H + 1) + counterBits(NEED_W + 1);
    const arriving = counterBits(p.IN_H + 1) + counterBits(p.IN_W + 1) + (p.SH > 1 ? counterBits(p.SH) : 0);
    const strides = p.SW > 1 ? counterBits(p.SW) : 0;
    const padded = NEED_W > COLS || p.PAD_T > 0 || p.OUT_H * p.SH > p.IN_H;
    // Between the columns of a dilated kernel all registers are shifted through.
    const registers = SPAN_W * SPAN_H * pixel;
    const column = DEPTH > 1 ? counterBits(DEPTH) : 0;
    const memories = (KEPT > 0 ? 1 : 0) + (HEAD > 0 ? 1 : 0);
    const row = axisFifo.structure!({ WIDTH: Math.max(pixel - 1, 1), DEPTH: p.AHEAD * DEPTH }, {});
    return {
      logic: {
        control: position + arriving + strides + column * memories + NEW * (row.logic!.address! + row.logic!.count!),
        padding: padded ? SPAN_H * pixel : 0,
        first: KEPT * pixel,
      },
      ff:
        position +
        arriving +
        strides +
        15 +
        2 * NEW +
        registers +
        NEW * row.ff! +
        (column > 0 ? column * memories : (KEPT + HEAD) * pixel),
      // With one row the columns are plain shift registers, but their every place is read.
      shifts: 0,
      memories: [
        ...Array.from({ length: NEW }, (_, n) => ({ ...row.memories![0]!, name: `g_new[${n}].u_row.memory` })),
        ...(column > 0 && KEPT > 0 ? [{ name: "g_kept.g_memory.stack", rows: DEPTH, bits: KEPT * pixel }] : []),
        ...(column > 0 && HEAD > 0 ? [{ name: "g_kept.g_head.g_memory.head", rows: DEPTH, bits: HEAD * pixel }] : []),
      ],
    };
  },
});
