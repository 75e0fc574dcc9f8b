// Weights in memory beside the chip: read once a frame over AXI4, whatever the memory's mood.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Design,
  design,
  externalBytes,
  imageOf,
  load,
  packFor,
  portLaneBits,
  toIntegers,
} from "../../generator/index.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import { loadWeights } from "../../generator/verify/loading.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { runInteger } from "../../golden/index.ts";
import { Rand, run, simulators, stallCorners } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { cellSources } from "./build.ts";
import { clampedWeights, drawnImages, value } from "./drawn.ts";
import { folder, tool } from "./tools.ts";

const work = mkdtempSync(join(tmpdir(), "external-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const rand = new Rand(11);
const real = clampedWeights(rand);
const images = drawnImages(rand, 5);

/** A window with padding, one that is a pixel, steps of two, products, a layer of groups and a linear one. */
const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "far",
  input: { shape: [6, 6, 4], scale: 0.015625 },
  layers: [
    { name: "conv", kind: "adder_conv2d", filters: 6, kernel: 3, padding: 1, weights: real(6, 4, 3, 3) },
    { name: "relu", kind: "relu" },
    { name: "point", kind: "adder_conv2d", filters: 8, kernel: 1, weights: real(8, 6, 1, 1) },
    { name: "deep", kind: "adder_conv2d", filters: 8, kernel: 3, padding: 1, groups: 8, weights: real(8, 1, 3, 3) },
    { name: "mul", kind: "conv2d", filters: 4, kernel: 2, stride: 2, weights: real(4, 8, 2, 2), bias: real(4) },
    { name: "flat", kind: "flatten" },
    { name: "fc", kind: "adder_linear", units: 10, weights: real(10, 36) },
  ],
});
const net = value(toIntegers(value(load(text, () => new Uint8Array())).graph, images, { bits: 5 }));

