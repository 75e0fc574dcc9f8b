import { type Design } from "../design.js";
/** A name as Verilog source: escaped when it is not a plain identifier. */
export declare function identifier(name: string): string;
/** A parameter value as Verilog source. */
export declare function literal(value: number | bigint | string): string;
/** Throws a BuildError for paths and names that no simulator could take. */
export declare function checkDesign(design: Design): void;
