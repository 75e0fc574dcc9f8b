// npm run fuzz -- --seconds N --seed S [--count K] [--verilator EVERY] [--timing EVERY]
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withScratch } from "./cache.ts";
import { fuzz } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    count: { type: "string" },
    verilator: { type: "string", default: "10" },
    timing: { type: "string", default: "10" },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const { drawn, missing } = findKinds();
console.log(`seed ${seed}`);
for (const [kind, reason] of missing) console.log(`not drawn: ${kind} (${reason})`);
const start = Date.now();
let told = start;
const r = await withScratch(() =>
  fuzz({
    seed,
    kinds: drawn,
    count: values.count === undefined ? Number.MAX_SAFE_INTEGER : Number(values.count),
    seconds: values.count !== undefined && values.seconds === "60" ? Number.POSITIVE_INFINITY : Number(values.seconds),
    verilatorEvery: Number(values.verilator),
    timingEvery: Number(values.timing),
    onFailure: (message) => console.log(`failed, now made smaller: ${message}`),
    onNetwork(c) {
      if (Date.now() - told < 10_000) return;
      told = Date.now();
      console.log(`${c.networks} networks, ${Math.round(c.networks / ((told - start) / 60_000))} a minute`);
    },
  }),
);
const minutes = (Date.now() - start) / 60_000;
console.log(
  `${r.networks} networks without a difference (${r.verilator} in both simulators, ${r.timed} as fast as predicted), ${r.refused} refused, ` +
    `${r.values} values in ${r.clocks} clocks, ${Math.round(minutes * 60)} s, ${Math.round(r.networks / minutes)} networks a minute`,
);
console.log(
  [...r.kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([k, n]) => `${k} ${n}`)
    .join(", "),
);
if (r.failure) {
  const text = `${JSON.stringify(r.failure, null, 1)}\n`;
  const dir = join(import.meta.dirname, "found");
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`);
  writeFileSync(file, text);
  console.log(`failed: ${r.failure.note}\nwritten: ${file}`);
  process.exitCode = 1;
}
