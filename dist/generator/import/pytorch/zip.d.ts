import type { Contents } from "./tensors.js";
export declare const isZip: (bytes: Uint8Array) => boolean;
export declare function readZip(bytes: Uint8Array): Contents;
