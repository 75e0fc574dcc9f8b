/** Xilinx COE: radix 16, words separated by commas, the last one followed by a semicolon. */
export declare const coe: import("./format.js").ExportFormat;
/** Intel MIF: one address a line, addresses decimal, data hexadecimal. */
export declare const mif: import("./format.js").ExportFormat;
