"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.findDrain = findDrain;
/**
 * Node's own way to do that, undocumented but there since Node 0.x: `process._tickCallback`. Undefined where it is missing
 * or no longer does it; the scheduler then gives each wake-up a turn of the event loop, which is slower and nothing else.
 * To be called from the event loop, not from a promise: microtasks cannot be run from inside one.
 */
function findDrain() {
    var tick = process._tickCallback;
    if (typeof tick !== "function")
        return undefined;
    var drain = function () {
        tick.call(process);
    };
    var ran = false;
    // Two steps deep, as awaits are.
    void Promise.resolve()
        .then(function () { return undefined; })
        .then(function () {
        ran = true;
    });
    try {
        drain();
    }
    catch (_a) {
        return undefined;
    }
    return ran ? drain : undefined;
}
