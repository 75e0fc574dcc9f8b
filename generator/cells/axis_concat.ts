// Two streams joined pixel by pixel: the channels of one, then those of the other.

import { fillOf, type Step } from "./beat-times.ts";
import { counterBits, defineCell } from "./define.ts";

/** A pixel of one stream, then one of the other. */
function oneAfterAnother(step: Step<unknown>): void {
  const { from, fill } = step;
  const to = step.to[0]!;
  const [a, b] = from.map((s) => ({ s, beats: s.size / to.first.length }));
  to.set(fillOf(step), (p, before, span) => {
    const first = Math.max(before + 1, a!.s.at(p * a!.beats) + fill);
    const middle = Math.max(first + a!.beats - 1, a!.s.at((p + 1) * a!.beats - 1) + fill);
    span.first = first;
    span.last = Math.max(middle + b!.beats, b!.s.at((p + 1) * b!.beats - 1) + fill);
  });
  for (let p = 0; p < to.first.length; p++) {
    a!.s.hold((p + 1) * a!.beats - 1, to.first[p]! + a!.beats - 1 - fill);
    b!.s.hold((p + 1) * b!.beats - 1, to.last[p]! - fill);
  }
}

export const axisConcat = defineCell({
  module: "axis_concat",
  params: { WIDTH: "int", BEATS0: "int", BEATS1: "int" },
  ports: (p) => ({ in: { s0_axis: p.WIDTH, s1_axis: p.WIDTH }, out: { m_axis: p.WIDTH } }),
  constants: (p) => ({ MOST: Math.max(p.BEATS0, p.BEATS1) }),
  fill: () => 1,
  times: oneAfterAnother,
  structure: (p) => {
    const most = Math.max(p.BEATS0, p.BEATS1);
    const n = most > 1 ? counterBits(most) : 0;
    return { logic: { choice: p.WIDTH, control: n + 4 }, ff: p.WIDTH + n + 3 };
  },
});
