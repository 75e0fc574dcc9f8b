import type { TargetInput } from "../target.ts";

/**
 * The SDRAM of all ULX3S: 32 MB, 4 banks of 8192 rows of 512 words. The longest times of the parts that it has been fitted
 * with; boards with 64 MB have twice the columns, of which half is used.
 */
export default {
  parts: ["MT48LC16M16A2-75", "IS42S16160G-7", "W9825G6KH-6", "AS4C32M16SB-7"],
  ...{ rowBits: 13, colBits: 9 },
  // The way out to the device and back must fit a clock: 15 ns, with 6 ns of access time (sdram_pins).
  MHz: 66,
  cas: 2,
  ns: { rp: 20, rcd: 20, ras: 45, rc: 67.5, rfc: 67.5, wr: 15 },
  mrdClocks: 2,
  refreshNs: 7812.5,
  initUs: 200,
  pins: {
    ...{ clk: "F19", cke: "F20", cs: "P20", ras: "R20", cas: "T19", we: "T20" },
    ba: ["P19", "N20"],
    a: ["M20", "M19", "L20", "L19", "K20", "K19", "K18", "J20", "J19", "H20", "N19", "G20", "G19"],
    dqm: ["U19", "E20"],
    dq: [
      ...["J16", "L18", "M18", "N18", "P18", "T18", "T17", "U20"],
      ...["E19", "D20", "D19", "C20", "E18", "F18", "J18", "J17"],
    ],
  },
} satisfies NonNullable<TargetInput["board"]>["sdram"];
