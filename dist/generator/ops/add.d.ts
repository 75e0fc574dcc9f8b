export declare const addOp: import("./define.js").OpHardware<{
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
    readonly op: "add";
    readonly multipliers: readonly number[];
    readonly bias: number;
    readonly shift: number;
    readonly clamp: {
        readonly min: number;
        readonly max: number;
    };
}>;
