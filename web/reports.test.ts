// The pages that explore, verify and serve show, hostile names in all of them, and every page for a keyboard and a reader's
// eye as axe counts them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proofRun } from "../generator/cli/report.ts";
import { serveFolder } from "../generator/cli/serve.ts";
import { cellSources, design, load, toIntegers } from "../generator/index.ts";
import { reportPage } from "../generator/report/page.ts";
import { reportData } from "../generator/report/report.ts";
import { reportAssets } from "../generator/templates.ts";
import { probeDesign, verify } from "../generator/verify/verify.ts";
import { openBrowser, openPage } from "./browser.ts";
import { webPage } from "./build.ts";
import { PATIENT, run, there } from "./testing.ts";

const root = join(import.meta.dirname, "..");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>';

let dir: string;
let browser: Browser;
/** xor with names that are markup, in a file whose name is too. */
let hostile: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "addernet-reports-"));
  if (!there) return;
  browser = await openBrowser();
  const text = readFileSync(join(root, "examples/xor/network.json"), "utf8");
  const network = JSON.parse(text);
  const named = JSON.stringify({ ...network, name: HOSTILE })
    .replaceAll(JSON.stringify(network.layers[0].name), JSON.stringify(HOSTILE))
    .replace('"inputs.npy"', JSON.stringify(join(root, "examples/xor/inputs.npy")));
  hostile = join(dir, "<img src=x onerror=alert(1)>.json");
  writeFileSync(hostile, named);
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

const plain = (text: string): string => text.replaceAll("\u202f", "");

