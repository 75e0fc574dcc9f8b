import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { transformSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { buildOnce, cacheLimits, evict, hashOf, machine, patience } from "./cache.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tb-cache-"));
  vi.stubEnv("ADDERNET_CACHE", root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});
/** What is in the cache besides the mark of the latest eviction. */
const content = (): string[] => readdirSync(root).filter((f) => !f.startsWith("."));

test("many who want the same folder build it once", async () => {
  let builds = 0;
  const make = async (dir: string): Promise<void> => {
    builds++;
    await new Promise((r) => setTimeout(r, 50));
    writeFileSync(join(dir, "x"), "done");
  };
  const dirs = await Promise.all(Array.from({ length: 8 }, () => buildOnce("same", make)));
  expect([builds, new Set(dirs).size, readFileSync(join(dirs[0]!, "x"), "utf8")]).toEqual([1, 1, "done"]);
  expect(content()).toEqual(["same"]);
});
test("a failed build leaves nothing, and the next one may work", async () => {
  await expect(buildOnce("bad", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(content()).toEqual([]);
  expect(existsSync(await buildOnce("bad", async () => undefined))).toBe(true);
});
test("the lock of a process that died is broken", async () => {
  mkdirSync(join(root, "locked.lock"));
  writeFileSync(join(root, "locked.lock/pid"), `999999999\n${machine}\n0\n`);
  expect(existsSync(await buildOnce("locked", async () => undefined))).toBe(true);
});
describe("one folder, several machines", () => {
  const before = { ...patience };
  afterEach(() => void Object.assign(patience, before));
  /** A lock of another machine; the number of its owner is one of a live process here, which says nothing. */
  const foreign = (name: string, beat: number): void => {
    mkdirSync(join(root, `${name}.lock`), { recursive: true });
    writeFileSync(join(root, `${name}.lock/pid`), `${process.pid}\nsome-other-host\n${beat}\n`);
  };

  test("a live owner is waited for, and what it made is taken", async () => {
    Object.assign(patience, { silent: 400 });
    foreign("theirs", 0);
    let beat = 1;
    const alive = setInterval(() => foreign("theirs", beat++), 50);
    const asked = buildOnce("theirs", () => Promise.reject(new Error("somebody else makes it")));
    await sleep(1000);
    mkdirSync(join(root, "theirs"));
    expect(await asked).toBe(join(root, "theirs"));
    clearInterval(alive);
  });
  test("a dead host keeps no lock, nor does a process that another one's number hides", async () => {
    Object.assign(patience, { silent: 300 });
    foreign("lost", 0);
    expect(existsSync(await buildOnce("lost", async () => undefined))).toBe(true);
    mkdirSync(join(root, "reused.lock"));
    writeFileSync(join(root, "reused.lock/pid"), `${process.ppid}\n${machine}\n0\n`);
    expect(existsSync(await buildOnce("reused", async () => undefined))).toBe(true);
    expect(content().sort()).toEqual(["lost", "reused"]);
  });
  test("whoever builds long gives signs of life", async () => {
    Object.assign(patience, { beat: 20 });
    const said = new Set<string>();
    await buildOnce("long", async () => {
      for (let i = 0; i < 20; i++, await sleep(20)) said.add(readFileSync(join(root, "long.lock/pid"), "utf8"));
    });
    expect(said.size).toBeGreaterThan(3);
  });
  test("of two processes one is killed at its work: the other one does it, and nothing half done is seen", async () => {
    const loader = join(import.meta.dirname, "../../../node_modules/tsx/dist/esm/index.mjs");
    const program = join(root, "..", `${basename(root)}-builder.mts`);
    writeFileSync(
      program,
      `import { readFileSync, writeFileSync } from "node:fs";
       import { join } from "node:path";
       import { setTimeout as sleep } from "node:timers/promises";
       import { buildOnce } from ${JSON.stringify(join(import.meta.dirname, "cache.ts"))};
       const dir = await buildOnce("shared", async (d) => {
         writeFileSync(join(d, "x"), "ha");
         console.log("building");
         await sleep(Number(process.argv[2]));
         writeFileSync(join(d, "x"), "whole");
       });
       console.log(readFileSync(join(dir, "x"), "utf8"));`,
    );
    const start = (ms: number) => {
      const child = spawn(process.execPath, ["--import", loader, program, String(ms)], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, ADDERNET_CACHE: root },
      });
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (s: string) => {
        said += s;
      });
      return { child, said: () => said };
    };
    const first = start(60_000);
    await vi.waitUntil(() => first.said().includes("building"), 20_000);
    const second = start(1);
    await sleep(300);
    expect(second.said()).toBe("");
    first.child.kill("SIGKILL");
    await once(second.child, "close");
    rmSync(program);
    expect(second.said()).toBe("building\nwhole\n");
    expect(content().filter((f) => !f.startsWith("tmp."))).toEqual(["shared"]);
  });
});

