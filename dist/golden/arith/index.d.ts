export { type AddConstants, add, addRequant } from "./add.js";
export { mac } from "./mac.js";
export { maximum } from "./maximum.js";
export { type BigRange, bitsFor, checkRange, clampTo, contains, EXACT_MAX, exact, floorDiv, rangeOfBits, signedBitsFor, toBig, union, unionAll, within, } from "./range.js";
export { type RequantRanges, type RequantWidths, requant } from "./requant.js";
export { sad } from "./sad.js";
export { windowSum } from "./window-sum.js";
