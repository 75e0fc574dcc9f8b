// What the system refuses, as messages.
import { inputError } from "../diagnostics/diagnostics.ts";

const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
};

/** What the system refused, as a message; undefined for a fault of the compiler's own. */
export function systemFault(e: unknown): Error | undefined {
  const { code, path, syscall } = (e ?? {}) as NodeJS.ErrnoException;
  const why = SYSTEM[code ?? ""];
  if (!(e instanceof Error) || why === undefined) return undefined;
  const cache = /[/\\](\.cache|addernet-rtl)[/\\]/.test(path ?? "");
  return inputError({
    code: "AN7001",
    message: `${path ?? syscall ?? "a file"} cannot be used: ${why}`,
    ...(cache ? { hint: "ADDERNET_CACHE names another folder for compiled models" } : {}),
  });
}
