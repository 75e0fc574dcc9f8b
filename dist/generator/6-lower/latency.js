// When beats pass each stream of a design that is empty at first and whose sinks are always ready: those of one frame, or
// of frames one after another.
import { numbersOf } from "../cells/define.js";
import { streamCell } from "../cells/index.js";
import { evenly, Passage } from "../cells/passage.js";
import { gcd } from "../ops/define.js";
const streamsOf = (i, direction) => i.ports.filter((p) => p.direction === direction).flatMap((p) => p.streams);
/** Passes over a design: what a full buffer holds back is known one pass later in front of it. */
const PASSES = 32;
/**
 * Passes of `frames` frames on every stream. Beats that a reader of a stream in `waits` has no place for wait in front of
 * it; everywhere else they hold up what comes behind them.
 */
function passages(g, frames, gap, waits) {
    const instances = g.blocks.flatMap((b) => b.instances);
    const reader = new Map(instances.flatMap((i) => streamsOf(i, "in").map((s) => [s.name, i])));
    const known = new Map();
    // Values of a map that travel on as one vector come as the map's pixels come.
    const passageOf = (s, from) => {
        const shared = from ? gcd(s.beatsPerFrame, from.first.length / frames) : 1;
        const pixels = shared % s.pixels === 0 ? shared : s.pixels;
        const found = known.get(s.name) ?? new Passage(s, frames, pixels, waits.has(s.name));
        known.set(s.name, found);
        return found;
    };
    const input = passageOf(g.input);
    // A block's instances stand after those that feed them; the blocks themselves are in topological order.
    const steps = instances.map((i) => {
        const cell = streamCell(i.cell);
        const params = numbersOf(cell, i.params);
        const from = streamsOf(i, "in").map((s) => passageOf(s));
        const outs = streamsOf(i, "out");
        const next = reader.get(outs[0].name);
        const given = next ? streamsOf(next, "out")[0].beatsPerFrame : 0;
        const pace = Math.max(1, given / outs[0].beatsPerFrame);
        const [fill, room] = [cell.fill(params), cell.room?.(params) ?? 0];
        const alone = from.length === 1 && !cell.reorders ? from[0] : undefined;
        const to = outs.map((s) => passageOf(s, alone));
        const step = { params, frames, from, to, pace, fill, room };
        return () => (cell.passage ? cell.passage(step) : evenly(step));
    });
    for (let pass = 0; pass < PASSES; pass++) {
        input.set(0, (p) => [Math.floor(p * input.beats * gap), Math.floor(((p + 1) * input.beats - 1) * gap)]);
        for (const run of steps)
            run();
        if (![...known.values()].some((s) => s.moved))
            break;
    }
    return passageOf;
}
/**
 * Clocks from the first beat of a frame that meets an empty design to the first and the last beat at its outputs, where
 * the source never rests and no sink refuses. Line buffers and FIFOs hold what they can; the single beats that other
 * cells hold count as none.
 */
export function latencyOf(g) {
    const passageOf = passages(g, 1, 1, new Set());
    const outputs = g.outputs.map((o) => passageOf(o.stream));
    return {
        first: Math.ceil(Math.min(...outputs.map((s) => s.first[0]))),
        last: Math.ceil(Math.max(...outputs.map((s) => s.last.at(-1)))),
        fill: Math.max(...outputs.map((s) => s.fill)),
    };
}
/** Frames after which what waits has become as much as it gets. */
const STEADY = 4;
/**
 * Beats that must find room at each door so that a frame may come every `interval` clocks. A source at an even rate
 * makes a schedule in which every layer works as soon as it can; with room for all that waits in it, a design that
 * never rests is no slower.
 */
export function waitingAt(g, interval, doors) {
    const waits = new Set(doors.flatMap((d) => [d.arrives.name, d.leaves.name]));
    const passageOf = passages(g, STEADY, interval / g.input.beatsPerFrame, waits);
    return doors.map((d) => {
        const [x, y] = [passageOf(d.arrives), passageOf(d.leaves)];
        const left = new Float64Array(x.size);
        let most = 0;
        for (let j = 0, gone = 0; j < x.size; j++) {
            left[j] = Math.max(y.at(j), y.taken[j], j > 0 ? left[j - 1] + 1 : 0);
            const now = x.at(j);
            while (gone < j && left[gone] <= now)
                gone++;
            // A beat that passes at once takes no place.
            if (left[j] - y.at(j) >= 1)
                most = Math.max(most, j + 1 - gone);
        }
        return most;
    });
}
