// Runs the project's checks one after the other; scripts/check and scripts/test start it.
//
//   tsx scripts/steps.ts check    the quick ones
//   tsx scripts/steps.ts test     all of them
//
// A failed step does not stop the later ones. The last line is `N passed, N failed` over the tests of all steps
// (a step that counts nothing is one test); the exit code is 1 when a step failed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Counts, proofCounts, type StepResult, settle, sum, summaryLine, vitestCounts } from "./tally.ts";

interface Step {
  readonly name: string;
  readonly args: readonly string[];
  /** Part of the quick look. */
  readonly quick: boolean;
  /** Reads the step's own counts from what it printed or from the report file it was given. */
  readonly count?: (output: string, report: string) => Counts | undefined;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(join(tmpdir(), "addernet-steps-"));

function vitest(project: string, quick: boolean, ...more: readonly string[]): Step {
  const report = join(reports, `${project}.json`);
  const args = ["vitest/vitest.mjs", "run", "--project", project, ...more, "--reporter=default", "--reporter=json"];
  return {
    name: `${project} tests`,
    quick,
    args: [...args, `--outputFile.json=${report}`],
    count: () => vitestCounts(report),
  };
}

/** Each step is a program under node_modules, run by this very node, or a script of ours. */
const steps: readonly Step[] = [
  { name: "format", quick: true, args: ["@biomejs/biome/bin/biome", "format", "."] },
  { name: "types", quick: true, args: ["typescript/bin/tsc", "-p", "."] },
  {
    name: "lint",
    quick: true,
    args: ["@biomejs/biome/bin/biome", "check", "--formatter-enabled=false", "--error-on-warnings", "."],
  },
  {
    name: "import arrows",
    quick: true,
    args: [
      "dependency-cruiser/bin/dependency-cruise.mjs",
      "--config",
      ".dependency-cruiser.cjs",
      "farm",
      "generator",
      "golden",
      "testbench",
      "scripts",
      "bench",
      "web",
    ],
  },
  vitest("unit", true),
  { name: "cell lint", quick: true, args: ["tsx/dist/cli.mjs", "scripts/lint-cells.ts"] },
  // One more than processors: the tests of farms, of signals and against a real Slurm mostly wait.
  vitest("slow", false, `--maxWorkers=${availableParallelism() + 1}`),
  vitest("sim", false, `--maxWorkers=${availableParallelism() + 1}`),
  vitest("browser", false),
  { name: "formal", quick: false, args: ["tsx/dist/cli.mjs", "scripts/formal.ts"], count: proofCounts },
];

/** Runs one step; its output is shown as it comes when `loud`, else only when it fails. */
function run(step: Step, loud: boolean): Promise<StepResult> {
  const started = Date.now();
  const [program, ...args] = step.args;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "node_modules", program!), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (loud) process.stdout.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => take(Buffer.from(`${error.message}\n`)));
    child.on("close", (code) => {
      const ok = code === 0;
      if (!ok && !loud) process.stdout.write(output);
      const counts = settle(ok, step.count?.(output, reports));
      resolve({ name: step.name, ok: counts.failed === 0, counts, seconds: (Date.now() - started) / 1000 });
    });
  });
}

const mode = process.argv[2];
if (mode !== "check" && mode !== "test") {
  console.error("usage: tsx scripts/steps.ts check|test");
  process.exit(2);
}

const results: StepResult[] = [];
for (const step of steps.filter(({ quick }) => quick || mode === "test")) {
  const result = await run(step, mode === "test");
  results.push(result);
  console.log(`${result.ok ? "ok    " : "FAILED"} ${step.name.padEnd(14)} ${result.seconds.toFixed(1).padStart(7)} s`);
}
rmSync(reports, { recursive: true, force: true });

const failed = results.filter(({ ok }) => !ok);
if (failed.length > 0) console.log(`failed steps: ${failed.map(({ name }) => name).join(", ")}`);
console.log(summaryLine(sum(results.map(({ counts }) => counts))));
process.exitCode = failed.length > 0 ? 1 : 0;
