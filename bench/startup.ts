// Start of the command line: `addernet --help`, compiled as the package ships it, against a bare yargs program.
//
//   npm run bench -- startup [--json]
//
// Compiles the package first. Prints the median time of each and the median of the ratios of pairs, of wall clock and of
// processor time; both programs run alternately.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dir = mkdtempSync(join(tmpdir(), "addernet-startup-"));
const RUNS = 15;

/** A process writes the processor time that it took, in microseconds, to its standard error when it ends. */
const meter =
  'data:text/javascript,process.on("exit",()=>{const u=process.cpuUsage();process.stderr.write(String(u.user+u.system))})';

/** Milliseconds of one run. */
function timed(script: string): { readonly wall: number; readonly cpu: number } {
  const start = performance.now();
  const r = spawnSync(process.execPath, ["--import", meter, script, "--help"], { encoding: "utf8" });
  if (r.status !== 0) throw new Error(`${script} ended with ${r.status}: ${r.stderr}`);
  return { wall: performance.now() - start, cpu: Number(r.stderr) / 1000 };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const round = (v: number): number => Math.round(100 * v) / 100;

try {
  const built = spawnSync(process.execPath, ["--import", "tsx", join(root, "scripts/build-package.ts")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (built.status !== 0) throw new Error("the package does not compile");
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
  const of = (kind: "wall" | "cpu") => ({
    addernet: round(median(pairs.map(([a]) => a[kind]))),
    yargs: round(median(pairs.map(([, b]) => b[kind]))),
    ratio: round(median(pairs.map(([a, b]) => a[kind] / b[kind]))),
  });
  const found = { wall: of("wall"), cpu: of("cpu") };
  if (process.argv.includes("--json")) console.log(JSON.stringify(found));
  else
    for (const [kind, f] of Object.entries(found))
      console.log(`${kind}: addernet --help ${f.addernet} ms, bare yargs ${f.yargs} ms, ratio ${f.ratio.toFixed(2)}`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
