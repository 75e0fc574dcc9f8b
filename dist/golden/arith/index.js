// The arithmetic of the project: what every number means (`eval`) and how wide it is (`range`), in one object a step.
export { add, addRequant } from "./add.js";
export { mac } from "./mac.js";
export { maximum } from "./maximum.js";
export { bitsFor, checkRange, clampTo, contains, EXACT_MAX, exact, floorDiv, rangeOfBits, signedBitsFor, toBig, union, unionAll, within, } from "./range.js";
export { requant } from "./requant.js";
export { sad } from "./sad.js";
export { windowSum } from "./window-sum.js";
