// addernet verify --stage bitstream: the bits that configure an iCE40, turned back into Verilog, against the golden model.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../testbench/lib/children.ts";
import type { Design as BenchDesign } from "../../testbench/lib/index.ts";
import { chosenSimulators, type SimulatorName } from "../../testbench/lib/simulators.ts";
import type { Design } from "../design.ts";
import { type Implementation, implementBest } from "../device/flow/implement.ts";
import { cellModels } from "../device/flow/models.ts";
import { needTool, runTool } from "../device/flow/tools.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import type { IntTensor } from "../ir/tensor.ts";
import type { ProofRun } from "../report/data.ts";
import { synthesizedOf } from "../report/design.ts";
import { targetOf } from "../targets/index.ts";
import { goldenAnswer, talk } from "../verify/serial.ts";
import { done, type Outcome } from "./command.ts";
import { type Console, unwrap } from "./console.ts";
import { spaceOf } from "./design.ts";
import { neededImages, openNetwork } from "./network.ts";
import { writeReport } from "./report.ts";
import { type NetlistArgs, simulationError } from "./simulate.ts";
import { toolOptions } from "./tool-options.ts";

/** Simulates the bitstream behind its serial line. */
export async function verifyBitstream(path: string, args: NetlistArgs, out: Console): Promise<Outcome> {
  const target = targetOf(args.target);
  if (target.family !== "ice40" || !target.board?.serial || !target.device?.pnr)
    throw inputError({
      code: "AN8004",
      message: `no open tool turns a bitstream of ${target.name} back into Verilog`,
      expected: "icebreaker or ice40-hx8k",
    });
  needTool("icebox_vlog");
  const opened = openNetwork(path, out);
  const images = neededImages(path, args, opened, args.count);
  // icebox_vlog reads no DSP blocks.
  const space = spaceOf(path, { ...args, dsp: false }, opened, out);
  const best = unwrap(space.best(), out, opened.source);
  const made = await implementBest(space, best, args.fps, toolOptions({ ...args, place: true }, out));
  const board = made.board!;
  const report = async (runs: readonly ProofRun[]) => {
    if (args.report !== undefined)
      await writeReport(
        args.report,
        { opened, design: made.design, images, runs, synthesized: synthesizedOf(made) },
        out,
      );
  };
  const { path: dir, remove } = temporaryFolder("addernet-bitstream-");
  try {
    out.progress("turning the bitstream into Verilog", 0, 0);
    const sources = await chipOf(made, dir, args.native);
    const bytes = images.length * board.bytesOut;
    const runs: ProofRun[] = [];
    for (const sim of chosenSimulators(args.simulator)) {
      const started = performance.now();
      out.progress(`${sim}: building the model of the bitstream`, 0, 0);
      const onProgress = (n: number) => out.progress(`${sim}: images through the bitstream`, n, images.length);
      const { differences, clocks } = await compareBoard(made, { top: "chip", sources }, images, sim, onProgress).catch(
        (e) => {
          throw simulationError(sim, e, opened.source);
        },
      );
      const wrong =
        differences.length > 0 ? `the bitstream differs from the golden model: ${differences[0]}` : undefined;
      runs.push(lineRun(sim, images.length, bytes, clocks, wrong));
      if (wrong !== undefined) {
        await report(runs);
        throw inputError({
          code: "AN8003",
          message: `${sim}: ${wrong}`,
          found: `${differences.length} of ${images.length} images`,
        });
      }
      out.line(
        `${sim}: bitstream of ${target.title}: ${images.length} image${images.length > 1 ? "s" : ""} through the serial line, ` +
          `${bytes} bytes equal, ${((performance.now() - started) / 1000).toFixed(1)} s`,
      );
    }
    await report(runs);
    return done({ stage: "bitstream", target: target.name, frames: images.length, bytes });
  } finally {
    remove();
  }
}

