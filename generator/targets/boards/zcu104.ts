import type { TargetInput } from "../target.ts";

export default {
  name: "zcu104",
  title: "ZCU104 (AMD Zynq UltraScale+ ZU7EV)",
  family: "xcup",
  device: { part: "xczu7ev-ffvc1156-2-e", resources: { lut: 230400, ff: 460800, bram: 624, dsp: 1728 } },
} satisfies TargetInput;
