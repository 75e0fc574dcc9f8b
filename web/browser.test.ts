// Reports and the compiler in a real browser. One browser serves all tests.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveFolder } from "../generator/cli/serve.ts";
import { readNpy } from "../generator/files/npy.ts";
import { cellSources, design } from "../generator/index.ts";
import { readIntegers } from "../generator/integer-file.ts";
import type { ReportData } from "../generator/report/data.ts";
import { goldenAnswer } from "../generator/verify/serial.ts";
import { browserPath, openBrowser, openPage } from "./browser.ts";
import { webPage } from "./build.ts";
import { PATIENT, run, there } from "./testing.ts";

const root = join(import.meta.dirname, "..");
let dir: string;
let browser: Browser;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "addernet-web-"));
  if (there) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function report(name: string, ...args: string[]): Promise<{ url: string; file: string; data: ReportData }> {
  const file = join(dir, `${name}.html`);
  const said = await run("report", join(root, "examples", name, "network.json"), "-o", file, ...args);
  return { url: pathToFileURL(file).href, file, data: said.report as ReportData };
}

test("the browser of the tests is a program, or its way is told", () => {
  const path = browserPath();
  if (path === undefined) expect(openBrowser).toThrow("scripts/setup --browser");
  else expect(existsSync(path)).toBe(true);
});

const labels = [
  ...["--images", join(root, "examples/mnist/test_images.npy")],
  ...["--labels", join(root, "examples/mnist/test_labels.npy"), "--count", "40"],
];
const few = ["--calibration-count", "8"];

