// All targets by name: boards, and bare families for counts without a device.
import { inputError } from "../diagnostics/diagnostics.js";
import artyA35 from "./boards/arty-a7-35t.js";
import artyA100 from "./boards/arty-a7-100t.js";
import hx8k from "./boards/ice40-hx8k.js";
import icebreaker from "./boards/icebreaker.js";
import pynqZ2 from "./boards/pynq-z2.js";
import tangnano9k from "./boards/tangnano9k.js";
import tangnano20k from "./boards/tangnano20k.js";
import ulx3s25 from "./boards/ulx3s-25f.js";
import ulx3s85 from "./boards/ulx3s-85f.js";
import zcu104 from "./boards/zcu104.js";
import { families } from "./families.js";
import { FAMILIES, targetSchema } from "./target.js";
export { families } from "./families.js";
export { FAMILIES } from "./target.js";
const boards = [
    icebreaker,
    hx8k,
    ulx3s25,
    ulx3s85,
    tangnano9k,
    tangnano20k,
    artyA35,
    artyA100,
    pynqZ2,
    zcu104,
];
const bare = FAMILIES.map((family) => ({
    name: family,
    title: `${families[family].title}, any device`,
    family,
}));
export const targets = new Map([...boards, ...bare].map((t) => [t.name, targetSchema.parse(t)]));
/** The target of this name; AN8004 with the nearest name where there is none. */
export function targetOf(name) {
    const found = targets.get(name);
    if (found)
        return found;
    const near = [...targets.keys()]
        .map((t) => [distance(name.toLowerCase(), t), t])
        .sort(([a], [b]) => a - b)[0];
    throw inputError({
        code: "AN8004",
        message: `there is no target ${JSON.stringify(name)}`,
        expected: `one of ${[...targets.keys()].join(", ")}`,
        ...(near[0] <= Math.max(2, name.length / 2) ? { hint: `did you mean ${JSON.stringify(near[1])}?` } : {}),
    });
}
/** Edit distance. */
function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++)
            next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
        row = next;
    }
    return row[b.length];
}
