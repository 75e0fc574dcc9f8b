// Files that a command reads: regular ones only, and remembered, so that no output takes the place of one.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";

const read = new Set<string>();

/** Whether this process read the file; both by their real paths. */
export const isInput = (realPath: string): boolean => read.has(realPath);

/** The files that this process read, in that order, by their real paths. */
export const filesRead = (): readonly string[] => [...read];

/** The bytes of a regular file. A FIFO or a device could hang or go on for ever: an error. */
export function readInput(path: string): Uint8Array {
  // Not blocking: a FIFO opens at once, without a writer.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const kind = fstatSync(fd);
    if (!kind.isFile() && !kind.isDirectory()) throw new Error("it is a FIFO, a device or a socket, not a file");
    const bytes = readFileSync(fd);
    read.add(realpathSync.native(path));
    return bytes;
  } finally {
    closeSync(fd);
  }
}
