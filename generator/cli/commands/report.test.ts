// Reports of folders that were built before.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ReportData } from "../../report/data.ts";
import { main } from "../cli.ts";

const root = join(import.meta.dirname, "../../..");
const dir = mkdtempSync(join(tmpdir(), "addernet-from-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const network = join(root, "examples/tiny-mnist/network.json");

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const spies = [process.stdout, process.stderr].map((s) =>
    vi.spyOn(s, "write").mockImplementation((t) => {
      text += t;
      return true;
    }),
  );
  try {
    return { code: await main(args), text };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}

beforeAll(async () => {
  const asked = ["--calibration-count", "8", "--target", "ice40", "--simd", "conv2=2", "-o", join(dir, "built")];
  expect(await run("build", network, ...asked)).toMatchObject({ code: 0 });
});

/** A copy of a built folder. */
function built(name: string, change?: (manifest: Record<string, unknown>) => object): string {
  const to = join(dir, name);
  cpSync(join(dir, "built"), to, { recursive: true });
  const path = join(to, "manifest.json");
  if (change) writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
  return to;
}

const file = join(dir, "report.html");
async function report(...args: string[]): Promise<ReportData> {
  const { code, text } = await run("report", ...args, "-o", file, "--json");
  expect(code, text).toBe(0);
  return JSON.parse(text).report;
}

test("a folder alone: its design from its integers, its bench's images, no float reference", async () => {
  const folder = built("alone");
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const { network: n, design, numbers, proof } = await report("--from", folder);
  expect(n.name).toBe("tiny");
  expect(design.interval).toBe(manifest.clocksPerFrame);
  const folds = (layers: readonly { pe: number; simd: number; module?: string | null }[]) =>
    layers.map((l) => [l.pe, l.simd, !!l.module]);
  expect(folds(design.layers)).toEqual(folds(manifest.layers));
  expect(numbers!.images).toBe(2);
  expect(numbers!.edges.every((e) => e.error === null)).toBe(true);
  const sums = new Map(proof.files.map((f) => [f.name, f.sha256]));
  for (const [path, sum] of Object.entries(manifest.checksums)) expect(sums.get(`build/${path}`), path).toBe(sum);
  expect(readFileSync(file, "utf8")).toContain("<h1>tiny</h1>");
});

test("with its network file: the file's layers, and errors against float", async () => {
  const { network: n, numbers } = await report(network, "--from", built("beside"));
  expect(n.layers.map((l) => l.kind)).toContain("adder_conv2d");
  expect(numbers!.edges.some((e) => e.error !== null)).toBe(true);
});

test("what synthesis counted, where addernet synth made the folder", async () => {
  const folder = built("synthesized");
  const cost = { lut: 77, ff: 5, carry: 0, bram: 1, dsp: 0 };
  const path = [{ layer: "conv1", module: "axis_sad", logic: 1.5, routing: 2.5 }];
  const synth = { layers: [{ layer: "conv1", ...cost, estimate: null }], total: cost, reachedMHz: 33.3 };
  writeFileSync(join(folder, "synth.json"), JSON.stringify({ ...synth, criticalPath: path }));
  const { design } = await report("--from", folder);
  expect(design.logic[0]).toMatchObject({ synthesized: cost, reachedMHz: 33.3, criticalPath: path });
  expect(design.layers.find((l) => l.name === "conv1")!.synthesized).toMatchObject({ lut: 77 });
  writeFileSync(join(folder, "synth.json"), JSON.stringify({ ...synth, criticalPath: 7 }));
  const { code, text } = await run("report", "--from", folder, "-o", file);
  expect([code, text]).toEqual([1, expect.stringContaining("AN8007: ")]);
  expect(text).toContain("criticalPath");
});

test.each<[string, () => string[], RegExp]>([
  ["of nothing", () => [], /report takes a network file, or --from/],
  ["of a folder that is none", () => ["--from", dir], /AN8007: .*manifest\.json is missing/],
  ["with an option of a build", () => ["--from", built("option"), "--fps", "9"], /AN7001: --fps has no effect on/],
  [
    "of another network's folder",
    () => [join(root, "examples/xor/network.json"), "--from", built("other")],
    /AN8007: .* is not a build of .*xor\/network\.json/,
  ],
  [
    "of a folder that does not say what was asked for",
    () => ["--from", built("old", ({ request: _, ...m }) => m)],
    /AN8007: .*does not say what was asked for/,
  ],
  [
    "of a folder that this version makes otherwise",
    () => ["--from", built("new", (m) => ({ ...m, request: { fps: 1e5 } }))],
    /AN8007: .*another design of its integers/,
  ],
])("a report %s is refused", async (_, args, message) => {
  const { code, text } = await run("report", ...args(), "-o", file);
  expect(code).not.toBe(0);
  expect(text).toMatch(message);
});
