// Options of synth and of what is made with it.

/** Options of the command line that synth takes beside those of quantization. */
export const synthOptions = {
  target: { alias: "t", describe: "board or device family", type: "string", demandOption: true },
  output: { alias: "o", describe: "output folder: Verilog, netlist, reports, bitstream", type: "string" },
  fps: { describe: "frames a second to reach; left out, the fastest that should fit", type: "number" },
  clock: { describe: "clock in MHz; left out, the board's", type: "number" },
  kernel: { describe: "L1 kernel; left out, the family's smaller one for each array", choices: [0, 1], type: "number" },
  dsp: { describe: "multipliers in DSP blocks (--no-dsp: in logic)", type: "boolean", default: true },
  place: { describe: "place and route (--no-place: counts only)", type: "boolean", default: true },
  native: { describe: "this machine's programs before the npm packages", type: "boolean", default: false },
  seed: { describe: "seed of place and route", type: "number", default: 1 },
} as const;

/** Options of the command line that compare takes beside those of quantization. */
export const compareOptions = {
  ...synthOptions,
  place: { ...synthOptions.place, default: false },
  "fewest-lanes": {
    describe: "folds of fewest lanes, memories where the tool likes; left out, folds and memories that synth takes",
    type: "boolean",
    default: false,
  },
} as const;
