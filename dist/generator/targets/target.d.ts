import { z } from "zod";
export declare const FAMILIES: readonly ["ice40", "ecp5", "gowin", "nexus", "xc7", "xcup", "intel"];
export type Family = (typeof FAMILIES)[number];
export declare const targetSchema: z.ZodObject<{
    name: z.ZodString;
    title: z.ZodString;
    family: z.ZodEnum<{
        xc7: "xc7";
        xcup: "xcup";
        ice40: "ice40";
        ecp5: "ecp5";
        gowin: "gowin";
        nexus: "nexus";
        intel: "intel";
    }>;
    device: z.ZodOptional<z.ZodObject<{
        part: z.ZodString;
        pnr: z.ZodOptional<z.ZodObject<{
            device: z.ZodString;
            package: z.ZodString;
        }, z.core.$strict>>;
        resources: z.ZodObject<{
            lut: z.ZodInt;
            ff: z.ZodInt;
            bram: z.ZodInt;
            dsp: z.ZodInt;
        }, z.core.$strict>;
    }, z.core.$strict>>;
    board: z.ZodOptional<z.ZodObject<{
        source: z.ZodString;
        clock: z.ZodObject<{
            pin: z.ZodString;
            MHz: z.ZodNumber;
            pll: z.ZodDefault<z.ZodEnum<{
                pad: "pad";
                fabric: "fabric";
            }>>;
        }, z.core.$strict>;
        serial: z.ZodOptional<z.ZodObject<{
            rxd: z.ZodString;
            txd: z.ZodString;
            baud: z.ZodInt;
        }, z.core.$strict>>;
        led: z.ZodOptional<z.ZodObject<{
            pin: z.ZodString;
            activeLow: z.ZodDefault<z.ZodBoolean>;
            standard: z.ZodOptional<z.ZodString>;
            pull: z.ZodOptional<z.ZodEnum<{
                down: "down";
                up: "up";
            }>>;
        }, z.core.$strict>>;
        button: z.ZodOptional<z.ZodObject<{
            pin: z.ZodString;
            activeLow: z.ZodDefault<z.ZodBoolean>;
            standard: z.ZodOptional<z.ZodString>;
            pull: z.ZodOptional<z.ZodEnum<{
                down: "down";
                up: "up";
            }>>;
        }, z.core.$strict>>;
        standard: z.ZodDefault<z.ZodString>;
    }, z.core.$strict>>;
    processor: z.ZodOptional<z.ZodObject<{
        kind: z.ZodEnum<{
            "zynq-7000": "zynq-7000";
            "zynq-ultrascale+": "zynq-ultrascale+";
        }>;
        MHz: z.ZodNumber;
        boardPart: z.ZodString;
        led: z.ZodObject<{
            pin: z.ZodString;
            activeLow: z.ZodDefault<z.ZodBoolean>;
            standard: z.ZodOptional<z.ZodString>;
            pull: z.ZodOptional<z.ZodEnum<{
                down: "down";
                up: "up";
            }>>;
        }, z.core.$strict>;
        source: z.ZodString;
    }, z.core.$strict>>;
}, z.core.$strict>;
export type TargetInput = z.input<typeof targetSchema>;
export type Target = z.output<typeof targetSchema>;
