/**
 * Node's own way to do that, undocumented but there since Node 0.x: `process._tickCallback`. Undefined where it is missing
 * or no longer does it; the scheduler then gives each wake-up a turn of the event loop, which is slower and nothing else.
 * To be called from the event loop, not from a promise: microtasks cannot be run from inside one.
 */
export function findDrain() {
    const { _tickCallback: tick } = process;
    if (typeof tick !== "function")
        return undefined;
    const drain = () => {
        tick.call(process);
    };
    let ran = false;
    // Two steps deep, as awaits are.
    void Promise.resolve()
        .then(() => undefined)
        .then(() => {
        ran = true;
    });
    try {
        drain();
    }
    catch {
        return undefined;
    }
    return ran ? drain : undefined;
}
