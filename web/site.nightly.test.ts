// The documentation site as `npm run docs` builds it: its pages and its search in a real browser.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage } from "./browser.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "site/dist");
const there = browserPath() !== undefined;
if (!there) console.warn("no browser: scripts/setup --browser installs Chromium; the site's search is not tried");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

// Any web server shows it: files as they lie there, nothing else.
const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url!, "http://localhost").pathname));
  const file = join(dist, path.endsWith("/") ? `${path}index.html` : path);
  if (!file.startsWith(dist) || !existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  response.end(readFileSync(file));
});

let built: boolean;
let at: string;
beforeAll(async () => {
  const r = spawnSync("npm", ["run", "docs"], { cwd: root, encoding: "utf8" });
  built = r.status === 0;
  // Its tools come from the registry.
  if (!built && !existsSync(join(root, "site/node_modules/vitepress")))
    console.warn(`npm cannot install the site's tools here: the site is not tried\n${r.stderr.slice(-1000)}`);
  else expect(built, r.stdout + r.stderr).toBe(true);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 1_200_000);
afterAll(() => server.close());

describe.skipIf(!there)("the site in a browser", () => {
  test("a word of a page is found, and the hit leads to its place there", async () => {
    if (!built) return;
    const browser = await openBrowser();
    try {
      const { page, errors } = await openPage(browser);
      await page.goto(`${at}/index.html`);
      expect(await page.locator("h1").first().textContent()).toContain("addernet-rtl");
      await page.locator("#local-search button").click();
      await page.locator("#localsearch-input").fill("jobs.jsonl");
      const hit = page.locator("#localsearch-list a").first();
      await hit.waitFor();
      expect(await hit.getAttribute("href")).toContain("/docs/farm");
      await hit.click();
      await page.waitForURL(/docs\/farm/);
      await page.locator("h1", { hasText: "Work over many processes or machines" }).waitFor();
      // Pictures of the first page are there.
      await page.goto(`${at}/index.html`);
      const broken = await page.evaluate<string[]>(
        "[...document.querySelectorAll('main img')].filter((i) => i.naturalWidth === 0).map((i) => i.src)",
      );
      expect(broken).toEqual([]);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
