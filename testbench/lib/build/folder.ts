// Folders that a user named.
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it, as far as they are missing; gives the first one that was made. Throws what the
 * system refuses. (Node's own `recursive` never ends where the system has no place for a folder in one that is there,
 * as below /proc.)
 */
export function makeFolder(path: string): string | undefined {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  // One that is there as something else is refused by the system.
  if (missing.length === 0) mkdirSync(path, { recursive: true });
  for (const folder of missing)
    try {
      mkdirSync(folder);
    } catch (e) {
      const { code } = e as NodeJS.ErrnoException;
      if (code === "ENOENT" && existsSync(dirname(folder)))
        throw Object.assign(new Error(`no folder can be made in ${dirname(folder)}`), {
          code: "EPERM",
          path: folder,
          syscall: "mkdir",
        });
      // Somebody else was faster.
      if (code !== "EEXIST") throw e;
    }
  return missing[0];
}
