// addernet verify --stage netlist: what synthesis made of the Verilog, against the golden model.

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../../testbench/lib/children.ts";
import { chosenSimulators } from "../../testbench/lib/simulators.ts";
import { synthesize } from "../device/flow/flow.ts";
import { cellModels } from "../device/flow/models.ts";
import { type Diagnostic, inputError } from "../diagnostics/diagnostics.ts";
import { diagnosticJson, printableJson, printDiagnostic } from "../diagnostics/print.ts";
import { families, targetOf } from "../targets/index.ts";
import { verify } from "../verify/verify.ts";
import { imagesOf, type VerifyArgs } from "./commands.ts";
import { CliError, type Console } from "./console.ts";
import { designOf } from "./design.ts";
import { clockDiagnostic, faultDiagnostic, mismatchDiagnostic } from "./faults.ts";
import { openNetwork } from "./network.ts";

export interface NetlistArgs extends VerifyArgs {
  readonly target: string;
  readonly native: boolean;
}

/** Simulates the netlist of the accelerator; compares its outputs. Gives the exit code. */
export async function verifyNetlist(path: string, args: NetlistArgs, out: Console): Promise<number> {
  const target = targetOf(args.target);
  const family = families[target.family];
  const opened = openNetwork(path, out);
  const images = imagesOf(path, args, opened, args.count);
  if (!images)
    throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
  // A class alone tells little of the logic in front of it.
  const built = designOf(path, { ...args, logits: args.logits ?? true }, opened, out);
  const { net, hardware: hw } = built;
  const files = new Map([...built.files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
  const netlist = await synthesize(
    files,
    [...files.keys()].filter((f) => f.startsWith("rtl/")),
    hw.name,
    target,
    {
      native: args.native,
      dsp: false,
      modelled: true,
    },
  );
  const { path: dir, remove } = temporaryFolder("addernet-netlist-");
  try {
    const sources = [join(dir, "models.v"), join(dir, "netlist.v")];
    writeFileSync(sources[0]!, await cellModels(target, netlist.verilog, args.native));
    writeFileSync(sources[1]!, netlist.verilog);
    const results: Record<string, unknown>[] = [];
    const failures: Diagnostic[] = [];
    for (const sim of chosenSimulators(args.simulator)) {
      const started = performance.now();
      const r = await verify(net, hw, { top: hw.name, sources }, images, {
        sim,
        seed: args.seed,
        sourceStall: args.stall,
        sinkStall: args.stall,
        waves: args.waves ? "mismatch" : "off",
        waveDir: resolve("waves"),
        outputsOnly: true,
        onProgress: (f) => out.progress(`${sim}, netlist`, f, images.length),
      }).catch((e) => {
        const known = faultDiagnostic(sim, e);
        throw known ? new CliError([known], opened.source) : e;
      });
      const { outputs: _, ...facts } = r;
      results.push({ stage: "netlist", target: target.name, tool: netlist.tool, seconds: netlist.seconds, ...facts });
      const wrong = r.mismatch
        ? [mismatchDiagnostic(sim, r.mismatch, net)]
        : r.clockFaults.map((f) => clockDiagnostic(sim, f));
      failures.push(...wrong);
      if (!out.json) for (const d of wrong) process.stderr.write(`${printDiagnostic(d, opened.source)}\n`);
      if (!r.mismatch)
        out.line(
          `${sim}: netlist of ${family.title} (${netlist.tool}, ${netlist.seconds.toFixed(0)} s): ${r.frames} images equal at the outputs ` +
            `(${r.values} values), ${r.clocks} clocks in ${((performance.now() - started) / 1000).toFixed(1)} s`,
        );
    }
    if (out.json) {
      const diagnostics = failures.map((d) => diagnosticJson(d, opened.source));
      process.stdout.write(
        `${printableJson({ command: "verify", ok: failures.length === 0, results, ...(failures.length > 0 ? { diagnostics } : {}) })}\n`,
      );
    }
    return failures.length > 0 ? 1 : 0;
  } finally {
    remove();
  }
}
