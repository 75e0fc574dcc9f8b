import type { QuantizedNetwork } from "./ir/quantized.js";
export declare const INTEGER_FORMAT = "addernet-rtl/integers-1";
/** Text of the file; the same network gives the same text. */
export declare function writeIntegers(net: QuantizedNetwork): string;
/** Whether a parsed JSON value says that it is an integer network. */
export declare const isIntegers: (value: unknown) => boolean;
/**
 * Reads what writeIntegers wrote. Every field is compared with every other that it depends on, so that golden computes
 * the network within its ranges and hardware can be made of it.
 * @throws InputError where a field has a wrong type or value, or fields contradict each other; with their places
 */
export declare function readIntegers(value: unknown): QuantizedNetwork;
