import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Access, type Model, NO_ACCESS } from "../backend.ts";
import { BuildError, clocksOf, type Design, type Port } from "../design.ts";
import { wordsOf } from "../layout.ts";
import { buildOnce, cacheDir, hashOf, ownCode } from "./cache.ts";
import { discoverPorts, verilatorInputs } from "./ports.ts";
import { designParts } from "./sources.ts";
import { compilerVersion, must, platform, verilator, verilatorRoot, verilatorVersion, wrote } from "./tools.ts";
import { type InternalVariable, internalsOf, internalsTable } from "./verilator_internals.ts";
import { checkDesign } from "./verilog.ts";
import { clockPorts, verilatorWrapper, WRAPPER } from "./wrapper.ts";

const NATIVE = join(import.meta.dirname, "../native");
const RUNTIME_FILES = ["hooks.h", "layout.h", "core.h", "verilator_api.h", "verilator.cpp"];

export interface VerilatorModel extends Model {
  /** Shared library of the model. */
  library: string;
  /** The variables inside the design, in models that were built for them. */
  internals?: InternalVariable[] | undefined;
}

/** What a model has besides the design. */
export interface Extras {
  waves: boolean;
  coverage: boolean;
}

const CXX = ["-std=gnu++17", "-fPIC", "-w", "-fvisibility=hidden", "-fno-gnu-unique"];

const cxxDefines = (root: string, { waves, coverage }: Extras): string[] => [
  `-DVM_COVERAGE=${coverage ? 1 : 0}`,
  "-DVM_SC=0",
  `-DVM_TRACE=${waves ? 1 : 0}`,
  "-DVM_TRACE_FST=0",
  `-DVM_TRACE_VCD=${waves ? 1 : 0}`,
  "-DVL_USER_FINISH",
  "-DVL_USER_STOP",
  "-DVL_USER_FATAL",
  "-DVL_PRINTF=tb_printf",
  `-I${root}/include`,
  `-I${root}/include/vltstd`,
];

/** What everything compiled here depends on. */
async function toolParts(extras: Extras): Promise<(string | Uint8Array)[]> {
  const own = [...RUNTIME_FILES.map((f) => join(NATIVE, f)), ownCode("verilator")];
  const versions = [await verilatorVersion(), await compilerVersion(), await verilatorRoot(), platform];
  return [
    ...versions,
    String(extras.waves),
    ...(extras.coverage ? ["coverage"] : []),
    ...own.map((f) => readFileSync(f)),
  ];
}
const compile = (what: string, args: readonly string[]): Promise<unknown> =>
  must(`cannot compile ${what}`, "g++", args);

const runtimeName = async (extras: Extras): Promise<string> => `runtime-${hashOf(await toolParts(extras))}`;

/** Objects that every model of this machine needs, compiled once: Verilator's runtime and the library's own. */
async function runtime(extras: Extras): Promise<string> {
  const root = await verilatorRoot();
  return buildOnce(await runtimeName(extras), async (dir) => {
    const flags = [...CXX, ...cxxDefines(root, extras), "-include", join(NATIVE, "hooks.h")];
    const theirs = [
      "verilated",
      "verilated_threads",
      ...(extras.waves ? ["verilated_vcd_c"] : []),
      ...(extras.coverage ? ["verilated_cov"] : []),
    ].filter((s) => existsSync(`${root}/include/${s}.cpp`));
    // One unit, not optimized: a first run waits for it, and nothing in it runs at every clock but the writing of waves.
    await writeFile(join(dir, "verilated.cc"), theirs.map((s) => `#include "${root}/include/${s}.cpp"\n`).join(""));
    const units = [
      [extras.waves ? "-O1" : "-O0", "-c", join(dir, "verilated.cc"), "-o", join(dir, "verilated.o")],
      ["-O2", "-c", join(NATIVE, "verilator.cpp"), "-o", join(dir, "verilator_tb.o")],
    ];
    await inPairs(units, (u) => compile("the simulator's runtime", [...flags, ...u]));
  });
}

/** A precompiled header, which more than halves the time that a small model takes. */
async function header(extras: Extras): Promise<string> {
  const root = await verilatorRoot();
  const dir = await buildOnce(`header-${hashOf(await toolParts(extras))}`, async (d) => {
    await writeFile(join(d, "pch.h"), `#include "${join(NATIVE, "hooks.h")}"\n#include "verilated.h"\n`);
    const args = ["-O1", "-x", "c++-header", join(d, "pch.h"), "-o", join(d, "pch.h.gch")];
    await compile("Verilator's header", [...CXX, ...cxxDefines(root, extras), ...args]);
  });
  return join(dir, "pch.h");
}

