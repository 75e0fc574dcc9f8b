// The formats in which a network's integers leave the compiler. A new format is one file and one line here.
import { bin } from "./bin.js";
import { cHeader } from "./c-header.js";
import { npy } from "./npy.js";
import { coe, mif } from "./vendor.js";
import { hex, mem } from "./verilog.js";
const all = [mem, hex, bin, coe, mif, cHeader, npy];
export const exportFormats = new Map(all.map((format) => [format.format, format]));
