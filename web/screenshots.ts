// Takes the pictures of docs/pictures that show a report and the compiler's page, at desktop and phone width.
//
//   tsx web/screenshots.ts
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { main } from "../generator/cli/cli.ts";
import { openBrowser, openPage } from "./browser.ts";
import { webPage } from "./build.ts";

const root = join(import.meta.dirname, "..");
const pictures = join(root, "docs/pictures");
const examples = join(root, "examples");
const SIZES = { desktop: { width: 1200, height: 860 }, phone: { width: 390, height: 860 } } as const;

const dir = mkdtempSync(join(tmpdir(), "addernet-pictures-"));
const browser = await openBrowser();
try {
  const report = join(dir, "report.html");
  const images = [
    "--images",
    join(examples, "mnist/test_images.npy"),
    "--labels",
    join(examples, "mnist/test_labels.npy"),
  ];
  const asked = [
    "--count",
    "200",
    "--target",
    "arty-a7-35t",
    "--fps",
    "5000",
    "--simulator",
    "verilator",
    "-o",
    report,
  ];
  const code = await main(["report", join(examples, "lenet5-mnist/network.json"), ...images, ...asked]);
  if (code !== 0) throw new Error("the report was not made");
  const page = join(dir, "page.html");
  writeFileSync(page, await webPage());
  for (const [name, viewport] of Object.entries(SIZES)) {
    const r = await openPage(browser, { viewport });
    await r.page.goto(pathToFileURL(report).href);
    await r.page.screenshot({ path: join(pictures, `report-${name}.png`) });
    await r.page.locator("#schedule").evaluate((e) => e.scrollIntoView());
    await r.page.screenshot({ path: join(pictures, `report-schedule-${name}.png`) });
    await r.page.close();
    const w = await openPage(browser, { viewport });
    await w.page.goto(pathToFileURL(page).href);
    await w.page.locator("#target").selectOption("icebreaker");
    await w.page.locator("#example").selectOption("tiny-mnist");
    await w.page.locator("#state", { hasText: /^Compiled in/ }).waitFor();
    // How long it took is another number each time.
    await w.page.locator("#state").evaluate((e) => {
      e.textContent = "Compiled.";
    });
    await w.page.screenshot({ path: join(pictures, `web-${name}.png`) });
    await w.page.close();
    if (r.errors.length + w.errors.length > 0) throw new Error([...r.errors, ...w.errors].join("\n"));
  }
} finally {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
}
