// Line buffer: the words of every window of an image, in the order in which an array takes them.

import { fillOf, type Step } from "./beat-times.ts";
import { counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = {
  IN_H: "int",
  IN_W: "int",
  WORDS: "int",
  GROUPS: "int",
  REPEAT: "int",
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
  SIMD: "int",
  BITS: "int",
  ROWS: "int",
  RAM_STYLE: "style",
} as const;

function shape(p: Numbers<typeof params>) {
  const CW = p.WORDS / p.GROUPS;
  const ROW_WORDS = p.IN_W * p.WORDS;
  const DEPTH = p.ROWS * ROW_WORDS;
  const SPAN_H = (p.KH - 1) * p.DH + 1;
  const SPAN_W = (p.KW - 1) * p.DW + 1;
  const X_END = (p.OUT_W - 1) * p.SW - p.PAD_L + SPAN_W;
  const Y_END = (p.OUT_H - 1) * p.SH - p.PAD_T + SPAN_H;
  return {
    CW,
    ROW_WORDS,
    DEPTH,
    SPAN_H,
    SPAN_W,
    X_END,
    Y_END,
    X_PADDED: p.PAD_L > 0 || X_END > p.IN_W ? 1 : 0,
    Y_PADDED: p.PAD_T > 0 || Y_END > p.IN_H ? 1 : 0,
    ADDR_BITS: counterBits(DEPTH),
    X_BITS: 1 + counterBits(Math.max(X_END, p.IN_W, p.PAD_L) + 1),
    Y_BITS: 1 + counterBits(Math.max(Y_END, p.IN_H, p.PAD_T) + 1),
    TALLY_BITS: 2 + counterBits(p.ROWS + 2 * p.IN_H + 1),
  };
}

/**
 * An output row starts when the last input row under it is complete, then a beat a clock. An input row waits
 * until the output row that reads its place last is through.
 */
function rowByRow(step: Step<Numbers<typeof params>>): void {
  const { params: p, fill } = step;
  const [x, to] = [step.from[0]!, step.to[0]!];
  // A frame that is replayed for each group of outputs comes as several.
  const frames = x.size / (p.IN_H * p.IN_W * p.WORDS);
  const top = (y: number) => Math.max(0, Math.min(p.IN_H, y * p.SH - p.PAD_T));
  const bottom = (y: number) => Math.max(1, Math.min(p.IN_H, y * p.SH - p.PAD_T + (p.KH - 1) * p.DH + 1));
  const rowWords = p.IN_W * p.WORDS;
  const perRow = to.first.length / (p.OUT_H * frames);
  to.set(fillOf(step), (pixel, _, span) => {
    const row = pixel / perRow;
    span.first = span.last = Number.NEGATIVE_INFINITY;
    if (!Number.isInteger(row)) return;
    const y = row % p.OUT_H;
    const rows = ((row - y) / p.OUT_H) * p.IN_H + bottom(y);
    span.first = span.last = x.at(rows * rowWords - 1) + fill;
  });
  let y = 0;
  for (let row = p.ROWS; row < p.IN_H * frames; row++) {
    const old = (row - p.ROWS) % p.IN_H;
    const frame = (row - p.ROWS - old) / p.IN_H;
    if (old === 0) y = 0;
    while (y + 1 < p.OUT_H && top(y + 1) <= old) y++;
    // Places are given back two stages before the output; rows behind the last window's top at the frame's end.
    if (frames > 1 || y + 1 < p.OUT_H) x.hold(row * rowWords, to.last[(frame * p.OUT_H + y + 1) * perRow - 1]! - 1);
  }
}

export const axisWindow = defineCell({
  module: "axis_window",
  params,
  ports: (p) => streamPorts(p.SIMD * p.BITS, p.SIMD * p.BITS),
  constants: shape,
  frames: true,
  fill: () => 4,
  times: rowByRow,
  reorders: true,
  structure: (p) => {
    const s = shape(p);
    const width = p.SIMD * p.BITS;
    const used = (n: number) => (n > 1 ? counterBits(n) : 0);
    const loops = [s.CW, p.KW, p.KH, p.REPEAT, p.GROUPS, p.OUT_W];
    const counters = loops.reduce((n, l) => n + used(l), 0) + counterBits(p.OUT_H + 2);
    const addr = s.ADDR_BITS;
    const tally = s.TALLY_BITS;
    const x = s.X_PADDED ? s.X_BITS : 0;
    const y = s.Y_PADDED ? s.Y_BITS : 0;
    const row = used(s.ROW_WORDS);
    return {
      logic: {
        counters,
        address: addr,
        steps: addr * loops.filter((l) => l > 1).length,
        tally,
        padding: x + y,
        word: s.X_PADDED || s.Y_PADDED ? width : 0,
        row,
      },
      ff: addr * 3 + row + 2 * tally + counters + x + y + tally + width + 12,
      memories: [{ name: "memory", rows: s.DEPTH, bits: width }],
    };
  },
});
