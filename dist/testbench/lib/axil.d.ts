import type { Bench } from "./bench.js";
/** The answer to an access was not OKAY. */
export declare class AxilError extends Error {
    /** 2: SLVERR, 3: DECERR, 1: EXOKAY, which AXI4-Lite does not have. */
    readonly resp: number;
    constructor(what: string, resp: number);
}
/** An AXI4-Lite master for the design's ports `<prefix>_awaddr` and so on. Accesses are done one after another. */
export declare class AxilMaster {
    #private;
    constructor(tb: Bench, prefix: string);
    /** Writes a word; `strobe` selects its bytes, all by default. Throws an AxilError unless the answer is OKAY. */
    write(address: number | bigint, data: number | bigint, strobe?: number): Promise<void>;
    /** Reads a word. Throws an AxilError unless the answer is OKAY. */
    read(address: number | bigint): Promise<bigint>;
}
