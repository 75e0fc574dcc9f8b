// Simulates an emitted accelerator and compares every layer's stream with the golden model, beat by beat.
import { join } from "node:path";
import { runInteger } from "../../golden/index.js";
import { failureOf, run } from "../../testbench/lib/index.js";
import { outputPort, portLaneBits, watched } from "../index.js";
/** Design of the emitted folder `dir` with its internal streams as ports. */
export function probeDesign(hw, dir, files) {
    const verilog = [...files].filter((f) => f.endsWith(".v") && (f.startsWith("rtl/") || f.endsWith("_probe.v")));
    return {
        top: `${hw.name}_probe`,
        sources: verilog.map((f) => join(dir, f)),
        params: { MEM_DIR: `${join(dir, "mem")}/` },
    };
}
/** Beats of one tensor on a stream, one Uint32Array over all beats, lane 0 in the low bits, lanes of `laneBits`. */
export function packBeats(t, s, laneBits = portLaneBits(s)) {
    const words = Math.ceil((s.lanes * laneBits) / 32);
    const out = new Uint32Array(s.beatsPerFrame * words);
    const perPixel = s.beatsPerFrame / s.pixels;
    for (let p = 0, i = 0; p < s.pixels; p++)
        for (let c = 0; c < s.channels; c++, i++) {
            const beat = p * perPixel + Math.floor(c / s.lanes);
            let bit = (c % s.lanes) * laneBits;
            // Values wider than a word do not occur at the ports of a network's input.
            const value = t.data[i] >>> 0;
            for (let left = laneBits, v = value; left > 0;) {
                const at = beat * words + (bit >>> 5);
                const shift = bit & 31;
                const take = Math.min(left, 32 - shift);
                out[at] |= (take === 32 ? v : v & (2 ** take - 1)) << shift;
                v = take === 32 ? 0 : v >>> take;
                left -= take;
                bit += take;
            }
        }
    return out;
}
/** Value of lane `l` of a recorded beat. */
function laneOf(beats, beat, l, s) {
    let value = 0;
    let factor = 1;
    let bit = l * s.laneBits;
    for (let left = s.laneBits; left > 0;) {
        const shift = bit & 31;
        const take = Math.min(left, 32 - shift);
        const word = beats.word(beat, bit >>> 5) >>> shift;
        value += (take === 32 ? word : word & (2 ** take - 1)) * factor;
        factor *= 2 ** take;
        left -= take;
        bit += take;
    }
    return s.signed && value >= 2 ** (s.laneBits - 1) ? value - 2 ** s.laneBits : value;
}
class MismatchError extends Error {
    mismatch;
    constructor(m) {
        super(mismatchText(m));
        this.mismatch = m;
    }
}
export const mismatchText = (m) => `${m.tensor}: frame ${m.frame}, row ${m.row}, column ${m.column}, channel ${m.channel}: expected ${m.expected}, ` +
    `got ${m.actual} (stream ${m.stream}, beat ${m.beat}, clock ${m.clock})`;
/**
 * Runs `images` (stored integers, HWC) back to back through the design and compares all watched streams.
 * Throws where the simulation itself fails (build, hang, protocol violation); a difference is a result.
 */
