// What commands say of how far they are: the line itself, the thread that paints it, and every command's steps.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { listedJson, printableJson } from "../diagnostics/print.ts";
import { commandNames, main } from "./cli.ts";
import { type Painter, ProgressLine, ThreadPainter } from "./progress.ts";

/** What follows a design is not run here: each way out is a message. */
const stop = vi.hoisted(() => async () => {
  const { inputError } = await import("../diagnostics/diagnostics.ts");
  throw inputError({ code: "AN8001", message: "not run" });
});
vi.mock("../device/flow/flow.ts", async (original) => ({
  ...(await original<typeof import("../device/flow/flow.ts")>()),
  synthesize: async (_files: unknown, _verilog: unknown, _top: unknown, _target: unknown, options: Ways) => {
    options.onLine?.("yosys", "1. Executing SYNTH_ICE40 pass.");
    return stop();
  },
}));
vi.mock("../device/flow/tools.ts", async (original) => ({
  ...(await original<typeof import("../device/flow/tools.ts")>()),
  needTool: () => undefined,
}));
vi.mock("../verify/verify.ts", async (original) => ({
  ...(await original<typeof import("../verify/verify.ts")>()),
  verify: async (_n: unknown, _h: unknown, _d: unknown, _i: unknown, options: { onProgress?: (n: number) => void }) => {
    options.onProgress?.(1);
    return stop();
  },
}));
vi.mock("../../testbench/lib/build/ports.ts", () => ({ designPorts: stop }));
interface Ways {
  readonly onLine?: (tool: string, line: string) => void;
}

/** A painter that keeps what it is told. */
function line() {
  const said: string[] = [];
  let now = 0;
  const painter: Painter = {
    set: (text, since) => said.push(since === undefined ? text : `${text} (since ${since})`),
    erase: () => said.push("erased"),
    drop: () => said.push("dropped"),
  };
  const progress = new ProgressLine(painter, () => now);
  const at = (ms: number, done: number, total: number, label = "images") => {
    now = ms;
    progress.show(label, done, total);
    return said.splice(0).join("; ");
  };
  return { at };
}

test("what is done, how far it is and what is left", () => {
  const { at } = line();
  expect(at(0, 0, 100)).toBe("images: 0 of 100 (since 0)");
  expect(at(2500, 10, 100)).toBe("images: 10 of 100, 23 s left");
  expect(at(2550, 11, 100)).toBe("");
  expect(at(25_000, 50, 100)).toBe("images: 50 of 100, 25 s left");
  // Nothing is known of a work that has just begun.
  expect(at(26_000, 0, 3, "layers")).toBe("layers: 0 of 3 (since 26000)");
  expect(at(626_000, 1, 3, "layers")).toBe("layers: 1 of 3, 20 min left");
  expect(at(627_000, 3, 3, "layers")).toBe("dropped");
  expect(at(628_000, 3, 3, "layers")).toBe("dropped");
});

test("a work whose pieces are not known is named, and its time told", () => {
  const { at } = line();
  expect(at(100, 0, 0, "reading")).toBe("reading (since 100)");
  expect(at(300, 1, 0, "designs")).toBe("designs: 1 (since 300)");
  expect(at(350, 2, 0, "designs")).toBe("");
  expect(at(9000, 3, 0, "designs")).toBe("designs: 3 (since 300)");
});

const script = spawnSync("script", ["--version"]).status === 0;
if (!script) console.warn("no script(1): the line on a terminal is not tried");

