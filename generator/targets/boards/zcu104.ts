import type { TargetInput } from "../target.ts";

export default {
  name: "zcu104",
  title: "ZCU104 (AMD Zynq UltraScale+ ZU7EV)",
  family: "xcup",
  device: {
    part: "xczu7ev-ffvc1156-2-e",
    resources: { lut: 230400, lutram: 101760, ff: 460800, bram: 624, uram: 96, dsp: 1728 },
  },
  processor: {
    source: "ZCU104 Board User Guide (UG1267), GPIO LEDs; chipyard.fpga.zcu104 lists the same pin",
    kind: "zynq-ultrascale+",
    MHz: 200,
    // DDR4-2400 of 64 bits.
    memoryMBs: 19200,
    portBits: 128,
    boardPart: "xilinx.com:zcu104:part0:1.1",
    led: { pin: "D5", standard: "LVCMOS33" },
  },
} satisfies TargetInput;
