import type { TargetInput } from "../target.ts";

export default {
  name: "pynq-z2",
  title: "PYNQ-Z2 (AMD Zynq-7020)",
  family: "xc7",
  device: { part: "xc7z020clg400-1", resources: { lut: 53200, ff: 106400, bram: 280, dsp: 220 } },
  processor: {
    source: "parimalp/FPGA-Design-Flow-using-Vivado, source/pynq-z2/lab5/uart_led_pins_pynq.xdc",
    kind: "zynq-7000",
    MHz: 100,
    // DDR3-1050 of 16 bits.
    memoryMBs: 2100,
    portBits: 64,
    boardPart: "tul.com.tw:pynq-z2:part0:1.0",
    led: { pin: "R14", standard: "LVCMOS33" },
  },
} satisfies TargetInput;
