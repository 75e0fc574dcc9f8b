// A copy of the project, in which a file may be wrong for a while.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startTool, temporaryFolder } from "../lib/children.ts";
import { root } from "../nets/build.ts";
import type { Mutant } from "./mutant.ts";
import type { Killer } from "./tests.ts";

/** `passed`: all tests passed. `failed`: one did not, or they took longer than they may. */
export type Verdict = "passed" | "failed" | "too long";

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
  readonly remove: () => void;

  constructor() {
    const { path, remove } = temporaryFolder("addernet-mutants-");
    [this.dir, this.remove] = [path, remove];
    for (const file of projectFiles()) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      copyFileSync(join(root, file), join(path, file));
    }
    symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
    // The simulators' own libraries take longest to build.
    const cache = join(root, ".cache/tb");
    if (existsSync(cache)) {
      mkdirSync(join(path, ".cache"));
      execFileSync("cp", ["-r", "--reflink=auto", cache, join(path, ".cache/tb")]);
    }
  }

  /** Does `work` while the mutant's file is wrong. */
  async with<T>(m: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.dir, m.file);
    const right = readFileSync(path, "utf8");
    writeFileSync(path, m.apply());
    try {
      return await work();
    } finally {
      writeFileSync(path, right);
    }
  }

  /** Runs tests or proofs in the copy; `seconds` at most. */
  run(k: Killer, seconds: number): Promise<{ readonly verdict: Verdict; readonly output: string }> {
    const args =
      k.run === "formal"
        ? ["tsx/dist/cli.mjs", "scripts/formal.ts", "--jobs", "1", ...k.of]
        : [
            ...["vitest/vitest.mjs", "run", "--project", k.run, "--bail", "1", "--maxWorkers", "1", "--no-isolate"],
            ...(k.only ? ["-t", k.only.source] : []),
            ...k.of,
          ];
    const [program, ...rest] = args;
    return new Promise((resolve, reject) => {
      const child = startTool(process.execPath, [join(this.dir, "node_modules", program!), ...rest], {
        ...{ cwd: this.dir, stdio: ["ignore", "pipe", "pipe"] },
        env: { ...process.env, TB_SIM: "icarus", FORCE_COLOR: "0", ADDERNET_CACHE: join(this.dir, ".cache/tb") },
      });
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
}
