// What the benches of the arithmetic cells share: memory files, lanes, one run of a stream through a cell, mutants.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { withSubcells } from "../../generator/index.ts";
import { type Rand, run, type SimulatorName } from "../lib/index.ts";

const templates = join(import.meta.dirname, "..", "..", "templates");
const scratch = join(tmpdir(), "addernet-cells");

export type Parameters = Readonly<Record<string, number | string>>;

/** Beats that go in and the beats that the definition gives for them. */
export interface Stream {
  input: bigint[];
  inputLast: boolean[];
  output: bigint[];
  outputLast: boolean[];
}

export interface Stimulus {
  sim: SimulatorName;
  source: number;
  sink: number;
  /** Fails unless the cell takes a beat in every clock, or in every `every`-th one. */
  fullRate?: boolean;
  /** The source gives a beat every so many clocks; `source` is not read then. */
  every?: number;
}

/** Pauses between beats that come every `n` clocks. */
function* everyNth(n: number): Generator<boolean> {
  for (;;) {
    yield false;
    for (let i = 1; i < n; i++) yield true;
  }
}

// The content names the file: a model that was built with it can be used again.
function store(text: string, suffix: string): string {
  mkdirSync(scratch, { recursive: true });
  const path = join(scratch, `${createHash("sha256").update(text).digest("hex").slice(0, 20)}${suffix}`);
  writeFileSync(path, text);
  return path;
}

/** A $readmemh file, one row a line. */
export const memory = (rows: readonly bigint[]): string =>
  store(`${rows.map((row) => row.toString(16)).join("\n")}\n`, ".hex");

/** Joins lanes of `bits`, lane 0 lowest; negative lanes as two's complement. */
export const lanes = (values: readonly bigint[], bits: number): bigint =>
  values.reduceRight((word, value) => (word << BigInt(bits)) | BigInt.asUintN(bits, value), 0n);

/** Random bits, or with `extreme` only the patterns at the ends of both number ranges. */
export function operand(rand: Rand, bits: number, extreme: boolean): bigint {
  if (!extreme) return rand.bits(bits);
  const top = 1n << BigInt(bits - 1);
  return rand.pick([0n, 2n * top - 1n, top, top - 1n]);
}

const texts = new Map(
  readdirSync(templates)
    .filter((f) => f.endsWith(".v"))
    .map((f) => [basename(f, ".v"), readFileSync(join(templates, f), "utf8")]),
);

/** A small fault: `from` stands exactly once in the cell and those that it uses. */
export interface Fault {
  from: string;
  to: string;
}

/** The files of the cell and of those that it uses, one of them with a fault where it is given. */
export function sources(cell: string, fault?: Fault): string[] {
  const cells = withSubcells([cell], texts);
  const path = (name: string) => join(templates, `${name}.v`);
  if (!fault) return cells.map(path);
  const count = cells.map((name) => texts.get(name)!.split(fault.from).length - 1);
  expect(
    count.reduce((a, b) => a + b),
    `"${fault.from}" in ${cells.join(", ")}`,
  ).toBe(1);
  return cells.map((name, i) =>
    count[i]
      ? store(
          texts.get(name)!.replace(fault.from, () => fault.to),
          ".v",
        )
      : path(name),
  );
}

/** The file of a cell that uses no other, or one with a small fault in it. */
export const source = (cell: string, fault?: Fault): string => sources(cell, fault)[0]!;

/** Sends a stream through a cell and compares every beat. */
export async function check(
  cell: string,
  params: Parameters,
  stream: Stream,
  { sim, source: idle, sink: stall, fullRate, every = 1 }: Stimulus,
  files: readonly string[] = sources(cell),
): Promise<void> {
  const maxCycles = 200 + 12 * (stream.input.length + stream.output.length);
  await run({ top: cell, sources: [...files], params }, { sim, seed: 3, maxCycles, waves: "off" }, async (tb) => {
    const from = tb.axisSource("s_axis", { pause: every > 1 ? everyNth(every) : idle });
    tb.axisSink("m_axis", { pause: stall });
    const taken = tb.axisMonitor("s_axis");
    const given = tb.axisMonitor("m_axis");
    tb.protocolCheck("m_axis");
    await tb.reset(tb.dut.rst!, { cycles: 4 });
    const { width } = from.fields[0]!;
    const words = Math.ceil(width / 32);
    const data = new Uint32Array(words * stream.input.length);
    stream.input.forEach((beat, i) => {
      for (let k = 0; k < words; k++) data[i * words + k] = Number((beat >> BigInt(32 * k)) & 0xffffffffn);
    });
    void from.sendBeats(data, words, stream.inputLast);
    await tb.until(() => given.beats.count >= stream.output.length);
    await tb.cycles(20);
    const { beats } = given;
    expect(beats.count).toBe(stream.output.length);
    stream.output.forEach((beat, i) => {
      expect(beats.big(i), `beat ${i}`).toBe(beat);
      expect(beats.last(i), `tlast of beat ${i}`).toBe(stream.outputLast[i]);
    });
    if (fullRate) {
      const last = taken.beats.count - 1;
      const clocks = taken.beats.cycle(last) - taken.beats.cycle(0);
      expect(clocks, "clocks for the whole stream").toBeLessThanOrEqual(last * every);
    }
  });
}
