// The kernels, compiled once a process.
import { kernelBytes } from "./bytes.ts";

/** Name of a kernel; see assembly/ for what each does. */
export type Kernel =
  | "add"
  | "argmax8"
  | "argmax32"
  | "argmax64"
  | "averagePool"
  | "copyPlanes8"
  | "copyRows8"
  | "copyRows8To16"
  | "copyRows32To16"
  | "copyRuns"
  | "distance64"
  | "mac16"
  | "maxPool8"
  | "maxPool32"
  | "product64"
  | "requantize8"
  | "requantize32"
  | "sad8"
  | "sad8Small"
  | "sad16"
  | "sadPlanes8"
  | "table8";

export type Kernels = Readonly<Record<Kernel, (...args: number[]) => void>>;

let compiled: WebAssembly.Module | undefined;

export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (c) => c.charCodeAt(0)));
  return compiled;
}

export function kernelsOn(memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(kernelModule(), { env: { memory } }).exports as unknown as Kernels;
}
