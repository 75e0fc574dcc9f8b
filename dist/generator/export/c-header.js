import { cName, fileName } from "../names/names.js";
import { exportLayers } from "./arrays.js";
import { meaning, quoted, text } from "./format.js";
import { storageOf } from "./storage.js";
const lineLength = 100;
/** Numbers separated by commas, in lines of at most lineLength. */
function wrapped(values) {
    const lines = [];
    let line = " ";
    for (const value of values) {
        const next = ` ${value},`;
        if (line.length + next.length > lineLength) {
            lines.push(line);
            line = " ";
        }
        line += next;
    }
    return [...lines, line];
}
function macros(name, { arrays, shift, clamp, pivot }) {
    const shape = arrays.find(({ role }) => role === "weights")?.shape ?? [];
    const entries = [
        ["OUT", shape[0] ?? arrays[0].shape[0]],
        ["KH", shape[1]],
        ["KW", shape[2]],
        ["IN", shape[3]],
        ["SHIFT", shift],
        ["LO", clamp?.min],
        ["HI", clamp?.max],
        ["PIVOT", pivot],
    ];
    return entries.flatMap(([suffix, value]) => value === null || value === undefined
        ? []
        : [`#define ${name.toUpperCase()}_${suffix} ${value < 0 ? `(${value})` : value}`]);
}
function declaration(name, layer, array) {
    const { shape, bits, signed, role, values } = array;
    const about = [`[${shape.join("][")}], ${bits} bits ${signed ? "signed" : "unsigned"}`, ...meaning(layer, array)];
    return [
        `/* ${about.join("; ")} */`,
        `static const ${storageOf(array).dtype}_t ${name}_${role}[${values.length}] = {`,
        ...wrapped(values),
        "};",
    ];
}
function header(net) {
    const taken = new Set();
    const prefix = cName(net.name);
    const guard = `${prefix.toUpperCase()}_WEIGHTS_H`;
    const body = exportLayers(net).flatMap((layer) => {
        const name = `${prefix}_${cName(layer.name, taken)}`;
        return [
            "",
            `/* layer ${quoted(layer.name)} (${layer.op}) */`,
            ...macros(name, layer),
            ...layer.arrays.flatMap((array) => declaration(name, layer, array)),
        ];
    });
    return [
        `/* Network ${quoted(net.name)}: integer weights and requantize constants.`,
        " * Arrays are flat and row-major: weights [output channel][ky][kx][channel], constants [channel].",
        " * Of each layer: OUT, KH, KW, IN are the weights' shape, SHIFT, LO, HI belong to its requantize step. */",
        `#ifndef ${guard}`,
        `#define ${guard}`,
        "",
        "#include <stdint.h>",
        ...body,
        "",
        `#endif /* ${guard} */`,
    ];
}
export const cHeader = {
    format: "h",
    summary: "C header with constant arrays and shapes as macros",
    files: (net) => new Map([[`${fileName(net.name)}.h`, text(header(net))]]),
};
