// From a network to the bitstream of a board in a tab, against the command line's: minutes of Yosys and nextpnr.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { main } from "../generator/cli/cli.ts";
import { serveFolder } from "../generator/cli/serve.ts";
import { browserPath, openBrowser, openPage } from "./browser.ts";
import { webPage } from "./build.ts";

const dir = mkdtempSync(join(tmpdir(), "addernet-tab-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const there = browserPath() !== undefined;
if (!there) console.warn("no browser: scripts/setup --browser installs Chromium; its tests are skipped");

test.skipIf(!there)("tiny-mnist's bitstream made in the tab is the command line's, and can be cancelled", async () => {
  const network = join(import.meta.dirname, "../examples/tiny-mnist/network.json");
  const out = join(dir, "synth");
  const synth = ["synth", network, "--target", "icebreaker", "--calibration-count", "64", "-o", out];
  expect(await main(synth)).toBe(0);
  const serving = await serveFolder(dir, 0, await webPage());
  const browser = await openBrowser();
  try {
    const { page, errors } = await openPage(browser);
    await page.goto(`${serving.url}compiler`);
    await page.locator("#target").selectOption("icebreaker");
    await page.locator("#example").selectOption("tiny-mnist");
    await page.locator("#state", { hasText: /^Compiled in/ }).waitFor({ timeout: 120_000 });
    const state = page.locator("#implement-state");
    await page.locator("#implement").click();
    await state.filter({ hasText: "yosys: " }).waitFor({ timeout: 300_000 });
    await page.locator("#implement-state-cancel").click();
    expect(await state.textContent()).toBe("Cancelled.");
    expect(await page.locator("#implement-made").isVisible()).toBe(false);
    await page.locator("#implement").click();
    await state.filter({ hasText: /^(Bitstream made|No bitstream)/ }).waitFor({ timeout: 1_800_000 });
    expect(await page.locator("#implement-state-problem").textContent()).toBe("");
    const saved = async (id: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(id).click()]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const { name, bytes } = await saved("#implement-bin");
    expect(name).toBe("tiny_board.bin");
    expect(Buffer.compare(bytes, readFileSync(join(out, "synth", name)))).toBe(0);
    // The folder is the same too, but for logs, which tell of time and memory, and the counts of the command line.
    const zip = unzipSync((await saved("#implement-zip")).bytes);
    const written = readdirSync(out, { recursive: true, encoding: "utf8" }).filter(
      (f) => statSync(join(out, f)).isFile() && ![".addernet.json", "synth.json"].includes(f),
    );
    expect(Object.keys(zip).sort()).toEqual(written.sort());
    for (const f of written)
      if (!f.endsWith(".log")) expect(Buffer.compare(readFileSync(join(out, f)), zip[f]!), f).toBe(0);
    const logic = page.frameLocator("#report").locator("#logic");
    expect(await logic.locator("h3", { hasText: "Critical path" }).count()).toBe(1);
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    await serving.close();
  }
});
