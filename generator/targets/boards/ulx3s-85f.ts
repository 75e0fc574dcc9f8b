import type { TargetInput } from "../target.ts";
import sdram from "./ulx3s-sdram.ts";

export default {
  name: "ulx3s-85f",
  title: "ULX3S with LFE5U-85F (Lattice ECP5)",
  family: "ecp5",
  device: {
    part: "LFE5U-85F-6BG381C",
    pnr: { device: "85k", package: "CABGA381" },
    resources: { lut: 83640, ff: 83640, bram: 208, dsp: 156 },
  },
  board: {
    source: "emard/ulx3s, doc/constraints/ulx3s_v20.lpf",
    clock: { pin: "G2", MHz: 25 },
    serial: { rxd: "M1", txd: "L4", baud: 115200 },
    led: { pin: "B2" },
    button: { pin: "R1", pull: "down" },
    sdram,
  },
} satisfies TargetInput;
