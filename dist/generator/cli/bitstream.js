// addernet verify --stage bitstream: the bits that configure an iCE40, turned back into Verilog, against the golden model.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chosenSimulators } from "../../testbench/lib/simulators.js";
import { cellModels } from "../device/flow/models.js";
import { needTool, runTool } from "../device/flow/tools.js";
import { inputError } from "../diagnostics/diagnostics.js";
import { targetOf } from "../targets/index.js";
import { goldenAnswer, talk } from "../verify/serial.js";
import { kernelOf } from "./budget.js";
import { imagesOf } from "./commands.js";
import { CliError } from "./console.js";
import { faultDiagnostic } from "./faults.js";
import { integersOf, openNetwork } from "./network.js";
import { implement, withLogits } from "./synth.js";
/** Rate where none is asked for; the UART takes longer than the accelerator at any. */
const FPS = 1000;
/** Simulates the bitstream behind its serial line. Gives the exit code. */
export async function verifyBitstream(path, args, out) {
    const target = targetOf(args.target);
    if (target.family !== "ice40" || !target.board?.serial || !target.device?.pnr)
        throw inputError({
            code: "AN8004",
            message: `no open tool turns a bitstream of ${target.name} back into Verilog`,
            expected: "icebreaker or ice40-hx8k",
        });
    needTool("icebox_vlog");
    const opened = openNetwork(path, out);
    const net = withLogits(integersOf(path, opened, args, out));
    const images = imagesOf(path, args, opened, args.count);
    if (!images)
        throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
    const { MHz } = target.board.clock;
    const kernel = kernelOf(target, args.kernel);
    // icebox_vlog reads no DSP blocks.
    const how = { ...args, dsp: false, place: true, output: undefined };
    const made = await implement(net, args.fps ?? FPS, MHz, target, how, kernel, opened, out);
    const board = made.board;
    const [asc, pcf] = [`${board.module}.asc`, `${board.module}.pcf`];
    const files = new Map([
        [asc, made.files.get(`synth/${asc}`)],
        [pcf, plainPins(String(made.files.get(`synth/${pcf}`)))],
    ]);
    const chip = await runTool("icebox_vlog", ["-n", "chip", "-p", pcf, asc], files);
    const verilog = plainPorts(chip.log.replace(/^\/\/.*\n/gm, ""));
    const dir = mkdtempSync(join(tmpdir(), "addernet-bitstream-"));
    try {
        const sources = [join(dir, "models.v"), join(dir, "chip.v")];
        writeFileSync(sources[0], await cellModels(target, verilog, args.native));
        writeFileSync(sources[1], verilog);
        const sim = chosenSimulators(args.simulator)[0];
        const { clocksPerBit, bytesIn, bytesOut } = board;
        const button = target.board.button && (target.board.button.activeLow ? 1 : 0);
        const perImage = (bytesIn + bytesOut + 20) * 10 * clocksPerBit + 4 * made.hw.interval;
        const differences = [];
        const started = performance.now();
        await talk(made.hw, { top: "chip", sources }, {
            sim,
            clocksPerBit,
            bytesOut,
            button,
            maxCycles: perImage * (images.length + 1) + 10_000,
            initSeeds: { reason: "the flip-flops of a configured chip have their initial values" },
        }, async (ask) => {
            for (const [i, image] of images.entries()) {
                const [got, expected] = [await ask(image), goldenAnswer(net, made.hw, image)];
                const at = got.findIndex((b, k) => b !== expected[k]);
                if (at >= 0)
                    differences.push(`image ${i}, byte ${at}: expected ${expected[at]}, got ${got[at]}`);
                out.progress("bitstream", i + 1, images.length);
            }
        }).catch((e) => {
            const known = faultDiagnostic(sim, e);
            throw known ? new CliError([known], opened.source) : e;
        });
        if (differences.length > 0)
            throw inputError({
                code: "AN8003",
                message: `the bitstream differs from the golden model: ${differences[0]}`,
                found: `${differences.length} of ${images.length} images`,
            });
        out.line(`bitstream of ${target.title}: ${images.length} image${images.length > 1 ? "s" : ""} through the serial line, ` +
            `${images.length * bytesOut} bytes equal, ${((performance.now() - started) / 1000).toFixed(1)} s`);
        out.result({ stage: "bitstream", target: target.name, frames: images.length, bytes: images.length * bytesOut });
        return 0;
    }
    finally {
        rmSync(dir, { recursive: true, force: true });
    }
}
/** icebox_vlog reads `set_io name pin` and no options. */
export const plainPins = (pcf) => pcf.replace(/^(set_io)(?:\s+-nowarn|\s+-pull\w+\s+\S+)+/gm, "$1");
/** icebox_vlog declares each port in the header and again as a wire or register, which Verilog-2005 does not allow. */
export function plainPorts(verilog) {
    const header = /^module \w+ \(([^)]*)\);/m.exec(verilog);
    if (!header)
        return verilog;
    const ports = header[1].split(",").map((p) => p.trim().split(/\s+/));
    let text = verilog.replace(header[1], ports.map(([, name]) => name).join(", "));
    for (const [direction, name] of ports)
        text = text.replace(new RegExp(`^(wire|reg) ${name}\\b`, "m"), `${direction} $1 ${name}`);
    return text;
}
