/** First 64 bits, in hexadecimal, of the hash of what an accelerator computes with: its Verilog and its memories. */
export declare function hashOf(files: ReadonlyMap<string, string>): string;
