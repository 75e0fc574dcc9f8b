// What the command line says and where: results on stdout, messages and progress on stderr.
import { InputError } from "../diagnostics/diagnostics.js";
import { diagnosticJson, printable, printableJson, printDiagnostic } from "../diagnostics/print.js";
export function makeConsole(json, command) {
    const bar = process.stderr.isTTY === true && !json;
    return {
        json,
        line(text = "") {
            if (!json)
                process.stdout.write(`${printable(text)}\n`);
        },
        result(value) {
            if (json)
                process.stdout.write(`${printableJson({ command, ok: true, ...value })}\n`);
        },
        warn(list, source) {
            for (const d of list)
                if (d.severity === "warning")
                    process.stderr.write(`${printDiagnostic(d, source)}\n`);
        },
        progress(label, done, total) {
            if (!bar)
                return;
            process.stderr.write(`\r${label} ${done}/${total}${done >= total ? "\n" : ""}`);
        },
    };
}
/** Diagnostics together with the text that they point into. */
export class CliError extends Error {
    diagnostics;
    source;
    constructor(diagnostics, source) {
        super(diagnostics.map((d) => d.message).join("\n"));
        this.diagnostics = diagnostics;
        this.source = source;
    }
}
/** The value of a result; its diagnostics as an exception where there is none. */
export function unwrap(r, console, source) {
    if (!r.ok)
        throw new CliError(r.diagnostics, source);
    console.warn(r.diagnostics, source);
    return r.value;
}
/** Prints an error of the user's and gives the exit code; undefined for anything else. */
export function report(e, json, command) {
    if (!(e instanceof CliError) && !(e instanceof InputError))
        return undefined;
    const source = e instanceof CliError ? e.source : undefined;
    if (json)
        process.stdout.write(`${printableJson({ command, ok: false, diagnostics: e.diagnostics.map((d) => diagnosticJson(d, source)) })}\n`);
    else
        for (const d of e.diagnostics)
            process.stderr.write(`${printDiagnostic(d, source)}\n`);
    return 1;
}
/** A word of a printed command as a shell reads it. */
export const shellWord = (s) => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replaceAll("'", "'\\''")}'`);
