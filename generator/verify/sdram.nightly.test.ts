// VGG-small, shortened, with its weights in the SDRAM of ULX3S.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { vggSmallFiles } from "../../bench/vgg-small.ts";
import { makeConsole, unwrap } from "../cli/console.ts";
import { cellSources, readImages } from "../cli/files.ts";
import { integersOf, openNetwork } from "../cli/network.ts";
import { writeFolder } from "../cli/output.ts";
import { design } from "../design.ts";
import { bytesPerFrame } from "../weights/external.ts";
import { packBeats } from "./pack.ts";
import { runWithSdram, sdramBenchFiles } from "./sdram.ts";
import { goldenVectors } from "./vectors.ts";

const dir = mkdtempSync(join(tmpdir(), "addernet-sdram-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Frames, and the intervals among them in which the pipeline is full: layers in front are done before the last ones. */
const FRAMES = 12;
const FULL = [4, 8] as const;

describe.each([
  { name: "the arrays are the limit", fps: 200, bound: false },
  { name: "the memory is the limit", fps: 6200, bound: true },
])("VGG-small, 8 channels, 16 x 16: $name", ({ fps, bound }) => {
  test("answers as golden, clocks within 5 % of the prediction, each weight read once", async () => {
    for (const [file, bytes] of vggSmallFiles(8, 16)) writeFileSync(join(dir, file), bytes);
    const out = makeConsole(true, "test");
    const path = join(dir, "network.json");
    const net = integersOf(path, openNetwork(path, out), {}, out);
    const d = unwrap(design(net, { target: "ulx3s-85f", fps }, cellSources()), out);
    const two = readImages(join(dir, "images.npy"), net.input, 2);
    const images = Array.from({ length: FRAMES }, (_, f) => two[f % 2]!);
    const golden = goldenVectors(d.net, two);
    const build = join(dir, `fps-${fps}`);
    const files = new Map([...d.files, ...sdramBenchFiles(d, cellSources())]);
    writeFolder(build, files, "build", true);
    const sources = [...files.keys()].filter((f) => f === "top.v" || /^(rtl|memory)\//.test(f));
    const paths = sources.map((f) => join(build, f));
    const run = await runWithSdram(d, images, "verilator", paths, `${join(build, "mem")}/`);
    run.answers.forEach((frame, f) => {
      frame.forEach((words, i) => {
        const { stream } = d.hardware.outputs[i]!;
        expect(words.length, `frame ${f}, output ${i}`).toBe(stream.beatsPerFrame);
        if (stream.lanes * 8 <= 32) expect([...words]).toEqual([...packBeats(golden.outputs[f % 2]![i]!, stream)]);
      });
    });
    const { interval } = d.hardware;
    const memory = d.schedule.traffic!;
    expect(memory.clocks > 0.9 * interval).toBe(bound);
    const predicted = Math.max(interval, memory.clocks);
    const full = run.intervals.slice(...FULL);
    const measured = full.reduce((a, b) => a + b) / full.length;
    expect(Math.abs(measured / predicted - 1)).toBeLessThan(0.05);
    // Layers read ahead for the frames that would follow.
    const each = bytesPerFrame(d.hardware.weights!.external!);
    expect(run.bytes).toBeGreaterThanOrEqual(FRAMES * each);
    expect(run.bytes).toBeLessThan((FRAMES + 2) * each);
  });
});
