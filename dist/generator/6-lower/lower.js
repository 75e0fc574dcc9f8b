// Stage 6: every scheduled node becomes instances of cells; streams are connected, converted in width and forked.
import { axisAdd } from "../cells/axis_add.js";
import { axisFifo } from "../cells/axis_fifo.js";
import { axisFork } from "../cells/axis_fork.js";
import { axisNarrow } from "../cells/axis_narrow.js";
import { axisWiden } from "../cells/axis_widen.js";
import { numbersOf } from "../cells/define.js";
import { streamCell } from "../cells/index.js";
import { fileName, verilogName } from "../names/names.js";
import { edgeStream, gcd, pixelsOf } from "../ops/define.js";
import { hardwareOf } from "../ops/index.js";
import { kernelFor } from "../targets/families.js";
import { memoryStyle } from "../targets/memory.js";
import { latencyOf, waitingAt } from "./latency.js";
/** Lowers twice where beats must wait: only the wired design tells how many, and at which inputs. */
export function lower(net, plan, options) {
    const first = new Lowering(net, plan, options);
    const graph = first.run();
    const doors = [...first.doors];
    const waiting = waitingAt(graph, plan.interval, doors.map(([, d]) => d));
    const room = new Map(doors.map(([key, d], i) => [key, waiting[i] > d.depth ? waiting[i] : 0]));
    return [...room.values()].some((n) => n > 0) ? new Lowering(net, plan, options, room).run() : graph;
}
/** A place in front of a node's input: in beats of its own, or in front of the converter that splits wider ones. */
const doorKey = (block, input, side) => `${block}.${input}.${side}`;
/** Names that the emitted top uses itself. */
const reserved = ["clk", "rst", "s_axis", "m_axis", "mem_dir"];
class Lowering {
    #net;
    #plan;
    #options;
    #names = new Set(reserved);
    #files = new Set();
    #streams = [];
    #memories = [];
    #blocks = [];
    /** Streams still to be handed out, by edge: one for every reader. */
    #supply = new Map();
    /** Clocks that the beats of a stream come behind the network's input through registers alone. */
    #skews = new Map();
    /** Beats that find room at the inputs of nodes, where these need more than they have by themselves. */
    #room;
    /** Inputs of nodes, and the room they have. */
    doors = new Map();
    prefix;
    constructor(net, plan, options, room = new Map()) {
        this.#room = room;
        this.#net = net;
        this.#plan = plan;
        this.#options = options;
        this.prefix = verilogName(net.name);
    }
    run() {
        const { inputEdge } = this.#net;
        const input = this.#stream(verilogName(inputEdge, this.#names), edgeStream(inputEdge, this.#net.edges[inputEdge], this.#plan.inputLanes));
        const readers = new Map();
        for (const e of [...this.#net.nodes.flatMap((n) => n.inputs), ...this.#net.outputs])
            readers.set(e, (readers.get(e) ?? 0) + 1);
        this.#give(inputEdge, input, readers.get(inputEdge) ?? 0);
        for (const item of this.#plan.nodes) {
            const block = new BlockBuilder(this, item);
            const out = hardwareOf(item.node).lower(item.node, item.types, item.fold, block);
            this.#give(item.node.output, out, readers.get(item.node.output) ?? 0, block);
            this.#blocks.push(block.done());
        }
        const taken = new Set();
        const outputs = this.#net.outputs.map((e) => ({ name: verilogName(e, taken), stream: this.take(e) }));
        return {
            name: this.prefix,
            blocks: this.#blocks,
            streams: this.#streams,
            memories: this.#memories,
            input,
            outputs,
            interval: this.#plan.interval,
            bottleneck: this.#plan.bottleneck,
            latency: latencyOf({ blocks: this.#blocks, input, outputs }),
        };
    }
    get kernel() {
        return this.#options.kernel;
    }
    get family() {
        return this.#options.family;
    }
    joinDepth(node, input) {
        return this.#plan.joinDepths.get(node)?.[input] ?? 0;
    }
    room(door) {
        return this.#room.get(door) ?? 0;
    }
    blockName(name) {
        return verilogName(name, this.#names);
    }
    instanceName(name) {
        return verilogName(name, this.#names);
    }
    #stream(name, shape) {
        const { tensor, ...rest } = shape;
        const s = { name, ...rest, ...(tensor ? { tensor } : {}) };
        this.#streams.push(s);
        return s;
    }
    newStream(name, shape) {
        return this.#stream(verilogName(name, this.#names), shape);
    }
    memory(name, wordBits, words, layout) {
        const m = { file: fileName(`${this.prefix}_${name}.mem`, this.#files), wordBits, words, layout };
        this.#memories.push(m);
        return m;
    }
    skew(s) {
        return this.#skews.get(s.name) ?? 0;
    }
    delay(from, to, clocks) {
        const before = Math.max(0, ...from.map((s) => this.skew(s)));
        for (const s of to)
            this.#skews.set(s.name, before + clocks);
    }
    /** The stream that `take` gives next. */
    peek(edge) {
        return this.#supply.get(edge)?.[0];
    }
    take(edge) {
        const s = this.#supply.get(edge)?.shift();
        if (!s)
            throw new Error(`no stream left for edge ${edge}`);
        return s;
    }
    #give(edge, stream, readers, block) {
        if (readers <= 1) {
            this.#supply.set(edge, [stream]);
            return;
        }
        // The input has no block of its own: its fork stands in one named after it.
        const own = block ?? new BlockBuilder(this, undefined, edge);
        this.#supply.set(edge, own.fork(stream, readers));
        if (!block)
            this.#blocks.push(own.done());
    }
}
class BlockBuilder {
    #lowering;
    #item;
    #name;
    #title;
    #instances = [];
    #facts = [];
    /** Clocks by which the inputs of a join lie behind the network's input, converters of their width among them. */
    #skews;
    constructor(lowering, item, title = item.node.name) {
        this.#lowering = lowering;
        this.#item = item;
        this.#skews = (item?.node.inputs ?? []).map((edge) => {
            const s = lowering.peek(edge);
            const common = gcd(s.lanes, item.lanesIn);
            return lowering.skew(s) + (s.lanes > common ? 1 : 0) + (item.lanesIn > common ? item.lanesIn / common : 0);
        });
        this.#title = title;
        this.#name = lowering.blockName(title);
    }
    kernel(pe, simd, depthwise) {
        return kernelFor(this.#lowering.kernel, pe, simd, depthwise);
    }
    input(i, lanes, depth = 0) {
        const from = this.#lowering.take(this.#item.node.inputs[i]);
        const common = gcd(from.lanes, lanes);
        const gathers = common < lanes;
        // Wide beats that come faster than the converter splits them wait whole.
        const wide = from.lanes > common ? this.#waiting(from, i, "wide", { joins: !gathers }) : from;
        const own = this.#converted(wide, i, lanes);
        // Beats are gathered before they wait: a join that takes its inputs in turn finds them at one a clock.
        const joins = gathers || from.lanes === lanes;
        return this.#waiting(own, i, "own", { joins, least: depth, pace: lanes / common });
    }
    #converted(from, i, lanes) {
        if (from.lanes === lanes)
            return from;
        const edge = this.#item.node.inputs[i];
        const type = this.#item.types.inputs[i];
        const common = gcd(from.lanes, lanes);
        let s = from;
        if (common < s.lanes)
            s = this.#convert("narrow", axisNarrow, s, edgeStream(edge, type, common));
        if (common < lanes)
            s = this.#convert("widen", axisWiden, s, edgeStream(edge, type, lanes));
        return s;
    }
    /**
     * Room of `least` beats at an input, and more where they must wait, or wait for another input if it `joins` here; a
     * beat comes every `pace` clocks at most.
     */
    #waiting(from, i, side, o) {
        const { least = 0, pace = 1 } = o;
        const door = doorKey(this.#name, i, side);
        const pixels = o.joins ? this.#lowering.joinDepth(this.#item.node.name, i) : 0;
        const tokens = Math.ceil((pixels * from.beatsPerFrame) / pixelsOf(this.#item.types.inputs[i]));
        const joined = tokens === 0 ? 0 : tokens + Math.ceil(this.#lag(from, i) / pace);
        const depth = Math.max(least, joined, this.#lowering.room(door));
        const leaves = depth === 0 ? from : this.#fifo(from, depth);
        this.#lowering.doors.set(door, { arrives: from, leaves, depth });
        if (depth > least)
            this.fact("waits", `${this.#item.node.inputs[i]}: FIFO of ${depth} beats`);
        return leaves;
    }
    /** Clocks in which beats may come at input `i` while those of the others are still in registers on their way. */
    #lag(from, i) {
        // Inputs behind the second one wait for the joins before theirs as well.
        const joins = Math.max(0, i - 1) * clocksOf(axisAdd);
        return Math.max(0, Math.max(...this.#skews) - this.#lowering.skew(from)) + joins + clocksOf(axisFifo);
    }
    #convert(label, cell, from, to) {
        // Whole beats on both sides: of a pixel, or of the several pixels of one beat.
        const channels = Math.max(from.channels, to.channels);
        const params = { BITS: from.laneBits, IN_LANES: from.lanes, OUT_LANES: to.lanes, CHANNELS: channels };
        return this.through(label, cell, params, from, to);
    }
    through(label, cell, params, from, to) {
        const out = this.#lowering.newStream(`${this.#name}_${label}`, to);
        this.#instance(label, cell, params, [from], [out]);
        return out;
    }
    join(label, cell, params, from, to) {
        const out = this.#lowering.newStream(`${this.#name}_${label}`, to);
        this.#instance(label, cell, params, from, [out]);
        return out;
    }
    rename(from, to) {
        // The wires stay; what they mean from here on is the new shape.
        const { tensor, ...rest } = to;
        return { name: from.name, ...rest, ...(tensor ? { tensor } : {}) };
    }
    fork(from, readers) {
        const { name: _, ...shape } = from;
        const outs = Array.from({ length: readers }, (_, i) => this.#lowering.newStream(`${this.#name}_branch_${i}`, shape));
        this.#instance("fork", axisFork, { WIDTH: from.lanes * from.laneBits, N: readers }, [from], outs);
        // A copy: the supply takes streams out of its list.
        return [...outs];
    }
    #fifo(from, depth) {
        const { name: _, ...shape } = from;
        return this.through("fifo", axisFifo, { WIDTH: from.lanes * from.laneBits, DEPTH: depth }, from, shape);
    }
    memory(label, wordBits, words, layout) {
        return this.#lowering.memory(`${this.#name}_${label}`, wordBits, words, layout);
    }
    fact(label, text) {
        this.#facts.push([label, text]);
    }
    #instance(label, cell, params, from, to) {
        // Whatever is instantiated is in the registry, where the walk over the design and the estimates look.
        streamCell(cell.module);
        const numbers = numbersOf(cell, params);
        const { in: inputs, out: outputs } = cell.ports(numbers);
        const given = { ...params, ...this.#styles(cell, params) };
        this.#instances.push({
            name: this.#lowering.instanceName(`u_${this.#name}_${label}`),
            cell: cell.module,
            params: Object.fromEntries(Object.keys(cell.params).flatMap((k) => (k in given ? [[k, given[k]]] : []))),
            ports: [...connected(inputs, "in", from), ...connected(outputs, "out", to)],
        });
        // One that gathers beats waits for all of them.
        this.#lowering.delay(from, to, cell.fill(numbers) + (cell.gathers?.(numbers) ?? 0));
    }
    /** Places of an instance's memories, where the tool is not to choose. */
    #styles(cell, params) {
        const styles = {};
        for (const [name, kind] of Object.entries(cell.params)) {
            const memory = kind === "style" ? params[name.replace(/_STYLE$/, "_FILE")] : undefined;
            if (typeof memory !== "object")
                continue;
            const style = memoryStyle(this.#lowering.family, memory.words.length, memory.wordBits);
            if (style !== "auto")
                styles[name] = style;
        }
        return styles;
    }
    done() {
        const item = this.#item;
        const op = item && hardwareOf(item.node);
        return {
            name: this.#name,
            title: this.#title,
            path: item?.node.path ?? ["input"],
            facts: item && op ? [["formula", op.formula(item.node, item.types)], ...typeFacts(item), ...this.#facts] : this.#facts,
            instances: this.#instances,
            pe: item?.fold.pe ?? 1,
            simd: item?.fold.simd ?? 1,
            pixels: item?.fold.pixels ?? 1,
            lanes: item?.lanes ?? 0,
            cyclesPerFrame: item?.cycles ?? 0,
            operations: item && op ? op.operations(item.node, item.types) : 0,
        };
    }
}
/** Clocks through a cell whose parameters do not matter for them. */
const clocksOf = (cell) => cell.fill(numbersOf(cell, {}));
/** Ports with their streams, in the order of the cell; the only port takes all of them. */
function connected(ports, direction, streams) {
    const names = Object.entries(ports);
    return names.map(([port, bits], i) => {
        const own = names.length === 1 ? streams : [streams[i]];
        for (const s of own)
            if (s.lanes * s.laneBits !== bits)
                throw new Error(`${s.name} has ${s.lanes} x ${s.laneBits} bits, its port ${port} ${bits}`);
        return { port, direction, streams: own };
    });
}
function typeFacts({ node, types }) {
    const text = (t) => `${t.shape.join(" x ")}, ${t.bits} bits ${t.signed ? "signed" : "unsigned"}, value = ${Number(t.scale.toPrecision(6))} * ${t.zeroPoint ? `(q - ${t.zeroPoint})` : "q"}`;
    return [
        ["layers", node.layers.join(", ")],
        ["in", types.inputs.map(text).join("; ")],
        ["out", text(types.output)],
    ];
}
