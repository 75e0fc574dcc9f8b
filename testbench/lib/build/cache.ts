import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** `$ADDERNET_CACHE`, or `.cache/tb` in the folder of the package. */
export function cacheDir(): string {
  return process.env.ADDERNET_CACHE
    ? resolve(process.env.ADDERNET_CACHE)
    : resolve(import.meta.dirname, "../../../.cache/tb");
}

/** SHA-256 over parts that are kept apart, in hexadecimal. */
export function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const h = createHash("sha256");
  for (const p of parts) {
    h.update(`${typeof p === "string" ? Buffer.byteLength(p) : p.length}:`);
    h.update(p);
  }
  return h.digest("hex").slice(0, 32);
}

/** Paths and contents of all Verilog files below a directory, for a cache key. */
export function treeParts(dir: string): (string | Uint8Array)[] {
  const parts: (string | Uint8Array)[] = [];
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
  for (const f of files) {
    const path = join(dir, f);
    if (/\.(v|vh|sv|svh|inc|h)$/.test(f) && statSync(path).isFile()) parts.push(path, readFileSync(path));
  }
  return parts;
}

let counter = 0;

/**
 * Folder `<cache>/<name>`, built once: `make` fills a temporary folder that then gets its final name, so nobody ever
 * sees a folder half done. Processes that want the same folder wait for the one that builds it.
 */
export async function buildOnce(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const root = cacheDir();
  const final = join(root, name);
  if (existsSync(final)) return final;
  await mkdir(root, { recursive: true });
  const unlock = await lock(`${final}.lock`, () => existsSync(final));
  if (!unlock) return final;
  const temporary = join(root, `tmp.${process.pid}.${counter++}.${name}`);
  try {
    if (existsSync(final)) return final;
    await mkdir(temporary);
    await make(temporary);
    try {
      await rename(temporary, final);
    } catch (e) {
      if (!existsSync(final)) throw e;
    }
    return final;
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await unlock();
  }
}

// A lock is a folder, which only one process can make. Two builders after a broken lock do no harm: the final rename
// is atomic and both make the same.
async function lock(path: string, done: () => boolean): Promise<(() => Promise<void>) | undefined> {
  for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
    try {
      await mkdir(path);
      await writeFile(join(path, "pid"), `${process.pid}`);
      return () => rm(path, { recursive: true, force: true });
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "EEXIST") throw e;
    }
    if (done()) return undefined;
    if (await isStale(path)) {
      const grave = `${path}.${process.pid}.${counter++}`;
      await rename(path, grave).catch(() => undefined);
      await rm(grave, { recursive: true, force: true });
      continue;
    }
    await sleep(wait);
  }
}

async function isStale(path: string): Promise<boolean> {
  let owner: number;
  try {
    owner = Number(await readFile(join(path, "pid"), "utf8"));
  } catch {
    // Made a moment ago and not written yet, or its owner died between the two.
    try {
      return Date.now() - statSync(path).mtimeMs > 5000;
    } catch {
      return false;
    }
  }
  if (!(owner > 0)) return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5000;
  try {
    process.kill(owner, 0);
    return false;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "ESRCH";
  }
}
