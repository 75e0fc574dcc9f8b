// The formats in which a network's integers leave the compiler. A new format is one file and one line here.
import { bin } from "./bin.ts";
import { cHeader } from "./c-header.ts";
import type { ExportFormat } from "./format.ts";
import { npy } from "./npy.ts";
import { coe, mif } from "./vendor.ts";
import { hex, mem } from "./verilog.ts";

export type { ExportFormat, ExportOptions } from "./format.ts";
export { onnxKinds, onnxModel } from "./onnx.ts";
export type { Fold } from "./words.ts";

const all: readonly ExportFormat[] = [mem, hex, bin, coe, mif, cHeader, npy];

export const exportFormats: ReadonlyMap<string, ExportFormat> = new Map(all.map((format) => [format.format, format]));