test("a clone that cannot be written keeps its models with the user's caches", () => {
  const clone = join(root, "clone");
  const inside = join(clone, "testbench/lib");
  mkdirSync(join(inside, "build"), { recursive: true });
  // Without its types Node runs it by itself: the clone's tools may be out of another user's reach.
  for (const f of ["build/cache.ts", "build/folder.ts", "children.ts"]) {
    const text = readFileSync(join(import.meta.dirname, "..", f), "utf8");
    writeFileSync(join(inside, f), transformSync(text, { loader: "ts" }).code);
  }
  const load = `export const load = async (url, context, next) =>
    url.endsWith(".ts")
      ? { format: "module", source: (await import("node:fs")).readFileSync(new URL(url)), shortCircuit: true }
      : next(url, context);`;
  const hook = `import { register } from "node:module"; register("data:text/javascript,${encodeURIComponent(load)}");`;
  const say = `console.log((await import(${JSON.stringify(join(inside, "build/cache.ts"))})).cacheDir());`;
  // Root may write anywhere: there another user asks.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const asked = () =>
    execFileSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, "--input-type=module", "-e", say],
      { encoding: "utf8", env: { HOME: "/home/u" }, cwd: clone, ...user },
    ).trim();
  chmodSync(root, 0o755);
  chmodSync(clone, 0o777);
  expect(asked()).toBe(join(clone, ".cache/tb"));
  chmodSync(clone, 0o555);
  expect(asked()).toBe("/home/u/.cache/addernet-rtl/tb");
  chmodSync(clone, 0o755);
});

test("keys keep their parts apart", () => {
  expect(hashOf(["ab", "c"])).not.toBe(hashOf(["a", "bc"]));
});

