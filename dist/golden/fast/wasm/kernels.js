// The kernels, compiled once a process.
import { readFileSync } from "node:fs";
let compiled;
export function kernelModule() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL("./kernels.wasm", import.meta.url)));
    return compiled;
}
export function kernelsOn(memory) {
    return new WebAssembly.Instance(kernelModule(), { env: { memory } }).exports;
}
