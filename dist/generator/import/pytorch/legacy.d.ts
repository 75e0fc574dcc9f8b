import { type Contents } from "./tensors.js";
/** A file that starts with a pickle of any protocol: torch's mark and what follows it, or a pickle of other data. */
export declare function readPickles(bytes: Uint8Array): Contents;
