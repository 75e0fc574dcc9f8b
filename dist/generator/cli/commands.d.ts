import type { IntTensor } from "../ir/tensor.js";
import { type Console } from "./console.js";
import { type FoldArgs } from "./folds.js";
import { type Opened, type QuantizeArgs } from "./network.js";
export declare function check(path: string, out: Console): void;
export declare function quantizeCommand(path: string, dir: string, args: QuantizeArgs, force: boolean, out: Console): void;
export interface InferArgs extends QuantizeArgs {
    readonly images: string;
    readonly labels?: string | undefined;
    readonly count?: number | undefined;
    readonly float?: boolean | undefined;
    readonly layer?: string | undefined;
    readonly output?: string | undefined;
}
export declare function infer(path: string, args: InferArgs, out: Console): void;
export interface BuildArgs extends QuantizeArgs, FoldArgs {
    readonly fps?: number | undefined;
    readonly clock: number;
    readonly kernel?: number | undefined;
    readonly target?: string | undefined;
    readonly images?: string | undefined;
}
/** The images given, or else the calibration images; undefined where there are neither. */
export declare function imagesOf(path: string, args: BuildArgs, opened: Opened, count: number): IntTensor[] | undefined;
export declare function build(path: string, dir: string, args: BuildArgs, force: boolean, out: Console): void;
export interface VerifyArgs extends BuildArgs {
    readonly simulator: string;
    readonly count: number;
    readonly stall: number;
    readonly seed: number;
    readonly waves: boolean;
}
export declare function verifyCommand(path: string, args: VerifyArgs, out: Console): Promise<number>;
export interface ExportArgs extends QuantizeArgs {
    readonly format: string;
    readonly fps?: number | undefined;
    readonly clock: number;
    readonly folded: boolean;
}
export declare function exportCommand(path: string, dir: string, args: ExportArgs, force: boolean, out: Console): void;
/** Prints a text that is itself the result, or writes it to a file. */
export declare function printText(text: string, output: string | undefined, out: Console): void;
export declare const schema: (output: string | undefined, out: Console) => void;
export declare function importPytorch(checkpoint: string, arch: string, dir: string, name: string | undefined, force: boolean, out: Console): void;
