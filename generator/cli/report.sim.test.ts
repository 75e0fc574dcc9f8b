// A report of a design that is wrong: a fault planted in each of three layers shows that layer, the place and its waves.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { cellSources, design, type IntTensor, load, type QuantizedNetwork, toIntegers } from "../index.ts";
import { reportPage } from "../report/page.ts";
import { reportData } from "../report/report.ts";
import { reportAssets } from "../templates.ts";
import { measureSchedule } from "../verify/measure.ts";
import { probeDesign, verify } from "../verify/verify.ts";
import { proofRun } from "./report.ts";

const dir = mkdtempSync(join(tmpdir(), "addernet-report-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const conv = (name: string, filters: number, inputs: number) => ({
  name,
  kind: "adder_conv2d",
  filters,
  kernel: 3,
  padding: 1,
  weights: Array.from({ length: filters }, (_, o) =>
    Array.from({ length: inputs }, (_, c) =>
      Array.from({ length: 3 }, (_, y) =>
        Array.from({ length: 3 }, (_, x) => ((o * 7 + c * 5 + y * 3 + x) % 11) / 4 - 1),
      ),
    ),
  ),
});

const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "three",
  input: { shape: [6, 5, 1], scale: 0.02 },
  layers: [conv("first", 2, 1), conv("second", 2, 2), conv("third", 3, 2)],
});

function value<T>(r: { ok: true; value: T } | { ok: false; diagnostics: readonly { message: string }[] }): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => d.message).join("\n"));
  return r.value;
}

const { graph } = value(
  load(text, () => {
    throw new Error("weights are inline");
  }),
);
const images: IntTensor[] = [1, 2].map((k) => ({
  shape: [6, 5, 1],
  data: Int32Array.from({ length: 30 }, (_, i) => (i * i * 13 * k + 7 * i) % 256),
}));
const net = value(toIntegers(graph, images, { bits: 6 }));

function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The network with one weight of a layer changed. */
const planted = (layer: string): QuantizedNetwork => ({
  ...net,
  nodes: net.nodes.map((n) => {
    if (n.name !== layer || !("weights" in n)) return n;
    const top = 2 ** n.weights.bits - 1;
    const rows = n.weights.rows.map((r, o) => (o === 1 ? r.map((w, i) => (i === 4 ? top - w : w)) : r));
    return { ...n, weights: { ...n.weights, rows } };
  }),
});

test("the measured schedule is the predicted one, and FIFOs are as full as they get", async () => {
  const residual = JSON.stringify({
    format: "addernet-rtl/1",
    name: "residual",
    input: { shape: [6, 5, 1], scale: 0.02 },
    layers: [
      conv("first", 2, 1),
      conv("second", 2, 2),
      conv("third", 2, 2),
      { name: "sum", kind: "add", inputs: ["first", "third"] },
    ],
  });
  const { graph } = value(
    load(residual, () => {
      throw new Error("weights are inline");
    }),
  );
  const net = value(toIntegers(graph, images, { bits: 6 }));
  const made = value(design(net, { fps: 100_000 }, cellSources()));
  const folder = join(dir, "residual");
  writeFiles(folder, made.files);
  const bench = probeDesign(made.hardware, folder, made.files.keys());
  const measured = (await measureSchedule(made.hardware, bench, images, "icarus"))!;
  const data = reportData({
    version: "0",
    design: made,
    graph,
    measured,
    proof: { runs: [], tools: [], files: [], command: "addernet verify residual.json" },
  });
  const { schedule, fifos, layers } = data.design;
  expect(fifos.length).toBeGreaterThan(0);
  for (const f of fifos) {
    expect(f.measured).toBeGreaterThan(0);
    expect(f.measured).toBeLessThanOrEqual(f.room);
    // The model spreads the beats of a pixel evenly.
    expect(Math.abs(f.measured! - f.predicted)).toBeLessThanOrEqual(Math.max(2, 0.3 * f.predicted));
  }
  expect(schedule.measured!.simulator).toBe("icarus");
  const share = (row: { busy: readonly number[] }) => row.busy.reduce((a, b) => a + b, 0) / row.busy.length;
  layers.forEach((l, i) => {
    const row = schedule.measured!.rows[i];
    expect(row, l.name).not.toBeNull();
    expect(Math.abs(share(row!) - share(schedule.rows[i]!)), l.name).toBeLessThan(0.08);
  });
  const page = reportPage(data, reportAssets());
  expect(page).toContain("below as measured in icarus");
  expect(page).toContain("busy, measured");
});

