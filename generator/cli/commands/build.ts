// addernet build: writes the accelerator.

import { join } from "node:path";
import type { Schedule } from "../../5-schedule/schedule.ts";
import { boardFiles, weightsImage } from "../../device/shell/board-files.ts";
import { shellWord } from "../../names/shell.ts";
import { hardwareOf as opOf } from "../../ops/index.ts";
import { type Cost, FAMILIES, families, resourcesOf } from "../../targets/index.ts";
import { BENCH_CANDIDATES, type Excited } from "../../verify/excite.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { type DesignArgs, designOf, limits } from "../design.ts";
import { cellSources, driverSource, serialHost } from "../files.ts";
import { type ImageArgs, imagesOf, openNetwork } from "../network.ts";
import { designOptions, forceOption, network, outOption, reportFile } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";
import { REPORT_IMAGES, writeReport } from "../report.ts";
import { columns, percent } from "../table.ts";
import { loadingLines } from "../weights.ts";

/** Lanes of the layers with weights, and the share of their clocks in which they compute a tap. */
function arrayLanes(schedule: Schedule): { count: number; busy: number } {
  const arrays = schedule.nodes.filter((n) => "weights" in n.node);
  const count = arrays.reduce((sum, n) => sum + n.arithmeticLanes, 0);
  const taps = arrays.reduce((sum, n) => sum + (opOf(n.node)?.operations(n.node, n.types) ?? 0), 0);
  return { count, busy: count === 0 ? 0 : taps / (count * schedule.interval) };
}

interface BuildArgs extends DesignArgs, ImageArgs {
  readonly report?: string | undefined;
}

async function build(path: string, dir: string, args: BuildArgs, force: boolean, out: Console): Promise<Outcome> {
  checkFolder(dir, "build", force);
  const opened = openNetwork(path, out);
  const benchImages = imagesOf(path, args, opened, BENCH_CANDIDATES);
  const d = designOf(path, args, opened, out, { benchImages });
  const { hardware: hw, schedule, target, estimates } = d;
  const board = boardFiles(d, d.clockMHz, { cells: cellSources(), driver: driverSource(), host: serialHost() });
  const files = new Map<string, string | Uint8Array>([...d.files, ...board.files, ...weightsImage(board.serial)]);
  const { layers, families: totals } = estimates;
  const total = target && totals[target.family]!;
  out.progress(`writing ${dir}`, 0, 0);
  writeFolder(dir, files, "build", force);
  const words = target && families[target.family].words;
  const counted = target ? resourcesOf(target.family) : [];
  const resources = (c: Cost): string[] => counted.map((k) => String(c[k] ?? 0));
  for (const l of columns([
    [
      ...["layer", "PE", "SIMD", "pixels", "clocks/frame", "lanes busy"],
      ...(words ? counted.map((k) => `est. ${k === "ff" ? "FF" : words[k]}`) : []),
    ],
    ...hw.blocks.map((b) => [
      b.name,
      String(b.pe),
      String(b.simd),
      String(b.pixels),
      String(b.cyclesPerFrame),
      b.operations ? percent(b.operations / (b.arithmeticLanes * hw.interval)) : "",
      ...(layers ? resources(layers.get(b.name)!) : []),
    ]),
    ...(total ? [["total", "", "", "", "", "", ...resources(total)]] : []),
  ]))
    out.line(l);
  const fps = (d.clockMHz * 1e6) / schedule.interval;
  out.line();
  out.line(
    `${schedule.interval} clocks a frame (${hw.bottleneck}): ${fps.toFixed(1)} frames a second at ${d.clockMHz} MHz`,
  );
  const { latency } = hw;
  out.line(
    `latency ${latency.last} clocks from a frame's first beat to its last result, ${latency.first} to its first`,
  );
  const lanes = arrayLanes(schedule);
  out.line(`${lanes.count} lanes in the arrays, ${percent(lanes.busy)} busy`);
  if (target) for (const l of limits(d)) out.line(l);
  else
    out.line(
      `estimated logic: ${FAMILIES.map((f) => `${families[f].title} ${totals[f]!.lut} ${families[f].words.lut}`).join(", ")}`,
    );
  out.line(`wrote ${files.size} files to ${dir}; top module ${hw.name} in ${join(dir, "rtl", `${hw.name}.v`)}`);
  if (target && board.files.size > 0) {
    const clock = board.serial
      ? `${Number(board.serial.MHz.toFixed(3))} MHz (${board.serial.clockFrom})`
      : `${d.clockMHz} MHz`;
    out.line(
      `top of ${target.title}: ${board.top} in ${join(dir, "rtl", `${board.top}.v`)}, ${clock}; addernet synth tells whether the clock is reached`,
    );
  }
  for (const l of loadingLines(board.serial, dir)) out.line(l);
  out.line(
    benchImages
      ? `self-checking test bench: make -C ${shellWord(dir)} sim-icarus (or sim-verilator)`
      : "no stand-alone test bench without images: --images X.npy adds it",
  );
  if (d.frames) out.line(framesLine(d.frames));
  if (args.report)
    await writeReport(args.report, { opened, design: d, images: imagesOf(path, args, opened, REPORT_IMAGES) }, out);
  return done({
    folder: dir,
    top: hw.name,
    clocksPerFrame: schedule.interval,
    framesPerSecond: fps,
    bottleneck: hw.bottleneck,
    latency: { first: latency.first, last: latency.last },
    lanes: lanes.count,
    lanesBusy: lanes.busy,
    layers: hw.blocks.map(({ name, pe, simd, pixels, cyclesPerFrame }) => ({
      ...{ name, pe, simd, pixels, cyclesPerFrame },
      ...(layers ? { estimate: layers.get(name) } : {}),
    })),
    estimates: totals,
    ...(target ? { target: target.name, binding: estimates.binding } : {}),
    ...(board.files.size > 0 ? { boardTop: board.top } : {}),
    files: [...files.keys()],
  });
}

/** Which frames the bench takes, and how many of the bits that matter they show. */
const framesLine = ({ names, bits }: Excited): string =>
  `its frames: ${names.join(", ")}${
    bits
      ? `; ${bits.shown} of ${bits.all - bits.silent.length} bits of weights and constants show when they are flipped` +
        (bits.silent.length > 0 ? `, ${bits.silent.length} more change nothing` : "")
      : ""
  }`;

export const command = defineCommand({
  positionals: { network },
  options: {
    ...designOptions,
    images: {
      describe: "images from which the stand-alone test bench takes its frames (.npy); default: the calibration images",
      type: "string",
    },
    o: outOption,
    report: reportFile,
    force: forceOption,
  },
  run: (args, out) => build(args.network, args.o, args, args.force, out),
});
