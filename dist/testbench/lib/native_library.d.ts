import koffi from "koffi";
/**
 * A shared library for calls on a stack of 16 MiB, the most that koffi gives. Where another user of koffi in this process
 * has loaded a library before, its stack stays.
 */
export declare function loadNative(path: string): ReturnType<typeof koffi.load>;
