// The Zynq top from register to register and from beat to beat, against the golden model.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { type Axi4MemoryOptions, run } from "../../testbench/lib/index.ts";
import { exampleNet, images } from "../../testbench/nets/build.ts";
import { cases } from "../../testbench/nightly.ts";
import { beatWords } from "../7-emit/beats.ts";
import { portLaneBits } from "../7-emit/verilog.ts";
import { type Build, type BuildOptions, toHardware } from "../compile.ts";
import { withLogits } from "../design.ts";
import { type ZynqTop, zynqTop } from "../device/shell/zynq.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { targetOf } from "../targets/index.ts";
import { externalBytes } from "../weights/external.ts";
import { withHomes } from "../weights/homes.ts";
import { imageOf, payloadOf } from "../weights/image.ts";
import { crcOf } from "../weights/readback.ts";
import { cellSources } from "./files.ts";

const dir = mkdtempSync(join(tmpdir(), "addernet-zynq-"));
let net: QuantizedNetwork;
let build: Build;
let top: ZynqTop;
let sources: string[];
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function built(net: QuantizedNetwork, options: Partial<BuildOptions> = {}): Build {
  const made = toHardware(net, { fps: 20_000, clockMHz: 100, ...options }, cellSources());
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join());
  return made.value;
}

beforeAll(() => {
  net = withLogits(exampleNet("tiny-mnist"));
  build = built(net);
  top = zynqTop(build.hardware, targetOf("pynq-z2"), cellSources(), build.files);
  const files = new Map([...build.files, ...top.files]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  sources = [...files.keys()].filter((f) => f.startsWith("rtl/")).map((f) => join(dir, f));
});

const beatsIn = (image: IntTensor) => beatWords(image, build.hardware.input, portLaneBits(build.hardware.input));
const beatsOut = (image: IntTensor) => {
  const all = runInteger(net, image, { keep: net.outputs });
  return net.outputs.flatMap((name, i) => {
    const { stream } = build.hardware.outputs[i]!;
    return beatWords(all.get(name)!, stream, portLaneBits(stream));
  });
};

/** Icarus, in which cocotb.sim.test.ts has such a top for every change, takes up to a minute for each. */
const sims = cases(["verilator"], ["icarus"]);

test.each(sims)("registers, images, a soft reset in the middle of a frame, %s", async (sim) => {
  const design = {
    top: top.module,
    sources,
    params: { MEM_DIR: `${join(dir, "mem")}/` },
    clocks: [{ name: "aclk" }],
  };
  const address = (name: string) => top.registers.find((r) => r.name === name)!.address;
  const [first, second] = images("test", 2);
  await run(design, { sim, seed: 2, maxCycles: 400_000, name: top.module }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    const source = tb.axisSource("s_axis", { pause: 0.1 });
    const sink = tb.axisSink("m_axis", { pause: 0.2 });
    await tb.reset(tb.signal("aresetn"), { active: 0 });

    for (const r of top.registers.filter((r) => r.value !== undefined))
      expect(await bus.read(r.address), r.name).toBe(BigInt(r.value!));
    const read = async (name: string) => Number(await bus.read(address(name)));
    const ask = async (image: IntTensor) => {
      source.sendNowait(beatsIn(image));
      const answer = await sink.recv();
      expect(answer.tdata).toEqual(beatsOut(image));
      await tb.cycles(2);
    };
    await ask(first!);
    expect(await read("FRAMES_IN")).toBe(1);
    expect(await read("FRAMES_OUT")).toBe(1);
    expect(await read("STATUS")).toBe(0);
    expect(await read("IN_STALL")).toBeGreaterThan(0);
    const busy = await read("BUSY");
    expect(busy).toBeGreaterThanOrEqual(beatsIn(first!).length);

    // Half an image, then the reset: the rest of the beats is dropped.
    const half = beatsIn(second!);
    source.sendNowait(half);
    await tb.until(() => tb.signal("busy").value);
    await tb.cycles(150);
    expect(await read("STATUS")).toBe(1);
    await bus.write(address("CONTROL"), 1);
    await tb.until(() => source.idle());
    expect(await read("STATUS")).toBe(4);
    await bus.write(address("CONTROL"), 0);
    for (const name of ["FRAMES_IN", "FRAMES_OUT", "IN_STALL", "OUT_STALL", "BUSY", "STATUS"])
      expect(await read(name), name).toBe(0);
    expect(sink.empty()).toBe(true);
    await ask(second!);
    await ask(first!);
    expect(await read("FRAMES_OUT")).toBe(2);

    // A DMA that sends one beat too few is seen.
    source.sendNowait(beatsIn(first!).slice(1));
    await tb.until(() => source.idle());
    await tb.cycles(2);
    expect(await read("STATUS")).toBe(3);
  });
});

