// The last beat of each frame marked by its count: in front of a path whose cells only pass tlast on.
import { counterBits, defineCell, streamPorts } from "./define.ts";

export const axisLast = defineCell({
  module: "axis_last",
  params: { WIDTH: "int", BEATS: "int" },
  ports: (p) => streamPorts(p.WIDTH, p.WIDTH),
  fill: () => 0,
  frames: true,
  structure: (p) => ({ logic: { control: counterBits(p.BEATS) }, ff: counterBits(p.BEATS) }),
});
