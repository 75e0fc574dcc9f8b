import { type Target } from "./target.js";
export { type Cost, type FamilyFacts, families, type KernelChoice } from "./families.js";
export { FAMILIES, type Family, type Target } from "./target.js";
export declare const targets: ReadonlyMap<string, Target>;
/** The target of this name; AN8004 with the nearest name where there is none. */
export declare function targetOf(name: string): Target;
