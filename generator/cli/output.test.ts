// What a command may replace or remove: what the folder's record names, unchanged, and nothing else.
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readInput } from "./inputs.ts";
import { checkFolder, type OutputCommand, writeFolder, writeWhole } from "./output.ts";

/** Steps on the disk until the process "dies": from then on nothing it does has an effect. */
const life = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY, refuse: undefined as string | undefined }));
class Died extends Error {}
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const mortal = <A extends unknown[], R>(f: (...args: A) => R, torn?: (...args: A) => void) => {
    return (...args: A): R => {
      if (life.refuse && String(args.at(f === (real.renameSync as unknown) ? 1 : 0)).endsWith(life.refuse)) {
        life.refuse = undefined;
        throw Object.assign(new Error("no"), { code: "EACCES" });
      }
      if (life.left-- <= 0) {
        if (life.left === -1) torn?.(...args);
        throw new Died();
      }
      return f(...args);
    };
  };
  return {
    ...real,
    writeFileSync: mortal(real.writeFileSync, (path, data, options) =>
      real.writeFileSync(path, (data as string).slice(0, 3), options),
    ),
    renameSync: mortal(real.renameSync),
    mkdirSync: mortal(real.mkdirSync as (path: string, o?: object) => string | undefined),
    rmSync: mortal(real.rmSync),
    rmdirSync: mortal(real.rmdirSync),
    unlinkSync: mortal(real.unlinkSync),
  };
});

const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(join(tmpdir(), "output-"));
  process.chdir(dir);
});
afterEach(() => {
  life.left = Number.POSITIVE_INFINITY;
  life.refuse = undefined;
  process.chdir(home);
  fs.rmSync(dir, { recursive: true, force: true });
});

type Tree = Record<string, string>;
const RECORD = ".addernet.json";

