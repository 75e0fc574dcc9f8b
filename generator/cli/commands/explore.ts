// addernet explore: designs of a network from the smallest to the fastest on a target, and which of them are worth having.
// Every design is a point with a number and a file of its own, so that the points may be computed anywhere and resumed.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { JobFolder, type Json } from "../../../farm/index.ts";
import type { DesignSpace } from "../../design.ts";
import { synthesize } from "../../device/flow/flow.ts";
import { area, readNetlist } from "../../device/flow/netlist.ts";
import { machineTools, toolVersion } from "../../device/flow/tools.ts";
import type { Designs } from "../../device/model/budget.ts";
import { modelOf, shortages } from "../../device/model/model.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { writeIntegers } from "../../integer-file.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import { families, resourcesOf, type Target, targetOf } from "../../targets/index.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import { type Console, silentConsole, unwrap } from "../console.ts";
import { type DesignArgs, spaceOf } from "../design.ts";
import { checkFarm, type FarmArgs, farmOut, identity } from "../farm.ts";
import { farmOptions } from "../farm-options.ts";
import { imagesOf, type Opened, openNetwork } from "../network.ts";
import { UsageError } from "../numbers.ts";
import { forceOption, native, network, reportFile, spaceOptions } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";
import { plotSvg } from "../plot.ts";
import { REPORT_IMAGES, writeReport } from "../report.ts";
import { columns } from "../table.ts";

export interface ExploreArgs extends DesignArgs, FarmArgs {
  readonly target: string;
  readonly output?: string | undefined;
  readonly native: boolean;
  readonly synth: boolean;
  readonly points: number;
  readonly jobs?: number | undefined;
  readonly point?: string | undefined;
  readonly count: boolean;
  readonly list: boolean;
  readonly merge: boolean;
  readonly report?: string | undefined;
  readonly force: boolean;
}

/** What marks a folder as one of explorations, gathered from elsewhere maybe and without a record. */
const MARK = "explore.json";
const MARK_TEXT = `${JSON.stringify({ tool: "addernet explore" })}\n`;

const isExploration = (folder: string): boolean => {
  try {
    return readFileSync(join(folder, MARK), "utf8") === MARK_TEXT;
  } catch {
    return false;
  }
};

const costSchema = z.strictObject({
  lut: z.number(),
  ff: z.number(),
  carry: z.number(),
  bram: z.number(),
  uram: z.number().optional(),
  dsp: z.number(),
});
const pointSchema = z.strictObject({
  /** Digest of all that the point follows from. */
  key: z.string(),
  index: z.int().min(0),
  clocks: z.int().min(1),
  clocksPerFrame: z.int().min(1),
  framesPerSecond: z.number().positive(),
  bottleneck: z.string(),
  /** By the model, and by Yosys where that was asked for. */
  estimate: costSchema,
  synthesized: costSchema.nullable(),
  folds: z.record(z.string(), z.strictObject({ pe: z.int(), simd: z.int(), pixels: z.int().optional() })),
  /** What the device has too little of. */
  lacks: z.array(z.string()),
});
export type ExploredPoint = z.output<typeof pointSchema>;

interface Exploration {
  readonly net: QuantizedNetwork;
  readonly target: Target;
  readonly space: DesignSpace;
  readonly designs: Designs;
  readonly MHz: number;
  readonly dsp: boolean;
  /** Clocks that a frame may take, by the number of the point. */
  readonly clocks: readonly number[];
  readonly keys: readonly string[];
  readonly opened: Opened;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 24);

/** What the points of an exploration depend on, beside the network. */
type PointArgs = DesignArgs & Pick<ExploreArgs, "target" | "points" | "native" | "synth">;

