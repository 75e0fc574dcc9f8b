// Folded array of products.
import { arrayDefaults, arrayParams, arrayParts, arrayPorts, arrayShape } from "./array.ts";
import { defineCell } from "./define.ts";

export const axisMac = defineCell({
  module: "axis_mac",
  params: arrayParams,
  defaults: arrayDefaults,
  ports: arrayPorts,
  constants: (p) => {
    const { constants, fifo } = arrayShape(p, 0);
    return { ...constants, ...fifo.inner, P_BITS: Math.min(p.X_BITS + p.W_BITS, p.ACC_BITS) };
  },
  fill: (p) => {
    const { constants, fifo } = arrayShape(p, 0);
    return constants.PUSH + fifo.clocks;
  },
  places: (p) => arrayShape(p, 0).fifo.places,
  structure: (p) => {
    const d = Math.min(p.X_BITS + p.W_BITS, p.ACC_BITS);
    return arrayParts(p, arrayShape(p, 0), {
      kind: "",
      d,
      most: p.ACC_BITS,
      extra: 0,
      lane: 0,
      shared: false,
      products: { a: p.X_BITS + 1, b: p.W_BITS, y: d },
    });
  },
  packed: ["product_q"],
});
