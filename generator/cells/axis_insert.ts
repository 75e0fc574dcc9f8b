// Zeros between the pixels of a map.
import { fillOf, type Step } from "./beat-times.ts";
import { counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = { SIMD: "int", BITS: "int", WORDS: "int", IN_W: "int", SH: "int", SW: "int", PAD_VALUE: "int" } as const;
type Insert = Numbers<typeof params>;

function shape(p: Insert) {
  const OUT_W = (p.IN_W - 1) * p.SW + 1;
  const BETWEEN_PIXELS = (p.SW - 1) * p.WORDS;
  const BETWEEN_ROWS = (p.SH - 1) * OUT_W * p.WORDS;
  return { OUT_W, BETWEEN_PIXELS, BETWEEN_ROWS, MOST: Math.max(BETWEEN_PIXELS, BETWEEN_ROWS) };
}

/** A pixel of the input as it comes, inserted ones a beat a clock; what comes meanwhile waits. */
function amongInserted(step: Step<Insert>): void {
  const { params: p, frames, fill } = step;
  const [x, to] = [step.from[0]!, step.to[0]!];
  const { OUT_W } = shape(p);
  const perFrame = to.first.length / frames;
  const rows = x.size / p.WORDS / p.IN_W / frames;
  /** The input pixel that output pixel `n` is, or -1. */
  const source = (n: number): number => {
    const at = n % perFrame;
    const column = at % OUT_W;
    const row = (at - column) / OUT_W;
    if (column % p.SW !== 0 || row % p.SH !== 0) return -1;
    return (((n - at) / perFrame) * rows + row / p.SH) * p.IN_W + column / p.SW;
  };
  to.set(fillOf(step), (n, before, span) => {
    const from = source(n);
    span.first = from < 0 ? before + 1 : Math.max(before + 1, x.at(from * p.WORDS) + fill);
    span.last = span.first + p.WORDS - 1;
    if (from >= 0) span.last = Math.max(span.last, x.at((from + 1) * p.WORDS - 1) + fill);
  });
  for (let n = 0; n < to.first.length; n++) {
    const from = source(n);
    if (from < 0) continue;
    x.hold(from * p.WORDS, to.first[n]! - fill);
    x.hold((from + 1) * p.WORDS - 1, to.last[n]! - fill);
  }
}

export const axisInsert = defineCell({
  module: "axis_insert",
  params,
  ports: (p) => streamPorts(p.SIMD * p.BITS, p.SIMD * p.BITS),
  constants: shape,
  fill: () => 1,
  times: amongInserted,
  reorders: true,
  needsLast: true,
  structure: (p) => {
    const width = p.SIMD * p.BITS;
    const used = (n: number) => (n > 1 ? counterBits(n) : 0);
    const counters = used(p.WORDS) + used(p.IN_W) + used(shape(p).MOST + 1);
    return { logic: { inserted: width, counters }, ff: width + counters + 3 };
  },
});