function prepare(path: string, args: PointArgs, out: Console): Exploration {
  const target = targetOf(args.target);
  const opened = openNetwork(path, out);
  // The points are counted, not the designs that are looked at for each of them.
  const space = spaceOf(path, args, opened, out, { onProgress: undefined });
  out.progress("laying out the points", 0, 0);
  const { net, clockMHz: MHz, l1, dsp } = space;
  const designs = space.priced!;
  const ends = unwrap(designs.steps(Number.MAX_VALUE), out, opened.source);
  const ratio = (ends[0]! / ends.at(-1)!) ** (1 / Math.max(1, args.points - 1));
  const clocks = ratio > 1 ? unwrap(designs.steps(ratio), out, opened.source) : ends;
  const basis = digest(
    JSON.stringify([
      identity(),
      writeIntegers(net),
      target,
      [MHz, l1, dsp, args.synth, args.synth && args.native],
      // Folds are chosen by the model's prices, so it counts for synthesized points as well.
      modelOf(target.family),
    ]),
  );
  return { net, target, space, designs, MHz, dsp, clocks, keys: clocks.map((c) => digest(`${basis} ${c}`)), opened };
}

const pointName = (index: number): string => `point-${String(index).padStart(3, "0")}.json`;
const fileOf = (folder: string, index: number): string => join(folder, pointName(index));

/** A point's file with the digest of its own text in front, by which damage shows. */
function seal(p: ExploredPoint): string {
  const text = JSON.stringify(p, null, 2);
  return `${digest(text)}\n${text}\n`;
}

/** The text behind a seal that fits it. */
function unseal(text: string): string | undefined {
  const cut = text.indexOf("\n");
  const body = text.slice(cut + 1, -1);
  return digest(body) === text.slice(0, cut) ? body : undefined;
}

/** Adds files to a folder of explorations; a point proves by its seal that it is one. */
const put = (folder: string, files: readonly (readonly [string, string])[], force: boolean): void =>
  writeFolder(folder, files, "explore", force || isExploration(folder), {
    keep: true,
    isOurs: (path, content) => /^point-\d+\.json$/.test(path) && unseal(Buffer.from(content).toString()) !== undefined,
  });

/** A damaged point makes room, and is kept. */
function setAside(file: string): string {
  for (let n = 1; ; n++) {
    const to = `${file}.damaged${n > 1 ? `-${n}` : ""}`;
    if (existsSync(to)) continue;
    renameSync(file, to);
    return to;
  }
}

/** The point that a folder has, or why it has none: it is missing, damaged, or of another exploration. */
function readPoint(folder: string, index: number, key: string): ExploredPoint | "missing" | "damaged" | "other" {
  const file = fileOf(folder, index);
  if (!existsSync(file)) return "missing";
  try {
    const text = readFileSync(file, "utf8");
    const body = unseal(text);
    if (body === undefined) return "damaged";
    const p = pointSchema.parse(JSON.parse(body));
    return p.key === key && p.index === index ? p : "other";
  } catch {
    return "damaged";
  }
}

