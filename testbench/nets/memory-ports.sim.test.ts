// Weights in memory beside the chip, read over several ports.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Design,
  type DesignRequest,
  design,
  externalBytes,
  imageOf,
  load,
  toIntegers,
} from "../../generator/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { loadWeights } from "../../generator/verify/loading.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { Rand, run } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { cellSources, root } from "./build.ts";
import { clampedWeights, drawnImages, value } from "./drawn.ts";
import { folder, tool } from "./tools.ts";

const rand = new Rand(21);
const real = clampedWeights(rand);
const images = drawnImages(rand, 5);

/** Four layers of different sizes, the last one larger than the others together. */
const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "ports",
  input: { shape: [6, 6, 4], scale: 0.015625 },
  layers: [
    { name: "conv", kind: "adder_conv2d", filters: 6, kernel: 3, padding: 1, weights: real(6, 4, 3, 3) },
    { name: "relu", kind: "relu" },
    { name: "point", kind: "adder_conv2d", filters: 8, kernel: 1, weights: real(8, 6, 1, 1) },
    { name: "mul", kind: "conv2d", filters: 4, kernel: 2, stride: 2, weights: real(4, 8, 2, 2), bias: real(4) },
    { name: "flat", kind: "flatten" },
    { name: "fc", kind: "adder_linear", units: 24, weights: real(24, 36) },
  ],
});
const net = value(toIntegers(value(load(text, () => new Uint8Array())).graph, images, { bits: 5 }));
const cells = cellSources();
const made = (request: DesignRequest): Design => value(design(net, { homes: "external", ...request }, cells));
const designs = {
  two: made({ memoryPorts: 2 }),
  // Each layer has a port of its own; of the layers two are read as their code.
  four: made({ memoryPorts: 4, coded: ["mul", "fc"], memoryBits: 32 }),
  // A port that two layers share beside one of a single one, and a layer in ram that is read back.
  mixed: made({
    memoryPorts: 2,
    homes: new Map([
      ["conv", "ram"],
      ["point", "external"],
      ["mul", "external"],
      ["fc", "external"],
    ]),
    readBack: true,
  }),
};
const folders = Object.fromEntries(Object.entries(designs).map(([name, d]) => [name, folder(d.files)]));
const probe = (name: keyof typeof designs) =>
  probeDesign(designs[name].hardware, folders[name]!, designs[name].files.keys());

interface Port {
  readonly port: string;
  readonly layers: readonly string[];
}
const portsOf = (d: Design): readonly Port[] => JSON.parse(d.files.get("manifest.json")!).weights.external.ports;

describe.each(
  cases(
    [
      ["two", ["verilator"]],
      ["four", ["verilator"]],
    ],
    [
      ["two", ["icarus"]],
      ["mixed", ["icarus"]],
    ],
  ),
)("weights over several ports, %s", (name, sims) => {
  const { hardware, schedule, net: own } = designs[name];

  test.each(sims)("equal golden on %s, in the predicted clocks, each weight read once a frame", async (sim) => {
    const result = await verify(own, hardware, probe(name), images, { sim });
    expect(result.mismatch).toBeUndefined();
    expect(result.clockFaults).toEqual([]);
    expect(result.bytesRead).toBe(schedule.traffic!.bytes);
  });

  test.each(sims)("equal golden on %s with a hostile memory", async (sim) => {
    const memory = { latency: [1, 60], pause: 0.4, outstanding: 3 } as const;
    for (const stall of [0, 0.4])
      expect(
        (
          await verify(own, hardware, probe(name), images.slice(0, 3), {
            sim,
            memory,
            sourceStall: stall,
            sinkStall: stall,
          })
        ).mismatch,
      ).toBeUndefined();
  });
});

