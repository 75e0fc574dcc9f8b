import { AxisAgent, bigToWords, wordsToBig } from "./axis_port.js";
import { A, FIELD, FIELD_NAMES, KIND, WAKE } from "./layout.js";
/** A frame as it was received, beat by beat. */
export class AxisFrame {
    length;
    #words;
    #at;
    #entry;
    #fields;
    /** `length` entries of `entry` words each, from word `at` on. */
    constructor(words, at, length, entry, fields) {
        this.#words = words;
        this.#at = at;
        this.#entry = entry;
        this.#fields = fields;
        this.length = length;
    }
    /** Word `k` of the data of beat `i`. */
    word(i, k = 0) {
        return this.#words[this.#at + i * this.#entry + 1 + k];
    }
    /** Cycle in which beat `i` was transferred. */
    cycle(i) {
        return this.#words[this.#at + i * this.#entry];
    }
    /** Data of beat `i`. */
    big(i) {
        return this.#field(i, FIELD.DATA);
    }
    /** Data of all beats. */
    get tdata() {
        return this.#all(FIELD.DATA);
    }
    get tkeep() {
        return this.#all(FIELD.KEEP);
    }
    get tuser() {
        return this.#all(FIELD.USER);
    }
    get tid() {
        return this.#all(FIELD.ID);
    }
    get tdest() {
        return this.#all(FIELD.DEST);
    }
    /** Data of all beats as numbers. Throws a RangeError past 53 bits. */
    get numbers() {
        return this.tdata.map((v) => {
            const n = Number(v);
            if (!Number.isSafeInteger(n))
                throw new RangeError(`beat of ${v} does not fit into a number: use tdata`);
            return n;
        });
    }
    /** The bytes that tkeep selects, lane 0 first. */
    get bytes() {
        const lanes = this.#fields[FIELD.DATA].width >>> 3;
        const out = [];
        for (let i = 0; i < this.length; i++) {
            const keep = this.#fields[FIELD.KEEP].words ? this.#field(i, FIELD.KEEP) : -1n;
            for (let b = 0; b < lanes; b++)
                if ((keep >> BigInt(b)) & 1n)
                    out.push((this.word(i, b >>> 2) >>> (8 * (b & 3))) & 0xff);
        }
        return Uint8Array.from(out);
    }
    #field(i, f) {
        const { at, words } = this.#fields[f];
        return wordsToBig(this.#words, this.#at + i * this.#entry + 1 + at, words);
    }
    #all(f) {
        return this.#fields[f].words ? Array.from({ length: this.length }, (_, i) => this.#field(i, f)) : [];
    }
}
/** First in, first out, in constant time. */
class Queue {
    #list = [];
    #head = 0;
    get length() {
        return this.#list.length - this.#head;
    }
    first() {
        return this.#list[this.#head];
    }
    push(item) {
        this.#list.push(item);
    }
    shift() {
        const item = this.#list[this.#head++];
        if (this.#head >= this.#list.length)
            this.clear();
        else if (this.#head > 1024 && this.#head * 2 > this.#list.length) {
            this.#list = this.#list.slice(this.#head);
            this.#head = 0;
        }
        return item;
    }
    clear() {
        this.#list = [];
        this.#head = 0;
    }
    items() {
        return this.#list.slice(this.#head);
    }
}
/** Drives a stream into the design. */
export class AxisSource extends AxisAgent {
    // Beats that have no place in the native queue yet.
    #backlog = new Queue();
    #waiters = new Queue();
    #sent = 0;
    constructor(tb, prefix, options = {}) {
        super(tb, prefix, KIND.SOURCE, "source", options);
    }
    /** Queues a frame, last on its last beat; resolves when its last beat has been transferred. */
    send(frame) {
        this.sendNowait(frame);
        return this.wait();
    }
    /** Queues a frame. */
    sendNowait(frame) {
        this.#queue(frame instanceof Uint8Array ? this.#packBytes(frame) : this.#pack("tdata" in frame ? frame : { tdata: frame }));
    }
    /**
     * Queues many beats: `words` holds `wordsPerBeat` words for each, lowest first, and `lastFlags` says which beats
     * are the last of their frames (all but the final one are not, by default). Bits above the width are dropped.
     */
    sendBeats(words, wordsPerBeat, lastFlags) {
        const data = this.fields[FIELD.DATA];
        if (wordsPerBeat !== data.words)
            throw new RangeError(`${this.prefix}: a beat has ${data.words} words of data, not ${wordsPerBeat}`);
        if (words.length % wordsPerBeat)
            throw new RangeError(`${this.prefix}: ${words.length} words are no whole number of beats`);
        const n = words.length / wordsPerBeat;
        const out = new Uint32Array(n * this.beatWords);
        const last = this.fields[FIELD.LAST];
        const keep = this.fields[FIELD.KEEP];
        const top = data.width % 32 ? 2 ** (data.width % 32) - 1 : 0xffffffff;
        for (let i = 0; i < n; i++) {
            const o = i * this.beatWords;
            for (let k = 0; k < wordsPerBeat; k++)
                out[o + k] = words[i * wordsPerBeat + k];
            out[o + wordsPerBeat - 1] &= top;
            out[o + last.at] = (lastFlags ? lastFlags[i] : i === n - 1) ? 1 : 0;
            if (keep.words)
                bigToWords(-1n, keep.width, out, o + keep.at, `${this.prefix}_tkeep`);
        }
        this.#queue(out);
        return this.wait();
    }
    /** Resolves when everything queued so far has been transferred. */
    wait() {
        if (this.idle())
            return Promise.resolve();
        const target = this.#sent;
        const list = [];
        this.#waiters.push({ at: target, waiter: list });
        const { scheduler } = this.host;
        this.#arm();
        return scheduler.wait(() => `${this.prefix} to send (${this.count()} beats are left)`, list);
    }
    /** Beats that have not been transferred yet. */
    count() {
        return (this.#sent - this.get(A.BEATS)) >>> 0;
    }
    empty() {
        return this.count() === 0;
    }
    /** Nothing queued and nothing offered. */
    idle() {
        return this.count() === 0;
    }
    /** Drops what is queued; a beat that is being offered is still transferred. */
    clear() {
        this.#backlog.clear();
        const keep = this.get(A.ACTIVE);
        this.set(A.HEAD, (this.get(A.TAIL) + keep) >>> 0);
        this.#sent = (this.get(A.BEATS) + keep) >>> 0;
        for (const w of this.#waiters.items())
            w.at = Math.min(w.at, this.#sent);
        this.#release();
    }
    service(_fired) {
        this.#refill();
        this.#release();
    }
    #release() {
        const done = this.get(A.BEATS);
        while (this.#waiters.length && ((done - this.#waiters.first().at) | 0) >= 0) {
            this.host.scheduler.wakeAll(this.#waiters.shift().waiter);
        }
        this.#arm();
    }
    // Wakes for whoever waits first, and in time to refill.
    #arm() {
        const first = this.#waiters.first()?.at;
        const refill = this.#backlog.length ? (this.get(A.HEAD) - (this.capacity >>> 2)) >>> 0 : undefined;
        const next = first === undefined ? refill : refill === undefined || ((first - refill) | 0) < 0 ? first : refill;
        if (next === undefined)
            this.disarm(WAKE.BEATS);
        else {
            this.set(A.WAKE_BEATS, next);
            this.arm(WAKE.BEATS);
        }
    }
    #queue(words) {
        if (words.length === 0)
            return;
        this.#sent = (this.#sent + words.length / this.beatWords) >>> 0;
        this.#backlog.push({ words, at: 0 });
        this.#refill();
        this.#arm();
    }
    #refill() {
        const m = this.memory;
        let head = this.get(A.HEAD);
        let room = this.capacity - ((head - this.get(A.TAIL)) >>> 0);
        while (room > 0 && this.#backlog.length) {
            const chunk = this.#backlog.first();
            const slot = head & (this.capacity - 1);
            const beats = Math.min(room, this.capacity - slot, (chunk.words.length - chunk.at) / this.beatWords);
            m.set(chunk.words.subarray(chunk.at, chunk.at + beats * this.beatWords), this.ring + slot * this.entry);
            chunk.at += beats * this.beatWords;
            head = (head + beats) >>> 0;
            room -= beats;
            if (chunk.at === chunk.words.length)
                this.#backlog.shift();
        }
        this.set(A.HEAD, head);
    }
    #pack(frame) {
        const n = frame.tdata.length;
        if (n === 0)
            throw new RangeError(`${this.prefix}: a frame has one beat at least`);
        const out = new Uint32Array(n * this.beatWords);
        const data = this.fields[FIELD.DATA];
        frame.tdata.forEach((beat, i) => {
            const o = i * this.beatWords;
            if (beat instanceof Uint32Array) {
                if (beat.length !== data.words)
                    throw new RangeError(`${this.prefix}: a beat has ${data.words} words, not ${beat.length}`);
                out.set(beat, o + data.at);
                if (data.width % 32)
                    out[o + data.words - 1] &= 2 ** (data.width % 32) - 1;
            }
            else
                bigToWords(beat, data.width, out, o + data.at, `${this.prefix}_tdata`);
            out[o + this.fields[FIELD.LAST].at] = i === n - 1 ? 1 : 0;
        });
        const side = (f, value, otherwise) => {
            const place = this.fields[f];
            if (!place.words) {
                if (value !== undefined)
                    throw new TypeError(`${this.host.top} has no port ${this.prefix}_${FIELD_NAMES[f]}`);
                return;
            }
            for (let i = 0; i < n; i++) {
                const v = typeof value === "object" ? value[i] : value;
                bigToWords(v ?? otherwise, place.width, out, i * this.beatWords + place.at, `${this.prefix}_${FIELD_NAMES[f]}`);
            }
        };
        side(FIELD.KEEP, frame.tkeep, -1n);
        side(FIELD.USER, frame.tuser, 0n);
        side(FIELD.ID, frame.tid, 0n);
        side(FIELD.DEST, frame.tdest, 0n);
        return out;
    }
    #packBytes(bytes) {
        const { width, words } = this.fields[FIELD.DATA];
        const lanes = width >>> 3;
        if (width % 8)
            throw new TypeError(`${this.prefix}_tdata has ${width} bits: it cannot carry bytes`);
        const rest = bytes.length % lanes;
        if (rest && !this.fields[FIELD.KEEP].words)
            throw new RangeError(`${bytes.length} bytes do not fill beats of ${lanes}, and there is no ${this.prefix}_tkeep`);
        const tdata = [];
        for (let o = 0; o < bytes.length; o += lanes) {
            const beat = new Uint32Array(words);
            for (let b = 0; b < lanes && o + b < bytes.length; b++)
                beat[b >>> 2] |= bytes[o + b] << (8 * (b & 3));
            tdata.push(beat);
        }
        if (!this.fields[FIELD.KEEP].words)
            return this.#pack({ tdata });
        const all = (1n << BigInt(lanes)) - 1n;
        return this.#pack({
            tdata,
            tkeep: tdata.map((_, i) => (rest && i === tdata.length - 1 ? (1n << BigInt(rest)) - 1n : all)),
        });
    }
    waiters() {
        return this.#waiters.items().map((w) => w.waiter);
    }
    wants() {
        return this.#waiters.items().some((w) => w.waiter.length > 0);
    }
    state() {
        return this.count() ? `, ${this.count()} beats left to send` : ", nothing to send";
    }
}
/** Entries copied out of a native queue: they grow as needed. */
class Recorder {
    words = new Uint32Array(0);
    count = 0;
    entry;
    constructor(entry) {
        this.entry = entry;
    }
    reserve(beats) {
        const need = (this.count + beats) * this.entry;
        if (need <= this.words.length)
            return;
        const grown = new Uint32Array(Math.max(need, this.words.length * 2, 64 * this.entry));
        grown.set(this.words.subarray(0, this.count * this.entry));
        this.words = grown;
    }
}
class AxisReceiver extends AxisAgent {
    recorder = new Recorder(this.entry);
    // Fails the run when a rule was broken.
    judge(fired) {
        if (!(fired & WAKE.RULE))
            return;
        const rule = this.get(A.RULE);
        const field = rule === 2 || rule === 5 ? `${this.prefix}_${FIELD_NAMES[this.get(A.RULE_FIELD)]}` : "";
        const detail = rule === 7 || rule === 8
            ? `: a frame has ${this.get(A.FRAME_BEATS)} beats`
            : rule === 9
                ? `: the limit is ${this.get(A.MAX_STALL)} cycles`
                : "";
        this.host.violation(new ProtocolError(this.prefix, rule, this.get(A.RULE_CYCLE), field, detail));
    }
    // Moves what the native side has recorded to this side.
    drain() {
        const m = this.memory;
        let tail = this.get(A.TAIL);
        let n = (this.get(A.HEAD) - tail) >>> 0;
        if (n === 0)
            return;
        const r = this.recorder;
        r.reserve(n);
        while (n > 0) {
            const slot = tail & (this.capacity - 1);
            const beats = Math.min(n, this.capacity - slot);
            const from = this.ring + slot * this.entry;
            r.words.set(m.subarray(from, from + beats * this.entry), r.count * this.entry);
            r.count += beats;
            tail = (tail + beats) >>> 0;
            n -= beats;
        }
        this.set(A.TAIL, tail);
    }
}
/** Takes a stream out of the design. */
export class AxisSink extends AxisReceiver {
    #frames = [];
    #waiters = [];
    #bulk = [];
    #head = 0;
    // Beats of the recorder that belong to no finished frame yet start here.
    #scanned = 0;
    constructor(tb, prefix, options = {}) {
        super(tb, prefix, KIND.SINK, "sink", options);
        this.set(A.RECORD, 1);
        this.set(A.CHECKS, (1 << 3) | (1 << 5));
    }
    /** The next frame, as soon as its last beat has been transferred. */
    recv() {
        const frame = this.recvNowait();
        if (frame)
            return Promise.resolve(frame);
        const { scheduler } = this.host;
        const p = scheduler.wait(() => `a frame from ${this.prefix}`, this.#waiters);
        this.set(A.WAKE_FRAMES, (this.get(A.FRAMES) + 1) >>> 0);
        this.arm(WAKE.FRAMES);
        return p;
    }
    /** The next `n` frames, waking up once: the fastest way to take many. */
    async recvFrames(n) {
        const { scheduler } = this.host;
        while (this.count() < n) {
            const waiting = scheduler.wait(() => `${n} frames from ${this.prefix}`, this.#bulk);
            this.set(A.WAKE_FRAMES, (this.get(A.FRAMES) + n - this.count()) >>> 0);
            this.arm(WAKE.FRAMES);
            await waiting;
        }
        return Array.from({ length: n }, () => this.recvNowait());
    }
    /** The next frame if one is complete. */
    recvNowait() {
        this.#collect();
        if (this.#head === this.#frames.length)
            return undefined;
        const f = this.#frames[this.#head++];
        if (this.#head === this.#frames.length) {
            this.#frames.length = 0;
            this.#head = 0;
        }
        return f;
    }
    /** Complete frames that nobody has taken yet. */
    count() {
        this.#collect();
        return this.#frames.length - this.#head;
    }
    empty() {
        return this.count() === 0;
    }
    /** No frame has begun without having ended. */
    idle() {
        return this.get(A.FRAME_POS) === 0;
    }
    /** Resolves when a frame is there to take, without taking it. */
    async wait() {
        const f = await this.recv();
        this.#frames.splice(this.#head, 0, f);
    }
    /** Drops the frames that nobody has taken. */
    clear() {
        this.#collect();
        this.#frames.length = this.#head = 0;
    }
    service(fired) {
        this.judge(fired);
        this.#collect();
        const { scheduler } = this.host;
        while (this.#waiters.length && this.#head < this.#frames.length) {
            scheduler.wake(this.#waiters.shift(), this.#frames[this.#head++]);
        }
        if (this.#head === this.#frames.length)
            this.#frames.length = this.#head = 0;
        if (this.#waiters.length)
            this.set(A.WAKE_FRAMES, (this.get(A.FRAMES) + 1) >>> 0);
        else if (!this.#bulk.length || fired & WAKE.FRAMES)
            this.disarm(WAKE.FRAMES);
        if (fired & WAKE.FRAMES)
            scheduler.wakeAll(this.#bulk);
    }
    #collect() {
        this.drain();
        const r = this.recorder;
        const last = 1 + this.fields[FIELD.LAST].at;
        let done = r.count;
        while (done > this.#scanned && !(r.words[(done - 1) * r.entry + last] & 1))
            done--;
        if (done > this.#scanned) {
            // One block for all frames that are complete: an array for each would cost more than simulating them.
            const block = r.words.slice(0, done * r.entry);
            let from = 0;
            for (let i = this.#scanned; i < done; i++)
                if (block[i * r.entry + last] & 1) {
                    this.#frames.push(new AxisFrame(block, from * r.entry, i + 1 - from, r.entry, this.fields));
                    from = i + 1;
                }
            r.words.copyWithin(0, done * r.entry, r.count * r.entry);
            r.count -= done;
        }
        this.#scanned = r.count;
    }
    waiters() {
        return [this.#waiters, this.#bulk];
    }
    wants() {
        return this.#waiters.length > 0 || this.#bulk.length > 0;
    }
    state() {
        const open = this.get(A.FRAME_POS);
        return open ? `, ${open} beats of a frame without tlast so far` : "";
    }
}
/** Number and meaning of each protocol rule. */
export const AXIS_RULES = {
    1: "tvalid fell before the beat was transferred",
    2: "the payload changed while tvalid waited for tready",
    3: "tvalid is unknown (x) after reset",
    4: "tready is unknown (x) after reset",
    5: "the payload is unknown (x) while tvalid is high",
    6: "tvalid is high in reset",
    7: "tlast came too early",
    8: "tlast is missing on the last beat of a frame",
    9: "the beat has waited too long for tready",
    10: "tkeep has a hole, or a beat that is not the last lacks bytes",
};
/** A stream broke a rule of the protocol. */
export class ProtocolError extends Error {
    rule;
    stream;
    /** Rising edges of the stream's clock at the violation. */
    cycle;
    constructor(stream, rule, cycle, field, detail) {
        super(`${stream}: rule AXIS-${rule}: ${AXIS_RULES[rule]}${field ? ` (${field})` : ""}, in cycle ${cycle}${detail}`);
        this.name = "ProtocolError";
        this.rule = rule;
        this.stream = stream;
        this.cycle = cycle;
    }
}
/** Watches a stream: records its beats, checks its rules, drives nothing. */
export class AxisMonitor extends AxisReceiver {
    beats;
    #frameWaiters = [];
    constructor(tb, prefix, options = {}) {
        const record = options.record ?? true;
        super(tb, prefix, KIND.MONITOR, record ? "monitor" : "protocol check", options, record);
        if (record)
            this.set(A.RECORD, 1);
        const check = options.check;
        if (check !== false)
            this.#check(check ?? {});
        const monitor = this;
        const r = this.recorder;
        const data = this.fields[FIELD.DATA];
        const last = 1 + this.fields[FIELD.LAST].at;
        const at = (i) => {
            if (i >= r.count)
                monitor.drain();
            if (!(i >= 0 && i < r.count))
                throw new RangeError(`${prefix}: no beat ${i}; there are ${r.count}`);
            return i * r.entry;
        };
        this.beats = {
            get count() {
                monitor.drain();
                return r.count;
            },
            words: data.words,
            word: (i, k = 0) => {
                // `at` may replace r.words: the place comes first.
                const place = at(i);
                return r.words[place + 1 + k];
            },
            big: (i) => {
                const place = at(i);
                return wordsToBig(r.words, place + 1, data.words);
            },
            last: (i) => {
                const place = at(i);
                return (r.words[place + last] & 1) === 1;
            },
            cycle: (i) => {
                const place = at(i);
                return r.words[place];
            },
        };
    }
    /** Resolves when `n` beats have been seen since the start. */
    waitBeats(n) {
        if (this.get(A.BEATS) >= n)
            return Promise.resolve();
        const { scheduler } = this.host;
        this.set(A.WAKE_BEATS, n);
        this.arm(WAKE.BEATS);
        return scheduler.wait(() => `beat ${n} of ${this.prefix}`, this.#frameWaiters);
    }
    /** All beats seen so far as data values. */
    get data() {
        return Array.from({ length: this.beats.count }, (_, i) => this.beats.big(i));
    }
    /** Forgets the beats so far. */
    clear() {
        this.drain();
        this.recorder.count = 0;
    }
    #check(check) {
        let rules = 0b111_1111_1110;
        for (const rule of check.except ?? [])
            rules &= ~(1 << rule);
        this.set(A.CHECKS, rules);
        this.set(A.SHADOW, this.host.allocate(this.beatWords));
        this.set(A.MAX_STALL, check.maxStall ?? 0);
        this.set(A.FRAME_BEATS, check.frameBeats ?? 0);
    }
    waiters() {
        return [this.#frameWaiters];
    }
    wants() {
        return this.#frameWaiters.length > 0;
    }
    service(fired) {
        if (this.get(A.RECORD))
            this.drain();
        this.judge(fired);
        if (fired & WAKE.BEATS) {
            this.disarm(WAKE.BEATS);
            this.host.scheduler.wakeAll(this.#frameWaiters);
        }
    }
}
