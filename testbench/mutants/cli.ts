// npm run mutants -- [--kind cells,golden,stages,wiring,memory] [--file TEXT] [--count N] [--seed S] [--shard I/N] [--state FILE]
//                    [--seconds N] [--limit SECONDS] [--sets N] [--list]
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
// --list     shows the mutants that would be run
//
// A mutant of a file is run against the tests or proofs that pin the file (tests.ts), in a copy of the project; one of an
// emitted design against `verify` in Icarus, without and with rests. Those that live are looked up in survivors.json, where somebody has said what they are. The exit code is 1 where one is not in there.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Copy } from "./copy.ts";
import { type DesignMutant, designMutants, fileKinds, isFileKind, kinds, mutantsOfKind } from "./kinds.ts";
import { draw, type Judged, judgmentOf, type Mutant } from "./mutant.ts";
import { type Killer, killersOf } from "./tests.ts";

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
    list: { type: "boolean", default: false },
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

/** What happened to a mutant. */
interface Result {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** The set of tests that failed; none where the mutant lives. */
  readonly killed?: string;
  /** It is no fault: golden says that the bit changes nothing. */
  readonly nothing?: boolean;
  readonly seconds: number;
}

/** Sets of tests that are known to pass without a fault. */
const sound = new Set<string>();

const lines = values.state && existsSync(values.state) ? readFileSync(values.state, "utf8").split("\n") : [];
const done = new Map(lines.filter(Boolean).map((l) => [(JSON.parse(l) as Result).id, JSON.parse(l) as Result]));
const survivors = JSON.parse(readFileSync(join(import.meta.dirname, "survivors.json"), "utf8")) as Judged[];

const drawn = chosen.flatMap((kind) =>
  draw(
    (isFileKind(kind) ? mutantsOfKind(kind) : designMutants(kind)).filter((m) => m.file.includes(values.file)),
    number("seed"),
    number("count"),
    { index: index - 1, of },
  ).map((m) => ({ kind, m })),
);
const show = (m: Mutant | DesignMutant | Result): string => `${m.file}:${m.line} ${m.what} | ${m.after}`;

if (values.list) {
  for (const { m } of drawn) console.log(`${m.id} ${show(m)}`);
} else {
  const end = Date.now() + number("seconds") * 1000;
  const copy = new Copy();
  const results: Result[] = [];
  try {
    for (const { kind, m } of drawn) {
      let r = done.get(m.id);
      if (!r) {
        if (Date.now() > end) break;
        r = await check(copy, kind, m);
        if (values.state) appendFileSync(values.state, `${JSON.stringify(r)}\n`);
      }
      results.push(r);
      const judged = r.nothing ? "changes nothing" : (judgmentOf(m, survivors)?.judgment ?? "not judged");
      console.log(`${r.killed ? `killed by ${r.killed}` : `LIVES (${judged})`}: ${show(m)}`);
    }
  } finally {
    copy.remove();
  }
  summary(results);
}

/** A set that fails anyhow kills nothing. */
async function requireSound(copy: Copy, k: Killer): Promise<void> {
  const key = JSON.stringify(k);
  if (sound.has(key)) return;
  const { verdict, output } = await copy.run(k, 4 * number("limit"));
  if (verdict !== "passed") throw new Error(`${k.name}: ${verdict} without a fault\n${output.slice(-4000)}`);
  sound.add(key);
}

async function check(copy: Copy, kind: string, m: Mutant | DesignMutant): Promise<Result> {
  const start = Date.now();
  const killed = "passes" in m ? await byVerification(m) : await byTests(copy, m);
  const { id, file, line, what, before, after } = m;
  const seconds = Math.round((Date.now() - start) / 1000);
  return { id, kind, file, line, what, before, after, ...killed, seconds };
}

type Fate = Pick<Result, "killed" | "nothing">;

async function byTests(copy: Copy, m: Mutant): Promise<Fate> {
  for (const k of killersOf(m.file).slice(0, number("sets"))) {
    const { verdict } = await copy.with(m, () => copy.run(k, number("limit")));
    if (verdict === "passed") continue;
    await requireSound(copy, k);
    return { killed: verdict === "failed" ? k.name : `${k.name} (${verdict})` };
  }
  return {};
}

async function byVerification(m: DesignMutant): Promise<Fate> {
  const passed = await m.passes();
  return passed === undefined ? { nothing: true } : passed ? {} : { killed: "verify" };
}

function summary(all: readonly Result[]): void {
  const results = all.filter((r) => !r.nothing);
  const alive = results.filter((r) => !r.killed);
  const of = (judgment: string) =>
    alive.filter((r) => (judgmentOf(r, survivors)?.judgment ?? "not judged") === judgment);
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
  const there = new Set(
    fileKinds.flatMap((k) => mutantsOfKind(k)).map((m) => JSON.stringify([m.file, m.before, m.after])),
  );
  for (const j of survivors)
    if (!j.file.includes(":") && !there.has(JSON.stringify([j.file, j.before, j.after])))
      console.log(`survivors.json judges what is gone: ${j.file} | ${j.after}`);
  if (open.length > 0) process.exitCode = 1;
}
