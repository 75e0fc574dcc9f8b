import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../children.ts";
import { BuildError, type Design, type Port } from "../design.ts";
import { portsFromHeader } from "./plain_header.ts";
import { hasTool, must, runTool, succeeded, verilator, verilatorVersion, wrote } from "./tools.ts";
import { direction, portsFromJson, portsFromXml } from "./verilator_ports.ts";
import { checkDesign, literal } from "./verilog.ts";

/**
 * The ports of a design's top module in the order of their declaration, read from a header of plain numbers, by
 * Verilator or, where that is missing or too old, by Yosys. Throws a BuildError for a port that no bench can drive (inout, unpacked array, interface).
 */
export async function discoverPorts(design: Design): Promise<Port[]> {
  return (await fromHeader(design)) ?? (await elaboratedPorts(design));
}

/** The same by Verilator or Yosys alone. Throws a BuildError. */
export async function elaboratedPorts(design: Design): Promise<Port[]> {
  const { path: dir, remove } = temporaryFolder("tb-ports-");
  try {
    try {
      await verilatorVersion();
    } catch (e) {
      if (await hasTool("yosys")) return await fromYosys(design, dir);
      throw new BuildError(`the ports of a design are read by Verilator or Yosys: ${(e as Error).message}`);
    }
    return await fromVerilator(design, dir);
  } finally {
    remove();
  }
}

/** The ports of a design's top module, in the order of their declaration, once a tool has read it all. Throws a BuildError. */
export async function designPorts(design: Design): Promise<Port[]> {
  checkDesign(design);
  return elaboratedPorts(design);
}

/** Arguments that every Verilator call needs to read the design. */
export function verilatorInputs(design: Design): string[] {
  return [
    ...(design.includeDirs ?? []).map((d) => `-I${d}`),
    ...Object.entries(design.defines ?? {}).map(([k, v]) => `-D${k}${v === "" ? "" : `=${v}`}`),
    "--timescale",
    "1ns/1ps",
    "--no-timing",
    ...(design.lint === "on" ? [] : ["-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-TIMESCALEMOD", "-Wno-STMTDLY"]),
  ];
}

/** Undefined where not exactly one source has the module in a form that needs no elaboration. */
async function fromHeader({ sources, top }: Design): Promise<Port[] | undefined> {
  const texts = await Promise.all(sources.map((s) => readFile(s, "utf8")));
  const own = texts.filter((t) => t.includes(top) && new RegExp(`\\bmodule\\s+${top}\\b`).test(t));
  return own.length === 1 ? portsFromHeader(own[0]!, top) : undefined;
}

// Versions that can write XML say so; the others have JSON only. Kept for each binary that was asked.
const withoutXml = new Set<string>();

async function fromVerilator(design: Design, dir: string): Promise<Port[]> {
  const command = verilator();
  const dump = join(dir, "design");
  const read = (form: readonly string[]) =>
    runTool(command, [
      ...form,
      dump,
      "--Mdir",
      dir,
      "--top-module",
      design.top,
      ...Object.entries(design.params ?? {}).map(([k, v]) => `-G${k}=${literal(v)}`),
      ...verilatorInputs(design),
      ...design.sources,
    ]);
  const what = `cannot read design ${design.top}`;
  if (!withoutXml.has(command)) {
    const ran = await read(["--xml-only", "-Wno-DEPRECATED", "--xml-output"]);
    if (!/Invalid option: --xml-/.test(ran.stderr)) {
      succeeded(what, command, ran);
      wrote(what, command, dump, ran);
      return portsFromXml(await readFile(dump, "utf8"), design.top);
    }
    withoutXml.add(command);
  }
  const ran = succeeded(what, command, await read(["--json-only", "--json-only-output"]));
  wrote(what, command, dump, ran);
  return portsFromJson(await readFile(dump, "utf8"), design.top);
}

async function fromYosys(design: Design, dir: string): Promise<Port[]> {
  const json = join(dir, "design.json");
  const q = (s: string): string => `"${s.replace(/[\\"]/g, (c) => `\\${c}`)}"`;
  for (const s of [...design.sources, ...(design.includeDirs ?? [])])
    if (/["\\\n;]/.test(s)) throw new BuildError(`Yosys cannot take this path: ${JSON.stringify(s)}`);
  const script = [
    `read_verilog -sv ${(design.includeDirs ?? []).map((d) => `-I${q(d)}`).join(" ")} ${Object.entries(
      design.defines ?? {},
    )
      .map(([k, v]) => `-D${k}=${v}`)
      .join(" ")} ${design.sources.map(q).join(" ")}`,
    `hierarchy -top ${design.top} ${Object.entries(design.params ?? {})
      .map(([k, v]) => `-chparam ${k} ${typeof v === "string" ? `"\\"${v}\\""` : v}`)
      .join(" ")}`,
    "proc",
    `write_json ${q(json)}`,
  ].join("\n");
  const file = join(dir, "ports.ys");
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, script);
  const what = `cannot read design ${design.top}`;
  wrote(what, "yosys", json, await must(what, "yosys", ["-q", "-s", file]));
  return portsFromYosys(await readFile(json, "utf8"), design.top);
}

interface YosysModule {
  attributes?: Record<string, string>;
  ports: Record<string, { direction: string; bits: unknown[] }>;
}

/** The ports in a netlist written by Yosys. */
export function portsFromYosys(json: string, top: string): Port[] {
  const { modules } = JSON.parse(json) as { modules: Record<string, YosysModule> };
  const module = Object.values(modules).find((m) => m.attributes?.top !== undefined) ?? modules[top];
  if (!module) throw new BuildError(`Yosys found no top module ${top}`);
  return Object.entries(module.ports).map(([name, p]) => ({
    name,
    direction: direction(p.direction, name, top),
    width: p.bits.length,
  }));
}
