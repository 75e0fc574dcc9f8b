import type { Model } from "../backend.js";
import type { Design } from "../design.js";
export interface IcarusModel extends Model {
    /** Compiled design for vvp. */
    program: string;
    /** Folder of the VPI module and the library for the bench's side. */
    runtime: string;
}
/** Compiles a design for Icarus, or finds it in the cache. Throws a BuildError. */
export declare function buildIcarus(design: Design): Promise<IcarusModel>;
