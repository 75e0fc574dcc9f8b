// Time and memory of the compiler as weights grow: ResNet-50 for ImageNet from thin to its published width, random weights.
//
//   npx tsx bench/generation.ts [--widths 2,4,12,40] [--fps 10] [--json]
//
// Width 64 is the published network: 25 million weights. Each size is compiled by a process of its own, from the files
// of the network to the files of the accelerator; processor time is what a machine shared with others still tells.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { networkFiles, planNetwork } from "../generator/import/pytorch/index.ts";
import { load, type Result, toHardware, toIntegers } from "../generator/index.ts";
import { Rand } from "../testbench/lib/index.ts";
import { cellSources } from "../testbench/nets/build.ts";
import { resnet50State } from "./resnet50.ts";

const { values: options } = parseArgs({
  options: {
    widths: { type: "string", default: "2,4,12,40" },
    fps: { type: "string", default: "10" },
    one: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

function open<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join("\n"));
  return result.value;
}

interface Measure {
  readonly width: number;
  readonly weights: number;
  readonly lanes: number;
  readonly clocksPerFrame: number;
  readonly seconds: Record<string, number>;
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
}

/** All stages in this process. */
function compile(width: number): Measure {
  const files = networkFiles(planNetwork(resnet50State(width), "resnet50"), "resnet50");
  const started = performance.now();
  const before = process.cpuUsage();
  const seconds: Record<string, number> = {};
  const step = <T>(name: string, work: () => T): T => {
    const from = process.cpuUsage();
    const value = work();
    const { user, system } = process.cpuUsage(from);
    seconds[name] = (user + system) / 1e6;
    return value;
  };
  const { graph } = step("load", () =>
    open(load(new TextDecoder().decode(files.get("network.json") as Uint8Array), (f) => files.get(f) as Uint8Array)),
  );
  const rand = new Rand(7);
  const image = {
    shape: [224, 224, 3] as const,
    data: Int32Array.from({ length: 224 * 224 * 3 }, () => rand.int(0, 255)),
  };
  const net = step("quantize", () => open(toIntegers(graph, [image], { bits: 8, method: "percentile" })));
  const built = step("hardware", () =>
    open(toHardware(net, { fps: Number(options.fps), clockMHz: 100 }, cellSources())),
  );
  const dir = mkdtempSync(join(tmpdir(), "generation-"));
  try {
    step("write", () => {
      for (const [name, content] of built.files) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), content);
      }
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const { user, system } = process.cpuUsage(before);
  return {
    width,
    weights: net.nodes.reduce((n, x) => n + ("weights" in x ? x.weights.rows.reduce((a, r) => a + r.length, 0) : 0), 0),
    lanes: built.schedule.nodes.reduce((n, x) => n + ("weights" in x.node ? x.arithmeticLanes : 0), 0),
    clocksPerFrame: built.schedule.interval,
    seconds,
    cpu: (user + system) / 1e6,
    wall: (performance.now() - started) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

if (options.one !== undefined) console.log(JSON.stringify(compile(Number(options.one))));
else {
  const rows: Measure[] = [];
  for (const width of options.widths.split(",")) {
    const args = ["--import", "tsx", import.meta.filename, "--one", width, "--fps", options.fps];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      cwd: join(import.meta.dirname, ".."),
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(stderr);
    const m = JSON.parse(stdout) as Measure;
    rows.push(m);
    if (options.json) continue;
    const parts = Object.entries(m.seconds).map(([name, s]) => `${name} ${s.toFixed(1)}`);
    const first = rows[0]!;
    const growth = `${(m.weights / first.weights).toFixed(1)} x the weights, ${(m.cpu / first.cpu).toFixed(1)} x the time`;
    console.log(
      `width ${width.padStart(2)}: ${String(m.weights).padStart(8)} weights, ${m.lanes} lanes, ${m.clocksPerFrame} clocks a frame: ` +
        `processor ${m.cpu.toFixed(1)} s (${parts.join(", ")}), wall ${m.wall.toFixed(1)} s, ${m.megabytes.toFixed(0)} MB; ${growth}`,
    );
  }
  if (options.json) console.log(JSON.stringify(rows, null, 2));
}
