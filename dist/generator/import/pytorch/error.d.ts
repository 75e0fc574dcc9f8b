import { type InputError, type NewDiagnostic } from "../../diagnostics/diagnostics.js";
/** The checkpoint cannot be read. */
export declare const unreadable: (message: string, parts?: Partial<NewDiagnostic>) => InputError;
/** The checkpoint can be read and does not fit what is asked of it. */
export declare const unfit: (message: string, parts?: Partial<NewDiagnostic>) => InputError;
/** Text of a file's own for a message: one line, not too long. */
export declare function shown(text: string): string;
