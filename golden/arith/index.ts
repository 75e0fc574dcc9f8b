// The arithmetic of the project: what every number means (`eval`) and how wide it is (`range`), in one object a step.
export { type AddConstants, add, addRequant } from "./add.ts";
export { type Levels, level } from "./level.ts";
export { mac } from "./mac.ts";
export { maximum } from "./maximum.ts";
export {
  type BigRange,
  bitsFor,
  checkRange,
  clampTo,
  contains,
  EXACT_MAX,
  exact,
  floorDiv,
  gcd,
  rangeOf,
  rangeOfBits,
  signedBitsFor,
  toBig,
  union,
  unionAll,
  WORD_MAX,
  within,
} from "./range.ts";
export { type RequantRanges, type RequantWidths, requant } from "./requant.ts";
export { sad } from "./sad.ts";
export { windowSum } from "./window-sum.ts";
