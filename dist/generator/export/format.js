import { exportLayers } from "./arrays.js";
import { foldedWords, plainWords } from "./words.js";
const encoder = new TextEncoder();
export const text = (lines) => encoder.encode(`${lines.join("\n")}\n`);
/** A name for a comment: quoted, ASCII, one line, and unable to end the comment. */
export function quoted(name) {
    const unsafe = /[^ -~]|\*\/|\/\*/g;
    const escaped = (s) => [...Array(s.length).keys()].map((i) => unicode(s.charCodeAt(i))).join("");
    return JSON.stringify(name).replace(unsafe, escaped);
}
const unicode = (code) => `\\u${code.toString(16).padStart(4, "0")}`;
/** Words of an array: folded weights where the options name a fold of the layer. */
export function wordsOf(layer, array, options) {
    const folds = options.folds ?? {};
    const fold = Object.hasOwn(folds, layer.name) ? folds[layer.name] : undefined;
    return array.role === "weights" && fold ? foldedWords(array, fold, layer.depthwise) : plainWords(array);
}
/** Comment lines that tell what a file of one array holds. */
export function describe(net, layer, array, words) {
    const kind = `${array.bits} bits ${array.signed ? "two's complement" : "unsigned"}`;
    return [
        `network ${quoted(net.name)}, layer ${quoted(layer.name)} (${layer.op}), ${array.role}, ${kind}`,
        words.layout,
        ...meaning(layer, array),
    ];
}
/** What the integers mean. */
export function meaning(layer, array) {
    const [input] = layer.inputs;
    if (array.role === "weights") {
        return layer.op === "sad" && input
            ? [`real weight = ${input.scale} * (w - ${input.zeroPoint}), clamped to the input's range`]
            : ["the real size of a step is in the multiplier of its output channel"];
    }
    const { clamp, shift, pivot } = layer;
    const sum = layer.op === "add" ? "sum_i(q_i * multiplier[i]) + bias" : "acc * multiplier[c] + bias[c]";
    const floor = `floor((${sum}) / 2^${shift})`;
    const result = clamp ? `clamp(${floor}, ${clamp.min}, ${clamp.max})` : floor;
    return [
        `q = ${result}`,
        ...(pivot === null ? [] : [`results below ${pivot} are computed with negmultiplier and negbias instead`]),
    ];
}
/** manifest.json: the layers with the types of their edges, constants and arrays. */
export function manifest(format, net, layers, place) {
    const entries = layers.map((layer) => {
        const { arrays, ...rest } = layer;
        const list = arrays.map((array) => {
            const { role, shape, bits, signed } = array;
            return { role, shape, bits, signed, ...place(layer, array) };
        });
        return { ...rest, arrays: list };
    });
    return text([JSON.stringify({ format, network: net.name, layers: entries }, null, 2)]);
}
/** A format with one file of memory words for each array, and a manifest. */
export function wordFormat(format, summary, print) {
    return {
        format,
        summary,
        files(net, options = {}) {
            const layers = exportLayers(net);
            const files = new Map();
            const place = (layer, array) => {
                const words = wordsOf(layer, array, options);
                const file = `${array.stem}.${format}`;
                files.set(file, text(print(words, describe(net, layer, array, words))));
                return { file, wordBits: words.width, words: words.words.length, layout: words.layout };
            };
            files.set("manifest.json", manifest(format, net, layers, place));
            return files;
        },
    };
}
