import type { TargetInput } from "../target.ts";
import sdram from "./ulx3s-sdram.ts";

export default {
  name: "ulx3s-25f",
  title: "ULX3S with LFE5U-25F (Lattice ECP5)",
  family: "ecp5",
  device: {
    part: "LFE5U-25F-6BG381C",
    pnr: { device: "25k", package: "CABGA381" },
    resources: { lut: 24288, ff: 24288, bram: 56, dsp: 28 },
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