export async function verify(net, hw, design, images, options) {
    const seed = options.seed ?? 1;
    const streams = options.outputsOnly
        ? hw.outputs.map((o) => ({ ...o.stream, laneBits: portLaneBits(o.stream) }))
        : watched(hw);
    const portOf = (i) => (options.outputsOnly ? outputPort(hw, i) : `probe_${i}`);
    const names = streams.map((s) => s.tensor.name);
    const golden = images.map((image) => runInteger(net, image, { keep: [...names, net.outputs[0]] }));
    const busy = 1 / ((1 - (options.sourceStall ?? 0)) * (1 - (options.sinkStall ?? 0)));
    const beats = Math.max(hw.interval, ...streams.map((s) => s.beatsPerFrame));
    // Room for a full frame in every layer before the first result, and a margin that no live design needs.
    const maxCycles = Math.ceil(beats * (images.length + 2 + hw.blocks.length) * busy * 4 + 20_000);
    let partial;
    const bench = () => run(design, {
        sim: options.sim,
        seed,
        maxCycles,
        name: `verify ${hw.name}`,
        waves: options.waves === "mismatch" ? "onfail" : "off",
        ...(options.waveDir ? { waveDir: options.waveDir } : {}),
    }, async (tb) => {
        const source = tb.axisSource("s_axis", { pause: options.sourceStall ?? 0 });
        const sinks = hw.outputs.map((_, i) => tb.axisSink(outputPort(hw, i), { pause: options.sinkStall ?? 0 }));
        const monitors = streams.map((_, i) => tb.axisMonitor(portOf(i), { check: {} }));
        // Of these only the clocks count.
        const [entry, ...exits] = ["s_axis", ...hw.outputs.map((_, i) => outputPort(hw, i))].map((port) => tb.axisMonitor(port, { check: false }).beats);
        hw.outputs.forEach((o, i) => {
            tb.protocolCheck(outputPort(hw, i), { frameBeats: o.stream.beatsPerFrame });
        });
        await tb.reset(tb.signal("rst"));
        const start = tb.cycle;
        // Another initial state shows in the first frames after the reset: two of them are enough for it.
        const frames = tb.initRun === 0 ? images.length : Math.min(images.length, 2);
        const all = images.slice(0, frames).map((image) => packBeats(image, hw.input));
        const words = all[0].length / hw.input.beatsPerFrame;
        const joined = new Uint32Array(all.reduce((n, a) => n + a.length, 0));
        const last = new Uint8Array(joined.length / words);
        all.forEach((a, f) => {
            joined.set(a, f * a.length);
            last[(f + 1) * hw.input.beatsPerFrame - 1] = 1;
        });
        const sent = source.sendBeats(joined, words, last);
        const outputs = [];
        const compared = streams.map(() => 0);
        let values = 0;
        for (let f = 0; f < frames; f++) {
            for (const [i, sink] of sinks.entries()) {
                const frame = await sink.recv();
                const { stream } = hw.outputs[i];
                if (frame.tdata.length !== stream.beatsPerFrame)
                    throw new Error(`${outputPort(hw, i)}: frame ${f} has ${frame.tdata.length} beats instead of ${stream.beatsPerFrame}`);
            }
            // Every stream's part of this frame has passed before its last result leaves.
            for (const [i, s] of streams.entries()) {
                const n = (f + 1) * s.beatsPerFrame;
                await monitors[i].waitBeats(n);
                values += compare(s, golden[f].get(names[i]), monitors[i].beats, compared[i], f);
                compared[i] = n;
            }
            outputs.push([...golden[f].get(net.outputs[0]).data]);
            if (tb.initRun === 0)
                options.onProgress?.(f + 1);
        }
        await sent;
        if (tb.initRun > 0)
            return;
        const intervals = images.length > 1
            ? streams.map((s, i) => ({ stream: s.name, clocks: frameDistance(monitors[i].beats, s, images.length) }))
            : [];
        partial = {
            sim: options.sim,
            seed,
            frames: images.length,
            values,
            streams: streams.length,
            clocks: tb.cycle - start,
            latency: Math.max(...exits.map((e, i) => e.cycle(hw.outputs[i].stream.beatsPerFrame - 1))) - entry.cycle(0),
            firstLatency: Math.min(...exits.map((e) => e.cycle(0))) - entry.cycle(0),
            interval: intervals.length > 0 ? Math.max(...intervals.map((i) => i.clocks)) : undefined,
            intervals,
            outputs,
        };
    });
    try {
        await bench();
        return { ...partial, mismatch: undefined };
    }
    catch (e) {
        if (!(e instanceof MismatchError))
            throw e;
        const waves = failureOf(e)?.waves;
        return {
            sim: options.sim,
            seed,
            frames: images.length,
            values: 0,
            streams: streams.length,
            clocks: e.mismatch.clock,
            latency: 0,
            firstLatency: 0,
            interval: undefined,
            intervals: [],
            outputs: [],
            mismatch: { ...e.mismatch, ...(waves ? { waves } : {}) },
        };
    }
}
/** Clocks between the last beats of the last two of `frames` frames. */
function frameDistance(beats, { beatsPerFrame }, frames) {
    const end = frames * beatsPerFrame - 1;
    return beats.cycle(end) - beats.cycle(end - beatsPerFrame);
}
/** Compares one frame of a stream; throws the first difference. */
function compare(s, expected, beats, from, frame) {
    const perPixel = s.beatsPerFrame / s.pixels;
    const [, columns, channels] = s.tensor.shape;
    const { offset } = s.tensor;
    const place = (i) => ({
        row: Math.floor(i / channels / columns),
        column: Math.floor(i / channels) % columns,
        channel: i % channels,
    });
    for (let p = 0, i = 0; p < s.pixels; p++)
        for (let c = 0; c < s.channels; c++, i++) {
            const b = p * perPixel + Math.floor(c / s.lanes);
            const actual = laneOf(beats, from + b, c % s.lanes, s) - (offset?.[i % channels] ?? 0);
            if (actual !== expected.data[i])
                throw new MismatchError({
                    tensor: s.tensor.name,
                    stream: s.name,
                    frame,
                    beat: b,
                    ...place(i),
                    expected: expected.data[i],
                    actual,
                    clock: beats.cycle(from + b),
                });
        }
    const end = from + s.beatsPerFrame - 1;
    if (!beats.last(end))
        throw new MismatchError({
            tensor: s.tensor.name,
            stream: s.name,
            frame,
            beat: s.beatsPerFrame - 1,
            ...place(s.pixels * s.channels - 1),
            expected: "tlast on the frame's last beat",
            actual: "no tlast",
            clock: beats.cycle(end),
        });
    return s.pixels * s.channels;
}
