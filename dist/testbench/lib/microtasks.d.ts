/** Runs everything that is queued as nextTick or microtask, now. */
export type Drain = () => void;
/**
 * Node's own way to do that, undocumented but there since Node 0.x: `process._tickCallback`. Undefined where it is missing
 * or no longer does it; the scheduler then gives each wake-up a turn of the event loop, which is slower and nothing else.
 * To be called from the event loop, not from a promise: microtasks cannot be run from inside one.
 */
export declare function findDrain(): Drain | undefined;
