import type { Report } from "../diagnostics/diagnostics.js";
/** The value of a text; undefined after a report. A key called __proto__ is an ordinary key. */
export declare function readJson(text: string, report: Report): unknown;
