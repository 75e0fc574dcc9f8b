import type { Network } from "../1-parse/parse.js";
import type { Report } from "../diagnostics/diagnostics.js";
import type { LayerJson } from "../layers/define.js";
export interface WiredLayer {
    readonly layer: LayerJson;
    /** Position in the file's list, for messages. */
    readonly index: number;
    readonly inputs: readonly string[];
}
/** Layers in topological order, each with the names it reads. */
export interface Wiring {
    readonly network: Network;
    readonly layers: readonly WiredLayer[];
    readonly outputs: readonly string[];
}
export declare function wire(network: Network, report: Report): Wiring | undefined;