test("each port reads its own layers and no others, and the manifest says which", async () => {
  const d = designs.two;
  const external = d.hardware.weights!.external!;
  const { sections } = JSON.parse(d.files.get("manifest.json")!).weights.external;
  const ports = portsOf(d);
  expect(ports.map((p) => [p.port, p.layers])).toEqual([
    ["m_axi_weights0", ["point", "fc"]],
    ["m_axi_weights1", ["conv", "mul"]],
  ]);
  await run(probe("two"), { sim: "verilator", seed: 2, maxCycles: 400_000 }, async (tb) => {
    // The second one answers later than a frame takes: that its layers wait is counted, too.
    const memories = ports.map(({ port }, i) => tb.axi4Memory(port, i === 0 ? {} : { latency: 10_000 }));
    for (const { port } of ports) tb.axi4Check(port);
    const source = tb.axisSource("s_axis");
    const sink = tb.axisSink("m_axis");
    const weights = tb.axisSource("s_axis_weights");
    for (const m of memories) m.write(0x10000, externalBytes(external));
    tb.signal("weights_base").value = 0x10000;
    await tb.reset(tb.signal("rst"));
    await loadWeights(tb, weights, imageOf(d.hardware.name, d.hardware.weights!));
    for (const image of images)
      void source.sendBeats(
        packBeats(image, d.hardware.input),
        packBeats(image, d.hardware.input).length / d.hardware.input.beatsPerFrame,
      );
    const before = tb.signal("weights_stalls").value;
    for (const _ of images) await sink.recv();
    expect(tb.signal("weights_stalls").value).toBeGreaterThan(before);
    for (const [i, m] of memories.entries()) {
      expect(m.accesses.length).toBeGreaterThan(0);
      for (const { address } of m.accesses) {
        const at = address - 0x10000;
        const of = sections.find((s: { offset: number; bytes: number }) => at >= s.offset && at < s.offset + s.bytes);
        expect(ports[i]!.layers).toContain(of.layer);
      }
    }
  });
});

test("an error at any of the ports ends the frames that are inside, and later ones are right", async () => {
  const d = designs.four;
  const { hardware } = d;
  const ports = portsOf(d).map((p) => p.port);
  expect(ports).toEqual([0, 1, 2, 3].map((n) => `m_axi_weights${n}`));
  await run(probe("four"), { sim: "verilator", seed: 9, maxCycles: 2_000_000 }, async (tb) => {
    let broken = -1;
    const memories = ports.map((port, i) =>
      tb.axi4Memory(port, {
        latency: [2, 20 + 10 * i],
        respondBeat: () => (broken === i && tb.rand.bool(0.02) ? "SLVERR" : undefined),
      }),
    );
    const checks = ports.map((port) => tb.axi4Check(port));
    const source = tb.axisSource("s_axis");
    const sink = tb.axisSink("m_axis");
    const weights = tb.axisSource("s_axis_weights");
    for (const m of memories) m.write(0x40000, externalBytes(hardware.weights!.external!));
    tb.signal("weights_base").value = 0x40000;
    await tb.reset(tb.signal("rst"));
    await loadWeights(tb, weights, imageOf(hardware.name, hardware.weights!));
    const beats = images.map((image) => packBeats(image, hardware.input));
    const send = (f: number): void =>
      void source.sendBeats(beats[f % beats.length]!, beats[0]!.length / hardware.input.beatsPerFrame);
    const right: string[] = [];
    for (let f = 0; f < images.length; f++) send(f);
    for (let f = 0; f < images.length; f++) right.push((await sink.recv()).tdata.join());
    let aborted = 0;
    for (const [i] of ports.entries()) {
      broken = i;
      let bad = 0;
      for (let f = 0; f < 40; f++) send(f);
      for (let f = 0; f < 40; f++) {
        const { tdata, tuser } = await sink.recv();
        if (tuser.at(-1) === 1n) bad++;
        else expect(tdata.join(), `port ${i}, frame ${f}`).toBe(right[f % right.length]);
      }
      expect(bad, `port ${i}`).toBeGreaterThan(0);
      aborted += bad;
      expect(tb.signal("weights_status").value >> 7).toBe(1);
      broken = -1;
      // What was read ahead behind the last frame may hold an error too.
      send(0);
      const { tuser } = await sink.recv();
      if (tuser.at(-1) === 1n) aborted++;
      for (let f = 0; f < 5; f++) send(f);
      for (let f = 0; f < 5; f++) expect((await sink.recv()).tdata.join(), `behind port ${i}`).toBe(right[f]);
      await loadWeights(tb, weights, imageOf(hardware.name, hardware.weights!));
      expect(tb.signal("weights_status").value >> 7).toBe(0);
    }
    expect(tb.signal("weights_aborted").value).toBe(aborted);
    await tb.cycles(2000);
    expect(memories.every((m) => m.idle())).toBe(true);
    for (const c of checks) c.end();
  });
});

