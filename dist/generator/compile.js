// The pipeline. Everything here works on text and bytes; files and terminals belong to the command line.
import { parse } from "./1-parse/parse.js";
import { wire } from "./2-graph/graph.js";
import { infer } from "./3-infer/infer.js";
import { TensorSource } from "./3-infer/tensors.js";
import { calibrate, integerProbe } from "./4-quantize/calibrate.js";
import { quantize } from "./4-quantize/quantize.js";
import { schedule } from "./5-schedule/schedule.js";
import { lower } from "./6-lower/lower.js";
import { emit } from "./7-emit/emit.js";
import { Report } from "./diagnostics/diagnostics.js";
import { defaultQuantize } from "./ir/quantize-options.js";
function result(report, value) {
    return value === undefined || report.failed
        ? { ok: false, diagnostics: report.list }
        : { ok: true, value, diagnostics: report.list };
}
/** Stages 1 to 3: the text of a network file to a graph with shapes and tensors. */
export function load(text, readFile) {
    const report = new Report();
    const network = parse(text, report);
    const wiring = network && wire(network, report);
    const graph = wiring && infer(wiring, new TensorSource(readFile, wiring.network.weights), report);
    if (!graph)
        return result(report, undefined);
    const q = network.quantization ?? {};
    const quantization = {
        ...(q.calibration === undefined ? {} : { calibration: q.calibration }),
        ...(q.bits === undefined ? {} : { bits: q.bits }),
        ...(q.join_bits === undefined ? {} : { joinBits: q.join_bits }),
        ...(q.product_bits === undefined ? {} : { productBits: q.product_bits }),
        ...(q.mode === undefined ? {} : { mode: q.mode }),
        ...(q.method === undefined ? {} : { method: q.method }),
        ...(q.percentile === undefined ? {} : { percentile: q.percentile }),
        ...(q.multiplier_bits === undefined ? {} : { multiplierBits: q.multiplier_bits }),
    };
    return result(report, { graph, quantization });
}
/** Stage 4, with the calibration runs it needs. `images` are stored input integers, HWC. */
export function toIntegers(graph, images, run = {}) {
    const report = new Report();
    const { onProgress, ...given } = run;
    const options = { ...defaultQuantize, ...given };
    if (images.length === 0)
        report.error({ code: "AN4001", message: "quantization needs calibration images", expected: "at least one image" });
    if (!Number.isInteger(options.bits) || options.bits < 2 || options.bits > 16)
        report.error({
            code: "AN4002",
            message: "the number of bits is out of range",
            expected: "2 to 16",
            found: String(options.bits),
        });
    if (report.failed)
        return result(report, undefined);
    const stats = calibrate(graph, images, onProgress);
    const net = quantize(graph, stats, options, report, (edge) => integerProbe(images, edge));
    return result(report, net);
}
/** Stages 5 to 7: an integer network to the files of its accelerator. */
export function toHardware(net, options, cells) {
    const report = new Report();
    const plan = options.plan ?? schedule(net, options, report);
    if (!plan)
        return result(report, undefined);
    const hardware = lower(net, plan, { kernel: options.kernel ?? 0, family: options.family });
    return result(report, { schedule: plan, hardware, files: emit(hardware, cells, options.vectors, options.family) });
}
