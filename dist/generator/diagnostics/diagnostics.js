import { CODES } from "./codes.js";
/** Collects the messages of a stage; the pipeline stops after a stage that reported an error. */
export class Report {
    list = [];
    error(d) {
        this.list.push({ ...d, severity: "error" });
    }
    warn(d) {
        this.list.push({ ...d, severity: "warning" });
    }
    get failed() {
        return this.list.some((d) => d.severity === "error");
    }
    /** A view that puts `prefix` before every path, for code that knows only its own part of the file. */
    at(prefix) {
        return {
            error: (d) => this.error({ ...d, path: [...prefix, ...(d.path ?? [])] }),
            warn: (d) => this.warn({ ...d, path: [...prefix, ...(d.path ?? [])] }),
        };
    }
}
/** Carries diagnostics out of code that has no report at hand; the command line prints it like any other message. */
export class InputError extends Error {
    diagnostics;
    constructor(diagnostics) {
        super(diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
        this.diagnostics = diagnostics;
    }
}
export const inputError = (d) => new InputError([{ ...d, severity: "error" }]);
export const titleOf = (code) => CODES[code];
