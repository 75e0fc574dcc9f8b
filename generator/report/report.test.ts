// A report: its page shows the numbers of its data, and nothing of a network's becomes markup.
import { readFileSync } from "node:fs";
import { inflateSync, crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { runBatch } from "../../golden/index.ts";
import { crc32 } from "../files/crc32.ts";
import { cellSources, design, type Graph, type IntTensor, load, toIntegers } from "../index.ts";
import { reportAssets } from "../templates.ts";
import type { ReportData } from "./data.ts";
import { drawGraph } from "./graph.ts";
import { escapeText, html } from "./markup.ts";
import { pageOf, reportPage, sections } from "./page.ts";
import { linePlot, rowBars, ticks } from "./plots.ts";
import { pngOf } from "./png.ts";
import { reportData } from "./report.ts";

const assets = reportAssets();

const network = (layer: string, name: string) =>
  JSON.stringify({
    format: "addernet-rtl/1",
    name,
    input: { name: "input", shape: [1, 1, 2], storage: "uint8", scale: 0.01 },
    layers: [
      {
        name: layer,
        kind: "adder_linear",
        inputs: ["input"],
        units: 2,
        weights: [
          [0, 1],
          [1, 0.5],
        ],
      },
      { name: "relu", kind: "relu", inputs: [layer] },
    ],
    outputs: ["relu"],
  });

function loaded(text: string): Graph {
  const r = load(text, () => {
    throw new Error("weights are inline");
  });
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.message} ${d.expected}`).join("\n"));
  return r.value.graph;
}

function reportOf(text: string): ReportData {
  const graph = loaded(text);
  const images: IntTensor[] = [
    { shape: [1, 1, 2], data: Int32Array.of(10, 200) },
    { shape: [1, 1, 2], data: Int32Array.of(90, 30) },
  ];
  const net = toIntegers(graph, images, { bits: 8 });
  if (!net.ok) throw new Error(net.diagnostics.map((d) => d.message).join("\n"));
  const made = design(net.value, { target: "icebreaker", fps: 1000 }, cellSources());
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join("\n"));
  return reportData({
    version: "0",
    design: made.value,
    graph,
    numbers: { images, labels: [0, 1], compute: (n, i, keep) => runBatch(n, i, { keep }) },
    proof: { runs: [], tools: [], files: [], command: "addernet report" },
  });
}

const data = reportOf(network("fc", "small"));

describe("data", () => {
  test("is what the compiler decided", () => {
    const { design: d, numbers } = data;
    expect(d.layers.map((l) => l.name)).toEqual(["fc"]);
    expect(d.streams.map((s) => [s.from, s.to])).toEqual([
      [-1, 0],
      [0, -2],
    ]);
    expect(d.layers[0]).toMatchObject({ op: "sad", layers: ["fc", "relu"], output: "relu", parameters: 4 });
    expect(d.logic.map((l) => l.family)).toEqual(["ice40"]);
    expect(d.logic[0]!.estimate.lut).toBe(d.layers.reduce((a, l) => a + l.estimate!.lut, 0));
    expect(numbers!.images).toBe(2);
    // Two images of two values each.
    for (const e of numbers!.edges) expect(e.histogram.counts.reduce((a, b) => a + b, 0)).toBe(4);
    expect(numbers!.weights[0]!.histogram.counts.reduce((a, b) => a + b, 0)).toBe(4);
    const { confusion, integer, images } = numbers!.accuracy!;
    expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(images);
    expect(confusion.reduce((a, row, i) => a + row[i]!, 0) / images).toBe(integer);
  });

  test("errors are those of the integers against the float reference", () => {
    const relu = data.numbers!.edges.find((e) => e.edge === "relu")!;
    const step = data.design.layers[0]!.scale;
    // Distances of an L1 layer are negative: behind a ReLU nothing is left, and nothing is wrong.
    expect(relu.error!.max).toBeLessThanOrEqual(step);
    expect(relu.error!.mean).toBeLessThanOrEqual(relu.error!.max);
  });

  test("the timeline's shares are shares", () => {
    for (const r of data.design.schedule.rows)
      r.busy.forEach((b, i) => {
        const all = b + r.waiting[i]! + r.blocked[i]!;
        expect(all).toBeGreaterThanOrEqual(0);
        expect(all).toBeLessThanOrEqual(1.01);
      });
    const { busy, waiting, blocked } = data.design.schedule.rows[0]!;
    expect(busy.some((b) => b > 0)).toBe(true);
    // The only layer does something from the first input beat to the last result.
    const told = busy.reduce((a, b, i) => a + b + waiting[i]! + blocked[i]!, 0) / busy.length;
    expect(told).toBeGreaterThan(0.9);
  });

  test("is data: it survives JSON", () => {
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });
});

describe("page", () => {
  const page = reportPage(data, assets);

  test("has every section, each with what it is not", () => {
    for (const s of sections) expect(page).toContain(`<section id="${s}"`);
    expect(page.match(/What this is not:/g)!.length).toBe(sections.length);
  });

  test("the same data gives the same bytes", () => {
    expect(reportPage(reportOf(network("fc", "small")), assets)).toBe(page);
    expect(reportPage(JSON.parse(JSON.stringify(data)), assets)).toBe(page);
  });

  test("loads nothing", () => {
    expect(page.match(/(?:src|href)="(?!data:|#)[^"]*"/g)).toBeNull();
    expect(page).toContain("default-src &#39;none&#39;");
    // A style attribute would be refused by the page's own policy.
    expect(page).not.toMatch(/<[^>]* style=/);
  });

  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"' onmouseover=alert(1) x='",
    "</title></style></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "a\u202egnp.exe",
  ])("%j is text wherever it is a name", (hostile) => {
    const text = reportPage(reportOf(network(hostile, hostile)), assets);
    const shown = html`${hostile}`.text;
    expect(text).toContain(shown);
    const own = text.replaceAll(shown, "").replace(assets.js, "").replace(assets.css, "");
    if (shown !== hostile) expect(own).not.toContain(hostile);
    expect(own.match(/<script/g)).toHaveLength(1);
    expect(own).not.toMatch(/<[^>]*\son\w+=/);
    expect(own).not.toContain("<img");
    expect(own).not.toContain("\u202e");
  });
});

/** Data with all that any command puts into a page: points, variants, synthesis, a difference with its waveform, pictures. */
function everything(): ReportData {
  const cost = { lut: 1, ff: 2, carry: 3, bram: 1, dsp: 1 };
  const picture = { width: 2, height: 1, channels: 1 as const, samples: [0, 255] };
  const shares = { busy: [0.5, 1], waiting: [0.25, 0], blocked: [0, 0] };
  const d = data.design;
  const mismatch = {
    ...{ tensor: "relu", stream: "fc", frame: 0, beat: 1, row: 0, column: 0, channel: 1 },
    ...{ expected: "3", actual: "x", clock: 12, waves: "fc.vcd" },
    place: { rows: 1, columns: 2, pixels: [1], expected: [1, 2], actual: [1, 3] },
    wave: {
      ...{ from: 10, tvalid: "01x", tready: "111", tlast: "001", tdata: [null, "1f", "xx"], lane: 0 },
      ...{ values: [null, 31, null], expected: 3 },
    },
  };
  const run = {
    ...{ stage: "Verilog", simulator: "icarus", seed: 1, stall: 0, frames: 2, streams: 2, values: 9, clocks: 50 },
    ...{ latency: 9, firstLatency: 8, interval: 4, intervals: [{ stream: "fc", clocks: 4 }], faults: ["too late"] },
  };
  return {
    ...data,
    design: {
      ...d,
      targetTitle: "a board",
      fifos: [{ layer: 0, name: "fifo", stream: "s", depth: 4, room: 5, bits: 8, predicted: 3, measured: 4 }],
      memories: [{ file: "fc.mem", layer: 0, words: 2, wordBits: 16 }],
      layers: d.layers.map((l) => ({ ...l, synthesized: cost })),
      schedule: { ...d.schedule, measured: { simulator: "icarus", rows: d.layers.map(() => shares) } },
      logic: d.logic.map((l) => ({
        ...l,
        synthesized: cost,
        criticalPath: [{ layer: "fc", module: "axis_sad", logic: 1, routing: 2 }],
        reachedMHz: 99,
      })),
    },
    numbers: {
      ...data.numbers!,
      maps: [{ image: 0, input: picture, output: picture }],
      accuracy: {
        ...data.numbers!.accuracy!,
        byBits: [{ bits: 4, accuracy: 0.5 }],
        wrong: [{ image: 0, label: 1, found: 0, picture }],
        wrongCount: 1,
      },
    },
    proof: {
      runs: [run, { ...run, faults: [] }, { ...run, mismatch }].map((r) => ({ mismatch: null, ...r })),
      tools: [{ name: "icarus", version: "12" }],
      files: [{ name: "net.json", sha256: "00" }],
      command: "addernet verify net.json",
    },
    exploration: {
      ...{ synthesized: false, clockMHz: 100 },
      points: [true, false].map((frontier, index) => ({
        ...{ index, framesPerSecond: 10, clocksPerFrame: 9, bottleneck: "fc", cost, frontier },
        lacks: frontier ? [] : ["LUT"],
      })),
    },
    comparison: {
      variants: [
        { name: "L1", total: cost, arrays: 1, layers: 2, MHz: 99, nanojoules: 1, activeNanojoules: 2 },
        { name: "products", total: cost, arrays: 1, layers: 2, MHz: null, nanojoules: 1, activeNanojoules: null },
      ],
    },
  };
}

/** The same data with one text in the place of every other; what a simulator samples stays. */
function said(v: unknown, text: string): unknown {
  if (typeof v === "string") return text;
  if (Array.isArray(v)) return v.map((x) => said(x, text));
  if (v === null || typeof v !== "object") return v;
  const sampled = ["tvalid", "tready", "tlast", "tdata"];
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, sampled.includes(k) ? x : said(x, text)]));
}

describe("a page of all that commands put into one", () => {
  const all = everything();
  /** Every tag with the names of its attributes, in order. */
  const tags = (d: ReportData) => {
    const page = reportPage(d, assets).replace(assets.js, "").replace(assets.css, "");
    return [...page.matchAll(/<(\/?[\w!-]+)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>?/g)].map(
      ([, tag, attributes]) =>
        `${tag} ${[...attributes!.matchAll(/([\w:-]+)(?:="[^"]*")?/g)].map((m) => m[1]).join(" ")}`,
    );
  };
  const plain = tags(said(all, "name") as ReportData);

  test("has its parts", () => {
    const page = reportPage(all, assets);
    for (const part of ['id="exploration"', 'id="comparison"', "Critical path", 'class="timing"', "too late", "fc.vcd"])
      expect(page).toContain(part);
    expect(plain.length).toBeGreaterThan(800);
    // The words of a page are what the tags are between.
    expect(tags({ ...all, exploration: null })).not.toEqual(tags(all));
  });

  test.each([
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "</title></style></script></svg><b>",
    "<!--",
    "]]>&lt;b&gt;",
  ])("%j in the place of every text adds no tag and no attribute", (hostile) => {
    expect(tags(said(all, hostile) as ReportData)).toEqual(plain);
  });
});

