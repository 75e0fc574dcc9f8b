import type { AgentHost, Bench } from "./bench.js";
import { type Pause } from "./rand.js";
import type { AgentHandle, Waiter } from "./scheduler.js";
export interface AxisOptions {
    /** When to pause: for a source, valid stays low; for a sink, ready is low. Never by default. */
    pause?: Pause;
    /** Name of the stream's clock; the first clock by default. */
    clock?: string;
    /** Beats that the native queue holds, rounded up to a power of two. */
    capacity?: number;
}
/** Where in a beat's words a field is. */
export interface FieldPlace {
    at: number;
    words: number;
    width: number;
    port: string | undefined;
}
type Fields = readonly FieldPlace[];
/** The native record of one stream agent. */
export declare abstract class AxisAgent implements AgentHandle {
    #private;
    readonly prefix: string;
    readonly at: number;
    /** tdata, tlast, tkeep, tuser, tid, tdest; a missing field has no words. */
    readonly fields: Fields;
    /** Words of a beat without its cycle number. */
    readonly beatWords: number;
    protected readonly host: AgentHost;
    protected readonly memory: Uint32Array;
    protected readonly ring: number;
    protected readonly capacity: number;
    /** Words of a queue entry. */
    protected readonly entry: number;
    readonly clock: number;
    protected readonly role: string;
    constructor(tb: Bench, prefix: string, kind: number, role: string, options: AxisOptions, queue?: boolean);
    protected get(k: number): number;
    protected set(k: number, v: number): void;
    /** Beats transferred so far. */
    get transfers(): number;
    /** Clocks with valid high and ready low so far. */
    get stalls(): number;
    /** Cycle of the latest transfer, 0 before the first. */
    get lastCycle(): number;
    /** True holds the stream until it is set to false again. */
    get pause(): boolean;
    set pause(on: boolean);
    /** Pauses by a probability or a sequence with one value a clock; a sequence that ends stops pausing. */
    setPauseGenerator(pause: Pause): void;
    clearPauseGenerator(): void;
    abstract service(fired: number): void;
    abstract wants(): boolean;
    abstract waiters(): Waiter[][];
    describe(): string;
    /** What a hang report says besides the handshake. */
    protected state(): string;
    protected arm(bit: number): void;
    protected disarm(bit: number): void;
}
/** The value of some 32-bit words, lowest first. */
export declare function wordsToBig(words: ArrayLike<number>, at: number, n: number): bigint;
export declare function bigToWords(v: bigint | number, width: number, to: Uint32Array, at: number, what: string): void;
export {};
