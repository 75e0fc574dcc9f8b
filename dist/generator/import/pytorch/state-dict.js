// Finds the tensors in what a checkpoint holds.
import { shown, unreadable } from "./error.js";
import { moduleState } from "./module.js";
import { arrayOf } from "./numpy.js";
import { Dict, Global, Opaque, TensorView, Tuple } from "./values.js";
/** Keys under which training scripts put the state dict. */
const wrappers = ["state_dict", "model_state_dict", "model", "net", "network", "params", "weights"];
/** Keys of a second state dict, averaged over the training. */
const averages = ["ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema", "swa_model"];
const known = new Set([...wrappers, ...averages]);
/** What training needs to go on; their tensors are no weights. */
const training = /optim|sched|scaler|callback|loop|hparam|^(state|args|config)$/i;
const maxDepth = 4;
/** Prefixes that wrappers of a module put before every name: DataParallel, torch.compile, Lightning, scripts. */
const prefixes = ["module.", "_orig_mod.", "model.", "net."];
/** Counted beside the wrapped module by AveragedModel. */
const beside = new Set(["n_averaged"]);
function tensorOf(value) {
    if (value instanceof TensorView)
        return value;
    return value instanceof Opaque ? arrayOf(value) : undefined;
}
/** The entries of a dictionary, or of a module that was pickled whole. */
const dictOf = (value) => value instanceof Dict ? value : value instanceof Opaque ? moduleState(value) : undefined;
const holdsTensors = (dict) => [...dict.map].some(([key, value]) => typeof key === "string" && tensorOf(value) !== undefined);
const keyText = (key) => (typeof key === "string" ? shown(key) : typeof key);
const keysOf = (dict) => {
    const keys = [...dict.map.keys()].map(keyText);
    return keys.length > 8 ? `${keys.slice(0, 8).join(", ")} and ${keys.length - 8} more` : keys.join(", ");
};
/** State dicts in a value: those under known keys, else the value itself, else those under other keys. */
function candidates(value, path, depth, seen) {
    // What stands in several places is looked at once.
    if (depth > maxDepth || seen.has(value))
        return [];
    const dict = dictOf(value);
    if (!dict)
        return [];
    seen.add(value);
    if (!(value instanceof Dict))
        return holdsTensors(dict) ? [{ path, dict }] : [];
    const under = (wanted) => [...dict.map].flatMap(([key, item]) => typeof key === "string" && wanted(key) ? candidates(item, path ? `${path}.${key}` : key, depth + 1, seen) : []);
    const named = under((key) => known.has(key));
    if (named.length > 0)
        return named;
    if (holdsTensors(dict))
        return [{ path, dict }];
    return under((key) => !training.test(key));
}
/** The value at a path of keys, which may hold dots themselves. */
function at(value, path) {
    if (!(value instanceof Dict))
        return undefined;
    for (const [key, item] of value.map) {
        if (key === path)
            return item;
        if (typeof key === "string" && path.startsWith(`${key}.`)) {
            const found = at(item, path.slice(key.length + 1));
            if (found !== undefined)
                return found;
        }
    }
    return undefined;
}
function noState(value) {
    const object = value instanceof Opaque || value instanceof Global ? `an object of Python: ${shown(value.name)}` : "something else";
    throw unreadable("the checkpoint holds no state dict", {
        expected: `a dictionary of tensors, or one under ${wrappers.map(shown).join(", ")}`,
        found: value instanceof Dict ? `a dictionary with ${keysOf(value) || "no keys"}` : object,
        hint: "write it with torch.save(net.state_dict(), path)",
    });
}
function stateDict(value, { state }) {
    const from = state === undefined ? value : at(value, state);
    if (from === undefined) {
        throw unreadable(`the checkpoint has nothing under the key ${shown(state ?? "")}`, {
            expected: "a key of a state dict",
            found: value instanceof Dict ? keysOf(value) : "no dictionary",
        });
    }
    const found = candidates(from, state ?? "", 0, new Set());
    if (found.length > 1) {
        const shownPaths = found.slice(0, 8).map(({ path, dict }) => `${shown(path)} (${dict.map.size} entries)`);
        throw unreadable("the checkpoint holds several state dicts", {
            expected: "one, or its key with --state",
            found: shownPaths.join(", "),
            hint: `--state ${found[0].path} takes the first`,
        });
    }
    return found[0]?.dict ?? noState(from);
}
/** A quantized layer keeps weight and bias in one tuple. */
const packed = "._packed_params._packed_params";
function* entriesOf(dict) {
    for (const [key, item] of dict.map) {
        if (typeof key !== "string")
            yield [typeof key, null];
        else if (key.endsWith(packed) && item instanceof Tuple) {
            const layer = key.slice(0, -packed.length);
            const [weight = null, bias = null] = item.items;
            yield [`${layer}.weight`, weight];
            if (bias !== null)
                yield [`${layer}.bias`, bias];
        }
        else
            yield [key, item];
    }
}
/** The tensors by name, without the prefixes that wrappers put before every one. Throws InputError. */
export function findTensors(value, choice = {}) {
    let tensors = new Map();
    const ignored = [];
    for (const [key, item] of entriesOf(stateDict(value, choice))) {
        const view = tensorOf(item);
        if (view)
            tensors.set(key, view);
        else
            ignored.push(key);
    }
    for (let again = true; again;) {
        const names = [...tensors.keys()].filter((key) => !beside.has(key));
        const prefix = prefixes.find((p) => names.length > 0 && names.every((key) => key.startsWith(p)));
        again = prefix !== undefined;
        if (prefix === undefined)
            continue;
        ignored.push(...[...tensors.keys()].filter((key) => beside.has(key)));
        tensors = new Map(names.map((key) => [key.slice(prefix.length), tensors.get(key)]));
    }
    return { tensors, ignored };
}