test.each(sims)("weights over the registers and back, and again after a reset, %s", async (sim) => {
  const loaded = withHomes(net, "ram");
  const made = built(loaded, { readBack: true });
  const ram = zynqTop(made.hardware, targetOf("pynq-z2"), cellSources(), made.files);
  const folder = join(dir, "ram");
  const files = new Map([...made.files, ...ram.files]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const verilog = [...files.keys()].filter((f) => f.startsWith("rtl/")).map((f) => join(folder, f));
  const design = {
    top: ram.module,
    sources: verilog,
    params: { MEM_DIR: `${join(folder, "mem")}/` },
    clocks: [{ name: "aclk" }],
  };
  const at = ram.registers.find((r) => r.name === "WEIGHTS")!.address;
  const [image] = images("test", 1);
  const all = runInteger(loaded, image!, { keep: loaded.outputs });
  const answer = loaded.outputs.flatMap((name, i) => {
    const { stream } = made.hardware.outputs[i]!;
    return beatWords(all.get(name)!, stream, portLaneBits(stream));
  });
  await run(design, { sim, seed: 4, maxCycles: 400_000, name: ram.module }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    const source = tb.axisSource("s_axis");
    const sink = tb.axisSink("m_axis");
    await tb.reset(tb.signal("aresetn"), { active: 0 });
    // While the accelerator is in reset what comes is dropped.
    await tb.cycles(4);
    source.sendNowait(beatWords(image!, made.hardware.input, portLaneBits(made.hardware.input)));
    const load = async (words: Uint32Array) => {
      for (const [i, w] of words.entries()) {
        while (Number(await bus.read(at)) & 0x80);
        await bus.write(i === words.length - 1 ? at + 4 : at, w);
      }
      while (Number(await bus.read(at)) & 0x82);
      return Number(await bus.read(at));
    };
    const words = imageOf("tiny", made.hardware.weights!);
    const wrong = words.slice();
    wrong[3]! ^= 1;
    expect(await load(wrong.slice(0, 8)), "another network's").toBe(3 << 4);
    expect(await load(words)).toBe(1);
    expect((await sink.recv()).tdata).toEqual(answer);
    // What the memories hold is the image's weights: word by word, and by their CRC. A frame that comes meanwhile waits.
    const back = ram.registers.find((r) => r.name === "READ_BACK")!.address;
    const readBack = async (kind: 1 | 2) => {
      await bus.write(back, kind);
      const got: number[] = [];
      for (let status = 0; (status & 4) === 0; ) {
        do status = Number(await bus.read(back));
        while ((status & 2) === 0);
        got.push(Number(await bus.read(back + 4)));
      }
      expect(Number(await bus.read(back)), "it is over").toBe(0);
      return got;
    };
    const payload = payloadOf(words);
    const sum = crcOf(payload);
    const waits = readBack(1);
    await tb.cycles(40);
    source.sendNowait(beatWords(image!, made.hardware.input, portLaneBits(made.hardware.input)));
    expect(await waits).toEqual([...payload, sum]);
    expect((await sink.recv()).tdata).toEqual(answer);
    expect(await readBack(2)).toEqual([sum]);
    await bus.write(0x10, 1);
    await tb.cycles(4);
    expect(Number(await bus.read(at)), "a reset forgets").toBe(0);
    await bus.write(0x10, 0);
    expect(await load(words)).toBe(1);
    source.sendNowait(beatWords(image!, made.hardware.input, portLaneBits(made.hardware.input)));
    expect((await sink.recv()).tdata).toEqual(answer);
  });
});

