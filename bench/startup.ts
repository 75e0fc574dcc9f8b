// Start of the command line: `addernet --help`, compiled as the package ships it, against a bare yargs program.
//
//   npm run build && npx tsx bench/startup.ts
//
// Prints the median time of each and the median of the ratios of pairs; both run alternately.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dir = mkdtempSync(join(tmpdir(), "addernet-startup-"));
const RUNS = 15;

/** Wall clock of one run in milliseconds. */
function timed(script: string): number {
  const start = performance.now();
  const r = spawnSync(process.execPath, [script, "--help"], { stdio: "ignore" });
  if (r.status !== 0) throw new Error(`${script} ended with ${r.status}`);
  return performance.now() - start;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

try {
  mkdirSync(join(dir, "scripts"));
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(dir, "bare.mjs"),
    'import yargs from "yargs";\nawait yargs(process.argv.slice(2)).scriptName("bare").command("a", "b").demandCommand(1).strict().help().parseAsync();\n',
  );
  const ours = join(root, "dist/scripts/addernet.mjs");
  const bare = join(dir, "bare.mjs");
  for (const script of [ours, bare]) timed(script);
  const pairs = Array.from({ length: RUNS }, () => [timed(ours), timed(bare)] as const);
  const [a, b] = [median(pairs.map(([x]) => x)), median(pairs.map(([, y]) => y))];
  console.log(
    `addernet --help ${a.toFixed(0)} ms, bare yargs ${b.toFixed(0)} ms, ratio ${median(pairs.map(([x, y]) => x / y)).toFixed(2)}`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}
