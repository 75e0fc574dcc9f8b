import { z } from "zod";
export declare const rangeSchema: z.ZodObject<{
    min: z.ZodInt;
    max: z.ZodInt;
}, z.core.$strict>;
export declare const windowSchema: z.ZodObject<{
    kernel: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
    stride: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
    dilation: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
    padding: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>;
    groups: z.ZodInt;
}, z.core.$strict>;
export declare const requantSchema: z.ZodObject<{
    shift: z.ZodInt;
    clamp: z.ZodNullable<z.ZodObject<{
        min: z.ZodInt;
        max: z.ZodInt;
    }, z.core.$strict>>;
    negative: z.ZodOptional<z.ZodObject<{
        pivot: z.ZodInt;
        multiplier: z.ZodArray<z.ZodInt>;
        bias: z.ZodArray<z.ZodInt>;
    }, z.core.$strict>>;
    multiplier: z.ZodArray<z.ZodInt>;
    bias: z.ZodArray<z.ZodInt>;
    mode: z.ZodEnum<{
        full: "full";
        pow2: "pow2";
        csd2: "csd2";
    }>;
}, z.core.$strict>;
export declare const weightsSchema: z.ZodObject<{
    rows: z.ZodArray<z.ZodPipe<z.ZodArray<z.ZodInt>, z.ZodTransform<Int32Array<ArrayBufferLike>, number[]>>>;
    bits: z.ZodInt;
    signed: z.ZodBoolean;
}, z.core.$strict>;
export declare const nodeSchema: z.ZodDiscriminatedUnion<[z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"sad">;
    window: z.ZodObject<{
        kernel: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        stride: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        dilation: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        padding: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>;
        groups: z.ZodInt;
    }, z.core.$strict>;
    weights: z.ZodObject<{
        rows: z.ZodArray<z.ZodPipe<z.ZodArray<z.ZodInt>, z.ZodTransform<Int32Array<ArrayBufferLike>, number[]>>>;
        bits: z.ZodInt;
        signed: z.ZodBoolean;
    }, z.core.$strict>;
    accRange: z.ZodObject<{
        min: z.ZodInt;
        max: z.ZodInt;
    }, z.core.$strict>;
    requant: z.ZodObject<{
        shift: z.ZodInt;
        clamp: z.ZodNullable<z.ZodObject<{
            min: z.ZodInt;
            max: z.ZodInt;
        }, z.core.$strict>>;
        negative: z.ZodOptional<z.ZodObject<{
            pivot: z.ZodInt;
            multiplier: z.ZodArray<z.ZodInt>;
            bias: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        multiplier: z.ZodArray<z.ZodInt>;
        bias: z.ZodArray<z.ZodInt>;
        mode: z.ZodEnum<{
            full: "full";
            pow2: "pow2";
            csd2: "csd2";
        }>;
    }, z.core.$strict>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"mac">;
    window: z.ZodObject<{
        kernel: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        stride: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        dilation: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        padding: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>;
        groups: z.ZodInt;
    }, z.core.$strict>;
    weights: z.ZodObject<{
        rows: z.ZodArray<z.ZodPipe<z.ZodArray<z.ZodInt>, z.ZodTransform<Int32Array<ArrayBufferLike>, number[]>>>;
        bits: z.ZodInt;
        signed: z.ZodBoolean;
    }, z.core.$strict>;
    accRange: z.ZodObject<{
        min: z.ZodInt;
        max: z.ZodInt;
    }, z.core.$strict>;
    requant: z.ZodObject<{
        shift: z.ZodInt;
        clamp: z.ZodNullable<z.ZodObject<{
            min: z.ZodInt;
            max: z.ZodInt;
        }, z.core.$strict>>;
        negative: z.ZodOptional<z.ZodObject<{
            pivot: z.ZodInt;
            multiplier: z.ZodArray<z.ZodInt>;
            bias: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        multiplier: z.ZodArray<z.ZodInt>;
        bias: z.ZodArray<z.ZodInt>;
        mode: z.ZodEnum<{
            full: "full";
            pow2: "pow2";
            csd2: "csd2";
        }>;
    }, z.core.$strict>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"requant">;
    requant: z.ZodObject<{
        shift: z.ZodInt;
        clamp: z.ZodNullable<z.ZodObject<{
            min: z.ZodInt;
            max: z.ZodInt;
        }, z.core.$strict>>;
        negative: z.ZodOptional<z.ZodObject<{
            pivot: z.ZodInt;
            multiplier: z.ZodArray<z.ZodInt>;
            bias: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        multiplier: z.ZodArray<z.ZodInt>;
        bias: z.ZodArray<z.ZodInt>;
        mode: z.ZodEnum<{
            full: "full";
            pow2: "pow2";
            csd2: "csd2";
        }>;
    }, z.core.$strict>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"max_pool">;
    window: z.ZodObject<{
        kernel: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        stride: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        dilation: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        padding: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>;
        groups: z.ZodInt;
    }, z.core.$strict>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"avg_pool">;
    window: z.ZodObject<{
        kernel: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        stride: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        dilation: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        padding: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>;
        groups: z.ZodInt;
    }, z.core.$strict>;
    accRange: z.ZodObject<{
        min: z.ZodInt;
        max: z.ZodInt;
    }, z.core.$strict>;
    requant: z.ZodObject<{
        shift: z.ZodInt;
        clamp: z.ZodNullable<z.ZodObject<{
            min: z.ZodInt;
            max: z.ZodInt;
        }, z.core.$strict>>;
        negative: z.ZodOptional<z.ZodObject<{
            pivot: z.ZodInt;
            multiplier: z.ZodArray<z.ZodInt>;
            bias: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        multiplier: z.ZodArray<z.ZodInt>;
        bias: z.ZodArray<z.ZodInt>;
        mode: z.ZodEnum<{
            full: "full";
            pow2: "pow2";
            csd2: "csd2";
        }>;
    }, z.core.$strict>;
    classes: z.ZodOptional<z.ZodArray<z.ZodInt>>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"add">;
    multipliers: z.ZodArray<z.ZodInt>;
    bias: z.ZodInt;
    shift: z.ZodInt;
    clamp: z.ZodObject<{
        min: z.ZodInt;
        max: z.ZodInt;
    }, z.core.$strict>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"table">;
    table: z.ZodArray<z.ZodInt>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"concat">;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"upsample">;
    factor: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"pad">;
    window: z.ZodObject<{
        kernel: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        stride: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        dilation: z.ZodTuple<[z.ZodInt, z.ZodInt], null>;
        padding: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>;
        groups: z.ZodInt;
    }, z.core.$strict>;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"argmax">;
}, z.core.$strict>, z.ZodObject<{
    name: z.ZodString;
    inputs: z.ZodArray<z.ZodString>;
    output: z.ZodString;
    layers: z.ZodArray<z.ZodString>;
    path: z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodInt]>>;
    overrides: z.ZodObject<{
        bits: z.ZodOptional<z.ZodInt>;
        pe: z.ZodOptional<z.ZodInt>;
        simd: z.ZodOptional<z.ZodInt>;
        pixels: z.ZodOptional<z.ZodInt>;
        unroll: z.ZodOptional<z.ZodBoolean>;
    }, z.core.$strict>;
    op: z.ZodLiteral<"reshape">;
}, z.core.$strict>], "op">;
/** The same value, that nobody changes any more. */
export type Fixed<T> = T extends Int32Array | string | number | boolean | null | undefined ? T : {
    readonly [K in keyof T]: Fixed<T[K]>;
};
export type AnyNode = Fixed<z.output<typeof nodeSchema>>;
