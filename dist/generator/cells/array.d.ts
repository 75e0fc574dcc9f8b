import { type Ports } from "./define.js";
import { type Parts, type Products } from "./structure.js";
export declare const arrayParams: {
    readonly SIMD: "int";
    readonly PE: "int";
    readonly SF: "int";
    readonly NF: "int";
    readonly X_BITS: "int";
    readonly W_BITS: "int";
    readonly ACC_BITS: "int";
    readonly DEPTHWISE: "int";
    readonly PIXELS: "int";
    readonly MEM_FILE: "file";
    readonly MEM_STYLE: "style";
};
export declare const arrayDefaults: {
    readonly PIXELS: 1;
};
export type ArrayNumbers = Readonly<Record<"SIMD" | "PE" | "SF" | "NF" | "X_BITS" | "W_BITS" | "ACC_BITS" | "DEPTHWISE" | "PIXELS", number>>;
/** Clocks behind the root of the tree until a sum arrives in the FIFO. */
export declare function arrayShape(p: ArrayNumbers, behindTree: number): {
    constants: {
        GROUP: number;
        OUT: number;
        TAPS: number;
        ROWS: number;
        LEVELS: number;
        DEEP: number;
        STAGES: number;
        PUSH: number;
    };
    fifo: {
        constants: {
            CHAIN: number;
            IS_CHAIN: number;
            MEM_BITS: number;
            DEPTH: number;
        };
        places: number;
        clocks: number;
        count: number;
        parts: (bits: number) => {
            logic: {
                chain: number;
                credits: number;
            };
            ff: number;
            memories: import("./structure.js").Memory[];
        };
    };
};
export declare const arrayPorts: (p: ArrayNumbers) => Ports;
interface Arithmetic {
    readonly kind: string | number;
    /** Bits of a term. */
    readonly d: number;
    /** Most bits of a node of the tree, and bits of it that are no value. */
    readonly most: number;
    readonly extra: number;
    /** Bits of a lane's subtraction. */
    readonly lane: number;
    /** A sum of the taps beside the tree: the shared sum of axis_sad. */
    readonly shared: boolean;
    readonly products?: Omit<Products, "count">;
}
export declare function arrayParts(p: ArrayNumbers, shape: ReturnType<typeof arrayShape>, a: Arithmetic): Parts;
export {};
