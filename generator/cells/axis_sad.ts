// Folded array of absolute differences.
import { arrayDefaults, arrayParts, arrayPorts, arrayShape } from "./array.ts";
import { defineCell } from "./define.ts";

const shape = (p: Parameters<typeof arrayShape>[0] & { readonly L1: number }) =>
  arrayShape(p, p.L1 && !p.TERNARY ? 1 : 0);

export const axisSad = defineCell({
  module: "axis_sad",
  // In the order of the Verilog.
  params: {
    SIMD: "int",
    PE: "int",
    SF: "int",
    NF: "int",
    X_BITS: "int",
    W_BITS: "int",
    ACC_BITS: "int",
    L1: "int",
    DEPTHWISE: "int",
    PIXELS: "int",
    TABLE: "int",
    TERNARY: "int",
    MEM_FILE: "file",
    MEM_STYLE: "style",
  },
  defaults: { ...arrayDefaults, TABLE: 0, TERNARY: 0 },
  ports: arrayPorts,
  constants: (p) => {
    const { constants, fifo } = shape(p);
    return { ...constants, ...fifo.inner, D_BITS: Math.max(p.X_BITS, p.W_BITS) };
  },
  fill: (p) => {
    const { constants, fifo } = shape(p);
    return constants.PUSH + fifo.clocks;
  },
  places: (p) => shape(p).fifo.places,
  structure: (p) => {
    const shared = p.L1 !== 0;
    const d = Math.max(p.X_BITS, p.W_BITS);
    return arrayParts(p, shape(p), {
      // With adders of three numbers it is another circuit.
      kind: shared ? (p.TERNARY ? 3 : 1) : 0,
      d,
      most: shared ? p.ACC_BITS - 1 : p.ACC_BITS,
      extra: shared ? 0 : 1,
      lane: shared ? d : d + 1,
      shared,
    });
  },
});
