import type { TargetInput } from "../target.ts";

export default {
  name: "ice40-hx8k",
  title: "iCE40-HX8K breakout board (Lattice iCE40HX8K)",
  family: "ice40",
  device: {
    part: "iCE40HX8K-CT256",
    pnr: { device: "hx8k", package: "ct256" },
    resources: { lut: 7680, ff: 7680, bram: 32, dsp: 0 },
  },
  board: {
    source:
      "iCE40HX-8K Breakout Board User's Guide (EB85); the clk, RX, TX, LED and SPI lines of public .pcf files for the board agree",
    clock: { pin: "J3", MHz: 12 },
    serial: { rxd: "B10", txd: "B12", baud: 115200 },
    led: { pin: "B5" },
    statusLed: { pin: "B4" },
    flash: { cs: "R12", sck: "R11", mosi: "P12", miso: "P11", weightsAt: 0x100000 },
  },
} satisfies TargetInput;
