import { type Design } from "../design.js";
/** Everything about a design that decides what a simulator makes of it, for a cache key. */
export declare function designParts(design: Design): (string | Uint8Array)[];
