// Reads a netlist that Yosys wrote as JSON: what it takes of the family's cells, and which layer each cell belongs to.
import type { Cost, FamilyFacts } from "../../targets/index.ts";

type Bit = number | string;
interface Cell {
  readonly type: string;
  readonly port_directions: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}
export interface Module {
  readonly attributes: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, { readonly direction: string; readonly bits: readonly Bit[] }>>;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly netnames: Readonly<Record<string, { readonly hide_name: number; readonly bits: readonly Bit[] }>>;
}

/** The top module of a flat netlist. */
export function readNetlist(json: string, top: string): Module {
  const module = (JSON.parse(json) as { modules: Record<string, Module> }).modules[top];
  if (!module) throw new Error(`the netlist has no module ${top}`);
  return module;
}

export const none: Cost = { lut: 0, ff: 0, carry: 0, bram: 0, dsp: 0 };
export const plus = (a: Cost, b: Partial<Cost>): Cost => ({
  lut: a.lut + (b.lut ?? 0),
  ff: a.ff + (b.ff ?? 0),
  carry: a.carry + (b.carry ?? 0),
  bram: a.bram + (b.bram ?? 0),
  dsp: a.dsp + (b.dsp ?? 0),
  ...(a.uram || b.uram ? { uram: (a.uram ?? 0) + (b.uram ?? 0) } : {}),
});

const costOf = (family: FamilyFacts, type: string): Partial<Cost> =>
  family.cells.find(([pattern]) => pattern.test(type))?.[1] ?? none;

/** Flip-flops and DSP blocks that read an unknown constant, by name: synthesis lost what drove them. */
export function openOperands(m: Module, family: FamilyFacts): string[] {
  const ports = (type: string): readonly string[] => {
    const cost = costOf(family, type);
    return cost.ff ? ["D", "DI", "DATAIN"] : cost.dsp ? ["A", "B", "C", "D"] : [];
  };
  return Object.entries(m.cells).flatMap(([name, c]) =>
    ports(c.type).some((port) => c.connections[port]?.includes("x")) ? [name] : [],
  );
}

export interface Area {
  readonly total: Cost;
  /** By owner; what belongs to none is under "". */
  readonly owners: ReadonlyMap<string, Cost>;
  /** Number of cells by type. */
  readonly cells: Readonly<Record<string, number>>;
}

/**
 * Area of a flat netlist by owner. `owners` maps paths of instances below the top, "u_conv1.u_array", to the owner's name.
 */
export function area(m: Module, family: FamilyFacts, owners: ReadonlyMap<string, string>): Area {
  const owner = ownersOf(m, owners);
  const byOwner = new Map<string, Cost>();
  const cells: Record<string, number> = {};
  let total = none;
  for (const [name, cell] of Object.entries(m.cells)) {
    if (cell.type.startsWith("$")) continue;
    cells[cell.type] = (cells[cell.type] ?? 0) + 1;
    const cost = costOf(family, cell.type);
    total = plus(total, cost);
    const of = owner.get(name) ?? "";
    byOwner.set(of, plus(byOwner.get(of) ?? none, cost));
  }
  return {
    total,
    owners: byOwner,
    cells: Object.fromEntries(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Ports that a cell of templates/ reads: their nets are driven by somebody else. */
const input = /(^|\.)(clk|rst|rxd|byte_\w+|s\d*_axis_t(data|valid|last)|m_axis_tready)$/;

/** Owner of a hierarchical name: of the outermost instance on its path that is listed. */
export function ownerOfName(name: string, owners: ReadonlyMap<string, string>): string | undefined {
  let path = "";
  for (const part of name.split(/[.\s/]/)) {
    path += `${path === "" ? "" : "."}${part.replace(/^\\/, "")}`;
    const found = owners.get(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The owner of every cell, by name. A cell whose output net bears an instance's name belongs to it; what optimization
 * left without a name belongs where its result is read, or else where its operands come from.
 */
export function ownersOf(m: Module, owners: ReadonlyMap<string, string>): Map<string, string> {
  const named = new Map<Bit, string>();
  for (const [name, net] of Object.entries(m.netnames)) {
    if (net.hide_name || input.test(name)) continue;
    const of = ownerOfName(name, owners);
    if (of !== undefined) for (const b of net.bits) if (!named.has(b)) named.set(b, of);
  }
  const list = Object.entries(m.cells).filter(([, c]) => !c.type.startsWith("$"));
  const bitsOf = (c: Cell, direction: string): Bit[] =>
    Object.entries(c.connections).flatMap(([port, bits]) =>
      c.port_directions[port] === direction ? bits.filter((b) => typeof b === "number") : [],
    );
  const cells = list.map(([name, c]) => ({ name, out: bitsOf(c, "output"), in: bitsOf(c, "input") }));
  const readers = new Map<Bit, number[]>();
  const driver = new Map<Bit, number>();
  cells.forEach((c, i) => {
    for (const b of c.in) (readers.get(b) ?? readers.set(b, []).get(b)!).push(i);
    for (const b of c.out) driver.set(b, i);
  });
  const found: (string | undefined)[] = cells.map(
    (c) => ownerOfName(c.name.replace(/^\$flatten\\?/, ""), owners) ?? c.out.map((b) => named.get(b)).find(Boolean),
  );
  const pass = (neighbours: (i: number) => Iterable<number | undefined>): boolean => {
    let changed = false;
    for (let i = 0; i < cells.length; i++) {
      if (found[i] !== undefined) continue;
      for (const n of neighbours(i)) {
        if (n === undefined || found[n] === undefined) continue;
        found[i] = found[n];
        changed = true;
        break;
      }
    }
    return changed;
  };
  const after = (i: number) => cells[i]!.out.flatMap((b) => readers.get(b) ?? []);
  // A net such as the reset or a clock enable is read everywhere and says little about where it comes from.
  const before = (i: number) =>
    cells[i]!.in.filter((b) => (readers.get(b)?.length ?? 0) < 64).map((b) => driver.get(b));
  while (pass(after));
  while (pass(before));
  return new Map(cells.flatMap((c, i) => (found[i] === undefined ? [] : [[c.name, found[i]] as const])));
}