test.skipIf(!script)(
  "a command that computes without a pause: nothing for two seconds, then its line, gone at the end",
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "progress-"));
    const program = join(dir, "program.mjs");
    const progress = JSON.stringify(pathToFileURL(join(import.meta.dirname, "progress.ts")).href);
    const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
    writeFileSync(
      program,
      `import { writeSync } from "node:fs";
    const { register } = await import(${tsx});
    register();
    const { clock, ProgressLine, ThreadPainter } = await import(${progress});
    const line = new ProgressLine(new ThreadPainter(2), clock);
    const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    line.show("reading", 0, 0);
    sleep(500);
    writeSync(2, "|early|");
    line.show("computing", 0, 0);
    sleep(3200);
    line.erase();
    writeSync(2, "|between|");
    sleep(400);
    line.drop();
    writeSync(2, "|end|");`,
    );
    try {
      const child = spawn("script", ["-qec", `${process.execPath} ${program}`, "/dev/null"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.on("data", (d) => {
        said += d;
      });
      await new Promise((done) => child.on("close", done));
      const erase = "\r\x1b[K";
      const [quiet, , seen, again, end] = said.split(/\|(early)\||\|between\||\|end\|/).filter((p) => p !== undefined);
      expect(quiet).toBe("");
      expect(seen).toContain(`${erase}computing, 2 s`);
      expect(seen).toContain(`${erase}computing, 3 s`);
      expect(seen).not.toContain("reading");
      expect(seen!.endsWith(erase)).toBe(true);
      expect(again).toMatch(/computing, \d s/);
      expect(again!.endsWith(erase)).toBe(true);
      expect(end).toBe("");
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);

test("a list of values is one line, and the text means the same", () => {
  const value = {
    a: [1, 2, 3],
    b: [[1, "x"], []],
    c: {},
    d: [{ e: null, f: undefined }],
    g: [undefined],
    "h\u202e": "\n",
  };
  const text = listedJson(value);
  expect(JSON.parse(text)).toEqual(JSON.parse(printableJson(value)));
  expect(text).toContain('"a": [1, 2, 3]');
  expect(text).toContain('[1, "x"]');
  expect(text).not.toContain("\u202e");
  expect(listedJson({ list: Array.from({ length: 5000 }, (_, i) => i) }).split("\n")).toHaveLength(3);
});

const root = join(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "progress-commands-"));
const at = (name: string): string => join(dir, name);
const xor = join(root, "examples/xor/network.json");
const images = ["--images", join(root, "examples/xor/inputs.npy")];
const labels = ["--labels", join(root, "examples/xor/labels.npy")];
const fixture = (name: string): string => join(root, "generator/import", name);
const points = ["explore", xor, "-t", "ice40", "--points", "3"];

const integers = ["reading network.json", "calibrating #", "choosing the method #", "quantizing"];
const forTarget = [...integers, "choosing folds, designs looked at #"];
const bench = ["choosing frames of the test bench #", "making the files"];
const simulator = ["icarus: building the model", "icarus: images #"];
const simulated = [...integers, "choosing folds", "making the files", ...simulator];
const page = [
  ...[...integers, "choosing folds"],
  ...[3, 4, 5, 6, 8].flatMap((bits, i) =>
    ["calibrating #", "choosing the method #", "quantizing", "images"].map(
      (what) => `accuracy with ${bits} bits (${i + 1} of 5): ${what}`,
    ),
  ),
  ...["schedule and logic of the report", "making the files", "numbers #", "float reference #", "writing page.html"],
];
const tuned = [
  ...["reading network.json", "calibrating #", "real numbers #", "choosing the method", "error of each layer #"],
  ...["sets of bits #", "error of each layer near the set #"],
];

/** Commands that are there at once, or that tell what they do in another way. */
const QUICK: Readonly<Record<string, string>> = {
  serve: "lists the folder until it is stopped",
  status: "reads how far the jobs are",
  cancel: "writes one file",
  schema: "prints a text",
  summary: "turns texts into a text",
  "export-script": "prints a text",
  send: "prints each answer of the board as it comes; send.slow.test.ts",
};

/** Runs of all others, in their order, with the works that each tells; those that are counted have a #. */
const RUNS: readonly (readonly [command: string, argv: readonly string[], steps: readonly string[]])[] = [
  ["check", ["check", xor], ["reading network.json"]],
  ["quantize", ["quantize", xor, "-o", at("integers")], [...integers, "writing integers"]],
  ["infer", ["infer", xor, ...images], [...integers, "images #"]],
  ["build", ["build", xor, "-o", at("built")], [...integers, "choosing folds", ...bench, "writing built"]],
  ["verify", ["verify", xor, "--simulator", "icarus"], simulated],
  [
    "verify",
    ["verify", at("built"), "--simulator", "icarus"],
    ["reading built", "reading integers.json", ...simulator],
  ],
  ["verify", ["verify", xor, "--stage", "netlist", "-t", "ice40"], [...forTarget, "making the files", "yosys"]],
  ["export", ["export", xor, "--format", "npy", "-o", at("exported")], [...integers, "writing exported"]],
  [
    "weights pack",
    ["weights", "pack", xor, "--weights", "ram", "-o", at("image.bin")],
    [...integers, "choosing folds"],
  ],
  ["weights show", ["weights", "show", at("image.bin")], ["reading image.bin"]],
  ["synth", ["synth", xor, "-t", "ice40"], [...forTarget, "making the files", "yosys"]],
  ["compare", ["compare", xor, "-t", "ice40"], [...forTarget, "making the files", "yosys, design 1 of 2"]],
  ["explore", points, [...integers, "laying out the points", "points #"]],
  ["explore", [...points, "-o", at("points"), "--farm", "local", "--dry-run"], [...integers, "laying out the points"]],
  ["work", ["work", at("points/jobs"), "--index", "0"], ["jobs #"]],
  ["report", ["report", xor, ...images, ...labels, "-o", at("page.html")], page],
  ["tune", ["tune", xor, ...images, ...labels, "-o", at("tuned.json")], tuned],
  [
    "import pytorch",
    ["import", "pytorch", fixture("pytorch/fixtures/network-zip.pth"), "--list"],
    ["reading network-zip.pth"],
  ],
  [
    "import onnx",
    ["import", "onnx", fixture("onnx/fixtures/spox.onnx"), "-o", at("onnx")],
    ["reading spox.onnx", "writing onnx"],
  ],
  ["import integers", ["import", "integers", xor, "-o", at("imported")], ["reading network.json"]],
  ["new-bench", ["new-bench", join(root, "templates/axis_fifo.v"), "-o", at("x.test.ts")], ["ports of axis_fifo"]],
  ["doctor", ["doctor"], ["tools #"]],
];

afterAll(() => rmSync(dir, { recursive: true }));

/** The works that a command tells of, each once, and what it prints with --json. */
async function worksOf(argv: readonly string[]): Promise<{ told: string[]; printed: string }> {
  const told: string[] = [];
  let printed = "";
  const { isTTY } = process.stderr;
  const spies = [
    vi.spyOn(ThreadPainter.prototype, "set").mockImplementation(() => {}),
    vi.spyOn(ProgressLine.prototype, "show").mockImplementation((label, done, total) => {
      const work = `${label.replace(/\/\S*\//, "")}${done + total > 0 ? " #" : ""}`;
      if (!told.includes(work)) told.push(work);
    }),
    vi.spyOn(process.stderr, "write").mockImplementation(() => true),
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += text;
      return true;
    }),
  ];
  process.stderr.isTTY = true;
  try {
    await main([...argv, "--json"]);
  } finally {
    process.stderr.isTTY = isTTY;
    for (const s of spies) s.mockRestore();
  }
  return { told, printed };
}

test("every command tells what it does, or is known to be quick", () => {
  expect([...new Set([...RUNS.map(([c]) => c), ...Object.keys(QUICK)])].sort()).toEqual(commandNames().sort());
});

for (const [command, argv, steps] of RUNS)
  test(`${command}: ${argv
    .slice(command.split(" ").length)
    .map((a) => a.replace(/\/\S*\//, ""))
    .join(" ")}`, async () => {
    const { told, printed } = await worksOf(argv);
    expect(told).toEqual(steps);
    // A list of values is one line, however long: no value has a line of its own but behind its key.
    expect(JSON.parse(printed)).toHaveProperty("command");
    expect(printed.split("\n").filter((l) => /^\s*(-?\d[\d.e+-]*|"(?:[^"\\]|\\.)*"),?$/.test(l))).toEqual([]);
  });
