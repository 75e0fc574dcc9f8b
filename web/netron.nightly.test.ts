// Netron, as PyPI has it, shows the models that `export --format onnx` writes: every node with its operator, and the
// attributes of our own operators.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decodeModel } from "../generator/import/onnx/proto.ts";
import { pythonWith } from "../testbench/nets/third-party.ts";
import { openBrowser } from "./browser.ts";
import { PATIENT, run, there } from "./testing.ts";

const root = join(import.meta.dirname, "..");
const python = pythonWith("netron");

let dir: string;
let browser: Browser;
let server: ChildProcess | undefined;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "addernet-netron-"));
  if (there && python) browser = await openBrowser();
});
afterEach(() => {
  server?.kill();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

const SERVE = `
import sys, netron
print(netron.serve(sys.argv[1], address=("127.0.0.1", 0))[1], flush=True)
netron.wait()
`;

/** Netron's page of a model, when its graph is drawn. */
async function shown(model: string): Promise<Page> {
  server = spawn(python!, ["-c", SERVE, model], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise<string>((ready, failed) => {
    server!.stdout!.once("data", (text) => ready(String(text).trim()));
    server!.once("exit", (code) => failed(new Error(`Netron ended with ${code}`)));
  });
  const url = `http://127.0.0.1:${port}/`;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  // It asks other hosts where it is, and for consent to count its users; half a year after its release it only says so.
  await page.route(/^https?:\/\/(?!127\.0\.0\.1[:/])/, (route) => route.abort());
  await page.context().addCookies([{ name: "consent", value: "1", url }]);
  // It takes eval away, which the driver of the browser needs.
  await page.addInitScript(
    "const own = eval; Object.defineProperty(window, 'eval', { get: () => own, set: () => {} });",
  );
  const released = /<meta name="date" content="([\d-]+)/.exec(await (await fetch(url)).text())![1]!;
  await page.clock.setFixedTime(`${released}T00:00:00Z`);
  await page.goto(url);
  await page.locator("svg .node-item-type").first().waitFor(PATIENT);
  return page;
}

const sorted = (list: readonly string[]): string[] => [...list].sort();

describe.skipIf(!there || !python)("Netron", () => {
  const own = "AdderConv";
  test.each(["tiny-mnist", "nuclei-unet"])("%s: every node, and AdderConv with its attributes", async (example) => {
    const to = join(dir, example);
    await run("export", join(root, `examples/${example}/network.json`), "--format", "onnx", "-o", to);
    const path = join(to, "network.onnx");
    const { graph } = decodeModel(readFileSync(path));
    const operators = graph!.node.map((n) => n.opType);
    expect(operators).toContain(own);
    const page = await shown(path);
    const types = page.locator("svg .node-item-type text");
    expect(sorted(await types.allTextContents())).toEqual(sorted(operators));
    await types.getByText(own, { exact: true }).first().click();
    const side = page.locator(".sidebar").first();
    await side.getByText("addernet", { exact: true }).waitFor(PATIENT);
    expect(await side.textContent()).toContain(own);
    // Names of a node's properties are fields that can be copied.
    const fields = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.sidebar input')].map((i) => i.value)",
    );
    const { attribute, name } = graph!.node.find((n) => n.opType === own)!;
    expect(await side.textContent()).toContain(name);
    expect(attribute.length).toBeGreaterThan(1);
    expect(fields).toEqual(expect.arrayContaining(attribute.map((a) => a.name)));
    await page.close();
  });
});
