/** Keywords of Verilog (IEEE 1364-2005) and SystemVerilog (IEEE 1800-2017). */
export declare const VERILOG_KEYWORDS: ReadonlySet<string>;
/** Keywords of C23 and C++23, and the names that a header for either must not take. */
export declare const C_KEYWORDS: ReadonlySet<string>;
/** Names that Windows takes for a device, whatever their extension. */
export declare const DEVICE_NAMES: ReadonlySet<string>;
