import type { TargetInput } from "../target.ts";

export default {
  name: "icebreaker",
  title: "iCEBreaker 1.0 (Lattice iCE40UP5K)",
  family: "ice40",
  device: {
    part: "iCE40UP5K-SG48",
    pnr: { device: "up5k", package: "sg48" },
    resources: { lut: 5280, ff: 5280, bram: 30, dsp: 8, spram: 4 },
  },
  board: {
    source: "icebreaker-fpga/icebreaker-verilog-examples, icebreaker/icebreaker.pcf",
    clock: { pin: "35", MHz: 12, pll: "pad" },
    serial: { rxd: "6", txd: "9", baud: 115200 },
    led: { pin: "37", activeLow: true },
    statusLed: { pin: "11", activeLow: true },
    flash: { cs: "16", sck: "15", mosi: "14", miso: "17", weightsAt: 0x100000 },
    button: { pin: "10", activeLow: true },
  },
} satisfies TargetInput;