test("the first figures say whether the device holds the design, and how far the result is where it is no class", () => {
  const [logic] = data.design.logic;
  const shown = (device: NonNullable<typeof logic>["device"], numbers = data.numbers) => {
    const page = reportPage({ ...data, numbers, design: { ...data.design, logic: [{ ...logic!, device }] } }, assets);
    return page.slice(page.indexOf("<header>"), page.indexOf("</header>"));
  };
  const roomy = { part: "roomy", lut: 1e6, ff: 1e6, bram: 1e6, dsp: 1e6 };
  expect(shown(roomy)).toContain("<dd>fits<small>most used: ");
  expect(shown({ ...roomy, lut: 1 })).toContain('<span class="bad">too small</span>');
  expect(shown({ ...roomy, ff: 0 })).toContain("no FF");
  expect(shown(null)).not.toContain("device");
  expect(shown(roomy)).not.toContain("SQNR");
  const { accuracy: _, ...rest } = data.numbers!;
  expect(shown(roomy, { ...rest, accuracy: null })).toContain("SQNR of the result</dt><dd>exact");
  const edges = rest.edges.map((e) => ({ ...e, error: e.error && { ...e.error, max: 1, sqnr: 21.04 } }));
  expect(shown(roomy, { ...rest, edges, accuracy: null })).toContain("21.0 dB");
});

