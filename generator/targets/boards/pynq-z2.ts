import type { TargetInput } from "../target.ts";

export default {
  name: "pynq-z2",
  title: "PYNQ-Z2 (AMD Zynq-7020)",
  family: "xc7",
  device: { part: "xc7z020clg400-1", resources: { lut: 53200, ff: 106400, bram: 280, dsp: 220 } },
  board: { clock: { pin: "H16", MHz: 125 } },
} satisfies TargetInput;
