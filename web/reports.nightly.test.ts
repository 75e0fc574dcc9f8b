// Pages of commands that synthesize, or that take a while: each section there, with the numbers of its JSON.
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProgram } from "../generator/device/flow/tools.ts";
import type { ReportData } from "../generator/report/data.ts";
import { openBrowser, openPage } from "./browser.ts";
import { run, there } from "./testing.ts";

const root = join(import.meta.dirname, "..");
const xor = join(root, "examples/xor/network.json");
const shared = process.env.ADDERNET_SHARED ?? join(root, "../shared");
const resnet = join(shared, "data/resnet20-cifar10");

let dir: string;
let browser: Browser;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "addernet-reports-"));
  if (there) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

type Numbers = Readonly<Record<string, number>>;
const costs = ["lut", "ff", "bram", "dsp"] as const;

/** An open page of a file, and the cells of a table of it as numbers where they are such. */
async function opened(file: string) {
  const { page, errors } = await openPage(browser);
  await page.goto(pathToFileURL(file).href);
  const cells = (table: string, part = "tbody") =>
    page
      .locator(table)
      .first()
      .locator(`${part} tr`)
      .evaluateAll((rows) =>
        rows.map((r) => [...r.querySelectorAll("td")].map((c) => (c.textContent ?? "").replaceAll("\u202f", ""))),
      );
  const sections = () => page.locator("main > section").evaluateAll((all) => all.map((s) => s.id));
  return { page, errors, cells, sections };
}

const usual = ["network", "design", "schedule", "numbers", "logic", "proof", "layers"];

