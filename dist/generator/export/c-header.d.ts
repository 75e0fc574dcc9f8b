import { type ExportFormat } from "./format.js";
export declare const cHeader: ExportFormat;
