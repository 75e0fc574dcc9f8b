// Whole commands over a real Slurm of two nodes and over this machine's cores: the same files, the same results.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../testbench/nets/build.ts";
import { readNpy, type Tensor, writeNpy } from "../files/index.ts";

process.env.PATH += `${delimiter}/usr/sbin`;
const has = (program: string) => process.env.PATH!.split(delimiter).some((d) => existsSync(join(d, program)));
const missing = ["slurmctld", "slurmd", "munged", "sbatch"].filter((p) => !has(p));
const script = join(root, "scripts/slurm-local");
const addernet = (...args: string[]) =>
  execFileSync(process.execPath, [join(root, "scripts/addernet.mjs"), ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });

describe.skipIf(missing.length > 0)(`slurm${missing.length > 0 ? ` (missing: ${missing.join(", ")})` : ""}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "addernet-nightly-"));
  const slurm = join(dir, "slurm");
  beforeAll(() => {
    mkdirSync(slurm);
    process.env.SLURM_CONF = execFileSync(script, ["up", slurm, "1"], { encoding: "utf8" }).trim();
  }, 60_000);
  afterAll(() => {
    execFileSync(script, ["down", slurm]);
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);
  const queue = () => execFileSync("squeue", ["--noheader"], { encoding: "utf8" });

  test("1,000 points of tiny-mnist by synthesis are planned, 40 of them computed on two nodes and on local cores: equal files", () => {
    const network = join(root, "examples/tiny-mnist/network.json");
    const native = has("yosys") ? ["--native"] : [];
    const explore = (to: string, ...more: string[]) =>
      addernet(
        ...["explore", network, "--target", "ecp5", "--synth", ...native, "--points", "1000"],
        ...["-o", join(dir, to), ...more],
      );
    const started = performance.now();
    const planned = explore("plan", "--farm", "slurm", "--dry-run");
    console.log(`${planned.split("\n")[0]!}; planned in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(planned).toMatch(/^1000 jobs /);
    for (const [to, farm] of [
      ["nodes", "slurm"],
      ["cores", "local:2"],
    ] as const) {
      const from = performance.now();
      expect(explore(to, "--point", "0-39", "--farm", farm)).toContain("40 of 1000 points: 40 computed");
      console.log(`${farm}: ${((performance.now() - from) / 1000).toFixed(0)} s`);
    }
    const files = (to: string) =>
      readdirSync(join(dir, to))
        .filter((f) => f.startsWith("point-"))
        .sort();
    expect(files("nodes")).toHaveLength(40);
    expect(files("cores")).toEqual(files("nodes"));
    for (const f of files("nodes"))
      expect(readFileSync(join(dir, "cores", f), "utf8"), f).toBe(readFileSync(join(dir, "nodes", f), "utf8"));
    expect(queue()).toBe("");
  });

  test("tune on two nodes and on local cores writes the file that this process alone writes", () => {
    const at = join(dir, "tune");
    mkdirSync(at);
    const few = (file: string): string => {
      const { shape, data, dtype } = readNpy(readFileSync(join(root, "examples/mnist", file)));
      const size = (60 * data.length) / shape[0]!;
      writeFileSync(
        join(at, file),
        writeNpy({ dtype, shape: [60, ...shape.slice(1)], data: data.slice(0, size) } as Tensor),
      );
      return join(at, file);
    };
    const tune = (to: string, ...more: string[]) => {
      const said = addernet(
        ...[
          "tune",
          join(root, "examples/tiny-mnist/network.json"),
          "--calibration-count",
          "8",
          "--loss",
          "2",
          "--json",
        ],
        ...["--images", few("test_images.npy"), "--labels", few("test_labels.npy"), "-o", join(at, to), ...more],
      );
      return [said.replaceAll(to, "TUNED"), readFileSync(join(at, to), "utf8")];
    };
    const alone = tune("alone.json", "--mode", "full");
    expect(tune("cores.json", "--mode", "full", "--farm", "local:2")).toEqual(alone);
    expect(tune("nodes.json", "--mode", "full", "--farm", "slurm")).toEqual(alone);
    expect(queue()).toBe("");
  });

  test("1,000 images of LeNet-5 in Verilator over the farm give what one simulation gives", () => {
    const verify = (...more: string[]) =>
      JSON.parse(
        addernet(
          ...["verify", join(root, "examples/lenet5-mnist/network.json")],
          ...["--images", join(root, "examples/mnist/test_images.npy"), "--count", "1000", "--fps", "20000", "--json"],
          ...more,
        ),
      ).results[0];
    const from = performance.now();
    const { clocks: _, ...serial } = verify();
    const between = performance.now();
    const { clocks: __, simulations, ...farm } = verify("--farm", "slurm", "-o", join(dir, "lenet5"));
    console.log(
      `one simulation ${((between - from) / 1000).toFixed(0)} s, ${simulations} on two nodes ${((performance.now() - between) / 1000).toFixed(0)} s`,
    );
    expect(serial).toMatchObject({ frames: 1000 });
    expect(serial).not.toHaveProperty("mismatch");
    expect(simulations).toBeGreaterThan(4);
    expect(farm).toEqual(serial);
    expect(queue()).toBe("");
  });
});
