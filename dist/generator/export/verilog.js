// Memory images for $readmemh.
import { wordFormat } from "./format.js";
import { hexWord } from "./words.js";
const lines = ({ words, width }) => words.map((word) => hexWord(word, width));
/** One word a line behind comments that tell the layout; weights are folded where a fold is given. */
export const mem = wordFormat("mem", "Verilog $readmemh images, one memory word a line", (words, comments) => [
    ...comments.map((line) => `// ${line}`),
    ...lines(words),
]);
const plain = wordFormat("hex", "plain hexadecimal, one value a line", lines);
/** Hexadecimal values and nothing else, one a line; folds are ignored. */
export const hex = { ...plain, files: (net) => plain.files(net) };
