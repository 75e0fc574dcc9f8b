import type { TargetInput } from "../target.ts";

export default {
  name: "kv260",
  title: "Kria KV260 (AMD Zynq UltraScale+ K26)",
  family: "xcup",
  device: {
    part: "xck26-sfvc784-2LV-c",
    resources: { lut: 117120, lutram: 57600, ff: 234240, bram: 288, uram: 64, dsp: 1248 },
  },
  processor: {
    // The carrier has no LED of the logic: a pin of its PMOD connector shows what one would.
    source: "K26 SOM Data Sheet (DS987); PMOD pin 1 of the KV260 in three public .xdc files for the board",
    kind: "zynq-ultrascale+",
    MHz: 200,
    // DDR4-2400 of 64 bits.
    memoryMBs: 19200,
    portBits: 128,
    boardPart: "xilinx.com:kv260_som:part0:1.4",
    led: { pin: "H12", standard: "LVCMOS33" },
  },
} satisfies TargetInput;
