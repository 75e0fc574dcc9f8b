// Which tests pin a file: run one set after the other until one fails.

/** One run of the tests, of a proof, or of the tools that read a cell. */
export interface Killer {
  /** As the summary names it. */
  readonly name: string;
  readonly run: "unit" | "slow" | "sim" | "formal" | "lint";
  /** Files or folders of tests; the cell that is proven or read. */
  readonly of: readonly string[];
  /** Titles of the tests alone that are run, or not. */
  readonly only?: RegExp;
}

const unit = (...of: string[]): Killer => ({ name: of.length > 3 ? `${of[0]} ...` : of.join(" "), run: "unit", of });

const emitted = unit("testbench/nets/example.test.ts", "testbench/nets/emitted.test.ts");
const kinds = unit("testbench/nets/kinds.test.ts", "testbench/nets/reported.test.ts");
const record: Killer = {
  name: "the record of drawn networks",
  run: "slow",
  of: ["testbench/fuzz/record.slow.test.ts"],
};
const designs: Killer = {
  ...{ name: "small networks in Icarus", run: "sim", of: ["testbench/nets/kinds.sim.test.ts"] },
  only: /icarus$/,
};

/** By the beginning of a file's path; the longest counts. */
const table: Readonly<Record<string, readonly Killer[]>> = {
  "golden/arith/": [
    unit("golden/arith", "golden/vectors/layer-cases.test.ts"),
    unit("golden/vectors", "golden/fast", "golden/ops", "generator/4-quantize", "testbench/nets/example.test.ts"),
  ],
  "golden/ops/": [
    unit("golden/ops", "golden/vectors/layer-cases.test.ts", "golden/vectors/int-networks.test.ts"),
    unit("golden/fast"),
  ],
  "golden/fast/": [
    unit(
      "golden/fast/arena.test.ts",
      "golden/fast/arrange.test.ts",
      "golden/fast/fast.test.ts",
      "golden/fast/windows.test.ts",
    ),
    unit("golden/fast/wasm"),
  ],
  "golden/float/": [
    unit("golden/float"),
    unit("golden/vectors"),
    unit("generator/4-quantize", "generator/accuracy.test.ts"),
  ],
  "golden/run.ts": [unit("golden")],
  "generator/4-quantize/": [
    unit("generator/4-quantize"),
    unit("testbench/nets/example.test.ts", "generator/accuracy.test.ts", "testbench/nets/multipliers.test.ts"),
    kinds,
    record,
  ],
  "generator/5-schedule/": [unit("generator/5-schedule"), unit("generator/weights"), emitted, kinds, record, designs],
  "generator/6-lower/": [unit("generator/6-lower"), emitted, kinds, record, designs],
};

/** The sets of tests that pin a file, the quickest first. Throws for a file that nothing is known of. */
export function killersOf(file: string): readonly Killer[] {
  const cell = /^templates\/(\w+)\.v$/.exec(file)?.[1];
  if (cell)
    return [
      // A bench's own mutants are faults of one line that a second fault hides; what it does in Verilator it does in Icarus.
      { name: "the cell's bench", run: "sim", of: [`testbench/cells/${cell}/`], only: /^(?!.*(mutant|verilator))/ },
      { name: "the cell's lint", run: "lint", of: [cell] },
      { name: "the cell's proofs", run: "formal", of: [cell] },
    ];
  const [longest] = Object.keys(table)
    .filter((start) => file.startsWith(start))
    .sort((a, b) => b.length - a.length);
  if (longest === undefined) throw new Error(`no tests are known that pin ${file}`);
  return table[longest]!;
}
