// Stage 3: shapes, and the tensors of every layer in compiler order.
import { layerOf } from "../layers/index.js";
export function infer(wiring, source, report) {
    const { network } = wiring;
    const input = inputSpec(wiring, report);
    if (!input)
        return undefined;
    if (tooLarge("the input", input.shape, ["input", "shape"], report))
        return undefined;
    const features = new Map([[input.name, { shape: input.shape }]]);
    const nodes = [];
    for (const { layer, index, inputs } of wiring.layers) {
        const path = ["layers", index];
        const def = layerOf(layer.kind);
        const read = inputs.map((n) => features.get(n));
        // A layer behind a faulty one has no shape to work on; the fault itself has been reported.
        if (read.some((f) => f === undefined))
            continue;
        const known = read;
        const got = def.infer(layer, known, report.at(path));
        if (!got)
            continue;
        if (tooLarge("the result of this layer", got.feature.shape, path, report))
            continue;
        features.set(layer.name, got.feature);
        const tensors = {};
        for (const request of def.tensors?.(layer, known, got.feature, network.layout) ?? []) {
            const t = source.read(request, layer.name, path, report);
            if (t)
                tensors[request.role] = request.arrange ? request.arrange(t) : t;
        }
        nodes.push({
            name: layer.name,
            kind: layer.kind,
            inputs,
            attrs: got.attrs,
            tensors,
            shape: got.feature.shape,
            overrides: { bits: layer.bits, pe: layer.pe, simd: layer.simd, pixels: layer.pixels, unroll: layer.unroll },
            path,
        });
    }
    return report.failed ? undefined : { name: network.name, input, nodes, outputs: wiring.outputs };
}
/** Values of one tensor; more would not fit into memory. */
const LARGEST = 2 ** 28;
function tooLarge(what, shape, path, report) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (size <= LARGEST)
        return false;
    report.error({
        code: "AN3005",
        message: `${what} is too large`,
        path,
        expected: "at most 2^28 values",
        found: `${shape.join(" x ")}, ${size} values`,
    });
    return true;
}
function inputSpec({ network }, report) {
    const { input } = network;
    const channels = input.shape[2];
    const perChannel = (v, fallback, key) => {
        const list = typeof v === "object" ? v : new Array(channels).fill(v ?? fallback);
        if (list.length !== channels)
            report.error({
                code: "AN1004",
                message: `"${key}" needs one number for each channel`,
                path: ["input", key],
                expected: `${channels} number${channels === 1 ? "" : "s"}`,
                found: String(list.length),
            });
        return list;
    };
    const mean = perChannel(input.mean, 0, "mean");
    const std = perChannel(input.std, 1, "std");
    if (std.some((s) => !(s > 0)))
        report.error({
            code: "AN1004",
            message: '"std" must be above 0',
            path: ["input", "std"],
            expected: "positive numbers",
            found: std.join(", "),
        });
    if (report.failed)
        return undefined;
    return {
        name: input.name,
        shape: input.shape,
        storage: input.storage,
        scale: std.map((s) => input.scale / s),
        offset: std.map((s, c) => (-input.zero_point * input.scale - mean[c]) / s),
    };
}