/** At most two at a time: the machines of continuous integration have two cores. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

/** Builds the shared library of a design, or finds it in the cache. Throws a BuildError. */
export async function buildVerilator(design: Design, extras: Extras, access = NO_ACCESS): Promise<VerilatorModel> {
  checkDesign(design);
  // A model without access to its inside is the same whether there is such a thing or not.
  const inside = access.internals ? [readFileSync(ownCode("verilator_internals")), JSON.stringify(access)] : [];
  const source = ["wrapper", "ports", "plain_header", "verilator_ports"].map((f) => readFileSync(ownCode(f)));
  const key = hashOf(["verilator", ...(await toolParts(extras)), ...source, ...inside, ...designParts(design)]);
  const dir = await buildOnce(`model-${key}`, async (d) => {
    // The first model of a machine is compiled beside the runtime, and does not wait for the header as well.
    const first = !existsSync(join(cacheDir(), await runtimeName(extras)));
    const include = first ? join(NATIVE, "hooks.h") : await header(extras);
    const make = async (): Promise<void> => {
      const ports = await discoverPorts(design);
      await build(design, ports, d, include, extras, access);
      await writeFile(join(d, "ports.json"), JSON.stringify(ports));
    };
    const [rt] = await Promise.all([runtime(extras), make()]);
    await link(design, d, rt);
  });
  const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(dir, file), "utf8"));
  const ports = (await json("ports.json")) as Port[];
  const internals = access.internals ? ((await json("internals.json")) as InternalVariable[]) : undefined;
  return { internals, library: join(dir, "model.so"), ports, clocks: clockPorts(design, ports) };
}

/** Objects of the model in `dir`; `include` comes first in them. */
async function build(
  design: Design,
  ports: readonly Port[],
  dir: string,
  include: string,
  extras: Extras,
  access: Access,
): Promise<void> {
  const clocks = clockPorts(design, ports);
  const root = await verilatorRoot();
  await writeFile(join(dir, "wrapper.v"), verilatorWrapper(design, ports));
  const obj = join(dir, "obj");
  if (access.force.length) {
    const lines = access.force.map((name) => `forceable -module "*" -var "${name}"\n`);
    await writeFile(join(dir, "access.vlt"), `\`verilator_config\n${lines.join("")}`);
  }
  const what = `Verilator cannot build ${design.top}`;
  const ran = await must(what, verilator(), [
    "--cc",
    "--Mdir",
    obj,
    "--prefix",
    "Vmodel",
    "-O3",
    "--assert",
    "--x-assign",
    "unique",
    "--x-initial",
    "unique",
    ...(extras.waves ? ["--trace", "--trace-structs"] : []),
    ...(extras.coverage ? ["--coverage-line", "--coverage-toggle"] : []),
    ...(access.internals ? ["--public-flat-rw"] : []),
    "--top-module",
    WRAPPER,
    ...verilatorInputs(design),
    ...(access.force.length ? [join(dir, "access.vlt")] : []),
    ...design.sources,
    join(dir, "wrapper.v"),
  ]);
  wrote(what, verilator(), join(obj, "Vmodel.h"), ran);
  const read = (pattern: RegExp): string =>
    readdirSync(obj)
      .filter((f) => pattern.test(f))
      .sort()
      .map((f) => readFileSync(join(obj, f), "utf8"))
      .join("\n");
  const internals = access.internals ? internalsOf(read(/^Vmodel__Syms.*\.cpp$/), read(/\.h$/), design.top) : undefined;
  if (internals) await writeFile(join(dir, "internals.json"), JSON.stringify(internals));
  await writeFile(join(obj, "glue.cpp"), glue(design, ports, clocks, internals));
  const generated = readdirSync(obj).filter((f) => f.startsWith("Vmodel") && f.endsWith(".cpp"));
  const slow = generated.filter((f) => /(__Slow|__Syms|__ConstPool|__Trace__\d+__Slow)/.test(f));
  const size = generated.reduce((n, f) => n + statSync(join(obj, f)).size, 0);
  const flags = [...CXX, ...cxxDefines(root, extras), "-Iobj", `-I${NATIVE}`];
  const text = (files: readonly string[]): string => files.map((f) => `#include "${f}"\n`).join("");
  const units: { name: string; files: string[]; flags: string[] }[] =
    size < 300_000
      ? [{ name: "all", files: ["glue.cpp", ...generated], flags: ["-O1", "-include", include] }]
      : [
          {
            name: "fast",
            files: ["glue.cpp", ...generated.filter((f) => !slow.includes(f))],
            flags: ["-O1", "-include", include],
          },
          { name: "slow", files: slow, flags: ["-O0", "-include", join(NATIVE, "hooks.h")] },
        ];
  await inPairs(units, async (u) => {
    await writeFile(join(obj, `${u.name}.cc`), text(u.files));
    await must(
      `cannot compile the model of ${design.top}`,
      "g++",
      [...flags, ...u.flags, "-c", `obj/${u.name}.cc`, "-o", `${u.name}.o`],
      dir,
    );
  });
  await rm(obj, { recursive: true, force: true });
}

/** The model's objects with those of the runtime in `rt`. */
async function link(design: Design, dir: string, rt: string): Promise<void> {
  const objects = (of: string): string[] =>
    readdirSync(of)
      .filter((f) => f.endsWith(".o"))
      .map((f) => join(of, f));
  const own = objects(dir);
  const args = ["-shared", "-Wl,-Bsymbolic", ...own, ...objects(rt), "-o", join(dir, "model.so"), "-pthread"];
  await must(`cannot link the model of ${design.top}`, "g++", args);
  for (const object of own) await rm(object, { force: true });
}

