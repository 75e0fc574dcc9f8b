export declare const requantOp: import("./define.js").OpHardware<{
    readonly name: string;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
    readonly path: readonly (string | number)[];
    readonly overrides: {
        readonly bits?: number | undefined;
        readonly pe?: number | undefined;
        readonly simd?: number | undefined;
        readonly pixels?: number | undefined;
        readonly unroll?: boolean | undefined;
    };
    readonly op: "requant";
    readonly requant: {
        readonly shift: number;
        readonly clamp: {
            readonly min: number;
            readonly max: number;
        } | null;
        readonly multiplier: readonly number[];
        readonly bias: readonly number[];
        readonly mode: "full" | "pow2" | "csd2";
        readonly negative?: {
            readonly pivot: number;
            readonly multiplier: readonly number[];
            readonly bias: readonly number[];
        } | undefined;
    };
}>;
export declare const tableOp: import("./define.js").OpHardware<{
    readonly name: string;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
    readonly path: readonly (string | number)[];
    readonly overrides: {
        readonly bits?: number | undefined;
        readonly pe?: number | undefined;
        readonly simd?: number | undefined;
        readonly pixels?: number | undefined;
        readonly unroll?: boolean | undefined;
    };
    readonly op: "table";
    readonly table: readonly number[];
}>;
export declare const argmaxOp: import("./define.js").OpHardware<{
    readonly name: string;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
    readonly path: readonly (string | number)[];
    readonly overrides: {
        readonly bits?: number | undefined;
        readonly pe?: number | undefined;
        readonly simd?: number | undefined;
        readonly pixels?: number | undefined;
        readonly unroll?: boolean | undefined;
    };
    readonly op: "argmax";
}>;
export declare const reshapeOp: import("./define.js").OpHardware<{
    readonly name: string;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
    readonly path: readonly (string | number)[];
    readonly overrides: {
        readonly bits?: number | undefined;
        readonly pe?: number | undefined;
        readonly simd?: number | undefined;
        readonly pixels?: number | undefined;
        readonly unroll?: boolean | undefined;
    };
    readonly op: "reshape";
}>;
