import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { forgetModels, withScratch } from "./cache.ts";

test("libraries of the simulators are shared with the usual cache, models are forgotten", async () => {
  const usual = mkdtempSync(join(tmpdir(), "addernet-usual-"));
  vi.stubEnv("ADDERNET_CACHE", usual);
  const entry = (dir: string, name: string) => {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, "file"), name);
  };
  try {
    entry(usual, "runtime-1");
    const inside = await withScratch(async () => {
      const dir = process.env.ADDERNET_CACHE!;
      expect(readFileSync(join(dir, "runtime-1/file"), "utf8")).toBe("runtime-1");
      for (const name of ["icarus-2", "model-3", "vvp-4"]) entry(dir, name);
      forgetModels();
      expect(readdirSync(dir).sort()).toEqual(["icarus-2", "runtime-1"]);
      entry(dir, "model-5");
      return dir;
    });
    expect(process.env.ADDERNET_CACHE).toBe(usual);
    expect(existsSync(inside)).toBe(false);
    expect(readdirSync(usual).sort()).toEqual(["icarus-2", "runtime-1"]);
    expect(readFileSync(join(usual, "icarus-2/file"), "utf8")).toBe("icarus-2");
  } finally {
    vi.unstubAllEnvs();
    rmSync(usual, { recursive: true, force: true });
  }
});
