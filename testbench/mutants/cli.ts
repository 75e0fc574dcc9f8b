// npm run mutants -- [--kind cells,golden,stages,wiring,memory] [--file TEXT] [--count N] [--seed S] [--shard I/N] [--state FILE]
//                    [--seconds N] [--limit SECONDS] [--sets N] [--id A,B] [--list]
//
// --kind     what is made wrong (all of them): a line of a cell, of golden, of stages 4 to 6; a connection in an emitted
//            design, a bit of its memory files
// --file     files alone whose path has this text
// --count    mutants of each kind, drawn by the seed (20)
// --shard    of these every N-th, from the I-th on (1 to N)
// --state    what is done so far, a line a mutant: the same command goes on there
// --seconds  begins no mutant later than this
// --limit    seconds for one set of tests (300)
// --sets     of each file's sets of tests the first N alone, which are the quickest
// --id       these alone, in place of a draw
// --list     shows the mutants that would be run
//
//   npm run mutants -- --farm WHERE --output DIR [--kind ...] [--file ...] [--count N] [--seed S] [--limit SECONDS] [--sets N]
//
// in other processes, see docs/farm.md; --farm-options, --farm-workers, --resume and --dry-run as there
//
// A mutant of a file is run against the tests, the lint or the proofs that pin the file (tests.ts), in a copy of the project; one of an
// emitted design against `verify` in Icarus, without and with rests. Those that live are looked up in survivors.json, where somebody has said what they are. The exit code is 1 where one is not in there.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Checker, type Result } from "./check.ts";
import { type Drawn, mutantsFarm } from "./farm.ts";
import { type DesignMutant, designMutants, filesOf, isFileKind, kinds, mutantsOfKind } from "./kinds.ts";
import { draw, judgmentOf, type Mutant, survivors } from "./mutant.ts";

const { values } = parseArgs({
  options: {
    kind: { type: "string", default: kinds.join(",") },
    file: { type: "string", default: "" },
    count: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    shard: { type: "string", default: "1/1" },
    state: { type: "string" },
    seconds: { type: "string", default: "Infinity" },
    limit: { type: "string", default: "300" },
    sets: { type: "string", default: "Infinity" },
    id: { type: "string" },
    list: { type: "boolean", default: false },
    farm: { type: "string" },
    "farm-options": { type: "string" },
    "farm-workers": { type: "string" },
    output: { type: "string", short: "o" },
    resume: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  },
});
const number = (name: "count" | "seed" | "seconds" | "limit" | "sets"): number => {
  const n = Number(values[name]);
  if (!(n >= 0)) throw new Error(`--${name} is a number, not ${values[name]}`);
  return n;
};
const [index, of] = values.shard.split("/").map(Number) as [number, number];
if (!(index >= 1 && index <= of)) throw new Error("--shard I/N, I from 1 to N");
const chosen = values.kind.split(",").map((name) => {
  const found = kinds.find((k) => k === name);
  if (!found) throw new Error(`--kind ${name}: it is one of ${kinds.join(", ")}`);
  return found;
});

const lines = values.state && existsSync(values.state) ? readFileSync(values.state, "utf8").split("\n") : [];
const done = new Map(lines.filter(Boolean).map((l) => [(JSON.parse(l) as Result).id, JSON.parse(l) as Result]));
const known = survivors();

const ids = values.id?.split(",");
const drawn: readonly Drawn[] = chosen.flatMap((kind) => {
  const all = (isFileKind(kind) ? mutantsOfKind(kind) : designMutants(kind)).filter((m) =>
    m.file.includes(values.file),
  );
  const some = ids
    ? all.filter((m) => ids.includes(m.id))
    : draw<Mutant | DesignMutant>(all, number("seed"), number("count"), { index: index - 1, of });
  return some.map((m) => ({ kind, m }));
});
const show = (m: Mutant | DesignMutant | Result): string => `${m.file}:${m.line} ${m.what} | ${m.after}`;