/** All files below a folder and their texts, the record left out; links as such. */
function tree(folder: string): Tree {
  const root = resolve(folder);
  const found: Tree = {};
  for (const e of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(e.parentPath, e.name);
    const name = path.slice(root.length + 1);
    if (e.isSymbolicLink()) found[name] = `-> ${fs.readlinkSync(path)}`;
    else if (e.isFile() && name !== RECORD) found[name] = fs.readFileSync(path, "utf8");
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
const put = (path: string, text: string) => {
  fs.mkdirSync(join(path, ".."), { recursive: true });
  fs.writeFileSync(path, text);
};
const write = (files: Tree, { to = "out", by = "build" as OutputCommand, force = false } = {}) =>
  writeFolder(to, Object.entries(files), by, force);

/** The code and the names that a refusal tells. */
function refusal(act: () => void): string {
  try {
    act();
  } catch (e) {
    const { code, message, found } = (e as { diagnostics?: { code: string; message: string; found?: string }[] })
      .diagnostics?.[0] ?? { code: "", message: String(e) };
    return `${code} ${found ?? message}`;
  }
  return "";
}

const one: Tree = { "manifest.json": "one", "rtl/a.v": "a1", "rtl/b.v": "same", "mem/x.mem": "x1" };
const two: Tree = { "manifest.json": "two", "rtl/a.v": "a2", "rtl/b.v": "same", "tb/t.v": "t2" };

describe("a folder of earlier output", () => {
  test("gets the new files; what is not written again goes, with the folders it leaves empty", () => {
    write(one);
    expect(tree("out")).toEqual(one);
    write(two);
    expect(tree("out")).toEqual(two);
    expect(fs.readdirSync("out").sort()).toEqual([RECORD, "manifest.json", "rtl", "tb"]);
    expect(fs.readdirSync(".")).toEqual(["out"]);
  });

  test("keeps what the user added", () => {
    write(one);
    const mine = { "board.xdc": "pins", "rtl/mine.v": "m", "mem/.keep": "" };
    for (const [name, text] of Object.entries(mine)) put(`out/${name}`, text);
    write(two);
    expect(tree("out")).toEqual(tree("out"));
    expect(tree("out")).toMatchObject({ ...two, ...mine });
  });

  test("is not touched where output in it was changed; --force replaces that alone", () => {
    write(one);
    put("out/rtl/a.v", "edited");
    put("out/mem/x.mem", "edited too");
    const before = tree("out");
    expect(refusal(() => write(two))).toBe("AN7004 mem/x.mem, rtl/a.v");
    expect(refusal(() => checkFolder("out", "build", false))).toBe("AN7004 mem/x.mem, rtl/a.v");
    expect(tree("out")).toEqual(before);
    write(two, { force: true });
    // What is not written again is the user's from now on.
    expect(tree("out")).toEqual({ ...two, "mem/x.mem": "edited too" });
    write(one, { force: true, to: "other" });
    expect(refusal(() => write(one))).toBe("AN7002 mem/x.mem");
  });

  test("takes back what was deleted from it", () => {
    write(one);
    fs.rmSync("out/rtl", { recursive: true });
    write(one);
    expect(tree("out")).toEqual(one);
  });

  test("keeps the output of other commands, and gives their names to none without --force", () => {
    write({ "integers.json": "i" }, { by: "quantize" });
    write(one);
    write({ "manifest.json": "m" });
    expect(tree("out")).toEqual({ "integers.json": "i", "manifest.json": "m" });
    expect(refusal(() => write({ "manifest.json": "s", "synth.json": "" }, { by: "synth" }))).toBe(
      "AN7004 manifest.json",
    );
    write({ "manifest.json": "s", "synth.json": "" }, { by: "synth", force: true });
    expect(tree("out")).toEqual({ "integers.json": "i", "manifest.json": "s", "synth.json": "" });
  });

  test("is the same when it is written again, record and times included", () => {
    write(one);
    const of = (f: string) => [fs.readFileSync(f, "utf8"), fs.statSync(f).mtimeMs, fs.statSync(f).ino];
    const before = [`out/${RECORD}`, "out/rtl/a.v"].map(of);
    write(one);
    expect([`out/${RECORD}`, "out/rtl/a.v"].map(of)).toEqual(before);
  });
});

describe("a folder of somebody else's", () => {
  test("is refused, --force or not, where a name is taken", () => {
    for (const [name, text] of Object.entries({ "manifest.json": "web app", "index.html": "hi", ".git/HEAD": "ref" }))
      put(`web/${name}`, text);
    const before = tree("web");
    expect(refusal(() => write(one, { to: "web" }))).toBe("AN7002 .git, index.html, manifest.json");
    for (const act of [() => write(one, { to: "web", force: true }), () => checkFolder("web", "build", true)])
      expect(refusal(act)).toBe("AN7002 manifest.json");
    put("web/rtl", "a file");
    fs.rmSync("web/manifest.json");
    expect(refusal(() => write(one, { to: "web", force: true }))).toBe("AN7002 rtl/a.v, rtl/b.v");
    fs.rmSync("web/rtl");
    write(one, { to: "web", force: true });
    const { "manifest.json": _, ...rest } = before;
    expect(tree("web")).toEqual(Object.fromEntries(Object.entries({ ...rest, ...one }).sort()));
  });

  test("a file with the very text of the output counts as written", () => {
    for (const [name, text] of Object.entries(one)) put(`out/${name}`, text);
    fs.rmSync("out/manifest.json");
    write(one, { force: true });
    write(two);
    expect(tree("out")).toEqual(two);
  });

  test("the working directory and those above it stay", () => {
    put("here/sub/net.json", "{}");
    put("beside.txt", "b");
    process.chdir("here/sub");
    for (const to of [".", "..", "../.."]) {
      expect(refusal(() => write(one, { to }))).toMatch(/^AN7002/);
      write({ [`${to.length}.v`]: "" }, { to, force: true });
    }
    process.chdir(dir);
    expect(tree(dir)).toMatchObject({ "here/sub/net.json": "{}", "beside.txt": "b" });
  });
});

describe("links", () => {
  test("as the folder: written through, and still a link afterwards", () => {
    fs.mkdirSync("real");
    fs.symlinkSync("real", "link");
    write(one, { to: "link" });
    write(two, { to: "link/" });
    expect(fs.readlinkSync("link")).toBe("real");
    expect(tree("real")).toEqual(two);
    fs.symlinkSync("nothing", "dangling");
    expect(refusal(() => write(one, { to: "dangling" }))).toMatch(/^AN7001 dangling is a link/);
    fs.symlinkSync("loop", "loop");
    expect(refusal(() => checkFolder("loop", "build", true))).toMatch(/^AN7001 loop is a link/);
    expect(fs.readlinkSync("dangling")).toBe("nothing");
  });

  test("inside the folder lead nowhere", () => {
    put("elsewhere/a.v", "precious");
    write(one);
    fs.rmSync("out/rtl", { recursive: true });
    fs.symlinkSync("../elsewhere", "out/rtl");
    for (const force of [false, true])
      expect(refusal(() => write(two, { force }))).toMatch(force ? "AN7002 rtl/a.v, rtl/b.v" : "AN700");
    fs.rmSync("out/rtl");
    fs.mkdirSync("out/rtl");
    fs.symlinkSync("../../elsewhere/a.v", "out/rtl/a.v");
    expect(refusal(() => write(two, { force: true }))).toBe("AN7002 rtl/a.v");
    expect(tree("elsewhere")).toEqual({ "a.v": "precious" });
  });
});

describe("a record that was tampered with", () => {
  const sha256 = "ec2738feb2bbb0bc783eb4667903391416372ba6ed8b8dddbebbdb37e5102473";
  const record = (files: object, next?: object) =>
    put(
      `out/${RECORD}`,
      JSON.stringify({ format: "addernet-rtl/files-1", about: "", files, ...(next ? { next } : {}) }),
    );

  test.each([
    "../victim",
    "/victim",
    "a/../../victim",
    "",
    "a//b",
    "./victim",
    ".git/config",
    "x/.GIT/config",
    ".addernet.lock",
    "a\\b",
    "a\0b",
  ])("path %j is refused", (path) => {
    put("victim", "v");
    record({ [path]: { by: "build", sha256 } });
    expect(refusal(() => write(one))).toMatch(/^AN7002 out\/\.addernet\.json is not a record/);
    record({}, { stage: ".addernet-000000000000", put: {}, drop: [path] });
    expect(refusal(() => write(one, { force: true }))).toMatch(/^AN7002 out\/\.addernet\.json is not a record/);
    expect(tree(".")).toMatchObject({ victim: "v" });
  });

  test.each(["", "{", "[]", "null", '{"format":"addernet-rtl/files-2"}'])("text %j is refused", (text) => {
    put(`out/${RECORD}`, text);
    expect(refusal(() => write(one))).toMatch(/^AN7002/);
  });

  test.each(["..", "/", ".addernet-x", "sub", ".git"])("stage %j is refused", (stage) => {
    put("out/sub/f", "f");
    record({}, { stage, put: {}, drop: [] });
    expect(refusal(() => write(one, { force: true }))).toMatch(/^AN7002/);
    expect(tree("out")).toEqual({ "sub/f": "f" });
  });

  test("a prototype is no file", () => {
    put(
      `out/${RECORD}`,
      `{"format":"addernet-rtl/files-1","about":"","files":{"__proto__":{"by":"b","sha256":"${sha256}"}}}`,
    );
    write(one, { force: true });
    expect(tree("out")).toEqual(one);
  });

  test("a link or a folder in its place is refused", () => {
    put("foreign.json", "{}");
    fs.mkdirSync("out");
    fs.symlinkSync("../foreign.json", `out/${RECORD}`);
    expect(refusal(() => write(one))).toMatch(/^AN7002/);
    fs.rmSync(`out/${RECORD}`);
    fs.mkdirSync(`out/${RECORD}`);
    expect(refusal(() => write(one))).toMatch(/^AN7002/);
  });
});

describe("inputs", () => {
  test("are neither replaced nor removed, whoever wrote them", () => {
    write({ "network.json": "n1", "old.npy": "w" }, { by: "import" });
    readInput("out/network.json");
    expect(refusal(() => write({ "network.json": "n2", "old.npy": "w" }, { by: "import", force: true }))).toBe(
      "AN7005 network.json",
    );
    fs.symlinkSync("out", "alias");
    readInput("alias/old.npy");
    expect(refusal(() => write({ "network.json": "n1" }, { by: "import" }))).toBe("AN7005 old.npy");
    write({ "network.json": "n1", "old.npy": "w" }, { by: "import" });
  });

  test("a single file neither; a link is written through, a device stays", () => {
    put("images.npy", "i");
    fs.symlinkSync("images.npy", "link.npy");
    readInput("images.npy");
    for (const to of ["images.npy", "link.npy", "./images.npy"])
      expect(refusal(() => writeWhole(to, "o"))).toMatch(/^AN7005/);
    put("target.npy", "t");
    fs.chmodSync("target.npy", 0o640);
    fs.symlinkSync("target.npy", "through.npy");
    writeWhole("through.npy", "new");
    expect(fs.readlinkSync("through.npy")).toBe("target.npy");
    expect(fs.readFileSync("target.npy", "utf8")).toBe("new");
    expect(fs.statSync("target.npy").mode & 0o777).toBe(0o640);
    writeWhole("/dev/null", "gone");
    expect(fs.statSync("/dev/null").isCharacterDevice()).toBe(true);
    fs.mkdirSync("folder");
    expect(refusal(() => writeWhole("folder", ""))).toMatch(/^AN7001/);
  });
});

describe("a write that breaks off", () => {
  /** Runs a write that dies at a step; false where it had fewer steps. */
  function dies(step: number, files: Tree): boolean {
    life.left = step;
    try {
      write(files);
      return false;
    } catch (e) {
      if (!(e instanceof Died)) throw e;
      return true;
    } finally {
      life.left = Number.POSITIVE_INFINITY;
      // A lock that was not written to its end counts after a while.
      for (const folder of ["out", ...fs.readdirSync(".").filter((n) => n.startsWith(".out."))])
        if (fs.existsSync(`${folder}/.addernet.lock`)) fs.utimesSync(`${folder}/.addernet.lock`, 1, 1);
    }
  }

  test("at any step: what is there is old or new, and the next run leaves a whole folder and nothing else", () => {
    let steps = 0;
    for (; ; steps++) {
      fs.rmSync("out", { recursive: true, force: true });
      write(one);
      put("out/mine.txt", "mine");
      if (!dies(steps, two)) break;
      for (const [name, text] of Object.entries(tree("out")))
        if (!name.startsWith(".addernet")) expect([one[name], two[name], "mine"]).toContain(text);
      const [next, by] = [[two, one, { "manifest.json": "three", "new/n.v": "" }][steps % 3]!, steps % 3];
      write(next, { by: "build" });
      expect([by, tree("out")]).toEqual([
        by,
        Object.fromEntries(Object.entries({ ...next, "mine.txt": "mine" }).sort()),
      ]);
      expect(fs.readdirSync("out").filter((n) => n.startsWith(".addernet"))).toEqual([RECORD]);
      expect(fs.readdirSync(".")).toEqual(["out"]);
    }
    expect(steps).toBeGreaterThan(12);
  });

  test("at any step of a first write: no folder or a whole one", () => {
    let steps = 0;
    for (; ; steps++) {
      fs.rmSync("out", { recursive: true, force: true });
      if (!dies(steps, one)) break;
      if (fs.existsSync("out")) expect(tree("out")).toMatchObject(one);
      write(two);
      expect(tree("out")).toEqual(two);
    }
    expect(steps).toBeGreaterThan(6);
  });

  test("because the disk refuses a file: everything is as it was", () => {
    for (const refuse of ["rtl/a.v", "tb/t.v", "tb", "gone-0", "old-0", "new-1"]) {
      fs.rmSync("out", { recursive: true, force: true });
      write(one);
      put("out/mine.txt", "mine");
      const record = fs.readFileSync(`out/${RECORD}`, "utf8");
      life.refuse = refuse;
      expect(refusal(() => write(two))).toBe("AN7001 out cannot be written: permission denied");
      life.refuse = undefined;
      expect([refuse, tree("out")]).toEqual([
        refuse,
        Object.fromEntries(Object.entries({ ...one, "mine.txt": "mine" }).sort()),
      ]);
      expect(fs.readFileSync(`out/${RECORD}`, "utf8")).toBe(record);
      expect(fs.readdirSync("out").filter((n) => n.startsWith(".addernet"))).toEqual([RECORD]);
    }
  });

  test("because a new folder cannot be filled: no trace", () => {
    life.refuse = "rtl/b.v";
    expect(refusal(() => write(one, { to: "deep/er/out" }))).toMatch(/^AN7001/);
    expect(fs.readdirSync(".")).toEqual([]);
  });

  test.skipIf(!fs.existsSync("/proc/self"))("because the file system takes no folders: refused, and no hang", () => {
    for (const to of ["/proc/nosuch", "/proc/nosuch/deep/er"]) {
      expect(refusal(() => write(one, { to }))).toMatch(/^AN7001 \/proc\/nosuch/);
      expect(refusal(() => writeWhole(`${to}/one.npy`, ""))).toMatch(/^AN7001 \/proc\/nosuch/);
    }
  });
});

test("a lock of a process that runs is waited for, and named in the end", () => {
  write(one);
  const lock = { pid: process.ppid, host: "elsewhere", stage: "" };
  put("out/.addernet.lock", JSON.stringify(lock));
  const wait = vi.spyOn(Atomics, "wait").mockReturnValue("timed-out");
  expect(refusal(() => write(two))).toBe("AN7001 out/.addernet.lock");
  expect(wait.mock.calls.length).toBeGreaterThan(100);
  wait.mockRestore();
  expect(tree("out")).toMatchObject(one);
});

test("several processes that write one folder at a time leave the output of one of them", async () => {
  const program = `
    import { writeFolder } from ${JSON.stringify(join(import.meta.dirname, "output.ts"))};
    const me = process.argv[2];
    for (let i = 0; i < 12; i++)
      writeFolder("out", [["manifest.json", me], ["common/a", me + i % 3], [me + "/" + i % 3, me]], "build", false);`;
  put("writer.ts", program);
  const tsx = import.meta.resolve("tsx");
  const codes = await Promise.all(
    ["p", "q", "r"].map(
      (me) =>
        new Promise((done) => {
          const child = spawn(process.execPath, ["--import", tsx, "writer.ts", me], { stdio: "inherit" });
          child.on("close", done);
        }),
    ),
  );
  expect(codes).toEqual([0, 0, 0]);
  const found = tree("out");
  const me = found["manifest.json"]!;
  expect(found).toEqual({ "common/a": `${me}2`, "manifest.json": me, [`${me}/2`]: me });
  expect(fs.readdirSync(".").sort()).toEqual(["out", "writer.ts"]);
}, 60_000);
