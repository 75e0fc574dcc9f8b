import { z } from "zod";
export declare const FORMAT = "addernet-rtl/1";
export declare const inputSchema: z.ZodObject<{
    name: z.ZodDefault<z.ZodString>;
    shape: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt], null>;
    storage: z.ZodDefault<z.ZodEnum<{
        uint8: "uint8";
        int8: "int8";
        uint16: "uint16";
    }>>;
    scale: z.ZodDefault<z.ZodNumber>;
    zero_point: z.ZodDefault<z.ZodInt>;
    mean: z.ZodOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodArray<z.ZodNumber>]>>;
    std: z.ZodOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodArray<z.ZodNumber>]>>;
}, z.core.$strict>;
export declare const quantizationSchema: z.ZodObject<{
    calibration: z.ZodOptional<z.ZodString>;
    bits: z.ZodOptional<z.ZodInt>;
    join_bits: z.ZodOptional<z.ZodInt>;
    product_bits: z.ZodOptional<z.ZodInt>;
    mode: z.ZodOptional<z.ZodEnum<{
        full: "full";
        pow2: "pow2";
        csd2: "csd2";
    }>>;
    method: z.ZodOptional<z.ZodEnum<{
        max: "max";
        percentile: "percentile";
        mse: "mse";
    }>>;
    percentile: z.ZodOptional<z.ZodNumber>;
    multiplier_bits: z.ZodOptional<z.ZodInt>;
}, z.core.$strict>;
export declare const networkSchema: z.ZodObject<{
    format: z.ZodLiteral<"addernet-rtl/1">;
    name: z.ZodString;
    description: z.ZodOptional<z.ZodString>;
    input: z.ZodObject<{
        name: z.ZodDefault<z.ZodString>;
        shape: z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt], null>;
        storage: z.ZodDefault<z.ZodEnum<{
            uint8: "uint8";
            int8: "int8";
            uint16: "uint16";
        }>>;
        scale: z.ZodDefault<z.ZodNumber>;
        zero_point: z.ZodDefault<z.ZodInt>;
        mean: z.ZodOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodArray<z.ZodNumber>]>>;
        std: z.ZodOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodArray<z.ZodNumber>]>>;
    }, z.core.$strict>;
    weights: z.ZodOptional<z.ZodString>;
    layout: z.ZodDefault<z.ZodEnum<{
        pytorch: "pytorch";
        channels_last: "channels_last";
    }>>;
    layers: z.ZodArray<z.ZodObject<{
        name: z.ZodString;
        kind: z.ZodString;
    }, z.core.$loose>>;
    quantization: z.ZodOptional<z.ZodObject<{
        calibration: z.ZodOptional<z.ZodString>;
        bits: z.ZodOptional<z.ZodInt>;
        join_bits: z.ZodOptional<z.ZodInt>;
        product_bits: z.ZodOptional<z.ZodInt>;
        mode: z.ZodOptional<z.ZodEnum<{
            full: "full";
            pow2: "pow2";
            csd2: "csd2";
        }>>;
        method: z.ZodOptional<z.ZodEnum<{
            max: "max";
            percentile: "percentile";
            mse: "mse";
        }>>;
        percentile: z.ZodOptional<z.ZodNumber>;
        multiplier_bits: z.ZodOptional<z.ZodInt>;
    }, z.core.$strict>>;
    outputs: z.ZodOptional<z.ZodArray<z.ZodString>>;
}, z.core.$strict>;
/** JSON Schema of the whole format, for editors and documentation. */
export declare function jsonSchema(): Record<string, unknown>;
