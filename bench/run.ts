// All measurements, one after the other, or one of them.
//
//   npm run bench                        all
//   npm run bench -- NAME [OPTION ...]   one, with its own options
//   npm run bench -- --json              all as one JSON object
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const benches: readonly { readonly name: string; readonly file: string; readonly what: string }[] = [
  { name: "l1-array", file: "l1-array.ts", what: "LUT a lane against the plain writings" },
  { name: "array-clock", file: "array-clock.ts", what: "clock of an array alone against a multiplying one" },
  { name: "utilization", file: "utilization.ts", what: "busy lanes and clocks a frame against the bound" },
  { name: "simulation", file: "testbench-speed.ts", what: "clocks a second of the bench library" },
  { name: "golden", file: "golden.ts", what: "golden model against a nested loop and PyTorch" },
  { name: "farm", file: "farm.ts", what: "overhead of a job, speed-up on two cores, planning and collecting" },
  { name: "web", file: "web.ts", what: "from dropped files to a report, in a page against the command" },
  { name: "startup", file: "startup.ts", what: "start of the command line against a bare yargs program" },
  { name: "generation", file: "generation.ts", what: "time of the compiler as weights grow" },
];

const args = process.argv.slice(2);
const json = args.includes("--json");
const name = args[0]?.startsWith("-") ? undefined : args.shift();
const chosen = benches.filter((b) => name === undefined || b.name === name);
if (chosen.length === 0) {
  console.error(`no measurement ${name}; there are ${benches.map((b) => b.name).join(", ")}`);
  process.exit(2);
}
const results: Record<string, unknown> = {};
for (const { name, file, what } of chosen) {
  if (!json) console.log(`\n== ${name}: ${what}\n`);
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, file), ...args],
    { stdio: ["ignore", json ? "pipe" : "inherit", "inherit"], encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (status !== 0) {
    process.exitCode = 1;
    console.error(`${name} failed`);
  } else if (json) results[name] = JSON.parse(stdout);
}
if (json) console.log(JSON.stringify(results, null, 2));
