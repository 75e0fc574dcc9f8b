// From the files of lenet5 to its report: dropped on the compiler's page, and as a whole command, in turns in one run.
//
//   npm run bench -- web [--rounds N] [--json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { openBrowser, openPage } from "../web/browser.ts";
import { webPage } from "../web/build.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, json: { type: "boolean" } } });
const root = join(import.meta.dirname, "..");
const example = (f: string) => join(root, "examples", f);
const files = ["lenet5-mnist/network.json", "lenet5-mnist/weights.safetensors", "mnist/calibration_images.npy"].map(
  example,
);

const dir = mkdtempSync(join(tmpdir(), "addernet-bench-"));
const browser = await openBrowser();
const seconds = { page: [] as number[], command: [] as number[] };
try {
  const file = join(dir, "page.html");
  writeFileSync(file, await webPage());
  const out = join(dir, "report.html");
  // The same work: as many images for calibration and for the numbers, no simulation.
  const command = [
    ...[join(root, "scripts/addernet.mjs"), "report", files[0]!, "-o", out],
    ...["--calibration-count", "64", "--images", files[2]!, "--count", "100"],
  ];
  for (let i = 0; i < Number(values.rounds); i++) {
    const { page, errors } = await openPage(browser);
    await page.goto(pathToFileURL(file).href);
    let from = performance.now();
    await page.locator("#files").setInputFiles(files);
    await page.frameLocator("#report").locator("#layers").waitFor({ state: "attached" });
    seconds.page.push((performance.now() - from) / 1000);
    if (errors.length > 0) throw new Error(errors.join("\n"));
    await page.close();
    from = performance.now();
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    seconds.command.push((performance.now() - from) / 1000);
  }
} finally {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
}
const middle = (v: readonly number[]) => [...v].sort((a, b) => a - b)[v.length >> 1]!;
const [page, command] = [middle(seconds.page), middle(seconds.command)];
if (values.json) console.log(JSON.stringify({ seconds, ratio: page / command }, null, 2));
else {
  console.log(`page     ${page.toFixed(2)} s (median of ${seconds.page.length})`);
  console.log(`command  ${command.toFixed(2)} s`);
  console.log(`page / command ${(page / command).toFixed(2)}`);
}
