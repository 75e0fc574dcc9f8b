import { readFileSync } from "node:fs";
import { BuildError } from "../design.js";
import { treeParts } from "./cache.js";
/** Everything about a design that decides what a simulator makes of it, for a cache key. */
export function designParts(design) {
    const parts = [
        design.top,
        JSON.stringify([
            Object.entries(design.params ?? {}).map(([k, v]) => [k, typeof v, `${v}`]),
            Object.entries(design.defines ?? {}),
            design.clocks ?? [],
            design.lint ?? "off",
            design.includeDirs ?? [],
        ]),
    ];
    for (const path of design.sources) {
        try {
            parts.push(path, readFileSync(path));
        }
        catch (e) {
            throw new BuildError(`cannot read ${path}: ${e.message}`);
        }
    }
    for (const dir of design.includeDirs ?? [])
        parts.push(...treeParts(dir));
    return parts;
}
