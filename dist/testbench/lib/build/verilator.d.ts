import type { Model } from "../backend.js";
import { type Design, type Port } from "../design.js";
export interface VerilatorModel extends Model {
    /** Shared library of the model. */
    library: string;
}
/** Builds the shared library of a design, or finds it in the cache. Throws a BuildError. */
export declare function buildVerilator(design: Design, waves: boolean): Promise<VerilatorModel>;
/** Offsets in words of the ports from the start of the shared memory, and the words they take together. */
export declare function portOffsets(ports: readonly Port[], start: number): {
    offsets: number[];
    words: number;
};
