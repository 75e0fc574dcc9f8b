import { Opaque, TensorView } from "./values.js";
/** The array that an opaque value is; undefined where it is none, or one of a type that is not known. */
export declare function arrayOf(value: Opaque): TensorView | undefined;