/** Offsets in words of the ports from the start of the shared memory, and the words they take together. */
export function portOffsets(ports: readonly Port[], start: number): { offsets: number[]; words: number } {
  let at = start;
  const offsets = ports.map((p) => {
    const o = at;
    at += wordsOf(p.width);
    return o;
  });
  return { offsets, words: at - start };
}

function glue(
  design: Design,
  ports: readonly Port[],
  clocks: readonly number[],
  internals: readonly InternalVariable[] | undefined,
): string {
  if (clocksOf(design).length > 8) throw new BuildError("a design can have at most 8 clocks");
  const { offsets } = portOffsets(ports, 0);
  const load = (i: number): string => {
    const { width } = ports[i]!;
    const at = `M[H_PORTS + ${offsets[i]}]`;
    if (width > 64) {
      const words = wordsOf(width);
      const top = width % 32 ? ` & 0x${(2 ** (width % 32) - 1).toString(16)}u` : "";
      return `    for (int k = 0; k < ${words - 1}; k++) top->p${i}[k] = (&${at})[k];\n    top->p${i}[${words - 1}] = (&${at})[${words - 1}]${top};\n`;
    }
    const mask = width % 64 ? ` & ${(2n ** BigInt(width) - 1n).toString()}ull` : "";
    return width > 32
      ? `    top->p${i} = (${at} | (uint64_t)(&${at})[1] << 32)${mask};\n`
      : `    top->p${i} = ${at}${width === 32 ? "" : mask};\n`;
  };
  const store = (i: number): string => {
    const { width } = ports[i]!;
    const at = `M[H_PORTS + ${offsets[i]}]`;
    if (width > 64) return `    for (int k = 0; k < ${wordsOf(width)}; k++) (&${at})[k] = top->p${i}[k];\n`;
    return width > 32
      ? `    ${at} = (uint32_t)top->p${i};\n    (&${at})[1] = (uint32_t)(top->p${i} >> 32);\n`
      : `    ${at} = top->p${i};\n`;
  };
  const index = ports.map((_, i) => i);
  const inputs = index.filter((i) => ports[i]!.direction === "input" && !clocks.includes(i));
  const outputs = index.filter((i) => ports[i]!.direction === "output");
  return `#include "Vmodel.h"
${internals ? '#include "Vmodel__Syms.h"\nvoid Vmodel___024root___eval_settle(Vmodel___024root*);\n' : ""}#include "verilated.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif
#if VM_COVERAGE
#include "verilated_cov.h"
#endif
#include "layout.h"
#include "verilator_api.h"
#include <vector>
namespace {
struct Generated final : tb::Model {
  VerilatedContext context;
  Vmodel* top;
#if VM_TRACE
  VerilatedVcdC* waves = nullptr;
#endif
  Generated(uint32_t seed) {
    context.randReset(2);
    context.randSeed((int)seed);
    context.timeunit(-9);
    context.timeprecision(-12);
#if VM_TRACE
    context.traceEverOn(true);
#endif
    top = new Vmodel(&context, "TOP");
${internals ? "    list_internals();\n" : ""}  }
  ~Generated() override {
#if VM_TRACE
    if (waves) {
      waves->close();
      delete waves;
    }
#endif
    delete top;
  }
  void clocks(const uint32_t* M) override {
${clocks.map(load).join("")}  }
  void inputs(const uint32_t* M) override {
${inputs.map(load).join("")}  }
  void outputs(uint32_t* M) override {
${outputs.map(store).join("")}  }
  void eval() override { top->eval(); }
  void time(uint64_t ps) override { context.time(ps); }
  uint64_t time() const override { return context.time(); }
  void finish() override { top->final(); }
  bool open_waves(const char* file) override {
#if VM_TRACE
    waves = new VerilatedVcdC;
    top->trace(waves, 99);
    waves->open(file);
    return waves->isOpen();
#else
    return false;
#endif
  }
  const tb::Internal* internal(uint32_t id) const override {
    return ${internals ? "id < inside.size() ? &inside[id] : nullptr" : "nullptr"};
  }
  void settle() override {${internals ? " Vmodel___024root___eval_settle(top->rootp); " : ""}}
${
  internals
    ? `  std::vector<tb::Internal> inside;
  void list_internals() {
    auto& S = *top->rootp->vlSymsp;
    inside = {
${internalsTable(internals)}
    };
  }
`
    : ""
}  bool write_coverage(const char* file) override {
#if VM_COVERAGE
    context.coveragep()->write(file);
    context.coveragep()->zero();
    return true;
#else
    return false;
#endif
  }
  void dump() override {
#if VM_TRACE
    waves->dump(context.time());
#endif
  }
};
}  // namespace
namespace tb {
Model* make_model(uint32_t seed, const uint32_t*) { return new Generated(seed ? seed : 1); }
}  // namespace tb
`;
}
