// A board behind its serial line in simulation: images in, answers out.
import { runInteger } from "../../golden/index.js";
import { run } from "../../testbench/lib/index.js";
import { outputPort, portLaneBits } from "../index.js";
/** Bytes of the line for one tensor: its values in order, the lowest byte first. */
const bytesOf = (t, bytes) => Array.from(t.data).flatMap((v) => Array.from({ length: bytes }, (_, b) => Math.floor(v / 256 ** b) & 255));
export const imageBytes = (hw, image) => bytesOf(image, portLaneBits(hw.input) / 8);
/** What the golden model answers to an image: the outputs one after another. */
export function goldenAnswer(net, hw, image) {
    const all = runInteger(net, image, { keep: net.outputs });
    return net.outputs.flatMap((name, i) => bytesOf(all.get(name), portLaneBits(hw.outputs[i].stream) / 8));
}
/** A conversation with a board: `ask` sends an image and gives the bytes of the answer. */
export const talk = (hw, design, options, script) => run(design, {
    sim: options.sim,
    seed: 1,
    maxCycles: options.maxCycles,
    name: `serial line of ${hw.name}`,
    ...(options.initSeeds ? { initSeeds: options.initSeeds } : {}),
}, async (tb) => {
    const { clocksPerBit } = options;
    if (options.button !== undefined)
        tb.signal("button").value = options.button;
    const tx = tb.uartSource(tb.signal("rxd"), { clocksPerBit });
    // Longer than the reset after configuration, also where the design runs at a fraction of this clock.
    await tb.cycles(25 * clocksPerBit);
    const rx = tb.uartSink(tb.signal("txd"), { clocksPerBit });
    await script(async (image) => {
        await tx.send(imageBytes(hw, image));
        const got = [];
        while (got.length < options.bytesOut)
            got.push(await rx.recv());
        return got;
    }, tb, (bytes) => tx.send(bytes));
    if (rx.count() > 0)
        throw new Error(`${outputPort(hw, 0)}: ${rx.count()} bytes that nobody asked for`);
});
