// Every option of the command line, once: what it is called, what it means, what it may be.

import { FILTERS } from "../files/resize.ts";
import { METHOD_CHOICES, MODES } from "../ir/quantize-options.ts";
import { L1_CIRCUITS } from "../targets/families.ts";
import { DATA_BITS } from "../weights/external.ts";

export const network = {
  describe: "network file, or integers.json written by addernet quantize",
  type: "string",
  demandOption: true,
} as const;

/** What every option that names images takes. */
export const imageFiles = ".npy file, PNG or JPEG file or a folder of them, MNIST or CIFAR files";

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
  calibration: {
    describe: `calibration images (${imageFiles}); default: those that the network file names`,
    type: "string",
  },
  "calibration-count": { describe: "use the first N of them", type: "number" },
  bits: { describe: "bits of activations and weights", type: "number" },
  "join-bits": { describe: "minimum bits of what residual adds and means read", type: "number" },
  "product-bits": { describe: "minimum bits of the activations and weights of conv2d and linear", type: "number" },
  mode: { describe: "requantize multipliers: integers, one or two powers of two", choices: MODES },
  method: {
    describe: "how the range of an edge is chosen; default: auto, the method with the smallest error at the outputs",
    choices: METHOD_CHOICES,
  },
  percentile: { describe: "share that method percentile covers, in percent", type: "number" },
  "output-bits": { describe: "bits of results that leave the network; default: raw sums", type: "number" },
  "multiplier-bits": { describe: "bits of a multiplier in mode full", type: "number" },
  ...fitOptions,
} as const;

const target = {
  alias: "t",
  describe:
    "board or device family that the folds are chosen for: the least logic for --fps, or without --fps the fastest that fits",
  type: "string",
} as const;

/** What makes a design; every command that makes one takes all of them. */
export const designOptions = {
  ...quantizeOptions,
  target,
  fps: {
    describe: "frames a second to reach; default: the fastest that fits the target's device, or 1000",
    type: "number",
  },
  clock: { describe: "clock in MHz; default: the target's, or 100", type: "number" },
  pe: { describe: "output channels computed at a time, LAYER=N[,LAYER=N]", type: "string" },
  simd: { describe: "taps of each output computed at a time, LAYER=N[,LAYER=N]", type: "string" },
  pixels: { describe: "pixels of the layer's input in one beat, LAYER=N[,LAYER=N]", type: "string" },
  unroll: { describe: "layers whose weights become logic, LAYER[,LAYER] or all", type: "string" },
  weights: {
    describe:
      "where weights are stored: rom, ram (written at run time) or external (memory beside the chip), for all layers or as LAYER=HOME[,LAYER=HOME]",
    type: "string",
  },
  coded: {
    describe:
      "layers whose weights are coded in external memory, in the images for memories on the chip, or, where named, in the bitstream: LAYER[,LAYER], all, none or auto; default: in external memory where that saves a tenth",
    type: "string",
  },
  bands: {
    describe:
      "parts of the map of a layer with weights in external memory, which are read for each: less memory for more bandwidth, LAYER=N[,LAYER=N]",
    type: "string",
  },
  bandwidth: {
    describe:
      "MB a second that external memory delivers for weights; default: 60 % of the peak of the target's memory, and never more than one beat of its port every clock",
    type: "number",
  },
  "memory-bits": {
    describe: "width in bits of the port to external memory; default: 64",
    choices: DATA_BITS,
    type: "number",
  },
  "memory-ports": {
    describe:
      "ports to external memory, among which layers are shared out; all must see the same memory at the same addresses; default: 1",
    type: "number",
  },
  swap: {
    describe: "two banks for weights in ram: another set is loaded while frames go on, and switched to between two",
    type: "boolean",
  },
  "read-back": {
    describe: "what the memories of weights in ram hold can be read back, word by word and as a CRC",
    type: "boolean",
  },
  l1: {
    describe:
      "circuit of the L1 arrays; default: for each array the smaller one on the target, or signed-tree without a target",
    choices: L1_CIRCUITS,
  },
  dsp: { describe: "multipliers in DSP blocks (--no-dsp: in logic)", type: "boolean", default: true },
  logits: {
    describe: "also output the values that the class is taken from (--no-logits: do not); default: only for boards",
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
  describe:
    "write next to files of yours and over output that was changed; your own files are never replaced or removed",
  type: "boolean",
  default: false,
} as const;

/** Of commands that make a design. */
export const reportFile = {
  describe: "also write a report page of the design and the results to this file",
  type: "string",
} as const;

export const native = {
  describe: "prefer the programs installed on this machine to the npm packages",
  type: "boolean",
  default: false,
} as const;

/** Of commands that synthesize. */
export const synthOptions = {
  ...designOptions,
  target: neededTarget,
  output: { alias: "o", describe: "output folder: Verilog, netlist, reports, bitstream", type: "string" },
  place: { describe: "place and route (--no-place: only count the logic)", type: "boolean", default: true },
  native,
  seed: { describe: "seed of place and route", type: "number", default: 1 },
  report: reportFile,
} as const;

export const compareOptions = {
  ...synthOptions,
  fps: { ...designOptions.fps, describe: "frames a second to reach; default: 10000" },
  clock: { ...designOptions.clock, describe: "clock in MHz; default: 100" },
  output: { alias: "o", describe: "output folder of the comparison", type: "string" },
  place: { ...synthOptions.place, default: false },
  "fewest-lanes": {
    describe:
      "use the folds of fewest lanes, and let the tool place the memories; default: the folds and memories that synth uses",
    type: "boolean",
    default: false,
  },
} as const;
