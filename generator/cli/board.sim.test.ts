// The serial top of a board, from bits of the line to bits of the line.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goldenAnswer, talk } from "../../testbench/verify/serial.ts";
import { type BoardTop, boardTop } from "../7-emit/board.ts";
import { toHardware } from "../compile.ts";
import type { HwGraph } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { targetOf } from "../targets/index.ts";
import { makeConsole, unwrap } from "./console.ts";
import { cellSources, readImages, writeFolder } from "./files.ts";
import { integersOf, openNetwork } from "./network.ts";
import { withLogits } from "./synth.ts";

const examples = resolve(import.meta.dirname, "../../examples");
const dir = mkdtempSync(join(tmpdir(), "addernet-board-"));
let net: QuantizedNetwork;
let hw: HwGraph;
let board: BoardTop;
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeAll(() => {
  const path = join(examples, "tiny-mnist/network.json");
  const out = makeConsole(true, "test");
  const target = targetOf("icebreaker");
  const sources = cellSources();
  net = withLogits(integersOf(path, openNetwork(path, out), {}, out));
  const built = unwrap(toHardware(net, { fps: 10_000, clockMHz: 12, kernel: 1 }, sources), out);
  hw = built.hardware;
  board = boardTop(hw, target, 12, sources, built.files.keys());
  writeFolder(join(dir, "build"), new Map([...built.files, ...board.files]), "manifest.json", true);
});

test("iCEBreaker: five images in, the right logits and classes out; lost bytes harm one image only", async () => {
  const images = readImages(join(examples, "mnist/test_images.npy"), net.input, 5);
  const build = join(dir, "build");
  const clocksPerBit = 8;
  const design = {
    top: board.module,
    sources: readdirSync(join(build, "rtl")).map((f) => join(build, "rtl", f)),
    params: { MEM_DIR: `${join(build, "mem")}/`, CLKS_PER_BIT: clocksPerBit },
  };
  const options = {
    sim: "verilator",
    clocksPerBit,
    bytesOut: board.bytesOut,
    button: 1,
    maxCycles: 2_000_000,
  } as const;
  await talk(hw, design, options, async (ask, tb, send) => {
    for (const image of images) expect(await ask(image)).toEqual(goldenAnswer(net, hw, image));
    // Half an image, then silence: the next image is whole again.
    await send(Array.from(images[0]!.data.subarray(0, 300)));
    expect(tb.signal("led").value).toBe(0);
    await tb.cycles(5760 * clocksPerBit + 100);
    expect(tb.signal("led").value).toBe(1);
    expect(await ask(images[1]!)).toEqual(goldenAnswer(net, hw, images[1]!));
    // The button gives up what has arrived.
    await send(Array.from(images[0]!.data.subarray(0, 100)));
    tb.signal("button").value = 0;
    await tb.cycles(20);
    tb.signal("button").value = 1;
    await tb.cycles(200);
    expect(await ask(images[2]!)).toEqual(goldenAnswer(net, hw, images[2]!));
  });
});