test("text is escaped, markup is not", () => {
  expect(html`<b title="${'"'}">${"<&>"}${html`<i>${1}</i>`}${[null, false, "x"]}</b>`.text).toBe(
    '<b title="&quot;">&lt;&amp;&gt;<i>1</i>x</b>',
  );
  expect(escapeText("a\u0000b\u2066c\ud800")).toBe("a\ufffdb\ufffdc\ufffd");
});

test("the policy names the style and the script that the page has", async () => {
  const page = pageOf("t", null, { css: "a{}", js: "1" });
  const digest = async (text: string) =>
    Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("base64");
  // Quotes of an attribute's value are written as entities.
  expect(page).toContain(`sha256-${await digest("a{}")}`);
  expect(page).toContain(`sha256-${await digest("1")}`);
});

test("the checksum is zlib's", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) & 255);
  for (const n of [0, 1, 9, 1000]) expect(crc32(bytes.subarray(0, n))).toBe(zlibCrc32(bytes.subarray(0, n)));
});

test("pictures are PNG files of the samples", () => {
  const png = Buffer.from(pngOf({ width: 2, height: 2, channels: 1, samples: [0, 64, 128, 255] }));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  const at = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  expect([...rows]).toEqual([0, 0, 64, 0, 128, 255]);
});

test("a long graph goes on in rows, and no arrow is lost", () => {
  const boxes = Array.from({ length: 30 }, (_, i) => ({
    id: `n${i}`,
    title: `layer ${i}`,
    lines: ["x"],
    kind: "layer" as const,
  }));
  const arrows = boxes.slice(1).map((b, i) => ({ from: `n${i}`, to: b.id, label: "1 \u00d7 8" }));
  const text = drawGraph(boxes, arrows, "chain").text;
  const [, width] = /width="([\d.]+)"/.exec(text)!;
  expect(Number(width)).toBeLessThan(1250);
  expect(text.match(/class="edge"/g)!.length).toBeGreaterThanOrEqual(arrows.length);
  expect(text.match(/class="edge-label"/g)).toHaveLength(arrows.length);
});