/** What a report says of a conversation over the serial line, which shows bytes and no streams. */
const lineRun = (simulator: string, frames: number, values: number, clocks: number, fault?: string): ProofRun => ({
  ...{ stage: "bitstream", simulator, seed: 1, stall: 0, frames, streams: 1, values, clocks },
  ...{ latency: null, firstLatency: null, interval: null, intervals: [] },
  faults: fault === undefined ? [] : [fault],
  mismatch: null,
});

/** Writes the configured chip as Verilog, and the models of its cells, into `dir`; the paths of both files. */
export async function chipOf(made: Implementation, dir: string, native: boolean): Promise<string[]> {
  const board = made.board!;
  const [asc, pcf] = [`${board.module}.asc`, `${board.module}.pcf`];
  const files = new Map([
    [asc, made.files.get(`synth/${asc}`)!],
    [pcf, plainPins(String(made.files.get(`synth/${pcf}`)))],
  ]);
  const chip = await runTool("icebox_vlog", ["-n", "chip", "-p", pcf, asc], files);
  const verilog = plainPorts(chip.log.replace(/^\/\/.*\n/gm, ""));
  const sources = [join(dir, "models.v"), join(dir, "chip.v")];
  writeFileSync(sources[0]!, await cellModels(made.design.target!, verilog, native));
  writeFileSync(sources[1]!, verilog);
  return sources;
}

/** Sends the images over a board's serial line, and says for each whose answer differs from golden's where it does. */
export async function compareBoard(
  made: Pick<Implementation, "board"> & { readonly design: Pick<Design, "net" | "hardware" | "target"> },
  simulated: BenchDesign,
  images: readonly IntTensor[],
  sim: SimulatorName,
  onProgress?: (images: number) => void,
): Promise<{ readonly differences: readonly string[]; readonly clocks: number }> {
  const { net, hardware: hw, target } = made.design;
  const { clocksPerBit, bytesIn, bytesOut } = made.board!;
  const button = target?.board?.button && (target.board.button.activeLow ? 1 : 0);
  const perImage = (bytesIn + bytesOut + 20) * 10 * clocksPerBit + 4 * hw.interval;
  // Eight bits of two clocks each from the flash, ten of the line with silence behind them.
  const { weights } = made.board!;
  const perByte = weights?.flashAt === undefined ? 10 * clocksPerBit : 20;
  const loading = weights ? weights.image.length * perByte + 8000 * clocksPerBit : 0;
  const differences: string[] = [];
  let clocks = 0;
  await talk(
    hw,
    simulated,
    {
      ...{ sim, clocksPerBit, bytesOut, button },
      ...(weights?.flashAt === undefined ? {} : { flash: { at: weights.flashAt } }),
      maxCycles: perImage * (images.length + 1) + 10_000 + loading,
      initSeeds: { reason: "the flip-flops of a configured chip have their initial values" },
    },
    async (ask, tb) => {
      for (const [i, image] of images.entries()) {
        const [got, expected] = [await ask(image), goldenAnswer(net, hw, image)];
        const at = got.findIndex((b, k) => b !== expected[k]);
        if (at >= 0) differences.push(`image ${i}, byte ${at}: expected ${expected[at]}, got ${got[at]}`);
        onProgress?.(i + 1);
      }
      clocks = tb.cycle;
    },
  );
  return { differences, clocks };
}

/** icebox_vlog reads `set_io name pin` and no options. */
export const plainPins = (pcf: string): string => pcf.replace(/^(set_io)(?:\s+-nowarn|\s+-pull\w+\s+\S+)+/gm, "$1");

/** icebox_vlog declares each port in the header and again as a wire or register, which Verilog-2005 does not allow. */
export function plainPorts(verilog: string): string {
  const header = /^module \w+ \(([^)]*)\);/m.exec(verilog);
  if (!header) return verilog;
  const ports = header[1]!.split(",").map((p) => p.trim().split(/\s+/) as [direction: string, name: string]);
  let text = verilog.replace(header[1]!, ports.map(([, name]) => name).join(", "));
  for (const [direction, name] of ports)
    text = text.replace(new RegExp(`^(wire|reg) ${name}\\b`, "m"), `${direction} $1 ${name}`);
  return text;
}
