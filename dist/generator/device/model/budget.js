// Designs of a network by the clocks that a frame may take, their resources by the model, and what fits a device.
import { defaultSchedule, schedule } from "../../5-schedule/schedule.js";
import { lower } from "../../6-lower/lower.js";
import { Report } from "../../diagnostics/diagnostics.js";
import { none, plus } from "../flow/netlist.js";
import { estimateBlock, estimateCell, estimateLayers, rounded, shortages } from "./model.js";
/** What the other resources weigh against a lookup table; block RAM is dear where it has run out. */
const WEIGHTS = { ff: 0.25, bram: { logic: 100, memory: 3000 }, dsp: 150 };
const weigh = (c, aim) => c.lut + WEIGHTS.ff * c.ff + WEIGHTS.bram[aim] * c.bram + WEIGHTS.dsp * c.dsp;
/** The designs of one network on one family; what was priced once is not priced again. */
export class Designs {
    net;
    options;
    #costs = new Map();
    constructor(net, options) {
        this.net = net;
        this.options = options;
    }
    /** One node alone behind streams of these lanes, its width converters with it. */
    #cost(item, producers) {
        const key = JSON.stringify([item.node.name, item.fold, producers]);
        const known = this.#costs.get(key);
        if (known)
            return known;
        const { node } = item;
        // The node as a network: what it reads is the input, of the first producer's lanes.
        const edge = node.inputs[0];
        const alone = { ...node, inputs: node.inputs.map(() => edge) };
        const net = { ...this.net, inputEdge: edge, nodes: [alone], outputs: [node.output] };
        const plan = {
            nodes: [{ ...item, node: alone }],
            inputLanes: producers[0],
            interval: item.cycles,
            bottleneck: node.name,
            clockMHz: this.options.clockMHz,
            joinDepths: new Map(),
        };
        const { kernel, family, dsp } = this.options;
        const hw = lower(net, plan, { kernel, family });
        const cost = estimateBlock(hw.blocks.at(-1), family, dsp);
        this.#costs.set(key, cost);
        return cost;
    }
    price = (aim) => (item, producers) => weigh(this.#cost(item, producers), aim);
    /** The design of least logic in which a frame takes `clocks` at most, or else the fastest; one pixel a beat or several. */
    at(clocks, aim = "logic", severalPixels = false) {
        const report = new Report();
        const { clockMHz, kernel, family, dsp } = this.options;
        const plan = schedule(this.net, { clockMHz, clocks, price: this.price(aim), severalPixels }, report);
        if (!plan || report.failed)
            return { ok: false, diagnostics: report.list };
        const hardware = lower(this.net, plan, { kernel, family });
        return {
            ok: true,
            value: { schedule: plan, hardware, ...estimateLayers(hardware, family, dsp) },
            diagnostics: report.list,
        };
    }
    /** The same, with other folds where block RAM is what a target lacks. */
    within(clocks, fits, severalPixels = false) {
        const logic = this.at(clocks, "logic", severalPixels);
        if (!logic.ok || fits(logic.value.total))
            return logic;
        const memory = this.at(clocks, "memory", severalPixels);
        return memory.ok && fits(memory.value.total) ? memory : logic;
    }
    /** The design of least logic for a rate, or for the default one lowered to what is within reach; AN5002 beyond it. */
    forRate(fps, fits) {
        const { clockMHz } = this.options;
        const report = new Report();
        // Without prices: the message about a rate out of reach is the schedule's.
        const plan = schedule(this.net, { clockMHz, fps }, report);
        if (!plan)
            return { ok: false, diagnostics: report.list };
        return this.within(Math.floor((clockMHz * 1e6) / (fps ?? defaultSchedule.fps)), fits, fps !== undefined);
    }
    /** Clocks of a frame from those of the slowest design to those of the fastest, each about `ratio` times fewer. */
    steps(ratio) {
        const ends = [Number.MAX_SAFE_INTEGER, 1].map((clocks) => {
            const report = new Report();
            return { plan: schedule(this.net, { clockMHz: this.options.clockMHz, clocks }, report), list: report.list };
        });
        const [slow, fast] = ends.map((e) => e.plan?.interval);
        if (slow === undefined || fast === undefined)
            return { ok: false, diagnostics: ends[0].list };
        const found = [slow];
        for (let c = slow / ratio; c > fast * Math.sqrt(ratio); c /= ratio)
            found.push(Math.floor(c));
        if (fast < slow)
            found.push(fast);
        return { ok: true, value: [...new Set(found)], diagnostics: [] };
    }
}
/** Cells of a board's serial line around an accelerator, by the model. */
export function serialCost(net, target) {
    const { board } = target;
    const serial = board?.serial;
    if (!serial)
        return none;
    const bytes = (edge) => {
        const { shape, bits } = net.edges[edge];
        return shape.reduce((a, b) => a * b) * Math.ceil(bits / 8);
    };
    const perBit = Math.round((board.clock.MHz * 1e6) / serial.baud);
    const answer = net.outputs.map((e) => ({ bytes: bytes(e), wide: Math.ceil(net.edges[e].bits / 8) }));
    const cells = [
        ["board_reset", { CLOCKS: 63 }],
        ["uart_rx", { CLKS_PER_BIT: perBit }],
        ["uart_tx", { CLKS_PER_BIT: perBit }],
        ["serial_frame", { BYTES: bytes(net.inputEdge), IDLE: 5760 * perBit }],
        ["axis_sequence", { WIDTH: 8, N: answer.length }],
        ...answer
            .filter((a) => a.wide > 1)
            .map((a) => [
            "axis_narrow",
            { BITS: 8, IN_LANES: a.wide, OUT_LANES: 1, CHANNELS: a.bytes },
        ]),
        ...answer
            .slice(1)
            .map((a) => ["axis_fifo", { WIDTH: 8 * a.wide, DEPTH: a.bytes / a.wide }]),
    ];
    return rounded(cells.reduce((sum, [cell, params]) => plus(sum, estimateCell(cell, params, target.family, false)), none));
}
/** Share of a device's lookup tables and flip-flops that a design may take by the model: place and route needs room. */
export const ROOM = 0.85;
/** What keeps a network off a device: even the slowest design is too large. */
export class TooLarge extends Error {
    shortages;
    constructor(list) {
        super(list.map((s) => s.what).join(", "));
        this.shortages = list;
    }
}
/**
 * The fastest design that fits a target's device beside what is there already. Throws TooLarge where none does. A target
 * without a device has room for everything.
 */
