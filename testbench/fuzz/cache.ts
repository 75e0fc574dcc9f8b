// Simulator models of drawn networks are used once: they have no place in the cache.
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../nets/build.ts";

const inUse = "ADDERNET_CACHE";
let scratch: string | undefined;

/** Runs `work` with a cache of its own that is removed behind it. */
export async function withScratch<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env[inUse];
  const dir = mkdtempSync(join(tmpdir(), "addernet-fuzz-cache-"));
  // The simulators' own libraries take longest to build.
  const usual = before ?? join(root, ".cache/tb");
  if (existsSync(usual))
    for (const name of readdirSync(usual))
      if (/^(header|icarus|runtime)-\w+$/.test(name)) symlinkSync(join(usual, name), join(dir, name));
  process.env[inUse] = dir;
  scratch = dir;
  try {
    return await work();
  } finally {
    scratch = undefined;
    if (before === undefined) delete process.env[inUse];
    else process.env[inUse] = before;
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Removes the models of the last network; the simulators' own libraries stay. */
export function forgetModels(): void {
  if (!scratch || !existsSync(scratch)) return;
  for (const name of readdirSync(scratch))
    if (/^(vvp|model)-/.test(name)) rmSync(join(scratch, name), { recursive: true, force: true });
}
