// What each command does, in terms of the compiler.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { classOf, realInput, runBatch, runFloat } from "../../golden/index.js";
import { chosenSimulators } from "../../testbench/lib/simulators.js";
import { jsonSchema } from "../1-parse/schema.js";
import { toHardware } from "../compile.js";
import { estimateLayers } from "../device/model/model.js";
import { inputError } from "../diagnostics/diagnostics.js";
import { diagnosticJson, printableJson, printDiagnostic } from "../diagnostics/print.js";
import { exportFormats } from "../export/index.js";
import { writeNpy } from "../files/index.js";
import { networkFiles, planNetwork, readCheckpoint } from "../import/pytorch/index.js";
import { writeIntegers } from "../integer-file.js";
import { hardwareOf as opOf } from "../ops/index.js";
import { FAMILIES, families, targetOf } from "../targets/index.js";
import { goldenVectors } from "../verify/vectors.js";
import { probeDesign, verify } from "../verify/verify.js";
import { fitTarget, kernelOf, limits, usesDsp } from "./budget.js";
import { CliError, shellWord, unwrap } from "./console.js";
import { faultDiagnostic, mismatchDiagnostic } from "./faults.js";
import { cellSources, checkFolder, readImages, readLabels, reason, writeFolder, writeWhole } from "./files.js";
import { withFolds } from "./folds.js";
import { integersOf, openNetwork } from "./network.js";
const percent = (v) => `${(100 * v).toFixed(2)} %`;
function columns(rows) {
    const widths = rows[0].map((_, c) => Math.max(...rows.map((r) => r[c].length)));
    return rows.map((r) => r
        .map((s, c) => s.padEnd(widths[c]))
        .join("  ")
        .trimEnd());
}
export function check(path, out) {
    const { graph, integers } = openNetwork(path, out);
    const layers = graph
        ? graph.nodes.map((n) => ({
            name: n.name,
            kind: n.kind,
            inputs: [...n.inputs],
            shape: [...n.shape],
            parameters: Object.values(n.tensors).reduce((a, t) => a + t.data.length, 0),
        }))
        : integers.nodes.map((n) => ({
            name: n.name,
            kind: n.op,
            inputs: [...n.inputs],
            shape: [...integers.edges[n.output].shape],
            parameters: "weights" in n ? n.weights.rows.reduce((a, r) => a + r.length, 0) : 0,
        }));
    const net = graph ?? integers;
    out.line(`${net.name}: ${layers.length} layers, input ${net.input.shape.join(" x ")} ${net.input.storage}`);
    out.line();
    for (const l of columns([
        ["layer", "kind", "inputs", "shape", "parameters"],
        ...layers.map((n) => [n.name, n.kind, n.inputs.join(", "), n.shape.join(" x "), String(n.parameters)]),
    ]))
        out.line(l);
    out.line();
    out.line(`${layers.reduce((a, l) => a + l.parameters, 0)} parameters; outputs ${net.outputs.join(", ")}`);
    out.result({ name: net.name, input: net.input, layers, outputs: net.outputs });
}
export function quantizeCommand(path, dir, args, force, out) {
    checkFolder(dir, "integers.json", force);
    const net = integersOf(path, openNetwork(path, out), args, out);
    writeFolder(dir, new Map([["integers.json", writeIntegers(net)]]), "integers.json", force);
    const rows = net.nodes.map((n) => {
        const e = net.edges[n.output];
        return [
            n.name,
            n.op,
            `${e.bits}${e.signed ? " signed" : ""}`,
            e.scale.toPrecision(5),
            String(e.zeroPoint),
            `${e.range.min}..${e.range.max}`,
        ];
    });
    for (const l of columns([["node", "op", "bits", "scale", "zero", "range"], ...rows]))
        out.line(l);
    out.line();
    out.line(`wrote ${join(dir, "integers.json")}`);
    out.result({ file: join(dir, "integers.json"), name: net.name, nodes: net.nodes.length });
}
function unknownLayer(name, known) {
    throw inputError({
        code: "AN6005",
        message: `there is no tensor called ${JSON.stringify(name)}`,
        expected: `one of ${known.join(", ")}`,
    });
}
function inferInteger(net, images, labels, layer, out) {
    const known = [...Object.keys(net.edges), ...net.nodes.filter((n) => "accRange" in n).map((n) => `${n.name}.acc`)];
    const name = layer ?? net.outputs[0];
    if (!known.includes(name))
        unknownLayer(name, known);
    const results = runBatch(net, images, {
        keep: [...new Set([net.outputs[0], name])],
        onProgress: (done) => out.progress("images", done, images.length),
    });
    const classes = results.get(net.outputs[0]).map(classOf);
    const tensors = results.get(name);
    const shape = tensors[0]?.shape ?? [];
    return { classes, tensors: tensors.map((t) => t.data), shape, accuracy: accuracyOf(classes, labels) };
}
function inferFloat(graph, images, labels, layer, out) {
    const known = [graph.input.name, ...graph.nodes.map((n) => n.name)];
    const name = layer ?? graph.outputs[0];
    if (!known.includes(name))
        unknownLayer(name, known);
    const classes = [];
    const tensors = [];
    let shape = [];
    images.forEach((image, i) => {
        const all = runFloat(graph, realInput(graph.input, image));
        classes.push(classOf(all.get(graph.outputs[0])));
        const t = all.get(name);
        tensors.push(t.data);
        shape = t.shape;
        out.progress("images", i + 1, images.length);
    });
    return { classes, tensors, shape, accuracy: accuracyOf(classes, labels) };
}
const accuracyOf = (classes, labels) => labels && classes.filter((c, i) => c === labels[i]).length / classes.length;
export function infer(path, args, out) {
    const opened = openNetwork(path, out);
    const input = (opened.graph ?? opened.integers).input;
    const images = readImages(args.images, input, args.count);
    const labels = args.labels ? readLabels(args.labels, images.length, args.count !== undefined) : undefined;
    if (args.float && !opened.graph)
        throw inputError({
            code: "AN6005",
            message: "a file of integers has no float reference",
            expected: "the network file it was made from",
        });
    const got = args.float
        ? inferFloat(opened.graph, images, labels, args.layer, out)
        : inferInteger(integersOf(path, opened, args, out), images, labels, args.layer, out);
    if (args.output) {
        const flat = new Float64Array(got.tensors.reduce((n, t) => n + t.length, 0));
        let at = 0;
        for (const t of got.tensors) {
            flat.set(t, at);
            at += t.length;
        }
        const shape = [got.tensors.length, ...got.shape];
        const integer = !args.float && flat.every((v) => Math.abs(v) < 2 ** 31);
        writeWhole(args.output, writeNpy(integer ? { dtype: "int32", shape, data: Int32Array.from(flat) } : { dtype: "float64", shape, data: flat }));
        out.line(`wrote ${args.output} [${shape.join(", ")}]`);
    }
    else if (args.layer || !labels)
        got.tensors.slice(0, 8).forEach((t, i) => {
            const shown = Array.from(t.subarray(0, 16), (v) => (args.float ? v.toPrecision(6) : String(v))).join(" ");
            out.line(`image ${i}: class ${got.classes[i]}  ${shown}${t.length > 16 ? " ..." : ""}`);
        });
    if (got.accuracy !== undefined)
        out.line(`${args.float ? "float" : "integer"} accuracy ${percent(got.accuracy)} on ${images.length} images`);
    out.result({
        images: images.length,
        mode: args.float ? "float" : "integer",
        classes: got.classes,
        ...(got.accuracy === undefined ? {} : { accuracy: got.accuracy }),
        ...(args.layer && !args.output ? { tensors: got.tensors.map((t) => [...t]) } : {}),
    });
}
/** The images given, or else the calibration images; undefined where there are neither. */
export function imagesOf(path, args, opened, count) {
    const stated = opened.quantization.calibration;
    const named = args.images ?? args.calibration ?? (stated && resolve(dirname(path), stated));
    return named ? readImages(named, (opened.graph ?? opened.integers).input, count) : undefined;
}
function hardwareOf(path, args, out, benchFrames = 0) {
    const opened = openNetwork(path, out);
    const net = withFolds(integersOf(path, opened, args, out), args);
    const target = args.target === undefined ? undefined : targetOf(args.target);
    const kernel = kernelOf(target, args.kernel);
    const fit = target &&
        fitTarget(net, target, { fps: args.fps, MHz: args.clock, kernel, dsp: usesDsp(target, true) }, opened, out);
    const images = benchFrames > 0 ? imagesOf(path, args, opened, benchFrames) : undefined;
    const vectors = images?.length ? goldenVectors(net, images) : undefined;
    const built = unwrap(toHardware(net, { fps: args.fps, clockMHz: args.clock, kernel, family: target?.family, vectors, plan: fit?.plan }, cellSources()), out, opened.source);
    return { opened, net, built, vectors, target, fit };
}
/** Lanes of the layers with weights, and the share of their clocks in which they compute a tap. */
function arrayLanes(schedule) {
    const arrays = schedule.nodes.filter((n) => "weights" in n.node);
    const count = arrays.reduce((sum, n) => sum + n.lanes, 0);
    const taps = arrays.reduce((sum, n) => sum + (opOf(n.node)?.operations(n.node, n.types) ?? 0), 0);
    return { count, busy: count === 0 ? 0 : taps / (count * schedule.interval) };
}
export function build(path, dir, args, force, out) {
    checkFolder(dir, "manifest.json", force);
    const { built, vectors, target, fit } = hardwareOf(path, args, out, 2);
    const { hardware: hw, schedule } = built;
    const guess = target && estimateLayers(hw, target.family, usesDsp(target, true));
    const guesses = Object.fromEntries(FAMILIES.filter((f) => !target || f === target.family).map((f) => [
        f,
        guess?.total ?? estimateLayers(hw, f, usesDsp(targetOf(f), true)).total,
    ]));
    writeFolder(dir, withEstimates(built.files, target, guesses), "manifest.json", force);
    const words = target && families[target.family].words;
    for (const l of columns([
        [
            ...["layer", "PE", "SIMD", "pixels", "clocks/frame", "lanes busy"],
            ...(words ? [words.lut, "FF", words.bram, words.dsp].map((w) => `est. ${w}`) : []),
        ],
        ...hw.blocks.map((b) => [
            b.name,
            String(b.pe),
            String(b.simd),
            String(b.pixels),
            String(b.cyclesPerFrame),
            b.operations ? percent(b.operations / (b.lanes * hw.interval)) : "",
            ...(guess ? resources(guess.layers.get(b.name)) : []),
        ]),
        ...(guess ? [["total", "", "", "", "", "", ...resources(guess.total)]] : []),
    ]))
        out.line(l);
    const fps = (args.clock * 1e6) / schedule.interval;
    out.line();
    out.line(`${schedule.interval} clocks a frame (${hw.bottleneck}): ${fps.toFixed(1)} frames a second at ${args.clock} MHz`);
    const { latency } = hw;
    out.line(`latency ${latency.last} clocks from a frame's first beat to its last result, ${latency.first} to its first`);
    const lanes = arrayLanes(schedule);
    out.line(`${lanes.count} lanes in the arrays, ${percent(lanes.busy)} busy`);
    if (fit && target)
        for (const l of limits(fit, target))
            out.line(l);
    else
        out.line(`estimated logic: ${FAMILIES.map((f) => `${families[f].title} ${guesses[f].lut} ${families[f].words.lut}`).join(", ")}`);
    out.line(`wrote ${built.files.size} files to ${dir}; top module ${hw.name} in ${join(dir, "rtl", `${hw.name}.v`)}`);
    out.line(vectors
        ? `self-checking test bench: make -C ${shellWord(dir)} sim-icarus (or sim-verilator)`
        : "no stand-alone test bench without images: --images X.npy adds it");
    out.result({
        folder: dir,
        top: hw.name,
        clocksPerFrame: schedule.interval,
        framesPerSecond: fps,
        bottleneck: hw.bottleneck,
        latency: { first: latency.first, last: latency.last },
        lanes: lanes.count,
        lanesBusy: lanes.busy,
        layers: hw.blocks.map(({ name, pe, simd, pixels, cyclesPerFrame }) => ({
            ...{ name, pe, simd, pixels, cyclesPerFrame },
            ...(guess ? { estimate: guess.layers.get(name) } : {}),
        })),
        estimates: guesses,
        ...(fit && target ? { target: target.name, binding: fit.binding } : {}),
        files: [...built.files.keys()],
    });
}
const resources = (c) => [c.lut, c.ff, c.bram, c.dsp].map(String);
/** The files with the estimates in the manifest. */
function withEstimates(files, target, estimates) {
    const manifest = { ...JSON.parse(files.get("manifest.json")), target: target?.name ?? null, estimates };
    return new Map([...files, ["manifest.json", `${printableJson(manifest)}\n`]]);
}
export async function verifyCommand(path, args, out) {
    const { net, built, opened } = hardwareOf(path, args, out);
    const images = imagesOf(path, args, opened, args.count);
    if (!images)
        throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
    const dir = mkdtempSync(join(tmpdir(), "addernet-verify-"));
    const results = [];
    const failures = [];
    try {
        writeFolder(join(dir, "build"), built.files, "manifest.json", true);
        const design = probeDesign(built.hardware, join(dir, "build"), built.files.keys());
        for (const sim of chosenSimulators(args.simulator)) {
            const started = performance.now();
            const r = await verify(net, built.hardware, design, images, {
                sim,
                seed: args.seed,
                sourceStall: args.stall,
                sinkStall: args.stall,
                waves: args.waves ? "mismatch" : "off",
                waveDir: resolve("waves"),
                onProgress: (f) => out.progress(sim, f, images.length),
            }).catch((e) => {
                const known = faultDiagnostic(sim, e);
                throw known ? new CliError([known], opened.source) : e;
            });
            const { outputs: _, ...facts } = r;
            const { interval, latency } = built.hardware;
            results.push({
                ...facts,
                stall: args.stall,
                predicted: { interval, latency: latency.last, firstLatency: latency.first },
            });
            if (r.mismatch) {
                const d = mismatchDiagnostic(sim, r.mismatch, net);
                failures.push(d);
                if (!out.json)
                    process.stderr.write(`${printDiagnostic(d, opened.source)}\n`);
            }
            else
                out.line(`${sim}: ${r.frames} images equal at ${r.streams} streams (${r.values} values), ${args.stall ? `stalls ${args.stall}, ` : ""}` +
                    `latency ${r.latency} clocks (predicted ${latency.last})${r.interval ? `, ${r.interval} clocks a frame (predicted ${interval})` : ""}, ` +
                    `${((performance.now() - started) / 1000).toFixed(1)} s`);
        }
    }
    finally {
        rmSync(dir, { recursive: true, force: true });
    }
    if (out.json) {
        const diagnostics = failures.map((d) => diagnosticJson(d, opened.source));
        process.stdout.write(`${printableJson({ command: "verify", ok: failures.length === 0, results, ...(failures.length > 0 ? { diagnostics } : {}) })}\n`);
    }
    return failures.length > 0 ? 1 : 0;
}
export function exportCommand(path, dir, args, force, out) {
    const format = exportFormats.get(args.format);
    const mark = "addernet-export.json";
    checkFolder(dir, mark, force);
    const opened = openNetwork(path, out);
    const net = integersOf(path, opened, args, out);
    let folds = {};
    if (args.folded) {
        const { schedule } = unwrap(toHardware(net, { fps: args.fps, clockMHz: args.clock }, cellSources()), out, opened.source);
        folds = Object.fromEntries(schedule.nodes.map((n) => [n.node.name, n.fold]));
    }
    const files = new Map(format.files(net, { folds }));
    files.set(mark, new TextEncoder().encode(`${JSON.stringify({ format: args.format, network: net.name, files: [...files.keys()] }, null, 2)}\n`));
    writeFolder(dir, files, mark, force);
    out.line(`wrote ${files.size} files to ${dir}`);
    out.result({ folder: dir, files: [...files.keys()] });
}
/** Prints a text that is itself the result, or writes it to a file. */
export function printText(text, output, out) {
    if (output) {
        writeWhole(output, text);
        out.line(`wrote ${output}`);
        out.result({ file: output });
    }
    else
        process.stdout.write(text);
}
export const schema = (output, out) => printText(`${JSON.stringify(jsonSchema(), null, 2)}\n`, output, out);
export function importPytorch(checkpoint, arch, dir, name, force, out) {
    checkFolder(dir, "network.json", force);
    let bytes;
    try {
        bytes = readFileSync(checkpoint);
    }
    catch (e) {
        throw inputError({
            code: "AN9001",
            message: `${checkpoint} cannot be read: ${reason(e)}`,
        });
    }
    const plan = planNetwork(readCheckpoint(bytes).tensors, arch);
    const files = networkFiles(plan, name ?? arch);
    writeFolder(dir, files, "network.json", force);
    out.line(`wrote ${[...files.keys()].join(" and ")} to ${dir}: ${plan.layers.length} layers of ${arch}`);
    out.result({ folder: dir, architecture: arch, layers: plan.layers.length, files: [...files.keys()] });
}
