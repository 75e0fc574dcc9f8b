import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildOnce, hashOf } from "./cache.ts";

let root: string;
const before = process.env.ADDERNET_CACHE;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tb-cache-"));
  process.env.ADDERNET_CACHE = root;
});
afterEach(() => {
  if (before === undefined) delete process.env.ADDERNET_CACHE;
  else process.env.ADDERNET_CACHE = before;
});

test("many who want the same folder build it once", async () => {
  let builds = 0;
  const make = async (dir: string): Promise<void> => {
    builds++;
    await new Promise((r) => setTimeout(r, 50));
    writeFileSync(join(dir, "x"), "done");
  };
  const dirs = await Promise.all(Array.from({ length: 8 }, () => buildOnce("same", make)));
  expect([builds, new Set(dirs).size, readFileSync(join(dirs[0]!, "x"), "utf8")]).toEqual([1, 1, "done"]);
  expect(readdirSync(root)).toEqual(["same"]);
});
test("a failed build leaves nothing, and the next one may work", async () => {
  await expect(buildOnce("bad", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(readdirSync(root)).toEqual([]);
  expect(existsSync(await buildOnce("bad", async () => undefined))).toBe(true);
});
test("the lock of a process that died is broken", async () => {
  mkdirSync(join(root, "locked.lock"));
  writeFileSync(join(root, "locked.lock/pid"), "999999999");
  expect(existsSync(await buildOnce("locked", async () => undefined))).toBe(true);
});
test("keys keep their parts apart", () => {
  expect(hashOf(["ab", "c"])).not.toBe(hashOf(["a", "bc"]));
});