async function compute(
  e: Exploration,
  index: number,
  args: Pick<ExploreArgs, "synth" | "native">,
  out: Console,
): Promise<ExploredPoint> {
  const { space, target, MHz, dsp } = e;
  const d = unwrap(space.at(e.clocks[index]!), out, e.opened.source);
  const total = d.estimates.families[target.family]!;
  let synthesized: ExploredPoint["synthesized"] = null;
  if (args.synth) {
    const files = new Map([...d.files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
    const verilog = [...files.keys()].filter((f) => f.startsWith("rtl/"));
    const netlist = await synthesize(files, verilog, d.hardware.name, target, {
      tools: machineTools,
      native: args.native,
      dsp,
    });
    synthesized = area(readNetlist(netlist.json, d.hardware.name), families[target.family], new Map()).total;
  }
  const { interval, bottleneck } = d.schedule;
  return {
    key: e.keys[index]!,
    index,
    clocks: e.clocks[index]!,
    clocksPerFrame: interval,
    framesPerSecond: (MHz * 1e6) / interval,
    bottleneck,
    estimate: total,
    synthesized,
    folds: Object.fromEntries(d.schedule.nodes.map((n) => [n.node.name, { ...n.fold }])),
    lacks: shortages(synthesized ?? total, target).map((s) => s.what),
  };
}

/** Numbers of points as the command line gives them: 3 or 3,5 or 3-7. */
export function pointNumbers(text: string, count: number): number[] {
  const found = text.split(",").flatMap((part) => {
    const m = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!m) throw new UsageError(`--point takes numbers such as 3 or 3,5 or 3-7, not "${part}"`);
    const [from, to] = [Number(m[1]), Number(m[2] ?? m[1])];
    if (to < from || to >= count) throw new UsageError(`--point ${part}: the points are 0 to ${count - 1}`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(found)];
}

const costOf = (p: ExploredPoint) => p.synthesized ?? p.estimate;

/** Marks the points that no other one beats: none is as fast and takes no more of anything. */
export function frontier(points: readonly ExploredPoint[]): Set<number> {
  const takes = (p: ExploredPoint) => {
    const c = costOf(p);
    return [c.lut, c.bram, c.uram ?? 0, c.dsp];
  };
  const beats = (a: ExploredPoint, b: ExploredPoint) => {
    const [ta, tb] = [takes(a), takes(b)];
    if (a.framesPerSecond < b.framesPerSecond || ta.some((v, i) => v > tb[i]!)) return false;
    // Of equal ones the first stays.
    return a.framesPerSecond > b.framesPerSecond || ta.some((v, i) => v < tb[i]!) || a.index < b.index;
  };
  return new Set(points.filter((p) => !points.some((o) => o !== p && beats(o, p))).map((p) => p.index));
}

/** What a point needs to be computed elsewhere. */
const jobSchema = z.strictObject({
  network: z.string(),
  key: z.string(),
  index: z.int().min(0),
  target: z.string(),
  points: z.int(),
  clock: z.number().optional(),
  l1: z.string().optional(),
  dsp: z.boolean().optional(),
  logits: z.boolean().optional(),
  native: z.boolean(),
  synth: z.boolean(),
});

const prepared = new Map<string, Exploration>();
const silent = silentConsole("work");

/** A job of the kind explore-point: the network's integers are a file of the folder. */
export async function computePoint(input: Json, folder: JobFolder): Promise<Json> {
  const { network, key, index, ...args } = jobSchema.parse(input);
  folder.input(network);
  const basis = JSON.stringify([network, args]);
  // The points of one worker share all that does not depend on the point.
  const e = prepared.get(basis) ?? prepare(join(folder.path, "inputs", network), args, silent);
  prepared.set(basis, e);
  if (e.keys[index] !== key)
    throw new Error("this version of addernet lays out other points than the one that planned the jobs");
  return JSON.parse(JSON.stringify(await compute(e, index, args, silent)));
}

/** Seconds that a synthesized point takes, and one by the model, as far as a plan must know. */
const SECONDS = { synth: 60, model: 0.5 };

/** Computes what is missing; says on stderr why a file that is there is computed again. */
async function fill(e: Exploration, folder: string, wanted: readonly number[], args: ExploreArgs, out: Console) {
  const todo = wanted.filter((i) => {
    const p = readPoint(folder, i, e.keys[i]!);
    if (typeof p !== "string") return false;
    const name = fileOf(folder, i);
    if (p === "damaged") out.note(`${name} is damaged; computed again, the damaged one kept as ${setAside(name)}`);
    if (p === "other") out.note(`${name} belongs to another network or to other options; computed again`);
    return true;
  });
  const parallel = Math.min(args.jobs ?? availableParallelism(), todo.length);
  // Points by the model take less time than a process needs to start.
  const asked = args.farm !== undefined || args.jobs !== undefined || args.dryRun === true;
  const here = !asked && (parallel <= 1 || args.point !== undefined || (!args.synth && todo.length < 64));
  if (todo.length === 0 || here) {
    for (const [done, i] of todo.entries()) {
      out.progress("points", done, todo.length);
      put(folder, [[pointName(i), seal(await compute(e, i, args, out))]], args.force);
    }
    return todo.length;
  }
  const jobs = join(folder, "jobs");
  const network = JobFolder.store(jobs, writeIntegers(e.net));
  const { target, points, clock, l1, dsp, logits, native, synth } = args;
  const stated = Object.entries({ clock, l1, dsp, logits }).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]));
  const shared = { network, target, points, native, synth, ...(Object.fromEntries(stated) as Record<string, Json>) };
  const got = await farmOut(
    {
      title: `explore ${e.net.name} on ${e.target.name}`,
      folder: jobs,
      specs: todo.map((index) => ({ kind: "explore-point", input: { ...shared, index, key: e.keys[index]! } })),
      tools: synth ? { [native ? "yosys (native)" : "yosys"]: await toolVersion("yosys", native) } : {},
      seconds: synth ? SECONDS.synth : SECONDS.model,
    },
    // Without --farm nobody asked for a folder of jobs: what it holds of others is replaced.
    args.farm === undefined ? { ...args, resume: true, farm: args.jobs ? `local:${args.jobs}` : "local" } : args,
    out,
  );
  if ("plan" in got) return got.plan;
  put(
    folder,
    todo.map((i, k): [string, string] => [pointName(i), seal(pointSchema.parse(got.results[k]))]),
    args.force,
  );
  return todo.length;
}

