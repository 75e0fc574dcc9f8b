export const METHODS = ["max", "percentile", "mse"];
export const MODES = ["full", "pow2", "csd2"];
export const defaultQuantize = {
    bits: 8,
    joinBits: 8,
    productBits: 8,
    mode: "full",
    multiplierBits: 16,
    method: "percentile",
    percentile: 99.97,
};