test.each(sims)("weights in external memory, its base over the registers, %s", async (sim) => {
  const far = withHomes(net, "external", "all");
  const made = built(far);
  const shell = zynqTop(made.hardware, targetOf("zcu104"), cellSources(), made.files);
  const folder = join(dir, "far");
  const files = new Map([...made.files, ...shell.files]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const design = {
    top: shell.module,
    sources: [...files.keys()].filter((f) => f.startsWith("rtl/")).map((f) => join(folder, f)),
    params: { MEM_DIR: `${join(folder, "mem")}/` },
    clocks: [{ name: "aclk" }],
  };
  const at = (name: string) => shell.registers.find((r) => r.name === name)!.address;
  const [image] = images("test", 1);
  const all = runInteger(far, image!, { keep: far.outputs });
  const answer = far.outputs.flatMap((name, i) => {
    const { stream } = made.hardware.outputs[i]!;
    return beatWords(all.get(name)!, stream, portLaneBits(stream));
  });
  await run(design, { sim, seed: 6, maxCycles: 400_000, name: shell.module }, async (tb) => {
    let answers: "SLVERR" | undefined;
    const mood: Axi4MemoryOptions = { latency: [1, 60], pause: 0.3, respond: () => answers };
    const memory = tb.axi4Memory("m_axi_weights", mood);
    tb.axi4Check("m_axi_weights");
    const bus = tb.axilMaster("s_axil");
    const source = tb.axisSource("s_axis");
    const sink = tb.axisSink("m_axis");
    const place = 0x7654_3000;
    memory.write(place, externalBytes(made.hardware.weights!.external!));
    await tb.reset(tb.signal("aresetn"), { active: 0 });
    await tb.cycles(4);
    const read = async (name: string) => Number(await bus.read(at(name)));
    const load = async () => {
      const words = imageOf("tiny", made.hardware.weights!);
      for (const [i, w] of words.entries()) {
        while ((await read("WEIGHTS")) & 0x80);
        await bus.write(at(i === words.length - 1 ? "WEIGHTS_LAST" : "WEIGHTS"), w);
      }
      while ((await read("WEIGHTS")) & 0x82);
      return read("WEIGHTS");
    };
    await bus.write(at("MEMORY_BASE"), place);
    expect(await read("MEMORY_BASE")).toBe(place);
    expect(await load()).toBe(1);
    const ask = () => source.sendNowait(beatWords(image!, made.hardware.input, portLaneBits(made.hardware.input)));
    ask();
    expect((await sink.recv()).tdata).toEqual(answer);
    // A layer waits for a slow memory, once the buffers are empty.
    mood.latency = 30_000;
    for (let n = 0; n < 3; n++) ask();
    for (let n = 0; n < 3; n++) expect((await sink.recv()).tdata).toEqual(answer);
    expect(await read("MEMORY_STALLS")).toBeGreaterThan(0);
    mood.latency = 20;
    // An error ends images, each with an answer that is short or all zeros; the registers tell how many. The next one is right.
    answers = "SLVERR";
    const asked = 5;
    for (let n = 0; n < asked; n++) ask();
    let right = 0;
    for (let n = 0; n < asked; n++) {
      const { tdata } = await sink.recv();
      if (tdata.length === answer.length && tdata.every((b, beat) => b === answer[beat])) right++;
    }
    const outputs = made.hardware.outputs.length;
    const after = (await read("MEMORY_BASE")) - place;
    expect(after & 1).toBe(1);
    expect(after >> 1).toBeGreaterThanOrEqual(asked - right);
    expect(after >> 1).toBeLessThanOrEqual(outputs * (asked - right));
    expect(right).toBeLessThan(asked);
    answers = undefined;
    ask();
    expect((await sink.recv()).tdata).toEqual(answer);
    expect(await read("FRAMES_OUT")).toBe(await read("FRAMES_IN"));
    // A reset and a load go on too.
    await bus.write(at("CONTROL"), 1);
    await tb.until(() => memory.idle() && source.idle());
    await bus.write(at("CONTROL"), 0);
    sink.clear();
    expect(await load()).toBe(1);
    expect(await read("MEMORY_BASE")).toBe(place);
    ask();
    expect((await sink.recv()).tdata).toEqual(answer);
  });
});

test("the hash tells networks apart and not their boards", () => {
  const hash = (b: Build, target: string) => zynqTop(b.hardware, targetOf(target), cellSources(), b.files).network;
  expect(hash(build, "zcu104")).toBe(top.network);
  expect(hash(built(withLogits(exampleNet("tiny-mnist", { bits: 5 }))), "pynq-z2")).not.toBe(top.network);
});
