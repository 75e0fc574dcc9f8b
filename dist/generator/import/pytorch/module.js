// A module that was pickled whole: its tensors stand in the dictionaries that torch.nn.Module keeps.
import { Dict, Opaque, Tuple } from "./values.js";
const itemsOf = (value) => value instanceof Tuple ? value.items : Array.isArray(value) ? value : [];
/** Parameters and buffers of a pickled torch.nn.Module by the names of its state dict; undefined for another object. */
export function moduleState(value) {
    const found = new Dict();
    const open = [
        { prefix: "", module: value, depth: 0 },
    ];
    const seen = new Set();
    for (let next = open.shift(); next; next = open.shift()) {
        const { prefix, module, depth } = next;
        const parts = module.state;
        if (!(parts instanceof Dict) || !(parts.map.get("_modules") instanceof Dict)) {
            if (module === value)
                return undefined;
            continue;
        }
        if (seen.has(module) || depth > 32)
            continue;
        seen.add(module);
        const hidden = parts.map.get("_non_persistent_buffers_set");
        const omitted = new Set(hidden instanceof Opaque ? itemsOf(hidden.args[0]) : itemsOf(hidden));
        for (const [kind, leave] of [
            ["_parameters", new Set()],
            ["_buffers", omitted],
        ]) {
            const group = parts.map.get(kind);
            if (!(group instanceof Dict))
                continue;
            for (const [key, item] of group.map)
                if (typeof key === "string" && item !== null && !leave.has(key))
                    found.map.set(`${prefix}${key}`, item);
        }
        for (const [key, item] of parts.map.get("_modules").map)
            if (typeof key === "string" && item instanceof Opaque)
                open.push({ prefix: `${prefix}${key}.`, module: item, depth: depth + 1 });
    }
    return found;
}
