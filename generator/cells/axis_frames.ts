// Whole frames, each of them several times, in an order of their own.
import { fillOf, type Step } from "./beat-times.ts";
import { clog2, counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = { WIDTH: "int", GROUPS: "int", PIXELS: "int", INNER: "int", TIMES: "int", RAM_STYLE: "style" } as const;

function shape(p: Numbers<typeof params>) {
  const BEATS = p.GROUPS * p.PIXELS * p.INNER;
  return { BEATS, WORDS: 2 * BEATS, ADDR_BITS: clog2(2 * BEATS) };
}

/** A frame leaves once it is whole, behind the one before; the frame after next waits until it has left. */
function frameByFrame(step: Step<Numbers<typeof params>>): void {
  const [x, to] = [step.from[0]!, step.to[0]!];
  const { BEATS } = shape(step.params);
  const frames = x.size / BEATS;
  const pixels = to.first.length / frames;
  to.set(fillOf(step), (p, before, span) => {
    const whole = x.at((Math.floor(p / pixels) + 1) * BEATS - 1);
    span.first = Math.max(before + 1, whole + step.fill);
    span.last = span.first + to.beats - 1;
  });
  // The place of a frame's last beat is free when it goes into the head: a clock before it leaves.
  for (let f = 2; f < frames; f++) x.hold(f * BEATS, to.last[(f - 1) * pixels - 1]!);
}

export const axisFrames = defineCell({
  module: "axis_frames",
  params,
  ports: (p) => streamPorts(p.WIDTH, p.WIDTH),
  constants: shape,
  frames: true,
  reorders: true,
  fill: () => 2,
  times: frameByFrame,
  structure: (p) => {
    const { WORDS, ADDR_BITS } = shape(p);
    const loops = [p.INNER, p.GROUPS, p.PIXELS, p.TIMES].reduce((n, l) => n + (l > 1 ? counterBits(l) : 0), 0);
    return {
      plain: true,
      logic: { loops: 2 * loops, address: 4 * ADDR_BITS },
      ff: loops + 2 * ADDR_BITS + 6,
      memories: [{ name: "memory", rows: WORDS, bits: p.WIDTH }],
    };
  },
});
