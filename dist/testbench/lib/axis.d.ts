import { AxisAgent, type AxisOptions, type FieldPlace } from "./axis_port.js";
import type { Bench } from "./bench.js";
import type { Waiter } from "./scheduler.js";
export type { AxisOptions } from "./axis_port.js";
/** One beat's data: a number, or its 32-bit words, lowest first. */
export type Beat = bigint | number | Uint32Array;
/** A frame to send. Sideband values are one for each beat, or one for all. */
export interface FrameInit {
    tdata: readonly Beat[];
    tkeep?: readonly (bigint | number)[] | bigint | number;
    tuser?: readonly (bigint | number)[] | bigint | number;
    tid?: readonly (bigint | number)[] | bigint | number;
    tdest?: readonly (bigint | number)[] | bigint | number;
}
/** A frame as it was received, beat by beat. */
export declare class AxisFrame {
    #private;
    readonly length: number;
    /** `length` entries of `entry` words each, from word `at` on. */
    constructor(words: Uint32Array, at: number, length: number, entry: number, fields: readonly FieldPlace[]);
    /** Word `k` of the data of beat `i`. */
    word(i: number, k?: number): number;
    /** Cycle in which beat `i` was transferred. */
    cycle(i: number): number;
    /** Data of beat `i`. */
    big(i: number): bigint;
    /** Data of all beats. */
    get tdata(): bigint[];
    get tkeep(): bigint[];
    get tuser(): bigint[];
    get tid(): bigint[];
    get tdest(): bigint[];
    /** Data of all beats as numbers. Throws a RangeError past 53 bits. */
    get numbers(): number[];
    /** The bytes that tkeep selects, lane 0 first. */
    get bytes(): Uint8Array;
}
/** Drives a stream into the design. */
export declare class AxisSource extends AxisAgent {
    #private;
    constructor(tb: Bench, prefix: string, options?: AxisOptions);
    /** Queues a frame, last on its last beat; resolves when its last beat has been transferred. */
    send(frame: readonly Beat[] | FrameInit | Uint8Array): Promise<void>;
    /** Queues a frame. */
    sendNowait(frame: readonly Beat[] | FrameInit | Uint8Array): void;
    /**
     * Queues many beats: `words` holds `wordsPerBeat` words for each, lowest first, and `lastFlags` says which beats
     * are the last of their frames (all but the final one are not, by default). Bits above the width are dropped.
     */
    sendBeats(words: Uint32Array, wordsPerBeat: number, lastFlags?: ArrayLike<number | boolean>): Promise<void>;
    /** Resolves when everything queued so far has been transferred. */
    wait(): Promise<void>;
    /** Beats that have not been transferred yet. */
    count(): number;
    empty(): boolean;
    /** Nothing queued and nothing offered. */
    idle(): boolean;
    /** Drops what is queued; a beat that is being offered is still transferred. */
    clear(): void;
    service(_fired: number): void;
    waiters(): Waiter[][];
    wants(): boolean;
    protected state(): string;
}
/** Entries copied out of a native queue: they grow as needed. */
declare class Recorder {
    words: Uint32Array<ArrayBuffer>;
    count: number;
    readonly entry: number;
    constructor(entry: number);
    reserve(beats: number): void;
}
declare abstract class AxisReceiver extends AxisAgent {
    protected readonly recorder: Recorder;
    protected judge(fired: number): void;
    protected drain(): void;
}
/** Takes a stream out of the design. */
export declare class AxisSink extends AxisReceiver {
    #private;
    constructor(tb: Bench, prefix: string, options?: AxisOptions);
    /** The next frame, as soon as its last beat has been transferred. */
    recv(): Promise<AxisFrame>;
    /** The next `n` frames, waking up once: the fastest way to take many. */
    recvFrames(n: number): Promise<AxisFrame[]>;
    /** The next frame if one is complete. */
    recvNowait(): AxisFrame | undefined;
    /** Complete frames that nobody has taken yet. */
    count(): number;
    empty(): boolean;
    /** No frame has begun without having ended. */
    idle(): boolean;
    /** Resolves when a frame is there to take, without taking it. */
    wait(): Promise<void>;
    /** Drops the frames that nobody has taken. */
    clear(): void;
    service(fired: number): void;
    waiters(): Waiter[][];
    wants(): boolean;
    protected state(): string;
}
/** The beats that a monitor has seen, in order. */
export interface Beats {
    readonly count: number;
    /** Word `k` of the data of beat `i`, lowest first. */
    word(i: number, k?: number): number;
    /** Data of beat `i`. */
    big(i: number): bigint;
    last(i: number): boolean;
    /** Cycle in which beat `i` was transferred. */
    cycle(i: number): number;
    /** Words of a beat's data. */
    readonly words: number;
}
/** What a protocol check looks at besides the rules that always hold. */
export interface CheckOptions {
    /** Beats of every frame: tlast must be on exactly the last. */
    frameBeats?: number;
    /** Clocks that a beat may wait for tready. */
    maxStall?: number;
    /** Rules that are not checked, by number. */
    except?: readonly number[];
    clock?: string;
}
/** Number and meaning of each protocol rule. */
export declare const AXIS_RULES: Readonly<Record<number, string>>;
/** A stream broke a rule of the protocol. */
export declare class ProtocolError extends Error {
    readonly rule: number;
    readonly stream: string;
    /** Rising edges of the stream's clock at the violation. */
    readonly cycle: number;
    constructor(stream: string, rule: number, cycle: number, field: string, detail: string);
}
/** Watches a stream: records its beats, checks its rules, drives nothing. */
export declare class AxisMonitor extends AxisReceiver {
    #private;
    readonly beats: Beats;
    constructor(tb: Bench, prefix: string, options?: AxisOptions & {
        check?: CheckOptions | false;
        record?: boolean;
    });
    /** Resolves when `n` beats have been seen since the start. */
    waitBeats(n: number): Promise<void>;
    /** All beats seen so far as data values. */
    get data(): bigint[];
    /** Forgets the beats so far. */
    clear(): void;
    waiters(): Waiter[][];
    wants(): boolean;
    service(fired: number): void;
}
