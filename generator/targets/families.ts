// The device families: what their cells count as, how Yosys is asked for them, which L1 circuit is smaller there.
import { allCells } from "../cells/index.ts";
import type { Family } from "./target.ts";

/** LUTs, flip-flops, carry cells, block RAMs and DSP blocks that one cell takes. */
export interface Cost {
  readonly lut: number;
  readonly ff: number;
  readonly carry: number;
  readonly bram: number;
  readonly dsp: number;
  /** Large memories of a family that has them beside its block RAMs (UltraRAM); left out where none is taken. */
  readonly uram?: number | undefined;
}

/** What is counted of a family's devices, in the order of tables. */
export const resourcesOf = (family: Family): readonly ("lut" | "ff" | "bram" | "uram" | "dsp")[] =>
  families[family].words.uram ? ["lut", "ff", "bram", "uram", "dsp"] : ["lut", "ff", "bram", "dsp"];

/**
 * Which L1 circuit of axis_sad the arrays get: 0 the signed tree, 1 the shared sum, or the shared sum for arrays of these
 * PE and SIMD and more. The sum of the window is shared by the PE and added up over the SIMD: where there are few of
 * either, or in a depthwise layer, it costs more than it saves.
 */
export type L1Choice = 0 | 1 | { readonly pe: number; readonly simd: number };

/** Names of the circuits. */
export const L1_CIRCUITS = ["signed-tree", "shared-sum"] as const;

/** The circuit of one array. */
export const l1For = (choice: L1Choice, pe: number, simd: number, depthwise: boolean): 0 | 1 =>
  typeof choice === "number" ? choice : !depthwise && pe >= choice.pe && simd >= choice.simd ? 1 : 0;

export interface FamilyFacts {
  readonly title: string;
  /**
   * Yosys commands, `TOP` is the top module; dsp: multipliers may become DSP blocks; modelled: no cells without a model, see
   * `modelled`.
   */
  readonly synth: (dsp: boolean, modelled?: boolean) => string;
  /** L1 circuits with the fewest LUTs; `bench/l1-array.ts --kernels` measures them. */
  readonly l1: L1Choice;
  /** Additions of three numbers take a lookup table a bit (ternary_add): arrays with the shared sum are built of them. */
  readonly ternary?: true;
  /** Lookup tables of six inputs, those in front of carry cells as well: a table of 32 rows is a part of a subtraction. */
  readonly lut6?: true;
  /** Memories go into lookup tables where a device lacks block RAM; the resource data say how many of them can be memory. */
  readonly lutMemory?: true;
  /** First match counts. */
  readonly cells: readonly (readonly [pattern: RegExp, cost: Partial<Cost>])[];
  /** Simulation models of the cells, in Yosys' share folder. */
  readonly models: readonly string[];
  /** Keeps synthesis to the cells that those models compute: memories and multipliers without one become logic. */
  readonly modelled: string;
  /** What the columns hold, where the family's own words differ. */
  readonly words: { readonly lut: string; readonly bram: string; readonly dsp: string; readonly uram?: string };
}

/**
 * What Yosys 0.23 to 0.55 needs before it packs registers into the DSP blocks of an iCE40. The bits of a product's
 * register that are always zero are taken out: it leaves them without a driver. Registers of products that meet in an
 * adder keep out of the other product's block: both blocks would take the same register, and one product would be lost.
 */
const packed = allCells.flatMap((c) => c.packed ?? []);
const forDsp = [
  "hierarchy -check -top TOP",
  "proc",
  "flatten",
  "opt -nodffe -nosdff",
  "wreduce t:$mul",
  "opt_dff -nodffe -nosdff",
  "opt_clean",
  `setattr -set keep 1 ${packed.map((name) => `w:*.${name.replace(/[[\]]/g, "?")}`).join(" ")}`,
].join("; ");

