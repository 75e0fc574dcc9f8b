// Does something again whenever a file changes, for editors.
import { existsSync, watch as watchFolder } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { inputError } from "../diagnostics/diagnostics.ts";
import { type Outcome, outcomeOf } from "./command.ts";
import type { Console } from "./console.ts";

/** Lines around each run, which a problem matcher waits for. */
export const BEGIN = "checking";
export const END = "checked";

/** Milliseconds of quiet after a change: editors write a file in several steps. */
const QUIET = 100;

/**
 * Runs `check` now and after every change in the folder of `path`, where its weights may lie too; errors of the user's
 * are printed and do not end it. Ends with SIGINT or SIGTERM, or where `signal` is aborted.
 */
export async function watch(
  path: string,
  check: () => Outcome | Promise<Outcome>,
  out: Console,
  signal?: AbortSignal,
): Promise<void> {
  const folder = dirname(resolve(path));
  if (!existsSync(folder))
    throw inputError({ code: "AN1006", message: `${path} cannot be read: there is no such file` });
  const once = async () => {
    out.line(`${BEGIN} ${path}`);
    try {
      out.outcome(await check());
    } catch (e) {
      const o = outcomeOf(e);
      if (o.fault !== undefined) throw e;
      out.outcome(o);
    }
    out.line(`${END} ${path}`);
  };
  await once();
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolveEnd, reject) => {
    const watcher = watchFolder(folder, (_, name) => {
      // Our own temporary files and editors' copies are no change.
      if (name && /^\.|~$/.test(basename(name))) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        once().catch((e: Error) => {
          stop();
          reject(e);
        });
      }, QUIET);
    });
    const stop = () => {
      clearTimeout(timer);
      watcher.close();
      resolveEnd();
    };
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, stop);
    signal?.addEventListener("abort", stop);
  });
}
