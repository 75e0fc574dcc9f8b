// A copy of the project, in which a file may be wrong for a while.
import { type ChildProcess, execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isLibrary } from "../fuzz/cache.ts";
import { startTool, temporaryFolder } from "../lib/children.ts";
import { root } from "../nets/build.ts";
import type { Mutant } from "./mutant.ts";
import type { Answer, Asked } from "./serve.ts";
import type { Killer } from "./tests.ts";

/** `passed`: all tests passed. `failed`: one did not, or they took longer than they may. */
export type Verdict = "passed" | "failed" | "too long";

/** What came of a set of tests. */
export interface Ran {
  readonly verdict: Verdict;
  readonly output: string;
  /** Pattern of titles for the first test that failed, where one is known. */
  readonly failed?: string;
}

/** Files of the project that git knows and those that it would take, sorted. */
export function projectFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  return (
    [...new Set(listed.toString().split("\0"))]
      // A link to another place's node_modules is none that git ignores.
      .filter((f) => f !== "" && existsSync(join(root, f)) && lstatSync(join(root, f)).isFile())
      .sort()
  );
}

export class Copy {
  readonly dir: string;
  readonly #removeFolder: () => void;
  /** Runs tests, as long as the copy is there: Vitest starts once. */
  #server: ChildProcess | undefined;
  /** Files that were written since it ran some. */
  readonly #changed = new Set<string>();

  constructor() {
    const { path, remove } = temporaryFolder("addernet-mutants-");
    [this.dir, this.#removeFolder] = [path, remove];
    for (const file of projectFiles()) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      copyFileSync(join(root, file), join(path, file));
    }
    symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
    // The simulators' own libraries take longest to build; what others build there at the moment comes and goes.
    const cache = join(root, ".cache/tb");
    const own = existsSync(cache) ? readdirSync(cache).filter(isLibrary) : [];
    for (const f of own) cpSync(join(cache, f), join(path, ".cache/tb", f), { recursive: true });
  }

  remove(): void {
    this.#end();
    this.#removeFolder();
  }

  /** Does `work` while the mutant's file is wrong. */
  async with<T>(m: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.dir, m.file);
    const right = readFileSync(path, "utf8");
    const write = (text: string) => {
      writeFileSync(path, text);
      this.#changed.add(m.file);
    };
    write(m.apply());
    try {
      return await work();
    } finally {
      write(right);
    }
  }

  /**
   * Runs tests or proofs in the copy; `seconds` at most.
   * @param only pattern of titles of tests, in place of the set's own
   * @param again whether Vitest has begun anew for them because of an error of no test
   */
  async run(k: Killer, seconds: number, only?: string, again = false): Promise<Ran> {
    if (k.run === "formal") return this.#script(["scripts/formal.ts", "--jobs", "1", ...k.of], seconds);
    if (k.run === "lint") return this.#script(["scripts/lint-cells.ts", ...k.of], seconds);
    this.#server ??= this.#start(["--import", "tsx", "testbench/mutants/serve.ts"], "ipc");
    const server = this.#server;
    const changed = [...this.#changed];
    this.#changed.clear();
    const asked: Asked = { project: k.run, files: k.of, only: only ?? k.only?.source, changed };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end();
        done({ verdict: "too long", output: "" });
      }, seconds * 1000);
      const ended = () => done(new Error("the process that runs the tests has ended"));
      const answered = ({ passed, failed, stray, output }: Answer) => {
        if (stray && !again) {
          away();
          this.#end();
          this.run(k, seconds, only, true).then(resolve, reject);
        } else if (failed !== undefined) done({ verdict: "failed", output, ...(failed === "" ? {} : { failed }) });
        else if (passed > 0) done({ verdict: "passed", output });
        else done(new Error(`no test of ${k.name} was run`));
      };
      const away = () => {
        clearTimeout(timer);
        server.off("exit", ended).off("error", ended).off("message", answered);
      };
      const done = (end: Ran | Error) => {
        away();
        if (end instanceof Error) reject(end);
        else resolve(end);
      };
      server.on("exit", ended).on("error", ended).on("message", answered);
      server.send(asked);
    });
  }

  #start(args: readonly string[], channel: "ipc" | "pipe"): ChildProcess {
    return startTool(process.execPath, args, {
      ...{
        cwd: this.dir,
        stdio: channel === "ipc" ? ["ignore", "ignore", "inherit", "ipc"] : ["ignore", "pipe", "pipe"],
      },
      env: { ...process.env, TB_SIM: "icarus", FORCE_COLOR: "0", ADDERNET_CACHE: join(this.dir, ".cache/tb") },
    });
  }

  #script(args: readonly string[], seconds: number): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = this.#start(["--import", "tsx", ...args], "pipe");
      let output = "";
      const take = (chunk: Buffer) => {
        output += chunk;
      };
      child.stdout!.on("data", take);
      child.stderr!.on("data", take);
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        process.kill(-child.pid!, "SIGKILL");
      }, seconds * 1000);
      child.on("error", reject);
      child.on("close", (code) => {
        clearTimeout(timer);
        resolve({ verdict: late ? "too long" : code === 0 ? "passed" : "failed", output });
      });
    });
  }

  /** Ends the process that runs the tests, and whatever it runs. */
  #end(): void {
    const server = this.#server;
    this.#server = undefined;
    if (server?.pid === undefined) return;
    try {
      process.kill(-server.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}
