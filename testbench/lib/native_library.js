"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.loadNative = loadNative;
var koffi_1 = require("koffi");
var design_ts_1 = require("./design.ts");
/** Models of wide designs keep wide temporaries on the stack: a stream of 10,000 bits takes megabytes. */
var STACK_BYTES = 16 * Math.pow(2, 20);
var configured = false;
/**
 * A shared library for calls on a stack of 16 MiB, the most that koffi gives. Where another user of koffi in this process
 * has loaded a library before, its stack stays.
 */
function loadNative(path) {
    if (!configured) {
        configured = true;
        try {
            koffi_1.default.config({ sync_stack_size: STACK_BYTES });
        }
        catch (_a) {
            // Then the stack has the size that the first user chose.
        }
    }
    try {
        return koffi_1.default.load(path);
    }
    catch (e) {
        throw new design_ts_1.BuildError("cannot load ".concat(path, ", which an earlier build left: ").concat(e.message));
    }
}
