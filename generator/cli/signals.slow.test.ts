// A command that ends, however it ends, leaves no program and no temporary folder behind.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeNpy } from "../files/index.ts";

const program = join(import.meta.dirname, "../../scripts/addernet.mjs");
let dir: string;
let command: ChildProcess | undefined;
let started: number[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "signals-"));
  for (const f of ["bin", "tmp", "cache"]) mkdirSync(join(dir, f));
  // What tsx has compiled so far; otherwise each command compiles all of it.
  const compiled = `tsx-${process.geteuid?.()}`;
  if (existsSync(join(tmpdir(), compiled))) symlinkSync(join(tmpdir(), compiled), join(dir, "tmp", compiled));
  const layers = [{ name: "conv", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[1]]]] }];
  const network = { format: "addernet-rtl/1", name: "n", input: { shape: [2, 2, 1] }, layers };
  writeFileSync(join(dir, "n.json"), JSON.stringify(network));
  writeFileSync(join(dir, "x.npy"), writeNpy({ dtype: "uint8", shape: [1, 2, 2], data: Uint8Array.of(1, 2, 3, 4) }));
});
afterEach(() => {
  command?.kill("SIGKILL");
  for (const pid of started.filter(runs)) process.kill(pid, "SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

/** A tool that starts a program of its own, as g++ does, tells both ids and never ends. */
function tool(name: string, before = "") {
  const text = `#!/bin/sh\n${before}\nsleep 600 &\necho $$ $! > ${join(dir, "pids.new")}\nmv ${join(dir, "pids.new")} ${join(dir, "pids")}\nwait\n`;
  writeFileSync(join(dir, "bin", name), text);
  chmodSync(join(dir, "bin", name), 0o755);
}

/** Starts the command and waits until the tool runs; gives the ids of the tool's processes. */
async function start(...args: string[]): Promise<number[]> {
  command = spawn(process.execPath, [program, ...args], {
    cwd: dir,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      PATH: `${join(dir, "bin")}:${process.env.PATH}`,
      TMPDIR: join(dir, "tmp"),
      ADDERNET_CACHE: join(dir, "cache"),
      ADDERNET_VERILATOR: join(dir, "bin/verilator"),
    },
  });
  let said = "";
  command.stderr!.on("data", (b) => {
    said += b;
  });
  const pids = join(dir, "pids");
  for (let k = 0; k < 3000 && !existsSync(pids); k++) {
    if (command.exitCode !== null) throw new Error(`the command ended with ${command.exitCode}: ${said}`);
    await sleep(10);
  }
  started = readFileSync(pids, "utf8").trim().split(" ").map(Number);
  return started;
}

/** Folders that were not removed; tsx keeps what it compiled on purpose. */
const folders = (): string[] => [
  ...readdirSync(join(dir, "tmp")).filter((f) => !f.startsWith("tsx-")),
  ...readdirSync(join(dir, "cache")).filter((f) => f.startsWith("tmp.")),
];

const runs = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

async function end(signal: NodeJS.Signals): Promise<number | string> {
  const ended = new Promise<number | string>((resolve) =>
    command!.once("exit", (code, by) => resolve(code ?? String(by))),
  );
  command!.kill(signal);
  return ended;
}

const cases: [what: string, args: string[]][] = [
  ["synth", ["synth", "n.json", "--calibration", "x.npy", "-t", "ice40", "--native"]],
  ["verify", ["verify", "n.json", "--calibration", "x.npy"]],
];

describe.skipIf(!existsSync("/proc/self/status")).each(cases)("%s (skipped without /proc)", (what, args) => {
  const signals = ["SIGTERM", what === "synth" ? "SIGINT" : "SIGHUP", "SIGKILL"] as const;
  test.each(signals)("%s", async (signal) => {
    tool(
      what === "synth" ? "yosys" : "verilator",
      'case $1 in --version) echo "Verilator 5.006"; exit;; --getenv) echo /; exit;; esac',
    );
    const pids = await start(...args);
    expect(pids.filter(runs)).toEqual(pids);
    expect(folders()).not.toEqual([]);
    const code = await end(signal);
    if (signal === "SIGKILL") expect(code).toBe("SIGKILL");
    // Between two tools the command ends by the signal itself.
    else expect([128 + constants.signals[signal], signal]).toContain(code);
    // What was killed is gone a moment later; for a command that was killed itself another clears up.
    for (let k = 0; k < 1500 && (pids.some(runs) || folders().length > 0); k++) await sleep(20);
    expect(pids.filter(runs)).toEqual([]);
    expect(folders()).toEqual([]);
  });
});

test.skipIf(!existsSync("/proc/self/status")).each(["TERM", "KILL"])("SIG%s while the tool starts", async (signal) => {
  const yosys = join(dir, "bin", "yosys");
  writeFileSync(yosys, `#!/bin/sh\necho $$ > ${join(dir, "pids")}\nkill -s ${signal} $PPID\nexec sleep 600\n`);
  chmodSync(yosys, 0o755);
  // The command may have ended before it is looked at.
  await start("synth", "n.json", "--calibration", "x.npy", "-t", "ice40", "--native").catch(() => undefined);
  started = readFileSync(join(dir, "pids"), "utf8").trim().split(" ").map(Number);
  for (let k = 0; k < 500 && (started.some(runs) || folders().length > 0); k++) await sleep(20);
  expect(started.filter(runs)).toEqual([]);
  expect(folders()).toEqual([]);
});

test.skipIf(!existsSync("/proc/self/status"))("explore: points in processes of their own end as well", async () => {
  tool("yosys", "case $1 in -V) echo Yosys 0.1; exit;; esac");
  const pids = await start(
    "explore",
    "n.json",
    "--calibration",
    "x.npy",
    "-t",
    "ice40",
    "--synth",
    "--native",
    "-o",
    "p",
    "--jobs",
    "2",
    "--points",
    "3",
  );
  expect(await end("SIGTERM")).toBe(143);
  for (let k = 0; k < 1500 && (pids.some(runs) || folders().length > 0); k++) await sleep(20);
  expect(pids.filter(runs)).toEqual([]);
  expect(folders()).toEqual([]);
});
