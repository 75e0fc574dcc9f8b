export declare const sad: import("./define.js").OpHardware<{
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
    readonly op: "sad";
    readonly window: {
        readonly kernel: readonly [number, number];
        readonly stride: readonly [number, number];
        readonly dilation: readonly [number, number];
        readonly padding: readonly [number, number, number, number];
        readonly groups: number;
    };
    readonly weights: {
        readonly rows: readonly Int32Array<ArrayBufferLike>[];
        readonly bits: number;
        readonly signed: boolean;
    };
    readonly accRange: {
        readonly min: number;
        readonly max: number;
    };
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
export declare const mac: import("./define.js").OpHardware<{
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
    readonly op: "mac";
    readonly window: {
        readonly kernel: readonly [number, number];
        readonly stride: readonly [number, number];
        readonly dilation: readonly [number, number];
        readonly padding: readonly [number, number, number, number];
        readonly groups: number;
    };
    readonly weights: {
        readonly rows: readonly Int32Array<ArrayBufferLike>[];
        readonly bits: number;
        readonly signed: boolean;
    };
    readonly accRange: {
        readonly min: number;
        readonly max: number;
    };
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