/** The page of an exploration is that of the design that the options mean, with the points on top. */
async function writePage(
  path: string,
  args: ExploreArgs,
  e: Exploration,
  points: readonly ExploredPoint[],
  out: Console,
): Promise<void> {
  if (!args.report) return;
  const best = frontier(points);
  const exploration = {
    synthesized: points.some((p) => p.synthesized),
    clockMHz: e.MHz,
    points: points.map((p) => ({
      ...{ index: p.index, framesPerSecond: p.framesPerSecond, clocksPerFrame: p.clocksPerFrame },
      ...{ bottleneck: p.bottleneck, cost: costOf(p), frontier: best.has(p.index), lacks: p.lacks },
    })),
  };
  const design = unwrap(e.space.best(), out, e.opened.source);
  const images = imagesOf(path, args, e.opened, REPORT_IMAGES);
  await writeReport(args.report, { opened: e.opened, design, images, exploration }, out);
}

async function exploreCommand(path: string, args: ExploreArgs, out: Console): Promise<Outcome> {
  if ((args.farm !== undefined || args.dryRun) && !args.output)
    throw new UsageError("--farm needs --output, the folder of the points");
  if (args.farm !== undefined) await checkFarm(args);
  const needsFolder = args.point !== undefined || args.merge;
  if (needsFolder && !args.output) throw new UsageError("--point and --merge need --output, the folder of the points");
  if ([args.count, args.list, args.merge, args.point !== undefined].filter(Boolean).length > 1)
    throw new UsageError("--count, --list, --point and --merge exclude each other");
  const e = prepare(path, args, out);
  const all = e.clocks.map((_, i) => i);
  if (args.count || args.list) {
    if (args.count) out.line(String(all.length));
    else
      for (const l of columns([
        ["point", "clocks/frame at most", "frames/s"],
        ...e.clocks.map((c, i) => [String(i), String(c), ((e.MHz * 1e6) / c).toFixed(1)]),
      ]))
        out.line(l);
    return done({ network: e.net.name, target: e.target.name, points: all.length, clocks: [...e.clocks] });
  }
  if (!args.output) {
    const points: ExploredPoint[] = [];
    for (const i of all) {
      out.progress("points", i, all.length);
      points.push(await compute(e, i, args, out));
    }
    await writePage(path, args, e, points, out);
    return print(e, points, undefined, false, out);
  }
  const folder = args.output;
  checkFolder(folder, "explore", args.force || isExploration(folder));
  const wanted = args.point === undefined ? all : pointNumbers(args.point, all.length);
  if (!args.merge) {
    put(folder, [[MARK, MARK_TEXT]], args.force);
    const fresh = await fill(e, folder, wanted, args, out);
    if (typeof fresh === "object") return fresh;
    if (args.point !== undefined) {
      out.line(`${wanted.length} of ${all.length} points: ${fresh} computed, ${wanted.length - fresh} there before`);
      return done({ folder, points: wanted, computed: fresh });
    }
  }
  const found = all.map((i) => readPoint(folder, i, e.keys[i]!));
  const missing = all.filter((i) => typeof found[i] === "string");
  if (missing.length > 0)
    throw inputError({
      code: "AN7003",
      message: `${missing.length} of ${all.length} points are missing in ${folder}`,
      expected: `the points ${missing.join(", ")}`,
      found: missing
        .map((i) => `${i}: ${{ missing: "no file", damaged: "damaged", other: "other options" }[String(found[i])]}`)
        .join(", "),
      hint: `--point ${missing.join(",")} computes them`,
    });
  await writePage(path, args, e, found as ExploredPoint[], out);
  return print(e, found as ExploredPoint[], folder, args.force, out);
}