test("ticks are round and inside", () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(96, 99.3, 4)).toEqual([96, 97, 98, 99]);
  expect(ticks(3, 3)).toEqual([3]);
});

test("axes: what is counted has no halves, and a hundredth of a percent does not fill a plot", () => {
  const marks = (m: { text: string }) =>
    [...m.text.matchAll(/class="tick"[^>]*>([^<]+)</g)].map((t) => Number(t[1])).filter((t) => !Number.isNaN(t));
  const bars = (v: number) =>
    rowBars({ caption: "", label: "", x: "", names: ["n"], parts: [{ title: "", kind: "main", values: [v] }] });
  expect(marks(bars(3)).filter((t) => !Number.isInteger(t))).toEqual([]);
  expect(marks(bars(2.5)).some((t) => !Number.isInteger(t))).toBe(true);
  const points = [
    [3, 99],
    [8, 99.01],
  ] as const;
  const shown = marks(linePlot({ caption: "", label: "", x: "", y: "", points, least: 5, most: 100 }));
  expect([Math.min(...shown.filter((t) => t > 8)), Math.max(...shown)]).toEqual([96, 100]);
});

test("the sample of what the page does is a plain script without imports", () => {
  const script = readFileSync(new URL("../../templates/report/page.mjs", import.meta.url), "utf8");
  expect(script).not.toMatch(/\b(import|fetch|XMLHttpRequest|eval)\b/);
});
