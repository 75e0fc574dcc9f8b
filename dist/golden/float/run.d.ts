import type { Graph, InputSpec } from "../../generator/ir/graph.js";
import type { FloatTensor, IntTensor } from "../../generator/ir/tensor.js";
/** Real values of stored input integers: q * scale[c] + offset[c]. HWC. */
export declare function realInput(input: InputSpec, stored: IntTensor): FloatTensor;
/**
 * Results of all layers by name, and the input under its own name.
 * @param image real values (see realInput), HWC, in the input's shape
 * @throws Error where the image has another size or a layer's kind is unknown
 */
export declare function runFloat(graph: Graph, image: FloatTensor): Map<string, FloatTensor>;
