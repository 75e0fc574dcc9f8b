import { type InputError, inputError, type NewDiagnostic } from "../../diagnostics/diagnostics.ts";

/** The model cannot be read. */
export const unreadable = (message: string, parts: Partial<NewDiagnostic> = {}): InputError =>
  inputError({ code: "AN9003", message, ...parts });

/** A part of the model has no counterpart among the layers. */
export const unmapped = (message: string, parts: Partial<NewDiagnostic> = {}): InputError =>
  inputError({ code: "AN9004", message, ...parts });

/** Text of a file's own for a message: one line, not too long. */
export const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
