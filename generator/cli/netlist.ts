// addernet verify --stage netlist: what synthesis made of the Verilog, against the golden model.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../testbench/lib/children.ts";
import { synthesize } from "../device/flow/flow.ts";
import { cellModels } from "../device/flow/models.ts";
import { machineTools } from "../device/flow/tools.ts";
import { families, targetOf } from "../targets/index.ts";
import type { Outcome } from "./command.ts";
import type { Console } from "./console.ts";
import { designOf } from "./design.ts";
import { neededImages, openNetwork } from "./network.ts";
import { reported } from "./report.ts";
import { compareInSimulators, type NetlistArgs } from "./simulate.ts";

/** Simulates the netlist of the accelerator; compares its outputs. */
export async function verifyNetlist(path: string, args: NetlistArgs, out: Console): Promise<Outcome> {
  const target = targetOf(args.target);
  const family = families[target.family];
  const opened = openNetwork(path, out);
  const images = neededImages(path, args, opened, args.count);
  // A class alone tells little of the logic in front of it.
  const built = designOf(path, { ...args, logits: args.logits ?? true }, opened, out);
  const { net, hardware: hw } = built;
  const files = new Map([...built.files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
  const verilog = [...files.keys()].filter((f) => f.startsWith("rtl/"));
  const options = { tools: machineTools, native: args.native, dsp: false, modelled: true, onLine: out.tool };
  const netlist = await synthesize(files, verilog, hw.name, target, options);
  const { path: dir, remove } = temporaryFolder("addernet-netlist-");
  try {
    out.progress("models of the cells", 0, 0);
    const sources = [join(dir, "models.v"), join(dir, "netlist.v")];
    writeFileSync(sources[0]!, await cellModels(target, netlist.verilog, args.native));
    writeFileSync(sources[1]!, netlist.verilog);
    const { comparison, report } = reported(
      {
        ...{ net, hw, images, source: opened.source },
        design: { top: hw.name, sources },
        stage: "netlist",
        facts: { target: target.name, tool: netlist.tool, seconds: netlist.seconds },
        outputsOnly: true,
        line: (r, seconds) =>
          `netlist of ${family.title} (${netlist.tool}, ${netlist.seconds.toFixed(0)} s): ${r.frames} images equal at the outputs ` +
          `(${r.values} values), ${r.clocks} clocks in ${seconds} s`,
      },
      args,
    );
    const outcome = await compareInSimulators(comparison, args, out);
    await report({ opened, design: built, images }, out);
    return outcome;
  } finally {
    remove();
  }
}
