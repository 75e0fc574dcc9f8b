import { requant, within } from "../arith/index.js";
import { placeFor, sizeFor } from "./place.js";
/** Results of `q` for sums of `acc`, or undefined where floating point could not give them exactly. */
export function resultRange(q, acc) {
    requant.check(q);
    if (!requant.fitsNumbers(q, acc))
        return undefined;
    return q.clamp ?? requant.range(q, acc);
}
/** Where the results of a kernel go: values of `result`, of which those outside `edge` are found afterwards. */
export function resultPlace(arena, shape, result, edge) {
    const checked = !within(result, edge);
    const all = { min: Math.min(result.min, edge.min), max: Math.max(result.max, edge.max) };
    return { place: placeFor(arena, shape, sizeFor(checked ? all : edge)), checked };
}
/** Address of the Finish record (see wasm/assembly/finish.ts). */
export function finishRecord(arena, q, to) {
    const channels = to.shape[2];
    // The kernels read constants four channels at a time.
    const step = 2 ** -q.shift;
    const list = (values) => arena.doubles([...values.map((v) => v * step), 0, 0, 0]);
    return arena.words([
        list(q.multiplier),
        list(q.bias),
        q.negative ? list(q.negative.multiplier) : 0,
        q.negative ? list(q.negative.bias) : 0,
        arena.doubles([
            q.clamp?.min ?? Number.NEGATIVE_INFINITY,
            q.clamp?.max ?? Number.POSITIVE_INFINITY,
            q.negative?.pivot ?? 0,
        ]),
        to.at,
        to.size,
        channels,
    ]);
}
