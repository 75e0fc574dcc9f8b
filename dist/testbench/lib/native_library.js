import koffi from "koffi";
/** Models of wide designs keep wide temporaries on the stack: a stream of 10,000 bits takes megabytes. */
const STACK_BYTES = 16 * 2 ** 20;
let configured = false;
/**
 * A shared library for calls on a stack of 16 MiB, the most that koffi gives. Where another user of koffi in this process
 * has loaded a library before, its stack stays.
 */
export function loadNative(path) {
    if (!configured) {
        configured = true;
        try {
            koffi.config({ sync_stack_size: STACK_BYTES });
        }
        catch {
            // Then the stack has the size that the first user chose.
        }
    }
    return koffi.load(path);
}
