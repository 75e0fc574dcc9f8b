import type { QuantizedNetwork } from "../ir/quantized.js";
import type { Fold, FoldSpace } from "../ops/define.js";
/** Legal folds of a node, and the arithmetic lanes that one of them takes. */
export interface LegalFolds extends FoldSpace {
    lanes(fold: Fold): number;
}
/** Legal folds of each node, by its name; a node without hardware has none. */
export declare function legalFolds(net: QuantizedNetwork): Map<string, LegalFolds>;
