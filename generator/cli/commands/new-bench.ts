// addernet new-bench: a test bench to begin with, for any Verilog design, written from its ports.
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { BuildError, designPorts, newBench, type Port, topModules } from "../../../testbench/lib/index.ts";
import { simulators } from "../../../testbench/lib/simulators.ts";
import { InputError, inputError } from "../../diagnostics/diagnostics.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { faultDiagnostic } from "../faults.ts";
import { readText } from "../files.ts";
import { forceOption } from "../options.ts";
import { writeWhole } from "../output.ts";
import { simulationError } from "../simulate.ts";

export interface NewBenchArgs {
  readonly top?: string | undefined;
  readonly clock?: string | undefined;
  readonly output?: string | undefined;
  readonly force: boolean;
}

/** Writes `<top>.test.ts`, or the file that was asked for. */
async function newBenchCommand(files: readonly string[], args: NewBenchArgs, out: Console): Promise<Outcome> {
  const sources = files.map((f) => resolve(f));
  const top = args.top ?? topOf(files);
  const path = args.output ?? `${top.replace(/[^\w.-]+/g, "_")}.test.ts`;
  if (!args.force && existsSync(path))
    throw inputError({
      code: "AN7002",
      message: `${path} already exists`,
      hint: "--force replaces it, -o writes to another file",
    });
  let text: string;
  let ports: Port[];
  try {
    out.progress(`ports of ${top}`, 0, 0);
    ports = await designPorts({ top, sources });
    const from = dirname(resolve(path));
    text = newBench({
      top,
      sources: sources.map((s) => besides(from, s)),
      ports,
      ...(args.clock === undefined ? {} : { clock: args.clock }),
    });
  } catch (e) {
    throw simulationError(simulators[0], e);
  }
  writeWhole(path, text);
  const inputs = ports.filter((p) => p.direction === "input").length;
  out.line(`wrote ${path}: ${top} with ${inputs} inputs and ${ports.length - inputs} outputs`);
  out.line(`run it: npx vitest run ${path}`);
  return done({ file: path, top, ports });
}

// A path in the bench's own folder or near it stays relative, so that both can move together.
function besides(from: string, source: string): string {
  const r = relative(from, source);
  return isAbsolute(r) || r.startsWith(`..${sep}..${sep}..${sep}`) ? source : join(r).split(sep).join("/");
}

function topOf(files: readonly string[]): string {
  const vhdl = files.find((f) => /\.vhdl?$/i.test(f));
  if (vhdl)
    throw new InputError([
      faultDiagnostic(
        simulators[0],
        new BuildError(
          `${vhdl} is VHDL, which neither simulator reads; translate it first: ghdl synth --out=verilog -e TOP > TOP.v`,
        ),
      )!,
    ]);
  const tops = topModules(files.map(readText).join("\n"));
  if (tops.length === 1) return tops[0]!;
  throw inputError({
    code: "AN8002",
    message: tops.length ? "several modules could be the top of the design" : "no module is the top of the design",
    ...(tops.length ? { found: tops.join(", ") } : {}),
    hint: "--top NAME says which one it is",
  });
}

export const command = defineCommand({
  positionals: { sources: { describe: "Verilog files", type: "string", array: true, demandOption: true } },
  options: {
    top: { describe: "module under test; default: the one that no other module instantiates", type: "string" },
    "clock-name": { describe: "its clock; default: the inputs whose names look like clocks", type: "string" },
    output: { alias: "o", describe: "file to write; default: TOP.test.ts", type: "string" },
    force: forceOption,
  },
  run: (a, out) =>
    newBenchCommand(a.sources, { top: a.top, clock: a.clockName, output: a.output, force: a.force }, out),
});