describe.skipIf(!there)("reports", () => {
  test.each([
    ["xor", []],
    ["tiny-mnist", [...labels, ...few, "--target", "icebreaker"]],
    ["lenet5-mnist", [...few, "--fps", "5000", "--target", "arty-a7-35t"]],
    ["resnet8-mnist", [...few]],
  ])("%s opens without an error, with the numbers of its data", async (name, args) => {
    const { url, data } = await report(name, ...args);
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    const text = async (selector: string) =>
      ((await page.locator(selector).first().textContent()) ?? "").replaceAll("\u202f", "");
    for (const id of ["network", "design", "schedule", "numbers", "logic", "proof", "layers"]) {
      expect(await page.locator(`section#${id} h2`).count()).toBe(1);
      expect(await page.locator(`section#${id} .limits`).count()).toBe(1);
    }
    expect(await text("h1")).toBe(data.network.name);
    expect(await text("#schedule p")).toContain(`A frame every ${data.design.interval} clocks`);
    for (const l of data.design.layers) {
      const row = page
        .locator("#design table")
        .first()
        .locator("tbody tr", { has: page.getByText(l.name, { exact: true }) });
      const cells = (await row.first().locator("td").allInnerTexts()).map((c) => c.replaceAll("\u202f", ""));
      expect(cells.slice(3, 9)).toEqual([l.bits, l.pe, l.simd, l.pixels, l.lanes, l.clocks].map(String));
    }
    const errorsOf = data.numbers!.edges.filter((e) => e.error);
    expect(await page.locator("#numbers table").filter({ hasText: "SQNR" }).locator("tbody tr").count()).toBe(
      errorsOf.length,
    );
    // A graph has a box for each layer, and each picture has an axis.
    expect(await page.locator("#network .graph .box").count()).toBe(data.network.layers.length + 1);
    expect(await page.locator("#design .graph .box").count()).toBe(data.design.layers.length + 2);
    for (const plot of await page.locator("svg.plot").all())
      expect(await plot.locator(".axis-title, .tick").count()).toBeGreaterThan(0);
    if (data.numbers!.accuracy) {
      const { integer, images, confusion, wrongCount } = data.numbers!.accuracy;
      expect(await text("#numbers h3 + p")).toContain(`${(100 * integer).toFixed(2)} % of ${images} images`);
      expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(images);
      expect(await page.locator("#numbers .pictures li").count()).toBe(Math.min(24, wrongCount));
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a table sorts by a click and by the keyboard, and says so", async () => {
    const { url, data } = await report("xor");
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    const table = page.locator("#design table").first();
    const clocks = async () =>
      (await table.locator("tbody tr td:nth-child(9)").allInnerTexts()).map((t) => Number(t.replaceAll("\u202f", "")));
    const expected = data.design.layers.map((l) => l.clocks).sort((a, b) => a - b);
    const head = table.locator("th:nth-child(9)");
    await head.locator("button").click();
    expect(await clocks()).toEqual(expected);
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    expect(await clocks()).toEqual(expected.reverse());
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    await table.locator("th:nth-child(1) button").click();
    expect(await head.getAttribute("aria-sort")).toBe("none");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a click on a box opens the page of its layer, again after it was closed", async () => {
    const { url } = await report("xor");
    const { page } = await openPage(browser);
    await page.goto(url);
    const box = page.locator("details.layer").first();
    for (let i = 0; i < 2; i++) {
      expect(await box.getAttribute("open")).toBeNull();
      await page.locator('#design .graph a[href="#layer-0"]').first().click();
      await expect.poll(() => box.getAttribute("open"), PATIENT).not.toBeNull();
      await box.locator("summary").click();
    }
    await page.close();
  });

  test.each(["light", "dark"] as const)("text can be read on a %s ground", async (colorScheme) => {
    const { url } = await report("xor");
    const { page } = await openPage(browser, { colorScheme });
    await page.goto(url);
    // Contrast as WCAG counts it.
    const contrast = await page.evaluate(() => {
      const channels = (c: string) => (c.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
      const light = (c: string) => {
        const [r, g, b] = channels(c).map((v) =>
          v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const ground = light(getComputedStyle(document.body).backgroundColor);
      return [...document.querySelectorAll("p, td, th, dd, dt, a, summary, small")].map((e) => {
        const ink = light(getComputedStyle(e).color);
        return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      });
    });
    expect(Math.min(...contrast)).toBeGreaterThan(4.5);
    await page.close();
  });

  test("nothing is wider than a phone but what scrolls, and nothing is cut on paper", async () => {
    const { url } = await report("resnet8-mnist", ...few);
    const { page } = await openPage(browser, { viewport: { width: 390, height: 800 } });
    await page.goto(url);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.emulateMedia({ media: "print" });
    // The width of the text on A4 with the page's margins.
    await page.setViewportSize({ width: 688, height: 1000 });
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("table, svg, pre, p, figure")]
        .filter((e) => e.getClientRects().length > 0 && e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => `${e.tagName} ${e.textContent?.slice(0, 60)}`),
    );
    expect(cut).toEqual([]);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.length).toBeGreaterThan(10_000);
    await page.close();
  });

  test("a hostile name is text", async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    const network = JSON.parse(readFileSync(join(root, "examples/xor/network.json"), "utf8"));

    const old = network.layers[0].name;
    const text = JSON.stringify({ ...network, name: hostile }).replaceAll(JSON.stringify(old), JSON.stringify(hostile));
    const file = join(dir, "hostile.json");
    writeFileSync(file, text.replace('"inputs.npy"', JSON.stringify(join(root, "examples/xor/inputs.npy"))));
    const out = join(dir, "hostile.html");
    await run("report", file, "-o", out, "--calibration", join(root, "examples/xor/inputs.npy"));
    const { page, errors } = await openPage(browser);
    await page.goto(pathToFileURL(out).href);
    expect(await page.locator("h1").textContent()).toBe(hostile);
    expect(await page.locator("#design table").first().locator("tbody td").allInnerTexts()).not.toContain("");
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(1);
    expect(await page.title()).toContain("<img");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("is small", async () => {
    const { file } = await report("resnet8-mnist", ...few);
    expect(statSync(file).size).toBeLessThan(1 << 20);
  });
});

describe.skipIf(!there)("the compiler in a page", () => {
  let url: string;
  beforeAll(async () => {
    const file = join(dir, "page.html");
    writeFileSync(file, await webPage());
    url = pathToFileURL(file).href;
  });

  const compiled = async (page: Page) => {
    await page.locator("#state", { hasText: /^Compiled in/ }).waitFor({ timeout: 120_000 });
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#zip").click()]);
    return unzipSync(readFileSync(await download.path()));
  };

  test.each(["tiny-mnist", "lenet5-mnist"])(
    "%s from disk: its zip holds what the command line writes",
    async (name) => {
      const { page, errors } = await openPage(browser);
      await page.goto(url);
      await page.locator("#example").selectOption(name);
      const zip = await compiled(page);
      const out = join(dir, `${name}-build`);
      await run("build", join(root, "examples", name, "network.json"), "-o", out, "--calibration-count", "64");
      const names = Object.keys(zip).sort();
      expect(names).toContain("manifest.json");
      expect(
        [...readdirSync(out, { recursive: true, encoding: "utf8" })]
          .filter((f) => statSync(join(out, f)).isFile() && f !== ".addernet.json")
          .sort(),
      ).toEqual(names);
      for (const f of names) expect(Buffer.compare(readFileSync(join(out, f)), zip[f]!), f).toBe(0);
      const frame = page.frameLocator("#report");
      await frame.locator("h1").waitFor();
      expect(await frame.locator("section h2").count()).toBe(7);
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  test("files, a slider and a fold: each gives another design; what is wrong is told and mended", async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    const xor = (f: string) => join(root, "examples/xor", f);
    await page.locator("#files").setInputFiles([xor("inputs.npy")]);
    await page.locator("#state-problem", { hasText: "AN1006" }).waitFor();
    // Files come in any order; a second network takes the place of all of them.
    await page.locator("#files").setInputFiles([xor("network.json")]);
    await compiled(page);
    await page.locator("#files").setInputFiles([xor("network.json")]);
    await page.locator("#state-problem", { hasText: "AN4001" }).waitFor();
    await page.locator("#files").setInputFiles([xor("inputs.npy"), xor("labels.npy")]);
    await compiled(page);
    expect(await page.locator("#state-problem").isVisible()).toBe(false);
    const fact = (name: string) => page.locator("#facts div", { hasText: name }).locator("dd");
    expect(await fact("accuracy").textContent()).toContain("100.0 %");
    await page.locator("#target").selectOption("icebreaker");
    await fact("% of ").waitFor();
    await page.locator("#state", { hasText: /^Compiled in/ }).waitFor();
    const clocks = async () =>
      Number.parseInt(((await fact("clocks a frame").textContent()) ?? "").replaceAll("\u202f", ""), 10);
    await page.locator("#fps").fill("10");
    await expect.poll(() => page.locator("#facts").textContent(), PATIENT).toContain("clocks a frame");
    await page.locator("#state", { hasText: /^Compiled in/ }).waitFor();
    await expect.poll(clocks, PATIENT).toBeGreaterThan(2);
    const slow = await clocks();
    await page.locator('select[aria-label="PE of hidden"]').selectOption("2");
    await page.locator('select[aria-label="PE of scores"]').selectOption("2");
    await expect.poll(clocks, PATIENT).toBeLessThan(slow);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("nothing leaves the page, and a phone shows it whole", async () => {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 800 } });
    await page.goto(url);
    const blocked = await page.evaluate(async () => {
      const tries = [() => fetch("https://example.org/"), () => fetch("data:,x"), () => fetch(location.href)];
      return Promise.all(
        tries.map((t) =>
          t().then(
            () => "sent",
            () => "blocked",
          ),
        ),
      );
    });
    expect(blocked).toEqual(["blocked", "blocked", "blocked"]);
    // From disk there is nothing beside the page, and it says so.
    await page.locator("#target").selectOption("icebreaker");
    await page.locator("#example").selectOption("xor");
    await page.locator("#implement-disk", { hasText: "addernet serve" }).waitFor(PATIENT);
    expect(await page.locator("#implement").isDisabled()).toBe(true);
    await page.locator("#target").selectOption("arty-a7-35t");
    await page.locator("#implement-section").waitFor({ state: "hidden" });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.close();
  });
});

describe.skipIf(!there)("a board behind the page", () => {
  /** A serial port whose board answers as `answer` does on this side: an answer in two parts, after a byte of noise. */
  async function withBoard(page: Page, answer: (bytes: number[]) => number[]): Promise<void> {
    await page.exposeFunction("boardAnswer", answer);
    await page.addInitScript(() => {
      const board = globalThis as unknown as {
        boardAnswer(b: number[]): Promise<number[]>;
        opened?: unknown;
        portClosed?: boolean;
      };
      let give: ReadableStreamDefaultController<Uint8Array>;
      const port = {
        readable: new ReadableStream<Uint8Array>({
          start(c) {
            give = c;
          },
        }),
        writable: new WritableStream<Uint8Array>({
          async write(bytes) {
            const all = await board.boardAnswer([...bytes]);
            setTimeout(() => give.enqueue(Uint8Array.from(all.slice(0, 1))), 1);
            setTimeout(() => give.enqueue(Uint8Array.from(all.slice(1))), 20);
          },
        }),
        async open(options: unknown) {
          board.opened = options;
          give.enqueue(Uint8Array.of(99));
        },
        async close() {
          board.portClosed = true;
        },
      };
      Object.defineProperty(navigator, "serial", { value: { requestPort: async () => port } });
    });
  }

  test("images go out as addernet send frames them; equal, different and missing answers are told", async () => {
    const file = join(root, "examples/tiny-mnist/network.json");
    const integers = join(dir, "tiny-integers");
    await run("quantize", file, "-o", integers, "--calibration-count", "64");
    const made = design(
      readIntegers(JSON.parse(readFileSync(join(integers, "integers.json"), "utf8"))),
      { target: "icebreaker" },
      cellSources(),
    );
    if (!made.ok) throw new Error("no design");
    const { net, hardware } = made.value;
    const all = readNpy(readFileSync(join(root, "examples/mnist/calibration_images.npy"))).data;
    const seen: number[][] = [];
    const { page, errors } = await openPage(browser);
    await withBoard(page, (bytes) => {
      const i = seen.push(bytes) - 1;
      if (i === 6) return [];
      const right = goldenAnswer(net, hardware, { shape: net.input.shape, data: Int32Array.from(bytes) });
      return i === 2 ? right.with(0, right[0]! ^ 1) : right;
    });
    const page_ = join(dir, "board.html");
    writeFileSync(page_, await webPage());
    await page.goto(pathToFileURL(page_).href);
    await page.locator("#target").selectOption("icebreaker");
    await page.locator("#example").selectOption("tiny-mnist");
    await page.locator("#state", { hasText: /^Compiled in/ }).waitFor(PATIENT);
    await page.locator("#board-connect").click();
    await page.locator("#board-state", { hasText: "Connected at 115200 baud" }).waitFor();
    await page.locator("#board-count").fill("5");
    await page.locator("#board-send").click();
    await page.locator("#board-state", { hasText: "4 of 5 answers equal golden's." }).waitFor(PATIENT);
    expect(seen).toEqual(Array.from({ length: 5 }, (_, i) => Array.from(all.slice(784 * i, 784 * (i + 1)), Number)));
    const faults = await page.locator("#board-answers tbody td:last-child").allInnerTexts();
    expect(faults.toSpliced(2, 1)).toEqual(["equal", "equal", "equal", "equal"]);
    expect(faults[2]).toMatch(/\[0\] is -?\d+, golden has -?\d+/);
    // The board falls silent in the second image.
    await page.locator("#board-send").click();
    await page
      .locator("#board-state", { hasText: "1 of 1 answers equal golden's. Image 1: no answer for 2 s, 0 of" })
      .waitFor(PATIENT);
    await page.locator("#board-connect").click();
    await page.locator("#board-state", { hasText: "Disconnected." }).waitFor();
    expect(await page.evaluate(() => (globalThis as { opened?: unknown; portClosed?: unknown }).opened)).toEqual({
      baudRate: 115200,
    });
    expect(await page.evaluate(() => (globalThis as { portClosed?: boolean }).portClosed)).toBe(true);
    expect(errors).toEqual([]);
    await page.close();
  });
});

test.skipIf(!there)("a served folder: its list follows the folder, its pages open", async () => {
  const folder = join(dir, "served");
  await run("build", join(root, "examples/xor/network.json"), "-o", join(folder, "first"));
  const serving = await serveFolder(folder, 0);
  const { page, errors } = await openPage(browser);
  try {
    await page.goto(serving.url, { waitUntil: "domcontentloaded" });
    await page.locator("tbody tr", { hasText: "first/" }).first().waitFor();
    await run("build", join(root, "examples/xor/network.json"), "-o", join(folder, "second"));
    await page.locator("tbody tr", { hasText: "second/" }).first().waitFor({ timeout: PATIENT.timeout });
    await page.locator('a[href="/files/first/datasheet.html"]').first().click();
    await page.locator("h2", { hasText: "Ports" }).waitFor();
    expect(await page.locator("svg").count()).toBe(1);
    expect(errors).toEqual([]);
  } finally {
    await page.close();
    await serving.close();
  }
});