export const families: Readonly<Record<Family, FamilyFacts>> = {
  ice40: {
    title: "Lattice iCE40",
    synth: (dsp) => (dsp ? `${forDsp}; synth_ice40 -dsp -top TOP` : "synth_ice40 -top TOP"),
    l1: { pe: 2, simd: 4 },
    cells: [
      [/^SB_LUT4$/, { lut: 1 }],
      [/^SB_DFF/, { ff: 1 }],
      [/^SB_CARRY$/, { carry: 1 }],
      [/^SB_RAM40/, { bram: 1 }],
      [/^SB_MAC16$/, { dsp: 1 }],
    ],
    models: ["ice40/cells_sim.v"],
    modelled: "",
    words: { lut: "LUT4", bram: "RAM 4k", dsp: "MAC16" },
  },
  ecp5: {
    title: "Lattice ECP5",
    synth: (dsp) => `synth_ecp5${dsp ? "" : " -nodsp"} -top TOP`,
    l1: { pe: 4, simd: 8 },
    cells: [
      [/^LUT4$/, { lut: 1 }],
      [/^CCU2C$/, { lut: 2, carry: 1 }],
      [/^TRELLIS_DPR16X4$/, { lut: 6 }],
      [/^TRELLIS_FF$/, { ff: 1 }],
      [/^(DP16KD|PDPW16KD)$/, { bram: 1 }],
      [/^MULT18X18D$/, { dsp: 1 }],
    ],
    models: ["ecp5/cells_sim.v"],
    modelled: "-nobram -nodsp",
    words: { lut: "LUT4", bram: "DP16KD", dsp: "MULT18" },
  },
  gowin: {
    title: "Gowin",
    synth: () => "synth_gowin -top TOP",
    l1: { pe: 4, simd: 8 },
    cells: [
      [/^LUT[1-4]$/, { lut: 1 }],
      [/^ALU$/, { lut: 1, carry: 1 }],
      [/^RAM16SDP4$/, { lut: 6 }],
      [/^RAM16SDP[12]$/, { lut: 3 }],
      [/^DFF/, { ff: 1 }],
      [/^(SP|SPX9|SDPB|SDPX9B|DPB|DPX9B|pROM|pROMX9)$/, { bram: 1 }],
      [/^MULT/, { dsp: 1 }],
    ],
    models: ["gowin/cells_sim.v"],
    modelled: "-nobram",
    words: { lut: "LUT4", bram: "BSRAM", dsp: "MULT18" },
  },
  nexus: {
    title: "Lattice Nexus",
    synth: (dsp) => `synth_nexus${dsp ? "" : " -nodsp"} -top TOP`,
    l1: { pe: 4, simd: 8 },
    cells: [
      [/^LUT4$/, { lut: 1 }],
      [/^WIDEFN9$/, { lut: 2 }],
      [/^CCU2$/, { lut: 2, carry: 1 }],
      [/^DPR16X4$/, { lut: 6 }],
      [/^FD1P3/, { ff: 1 }],
      [/^(DP16K|PDP16K|PDPSC16K|DPSC512K)/, { bram: 1 }],
      [/^MULT/, { dsp: 1 }],
    ],
    models: ["nexus/cells_sim.v"],
    modelled: "-nobram -nodsp",
    words: { lut: "LUT4", bram: "EBR 16k", dsp: "MULT" },
  },
  xc7: {
    title: "AMD 7 series",
    synth: (dsp) => `synth_xilinx -family xc7 -flatten -noiopad -noclkbuf${dsp ? "" : " -nodsp"} -top TOP`,
    l1: 0,
    ternary: true,
    lut6: true,
    lutMemory: true,
    cells: [
      [/^LUT[1-6](_2)?$/, { lut: 1 }],
      [/^SRL/, { lut: 1 }],
      [/^RAM(32X1D|64X1D)$/, { lut: 2 }],
      [/^RAM(32M|64M)$/, { lut: 4 }],
      [/^RAM(32|64)X1S$/, { lut: 1 }],
      [/^RAM128X1S$/, { lut: 2 }],
      [/^RAM(128X1D|256X1S)$/, { lut: 4 }],
      [/^(FD[RSCP]E|FD[RSCP]E_1)$/, { ff: 1 }],
      [/^CARRY4$/, { carry: 1 }],
      [/^RAMB36/, { bram: 2 }],
      [/^RAMB18/, { bram: 1 }],
      [/^DSP48/, { dsp: 1 }],
    ],
    models: ["xilinx/cells_sim.v"],
    modelled: "-nobram -nodsp",
    words: { lut: "LUT6", bram: "RAMB18", dsp: "DSP48" },
  },
  xcup: {
    title: "AMD UltraScale+",
    synth: (dsp, modelled) =>
      `synth_xilinx -family xcup${modelled ? "" : " -uram"} -flatten -noiopad -noclkbuf${dsp ? "" : " -nodsp"} -top TOP`,
    l1: 0,
    ternary: true,
    lut6: true,
    lutMemory: true,
    cells: [
      [/^LUT[1-6](_2)?$/, { lut: 1 }],
      [/^SRL/, { lut: 1 }],
      [/^RAM(32X1D|64X1D)$/, { lut: 2 }],
      [/^RAM(32M|64M)$/, { lut: 4 }],
      [/^RAM(32|64)X1S$/, { lut: 1 }],
      [/^RAM128X1S$/, { lut: 2 }],
      [/^RAM(128X1D|256X1S)$/, { lut: 4 }],
      [/^RAM(32M16|64M8|256X1D|512X1S)$/, { lut: 8 }],
      [/^FD[RSCP]E/, { ff: 1 }],
      [/^CARRY[48]$/, { carry: 1 }],
      [/^RAMB36/, { bram: 2 }],
      [/^RAMB18/, { bram: 1 }],
      [/^URAM288/, { uram: 1 }],
      [/^DSP48/, { dsp: 1 }],
    ],
    models: ["xilinx/cells_sim.v"],
    modelled: "-nobram -nodsp",
    words: { lut: "LUT6", bram: "RAMB18", uram: "URAM288", dsp: "DSP48" },
  },
  intel: {
    title: "Intel Cyclone V",
    synth: (dsp) => `synth_intel_alm -family cyclonev${dsp ? "" : " -nodsp"} -top TOP`,
    l1: { pe: 2, simd: 8 },
    cells: [
      [/^MISTRAL_ALUT_ARITH$/, { lut: 1, carry: 1 }],
      [/^MISTRAL_ALUT/, { lut: 1 }],
      [/^MISTRAL_MLAB$/, { lut: 1 }],
      [/^MISTRAL_FF$/, { ff: 1 }],
      [/^MISTRAL_M(10K|20K)/, { bram: 1 }],
      [/^MISTRAL_MUL/, { dsp: 1 }],
    ],
    models: ["alm", "dff", "misc"].map((f) => `intel_alm/common/${f}_sim.v`),
    modelled: "-nobram -nolutram -nodsp",
    words: { lut: "ALUT", bram: "M10K", dsp: "MUL" },
  },
};
