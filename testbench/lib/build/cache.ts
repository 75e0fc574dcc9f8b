import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
} from "node:fs";
import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mustGo } from "../children.ts";
import { makeFolder } from "./folder.ts";

/** Whether this runs from a clone's source and not from the compiled package. */
const fromSource = extname(import.meta.filename) === ".ts";

/** Path of a file of this folder's code by its name, as it runs: TypeScript in a clone, JavaScript in the package. */
export const ownCode = (name: string): string => join(import.meta.dirname, `${name}${extname(import.meta.filename)}`);

/** Whether a folder, or else the nearest one above it, can be written. */
function writable(folder: string): boolean {
  if (!existsSync(folder) && resolve(folder, "..") !== folder) return writable(resolve(folder, ".."));
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * `$ADDERNET_CACHE`; else `.cache/tb` in a clone that can be written, and in the user's folder of caches for an installed package, which may
 * be read-only and is replaced whole by npm.
 */
export function cacheDir(): string {
  if (process.env.ADDERNET_CACHE) return resolve(process.env.ADDERNET_CACHE);
  const own = resolve(import.meta.dirname, "../../../.cache/tb");
  if (fromSource && writable(own)) return own;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "addernet-rtl/tb");
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

/** Part of a name that nobody else takes, on no machine that shares the folder. */
const unique = (): string => `${process.pid}.${BigInt(`0x${randomBytes(8).toString("hex")}`)}`;

const EVICTION = "evicting.lock";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

// Marks a folder as used now. False when it is not there.
async function touch(dir: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(dir, now, now);
    return true;
  } catch {
    return false;
  }
}

// An eviction that begins after the touch leaves the folder alone; one that is under way may have chosen it before.
async function use(root: string, dir: string): Promise<boolean> {
  if (!(await touch(dir))) return false;
  const busy = join(root, EVICTION);
  if (!existsSync(busy)) return true;
  const owner = new Owner(busy);
  while (existsSync(busy) && !(await owner.isGone())) await sleep(5);
  return touch(dir);
}

export interface CacheLimits {
  /** Bytes of all folders together; the ones that were not used for longest go first. */
  bytes: number;
  /** Milliseconds since a folder was used, after which it goes in any case. */
  age: number;
  /** Milliseconds since a folder was used, within which it stays in any case: somebody may have its path still. */
  grace: number;
}

const positive = (name: string, otherwise: number): number => {
  const text = process.env[name];
  if (!text) return otherwise;
  const n = Number(text);
  if (!(n > 0)) throw new RangeError(`${name} must be a positive number, not ${JSON.stringify(text)}`);
  return n;
};

/** 4 GiB, or `$ADDERNET_CACHE_MB`, and 30 days, or `$ADDERNET_CACHE_DAYS`. Throws a RangeError for nonsense. */
export const cacheLimits = (): CacheLimits => ({
  bytes: positive("ADDERNET_CACHE_MB", 4096) * 2 ** 20,
  age: positive("ADDERNET_CACHE_DAYS", 30) * 24 * HOUR,
  grace: HOUR,
});

function sizeOf(dir: string): number {
  let bytes = 0;
  for (const f of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    const stat = statSync(join(dir, f), { throwIfNoEntry: false });
    if (stat?.isFile()) bytes += stat.size;
  }
  return bytes;
}

/** Removes what the limits leave no room for; the names of it. Processes take turns. */
export async function evict(root: string, limits: CacheLimits): Promise<string[]> {
  const unlock = await lock(join(root, EVICTION), () => false);
  if (!unlock) return [];
  const gone: string[] = [];
  const evicted: string[] = [];
  try {
    const now = Date.now();
    const folders: { name: string; used: number; bytes: number }[] = [];
    for (const entry of readdirSync(root, { withFileTypes: true })) {
      // A link belongs to somebody else's cache, a lock to its owner.
      if (!entry.isDirectory() || entry.name.endsWith(".lock")) continue;
      const path = join(root, entry.name);
      const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (used === undefined) continue;
      // What killed processes left behind.
      if (/^(tmp|gone)\./.test(entry.name) || /\.lock\.\d+\.\d+$/.test(entry.name)) {
        if (entry.name.startsWith("gone.") || now - used > 24 * HOUR) gone.push(path);
      } else folders.push({ name: entry.name, used, bytes: sizeOf(path) });
    }
    let total = folders.reduce((n, f) => n + f.bytes, 0);
    for (const f of folders.sort((a, b) => a.used - b.used)) {
      const idle = now - f.used;
      if (idle <= limits.grace || (total <= limits.bytes && idle <= limits.age)) break;
      const grave = join(root, `gone.${unique()}.${f.name}`);
      renameSync(join(root, f.name), grave);
      gone.push(grave);
      evicted.push(f.name);
      total -= f.bytes;
    }
  } finally {
    await unlock();
  }
  for (const path of gone) await rm(path, { recursive: true, force: true });
  return evicted;
}

