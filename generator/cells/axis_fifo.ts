// Beats in a memory.

import { fillOf, type Step } from "./beat-times.ts";
import { clog2, counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = { WIDTH: "int", DEPTH: "int", RAM_STYLE: "style" } as const;

function shape(p: Numbers<typeof params>) {
  const WORDS = Math.max(p.DEPTH, 2);
  return { WORDS, ADDR_BITS: clog2(WORDS), COUNT_BITS: counterBits(WORDS + 1) };
}

/** What does not fit waits until a beat has left. */
function throughMemory(step: Step<Numbers<typeof params>>): void {
  const [x, to] = [step.from[0]!, step.to[0]!];
  const depth = shape(step.params).WORDS + 1;
  to.set(fillOf(step), (p, _, span) => {
    span.first = x.first[p]! + step.fill;
    span.last = x.last[p]! + step.fill;
  });
  // What waits behind it finds room in it.
  if (to.waits) return;
  for (let j = depth; j < x.size; j++) x.hold(j, to.at(j - depth) + 1);
}

export const axisFifo = defineCell({
  module: "axis_fifo",
  params,
  ports: (p) => streamPorts(p.WIDTH, p.WIDTH),
  constants: shape,
  fill: () => 2,
  times: throughMemory,
  structure: (p) => {
    const s = shape(p);
    return {
      logic: { address: s.ADDR_BITS, count: s.COUNT_BITS },
      ff: 2 * s.ADDR_BITS + s.COUNT_BITS + 3,
      memories: [{ name: "memory", rows: s.WORDS, bits: p.WIDTH + 1 }],
    };
  },
});