describe("eviction", () => {
  const MB = 2 ** 20;
  const limits = { bytes: 100 * MB, age: 1e12, grace: 0 };
  /** A folder of some megabytes that was used so many minutes ago. */
  const folder = (name: string, megabytes: number, minutes: number): void => {
    mkdirSync(join(root, name, "deep"), { recursive: true });
    writeFileSync(join(root, name, "deep/x"), Buffer.alloc(megabytes * MB));
    const used = new Date(Date.now() - minutes * 60_000);
    utimesSync(join(root, name), used, used);
  };

  test("the least recently used go until the rest fits", async () => {
    folder("a", 3, 40);
    folder("b", 3, 80);
    folder("c", 3, 10);
    folder("d", 3, 60);
    expect(await evict(root, { ...limits, bytes: 12 * MB })).toEqual([]);
    expect(await evict(root, { ...limits, bytes: 7 * MB })).toEqual(["b", "d"]);
    expect(readdirSync(root).sort()).toEqual(["a", "c"]);
  });
  test("what was not used for too long goes although there is room, what was used of late stays although there is none", async () => {
    folder("a", 1, 100);
    folder("b", 1, 10);
    folder("c", 1, 3);
    expect(await evict(root, { bytes: 100 * MB, age: 60 * 60_000, grace: 5 * 60_000 })).toEqual(["a"]);
    expect(await evict(root, { bytes: 1, age: 60 * 60_000, grace: 5 * 60_000 })).toEqual(["b"]);
    expect(readdirSync(root)).toEqual(["c"]);
  });
  test("using a folder makes it the most recent", async () => {
    folder("a", 1, 100);
    folder("b", 1, 50);
    await buildOnce("a", () => Promise.reject(new Error("it is there")));
    expect(await evict(root, { ...limits, bytes: MB })).toEqual(["b"]);
  });
  test("who asks for a folder during an eviction waits for its end", async () => {
    folder("a", 1, 100);
    const busy = join(root, "evicting.lock");
    mkdirSync(busy);
    writeFileSync(join(busy, "pid"), `${process.pid}\n${machine}\n0\n`);
    let builds = 0;
    const asked = buildOnce("a", async () => {
      builds++;
    });
    await sleep(50);
    // The evicting process has chosen the folder before it was asked for.
    rmSync(join(root, "a"), { recursive: true });
    rmSync(busy, { recursive: true });
    expect(existsSync(await asked)).toBe(true);
    expect(builds).toBe(1);
  });
  test("leftovers of killed processes go, links and locks stay", async () => {
    folder("gone.1.1.x", 1, 1);
    folder("tmp.1.1.old", 1, 60 * 25);
    folder("tmp.1.1.new", 1, 1);
    folder("x.lock.1.1", 1, 60 * 25);
    folder("y.lock", 1, 60 * 25);
    symlinkSync(tmpdir(), join(root, "link"));
    expect(await evict(root, { bytes: 1, age: 1, grace: 0 })).toEqual([]);
    expect(readdirSync(root).sort()).toEqual(["link", "tmp.1.1.new", "y.lock"]);
  });
  test("happens behind a build, once in ten minutes, within the limits of the environment", async () => {
    vi.stubEnv("ADDERNET_CACHE_MB", "2");
    folder("old", 3, 100);
    await buildOnce("first", async () => undefined);
    expect(existsSync(join(root, "old"))).toBe(false);
    folder("old", 3, 100);
    await buildOnce("second", async () => undefined);
    expect(existsSync(join(root, "old"))).toBe(true);
    vi.stubEnv("ADDERNET_CACHE_MB", "much");
    await expect(buildOnce("third", async () => undefined)).rejects.toThrow(
      'ADDERNET_CACHE_MB must be a positive number, not "much"',
    );
    vi.stubEnv("ADDERNET_CACHE_MB", "");
    vi.stubEnv("ADDERNET_CACHE_DAYS", "0.5");
    expect(cacheLimits()).toEqual({ bytes: 4096 * MB, age: 12 * 3600_000, grace: 3600_000 });
  });

  test("processes that use folders never miss one while another evicts", async () => {
    const GRACE = 150;
    const cache = join(import.meta.dirname, "cache.ts");
    const loader = join(import.meta.dirname, "../../../node_modules/tsx/dist/esm/index.mjs");
    const user = join(root, "..", `${basename(root)}-user.mts`);
    writeFileSync(
      user,
      `import { readFileSync, writeFileSync } from "node:fs";
       import { join } from "node:path";
       import { setTimeout as sleep } from "node:timers/promises";
       import { buildOnce } from ${JSON.stringify(cache)};
       let builds = 0;
       for (const end = Date.now() + 2500; Date.now() < end; ) {
         const start = performance.now();
         try {
           const dir = await buildOnce("n" + Math.floor(Math.random() * 100), async (d) => {
             builds++;
             writeFileSync(join(d, "x"), "whole");
           });
           if (readFileSync(join(dir, "x"), "utf8") !== "whole") throw new Error("not whole");
           await sleep(2);
           readFileSync(join(dir, "x"));
         } catch (e) {
           // On a busy machine this process may have slept for longer than a folder is kept for it.
           if (performance.now() - start < ${GRACE}) throw e;
         }
       }
       console.log(JSON.stringify({ builds }));`,
    );
    const run = async (): Promise<{ builds: number }> => {
      const child = spawn(process.execPath, ["--import", loader, user], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ADDERNET_CACHE: root },
      });
      let text = "";
      child.stdout.on("data", (d) => {
        text += d;
      });
      child.stderr.on("data", (d) => {
        text += d;
      });
      await once(child, "close");
      if (child.exitCode !== 0) throw new Error(text);
      return JSON.parse(text) as { builds: number };
    };
    let over = false;
    let evicted = 0;
    const users = Promise.all([run(), run()]).finally(() => {
      over = true;
    });
    users.catch(() => undefined);
    // Far shorter than the real hour, far longer than a use takes.
    while (!over) {
      evicted += (await evict(root, { bytes: 1, age: 1, grace: GRACE })).length;
      await sleep(3);
    }
    const [a, b] = await users;
    rmSync(user);
    expect(evicted).toBeGreaterThan(0);
    // Who misses an evicted folder builds it again.
    expect(a!.builds + b!.builds).toBeGreaterThan(100);
  });
});
