import type { MemoryStyle } from "../ir/hardware.js";
import type { Family } from "./target.js";
/** The place of `rows` words of `bits` bits; without a family, or a rule for it, the tool's choice. */
export declare function memoryStyle(family: Family | undefined, rows: number, bits: number): MemoryStyle;
