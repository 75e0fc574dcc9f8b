import { Dict, Opaque } from "./values.js";
/** Parameters and buffers of a pickled torch.nn.Module by the names of its state dict; undefined for another object. */
export declare function moduleState(value: Opaque): Dict | undefined;