function print(
  e: Exploration,
  points: readonly ExploredPoint[],
  folder: string | undefined,
  force: boolean,
  out: Console,
): Outcome {
  const { target, net, MHz } = e;
  const { words } = families[target.family];
  const counted = resourcesOf(target.family);
  const best = frontier(points);
  const have = target.device?.resources;
  const exact = points.some((p) => p.synthesized);
  out.line(`${net.name} on ${target.title} at ${MHz} MHz, ${exact ? "synthesized" : "by estimate"}`);
  out.line();
  for (const l of columns([
    ["point", "frames/s", "clocks/frame", ...counted.map((k) => (k === "ff" ? "FF" : words[k]!)), "bottleneck", ""],
    ...points.map((p) => {
      const c = costOf(p);
      const note = p.lacks.length > 0 ? `too large: ${p.lacks.join(", ")}` : best.has(p.index) ? "" : "no gain";
      return [
        ...[p.index, p.framesPerSecond.toFixed(1), p.clocksPerFrame, ...counted.map((k) => c[k] ?? 0)].map(String),
        p.bottleneck,
        note,
      ];
    }),
  ]))
    out.line(l);
  out.line();
  const fitting = points.filter((p) => p.lacks.length === 0);
  if (have)
    out.line(
      fitting.length > 0
        ? `fastest that fits: ${Math.max(...fitting.map((p) => p.framesPerSecond)).toFixed(1)} frames a second`
        : "no point fits the device",
    );
  const report = {
    network: net.name,
    target: target.name,
    clockMHz: MHz,
    l1: e.designs.options.l1,
    dsp: e.dsp,
    synthesized: exact,
    resources: have ?? null,
    points: points.map(({ key: _, ...p }) => ({ ...p, frontier: best.has(p.index) })),
  };
  if (folder) {
    const files = [
      ["frontier.json", `${JSON.stringify(report, null, 2)}\n`],
      ["frontier.svg", svg(e, points, best)],
    ] as const;
    put(folder, files, force);
    out.line(`wrote frontier.json and frontier.svg to ${folder}`);
  }
  return done({ ...report, folder: folder ?? null });
}

function svg(e: Exploration, points: readonly ExploredPoint[], best: ReadonlySet<number>): string {
  const { words } = families[e.target.family];
  const have = e.target.device?.resources;
  const kinds = (["lut", "bram", "uram", "dsp"] as const).filter(
    (k) => k === "lut" || points.some((p) => (costOf(p)[k] ?? 0) > 0),
  );
  return plotSvg(
    `${e.net.name} on ${e.target.title}, ${e.MHz} MHz`,
    kinds.map((k) => ({
      x: words[k]!,
      y: "frames a second",
      limit: have?.[k],
      points: points.map((p) => ({
        x: costOf(p)[k] ?? 0,
        y: p.framesPerSecond,
        best: best.has(p.index),
        label: `point ${p.index}: ${p.framesPerSecond.toFixed(1)} frames/s, ${costOf(p)[k]} ${words[k]}`,
      })),
    })),
  );
}

export const command = defineCommand({
  positionals: { network },
  options: {
    ...spaceOptions,
    output: { alias: "o", describe: "folder of the points, the table and the plot", type: "string" },
    native,
    synth: { describe: "synthesize the points instead of estimating them", type: "boolean", default: false },
    points: { describe: "largest number of points", type: "number", default: 24 },
    jobs: { describe: "points computed at a time; default: one per core", type: "number" },
    point: { describe: "compute only these points: 3 or 3,5 or 3-7", type: "string" },
    count: { describe: "print the number of points", type: "boolean", default: false },
    list: { describe: "print the points", type: "boolean", default: false },
    merge: { describe: "gather the points of the folder", type: "boolean", default: false },
    ...farmOptions,
    report: reportFile,
    force: forceOption,
  },
  run: (args, out) => exploreCommand(args.network, args, out),
});
