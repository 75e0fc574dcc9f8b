// LeNet-5 on an iCEBreaker, weights in its SPRAM: from the flash and over the serial line to the answers.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Design, design } from "../design.ts";
import { boardTop } from "../device/shell/board.ts";
import { goldenAnswer, talk } from "../verify/serial.ts";
import { makeConsole, unwrap } from "./console.ts";
import { cellSources, readImages } from "./files.ts";
import { integersOf, openNetwork } from "./network.ts";
import { writeFolder } from "./output.ts";

const examples = resolve(import.meta.dirname, "../../examples");
const dir = mkdtempSync(join(tmpdir(), "addernet-lenet5-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const out = makeConsole(true, "test");
const path = join(examples, "lenet5-mnist/network.json");
const sources = cellSources();

describe.each([
  ["4 bits", { bits: 4 }],
  ["8 bits, multipliers of 12", { multiplierBits: 12 }],
] as const)("LeNet-5 of %s on iCEBreaker", (name, options) => {
  const net = integersOf(path, openNetwork(path, out), options, out);
  const d: Design = unwrap(design(net, { target: "icebreaker", fps: 200 }, sources), out);
  const top = boardTop(d.hardware, d.target!, 12, sources, d.files.keys());
  const build = join(dir, name.replaceAll(/\W+/g, "-"));
  writeFolder(build, new Map([...d.files, ...top.files]), "build", true);
  const clocksPerBit = 8;
  const board = {
    top: top.module,
    sources: readdirSync(join(build, "rtl")).map((f) => join(build, "rtl", f)),
    params: { MEM_DIR: `${join(build, "mem")}/`, CLKS_PER_BIT: clocksPerBit },
  };
  const images = readImages(join(examples, "mnist/test_images.npy"), d.net.input, 5);

  test("has its largest memories in SPRAM", () => {
    const large = d.hardware.weights!.memories.filter((m) => m.onePort);
    expect(large.map((m) => m.section!.node)).toContain("fc1");
    expect(d.target!.device!.resources.spram).toBeGreaterThanOrEqual(large.length);
  });

  test.each([
    ["the flash", { at: d.target!.board!.flash!.weightsAt }],
    ["the serial line", undefined],
  ] as const)("answers five images as golden does, weights from %s", async (_, flash) => {
    await talk(
      d.hardware,
      board,
      { sim: "verilator", clocksPerBit, bytesOut: top.bytesOut, button: 1, maxCycles: 12_000_000, flash },
      async (ask) => {
        for (const [i, image] of images.entries())
          expect(await ask(image), `image ${i}`).toEqual(goldenAnswer(d.net, d.hardware, image));
      },
    );
  });
});