/** What axe finds serious or worse, by rule and element. */
async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const tool = (globalThis as unknown as { axe: { run(): Promise<Found> } }).axe;
    interface Found {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    }
    const { violations } = await tool.run();
    return violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)}`));
  });
}

/** Names are text: no element of theirs, nothing of theirs ran. */
async function isText(page: Page): Promise<void> {
  expect(await page.title()).not.toBe("1");
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect(await page.locator("script").count()).toBe(1);
}

describe.skipIf(!there)("pages of other commands", () => {
  test("explore: a point a row, with the numbers of its JSON; names are text", async () => {
    const out = join(dir, "explore.html");
    const calibration = ["--calibration", join(root, "examples/xor/inputs.npy")];
    const said = await run("explore", hostile, ...calibration, "-t", "ice40", "--report", out);
    const points = said.points as { clocksPerFrame: number; bottleneck: string; estimate: Record<string, number> }[];
    const { page, errors } = await openPage(browser);
    await page.goto(pathToFileURL(out).href);
    await page.locator("#exploration details summary").first().click();
    const rows = await page
      .locator("#exploration tbody tr")
      .evaluateAll((all) => all.map((r) => [...r.querySelectorAll("td")].map((c) => c.textContent ?? "")));
    expect(rows.map((r) => r.slice(2, 7).map((c) => Number(plain(c))))).toEqual(
      points.map((p) => [p.clocksPerFrame, ...["lut", "ff", "bram", "dsp"].map((k) => p.estimate[k])]),
    );
    expect(rows.map((r) => r[7])).toEqual(points.map((p) => p.bottleneck));
    expect(await page.locator("h1").textContent()).toBe(HOSTILE);
    // Sorted by logic, most first.
    const head = page.locator("#exploration th", { hasText: "LUT" }).first();
    await head.locator("button").click();
    await head.locator("button").click();
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    const luts = await page.locator("#exploration tbody td:nth-child(4)").allInnerTexts();
    expect(luts.map((t) => Number(plain(t)))).toEqual(points.map((p) => p.estimate.lut!).sort((a, b) => b - a));
    await isText(page);
    expect(errors).toEqual([]);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });

  test("a difference: its layer, place and waveform, in light and dark", async () => {
    const text = JSON.stringify({
      format: "addernet-rtl/1",
      name: HOSTILE,
      input: { shape: [4, 4, 1], scale: 0.02 },
      layers: [
        {
          name: HOSTILE,
          kind: "adder_conv2d",
          filters: 2,
          kernel: 3,
          padding: 1,
          weights: [1, 2].map((o) => [[1, 2, 3].map((y) => [1, 2, 3].map((x) => ((o * 7 + y * 3 + x) % 5) / 4))]),
        },
      ],
    });
    const value = <T>(r: { ok: true; value: T } | { ok: false; diagnostics: readonly { message: string }[] }): T => {
      if (!r.ok) throw new Error(r.diagnostics.map((d) => d.message).join("\n"));
      return r.value;
    };
    const none = () => {
      throw new Error("weights are inline");
    };
    const { graph } = value(load(text, none));
    const images = [{ shape: [4, 4, 1] as const, data: Int32Array.from({ length: 16 }, (_, i) => (i * 37) % 256) }];
    const net = value(toIntegers(graph, images, { bits: 6 }));
    const wrong = {
      ...net,
      nodes: net.nodes.map((n) =>
        "weights" in n ? { ...n, weights: { ...n.weights, rows: n.weights.rows.map((r) => r.map((w) => w ^ 3)) } } : n,
      ),
    } as typeof net;
    const made = value(design(wrong, {}, cellSources()));
    const folder = join(dir, "wrong");
    for (const [path, content] of made.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const options = { sim: "icarus" as const, window: true };
    const bench = probeDesign(made.hardware, folder, made.files.keys());
    const { outputs: _, ...facts } = await verify(net, made.hardware, bench, images, options);
    const proof = {
      runs: [proofRun({ ...facts, outputsSha256: "" }, 0)],
      tools: [],
      files: [],
      command: `addernet verify ${HOSTILE}`,
    };
    const data = reportData({ version: "0", design: made, graph, proof });
    const { mismatch } = data.proof.runs[0]!;
    const out = join(dir, "difference.html");
    writeFileSync(out, reportPage(data, reportAssets()));
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, errors } = await openPage(browser, { colorScheme });
      await page.goto(pathToFileURL(out).href);
      const proofText = plain((await page.locator("#proof").textContent()) ?? "");
      for (const said of [mismatch!.tensor, `${mismatch!.row}, ${mismatch!.column}, ${mismatch!.channel}`])
        expect(proofText).toContain(said);
      expect(await page.locator("#proof svg.timing").isVisible()).toBe(true);
      expect(await page.locator("header .bad").textContent()).toBe("differs");
      await isText(page);
      expect(errors).toEqual([]);
      expect(await serious(page)).toEqual([]);
      await page.close();
    }
  });
});

test.skipIf(!there)("axe finds a picture without a text and grey on grey", async () => {
  const { page } = await openPage(browser);
  await page.setContent('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"><p style="color:#aaa">pale');
  expect((await serious(page)).map((f) => f.split(":")[0])).toEqual(["color-contrast", "image-alt"]);
  await page.close();
});

describe.skipIf(!there)("nothing serious for axe, all sections open", () => {
  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("report, compiler, list of builds and datasheet, %s, %i pixels wide", async (colorScheme, width) => {
    const report = join(dir, `report-${colorScheme}.html`);
    await run("report", join(root, "examples/xor/network.json"), "-o", report, "--target", "icebreaker");
    const { page, errors } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
    await page.goto(pathToFileURL(report).href);
    await page.evaluate(() => {
      for (const d of document.querySelectorAll("details")) d.open = true;
    });
    expect(await serious(page)).toEqual([]);
    const served = join(dir, `served-${colorScheme}`);
    await run("build", hostile, "--calibration", join(root, "examples/xor/inputs.npy"), "-o", join(served, "<b>one"));
    const serving = await serveFolder(served, 0, await webPage());
    try {
      await page.goto(serving.url, { waitUntil: "domcontentloaded" });
      await page.locator("tbody tr").first().waitFor();
      expect(await page.locator("tbody tr").first().textContent()).toContain("<b>one");
      expect(await serious(page)).toEqual([]);
      await page.locator('a[href$="datasheet.html"]').first().click();
      await page.locator("h2", { hasText: "Ports" }).waitFor();
      expect(await serious(page)).toEqual([]);
      await page.goto(`${serving.url}compiler`);
      await page.locator("#target").selectOption("icebreaker");
      await page.locator("#example").selectOption("xor");
      await page.locator("#state", { hasText: /^Compiled in/ }).waitFor(PATIENT);
      // A checkpoint's fields too.
      await page.locator("#checkpoint").evaluate((e) => {
        (e as HTMLElement).hidden = false;
      });
      expect(await serious(page)).toEqual([]);
    } finally {
      await serving.close();
    }
    expect(errors).toEqual([]);
    await page.close();
  });
});
