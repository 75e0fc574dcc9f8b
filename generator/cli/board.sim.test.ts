// The serial top of a board, from bits of the line to bits of the line.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { run } from "../../testbench/lib/index.ts";
import { type BoardTop, boardTop } from "../7-emit/board.ts";
import { portLaneBits } from "../7-emit/verilog.ts";
import { toHardware } from "../compile.ts";
import type { HwGraph } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
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

/** The bytes that the golden model makes of an image. */
function answer(image: IntTensor): number[] {
  const all = runInteger(net, image, { keep: net.outputs });
  return net.outputs.flatMap((name, i) => {
    const bytes = portLaneBits(hw.outputs[i]!.stream) / 8;
    return Array.from(all.get(name)!.data).flatMap((v) =>
      Array.from({ length: bytes }, (_, b) => (v >> (8 * b)) & 255),
    );
  });
}

test("iCEBreaker: five images in, the right logits and classes out; lost bytes harm one image only", async () => {
  const images = readImages(join(examples, "mnist/test_images.npy"), net.input, 5);
  const build = join(dir, "build");
  const clocksPerBit = 8;
  await run(
    {
      top: board.module,
      sources: readdirSync(join(build, "rtl")).map((f) => join(build, "rtl", f)),
      params: { MEM_DIR: `${join(build, "mem")}/`, CLKS_PER_BIT: clocksPerBit },
    },
    { sim: "verilator", seed: 1, maxCycles: 2_000_000, name: "serial top" },
    async (tb) => {
      tb.signal("button").value = 1;
      const tx = tb.uartSource(tb.signal("rxd"), { clocksPerBit });
      const rx = tb.uartSink(tb.signal("txd"), { clocksPerBit });
      await tb.cycles(200);
      const ask = async (image: (typeof images)[number]) => {
        await tx.send(Array.from(image.data));
        const got: number[] = [];
        while (got.length < board.bytesOut) got.push(await rx.recv());
        return got;
      };
      for (const image of images) expect(await ask(image)).toEqual(answer(image));
      // Half an image, then silence: the next image is whole again.
      await tx.send(Array.from(images[0]!.data.subarray(0, 300)));
      expect(tb.signal("led").value).toBe(0);
      await tb.cycles(5760 * clocksPerBit + 100);
      expect(tb.signal("led").value).toBe(1);
      expect(await ask(images[1]!)).toEqual(answer(images[1]!));
      // The button gives up what has arrived.
      await tx.send(Array.from(images[0]!.data.subarray(0, 100)));
      tb.signal("button").value = 0;
      await tb.cycles(20);
      tb.signal("button").value = 1;
      await tb.cycles(200);
      expect(await ask(images[2]!)).toEqual(answer(images[2]!));
      expect(rx.count()).toBe(0);
    },
  );
});
