// What the tests of pages share.
import { expect, vi } from "vitest";
import { main } from "../generator/cli/cli.ts";
import { browserPath } from "./browser.ts";

/** Whether there is a browser; says so where there is none. */
export const there = browserPath() !== undefined;
if (!there) console.warn("no browser: scripts/setup --browser installs Chromium; its tests are skipped");

/** Of what a slow machine does in its own time. */
export const PATIENT = { timeout: 60_000 };

/** Runs the command line; gives what it printed for scripts. */
export async function run(...args: string[]): Promise<Record<string, unknown>> {
  return (await runs(0, ...args)) as Record<string, unknown>;
}

/** The same with another exit code than 0. */
export async function runs(code: number, ...args: string[]): Promise<unknown> {
  let said = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  try {
    expect(await main([...args, "--json"]), said).toBe(code);
  } finally {
    spy.mockRestore();
  }
  return JSON.parse(said);
}