if (values.list) {
  for (const { m } of drawn) console.log(`${m.id} ${show(m)}`);
} else if (values.farm !== undefined || values["dry-run"]) await onFarm(values.farm);
else await here();

function tell(m: Mutant | DesignMutant, r: Result): void {
  const judged = r.nothing ? "changes nothing" : (judgmentOf(m, known)?.judgment ?? "not judged");
  console.log(`${r.killed ? `killed by ${r.killed}` : `LIVES (${judged})`}: ${show(m)}`);
}

async function here(): Promise<void> {
  const end = Date.now() + number("seconds") * 1000;
  const checker = new Checker({ limit: number("limit"), sets: number("sets") });
  const results: Result[] = [];
  try {
    for (const { kind, m } of drawn) {
      let r = done.get(m.id);
      if (!r) {
        if (Date.now() > end) break;
        r = await checker.check(kind, m);
        if (values.state) appendFileSync(values.state, `${JSON.stringify(r)}\n`);
      }
      results.push(r);
      tell(m, r);
    }
  } finally {
    checker.remove();
  }
  summary(results);
}

async function onFarm(farm: string | undefined): Promise<void> {
  const { output } = values;
  if (!output || values.shard !== "1/1" || values.state || values.seconds !== "Infinity")
    throw new Error("--farm needs --output, and none of --shard, --state, --seconds");
  let told = Date.now();
  const workers = values["farm-workers"] === undefined ? {} : { workers: Number(values["farm-workers"]) };
  const options = values["farm-options"] === undefined ? {} : { options: values["farm-options"] };
  const limits = { limit: number("limit"), sets: number("sets") };
  const { results, jobs, backend } = await mutantsFarm(drawn, limits, {
    folder: output,
    where: { farm, ...workers, ...options },
    resume: values.resume,
    dryRun: values["dry-run"],
    onProgress(s, by) {
      if (Date.now() - told < 10_000) return;
      told = Date.now();
      console.log(`${s.done} of ${s.jobs} mutants (${by}), ${s.running.length} workers, ${s.failed.length} failed`);
    },
  });
  if (!results) return console.log(`planned in ${output}: ${jobs} mutants`);
  console.log(`${jobs} mutants by ${backend}`);
  for (const [i, r] of results.entries()) tell(drawn[i]!.m, r);
  summary(results);
}

function summary(all: readonly Result[]): void {
  const results = all.filter((r) => !r.nothing);
  const alive = results.filter((r) => !r.killed);
  const of = (judgment: string) => alive.filter((r) => (judgmentOf(r, known)?.judgment ?? "not judged") === judgment);
  const [equivalent, open] = [of("equivalent"), of("not judged")];
  for (const kind of chosen) {
    const own = results.filter((r) => r.kind === kind);
    console.log(`${kind}: ${own.filter((r) => r.killed).length} of ${own.length} killed`);
  }
  const faults = results.length - equivalent.length;
  const found = results.length - alive.length;
  console.log(
    `${found} of ${faults} mutants that are not equivalent killed (${((100 * found) / Math.max(1, faults)).toFixed(1)} %); ` +
      `${equivalent.length} equivalent, ${of("elsewhere").length} killed elsewhere, ${of("gap").length} gaps, ` +
      `${open.length} not judged`,
  );
  for (const r of open) console.log(`not judged: ${show(r)}`);
  const own = chosen.filter(isFileKind);
  const files = new Set(own.flatMap((k) => filesOf(k)));
  const there = new Set(own.flatMap((k) => mutantsOfKind(k)).map((m) => JSON.stringify([m.file, m.before, m.after])));
  for (const j of known)
    if (files.has(j.file) && !there.has(JSON.stringify([j.file, j.before, j.after])))
      console.log(`survivors.json judges what is gone: ${j.file} | ${j.after}`);
  if (open.length > 0) process.exitCode = 1;
}
