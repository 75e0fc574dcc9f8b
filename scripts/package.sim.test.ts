// The package as its users get it: packed, installed in an empty folder on a clean home, without the clone.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../testbench/nets/build.ts";
import { cases } from "../testbench/nightly.ts";

const base = mkdtempSync(join(tmpdir(), "addernet-package-"));
// Names that careless code takes apart.
const project = join(base, "my project");
const home = join(base, "home");
/** The system's, which scripts/setup --torch gives PyTorch. */
const python = "/usr/bin/python3";
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the project's folder, with nothing of the clone in the environment. */
function call(
  program: string,
  args: readonly string[],
  cwd = project,
  more: Record<string, string> = {},
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<Ran> {
  const { PATH } = process.env;
  const env = {
    PATH: PATH!
      .split(":")
      .filter((p) => !p.includes("node_modules"))
      .join(":"),
    HOME: home,
    ...more,
  };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 1 << 26, ...user }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 128) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

let npmCache = "";
const npm = (args: readonly string[], cwd = project) =>
  call("npm", ["--no-audit", "--no-fund", "--loglevel=error", ...args], cwd, { npm_config_cache: npmCache });

const require = createRequire(import.meta.url);
/** Reads YAML; undefined, and said, in a clone whose packages are older than this test. */
const parse: ((text: string) => unknown) | undefined = (() => {
  try {
    return (require("yaml") as { parse: (text: string) => unknown }).parse;
  } catch {
    console.warn("the npm package yaml is not there (npm ci): the Action is not tried");
    return undefined;
  }
})();

let tarball: string;
let online = true;
beforeAll(async () => {
  mkdirSync(project);
  mkdirSync(home);
  npmCache = (await call("npm", ["config", "get", "cache"], root, { HOME: process.env.HOME ?? "" })).stdout.trim();
  const packed = await npm(["pack", "--json", "--pack-destination", base], root);
  expect(packed.stderr + packed.stdout.slice(0, 200)).not.toContain("error TS");
  expect(packed.code).toBe(0);
  tarball = join(base, readdirSync(base).find((f) => f.endsWith(".tgz"))!);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "mine", version: "1.0.0", type: "module" }));
  const modules = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies as Record<
    string,
    string
  >;
  const own = ["vitest", "typescript", "@types/node"].map((m) => `${m}@${modules[m]}`);
  const installed = await npm(["install", "--prefer-offline", tarball, ...own]);
  online = installed.code === 0;
  if (!online) console.warn(`npm cannot install here: the package is not tried\n${installed.stderr}`);
}, 600_000);

const at = (...path: string[]) => join(project, ...path);
const installed = (...path: string[]) => at("node_modules/addernet-rtl", ...path);
const addernet = (...args: string[]) => call(at("node_modules/.bin/addernet"), args);