describe.skipIf(!there)("pages of synthesis", () => {
  test("synth: what was counted beside each estimate, the clock and the critical path", async () => {
    const file = join(dir, "synth.html");
    const said = await run("synth", xor, "--target", "icebreaker", "-o", join(dir, "synth"), "--report", file);
    const { page, errors, cells, sections } = await opened(file);
    expect(await sections()).toEqual(usual);
    const byLayer = '#logic [aria-label="logic by layer"] table';
    const layers = said.layers as (Numbers & { layer: string })[];
    const rows = await cells(byLayer);
    for (const l of layers.filter((l) => rows.some((r) => r[0] === l.layer)))
      expect(rows.find((r) => r[0] === l.layer)!.slice(5, 9)).toEqual(costs.map((k) => String(l[k])));
    expect(rows.length).toBeGreaterThan(2);
    const total = (await cells(byLayer, "tfoot"))[0]!;
    expect(total.slice(5, 9)).toEqual(costs.map((k) => String((said.total as Numbers)[k])));
    const logic = (await page.locator("#logic").textContent())!;
    expect(logic).toContain(`Place and route reached ${(said.reachedMHz as number).toFixed(1)} MHz.`);
    expect(await page.locator("#logic h3", { hasText: "Critical path" }).count()).toBe(1);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("compare: both kinds of layers as synthesized", async () => {
    const file = join(dir, "compare.html");
    const said = await run("compare", xor, "-t", "ice40", "--report", file);
    const { page, errors, cells, sections } = await opened(file);
    expect(await sections()).toEqual(["comparison", ...usual]);
    const variants = said.variants as { name: string; total: Numbers }[];
    const rows = await cells("#comparison > .table table");
    expect(rows.map((r) => r[0])).toEqual(variants.map((v) => v.name));
    expect(rows.map((r) => r.slice(3, 7))).toEqual(variants.map((v) => costs.map((k) => String(v.total[k]))));
    expect(errors).toEqual([]);
    await page.close();
  });

  test.skipIf(!findProgram("icebox_vlog"))("verify of a bitstream (needs icebox_vlog)", async () => {
    const file = join(dir, "bitstream.html");
    const asked = ["--stage", "bitstream", "--target", "icebreaker", "--count", "1", "--simulator", "verilator"];
    await run("verify", xor, ...asked, "--report", file);
    const { page, errors, cells, sections } = await opened(file);
    expect(await sections()).toEqual(usual);
    const rows = await cells("#proof .table table");
    expect(rows.map((r) => r.slice(0, 4))).toEqual([["bitstream", "verilator", "equal", "1"]]);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe.skipIf(!there)("pages of answers that are seen", () => {
  test.each([
    ["nuclei-unet", "drawn_images.npy", 3],
    ["bccd-detector", "drawn_images.npy", 2],
    ["super-resolution", "drawn_images.npy", 2],
  ])("%s: each section with the numbers of its JSON, each image beside its answer", async (name, images, count) => {
    const folder = join(root, "examples", name);
    const file = join(dir, `${name}.html`);
    const some = ["--images", join(folder, images), "--count", String(count), "--calibration-count", "2"];
    const calibration = name === "super-resolution" ? [] : ["--calibration", join(folder, images)];
    const asked = ["report", join(folder, "network.json"), ...some, ...calibration, "-t", "zcu104", "-o", file];
    const data = (await run(...asked)).report as ReportData;
    const { page, errors, cells, sections } = await opened(file);
    expect(await sections()).toEqual(usual);
    expect(await page.locator("h1").textContent()).toBe(data.network.name);
    const layers = await cells("#design table");
    expect(layers.map((r) => [r[0], ...r.slice(3, 9)])).toEqual(
      data.design.layers.map((l) => [l.name, ...[l.bits, l.pe, l.simd, l.pixels, l.lanes, l.clocks].map(String)]),
    );
    const rows = await cells('#numbers [aria-label="error of each layer against the float reference"] table');
    const known = data.numbers!.edges.filter((e) => e.error);
    expect(rows.map((r) => r[0])).toEqual(known.map((e) => e.edge));
    expect(rows.map((r) => r[3])).toEqual(known.map((e) => e.error!.sqnr?.toFixed(1) ?? ""));
    expect((await page.locator("#schedule p").first().textContent())!.replaceAll("\u202f", "")).toContain(
      `A frame every ${data.design.interval} clocks`,
    );
    const { maps } = data.numbers!;
    expect(maps.length).toBe(count);
    const shown = await page
      .locator("#numbers .pictures img")
      .evaluateAll((all) =>
        all.map((i) => [(i as HTMLImageElement).naturalWidth, (i as HTMLImageElement).naturalHeight]),
      );
    expect(shown).toEqual(
      maps.flatMap(({ input, output }) => [input!, output].map(({ width, height }) => [width, height])),
    );
    // Small images are shown larger, by a whole number; an answer is more than one colour.
    const [height, width] = data.network.input.shape;
    expect([shown[0]![0]! / width!, shown[0]![0]! % width!]).toEqual([shown[0]![1]! / height!, 0]);
    for (const { output } of maps) expect(new Set(output.samples).size).toBeGreaterThan(1);
    expect(statSync(file).size).toBeLessThan(3e6);
    expect(errors).toEqual([]);
    await page.close();
  });
});

test.skipIf(!there || !existsSync(join(resnet, "ResNet20-AdderNet.pth")))(
  "the report of ResNet-20 is under 3 MB and opens (skipped without the shared data)",
  async () => {
    const net = join(dir, "resnet20");
    await run("import", "pytorch", join(resnet, "ResNet20-AdderNet.pth"), "--arch", "resnet20", "-o", net);
    const file = join(dir, "resnet20.html");
    const images = [
      "--images",
      join(resnet, "test_images.npy"),
      "--labels",
      join(resnet, "test_labels.npy"),
      "--count",
      "40",
    ];
    const calibration = ["--calibration", join(resnet, "calibration_images.npy"), "--calibration-count", "8"];
    await run("report", join(net, "network.json"), ...calibration, ...images, "-t", "xc7", "-o", file);
    expect(statSync(file).size).toBeLessThan(3e6);
    const { page, errors, sections } = await opened(file);
    expect(await sections()).toEqual(usual);
    expect(errors).toEqual([]);
    await page.close();
  },
);
