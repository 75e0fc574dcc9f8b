// The cells as the compiler knows them against the Verilog, as Yosys elaborates it: parameters and their defaults, stream
// ports, derived constants, memories, and the registers that synthesis flows find by name.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { points } from "../bench/resources/points.ts";
import { type Cell, numbersOf, type StreamCell } from "../generator/cells/define.ts";
import { allCells, cells, structureOf } from "../generator/cells/index.ts";
import { runTool } from "../generator/device/flow/tools.ts";
import { families } from "../generator/targets/index.ts";
import { cellSources } from "../generator/templates.ts";

const root = join(import.meta.dirname, "..");
const sources = cellSources();
const verilog = (module: string) => sources.get(module)!;

type Numbers = Readonly<Record<string, number>>;

/** Sets of parameters for each cell, at most. */
const MOST = 8;

/** Parameter sets of a cell: of those that are measured and those that are proved, evenly over both. */
function setsOf(module: string): Numbers[] {
  const file = join(root, "testbench/cells", module, "formal.json");
  const proved = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { sets: Numbers[] }).sets : [];
  const all = [...points.filter((p) => p.cell === module && p.dsp !== true).map((p) => p.params), ...proved].map(
    (set) => Object.fromEntries(Object.entries(set).filter(([k, v]) => !k.startsWith("$") && typeof v === "number")),
  );
  const unlike = [...new Map(all.map((set) => [JSON.stringify(set), set])).values()];
  const step = Math.max(1, unlike.length / MOST);
  return [{}, ...Array.from({ length: Math.min(MOST, unlike.length) }, (_, i) => unlike[Math.floor(i * step)]!)];
}

interface Module {
  readonly parameter_default_values?: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, { direction: string; bits: unknown[] }>>;
  readonly cells: Readonly<Record<string, { type: string }>>;
  readonly memories?: Readonly<Record<string, { width: number; size: number }>>;
  readonly netnames: Readonly<Record<string, { bits: (number | string)[] }>>;
}

const integer = (bits: readonly (number | string)[]): number => Number.parseInt([...bits].reverse().join(""), 2) | 0;