function write(d: Design, name: string): string {
  const dir = join(work, name);
  for (const [path, content] of d.files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return dir;
}

const cells = cellSources();
const requests = {
  all: { homes: "external" },
  mixed: {
    homes: new Map([
      ["conv", "ram"],
      ["mul", "external"],
      ["fc", "external"],
    ] as const),
    // Of the two layers beside the chip one is coded.
    coded: ["fc"],
    l1: 1,
    folds: {
      pe: new Map([
        ["mul", 2],
        ["fc", 5],
      ]),
      simd: new Map([
        ["mul", 4],
        ["fc", 12],
      ]),
    },
  },
  // Maps in bands: a window of rows and of parts of rows, one that is a pixel, single pixels, and a layer of one group.
  banded: {
    homes: "external",
    coded: ["mul"],
    folds: {
      pe: new Map([
        ["conv", 3],
        ["point", 2],
        ["mul", 2],
      ]),
      simd: new Map([
        ["conv", 2],
        ["point", 3],
      ]),
      bands: new Map([
        ["conv", 4],
        ["point", 6],
        ["mul", 9],
      ]),
    },
  },
} as const;

/** The design with the pages of weights and the kept maps in lookup tables, as where block RAM is short. */
function inLuts(d: Design): Design {
  const place = (verilog: string) =>
    verilog.replace(/(axis_frames\s*#\([^;]*?[.]TIMES\s*\(\d+\))/g, '$1, .RAM_STYLE("distributed")');
  const files = new Map([...d.files].map(([path, text]) => [path, path.startsWith("rtl/") ? place(text) : text]));
  const count = [...files.values()].join("").match(/RAM_STYLE\("distributed"\)/g)?.length ?? 0;
  if (count < d.hardware.blocks.length) throw new Error(`${count} memories in lookup tables`);
  return { ...d, files };
}

/** One design and its folder for all tests, so that a model is built once. */
const designs = Object.fromEntries(
  Object.entries(requests).map(([name, request]) => {
    const as = value(design(net, request, cells));
    const made = name === "banded" ? inLuts(as) : as;
    return [name, { made, dir: write(made, name) }];
  }),
) as Readonly<Record<keyof typeof requests, { readonly made: Design; readonly dir: string }>>;

// For every change on the simulator in which model and runs together take less.
describe.each([
  ["all", "verilator"],
  ["banded", "icarus"],
  ["mixed", "verilator"],
] as const)("weights in external memory, %s", (name, quick) => {
  const sims = cases(
    [quick],
    simulators.filter((s) => s !== quick),
  );
  const { made, dir } = designs[name];
  const probe = () => probeDesign(made.hardware, dir, made.files.keys());

  test("its code takes fewer bytes, as the manifest and the schedule say", () => {
    const { sections, bytesPerFrame } = JSON.parse(made.files.get("manifest.json")!).weights.external;
    const coded = sections.filter((s: { code?: object }) => s.code);
    expect(coded.map((s: { layer: string }) => s.layer)).toEqual(
      name === "all" ? sections.map((s: { layer: string }) => s.layer) : requests[name].coded,
    );
    for (const { rows, bits, bytes, bitsPerWeight } of coded) {
      const { raw, coded, entropy } = bitsPerWeight;
      expect(bytes).toBe(Math.round((coded * rows * bits) / raw / 8));
      expect(coded).toBeLessThan(raw);
      expect(coded).toBeGreaterThanOrEqual(entropy - 0.01);
    }
    expect(bytesPerFrame).toBe(made.schedule.traffic!.bytes);
  });

  test.each(sims)("equal golden on %s, in the predicted clocks, each weight read once a frame or band", async (sim) => {
    const result = await verify(made.net, made.hardware, probe(), images, { sim });
    expect(result.mismatch).toBeUndefined();
    expect(result.clockFaults).toEqual([]);
    expect(result.bytesRead).toBe(made.schedule.traffic!.bytes);
  });

  test.each(sims)("equal golden on %s with a hostile memory", async (sim) => {
    const memory = { latency: [1, 60], pause: 0.4, outstanding: 3 } as const;
    for (const stall of [0, 0.4])
      expect(
        (
          await verify(made.net, made.hardware, probe(), images.slice(0, 3), {
            sim,
            memory,
            sourceStall: stall,
            sinkStall: stall,
          })
        ).mismatch,
      ).toBeUndefined();
  });
});

describe("a memory that binds", () => {
  test("a frame takes as long as its weights, within 5 %, and the bottleneck says so", async () => {
    // Less than half a byte a clock of the eight that the port takes; so many frames that the buffers, which are full
    // before the first one, do not count any more.
    const bytes = value(design(net, { ...requests.all, coded: "none" }, cells)).schedule.traffic!.bytes;
    const fps = Math.floor(40e6 / bytes);
    const made = value(design(net, { ...requests.all, coded: "none", bandwidth: 40, clockMHz: 100, fps }, cells));
    const { traffic, interval, bottleneck } = made.schedule;
    expect(bottleneck).toBe("(bandwidth of the external memory)");
    expect(interval).toBe(Math.ceil(traffic!.bytes / 0.4));
    const dir = write(made, "bound");
    const probe = probeDesign(made.hardware, dir, made.files.keys());
    const many = Array.from({ length: 48 }, (_, i) => images[i % images.length]!);
    const result = await verify(made.net, made.hardware, probe, many, { sim: "verilator" });
    expect(result.mismatch).toBeUndefined();
    expect(result.clockFaults).toEqual([]);
    expect(Math.abs(result.interval! / interval - 1)).toBeLessThan(0.05);
  });

  test("a rate that it does not allow is refused with the bandwidth that it takes", () => {
    const made = design(net, { ...requests.all, bandwidth: 1, fps: 100_000 }, cells);
    expect(made.ok).toBe(false);
    if (!made.ok) expect(made.diagnostics[0]).toMatchObject({ code: "AN5002", found: "1 MB/s" });
  });
});

describe("errors and other sets", () => {
  const { made, dir } = designs.mixed;
  const { hardware } = made;
  const external = externalBytes(hardware.weights!.external!);
  const { stream } = hardware.outputs[0]!;
  const lane = portLaneBits(stream);
  const valuesOf = (beats: readonly bigint[]): string =>
    beats
      .flatMap((beat) =>
        Array.from({ length: stream.lanes }, (_, l) => Number(BigInt.asIntN(lane, beat >> BigInt(l * lane)))),
      )
      .slice(0, stream.channels * stream.pixels)
      .join();
  const golden = (of: QuantizedNetwork) =>
    images.map((i) => [...runInteger(of, i, { keep: of.outputs }).get(of.outputs[0]!)!.data].join());
  const beats = images.map((image) => packBeats(image, hardware.input));
  const perBeat = beats[0]!.length / hardware.input.beatsPerFrame;
  const probe = () => probeDesign(hardware, dir, made.files.keys());

  /** Frames as they leave: their values, or none where the last beat is marked bad. */
  const received = ({ tdata, tuser }: { readonly tdata: readonly bigint[]; readonly tuser: readonly bigint[] }) => {
    expect(
      tuser.slice(0, -1).every((u) => u === 0n),
      "only a last beat is marked",
    ).toBe(true);
    return tuser.at(-1) === 1n ? undefined : valuesOf(tdata);
  };

  const [free, starved, blocked, both] = stallCorners;
  test.each(cases([free, both], [starved, blocked]))(
    "errors of the bus at any beat end frames marked bad, and later ones are right without a reset, $name",
    async ({ source: sourceStall, sink: sinkStall }) => {
      const right = golden(made.net);
      await run(probe(), { sim: "verilator", seed: 5, maxCycles: 2_000_000 }, async (tb) => {
        let broken = false;
        let errors = 0;
        const memory = tb.axi4Memory("m_axi_weights", {
          latency: [2, 20],
          pause: sinkStall,
          respondBeat: () => {
            if (!broken || !tb.rand.bool(0.004)) return undefined;
            return errors++ % 2 ? "SLVERR" : "DECERR";
          },
        });
        const bus = tb.axi4Check("m_axi_weights");
        const source = tb.axisSource("s_axis", { pause: sourceStall });
        const sink = tb.axisSink("m_axis", { pause: sinkStall });
        const weights = tb.axisSource("s_axis_weights");
        const status = () => tb.signal("weights_status").value;
        memory.write(0x40000, external);
        tb.signal("weights_base").value = 0x40000;
        await tb.reset(tb.signal("rst"));
        await loadWeights(tb, weights, imageOf("far", hardware.weights!));
        // A frame before, many with errors in them, and frames behind.
        const frames = 60;
        for (let f = 0; f < frames; f++) void source.sendBeats(beats[f % beats.length]!, perBeat);
        expect(received(await sink.recv())).toBe(right[0]);
        broken = true;
        let [bad, whole, last] = [0, 0, 0];
        for (let f = 1; f < frames; f++) {
          if (f === 40) broken = false;
          const got = received(await sink.recv());
          if (got === undefined) {
            bad++;
            last = f;
            expect(status() >> 7, "the status tells").toBe(1);
          } else {
            whole++;
            expect(got, `frame ${f}`).toBe(right[f % right.length]);
          }
        }
        expect(errors).toBeGreaterThan(2);
        expect(bad).toBeGreaterThan(2);
        expect(whole).toBeGreaterThan(15);
        expect(last, "frames that entered behind the last error are right").toBeLessThan(50);
        expect(tb.signal("weights_aborted").value).toBe(bad);
        await tb.cycles(3000);
        expect(sink.empty(), "each frame is answered once").toBe(true);
        expect(memory.idle(), "every request has been answered").toBe(true);
        bus.end();
        // Another image takes the error from the status.
        await loadWeights(tb, weights, imageOf("far", hardware.weights!));
        expect(status() >> 7).toBe(0);
        void source.sendBeats(beats[0]!, perBeat);
        expect(received(await sink.recv())).toBe(right[0]);
      });
    },
  );

  const sims = cases(["verilator"], ["icarus"]);

  test.each(sims)(
    "a memory that always answers with an error is asked once a frame, also while an image is loaded, %s",
    async (sim) => {
      const right = golden(made.net);
      await run(probe(), { sim, seed: 3, maxCycles: 400_000 }, async (tb) => {
        let broken = true;
        const memory = tb.axi4Memory("m_axi_weights", { latency: 9, respond: () => (broken ? "DECERR" : undefined) });
        const source = tb.axisSource("s_axis");
        const sink = tb.axisSink("m_axis");
        const weights = tb.axisSource("s_axis_weights");
        memory.write(0x40000, external);
        tb.signal("weights_base").value = 0x40000;
        await tb.reset(tb.signal("rst"));
        await loadWeights(tb, weights, imageOf("far", hardware.weights!));
        await tb.cycles(2000);
        expect(tb.signal("weights_status").value >> 7).toBe(1);
        for (let f = 0; f < 3; f++) {
          const asked = memory.accesses.length;
          expect(asked).toBeGreaterThan(0);
          await tb.cycles(2000);
          expect(memory.accesses.length, "nothing is read without a frame").toBe(asked);
          void source.sendBeats(beats[f]!, perBeat);
          expect(received(await sink.recv()), "each is answered").toBeUndefined();
          await tb.cycles(2000);
          expect(memory.accesses.length).toBeGreaterThan(asked);
        }
        // What was asked for before answers late, while the next image comes: it still loads.
        void source.sendBeats(beats[0]!, perBeat);
        await tb.until(() => memory.accesses.length > 0 && !memory.idle());
        broken = false;
        await loadWeights(tb, weights, imageOf("far", hardware.weights!));
        for (let f = 0; f < 3; f++) void source.sendBeats(beats[f]!, perBeat);
        const answers = [];
        for (let f = 0; f < 4; f++) answers.push(received(await sink.recv()));
        expect(answers.slice(1)).toEqual(right.slice(0, 3));
        expect([undefined, right[0]]).toContain(answers[0]);
      });
    },
  );

  test.each(sims)("a code that is not that of the set ends frames as an error of the bus does, %s", async (sim) => {
    const right = golden(made.net);
    const { sections } = JSON.parse(made.files.get("manifest.json")!).weights.external;
    const { offset, bytes } = sections.find((s: { code?: object }) => s.code);
    await run(probe(), { sim, seed: 4, maxCycles: 400_000 }, async (tb) => {
      const memory = tb.axi4Memory("m_axi_weights");
      const source = tb.axisSource("s_axis");
      const sink = tb.axisSink("m_axis");
      const weights = tb.axisSource("s_axis_weights");
      memory.write(0, external);
      // Ones say that each weight stands plain: the blocks end behind the beats.
      memory.write(offset, new Uint8Array(bytes).fill(255));
      tb.signal("weights_base").value = 0;
      await tb.reset(tb.signal("rst"));
      await loadWeights(tb, weights, imageOf("far", hardware.weights!));
      for (let f = 0; f < 2; f++) void source.sendBeats(beats[f]!, perBeat);
      for (let f = 0; f < 2; f++) expect(received(await sink.recv())).toBeUndefined();
      expect(tb.signal("weights_status").value >> 7).toBe(1);
      memory.write(0, external);
      await tb.cycles(100);
      for (let f = 0; f < 3; f++) void source.sendBeats(beats[f]!, perBeat);
      for (let f = 0; f < 3; f++) expect(received(await sink.recv())).toBe(right[f]);
    });
  });

  test.each(sims)("another set at another place, between frames, on %s", async (sim) => {
    const other: QuantizedNetwork = {
      ...made.net,
      nodes: made.net.nodes.map((n) =>
        "weights" in n && n.overrides.home === "external"
          ? {
              ...n,
              weights: {
                ...n.weights,
                rows: n.weights.rows.map((r) => r.map((w) => (n.weights.signed ? -1 - w : 31 - w))),
              },
            }
          : n,
      ),
    };
    const second = value(design(other, requests.mixed, cells));
    expect(second.hardware.weights!.identity).toBe(hardware.weights!.identity);
    // What is packed for the build is the image of a build of its own.
    const { weights } = JSON.parse(made.files.get("manifest.json")!);
    const packed = packFor(made.net, weights, other);
    expect(packed.beside).toEqual(externalBytes(second.hardware.weights!.external!));
    expect([...packed.payload]).toEqual(
      [...imageOf("far", second.hardware.weights!)].slice(-1 - packed.payload.length, -1),
    );
    const sets = [made, second];
    const right = sets.map((d) => golden(d.net));
    expect(right[0]).not.toEqual(right[1]);
    await run(probe(), { sim, seed: 2, maxCycles: 400_000 }, async (tb) => {
      const memory = tb.axi4Memory("m_axi_weights", { latency: [1, 60], pause: 0.3 });
      const source = tb.axisSource("s_axis", { pause: 0.1 });
      const sink = tb.axisSink("m_axis", { pause: 0.1 });
      const weights = tb.axisSource("s_axis_weights");
      const places = [0x10000, 0x80000];
      for (const [i, d] of sets.entries()) memory.write(places[i]!, externalBytes(d.hardware.weights!.external!));
      await tb.reset(tb.signal("rst"));
      const rounds = 4;
      for (let i = 0; i < rounds * images.length; i++) void source.sendBeats(beats[i % images.length]!, perBeat);
      let loads = 0;
      const loading = tb.start(async () => {
        for (; loads < 5; loads++) {
          const set = loads % 2;
          // What is inside still reads from the old place: the base is looked at when nothing is under way.
          tb.signal("weights_base").value = places[set]!;
          await loadWeights(tb, weights, imageOf("far", sets[set]!.hardware.weights!));
          await tb.cycles(tb.rand.int(0, 3000));
        }
      });
      const met = new Set<number>();
      for (let f = 0; f < rounds * images.length; f++) {
        const got = valuesOf((await sink.recv()).tdata);
        const set = right.findIndex((r) => r[f % images.length]! === got);
        expect(set, `frame ${f} is of one of the sets`).toBeGreaterThanOrEqual(0);
        met.add(set);
      }
      expect(met.size).toBe(2);
      await loading.join();
    });
  });
});

describe("the stand-alone bench of a build", () => {
  const made = value(design(net, { ...requests.mixed, benchImages: images.slice(0, 2) }, cells));
  const dir = folder(made.files);
  const make = (...args: string[]) => tool("make", args, dir);

  test("is silent in lint", async () => {
    expect(await make("-s", "lint")).toEqual({ code: 0, stdout: "", output: "" });
  });

  test.each(cases(["sim-icarus"], ["sim-verilator"]))("%s has a memory of its own and passes", async (sim) => {
    for (const stall of [0, 3]) {
      const { code, output } = await make("-s", sim, `STALL=${stall}`);
      expect(output).toContain("PASS 2 frames\n");
      expect(code).toBe(0);
    }
  });
});
