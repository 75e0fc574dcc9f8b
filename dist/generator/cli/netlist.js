// addernet verify --stage netlist: what synthesis made of the Verilog, against the golden model.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chosenSimulators } from "../../testbench/lib/simulators.js";
import { toHardware } from "../compile.js";
import { synthesize } from "../device/flow/flow.js";
import { cellModels } from "../device/flow/models.js";
import { inputError } from "../diagnostics/diagnostics.js";
import { diagnosticJson, printableJson, printDiagnostic } from "../diagnostics/print.js";
import { families, targetOf } from "../targets/index.js";
import { verify } from "../verify/verify.js";
import { kernelOf } from "./budget.js";
import { imagesOf } from "./commands.js";
import { CliError, unwrap } from "./console.js";
import { faultDiagnostic, mismatchDiagnostic } from "./faults.js";
import { cellSources } from "./files.js";
import { integersOf, openNetwork } from "./network.js";
import { withLogits } from "./synth.js";
/** Simulates the netlist of the accelerator in Icarus; compares its outputs. Gives the exit code. */
export async function verifyNetlist(path, args, out) {
    const target = targetOf(args.target);
    const family = families[target.family];
    const opened = openNetwork(path, out);
    const net = withLogits(integersOf(path, opened, args, out));
    const images = imagesOf(path, args, opened, args.count);
    if (!images)
        throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
    const kernel = kernelOf(target, args.kernel);
    const built = unwrap(toHardware(net, { fps: args.fps, clockMHz: args.clock, kernel }, cellSources()), out, opened.source);
    const hw = built.hardware;
    const files = new Map([...built.files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
    const netlist = await synthesize(files, [...files.keys()].filter((f) => f.startsWith("rtl/")), hw.name, target, {
        native: args.native,
        dsp: false,
        modelled: true,
    });
    const dir = mkdtempSync(join(tmpdir(), "addernet-netlist-"));
    try {
        const sources = [join(dir, "models.v"), join(dir, "netlist.v")];
        writeFileSync(sources[0], await cellModels(target, netlist.verilog, args.native));
        writeFileSync(sources[1], netlist.verilog);
        const started = performance.now();
        const sim = chosenSimulators(args.simulator)[0];
        const r = await verify(net, hw, { top: hw.name, sources }, images, {
            sim,
            seed: args.seed,
            sourceStall: args.stall,
            sinkStall: args.stall,
            waves: args.waves ? "mismatch" : "off",
            waveDir: resolve("waves"),
            outputsOnly: true,
            onProgress: (f) => out.progress("netlist", f, images.length),
        }).catch((e) => {
            const known = faultDiagnostic(sim, e);
            throw known ? new CliError([known], opened.source) : e;
        });
        const { outputs: _, ...facts } = r;
        const d = r.mismatch && mismatchDiagnostic(sim, r.mismatch, net);
        const result = { stage: "netlist", target: target.name, tool: netlist.tool, seconds: netlist.seconds, ...facts };
        if (out.json)
            process.stdout.write(`${printableJson({ command: "verify", ok: !d, results: [result], ...(d ? { diagnostics: [diagnosticJson(d, opened.source)] } : {}) })}\n`);
        else if (d)
            process.stderr.write(`${printDiagnostic(d, opened.source)}\n`);
        else
            out.line(`netlist of ${family.title} (${netlist.tool}, ${netlist.seconds.toFixed(0)} s): ${r.frames} images equal at the outputs ` +
                `(${r.values} values), ${r.clocks} clocks in ${((performance.now() - started) / 1000).toFixed(1)} s`);
        return d ? 1 : 0;
    }
    finally {
        rmSync(dir, { recursive: true, force: true });
    }
}
