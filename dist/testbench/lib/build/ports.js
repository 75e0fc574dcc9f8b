import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError } from "../design.js";
import { hasTool, must, runTool, succeeded, verilator, verilatorVersion } from "./tools.js";
import { direction, portsFromJson, portsFromXml } from "./verilator_ports.js";
import { literal } from "./verilog.js";
/**
 * The ports of a design's top module in the order of their declaration, read by Verilator or, where that is missing
 * or too old, by Yosys. Throws a BuildError for a port that no bench can drive (inout, unpacked array, interface).
 */
export async function discoverPorts(design) {
    const dir = await mkdtemp(join(tmpdir(), "tb-ports-"));
    try {
        try {
            await verilatorVersion();
        }
        catch (e) {
            if (await hasTool("yosys"))
                return await fromYosys(design, dir);
            throw new BuildError(`the ports of a design are read by Verilator or Yosys: ${e.message}`);
        }
        return await fromVerilator(design, dir);
    }
    finally {
        await rm(dir, { recursive: true, force: true });
    }
}
/** Arguments that every Verilator call needs to read the design. */
export function verilatorInputs(design) {
    return [
        ...(design.includeDirs ?? []).map((d) => `-I${d}`),
        ...Object.entries(design.defines ?? {}).map(([k, v]) => `-D${k}${v === "" ? "" : `=${v}`}`),
        "--timescale",
        "1ns/1ps",
        "--no-timing",
        ...(design.lint === "on" ? [] : ["-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-TIMESCALEMOD", "-Wno-STMTDLY"]),
    ];
}
// Versions that can write XML say so; the others have JSON only. Kept for each binary that was asked.
const withoutXml = new Set();
async function fromVerilator(design, dir) {
    const command = verilator();
    const dump = join(dir, "design");
    const read = (form) => runTool(command, [
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
    if (!withoutXml.has(command)) {
        const ran = await read(["--xml-only", "-Wno-DEPRECATED", "--xml-output"]);
        if (!/Invalid option: --xml-/.test(ran.stderr)) {
            succeeded(`cannot read design ${design.top}`, command, ran);
            return portsFromXml(await readFile(dump, "utf8"), design.top);
        }
        withoutXml.add(command);
    }
    succeeded(`cannot read design ${design.top}`, command, await read(["--json-only", "--json-only-output"]));
    return portsFromJson(await readFile(dump, "utf8"), design.top);
}
async function fromYosys(design, dir) {
    const json = join(dir, "design.json");
    const q = (s) => `"${s.replace(/[\\"]/g, (c) => `\\${c}`)}"`;
    for (const s of [...design.sources, ...(design.includeDirs ?? [])])
        if (/["\\\n;]/.test(s))
            throw new BuildError(`Yosys cannot take this path: ${JSON.stringify(s)}`);
    const script = [
        `read_verilog -sv ${(design.includeDirs ?? []).map((d) => `-I${q(d)}`).join(" ")} ${Object.entries(design.defines ?? {})
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
    await must(`cannot read design ${design.top}`, "yosys", ["-q", "-s", file]);
    return portsFromYosys(await readFile(json, "utf8"), design.top);
}
/** The ports in a netlist written by Yosys. */
export function portsFromYosys(json, top) {
    const { modules } = JSON.parse(json);
    const module = Object.values(modules).find((m) => m.attributes?.top !== undefined) ?? modules[top];
    if (!module)
        throw new BuildError(`Yosys found no top module ${top}`);
    return Object.entries(module.ports).map(([name, p]) => ({
        name,
        direction: direction(p.direction, name, top),
        width: p.bits.length,
    }));
}
