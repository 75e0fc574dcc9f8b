import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Design, run, type SimulatorName, simulators, type Tb } from "./index.ts";

const slice: Design = { top: "faulty_slice", sources: [join(import.meta.dirname, "fixtures/faulty_slice.v")] };
const bench = async (tb: Tb): Promise<void> => {
  const source = tb.axisSource("s_axis", { pause: 0.3 });
  const drain = tb.axisSink("m_axis", { pause: 0.3 });
  await tb.reset(tb.dut.rst!);
  for (let k = 0; k < 20; k++) {
    source.sendNowait([1, 2, 3, 4]);
    await drain.recv();
  }
};

const resident = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024;
const children = (): string[] =>
  readdirSync(`/proc/${process.pid}/task`).flatMap((t) => {
    try {
      return readFileSync(`/proc/${process.pid}/task/${t}/children`, "utf8").trim().split(/\s+/).filter(Boolean);
    } catch {
      return [];
    }
  });

test("200 runs on Verilator and 40 on Icarus in one process do not grow it", async () => {
  const initSeeds = { reason: "each run is counted" };
  const some = async (sim: SimulatorName, n: number): Promise<void> => {
    for (let k = 0; k < n; k++) await run(slice, { sim, waves: "off", seed: k, initSeeds }, bench);
  };
  await some("verilator", 50);
  await some("icarus", 10);
  const open = readdirSync("/proc/self/fd").length;
  const before = resident();
  await some("verilator", 200);
  await some("icarus", 40);
  expect(resident() - before).toBeLessThan(60);
  expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(open + 1);
  const simulators = children().filter(
    (pid) => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("vvp"),
  );
  expect(simulators).toEqual([]);
});

test("killing the bench leaves no simulator and no shared memory", async () => {
  const shared = new Set(readdirSync("/dev/shm"));
  const file = join(mkdtempSync(join(tmpdir(), "tb-kill-")), "bench.mts");
  writeFileSync(
    file,
    `import { run } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
     void run(${JSON.stringify(slice)}, { sim: "icarus", maxCycles: 4e9, waves: "off" }, async (tb) => {
       await tb.cycles(10);
       console.log("running");
       for (;;) await tb.rising();
     });`,
  );
  const loader = join(import.meta.dirname, "../../node_modules/tsx/dist/esm/index.mjs");
  const child = spawn(process.execPath, ["--import", loader, file], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the bench ended with status ${code}`)));
  });
  const vvp = (): string[] =>
    readdirSync("/proc").filter((p) => {
      try {
        return /^\d+$/.test(p) && readFileSync(`/proc/${p}/environ`, "utf8").includes(`TB_PARENT=${child.pid}\0`);
      } catch {
        return false;
      }
    });
  expect(vvp()).toHaveLength(1);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  for (let k = 0; k < 50 && vvp().length; k++) await sleep(20);
  expect(vvp()).toEqual([]);
  expect(readdirSync("/dev/shm").filter((f) => !shared.has(f))).toEqual([]);
});

test("a simulator that dies under the bench is an error that says so", async () => {
  await expect(
    run(slice, { sim: "icarus", waves: "off" }, async (tb) => {
      await tb.cycles(5);
      const pid = children().find((p) => readFileSync(`/proc/${p}/comm`, "utf8").startsWith("vvp"))!;
      process.kill(Number(pid), "SIGKILL");
      await tb.cycles(5);
    }),
  ).rejects.toThrow(/^vvp ended/);
});

test("what a tool says about a broken design comes with the error", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "tb-broken-")), "broken.v");
  writeFileSync(file, "module broken(input wire clk);\n  assign nothing = ;\nendmodule\n");
  for (const sim of simulators)
    await expect(run({ top: "broken", sources: [file] }, { sim }, async () => undefined)).rejects.toThrow(
      /(verilator|iverilog) failed[\s\S]*broken\.v:2/,
    );
});