describe("memory that binds", () => {
  const plain = { coded: "none", memoryPorts: 2, clockMHz: 100 } as const;

  /** Verifies a design whose weights come every `clocks` clocks, at the rate at which they come. */
  async function bound(of: typeof net, clocks: number, request: DesignRequest, frames: readonly IntTensor[]) {
    const fps = Math.floor(100e6 / Math.ceil(clocks));
    const d = value(design(of, { homes: "external", ...plain, ...request, fps }, cells));
    expect(d.schedule.bottleneck).toBe("(bandwidth of the external memory)");
    expect(d.schedule.interval).toBe(Math.ceil(clocks));
    const many = Array.from({ length: 32 }, (_, i) => frames[i % frames.length]!);
    const simulated = probeDesign(d.hardware, folder(d.files), d.files.keys());
    const result = await verify(d.net, d.hardware, simulated, many, { sim: "icarus" });
    expect(result.mismatch).toBeUndefined();
    expect(result.clockFaults).toEqual([]);
    expect(Math.abs(result.interval! / d.schedule.interval - 1)).toBeLessThan(0.05);
  }

  test.each(cases([], [40]))(
    "all ports together give %i MB a second and no more: a frame takes as long as its weights, within 5 %%",
    async (bandwidth) => {
      const { bytes } = made(plain).schedule.traffic!;
      await bound(net, (100 * bytes) / bandwidth, { bandwidth }, images);
    },
  );

  test("a port gives no more than its beats: a frame takes as long as the weights of its layers, within 5 %", async () => {
    // Of three equal layers two share a port.
    const layers = [
      { name: "first", kind: "adder_linear", units: 32, weights: real(32, 16) },
      { name: "second", kind: "adder_linear", units: 16, weights: real(16, 32) },
      { name: "third", kind: "adder_linear", units: 32, weights: real(32, 16) },
    ];
    const description = {
      format: "addernet-rtl/1",
      name: "uneven",
      input: { shape: [1, 1, 16], scale: 0.015625 },
      layers,
    };
    const vectors = images.map(({ data }) => ({ shape: [1, 1, 16] as const, data: data.slice(0, 16) }));
    const { graph } = value(load(JSON.stringify(description), () => new Uint8Array()));
    const uneven = value(toIntegers(graph, vectors, { bits: 5 }));
    const { ports, bytes } = value(design(uneven, { homes: "external", ...plain }, cells)).schedule.traffic!;
    const largest = Math.max(...ports.map((p) => p.bytes));
    expect(3 * largest).toBe(2 * bytes);
    await bound(uneven, largest / 4, { memoryBits: 32, bandwidth: 800 }, vectors);
  });
});

describe("the stand-alone bench of a build with several ports", () => {
  const d = made({ memoryPorts: 3, benchImages: images.slice(0, 2) });
  const dir = folder(d.files);
  const make = (...args: string[]) => tool("make", args, dir);

  test("is silent in lint", async () => {
    expect(await make("-s", "lint")).toEqual({ code: 0, stdout: "", output: "" });
  });

  test("has a memory at each port and passes", async () => {
    for (const stall of cases([3], [0])) {
      const { code, output } = await make("-s", "sim-icarus", `STALL=${stall}`);
      expect(output).toContain("PASS 2 frames\n");
      expect(code).toBe(0);
    }
  });
});

test("addernet verify tries faults of the memory, of a network and of a folder as it lies there", async () => {
  const cwd = folder();
  const xor = join(root, "examples/xor");
  const addernet = (...args: string[]) =>
    tool(
      process.execPath,
      [join(root, "scripts/addernet.mjs"), ...args, "--json", "--images", join(xor, "inputs.npy")],
      cwd,
    );
  const choice = ["--weights", "external", "--memory-ports", "2", "--fps", "1000000"];
  const built = await addernet("build", join(xor, "network.json"), ...choice, "-o", "out");
  expect(built.code).toBe(0);
  for (const of of [["out"], [join(xor, "network.json"), ...choice]]) {
    const { code, stdout } = await addernet("verify", ...of, "--simulator", "verilator");
    // Of two layers: an error of each kind in each one's weights, and both ports without data.
    expect(JSON.parse(stdout).results[0]).toMatchObject({ sim: "verilator", errors: 6 });
    expect(code).toBe(0);
  }
});
