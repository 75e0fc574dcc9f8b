// Every option of the command line, once: what it is called, what it means, what it may be.

import { FILTERS } from "../files/resize.ts";
import { METHOD_CHOICES, MODES } from "../ir/quantize-options.ts";
import { L1_CIRCUITS } from "../targets/families.ts";
import { DATA_BITS } from "../weights/external.ts";

export const network = {
  describe: "network file (or integers.json of addernet quantize)",
  type: "string",
  demandOption: true,
} as const;

/** What every option that names images takes. */
export const imageFiles = ".npy, PNG or JPEG or a folder of them, MNIST or CIFAR files";

/** Of commands that read images. */
export const fitOptions = {
  resize: {
    describe: "make images of another size the input's with this filter; left out, they are refused",
    choices: FILTERS,
  },
  crop: {
    describe: "with --resize: cut images to the input's proportions around the middle; left out, they are stretched",
    type: "boolean",
  },
} as const;

export const quantizeOptions = {
  calibration: { describe: `calibration images (${imageFiles}); the network file may name them`, type: "string" },
  "calibration-count": { describe: "use the first N of them", type: "number" },
  bits: { describe: "bits of activations and weights", type: "number" },
  "join-bits": { describe: "bits at least of what residual adds and means read", type: "number" },
  "product-bits": { describe: "bits at least of conv2d and linear", type: "number" },
  mode: { describe: "requantize multipliers: integers, one or two powers of two", choices: MODES },
  method: {
    describe: "what fixes an edge's range; auto, where left out, takes the one with the least error of the outputs",
    choices: METHOD_CHOICES,
  },
  percentile: { describe: "share that method percentile covers, in percent", type: "number" },
  "output-bits": { describe: "bits of results that leave the network; raw sums where left out", type: "number" },
  "multiplier-bits": { describe: "bits of a multiplier in mode full", type: "number" },
  ...fitOptions,
} as const;

const target = {
  alias: "t",
  describe: "board or device family to choose the folds for: least logic for --fps, or the fastest that fits",
  type: "string",
} as const;

/** What makes a design; every command that makes one takes all of them. */
export const designOptions = {
  ...quantizeOptions,
  target,
  fps: {
    describe: "frames a second to reach; left out, the fastest that fits the target's device, or 1000",
    type: "number",
  },
  clock: { describe: "clock in MHz; left out, the target's, or 100", type: "number" },
  pe: { describe: "output channels at a time, LAYER=N[,LAYER=N]", type: "string" },
  simd: { describe: "taps at a time, LAYER=N[,LAYER=N]", type: "string" },
  pixels: { describe: "pixels of the layer's input in one beat, LAYER=N[,LAYER=N]", type: "string" },
  unroll: { describe: "layers whose weights become logic, LAYER[,LAYER] or all", type: "string" },
  weights: {
    describe:
      "where weights are: rom, ram (written at run time) or external (memory beside the chip) for all layers, or LAYER=HOME[,LAYER=HOME]",
    type: "string",
  },
  bandwidth: {
    describe: "MB a second that external memory gives for weights; left out, a beat of its port a clock",
    type: "number",
  },
  "memory-bits": {
    describe: "bits of a beat of the port to external memory; left out, 64",
    choices: DATA_BITS,
    type: "number",
  },
  l1: {
    describe: "circuit of L1 arrays; left out, the target's smaller one for each array, or signed-tree",
    choices: L1_CIRCUITS,
  },
  dsp: { describe: "multipliers in DSP blocks (--no-dsp: in logic)", type: "boolean", default: true },
  logits: {
    describe: "the values in front of the class at an output of their own (--no-logits: not); left out, for boards",
    type: "boolean",
  },
} as const;

const neededTarget = { ...target, demandOption: true } as const;

const { fps: _, ...anyRate } = designOptions;
/** Of a command that makes designs of every rate. */
export const spaceOptions = { ...anyRate, target: neededTarget } as const;

export const outOption = { alias: "output", describe: "output folder", type: "string", demandOption: true } as const;
/** Of commands that print a text. */
export const textFile = { alias: "o", describe: "write it to this file", type: "string" } as const;
export const forceOption = {
  describe: "write beside other files, and over output that was changed; no other file is replaced or removed",
  type: "boolean",
  default: false,
} as const;

/** Of commands that make a design. */
export const reportFile = {
  describe: "write a page of the design and of what was found to this file",
  type: "string",
} as const;

export const native = {
  describe: "this machine's programs before the npm packages",
  type: "boolean",
  default: false,
} as const;

/** Of commands that synthesize. */
export const synthOptions = {
  ...designOptions,
  target: neededTarget,
  output: { alias: "o", describe: "output folder: Verilog, netlist, reports, bitstream", type: "string" },
  place: { describe: "place and route (--no-place: counts only)", type: "boolean", default: true },
  native,
  seed: { describe: "seed of place and route", type: "number", default: 1 },
  report: reportFile,
} as const;

export const compareOptions = {
  ...synthOptions,
  fps: { ...designOptions.fps, describe: "frames a second to reach; left out, 10000" },
  clock: { ...designOptions.clock, describe: "clock in MHz; left out, 100" },
  output: { alias: "o", describe: "output folder of the comparison", type: "string" },
  place: { ...synthOptions.place, default: false },
  "fewest-lanes": {
    describe: "folds of fewest lanes, memories where the tool likes; left out, folds and memories that synth takes",
    type: "boolean",
    default: false,
  },
} as const;