export function fastestWithin(designs, target, beside, share = ROOM) {
    const lacks = (c) => shortages(plus(c, beside), target, share);
    const fits = (c) => lacks(c).length === 0;
    const steps = designs.steps(1.3);
    if (!steps.ok)
        return steps;
    const at = (clocks) => designs.within(clocks, fits);
    const first = at(steps.value[0]);
    if (!first.ok)
        return first;
    if (!fits(first.value.total))
        throw new TooLarge(lacks(first.value.total));
    let best = first.value;
    let over;
    // Steps below `low` fit, those from `high` on do not.
    let [low, high] = [0, steps.value.length];
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        const d = at(steps.value[middle]);
        if (!d.ok)
            return d;
        if (fits(d.value.total))
            [low, best] = [middle, d.value];
        else
            [high, over] = [middle, d.value];
    }
    // Between the two steps, to about a hundredth.
    let [slow, fast] = [best.schedule.interval, over?.schedule.interval ?? best.schedule.interval];
    while (over && slow - fast > Math.max(1, fast / 100)) {
        const middle = (slow + fast) >> 1;
        const d = at(middle);
        if (!d.ok)
            return d;
        if (fits(d.value.total)) {
            best = d.value;
            slow = Math.min(middle, d.value.schedule.interval);
        }
        else {
            over = d.value;
            fast = middle;
        }
    }
    return { ok: true, value: { design: best, binding: over ? lacks(over.total) : [] }, diagnostics: [] };
}
