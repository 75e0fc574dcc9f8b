// The serial top of a board, from bits of the line to bits of the line.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHardware } from "../compile.ts";
import { type Design, design, withLogits } from "../design.ts";
import { type BoardTop, boardTop } from "../device/shell/board.ts";
import { crc32 } from "../files/crc32.ts";
import type { HwGraph } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { targetOf } from "../targets/index.ts";
import { MEMORY_BENCH, withMemory } from "../verify/memory.ts";
import { goldenAnswer, imageBytes, talk } from "../verify/serial.ts";
import { partsOf, payloadOf, wordsOf } from "../weights/image.ts";
import { MESSAGES } from "../weights/messages.ts";
import { crcOf } from "../weights/readback.ts";
import { makeConsole, unwrap } from "./console.ts";
import { cellSources, readImages } from "./files.ts";
import { integersOf, openNetwork } from "./network.ts";
import { writeFolder } from "./output.ts";

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
  const built = unwrap(toHardware(net, { fps: 10_000, clockMHz: 12, l1: 1 }, sources), out);
  hw = built.hardware;
  board = boardTop(hw, target, 12, sources, built.files.keys());
  writeFolder(join(dir, "build"), new Map([...built.files, ...board.files]), "build", true);
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

describe("weights that are written at run time", () => {
  const at = 0x100000;
  let d: Design;
  let right: Uint8Array;
  const build = join(dir, "loaded");
  const load = async (flash: { at: number; image?: Uint8Array }, script: Parameters<typeof talk>[3]) => {
    const top = boardTop(d.hardware, d.target!, 12, cellSources(), d.files.keys());
    const clocksPerBit = 8;
    const sources = readdirSync(join(build, "rtl")).map((f) => join(build, "rtl", f));
    await talk(
      d.hardware,
      { top: top.module, sources, params: { MEM_DIR: `${join(build, "mem")}/`, CLKS_PER_BIT: clocksPerBit } },
      { sim: "verilator", clocksPerBit, bytesOut: top.bytesOut, button: 1, maxCycles: 4_000_000, flash },
      script,
    );
  };
  const golden = (i: IntTensor) => goldenAnswer(d.net, d.hardware, i);
  beforeAll(() => {
    const request = { target: "icebreaker", fps: 5000, homes: "ram", readBack: true } as const;
    d = unwrap(design(net, request, cellSources()), makeConsole(true, "test"));
    const top = boardTop(d.hardware, d.target!, 12, cellSources(), d.files.keys());
    writeFolder(build, new Map([...d.files, ...top.files]), "build", true);
    right = top.weights!.image;
  });
  const bytes = async (count: number, recv: () => Promise<number>) => {
    const got: number[] = [];
    while (got.length < count) got.push(await recv());
    return got;
  };
  const images = () => readImages(join(examples, "mnist/test_images.npy"), net.input, 2);

  test("come from the flash, and again after a reset; later others from the line", async () => {
    await load({ at }, async (ask, tb, send, recv) => {
      expect(tb.signal("led_empty").value).toBe(1);
      for (const i of images()) expect(await ask(i)).toEqual(golden(i));
      // What the memories hold, byte by byte and by its CRC. A frame that comes meanwhile is answered behind it.
      const payload = payloadOf(wordsOf(right));
      const sum = crcOf(payload);
      const held = [...new Uint8Array(Uint32Array.of(...payload, sum).buffer)];
      await send([MESSAGES.crc]);
      expect(await bytes(4, recv)).toEqual(held.slice(-4));
      await send([MESSAGES.readBack]);
      const frame = send([MESSAGES.frame, ...imageBytes(d.hardware, images()[1]!)]);
      expect(await bytes(held.length, recv)).toEqual(held);
      await frame;
      const answer = golden(images()[1]!);
      expect(await bytes(answer.length, recv)).toEqual(answer);
      tb.signal("button").value = 0;
      await tb.cycles(20);
      expect(tb.signal("led_empty").value, "lit while there are none").toBe(0);
      tb.signal("button").value = 1;
      await tb.cycles(200);
      await send([MESSAGES.status]);
      expect(await recv(), "the flash is being read").toBe(0x80);
      // Frames wait for the weights.
      expect(await ask(images()[0]!)).toEqual(golden(images()[0]!));
      await send([MESSAGES.status]);
      expect(await recv()).toBe(0x01);
      expect(tb.signal("led_empty").value).toBe(1);
    });
  });

  test.each([
    ["erased", (b: Uint8Array) => b.fill(0xff), 0x10],
    ["damaged in the weights", (b: Uint8Array) => b.map((v, i) => (i === b.length - 9 ? v ^ 4 : v)), 0x60],
    ["of another network", (b: Uint8Array) => b.map((v, i) => (i === 8 ? v ^ 1 : v)), 0x30],
  ] as const)("are refused from a flash that is %s, and taken from the line", async (_, damage, error) => {
    await load({ at, image: damage(right.slice()) }, async (ask, tb, send, recv) => {
      await send([MESSAGES.status]);
      expect(await recv()).toBe(error);
      expect(tb.signal("led_empty").value).toBe(0);
      // A part of an image, then silence.
      await send([MESSAGES.weights, ...right.subarray(0, 99)]);
      expect(await recv()).toBe(0x50);
      await send([MESSAGES.weights, ...right]);
      expect(await recv()).toBe(0x01);
      for (const i of images()) expect(await ask(i)).toEqual(golden(i));
    });
  });
});

