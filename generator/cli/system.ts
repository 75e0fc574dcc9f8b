// What the system refuses, as messages.
import { dirname, resolve, sep } from "node:path";
import { cacheDir } from "../../testbench/lib/build/cache.ts";
import { inputError } from "../diagnostics/diagnostics.ts";

const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  ENOTDIR: "a part of its path is a file",
  EIO: "the disk has a fault",
};

/** What the system refused in words; undefined for anything else. */
export const refusal = (e: unknown): string | undefined => SYSTEM[(e as NodeJS.ErrnoException | undefined)?.code ?? ""];

/** Whether a path is in the cache, or above it where its folder could not be made. */
function ofCache(path: string, syscall: string | undefined): boolean {
  const [at, cache] = [`${resolve(path)}${sep}`, `${cacheDir()}${sep}`];
  return at.startsWith(cache) || (syscall === "mkdir" && cache.startsWith(at) && dirname(at) !== at);
}

/** What the system refused, as a message; undefined for a fault of the compiler's own. */
export function systemFault(e: unknown): Error | undefined {
  const why = refusal(e);
  if (!(e instanceof Error) || why === undefined) return undefined;
  const { path, syscall } = e as NodeJS.ErrnoException;
  return inputError({
    code: "AN7001",
    message: `${path ?? syscall ?? "a file"} cannot be used: ${why}`,
    ...(path !== undefined && ofCache(path, syscall)
      ? { hint: "ADDERNET_CACHE names another folder for compiled models" }
      : {}),
  });
}
