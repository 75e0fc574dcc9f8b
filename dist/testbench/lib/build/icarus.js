import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildOnce, hashOf, ownCode } from "./cache.js";
import { discoverPorts } from "./ports.js";
import { designParts } from "./sources.js";
import { compilerVersion, icarusVersion, must } from "./tools.js";
import { checkDesign } from "./verilog.js";
import { clockPorts, icarusWrapper, WRAPPER } from "./wrapper.js";
const NATIVE = join(import.meta.dirname, "../native");
const FILES = ["layout.h", "core.h", "futex.h", "host.cpp", "icarus.cpp"];
async function runtime() {
    const key = hashOf([
        await icarusVersion(),
        await compilerVersion(),
        ...FILES.map((f) => readFileSync(join(NATIVE, f))),
    ]);
    return buildOnce(`icarus-${key}`, async (dir) => {
        const include = (await must("cannot find the VPI header", "iverilog-vpi", ["--cflags"])).stdout.trim().split(/\s+/);
        const flags = ["-std=gnu++17", "-O2", "-fPIC", "-shared", "-w", "-fvisibility=hidden", ...include];
        await Promise.all([
            must("cannot compile the VPI module", "g++", [
                ...flags,
                join(NATIVE, "icarus.cpp"),
                "-o",
                join(dir, "tb_vpi.vpi"),
            ]),
            must("cannot compile the bench's library", "g++", [
                ...flags,
                join(NATIVE, "host.cpp"),
                "-o",
                join(dir, "host.so"),
            ]),
        ]);
    });
}
/** Compiles a design for Icarus, or finds it in the cache. Throws a BuildError. */
export async function buildIcarus(design) {
    checkDesign(design);
    const own = ["icarus", "wrapper", "ports", "verilator_ports"].map((f) => readFileSync(ownCode(f)));
    const key = hashOf(["icarus", await icarusVersion(), ...own, ...designParts(design)]);
    const [dir, rt] = await Promise.all([
        buildOnce(`vvp-${key}`, async (d) => {
            const ports = await discoverPorts(design);
            clockPorts(design, ports);
            await writeFile(join(d, "first.v"), "`timescale 1ns/1ps\n");
            await writeFile(join(d, "wrapper.v"), icarusWrapper(design, ports));
            // Files without SystemVerilog in their name are read as Verilog-2005, whose names may be later keywords.
            const generation = design.sources.some((s) => /\.svh?$/.test(s)) ? "-g2012" : "-g2005";
            await must(`Icarus cannot build ${design.top}`, "iverilog", [
                generation,
                ...(design.includeDirs ?? []).map((i) => `-I${i}`),
                ...Object.entries(design.defines ?? {}).map(([k, v]) => `-D${k}${v === "" ? "" : `=${v}`}`),
                "-s",
                WRAPPER,
                "-o",
                join(d, "model.vvp"),
                join(d, "first.v"),
                ...design.sources,
                join(d, "wrapper.v"),
            ]);
            await writeFile(join(d, "ports.json"), JSON.stringify(ports));
        }),
        runtime(),
    ]);
    const ports = JSON.parse(await readFile(join(dir, "ports.json"), "utf8"));
    return { program: join(dir, "model.vvp"), runtime: rt, ports, clocks: clockPorts(design, ports) };
}
