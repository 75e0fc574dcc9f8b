// What commands leave behind. A folder keeps a record of the files that addernet wrote there, with their digests: only
// these, and only unchanged, are ever replaced or removed. A write is whole or absent, and a broken one is completed by
// the next.
import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../testbench/lib/build/folder.ts";
import { type InputError, inputError } from "../diagnostics/diagnostics.ts";
import { done, type Outcome } from "./command.ts";
import type { Console } from "./console.ts";
import { reason } from "./files.ts";
import { isInput } from "./inputs.ts";

/** The commands that write folders, each with a file that it always writes. */
const marks = {
  build: "manifest.json",
  quantize: "integers.json",
  import: "network.json",
  export: "addernet-export.json",
  synth: "synth.json",
  compare: "compare.json",
  explore: undefined,
  infer: undefined,
} as const;
export type OutputCommand = keyof typeof marks;

const RECORD = ".addernet.json";
const LOCK = ".addernet.lock";
const FORMAT = "addernet-rtl/files-1";
const ABOUT =
  "Files that addernet wrote here. A later run replaces or removes those that are unchanged, and no others.";

/** Waiting for another process that writes the same folder, in milliseconds. */
const PATIENCE = 10_000;

interface Entry {
  /** The command. */
  readonly by: string;
  readonly sha256: string;
}

/** What a folder's record says; `next` while a write is under way. */
interface FolderRecord {
  readonly files: ReadonlyMap<string, Entry>;
  readonly next?: Step | undefined;
}

/** A write: its files lie in the folder `stage` as new-0, new-1, ... in the order of `put`. */
interface Step {
  readonly stage: string;
  readonly put: ReadonlyMap<string, Entry>;
  readonly drop: readonly string[];
}

const stageName = () => `.addernet-${randomBytes(6).toString("hex")}`;

/** A path that stays in its folder and out of repositories. */
const safe = (path: string): boolean =>
  !/[\\\0]/.test(path) &&
  path.split("/").every((p) => p !== "" && p !== "." && p !== ".." && !/^\.(git|addernet.*)$/i.test(p));

