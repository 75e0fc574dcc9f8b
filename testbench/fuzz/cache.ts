// Simulator models of drawn networks are used once: they have no place in the cache.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../nets/build.ts";

const inUse = "ADDERNET_CACHE";
let scratch: string | undefined;

/** The simulators' own libraries, which take longest to build. */
export const isLibrary = (name: string): boolean => /^(header|icarus|runtime)-\w+$/.test(name);

/** Runs `work` with a cache of its own that is removed behind it; libraries stay in the usual one for the next. */
export async function withScratch<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env[inUse];
  const dir = mkdtempSync(join(tmpdir(), "addernet-fuzz-cache-"));
  const usual = before ?? join(root, ".cache/tb");
  if (existsSync(usual))
    for (const name of readdirSync(usual)) if (isLibrary(name)) symlinkSync(join(usual, name), join(dir, name));
  process.env[inUse] = dir;
  scratch = dir;
  try {
    return await work();
  } finally {
    keepLibraries(dir, usual);
    scratch = undefined;
    if (before === undefined) delete process.env[inUse];
    else process.env[inUse] = before;
    rmSync(dir, { recursive: true, force: true });
  }
}

function keepLibraries(from: string, usual: string): void {
  for (const name of readdirSync(from)) {
    if (!isLibrary(name) || lstatSync(join(from, name)).isSymbolicLink() || existsSync(join(usual, name))) continue;
    mkdirSync(usual, { recursive: true });
    const copy = join(usual, `tmp.${process.pid}.${name}`);
    cpSync(join(from, name), copy, { recursive: true });
    try {
      renameSync(copy, join(usual, name));
    } catch {
      // Another worker was first.
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

/** Removes the models of the last network; the simulators' own libraries stay. */
export function forgetModels(): void {
  if (!scratch || !existsSync(scratch)) return;
  for (const name of readdirSync(scratch))
    if (/^(vvp|model)-/.test(name)) rmSync(join(scratch, name), { recursive: true, force: true });
}
