// Commands of README and docs: what stands in fenced blocks, and how each of them is run by a test.
//
// A block with commands says how it is run in a comment right in front of it, which no reader of the page sees:
//
//   <!-- run in DIR: NAME=PATH WORD:=TEXT -->   in a copy of DIR; NAME is a link to PATH there, WORD is read as TEXT
//   <!-- nightly in DIR: ... -->                the same, but too slow for every change
//   <!-- not run: REASON -->                    needs a board, a network, a program that no test has; or who runs it
//   <!-- output -->                             what the block before prints: each line, in this order
//
// A block of the language `console` has commands behind `$` and what they print; it needs no comment. `...` in an output
// stands for anything, and seconds may differ.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";

export const root = dirname(import.meta.dirname);

export interface Block {
  readonly page: string;
  /** Of the fence. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What the comment in front of it says; undefined where there is none. */
  readonly mark: string | undefined;
}

/** Pages whose commands are run. What gen-docs writes is compared where it is made. */
export function pages(): string[] {
  const of = (dir: string) =>
    readdirSync(join(root, dir), { recursive: true, encoding: "utf8" })
      .filter((f) => f.endsWith(".md") && !f.includes("node_modules"))
      .map((f) => join(dir, f));
  return ["README.md", "CONTRIBUTING.md", "bench/README.md", ...of("docs"), ...of("examples")]
    .filter((f) => f !== "docs/messages.md")
    .sort();
}

/** Fenced blocks of a page, in their order. */
export function blocksOf(page: string, text = readFileSync(join(root, page), "utf8")): Block[] {
  const found: Block[] = [];
  const lines = text.split("\n");
  let mark: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\S*)\s*$/.exec(lines[i]!);
    const comment = /^<!-- ((?:run|nightly|not run|output)\b.*?) -->$/.exec(lines[i]!);
    if (fence) {
      const end = lines.indexOf("```", i + 1);
      if (end < 0) throw new Error(`${page}:${i + 1}: a fence is not closed`);
      found.push({ page, line: i + 1, language: fence[1]!, text: lines.slice(i + 1, end).join("\n"), mark });
      i = end;
      mark = undefined;
    } else if (comment) mark = comment[1];
    else if (lines[i]!.trim() !== "") mark = undefined;
  }
  return found;
}

const PROGRAMS =
  /^(\$ )?(\w+=\S+ )?(addernet|npx|npm|node|make|cd|python3?|pip|apt-get|fusesoc|vivado|sbatch|srun|openFPGALoader|iceprog|git|scripts\/\S+|examples\/\S+\/run)( |$)/;

/** Whether a block has something that a reader may type. */
export const hasCommands = (b: Block): boolean =>
  ["", "sh", "bash", "console"].includes(b.language) && b.text.split("\n").some((l) => PROGRAMS.test(l));

export type How =
  | {
      readonly kind: "run" | "nightly";
      readonly dir: string;
      readonly links: ReadonlyMap<string, string>;
      readonly words: ReadonlyMap<string, string>;
    }
  | { readonly kind: "not run"; readonly reason: string }
  | { readonly kind: "output" };

/** What a block's comment means. Throws where it is missing or none of the four. */
export function howOf(b: Block): How {
  const at = `${b.page}:${b.line}`;
  const mark = b.mark ?? (b.language === "console" ? "run in ." : undefined);
  if (mark === undefined)
    throw new Error(`${at}: these commands are not run by any test; a comment must say how or why not`);
  if (mark === "output") return { kind: "output" };
  const reason = /^not run: (.+)$/.exec(mark)?.[1];
  if (reason) return { kind: "not run", reason };
  const m = /^(run|nightly) in ([^\s:]+)(?:: (.*))?$/.exec(mark);
  if (!m) throw new Error(`${at}: this comment says nothing that is known: ${mark}`);
  const links = new Map<string, string>();
  const words = new Map<string, string>();
  for (const part of m[3]?.split(" ").filter(Boolean) ?? []) {
    const [, name, sort, value] = /^(.+?)(:?=)(.*)$/.exec(part) ?? [];
    if (name === undefined) throw new Error(`${at}: ${part} is neither NAME=PATH nor WORD:=TEXT`);
    (sort === "=" ? links : words).set(name, value!);
  }
  return { kind: m[1] as "run" | "nightly", dir: m[2]!, links, words };
}