const entriesSchema = z
  .record(z.string().refine(safe), z.strictObject({ by: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
  .transform((o) => new Map<string, Entry>(Object.entries(o)));
const recordSchema = z.strictObject({
  format: z.literal(FORMAT),
  about: z.string(),
  files: entriesSchema,
  next: z
    .strictObject({
      stage: z.string().regex(/^\.addernet-[0-9a-f]{12}$/),
      put: entriesSchema,
      drop: z.array(z.string().refine(safe)),
    })
    .optional(),
});

const digest = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

const byName = (files: ReadonlyMap<string, Entry>) =>
  Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

const recordText = ({ files, next }: FolderRecord): string =>
  `${JSON.stringify(
    {
      format: FORMAT,
      about: ABOUT,
      files: byName(files),
      ...(next ? { next: { ...next, put: byName(next.put) } } : {}),
    },
    null,
    2,
  )}\n`;

/** What a path names, without following a link at its end; undefined too where a part of it is a file. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw e;
  }
}

function readRecord(dir: string, path: string): FolderRecord {
  const file = join(dir, RECORD);
  const found = lookAt(file);
  if (!found) return { files: new Map() };
  try {
    if (!found.isFile()) throw new Error("not a file");
    return recordSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw inputError({
      code: "AN7002",
      message: `${join(path, RECORD)} is not a record of files that addernet wrote`,
      hint: "remove it, and all files in the folder count as yours",
    });
  }
}

/** What lies at a path of a folder: nothing, a file's digest and identity, or something that is not touched. */
function contentOf(dir: string, path: string): "absent" | "other" | { readonly sha256: string; readonly id: string } {
  const parts = path.split("/");
  for (let i = 1; i < parts.length; i++) {
    const above = lookAt(join(dir, ...parts.slice(0, i)));
    if (!above) return "absent";
    // A link would lead out of the folder.
    if (!above.isDirectory()) return "other";
  }
  const file = join(dir, path);
  const found = lookAt(file);
  if (!found) return "absent";
  if (!found.isFile()) return "other";
  return { sha256: digest(readFileSync(file)), id: `${found.dev}:${found.ino}` };
}

const listed = (names: readonly string[]): string =>
  names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");

const refused = {
  foreign: (path: string, names: readonly string[]) =>
    inputError({
      code: "AN7002",
      message: `${path} holds files that addernet did not write`,
      expected: "an empty folder, or one that an earlier run wrote",
      found: listed(names),
      hint: "choose another folder, or use --force to write next to them; none of them is replaced or removed",
    }),
  taken: (path: string, names: readonly string[]) =>
    inputError({
      code: "AN7002",
      message: `${path} holds files of yours that the output would replace`,
      expected: "free names, or files that the folder's record lists as written by addernet",
      found: listed(names),
      hint: "choose another folder, or move them away; --force does not replace them either",
    }),
  changed: (path: string, names: readonly string[]) =>
    inputError({
      code: "AN7004",
      message: `${path} holds output that was changed since addernet wrote it`,
      found: listed(names),
      hint: "choose another folder or keep a copy; --force replaces what was changed",
    }),
  others: (path: string, names: readonly string[], by: string) =>
    inputError({
      code: "AN7004",
      message: `${path} holds output of addernet ${by} that this command would replace`,
      found: listed(names),
      hint: "choose another folder, or --force to replace it",
    }),
  input: (path: string, names: readonly string[]) =>
    inputError({
      code: "AN7005",
      message: `the output in ${path} would replace what this command read`,
      found: listed(names),
      hint: "choose another folder",
    }),
} satisfies Record<string, (path: string, names: readonly string[], by: string) => InputError>;

const unwritable = (path: string, e: unknown): InputError =>
  inputError({ code: "AN7001", message: `${path} cannot be written: ${reason(e)}` });

/** The folder itself, behind links; and whether it is there. */
function targetOf(path: string): { readonly dir: string; readonly exists: boolean } {
  const out = resolve(path);
  const found = lookAt(out);
  if (!found) {
    // The same folder under its real name: what lies beside it is on the same disk.
    let above = dirname(out);
    while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
    return { dir: join(realpathSync.native(above), out.slice(above.length)), exists: false };
  }
  let dir: string;
  try {
    dir = realpathSync.native(out);
  } catch (e) {
    throw inputError({
      code: "AN7001",
      message: `${path} is a link that leads nowhere: ${reason(e)}`,
      expected: "a folder, or a name that is not in use",
    });
  }
  if (!statSync(dir).isDirectory())
    throw inputError({
      code: "AN7001",
      message: `${path} is a file`,
      expected: "a folder, or a name that is not in use",
    });
  return { dir, exists: true };
}

/** Refuses what an output folder must not be, before any work: not writable, with other files, or changed by hand. */
export function checkFolder(path: string, command: OutputCommand, force: boolean): void {
  let target: ReturnType<typeof targetOf>;
  try {
    target = targetOf(path);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code) throw unwritable(path, e);
    throw e;
  }
  const { dir, exists } = target;
  let above = dir;
  while (!existsSync(above)) above = dirname(above);
  try {
    if (!statSync(above).isDirectory()) throw new Error(`${above} is a file`);
    accessSync(above, constants.W_OK | constants.X_OK);
    if (exists) accessSync(dir, constants.R_OK);
  } catch (e) {
    throw unwritable(path, e);
  }
  if (!exists) return;
  const record = readRecord(dir, path);
  const names = readdirSync(dir)
    .filter((n) => !n.startsWith(".addernet"))
    .sort();
  if (record.files.size === 0 && !record.next && names.length > 0 && !force) throw refused.foreign(path, names);
  const mark = marks[command];
  if (mark && names.includes(mark) && !record.files.has(mark) && !record.next?.put.has(mark))
    throw refused.taken(path, [mark]);
  // An exploration adds to what is there; each write looks at what it replaces.
  if (force || record.next || command === "explore") return;
  const changed = [...record.files]
    .filter(([name, own]) => {
      if (own.by !== command) return false;
      const found = contentOf(dir, name);
      return found !== "absent" && (found === "other" || found.sha256 !== own.sha256);
    })
    .map(([name]) => name);
  // Or another process has written the folder meanwhile.
  if (changed.length > 0 && recordText(readRecord(dir, path)) === recordText(record))
    throw refused.changed(path, changed);
}

export interface WriteOptions {
  /** Files of earlier runs that are not written again stay. */
  readonly keep?: boolean;
  /** A file that proves itself to be addernet's, whatever the record says. */
  readonly isOurs?: (path: string, content: Uint8Array) => boolean;
}

/**
 * Writes a command's files into a folder, all or none. What the command wrote there before is replaced, or removed
 * where it is not written again; anything else stays. Errors: AN7001, AN7002, AN7004, AN7005.
 */
export function writeFolder(
  path: string,
  content: Iterable<readonly [string, string | Uint8Array]>,
  command: OutputCommand,
  force: boolean,
  options: WriteOptions = {},
): void {
  checkFolder(path, command, force);
  const files = new Map(content);
  for (const name of files.keys()) if (!safe(name)) throw new Error(`unsafe name ${name}`);
  try {
    const target = targetOf(path);
    if (target.exists || !createFolder(target.dir, files, command)) updateFolder(path, files, command, force, options);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code) throw unwritable(path, e);
    throw e;
  }
}

/** A folder that was not there: filled beside its place, and then renamed. False where somebody else was faster. */
function createFolder(dir: string, files: ReadonlyMap<string, string | Uint8Array>, command: OutputCommand): boolean {
  const parent = dirname(dir);
  const made = makeFolder(parent);
  sweep(parent, basename(dir));
  const temp = join(parent, `.${basename(dir)}.${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(temp);
    writeFileSync(join(temp, LOCK), lockText(""));
    for (const [name, text] of files) {
      mkdirSync(dirname(join(temp, name)), { recursive: true });
      // Two names that differ in case alone are one on some disks.
      writeFileSync(join(temp, name), text, { flag: "wx" });
    }
    const entries = new Map([...files].map(([name, text]) => [name, { by: command, sha256: digest(text) }]));
    writeFileSync(join(temp, RECORD), recordText({ files: entries }));
    renameSync(temp, dir);
    unlinkSync(join(dir, LOCK));
    return true;
  } catch (e) {
    rmSync(temp, { recursive: true, force: true });
    const { code } = e as NodeJS.ErrnoException;
    if ((code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR") && lookAt(dir)) return false;
    removeEmpty(parent, made && dirname(made));
    throw e;
  }
}

/** Removes empty folders from `dir` upwards, up to `end` and without it. */
function removeEmpty(dir: string, end: string | undefined): void {
  for (let d = dir; end !== undefined && d.length > end.length; d = dirname(d))
    try {
      rmdirSync(d);
    } catch {
      return;
    }
}

/** Removes what processes that are gone left of folders that they had not finished. */
function sweep(parent: string, name: string): void {
  for (const other of readdirSync(parent)) {
    if (!other.startsWith(`.${name}.`) || !/^[0-9a-f]{12}$/.test(other.slice(name.length + 2))) continue;
    const temp = join(parent, other);
    if (lookAt(temp)?.isDirectory() && ownerOf(join(temp, LOCK)) === "gone")
      rmSync(temp, { recursive: true, force: true });
  }
}

const lockText = (stage: string): string => `${JSON.stringify({ pid: process.pid, host: hostname(), stage })}\n`;

const lockSchema = z.strictObject({
  pid: z.int().min(1),
  host: z.string(),
  stage: z.string().regex(/^(\.addernet-[0-9a-f]{12})?$/),
});

function readLock(file: string): z.output<typeof lockSchema> | undefined {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Whether the process that holds a lock still runs; one on another machine cannot be asked. */
function ownerOf(file: string): "alive" | "gone" {
  const lock = readLock(file);
  // Empty or in part: about to be written, or broken off there.
  if (!lock) return Date.now() - (lookAt(file)?.mtimeMs ?? Date.now()) > PATIENCE / 5 ? "gone" : "alive";
  if (lock.host !== hostname()) return "alive";
  // A write never gives up control, so a lock of this process is one of an earlier process with its number.
  if (lock.pid === process.pid) return "gone";
  try {
    process.kill(lock.pid, 0);
    return "alive";
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "ESRCH" ? "gone" : "alive";
  }
}

const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Runs `work` while no other process writes the folder. */
function locked(dir: string, path: string, stage: string, work: () => void): void {
  const file = join(dir, LOCK);
  const own = join(dir, `${LOCK}-${randomBytes(6).toString("hex")}`);
  for (let waited = 0; ; waited += 20) {
    try {
      writeFileSync(file, lockText(stage), { flag: "wx" });
      break;
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "EEXIST") throw e;
    }
    if (ownerOf(file) === "gone") {
      // Of several that wait, the one whose rename succeeds clears up.
      try {
        renameSync(file, own);
      } catch {
        continue;
      }
      const left = readLock(own)?.stage;
      // What a stage holds before its record says so is no part of the folder yet.
      if (left && readRecord(dir, path).next?.stage !== left) rmSync(join(dir, left), { recursive: true, force: true });
      unlinkSync(own);
    } else if (waited >= PATIENCE)
      throw inputError({
        code: "AN7001",
        message: `${path} is being written by another addernet`,
        found: join(path, LOCK),
        hint: "wait for it; if none is running, remove that file",
      });
    else sleep(20);
  }
  try {
    work();
  } finally {
    rmSync(file, { force: true });
  }
}

function updateFolder(
  path: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  command: OutputCommand,
  force: boolean,
  options: WriteOptions,
): void {
  const { dir } = targetOf(path);
  const stage = stageName();
  locked(dir, path, stage, () => {
    const before = recover(dir, path);
    const { known, put, drop } = plan(dir, path, before, files, command, force, options);
    if (put.size === 0 && drop.length === 0) {
      if (recordText({ files: known }) === recordText({ files: before })) return;
      putRecord(dir, stage, { files: known });
      rmdirSync(join(dir, stage));
      return;
    }
    for (const name of [...put.keys(), ...drop]) {
      const parent = dirname(join(dir, name));
      if (existsSync(parent)) accessSync(parent, constants.W_OK | constants.X_OK);
    }
    const next: Step = { stage, put: new Map(Object.entries(byName(put))), drop };
    let begun = false;
    try {
      mkdirSync(join(dir, stage));
      for (const [i, name] of [...next.put.keys()].entries())
        writeFileSync(join(dir, stage, `new-${i}`), files.get(name)!, { flag: "wx" });
      putRecord(dir, stage, { files: known, next });
      begun = true;
      forward(dir, known, next);
    } catch (e) {
      try {
        if (begun) {
          back(dir, next);
          putRecord(dir, stage, { files: before });
        }
        rmSync(join(dir, stage), { recursive: true, force: true });
      } catch {
        // The next run finds the step in the record and completes it.
      }
      throw e;
    }
  });
}

/** Replaces the record in one step, by way of the stage. */
function putRecord(dir: string, stage: string, record: FolderRecord): void {
  mkdirSync(join(dir, stage), { recursive: true });
  writeFileSync(join(dir, stage, "record"), recordText(record));
  renameSync(join(dir, stage, "record"), join(dir, RECORD));
}

/** Completes a write that was broken off; gives the files of the folder that are addernet's. */
function recover(dir: string, path: string): ReadonlyMap<string, Entry> {
  const { files, next } = readRecord(dir, path);
  return next ? forward(dir, files, next) : files;
}

/** What a write does: what stays known as written before, what is put in place and what is taken away. */
function plan(
  dir: string,
  path: string,
  before: ReadonlyMap<string, Entry>,
  files: ReadonlyMap<string, string | Uint8Array>,
  command: OutputCommand,
  force: boolean,
  { keep, isOurs }: WriteOptions,
) {
  const known = new Map(before);
  const put = new Map<string, Entry>();
  const drop: string[] = [];
  const taken: string[] = [];
  const changed: string[] = [];
  const others: string[] = [];
  const inputs: string[] = [];
  const written = new Set<string>();
  for (const [name, text] of files) {
    const entry = { by: command, sha256: digest(text) };
    const found = contentOf(dir, name);
    const own = before.get(name);
    if (found === "absent") {
      known.delete(name);
      put.set(name, entry);
      continue;
    }
    if (found === "other") {
      taken.push(name);
      continue;
    }
    written.add(found.id);
    if (found.sha256 === entry.sha256) {
      known.set(name, entry);
      continue;
    }
    const proven = isOurs?.(name, readFileSync(join(dir, name))) === true;
    if (!own && !proven) taken.push(name);
    else if (own && own.sha256 !== found.sha256 && !proven && !force) changed.push(name);
    else if (own && own.by !== command && !force) others.push(name);
    else if (isInput(realpathSync.native(join(dir, name)))) inputs.push(name);
    known.set(name, { by: command, sha256: found.sha256 });
    put.set(name, entry);
  }
  if (!keep)
    for (const [name, own] of before) {
      if (own.by !== command || files.has(name)) continue;
      const found = contentOf(dir, name);
      const same = typeof found === "object" && found.sha256 === own.sha256;
      if (!same) {
        if (found !== "absent" && !force) changed.push(name);
        // What was changed stays where it is and is the user's from now on.
        known.delete(name);
      } else if (written.has(found.id)) known.delete(name);
      else if (isInput(realpathSync.native(join(dir, name)))) inputs.push(name);
      else drop.push(name);
    }
  if (taken.length > 0) throw refused.taken(path, taken);
  if (inputs.length > 0) throw refused.input(path, inputs);
  if (changed.length > 0) throw refused.changed(path, changed);
  if (others.length > 0) throw refused.others(path, others, before.get(others[0]!)!.by);
  return { known, put, drop };
}

/** Carries out a write from where it stands; gives the files afterwards. Whatever was changed meanwhile stays. */
function forward(dir: string, files: ReadonlyMap<string, Entry>, { stage, put, drop }: Step) {
  const after = new Map(files);
  const from = join(dir, stage);
  drop.forEach((name, i) => {
    const found = contentOf(dir, name);
    after.delete(name);
    if (typeof found !== "object" || found.sha256 !== files.get(name)?.sha256) return;
    renameSync(join(dir, name), join(from, `gone-${i}`));
  });
  for (const name of drop) removeEmpty(dirname(join(dir, name)), dir);
  for (const [i, [name, entry]] of [...put].entries()) {
    const fresh = join(from, `new-${i}`);
    const found = contentOf(dir, name);
    const done = typeof found === "object" && found.sha256 === entry.sha256;
    const free = found === "absent" || (typeof found === "object" && found.sha256 === files.get(name)?.sha256);
    const ready = existsSync(fresh);
    if (done || (free && ready)) after.set(name, entry);
    else if (!free) after.delete(name);
    if (done || !free || !ready) continue;
    if (found !== "absent") renameSync(join(dir, name), join(from, `old-${i}`));
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    renameSync(fresh, join(dir, name));
  }
  putRecord(dir, stage, { files: after });
  rmSync(from, { recursive: true, force: true });
  return after;
}

/** Takes a write back that failed half way. */
function back(dir: string, { stage, put, drop }: Step): void {
  const from = join(dir, stage);
  for (const [i, name] of [...put.keys()].entries()) {
    const to = join(dir, name);
    const fresh = join(from, `new-${i}`);
    const old = join(from, `old-${i}`);
    if (!existsSync(fresh) && existsSync(to)) renameSync(to, fresh);
    if (existsSync(old)) renameSync(old, to);
    else removeEmpty(dirname(to), dir);
  }
  drop.forEach((name, i) => {
    const gone = join(from, `gone-${i}`);
    if (!existsSync(gone)) return;
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    renameSync(gone, join(dir, name));
  });
}

/** Writes one file whole or not at all: through links, and never over what this command read. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  let temp: string | undefined;
  try {
    const out = resolve(path);
    const found = lookAt(out);
    const to = found ? realpathSync.native(out) : out;
    const kind = found && statSync(to);
    if (isInput(to))
      throw inputError({
        code: "AN7005",
        message: `${path} was read by this command; its output would replace it`,
        hint: "choose another file",
      });
    if (kind?.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
    if (kind && !kind.isFile()) {
      // A device or a FIFO stays what it is.
      writeFileSync(to, content);
      return;
    }
    makeFolder(dirname(to));
    temp = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString("hex")}`);
    writeFileSync(temp, content, { flag: "wx" });
    if (kind) chmodSync(temp, kind.mode & 0o7777);
    renameSync(temp, to);
  } catch (e) {
    if (temp) rmSync(temp, { force: true });
    if ((e as NodeJS.ErrnoException).code) throw unwritable(path, e);
    throw e;
  }
}

/** Prints a text that is itself the result, or writes it to a file. */
export function writeText(text: string, output: string | undefined, out: Console): Outcome {
  if (!output) {
    out.text(text);
    return done();
  }
  writeWhole(output, text);
  out.line(`wrote ${output}`);
  return done({ file: output });
}