/** A module with its instances. */
class Elaborated {
  readonly module: Module;
  readonly #modules: Readonly<Record<string, Module>>;
  constructor(type: string, modules: Readonly<Record<string, Module>>) {
    this.module = modules[type]!;
    this.#modules = modules;
  }
  /** Instances of modules, by name; cells of Yosys are none. */
  get instances(): ReadonlyMap<string, Elaborated> {
    const own = Object.entries(this.module.cells).filter(([, c]) => c.type in this.#modules);
    return new Map(own.map(([name, c]) => [name, new Elaborated(c.type, this.#modules)]));
  }
  /** A constant by its name, in an instance by its path. */
  constant(path: string): number {
    const [first, rest] = path.split(".");
    if (rest) return this.instances.get(first!)!.constant(rest);
    return integer(this.module.netnames[`constant_${path}`]!.bits);
  }
  memories(): [string, { size: number; width: number }][] {
    const own = Object.entries(this.module.memories ?? {}).map(([k, { size, width }]) => [k, { size, width }]);
    const inside = [...this.instances].flatMap(([name, m]) => m.memories().map(([k, v]) => [`${name}.${k}`, v]));
    return [...own, ...inside] as [string, { size: number; width: number }][];
  }
}

interface Plan {
  readonly cell: Cell;
  readonly sets: readonly Numbers[];
}

const constantsOf = (cell: Cell, p: Numbers): Readonly<Record<string, number>> => cell.constants?.(p) ?? {};

/** Elaborates every cell at each of its sets; a wire of its own holds each constant. Gives one module for each set. */
async function elaborate(plans: readonly Plan[]): Promise<ReadonlyMap<Cell, Elaborated[]>> {
  const files = new Map<string, string>();
  const users = plans.flatMap(({ cell: { module }, sets }) =>
    sets.map((set, i) => {
      const given = Object.entries(set).map(([k, v]) => `.${k}(${v})`);
      return [`${module}_set_${i}`, `${module} #(${given.join(", ")}) u ();`] as const;
    }),
  );
  for (const { cell } of plans) {
    const names = Object.keys(constantsOf(cell, numbersOf(cell, {}))).filter((name) => !name.includes("."));
    const probes = names.map((name) => `wire [31:0] constant_${name} = ${name};`).join("\n");
    const last = /\bendmodule\b(?![\s\S]*\bendmodule\b)/;
    files.set(`${cell.module}.v`, verilog(cell.module).replace(last, `${probes}\nendmodule`));
  }
  const all = `module all; ${users.map(([name]) => `${name} u_${name} ();`).join(" ")} endmodule`;
  files.set("sets.v", [...users.map(([name, body]) => `module ${name}; ${body} endmodule`), all, ""].join("\n"));
  const script = `read_verilog ${[...files.keys()].join(" ")}; hierarchy -top all; proc; write_json out.json`;
  const run = await runTool("yosys", ["-q", "-p", script], files, { native: true });
  const { modules } = JSON.parse(new TextDecoder().decode(run.files.get("out.json") as Uint8Array)) as {
    modules: Record<string, Module>;
  };
  return new Map(
    plans.map(({ cell, sets }) => [
      cell,
      sets.map((_, i) => new Elaborated(modules[`${cell.module}_set_${i}`]!.cells.u!.type, modules)),
    ]),
  );
}

const plans = allCells.map((cell) => ({ cell, sets: setsOf(cell.module) }));
let elaborated: Awaited<ReturnType<typeof elaborate>>;
beforeAll(async () => {
  elaborated = await elaborate(plans);
}, 300_000);

const isStream = (c: Cell): boolean => (cells as readonly Cell[]).includes(c);

/** Values of a module's integer parameters; Yosys prints integers as bits and strings as they are. */
const valuesOf = (m: Module): Numbers =>
  Object.fromEntries(
    Object.entries(m.parameter_default_values ?? {}).flatMap(([k, v]) =>
      /^[01]{32}$/.test(v) ? [[k, Number.parseInt(v, 2) | 0]] : [],
    ),
  );

describe.each(plans.map((plan) => [plan.cell.module, plan] as const))("%s", (module, { cell, sets }) => {
  /** Elaborated modules with the numbers of all their parameters. */
  const found = () => {
    const list = elaborated.get(cell)!;
    const defaults = valuesOf(list[0]!.module);
    return list.map((e, i) => ({ e, m: e.module, at: JSON.stringify(sets[i]), p: { ...defaults, ...sets[i] } }));
  };

  test("has the parameters of the Verilog, and its defaults", () => {
    const { parameter_default_values: values = {} } = elaborated.get(cell)![0]!.module;
    expect(Object.keys(cell.params).sort()).toEqual(Object.keys(values).sort());
    const numbers = valuesOf(elaborated.get(cell)![0]!.module);
    for (const [name, kind] of Object.entries(cell.params)) expect(kind === "int", name).toBe(name in numbers);
    expect(numbers).toMatchObject(cell.defaults ?? {});
  });

  test("has the derived constants of the Verilog", () => {
    for (const { e, at, p } of found()) {
      const expected = constantsOf(cell, p);
      const constants = Object.keys(expected).map((name) => [name, e.constant(name)]);
      expect.soft(Object.fromEntries(constants), at).toEqual(expected);
    }
  });

  test("has the memories of the Verilog", () => {
    for (const { e, at, p } of found()) {
      const memories = (structureOf(module, p)?.memories ?? []).flatMap((x) =>
        Array.from({ length: x.copies ?? 1 }, (_, n) => [
          x.name.replace("[0]", `[${n}]`),
          { size: x.rows, width: x.bits },
        ]),
      );
      expect.soft(Object.fromEntries(e.memories()), at).toEqual(Object.fromEntries(memories));
    }
  });

  test.runIf(cell.packed)("has the registers that synthesis flows find by name", () => {
    for (const { m, at } of found())
      for (const name of cell.packed!)
        expect
          .soft(
            Object.keys(m.netnames).some((n) => n.endsWith(`.${name}`)),
            `${name} ${at}`,
          )
          .toBe(true);
  });

  test.runIf(isStream(cell))("has the stream ports of the Verilog", () => {
    for (const { m, at, p } of found()) {
      const { in: inputs, out: outputs } = (cell as StreamCell).ports(p);
      const expected = [
        ...Object.entries(inputs).map(([name, bits]) => [name, ["input", bits]]),
        ...Object.entries(outputs).map(([name, bits]) => [name, ["output", bits]]),
      ];
      const ports = Object.entries(m.ports).flatMap(([name, { direction, bits }]) =>
        name.endsWith("_tdata") ? [[name.replace(/_tdata$/, ""), [direction, bits.length]]] : [],
      );
      expect.soft(Object.fromEntries(ports), at).toEqual(Object.fromEntries(expected));
    }
  });
});

test("the flow that packs registers into DSP blocks names those of the cells", () => {
  const named = [...families.ice40.synth(true).matchAll(/w:\*\.(\S+)/g)].map(([, name]) => name!.replace(/;$/, ""));
  const packed = allCells.flatMap((c) => c.packed ?? []);
  expect(packed.length).toBeGreaterThan(0);
  expect(named.sort()).toEqual(packed.map((n) => n.replace(/[[\]]/g, "?")).sort());
});
