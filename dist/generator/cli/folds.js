// Folds given on the command line: --pe conv1=4,fc1=2 --simd conv1=5 --pixels conv1=2 --unroll conv1
import { inputError } from "../diagnostics/diagnostics.js";
import { didYouMean } from "../diagnostics/print.js";
import { UsageError } from "./numbers.js";
const keys = ["pe", "simd", "pixels"];
/** `layer=n` pairs, separated by commas; a name may hold `=`. */
function pairs(option, text) {
    const found = new Map();
    for (const part of text?.split(",") ?? []) {
        const cut = part.lastIndexOf("=");
        const n = Number(part.slice(cut + 1));
        if (cut < 1 || !Number.isInteger(n) || n < 1)
            throw new UsageError(`--${option} takes layer=number, not "${part}"`);
        found.set(part.slice(0, cut), n);
    }
    return found;
}
/** The network with the folds asked for; throws InputError where a layer is unknown or computes nothing of its own. */
export function withFolds(net, args) {
    const asked = new Map(keys.map((key) => [key, pairs(key, args[key])]));
    const names = net.nodes.map((n) => n.name);
    const weighted = net.nodes.filter((n) => "weights" in n).map((n) => n.name);
    // A layer may be called "all" as well.
    const given = args.unroll?.split(",") ?? [];
    const unroll = new Set(given.length === 1 && given[0] === "all" && !names.includes("all") ? weighted : given);
    for (const [key, folds] of [...asked, ["unroll", unroll]])
        for (const name of folds.keys())
            if (!names.includes(name)) {
                const meant = didYouMean(name, names);
                throw inputError({
                    code: "AN6005",
                    message: `--${key}: no hardware node is called ${JSON.stringify(name)}`,
                    expected: `one of ${names.join(", ")}`,
                    ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
                });
            }
    if ([...asked.values(), unroll].every((folds) => folds.size === 0))
        return net;
    const of = (name) => Object.fromEntries([
        ...[...asked].flatMap(([key, folds]) => (folds.has(name) ? [[key, folds.get(name)]] : [])),
        ...(unroll.has(name) ? [["unroll", true]] : []),
    ]);
    return { ...net, nodes: net.nodes.map((n) => ({ ...n, overrides: { ...n.overrides, ...of(n.name) } })) };
}