// The time of this file says when somebody looked last; a look costs a stat of every file.
async function evictNowAndThen(root: string): Promise<void> {
  const limits = cacheLimits();
  const mark = join(root, ".evicted");
  if (Date.now() - (statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 10 * MINUTE) return;
  await writeFile(mark, "");
  // Whoever cannot clean up can still simulate.
  await evict(root, limits).catch(() => undefined);
}

/**
 * Folder `<cache>/<name>`, built once: `make` fills a temporary folder that then gets its final name, so nobody ever
 * sees a folder half done. Processes that want the same folder wait for the one that builds it. The folder stays for
 * an hour at least; later it may make room for others.
 */
export async function buildOnce(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const root = cacheDir();
  const final = join(root, name);
  if (await use(root, final)) return final;
  makeFolder(root);
  const unlock = await lock(`${final}.lock`, () => existsSync(final));
  if (!unlock) return final;
  const temporary = join(root, `tmp.${unique()}.${name}`);
  const release = mustGo(temporary);
  try {
    if (existsSync(final)) return final;
    await mkdir(temporary);
    await make(temporary);
    try {
      await rename(temporary, final);
    } catch (e) {
      if (!existsSync(final)) throw e;
    }
    await evictNowAndThen(root);
    return final;
  } finally {
    await rm(temporary, { recursive: true, force: true });
    release();
    await unlock();
  }
}

/** Folder `<cache>/<kind>-<hash>` that holds these files, by paths below it; there at most once for the same files. */
export function keepFiles(kind: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return buildOnce(`${kind}-${hashOf(sorted.flat())}`, async (dir) => {
    for (const [name, content] of sorted) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), content);
    }
  });
}

/** Where a process number means something: this host since it started, and this container on it. */
export const machine = ((): string => {
  const parts = [hostname()];
  try {
    parts.push(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), readlinkSync("/proc/self/ns/pid"));
  } catch {
    // Not Linux: the name of the host has to do.
  }
  return parts.join(" ");
})();

/** Milliseconds. Clocks of machines differ: whoever waits measures with its own how long it saw no change. */
export const patience = {
  /** Between two signs of life of an owner. */
  beat: 5000,
  /** Without a sign of life, after which an owner counts as dead, on whatever machine it is. */
  silent: 60_000,
  /** For a lock that names no owner: it was made a moment ago, or its owner died between the two. */
  unwritten: 5000,
};

// A lock is a folder, which only one process of all machines can make; a file in it says who did, and changes while the
// owner lives. Two builders after a broken lock do no harm: the final rename is atomic and both make the same.
async function lock(path: string, done: () => boolean): Promise<(() => Promise<void>) | undefined> {
  const owner = new Owner(path);
  for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
    try {
      await mkdir(path);
      return await holding(path);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "EEXIST") throw e;
    }
    if (done()) return undefined;
    if (await owner.isGone()) {
      const grave = `${path}.${unique()}`;
      await rename(path, grave).catch(() => undefined);
      await rm(grave, { recursive: true, force: true });
      continue;
    }
    await sleep(wait);
  }
}

/** Says in a new lock whose it is, now and from time to time; the result removes it. */
async function holding(path: string): Promise<() => Promise<void>> {
  let beats = 0;
  const sign = () => writeFile(join(path, "pid"), `${process.pid}\n${machine}\n${beats++}\n`);
  try {
    await sign();
  } catch (e) {
    // Where nothing can be written, nobody else has to wait for it.
    await rm(path, { recursive: true, force: true });
    throw e;
  }
  // A lock that somebody broke is not ours any more: its file cannot be written.
  const beat = setInterval(() => void sign().catch(() => clearInterval(beat)), patience.beat);
  beat.unref();
  return () => {
    clearInterval(beat);
    return rm(path, { recursive: true, force: true });
  };
}

/** What one who waits knows of a lock's owner. */
class Owner {
  readonly #path: string;
  #said: string | undefined;
  #since = performance.now();
  constructor(path: string) {
    this.#path = path;
  }
  async isGone(): Promise<boolean> {
    // Read anew and not asked for its time, which a network file system may remember for a minute.
    const said = await readFile(join(this.#path, "pid"), "utf8").catch(() => "");
    if (said !== this.#said) {
      this.#said = said;
      this.#since = performance.now();
    }
    const silent = performance.now() - this.#since;
    const [pid, where] = said.split("\n");
    if (!(Number(pid) > 0)) return silent > patience.unwritten;
    if (silent > patience.silent) return true;
    if (where !== machine) return false;
    try {
      process.kill(Number(pid), 0);
      return false;
    } catch (e) {
      return (e as NodeJS.ErrnoException).code === "ESRCH";
    }
  }
}
