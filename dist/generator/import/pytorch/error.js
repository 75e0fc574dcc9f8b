import { inputError } from "../../diagnostics/diagnostics.js";
/** The checkpoint cannot be read. */
export const unreadable = (message, parts = {}) => inputError({ code: "AN9001", message, ...parts });
/** The checkpoint can be read and does not fit what is asked of it. */
export const unfit = (message, parts = {}) => inputError({ code: "AN9002", message, ...parts });
/** Text of a file's own for a message: one line, not too long. */
export function shown(text) {
    const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
    return quoted.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
