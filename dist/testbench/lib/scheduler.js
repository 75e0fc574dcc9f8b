import { A, C, CLOCK_WORDS, COMMAND, H, REASON, STATUS } from "./layout.js";
import { findDrain } from "./microtasks.js";
/** Thrown inside a task that was killed, so that its `finally` blocks run. */
export class TaskKilled extends Error {
    constructor(name) {
        super(`task ${name} was killed`);
        this.name = "TaskKilled";
    }
}
/** Somebody who waits, and for what. */
export class Waiter {
    task;
    what;
    /** Where in the bench, when sites are recorded. */
    site;
    promise;
    done = false;
    value = undefined;
    error = undefined;
    /** The list that holds the waiter, unless `remove` knows better. */
    list = undefined;
    remove = undefined;
    resolve;
    reject;
    constructor(task, what, site) {
        this.task = task;
        this.what = what;
        this.site = site;
        this.promise = new Promise((resolve, reject) => {
            this.resolve = resolve;
            this.reject = reject;
        });
    }
    /** Takes the waiter out of whatever holds it. */
    cancel() {
        if (this.remove)
            this.remove();
        else if (this.list) {
            const i = this.list.indexOf(this);
            if (i >= 0)
                this.list.splice(i, 1);
        }
    }
}
/** A function of the bench that runs beside others. */
export class Task {
    name;
    site;
    state = "running";
    #scheduler;
    #value;
    /** Those who join. */
    joiners = [];
    waiting;
    constructor(scheduler, name, site) {
        this.#scheduler = scheduler;
        this.name = name;
        this.site = site;
    }
    get done() {
        return this.state !== "running";
    }
    /** What the task returned; undefined until then. */
    get result() {
        return this.#value;
    }
    /** Waits for the end of the task; its value, or undefined when it was killed. */
    join() {
        if (this.done)
            return Promise.resolve(this.#value);
        return this.#scheduler.wait(() => `the end of task ${this.name}`, this.joiners);
    }
    /** Ends the task where it waits: its `finally` blocks run, nothing else. */
    kill() {
        if (this.done)
            return;
        this.state = "killed";
        const w = this.waiting;
        if (w && !w.done) {
            w.cancel();
            w.error = new TaskKilled(this.name);
            this.#scheduler.wake(w);
        }
        this.#scheduler.wakeAll(this.joiners, undefined);
    }
    /** For the scheduler. */
    finish(value) {
        if (this.done)
            return;
        this.state = "finished";
        this.#value = value;
        this.#scheduler.wakeAll(this.joiners, value);
    }
}
const SLICE_MS = 50;
const IDLE_MS = 20_000;
/** Moves simulated time on whenever every task of the bench waits, and wakes tasks in the order in which they waited. */
export class Scheduler {
    backend;
    memory;
    clocks;
    log = [];
    agents = [];
    tasks = new Set();
    failure;
    /** Recording where each wait is written costs microseconds: only when a failed run is repeated. */
    sites = false;
    onLog;
    #current;
    main;
    #ready = [];
    #timers = [];
    #settled = [];
    #context;
    #taskCount = 0;
    #over = false;
    constructor(backend, clockNames, context) {
        this.backend = backend;
        this.memory = backend.memory;
        this.#context = context;
        this.clocks = clockNames.map((name) => ({
            name,
            riseText: () => `a rising edge of ${name}`,
            fallText: () => `a falling edge of ${name}`,
            rise: [],
            fall: [],
            until: [],
            hooks: [],
        }));
        this.main = new Task(this, "main", "");
        this.#current = this.main;
    }
    /** Rising edges of a clock so far. */
    cycles(clock = 0) {
        return this.memory[H.CLOCK_TABLE + clock * CLOCK_WORDS + C.CYCLES];
    }
    /** Picoseconds since the start. */
    get now() {
        return this.memory[H.NOW_LO] + this.memory[H.NOW_HI] * 2 ** 32;
    }
    get current() {
        return this.#current;
    }
    /** A promise for the present task, put into `list`; whoever takes it from there passes it to `wake`. */
    wait(what, list) {
        const task = this.#current;
        if (task.state === "killed")
            return Promise.reject(new TaskKilled(task.name));
        const w = new Waiter(task, what, this.sites ? callSite() : "");
        w.list = list;
        list.push(w);
        task.waiting = w;
        return w.promise;
    }
    #enlist(what, add) {
        const task = this.#current;
        if (task.state === "killed")
            return Promise.reject(new TaskKilled(task.name));
        const w = new Waiter(task, what, this.sites ? callSite() : "");
        w.remove = add(w);
        task.waiting = w;
        return w.promise;
    }
    rising(clock) {
        const c = this.clocks[clock];
        return this.wait(c.riseText, c.rise);
    }
    falling(clock) {
        const c = this.clocks[clock];
        return this.wait(c.fallText, c.fall);
    }
    timer(ps) {
        const at = this.now + ps;
        return this.#enlist(() => `the time ${at / 1000} ns`, (waiter) => {
            let i = this.#timers.length;
            while (i > 0 && this.#timers[i - 1].at > at)
                i--;
            const timed = { waiter, at };
            this.#timers.splice(i, 0, timed);
            return () => {
                const k = this.#timers.indexOf(timed);
                if (k >= 0)
                    this.#timers.splice(k, 1);
            };
        });
    }
    settled() {
        if (this.#context.readOnly)
            return Promise.resolve();
        return this.wait(() => "the read-only phase", this.#settled);
    }
    until(clock, predicate, text) {
        const list = this.clocks[clock].until;
        return this.#enlist(() => `until(${text})`, (waiter) => {
            const polled = { waiter, predicate };
            list.push(polled);
            return () => {
                const i = list.indexOf(polled);
                if (i >= 0)
                    list.splice(i, 1);
            };
        });
    }
    /** Gives up waits that are no longer needed. */
    abandon(promises) {
        const lists = [this.#settled, ...this.clocks.flatMap((c) => [c.rise, c.fall, c.until.map((u) => u.waiter)])];
        for (const list of [...lists, this.#timers.map((t) => t.waiter), ...this.agents.flatMap((a) => a.waiters())])
            for (const w of [...list])
                if (!w.done && promises.includes(w.promise)) {
                    w.done = true;
                    w.cancel();
                }
    }
    /** Lets a waiter go on; it runs before time moves. */
    wake(w, value) {
        if (w.done)
            return;
        w.done = true;
        w.value = value;
        this.#ready.push(w);
    }
    wakeAll(list, value) {
        for (const w of list.splice(0))
            this.wake(w, value);
    }
    start(work, name) {
        const task = new Task(this, name ?? `#${++this.#taskCount}`, this.sites ? callSite() : "");
        this.launch(task, work);
        return task;
    }
    launch(task, work) {
        this.tasks.add(task);
        const previous = this.#current;
        this.#current = task;
        let running;
        try {
            running = Promise.resolve(work());
        }
        catch (e) {
            running = Promise.reject(e);
        }
        finally {
            this.#current = previous;
        }
        running.then((value) => {
            this.tasks.delete(task);
            task.finish(value);
        }, (e) => {
            this.tasks.delete(task);
            if (task.state === "killed")
                return;
            task.state = "failed";
            this.fail(e, task.name);
        });
    }
    fail(e, task) {
        this.failure ??= { error: e instanceof Error ? e : new Error(String(e)), task };
    }
    /** Runs `work` as the main task until it ends or anything fails. Never rejects: look at `failure`. */
    run(work) {
        return new Promise((resolve) => {
            let value;
            // From setImmediate, because microtasks cannot be run from inside one.
            setImmediate(() => {
                this.launch(this.main, work);
                const finish = () => {
                    value = this.main.result;
                    this.#over = true;
                    resolve(value);
                };
                const drain = findDrain();
                if (drain)
                    setImmediate(() => this.#loop(drain, finish));
                else
                    void this.#loopByTurns(finish);
            });
        });
    }
    #finishedBy(finish) {
        if (!this.failure && !this.main.done && !this.finished)
            return false;
        finish();
        return true;
    }
    // Everybody waits for something outside the simulation, such as a file: when that began. Fails the run in the end.
    #idle = 0;
    #nobody() {
        if (this.#anybody()) {
            this.#idle = 0;
            return false;
        }
        this.#idle ||= performance.now();
        if (performance.now() - this.#idle > IDLE_MS)
            this.fail(new Error("nobody waits for the simulation, and nothing outside it has come for 20 s"));
        return true;
    }
    #loop(drain, finish) {
        const slice = () => {
            const start = performance.now();
            try {
                drain();
                this.#resume(drain);
                for (let n = 0;; n++) {
                    if (this.#finishedBy(finish))
                        return;
                    if (this.#nobody()) {
                        setTimeout(slice, 1);
                        return;
                    }
                    this.#advance();
                    this.#resume(drain);
                    if (this.#limit)
                        this.#hang();
                    if ((n & 255) === 255 || (this.memory[H.REASON] & REASON.SLICE) !== 0)
                        if (performance.now() - start > SLICE_MS) {
                            setImmediate(slice);
                            return;
                        }
                }
            }
            catch (e) {
                this.fail(e);
                finish();
            }
        };
        slice();
    }
    // The same in turns of the event loop.
    async #loopByTurns(finish) {
        const turn = () => new Promise((r) => setImmediate(r));
        try {
            for (;;) {
                await turn();
                for (let i = 0; i < this.#ready.length && !this.failure; i++) {
                    this.#deliver(this.#ready[i]);
                    await turn();
                }
                this.#ready.length = 0;
                this.#current = this.main;
                if (this.#limit)
                    this.#hang();
                if (this.#finishedBy(finish))
                    return;
                if (this.#nobody())
                    await new Promise((r) => setTimeout(r, 1));
                else
                    this.#advance();
            }
        }
        catch (e) {
            this.fail(e);
            finish();
        }
    }
    #deliver(w) {
        this.#current = w.task;
        if (w.task.waiting === w)
            w.task.waiting = undefined;
        if (w.error)
            w.reject(w.error);
        else
            w.resolve(w.value);
    }
    // One after the other, each until it waits again, so the order never depends on how deep the awaits are.
    #resume(drain) {
        const ready = this.#ready;
        for (let i = 0; i < ready.length; i++) {
            if (this.failure)
                break;
            this.#deliver(ready[i]);
            drain();
        }
        // Assigning the length is slow, and one is the usual number.
        if (ready.length === 1)
            ready.pop();
        else if (ready.length)
            ready.length = 0;
        this.#current = this.main;
    }
    #anybody() {
        if (this.#timers.length || this.#settled.length)
            return true;
        for (const c of this.clocks)
            if (c.rise.length || c.fall.length || c.until.length || c.hooks.length)
                return true;
        for (const a of this.agents)
            if (a.wants())
                return true;
        return false;
    }
    #advance() {
        const m = this.memory;
        let rise = 0;
        let fall = 0;
        for (let i = 0; i < this.clocks.length; i++) {
            const c = this.clocks[i];
            if (c.rise.length || c.until.length || c.hooks.length)
                rise |= 1 << i;
            if (c.fall.length)
                fall |= 1 << i;
        }
        m[H.WANT_RISE] = rise;
        m[H.WANT_FALL] = fall;
        m[H.WANT_SETTLED] = this.#settled.length ? 1 : 0;
        const timer = this.#timers[0];
        m[H.TIMER_LO] = timer ? timer.at % 2 ** 32 : 0;
        m[H.TIMER_HI] = timer ? Math.floor(timer.at / 2 ** 32) : 0;
        m[H.COMMAND] = COMMAND.RUN;
        this.#context.readOnly = false;
        this.backend.run();
        const reason = m[H.REASON];
        if (m[H.LOG_BYTES] !== 0)
            this.#readLog();
        if (reason & REASON.STATUS && m[H.STATUS] !== STATUS.RUNNING)
            this.#stopped(m[H.STATUS]);
        if (this.failure || this.finished)
            return;
        if (reason & REASON.SETTLED) {
            this.#context.readOnly = true;
            this.wakeAll(this.#settled);
            return;
        }
        if (reason & REASON.AGENT)
            this.serviceAgents();
        if (reason & REASON.EDGE)
            this.#edges(m[H.DID_RISE], m[H.DID_FALL]);
        if (reason & REASON.TIMER) {
            const now = this.now;
            while (this.#timers.length && this.#timers[0].at <= now)
                this.wake(this.#timers.shift().waiter);
        }
        // Those who were woken by this very edge may still end the run.
        if (reason & REASON.LIMIT && !this.#over)
            this.#limit = true;
    }
    #limit = false;
    #hang() {
        this.#limit = false;
        if (!this.main.done && !this.failure)
            this.fail(new HangError(this.cycles(), this.hangReport()));
    }
    #edges(rise, fall) {
        for (let i = 0; i < this.clocks.length; i++) {
            const c = this.clocks[i];
            if (rise & (1 << i)) {
                for (let k = 0; k < c.hooks.length; k++)
                    c.hooks[k]();
                if (c.rise.length === 1) {
                    this.wake(c.rise.pop());
                }
                else if (c.rise.length)
                    this.wakeAll(c.rise);
                if (c.until.length)
                    for (const p of [...c.until]) {
                        let hit;
                        try {
                            hit = p.predicate();
                        }
                        catch (e) {
                            p.waiter.cancel();
                            p.waiter.error = e instanceof Error ? e : new Error(String(e));
                            this.wake(p.waiter);
                            continue;
                        }
                        if (hit) {
                            p.waiter.cancel();
                            this.wake(p.waiter);
                        }
                    }
            }
            if (fall & (1 << i))
                this.wakeAll(c.fall);
        }
    }
    serviceAgents() {
        const m = this.memory;
        for (const a of this.agents) {
            const fired = m[a.at + A.FIRED];
            if (fired) {
                m[a.at + A.FIRED] = 0;
                a.service(fired);
            }
        }
    }
    #readLog() {
        for (const e of this.backend.takeLog()) {
            this.log.push(e);
            this.onLog?.(e);
        }
    }
    /** Lets the simulation go on without the bench until `cycle` of the first clock, for waves behind a failure. */
    coast(cycle) {
        const m = this.memory;
        m[H.WANT_RISE] = 1;
        m[H.WANT_FALL] = m[H.WANT_SETTLED] = m[H.TIMER_LO] = m[H.TIMER_HI] = 0;
        m[H.MAX_CYCLES] = 0xffffffff;
        try {
            while (m[H.STATUS] === STATUS.RUNNING && this.cycles() < cycle)
                this.backend.run();
        }
        catch {
            // The simulator ended: the waves end with it.
        }
    }
    /** Collects what the last edge printed, and its failure if there is one. */
    finish() {
        this.backend.finish();
        this.#readLog();
        if (this.memory[H.STATUS] !== STATUS.RUNNING && !this.failure)
            this.#stopped(this.memory[H.STATUS]);
    }
    /** The design has called $finish, and that is no failure. */
    finished = false;
    /** Statuses that are no failure. */
    tolerate = new Set();
    #stopped(status) {
        if (this.tolerate.has(status)) {
            if (status === STATUS.FINISH)
                this.finished = true;
            else
                this.memory[H.STATUS] = STATUS.RUNNING;
            return;
        }
        const kinds = {
            [STATUS.FINISH]: ["finish"],
            [STATUS.STOP]: ["error", "fatal", "stop"],
            [STATUS.FATAL]: ["fatal"],
            [STATUS.ERROR]: ["error", "fatal"],
        };
        const entry = this.log.findLast((e) => kinds[status]?.includes(e.kind)) ?? this.log.at(-1);
        this.fail(new DesignStopped(entry, status));
    }
    /** What every task and every stream was waiting for. */
    hangReport() {
        const lines = [];
        for (const t of this.tasks) {
            const w = t.waiting;
            const what = w && !w.done ? `waits for ${w.what()}` : "waits for something outside the simulation";
            lines.push(`  task ${t.name} ${what}${w?.site ? ` (${w.site})` : ""}`);
        }
        for (const a of this.agents)
            lines.push(`  ${a.describe()}`);
        return lines.join("\n");
    }
}
/** First line of the call stack that is not the library's own. */
export function callSite() {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 12;
    const stack = new Error().stack ?? "";
    Error.stackTraceLimit = limit;
    const here = import.meta.dirname;
    const line = stack
        .split("\n")
        .slice(1)
        .find((l) => !l.includes(here) || /\.test\.ts/.test(l));
    const m = /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(line ?? "");
    return m ? m[1].replace("file://", "") : "";
}
/** The run reached `maxCycles`. */
export class HangError extends Error {
    report;
    constructor(cycles, report) {
        super(`still running after ${cycles} cycles (maxCycles):\n${report}`);
        this.name = "HangError";
        this.report = report;
    }
}
/** The design itself ended the run: $error, $fatal, $stop or $finish. */
export class DesignStopped extends Error {
    entry;
    status;
    constructor(entry, status) {
        const where = entry?.file ? ` at ${entry.file}:${entry.line}${entry.scope ? ` in ${entry.scope}` : ""}` : "";
        const what = entry
            ? entry.kind === "stop" || entry.kind === "finish"
                ? `$${entry.kind}`
                : `$${entry.kind}: ${entry.text}`
            : "the simulator ended";
        super(`the design called ${what}${where}${entry ? `, at ${entry.time} ns` : ""}`);
        this.name = "DesignStopped";
        this.entry = entry;
        this.status = status;
    }
}