test.each(["first", "second", "third"])("a fault in layer %s is shown where it is", async (layer) => {
  const wrong = planted(layer);
  const made = value(design(wrong, { fps: 1000 }, cellSources()));
  const folder = join(dir, layer);
  writeFiles(folder, made.files);
  const result = await verify(net, made.hardware, probeDesign(made.hardware, folder, made.files.keys()), images, {
    sim: "icarus",
    waves: "mismatch",
    waveDir: join(dir, "waves"),
    window: true,
  });
  const m = result.mismatch!;
  const output = net.nodes.find((n) => n.name === layer)!.output;
  // Sums stand in front of the result, where they are streams.
  expect([output, `${layer}.acc`]).toContain(m.tensor);
  // What two golden models say of the place: they differ there, and nowhere before it.
  const [right, other] = [net, wrong].map((n) => runInteger(n, images[m.frame]!, { keep: [m.tensor] }).get(m.tensor)!);
  const [rows, columns, channels] = right!.shape;
  const differs = Array.from(right!.data, (v, i) => v !== other!.data[i]);
  const at = differs.indexOf(true);
  expect([m.row, m.column, m.channel]).toEqual([
    Math.floor(at / channels / columns),
    Math.floor(at / channels) % columns,
    at % channels,
  ]);
  expect([m.expected, m.actual]).toEqual([right!.data[at], other!.data[at]]);
  const pixels = [...new Set(differs.flatMap((d, i) => (d ? [Math.floor(i / channels)] : [])))];
  expect(m.place).toMatchObject({ rows, columns, pixels });
  expect(m.place!.expected[m.column]).toBe(m.expected);
  expect(m.place!.actual[m.column]).toBe(m.actual);
  expect(existsSync(m.waves!)).toBe(true);
  // The beat of the first difference passes in its clock, with the value that was found in its lane.
  const { wave } = m;
  const k = m.clock - wave!.from;
  expect([wave!.tvalid[k], wave!.tready[k], wave!.values[k], wave!.expected]).toEqual(["1", "1", m.actual, m.expected]);
  const { laneBits } = made.hardware.streams.find((s) => s.name === m.stream)!;
  const bits = (BigInt(`0x${wave!.tdata[k]}`) >> BigInt(wave!.lane * laneBits)) & (2n ** BigInt(laneBits) - 1n);
  expect(bits).toBe(BigInt(m.actual as number) & (2n ** BigInt(laneBits) - 1n));
  expect([wave!.tvalid, wave!.tready, wave!.tlast, wave!.tdata].map((w) => w.length)).toEqual([13, 13, 13, 13]);
  const { outputs: _, ...facts } = result;
  const run = proofRun({ ...facts, outputsSha256: "" }, 0);
  const data = reportData({
    version: "0",
    design: made,
    graph,
    proof: { runs: [run], tools: [], files: [], command: "addernet verify three.json" },
  });
  const page = reportPage(data, reportAssets());
  expect(page).toContain(`Where ${m.tensor} differs in image ${m.frame}`);
  expect(page).toContain(`<dt>row, column, channel</dt><dd>${m.row}, ${m.column}, ${m.channel}</dd>`);
  expect(page).toContain(`${pixels.length} of ${rows * columns} pixels`);
  expect(page).toContain(`Waveform of ${m.stream} around clock ${m.clock}`);
  const waves = /<svg[^>]*class="timing"[\s\S]*?<\/svg>/.exec(page)![0];
  for (const said of [m.clock, m.actual, m.expected]) expect(waves).toContain(`>${said}</text>`);
  expect(waves.match(/class="marked"/g)).toHaveLength(1);
  // The first difference has a color of its own; the legend shows the others' once more.
  expect(page.match(/class="cell-off"/g)).toHaveLength(pixels.length);
});
