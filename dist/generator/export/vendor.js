// Memory initialization files of the two large FPGA vendors.
import { wordFormat } from "./format.js";
import { hexWord } from "./words.js";
/** Xilinx COE: radix 16, words separated by commas, the last one followed by a semicolon. */
export const coe = wordFormat("coe", "Xilinx memory coefficients", ({ words, width }, comments) => [
    ...comments.map((line) => `; ${line}`),
    "memory_initialization_radix=16;",
    "memory_initialization_vector=",
    ...words.map((word, i) => `${hexWord(word, width)}${i === words.length - 1 ? ";" : ","}`),
]);
/** Intel MIF: one address a line, addresses decimal, data hexadecimal. */
export const mif = wordFormat("mif", "Intel memory initialization", ({ words, width }, comments) => [
    ...comments.map((line) => `-- ${line}`),
    `DEPTH = ${words.length};`,
    `WIDTH = ${width};`,
    "ADDRESS_RADIX = UNS;",
    "DATA_RADIX = HEX;",
    "CONTENT BEGIN",
    ...words.map((word, address) => `${address} : ${hexWord(word, width)};`),
    "END;",
]);