test("what is packed: no TypeScript at run time, no tests, the license", () => {
  if (!online) return;
  const files = readdirSync(installed(), { recursive: true, encoding: "utf8" });
  expect(files.filter((f) => f.endsWith(".ts") && !f.endsWith(".d.ts"))).toEqual([]);
  expect(files.filter((f) => /\.test\./.test(f))).toEqual([]);
  // Nothing that runs asks for a file of the source.
  for (const f of files.filter((f) => /^dist\/.*\.[cm]?js$/.test(f)))
    for (const [, name] of readFileSync(installed(f), "utf8").matchAll(/["'`]([\w./-]+)\.ts["'`]/g))
      expect(["", "../generator/cli/cli"], f).toContain(name);
  for (const f of [
    "LICENSE",
    "NOTICE",
    "CITATION.cff",
    "dist/templates/axis_sad.v",
    "dist/web/index.html",
    "examples/xor/network.json",
  ])
    expect(files).toContain(f);
  for (const tool of ["tsx", "esbuild", "assemblyscript"])
    expect(existsSync(at("node_modules", tool)) && tool).not.toBe("tsx");
  const { dependencies } = JSON.parse(readFileSync(installed("package.json"), "utf8"));
  expect(Object.keys(dependencies)).not.toContain("tsx");
});

describe("the command line", () => {
  test("check, quantize, infer, build, verify", async () => {
    if (!online) return;
    cpSync(installed("examples/xor"), at("net"), { recursive: true });
    const images = ["--images", "net/inputs.npy"];
    for (const args of [
      ["check", "net/network.json"],
      ["quantize", "net/network.json", "-o", "ints"],
      ["infer", "ints/integers.json", ...images],
      ["build", "ints/integers.json", ...images, "-o", "the core"],
      ["verify", "ints/integers.json", ...images, "--count", "4", "--simulator", "all"],
    ]) {
      const { code, stderr, stdout } = await addernet(...args);
      expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
      if (args[0] === "verify") expect(stdout.match(/4 images equal/g)).toHaveLength(2);
    }
    expect((await call("make", ["-s", "sim-icarus"], at("the core"))).stdout).toContain("PASS 2 frames");
    // What it compiled lies with the user's caches, not in the package.
    expect(existsSync(join(home, ".cache/addernet-rtl/tb"))).toBe(true);
    expect(existsSync(installed(".cache"))).toBe(false);
  });

  test("npm ci replaces the package, and its models stay", async () => {
    if (!online) return;
    const cache = join(home, ".cache/addernet-rtl/tb");
    const kept = () =>
      readdirSync(cache)
        .filter((f) => !f.startsWith("."))
        .map((f) => [f, statSync(join(cache, f)).ino]);
    const [before, old] = [kept(), statSync(installed("package.json")).ino];
    expect(before.filter(([f]) => String(f).startsWith("model-")).length).toBeGreaterThan(0);
    expect(await npm(["ci", "--prefer-offline"])).toMatchObject({ code: 0 });
    expect(statSync(installed("package.json")).ino).not.toBe(old);
    const { stdout } = await addernet("verify", "ints/integers.json", "--images", "net/inputs.npy", "--count", "4");
    expect(stdout).toContain("4 images equal");
    expect(kept()).toEqual(before);
  });

  test("export-script is one file of Python", async () => {
    if (!online) return;
    const { code, stdout } = await addernet("export-script");
    expect(code).toBe(0);
    writeFileSync(at("export_addernet.py"), stdout);
    expect(await call(python, ["-m", "py_compile", "export_addernet.py"])).toMatchObject({ code: 0, stderr: "" });
    if ((await call(python, ["-c", "import torch"])).code !== 0) {
      console.warn(`${python} has no torch: the exporter is compiled and not run`);
      return;
    }
    writeFileSync(
      at("net.py"),
      "import torch\nmodel = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))\n",
    );
    const ran = await call(python, ["export_addernet.py", "net.py:model", "--shape", "2,2,1", "-o", "exported"]);
    expect(ran.stderr).toBe("");
    expect((await addernet("check", "exported/network.json")).code).toBe(0);
  });

  test("serve gives the compiler's page and the tools beside it", async () => {
    if (!online) return;
    const child = spawn(at("node_modules/.bin/addernet"), ["serve", ".", "--port", "0"], { cwd: project });
    try {
      const url = await new Promise<string>((done, fail) => {
        let said = "";
        child.stdout.on("data", (b) => {
          said += b;
          const found = /http:\S+/.exec(said);
          if (found) done(found[0]);
        });
        child.on("close", () => fail(new Error(`ended: ${said}`)));
      });
      expect(await (await fetch(url)).text()).toContain('href="/compiler"');
      expect(await (await fetch(`${url}compiler`)).text()).toContain("<title>addernet in a browser</title>");
      const wasm = await fetch(`${url}tools/yosys/yosys.core.wasm`, { method: "HEAD" });
      expect([wasm.status, wasm.headers.get("content-type")]).toEqual([200, "application/wasm"]);
    } finally {
      child.kill();
    }
  });

  test("an unknown command is usage, a missing file has a code", async () => {
    if (!online) return;
    expect((await addernet("nosuch")).code).toBe(2);
    expect((await addernet("check", "nosuch.json")).stderr).toMatch(/AN1006/);
  });
});

describe("the library", () => {
  const program = `
import { load, toHardware, toIntegers, type Build, type Result } from "addernet-rtl";
import { runInteger } from "addernet-rtl/golden";
import { run, type Design, type Tb } from "addernet-rtl/testbench";
import Reporter from "addernet-rtl/reporter";

export const design: Design = { top: "counter", sources: ["counter.v"] };
export const reporter = new Reporter({ summary: "summary.md" });
export const use = (built: Result<Build>): number => (built.ok ? built.value.files.size : 0);
export const steps = [load, toIntegers, toHardware, runInteger, run] as const;
export const bench = async (tb: Tb): Promise<void> => {
  await tb.cycles(2);
};
// @ts-expect-error a design needs a top
export const wrong: Design = { sources: [] };
`;

  test.each(
    cases(
      [["nodenext", { module: "nodenext", moduleResolution: "nodenext" }]],
      [["bundler", { module: "esnext", moduleResolution: "bundler" }]],
    ),
  )("a strict TypeScript program against the types, %s", async (name, options) => {
    if (!online) return;
    writeFileSync(at("program.ts"), program);
    const config = {
      strict: true,
      noEmit: true,
      target: "es2023",
      exactOptionalPropertyTypes: true,
      types: ["node"],
      ...options,
    };
    writeFileSync(at(`tsconfig.${name}.json`), JSON.stringify({ compilerOptions: config, files: ["program.ts"] }));
    expect(await call(at("node_modules/.bin/tsc"), ["-p", `tsconfig.${name}.json`])).toMatchObject({
      stdout: "",
      code: 0,
    });
  });

  test("a user's own bench with the user's own Vitest, and the reporter", async () => {
    if (!online) return;
    writeFileSync(at("counter.v"), COUNTER);
    writeFileSync(at("counter.test.ts"), BENCH);
    const args = ["run", "--reporter=default", "--reporter=addernet-rtl/reporter", "--testTimeout=200000"];
    const { code, stdout, stderr } = await call(at("node_modules/.bin/vitest"), args, project, {
      GITHUB_STEP_SUMMARY: at("summary.md"),
    });
    expect(stdout + stderr).toContain("2 passed");
    expect(code).toBe(0);
    expect(readFileSync(at("summary.md"), "utf8")).toContain("| passed | counter.test.ts | counts in verilator |");
  });
});

const COUNTER = `module counter (input wire clk, input wire rst, output reg [7:0] count);
    always @(posedge clk) count <= rst ? 8'd0 : count + 8'd1;
endmodule
`;
const BENCH = `import { run, simulators } from "addernet-rtl/testbench";
import { join } from "node:path";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "counter.v");
test.each(simulators)("counts in %s", async (sim) => {
  await run({ top: "counter", sources: [source], clocks: [{ name: "clk" }] }, { sim }, async (tb) => {
    await tb.reset(tb.signal("rst"));
    // A signal reads as it was before the edge: the first count follows the first edge without reset.
    await tb.cycles(2);
    const from = tb.signal("count").value;
    await tb.cycles(5);
    expect(tb.signal("count").value).toBe(from + 5);
  });
});
`;

describe("without permission", () => {
  /** Another user, where root runs the tests: root may write anywhere. */
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const theirs = join(base, "their home");
  const closed = join(base, "closed");
  const secret = join(base, "secret.json");
  const as = (args: readonly string[], more: Record<string, string> = {}) =>
    call(at("node_modules/.bin/addernet"), args, theirs, { HOME: theirs, ...more }, other);
  let refused = true;

  /** Whether the other user cannot write into a folder. */
  async function cannotWrite(folder: string): Promise<boolean> {
    const text = `require("fs").writeFileSync(${JSON.stringify(join(folder, "x"))}, "")`;
    return (await call(process.execPath, ["-e", text], theirs, {}, other)).code !== 0;
  }

  beforeAll(async () => {
    if (!online) return;
    mkdirSync(theirs);
    cpSync(installed("examples/xor"), theirs, { recursive: true });
    mkdirSync(join(theirs, "shut/rtl"), { recursive: true });
    mkdirSync(closed);
    writeFileSync(secret, readFileSync(installed("examples/xor/network.json")));
    chmodSync(base, 0o755);
    if (other.uid !== undefined) for (const f of [theirs, join(theirs, "shut")]) chownSync(f, other.uid, other.gid);
    chmodSync(installed(), 0o555);
    chmodSync(closed, 0o555);
    chmodSync(secret, 0o200);
    chmodSync(join(theirs, "shut"), 0o000);
    refused = (await cannotWrite(installed())) && (await cannotWrite(closed));
    if (!refused) console.warn("folders without write permission are written here all the same: not tried");
  });
  afterAll(() => {
    if (!online) return;
    for (const f of [installed(), closed, join(theirs, "shut")]) chmodSync(f, 0o755);
  });

  test("a package that cannot be written keeps its models in the user's folder of caches", async () => {
    if (!online || !refused) return;
    const before = readdirSync(installed());
    const ran = await as(["verify", "network.json", "--images", "inputs.npy", "--simulator", "icarus"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("2 images equal");
    expect(readdirSync(join(theirs, ".cache/addernet-rtl/tb")).some((f) => f.startsWith("icarus-"))).toBe(true);
    expect(readdirSync(installed())).toEqual(before);
  });

  const verify = ["verify", "network.json", "--images", "inputs.npy", "--simulator", "icarus"];
  const cases: [string, string[], Record<string, string>, RegExp][] = [
    ["a network", ["check", secret], {}, /^error AN1006: .*secret\.json cannot be read: permission denied/],
    ["images", ["infer", "network.json", "--images", secret], {}, /^error AN6001: .*: permission denied/],
    [
      "an output folder",
      ["build", "network.json", "-o", join(closed, "a")],
      {},
      /^error AN7001: .*: permission denied/,
    ],
    ["a page", ["report", "network.json", "-o", join(closed, "r.html")], {}, /^error AN7001: .*: permission denied/],
    ["JUnit", [...verify, "--junit", join(closed, "j.xml")], {}, /^error AN7001: .*: permission denied/],
    ["jobs", [...verify, "--farm", "processes", "-o", join(closed, "f")], {}, /^error AN7001: .*: permission denied/],
    ["a built folder", ["verify", "shut"], {}, /^error AN8007: shut\/manifest\.json cannot be read: permission denied/],
    ["results to sum up", ["summary", "shut"], {}, /^error AN7001: .*: permission denied/],
    ["a folder to serve", ["serve", "shut", "--port", "0"], {}, /^error AN1006: .*: permission denied/],
    ["the home", verify, { HOME: closed }, /^error AN7001: .*: permission denied\n {2}hint {6}ADDERNET_CACHE names/],
    [
      "a home that is a file",
      verify,
      { HOME: "/dev/null" },
      /^error AN7001: .*: a part of its path is a file\n {2}hint/,
    ],
    ["the cache", verify, { ADDERNET_CACHE: join(closed, "c") }, /^error AN7001: .*: permission denied\n {2}hint/],
    ["temporary files", verify, { TMPDIR: closed }, /^error AN7001: .*: permission denied/],
  ];
  test.each(cases)("%s: a message, and no fault of the compiler's", async (_, args, env, message) => {
    if (!online || !refused) return;
    const { code, stderr } = await as(args, env);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/fault of addernet|^ +at /m);
    expect(code).toBe(1);
  });
});

describe.skipIf(!parse)("the GitHub Action", () => {
  interface Step {
    readonly name: string;
    readonly run?: string;
    readonly uses?: string;
    readonly if?: string;
    readonly with?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
  }
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
    readonly runs: { readonly steps: readonly Step[] };
  }

  const runnerHome = join(base, "runner home");
  const caches = join(base, "caches");
  /** Folders of compiled models in a cache that an action keeps. */
  const modelsIn = (cache: string) =>
    readdirSync(join(cache, "tb"))
      .filter((f) => /^(model|runtime|header)-/.test(f))
      .map((f) => join(cache, "tb", f));
  const keysOf = () => (existsSync(caches) ? readdirSync(caches) : []);

  /** What actions/cache does, with folders beside each other for its storage: gives what saves at the job's end. */
  function cacheStep(inputs: Readonly<Record<string, string>>): () => void {
    const path = inputs.path!.replace("~", runnerHome);
    const key = inputs.key!;
    const near = inputs["restore-keys"]!.split("\n").flatMap((k) => keysOf().filter((f) => k && f.startsWith(k)));
    const found = keysOf().includes(key) ? key : near[0];
    if (found !== undefined) cpSync(join(caches, found), path, { recursive: true, preserveTimestamps: true });
    return () => {
      if (found !== key) cpSync(path, join(caches, key), { recursive: true, preserveTimestamps: true });
    };
  }

  /**
   * Runs the action's own steps, as a runner would, in a clean folder on a clean home. Other people's actions have
   * stand-ins: a cache and artefacts that are folders.
   */
  async function act(inputs: Readonly<Record<string, string>>, files: (dir: string) => void) {
    const action = parse!(readFileSync(join(root, "action.yml"), "utf8")) as Action;
    const dir = mkdtempSync(join(base, "job "));
    const temp = mkdtempSync(join(base, "runner-"));
    rmSync(runnerHome, { recursive: true, force: true });
    mkdirSync(runnerHome);
    files(dir);
    const known: Record<string, string> = { "runner.temp": temp, "runner.os": "Linux" };
    for (const [name, input] of Object.entries(action.inputs)) known[`inputs.${name}`] = input.default ?? "";
    for (const [name, value] of Object.entries(inputs)) known[`inputs.${name}`] = value;
    const hashed = createHash("sha256");
    for (const f of inputs.network!.split("\n").filter(Boolean)) hashed.update(readFileSync(join(dir, f)));
    known["hashFiles(inputs.network)"] = hashed.digest("hex");
    const filled = (text: string) =>
      text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
        expect(Object.keys(known)).toContain(name);
        return known[name]!;
      });
    const all = (o: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(Object.entries(o).map(([k, v]) => [k, filled(v)]));
    const prefix = join(temp, "npm");
    const summary = join(temp, "summary.md");
    const artifacts = join(temp, "artifacts");
    writeFileSync(summary, "");
    let log = "";
    let code = 0;
    const atEnd: (() => void)[] = [];
    for (const step of action.runs.steps) {
      expect([undefined, "always()"]).toContain(step.if);
      if (code !== 0 && step.if === undefined) continue;
      const other = step.uses?.replace(/@v\d+$/, "");
      if (other === "actions/cache") atEnd.push(cacheStep(all(step.with)));
      else if (other === "actions/upload-artifact") {
        const { name, path } = all(step.with);
        cpSync(path!, join(artifacts, name!), { recursive: true });
      } else {
        expect(step.uses).toBeUndefined();
        const ran = await call("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run!], dir, {
          ...all(step.env),
          HOME: runnerHome,
          npm_config_prefix: prefix,
          npm_config_cache: npmCache,
          npm_config_prefer_offline: "true",
          GITHUB_STEP_SUMMARY: summary,
          GITHUB_OUTPUT: join(temp, "output"),
          PATH: `${join(prefix, "bin")}:${process.env.PATH}`,
        });
        log += ran.stdout + ran.stderr;
        code ||= ran.code;
      }
    }
    if (code === 0) for (const save of atEnd) save();
    return { code, log, summary: readFileSync(summary, "utf8"), results: join(artifacts, "addernet") };
  }

  test("a right network: summary, JUnit, the build", async () => {
    if (!online) return;
    const { code, log, summary, results } = await act(
      { network: "network.json", images: "inputs.npy", args: "--count 4 --stall 0.2", package: tarball },
      (dir) => cpSync(join(root, "examples/xor"), dir, { recursive: true }),
    );
    expect(log).not.toContain("::error");
    expect(code).toBe(0);
    expect(summary).toMatch(/\| passed \| verify.* \| verilator: 4 images equal at \d+ streams \|/);
    expect(readFileSync(join(results, "junit.xml"), "utf8")).toContain(
      'classname="addernet.verify" name="verilator, stalls 0.2"',
    );
    expect(existsSync(join(results, "build/rtl/xor_mlp.v"))).toBe(true);
    expect(readFileSync(join(results, "report.html"), "utf8")).toContain('<span class="good">equal</span>');
    // What it compiled is kept under the network's key.
    expect(keysOf()).toEqual([expect.stringMatching(/^addernet-Linux-[0-9a-f]{64}$/)]);
    for (const model of modelsIn(join(caches, keysOf()[0]!))) writeFileSync(join(model, "of-the-first-run"), "");
  });

  // The first job installs what is packed; the others link what has been installed here, which takes no time.
  const linked = installed();

  test("another run takes the models of the first one, and compiles none", async () => {
    if (!online) return;
    // The job of a network that was edited: another key, the same design.
    const { code } = await act({ network: "network.json", images: "inputs.npy", package: linked }, (dir) => {
      cpSync(join(root, "examples/xor"), dir, { recursive: true });
      writeFileSync(join(dir, "network.json"), `${readFileSync(join(dir, "network.json"), "utf8")}\n`);
    });
    expect(code).toBe(0);
    expect(keysOf()).toHaveLength(2);
    const models = modelsIn(join(runnerHome, ".cache/addernet-rtl"));
    expect(models.length).toBeGreaterThan(1);
    expect(models.filter((m) => !existsSync(join(m, "of-the-first-run")))).toEqual([]);
  });

  test("two networks in one run, one of them wrong; options of the design are those of build and verification", async () => {
    if (!online) return;
    const inputs = { network: "a b.json\nwrong.json\n", images: "inputs.npy", design: "--bits 3", package: linked };
    const { code, summary, results } = await act({ ...inputs, args: "--simulator icarus" }, (dir) => {
      cpSync(join(root, "examples/xor"), dir, { recursive: true });
      const text = readFileSync(join(dir, "network.json"), "utf8");
      writeFileSync(join(dir, "a b.json"), text);
      writeFileSync(join(dir, "wrong.json"), text.replace('"units"', '"unitz"'));
    });
    expect(code).toBe(1);
    expect(summary).toMatch(/\| passed \| verify a b\.json \| icarus: 2 images equal/);
    expect(summary).toMatch(/\| \*\*failed\*\* \| verify wrong\.json \| AN1002/);
    expect(readFileSync(join(results, "junit.xml"), "utf8")).toContain('<testsuites tests="2" failures="1">');
    expect(readFileSync(join(results, "build-1/rtl/xor_mlp_hidden.v"), "utf8")).toContain(".W_BITS(3)");
    expect(readFileSync(join(results, "report-1.html"), "utf8")).toContain("xor_mlp");
  });

  test("a wrong one: the job fails, with an annotation at the line", async () => {
    if (!online) return;
    const { code, log, summary, results } = await act({ network: "net.json", package: linked }, (dir) => {
      const text = readFileSync(join(root, "examples/xor/network.json"), "utf8");
      writeFileSync(join(dir, "net.json"), text.replace('"units"', '"unitz"'));
    });
    expect(code).toBe(1);
    expect(log).toMatch(
      /^::error file=net\.json,line=8,col=\d+,title=addernet AN1002::unknown key "unitz"%0Ahint: did you mean "units"\?$/m,
    );
    expect(summary).toContain("| **failed** | check |");
    // The artefact of a job that failed says why.
    expect(readFileSync(join(results, "junit.xml"), "utf8")).toContain("AN1002");
  });
});

describe("other ways to it", () => {
  // The Action installs it globally for every change.
  test.each(cases([], ["addernet"]))("a global installation, %s", async (name) => {
    if (!online) return;
    const prefix = join(base, "global");
    expect((await npm(["install", "-g", "--offline", "--prefix", prefix, tarball])).code).toBe(0);
    const { stdout } = await call(join(prefix, "bin", name), ["--help"]);
    expect(stdout).toContain("addernet <command>");
  });

  test("npx of the tarball", async () => {
    if (!online) return;
    const npx = await npm(["exec", "--offline", "--yes", `--package=${tarball}`, "--", "addernet", "schema"]);
    expect(JSON.parse(npx.stdout).$schema).toContain("json-schema.org");
  });

  test("Node 22", async () => {
    if (!online) return;
    const there = join(base, "node22");
    mkdirSync(there);
    writeFileSync(join(there, "package.json"), "{}");
    // Its files come by an install script, which npm leaves out; the package that the script takes them from will do.
    const platform = `node-${process.platform === "darwin" ? "darwin" : process.platform}-${process.arch}`;
    const got = await npm(["install", "--prefer-offline", `${platform}@22`], there);
    if (got.code !== 0) return console.warn(`npm has no ${platform}@22 here: Node 22 is not tried`);
    const node = join(there, "node_modules", platform, "bin/node");
    expect((await call(node, ["--version"])).stdout).toMatch(/^v22\./);
    const program = installed("scripts/addernet.mjs");
    for (const [args, says] of [
      [["check", "net/network.json"], "xor_mlp: 4 layers"],
      [["quantize", "net/network.json", "-o", "ints 22"], "wrote"],
      [["build", "ints 22/integers.json", "-o", "core 22"], "wrote"],
      [["verify", "ints 22/integers.json", "--images", "net/inputs.npy", "--simulator", "all"], "2 images equal"],
    ] as const) {
      const { code, stdout, stderr } = await call(node, [program, ...args]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(says);
    }
    const vitest = at("node_modules/vitest/vitest.mjs");
    expect((await call(node, [vitest, "run", "--testTimeout=200000"])).stdout).toContain("2 passed");
  });

  test("npm publish --dry-run has nothing to say", async () => {
    const { code, stdout, stderr } = await npm(["publish", "--dry-run", "--ignore-scripts"], root);
    expect(`${stdout}${stderr}`).not.toMatch(/warn|auto-correct/i);
    expect(code).toBe(0);
  });
});
