// Opens what the commands take: a network file, or the integers that `addernet quantize` wrote.
import { resolve } from "node:path";
import { load, toIntegers } from "../compile.js";
import { InputError, inputError } from "../diagnostics/diagnostics.js";
import { isIntegers, readIntegers } from "../integer-file.js";
import { CliError, unwrap } from "./console.js";
import { readBeside, readImages, readText } from "./files.js";
export function openNetwork(path, console) {
    const text = readText(path);
    const source = { file: path, text };
    if (text.length < 1 << 29 && text.trimStart().startsWith("{")) {
        let value;
        try {
            value = JSON.parse(text);
        }
        catch {
            // Stage 1 says what is wrong, with its place.
        }
        if (isIntegers(value)) {
            try {
                return { source: undefined, graph: undefined, integers: readIntegers(value), quantization: {} };
            }
            catch (e) {
                if (e instanceof InputError)
                    throw new CliError(e.diagnostics, source);
                throw e;
            }
        }
    }
    const loaded = unwrap(load(text, readBeside(path)), console, source);
    return { source, graph: loaded.graph, integers: undefined, quantization: loaded.quantization };
}
/** The integer network of a file: read, or made from the real one with the options given there and on the command line. */
export function integersOf(path, opened, args, console) {
    if (opened.integers)
        return opened.integers;
    const graph = opened.graph;
    const named = args.calibration ?? (opened.quantization.calibration && resolve(path, "..", opened.quantization.calibration));
    if (!named)
        throw inputError({
            code: "AN4001",
            message: "quantization needs calibration images",
            expected: '--calibration images.npy, or "quantization": { "calibration": ... } in the network file',
        });
    const images = readImages(named, graph.input, args.calibrationCount);
    const { calibration: _, ...stated } = opened.quantization;
    const run = {
        ...stated,
        ...(args.bits === undefined ? {} : { bits: args.bits }),
        ...(args.joinBits === undefined ? {} : { joinBits: args.joinBits }),
        ...(args.productBits === undefined ? {} : { productBits: args.productBits }),
        ...(args.mode === undefined ? {} : { mode: args.mode }),
        ...(args.method === undefined ? {} : { method: args.method }),
        ...(args.percentile === undefined ? {} : { percentile: args.percentile }),
        ...(args.multiplierBits === undefined ? {} : { multiplierBits: args.multiplierBits }),
        onProgress: (done) => console.progress("calibrating", done, images.length),
    };
    return unwrap(toIntegers(graph, images, run), console, opened.source);
}
