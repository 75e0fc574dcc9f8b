import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Model } from "../backend.ts";
import type { Design, Port } from "../design.ts";
import { buildOnce, hashOf, ownCode } from "./cache.ts";
import { discoverPorts } from "./ports.ts";
import { designParts } from "./sources.ts";
import { compilerVersion, icarusVersion, must, platform } from "./tools.ts";
import { checkDesign } from "./verilog.ts";
import { clockPorts, icarusWrapper, WRAPPER } from "./wrapper.ts";

const NATIVE = join(import.meta.dirname, "../native");
const FILES = ["layout.h", "core.h", "futex.h", "host.cpp", "icarus.cpp"];

export interface IcarusModel extends Model {
  /** Compiled design for vvp. */
  program: string;
  /** Folder of the VPI module and the library for the bench's side. */
  runtime: string;
  /** The design's top module. */
  top: string;
}

async function runtime(): Promise<string> {
  const key = hashOf([
    await icarusVersion(),
    await compilerVersion(),
    platform,
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
export async function buildIcarus(design: Design): Promise<IcarusModel> {
  checkDesign(design);
  const own = ["icarus", "wrapper", "ports", "plain_header", "verilator_ports"].map((f) => readFileSync(ownCode(f)));
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
  const ports = JSON.parse(await readFile(join(dir, "ports.json"), "utf8")) as Port[];
  return { top: design.top, program: join(dir, "model.vvp"), runtime: rt, ports, clocks: clockPorts(design, ports) };
}