// Two million clocks: minutes in Icarus, which the benches of the cells use too.
describe("weights in the SDRAM of ULX3S", () => {
  const sim = "verilator" as const;
  test("come over the line: another set while one is in use, and sets that are refused", async () => {
    const request = {
      target: "ulx3s-85f",
      fps: 5000,
      homes: new Map([["fc", "external" as const]]),
      coded: "none",
    } as const;
    const d = unwrap(design(net, request, cellSources()), makeConsole(true, "test"));
    const top = boardTop(d.hardware, d.target!, 25, cellSources(), d.files.keys());
    const build = join(dir, `beside-${sim}`);
    const { text, model } = withMemory(top.module, d.target!.board!.sdram!, top.MHz);
    writeFolder(build, new Map([...d.files, ...top.files, ["bench.v", text]]), "build", true);
    const clocksPerBit = 8;
    const sources = [
      join(build, "bench.v"),
      model,
      ...readdirSync(join(build, "rtl")).map((f) => join(build, "rtl", f)),
    ];
    const params = { MEM_DIR: `${join(build, "mem")}/`, CLKS_PER_BIT: clocksPerBit };
    const options = { sim, clocksPerBit, bytesOut: top.bytesOut, button: 0, maxCycles: 4_000_000 };
    const images = readImages(join(examples, "mnist/test_images.npy"), net.input, 2);
    const golden = images.map((i) => goldenAnswer(d.net, d.hardware, i));
    const { loaded, beside } = partsOf(top.weights!.image);
    const wrong = beside.map((v, i) => (i === 5 ? v ^ 2 : v));
    // Another set: its bytes are others, and its CRC is that of them.
    const other = Uint8Array.from([...wrong.subarray(0, -4), 0, 0, 0, 0]);
    new DataView(other.buffer).setUint32(other.length - 4, crc32(other.subarray(0, -4)), true);
    await talk(d.hardware, { top: MEMORY_BENCH, sources, params }, options, async (ask, tb, send, recv) => {
      const memory = tb.sdramCheck("sdram");
      const say = async (message: number, bytes: Uint8Array) => {
        await send([message, ...bytes]);
        return recv();
      };
      expect(await ask(images[0]!)).toEqual(golden[0]);
      // A set with a wrong CRC: the one in use stays, and no image is taken until a right one is there.
      expect(await say(MESSAGES.memory, wrong)).toBe(0x81);
      expect(await ask(images[1]!)).toEqual(golden[1]);
      expect(await say(MESSAGES.weights, loaded)).toBe(0x81);
      // Another one is not used before its image comes.
      expect(await say(MESSAGES.memory, other)).toBe(0x01);
      expect(await ask(images[1]!)).toEqual(golden[1]);
      expect(await say(MESSAGES.weights, loaded)).toBe(0x01);
      expect(await ask(images[0]!), "other weights, another answer").not.toEqual(golden[0]);
      // And back.
      expect(await say(MESSAGES.memory, beside)).toBe(0x01);
      expect(await say(MESSAGES.weights, loaded)).toBe(0x01);
      expect(await ask(images[0]!)).toEqual(golden[0]);
      expect(memory.count("writes")).toBe(4 * (beside.length / 2));
      expect(memory.count("reads")).toBeGreaterThan(0);
    });
  });
});

test.each([
  ["a PLL", 24.5, ["SB_PLL40_PAD"], 24.375],
  ["a divider", 4, [], 3],
] as const)("iCEBreaker behind %s", async (_, most, models, MHz) => {
  const out = makeConsole(true, "test");
  const built = unwrap(toHardware(net, { fps: 1000, clockMHz: 12, l1: 1 }, cellSources()), out);
  const top = boardTop(built.hardware, targetOf("icebreaker"), most, cellSources(), built.files.keys());
  expect(top.MHz).toBe(MHz);
  expect(top.clocksPerBit).toBe(Math.round((MHz * 1e6) / 115200));
  const build = join(dir, `clock-${MHz}`);
  writeFolder(build, new Map([...built.files, ...top.files]), "build", true);
  const design = {
    top: top.module,
    sources: readdirSync(join(build, "rtl")).map((f) => join(build, "rtl", f)),
    params: { MEM_DIR: `${join(build, "mem")}/`, CLKS_PER_BIT: 8 },
  };
  if (models.length > 0) {
    // Locked after a while; the frequency stays the pin's, which is all that a simulation of one clock needs.
    writeFileSync(join(build, "pll.v"), pllModel);
    design.sources.push(join(build, "pll.v"));
  }
  // The bench's clock is the pin's: behind the divider a bit takes that many more of its clocks.
  const clocksPerBit = 8 * (models.length > 0 ? 1 : 12 / MHz);
  const options = { sim: "verilator", clocksPerBit, bytesOut: top.bytesOut, button: 1, maxCycles: 2_000_000 } as const;
  const [image] = readImages(join(examples, "mnist/test_images.npy"), net.input, 1);
  await talk(built.hardware, design, options, async (ask) => {
    expect(await ask(image!)).toEqual(goldenAnswer(net, built.hardware, image!));
  });
});

const pllModel = `module SB_PLL40_PAD #(
    parameter FEEDBACK_PATH = "", parameter DIVR = 0, parameter DIVF = 0, parameter DIVQ = 0, parameter FILTER_RANGE = 0
) (input wire PACKAGEPIN, output wire PLLOUTGLOBAL, output wire LOCK, input wire RESETB, input wire BYPASS);
    reg [5:0] count = 0;
    always @(posedge PACKAGEPIN) if (!LOCK) count <= count + 1;
    assign LOCK = count == 63;
    assign PLLOUTGLOBAL = PACKAGEPIN;
endmodule
`;
