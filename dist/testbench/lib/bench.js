import { picoseconds } from "./design.js";
import { H } from "./layout.js";
/** A clock that the library drives. */
export class Clock {
    name;
    /** Nanoseconds. */
    period;
    index;
    #scheduler;
    constructor(scheduler, index, name, period) {
        this.#scheduler = scheduler;
        this.index = index;
        this.name = name;
        this.period = period;
    }
    /** Rising edges so far. */
    get cycle() {
        return this.#scheduler.cycles(this.index);
    }
    /** The next rising edge: outputs read as registers see them at it, what is written reaches the design after it. */
    rising() {
        return this.#scheduler.rising(this.index);
    }
    /** The next falling edge. */
    falling() {
        return this.#scheduler.falling(this.index);
    }
    /** `n` rising edges. */
    async cycles(n) {
        for (let i = 0; i < n; i++)
            await this.#scheduler.rising(this.index);
    }
    /** The first rising edge at which `predicate` holds. */
    until(predicate) {
        return this.#scheduler.until(this.index, predicate, brief(predicate));
    }
    /** Calls `work` at every rising edge, before any task wakes up; the result ends it. */
    onEdge(work) {
        const { hooks } = this.#scheduler.clocks[this.index];
        hooks.push(work);
        return () => {
            const i = hooks.indexOf(work);
            if (i >= 0)
                hooks.splice(i, 1);
        };
    }
}
const brief = (f) => {
    const s = String(f).replace(/\s+/g, " ");
    return s.length > 60 ? `${s.slice(0, 57)}...` : s;
};
/** Thrown by `withTimeout`. */
export class TimeoutError extends Error {
    constructor(ns) {
        super(`nothing came within ${ns} ns`);
        this.name = "TimeoutError";
    }
}
/** What agents are made on: the design's ports, its clocks, triggers, tasks and random numbers. `Tb` adds the agents. */
export class Bench {
    dut;
    /** The first clock. */
    clk;
    clocks;
    /** Seeded random numbers of this run. */
    rand;
    seed;
    sim;
    /** 0 in the first run of the bench, 1 in the one with the second random initial state, and so on. */
    initRun;
    /** What the library's own agents need besides: native stream records, drivers, the scheduler. */
    host;
    #scheduler;
    /** Made by `run`. */
    constructor(host, dut, clocks, rand, initRun = 0) {
        const { scheduler } = host;
        this.#scheduler = scheduler;
        this.host = host;
        this.dut = dut;
        this.clk = clocks[0];
        this.clocks = Object.fromEntries(clocks.map((c) => [c.name, c]));
        this.rand = rand;
        this.seed = rand.seed;
        this.sim = scheduler.backend.sim;
        this.initRun = initRun;
    }
    /** Rising edges of the first clock so far. */
    get cycle() {
        return this.#scheduler.cycles();
    }
    /** Simulated time in nanoseconds. */
    get time() {
        return this.#scheduler.now / 1000;
    }
    /** What the design has printed so far. */
    get log() {
        return this.#scheduler.log;
    }
    /** A port by a name that is computed. Throws a TypeError when there is none. */
    signal(name) {
        return this.dut[name];
    }
    /** The next rising edge of the first clock. */
    rising() {
        return this.#scheduler.rising(0);
    }
    /** The next falling edge of the first clock. */
    falling() {
        return this.#scheduler.falling(0);
    }
    /** `n` rising edges of the first clock. */
    cycles(n) {
        return this.clk.cycles(n);
    }
    /** `ns` nanoseconds. */
    timer(ns) {
        return this.#scheduler.timer(picoseconds(ns));
    }
    /** The first rising edge of the first clock at which `predicate` holds. */
    until(predicate) {
        return this.clk.until(predicate);
    }
    /** Everything has settled after the present edge and writes; nothing may be written until time has moved on. */
    readOnly() {
        return this.#scheduler.settled();
    }
    /** The first of several triggers, tasks or promises; triggers that lose are given up. */
    async first(...of) {
        const promises = of.map(waitable);
        try {
            return (await Promise.race(promises));
        }
        finally {
            this.#scheduler.abandon(promises);
        }
    }
    /** All of several triggers, tasks or promises. */
    async all(...of) {
        return Promise.all(of.map(waitable));
    }
    /** The promise's value. Throws a TimeoutError when it does not come within `ns` nanoseconds. */
    async withTimeout(promise, ns) {
        const late = Symbol("late");
        const r = await this.first(promise, this.timer(ns).then(() => late));
        if (r === late)
            throw new TimeoutError(ns);
        return r;
    }
    /** Runs `work` beside the bench. An exception in it fails the run at once. */
    start(work, name) {
        return this.#scheduler.start(work, name);
    }
    kill(task) {
        task.kill();
    }
    join(task) {
        return task.join();
    }
    /** Holds an active-high reset for `cycles` clocks; stream agents are idle meanwhile, and X is looked for afterwards. */
    async reset(signal, options = {}) {
        const active = options.active ?? 1;
        const m = this.#scheduler.memory;
        // First what throws after the end of the run: the memory may belong to another one then.
        signal.value = active;
        m[H.RESET_EDGES] = 0;
        m[H.IN_RESET] = 1;
        await this.clk.cycles(options.cycles ?? 4);
        signal.value = 1 - active;
        m[H.IN_RESET] = 0;
        m[H.CHECK_X] = 1;
    }
    /** True while `reset` holds the reset: agents are idle then. */
    get inReset() {
        return this.#scheduler.memory[H.IN_RESET] === 1;
    }
    /** True when the design has a port of this name; for the optional signals of a bus. */
    hasPort(name) {
        return Object.hasOwn(this.dut, name);
    }
    /**
     * The ports `<prefix>_<name>` of a bus. Throws a TypeError that names `who` and the missing port, or the driver that a
     * port in `drives` has already.
     */
    bus(who, prefix, ports) {
        const bus = {};
        const full = (name) => (prefix ? `${prefix}_${name}` : name);
        const missing = ports.required.filter((name) => !this.hasPort(full(name)));
        if (missing.length)
            throw new TypeError(`${who} ${prefix}: ${this.host.top} has no port ${full(missing[0])}; its ports are ${this.host.ports.map((p) => p.name).join(", ")}`);
        for (const name of [...ports.required, ...(ports.optional ?? [])])
            if (this.hasPort(full(name)))
                bus[name] = this.signal(full(name));
        for (const name of ports.drives)
            if (bus[name])
                this.claim(bus[name], `${who} ${prefix}`);
        return bus;
    }
    /** Notes that `who` drives an input. Throws a TypeError when it is none or has another driver. */
    claim(signal, who) {
        if (signal.direction !== "input")
            throw new TypeError(`${who}: ${signal.name} is an output of ${this.host.top}; an agent of the other side belongs there`);
        const owner = this.host.driven.get(signal.name);
        if (owner)
            throw new TypeError(`${who}: ${signal.name} is driven by ${owner} already`);
        this.host.driven.set(signal.name, who);
    }
    /** Fails the run with an error, wherever it is called. */
    fail(error) {
        this.host.violation(error);
    }
}
const waitable = (x) => x !== null && typeof x === "object" && "join" in x && typeof x.join === "function" && "kill" in x
    ? x.join()
    : x;
