import type { Report } from "../diagnostics/diagnostics.js";
import type { JsonPath } from "../ir/graph.js";
import type { FloatTensor } from "../ir/tensor.js";
import type { TensorRequest } from "../layers/define.js";
/** Gives the bytes of a file named in the network file; throws what the file system says. */
export type ReadFile = (relativePath: string) => Uint8Array;
export declare class TensorSource {
    #private;
    constructor(read: ReadFile, weights: string | undefined);
    /** The tensor in the file's order, checked for shape and finite values; undefined after a report. */
    read(request: TensorRequest, layer: string, path: JsonPath, report: Report): FloatTensor | undefined;
}
