export declare const concatOp: import("./define.js").OpHardware<{
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
    readonly op: "concat";
}>;
export declare const upsampleOp: import("./define.js").OpHardware<{
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
    readonly op: "upsample";
    readonly factor: readonly [number, number];
}>;
