// A real browser for tests and screenshots: Debian's Chromium, driven by playwright-core.
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser's program: $ADDERNET_BROWSER, or where systems put it; undefined where there is none. */
export const browserPath = (): string | undefined =>
  [process.env.ADDERNET_BROWSER ?? "", ...PLACES].find((p) => p !== "" && existsSync(p));

/** Starts it; the caller closes it. */
export function openBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error(`no browser at ${PLACES.join(", ")}: scripts/setup --browser`);
  // As root, as in a container, Chromium runs without its own sandbox only.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args });
}

/** A page whose errors are collected: a test that looks at them finds none. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const errors: string[] = [];
  page.on("console", (m) => {
    if (m.type() === "error" || m.type() === "warning") errors.push(`${m.type()}: ${m.text()}`);
  });
  page.on("pageerror", (e) => errors.push(e.message));
  page.on("request", (r) => {
    if (/^https?:/.test(r.url()) && !/^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(r.url()))
      errors.push(`request to ${r.url()}`);
  });
  return { page, errors };
}
