// What parts of the worker share about the files that were given.
import type { Result } from "../../generator/diagnostics/diagnostics.ts";
import { printDiagnostic, type Source } from "../../generator/diagnostics/print.ts";
import type { Files } from "./protocol.ts";

export const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A file that another one names: by its path, or else by its name alone. */
export const find = (files: Files, path: string): Uint8Array | undefined =>
  files.get(path) ?? [...files].find(([name]) => baseOf(name) === baseOf(path))?.[1];

/** The same; throws where it is not there. */
export function beside(files: Files, path: string): Uint8Array {
  const found = find(files, path);
  if (!found) throw new Error("it is not among the files");
  return found;
}

/** A pickle or a zip archive, which a .bin of PyTorch is and one of CIFAR is not. */
export const isPickled = (bytes: Uint8Array): boolean => bytes[0] === 0x80 || (bytes[0] === 0x50 && bytes[1] === 0x4b);

/** A checkpoint by its name or, as the command line takes any name, by what is in it. */
export const isCheckpoint = (name: string, bytes: Uint8Array): boolean =>
  /\.(pth|pt|pkl|ckpt|tar|npz|safetensors)$/i.test(name) || isPickled(bytes);

/** What is wrong with the files, as the command line prints it. */
export class CompileError extends Error {}

export function unwrap<T>(r: Result<T>, source: Source): T {
  if (r.ok) return r.value;
  throw new CompileError(r.diagnostics.map((d) => printDiagnostic(d, source)).join("\n"));
}
