/** A Verilog file with the notice as its first two lines. */
export declare const withNotice: (verilog: string) => string;