/** A copy of what commands of the pages use, one for each page: later blocks find what earlier ones wrote. */
export class Sandbox {
  readonly path = mkdtempSync(join(tmpdir(), "addernet-docs-"));
  constructor() {
    cpSync(join(root, "examples"), join(this.path, "examples"), { recursive: true });
    for (const f of [
      "scripts",
      "docs",
      "node_modules",
      "package.json",
      "generator",
      "farm",
      "golden",
      "templates",
      "testbench",
    ])
      symlinkSync(join(root, f), join(this.path, f));
    const bin = join(this.path, "bin");
    mkdirSync(bin);
    const program = `exec "${process.execPath}" "${join(root, "scripts/addernet.mjs")}" "$@"\n`;
    writeFileSync(join(bin, "addernet"), `#!/bin/sh\n${program}`, { mode: 0o755 });
    // What npx does in a clone.
    writeFileSync(join(bin, "npx"), `#!/bin/sh\n[ "$1" = addernet ] || exit 127\nshift\n${program}`, { mode: 0o755 });
  }
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Runs a shell text; gives what it printed on both streams and its exit code. */
  shell(text: string, dir: string): { readonly code: number | null; readonly said: string } {
    const { ADDERNET_CACHE = join(root, ".cache/tb") } = process.env;
    const r = spawnSync("bash", ["--noprofile", "--norc", "-euo", "pipefail", "-c", `exec 2>&1\n${text}`], {
      cwd: join(this.path, dir),
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, ADDERNET_CACHE, PATH: `${join(this.path, "bin")}${delimiter}${process.env.PATH}` },
    });
    return { code: r.status, said: r.stdout };
  }

  /** Runs a block as it says; gives what it printed. Throws where a command fails or, in a console, prints something else. */
  run(b: Block): string {
    const how = howOf(b);
    if (how.kind !== "run" && how.kind !== "nightly") throw new Error(`${b.page}:${b.line} is not run`);
    const cwd = join(this.path, how.dir);
    for (const [name, path] of how.links)
      if (!existsSync(join(cwd, name))) {
        mkdirSync(dirname(join(cwd, name)), { recursive: true });
        symlinkSync(relative(dirname(join(cwd, name)), join(cwd, path)), join(cwd, name));
      }
    const filled = (text: string) => {
      let out = text;
      for (const [word, value] of how.words) out = out.replaceAll(word, value);
      return out;
    };
    const steps = b.language === "console" ? consoleSteps(b.text) : [{ command: b.text, output: undefined }];
    let all = "";
    for (const { command, output } of steps) {
      const { code, said } = this.shell(filled(command), how.dir);
      all += said;
      if (code !== 0)
        throw new Error(`${b.page}:${b.line}: exit code ${code} of\n${filled(command)}\n${said.slice(-3000)}`);
      if (output !== undefined && !sameOutput(output, said))
        throw new Error(`${b.page}:${b.line}: ${command}\nprints\n${said}\nand not\n${output}`);
    }
    return all;
  }
}

/** Commands behind `$` (a backslash goes on in the next line) and what is printed under them. */
export function consoleSteps(text: string): { readonly command: string; readonly output: string }[] {
  const steps: { command: string; output: string }[] = [];
  for (const line of text.split("\n")) {
    const last = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), output: "" });
    else if (last?.command.endsWith("\\") && last.output === "") last.command += `\n${line}`;
    else if (last) last.output += `${line}\n`;
  }
  return steps;
}

/** A line of a page as a pattern: seconds and rates are those of another machine, and `...` is whatever stands there. */
function pattern(line: string): RegExp {
  const parts = line
    .trimEnd()
    .split("...")
    .map((part) =>
      part
        .split(/(\d+(?:\.\d+)? s\b)/)
        .map((p, i) => (i % 2 === 1 ? "\\d+(?:\\.\\d+)? s" : p.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
        .join(""),
    );
  return new RegExp(`^${parts.join(".*")}$`);
}

/** All of an output, line by line; a line `...` stands for any number of them. */
export function sameOutput(page: string, said: string): boolean {
  const want = page.trimEnd().split("\n");
  const have = said
    .trimEnd()
    .split("\n")
    .map((l) => l.trimEnd());
  const from = (w: number, h: number): boolean => {
    if (w === want.length) return h === have.length;
    if (want[w]!.trim() === "...")
      return Array.from({ length: have.length - h + 1 }, (_, k) => k).some((k) => from(w + 1, h + k));
    return h < have.length && pattern(want[w]!).test(have[h]!) && from(w + 1, h + 1);
  };
  return from(0, 0);
}

/** Lines of a page that an output has not, or not in this order. */
export function missingLines(page: string, said: string): string[] {
  const have = said.split("\n").map((l) => l.trimEnd());
  let at = 0;
  return page
    .split("\n")
    .filter((l) => l.trim() !== "")
    .filter((line) => {
      const found = have.findIndex((h, i) => i >= at && pattern(line).test(h));
      if (found >= 0) at = found + 1;
      return found < 0;
    });
}
