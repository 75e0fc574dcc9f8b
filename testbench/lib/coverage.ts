// Functional coverage: bins of values and their crosses, counted while benches run, merged over runs, reported.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./build/folder.ts";

/** What a bin takes: a value, a range (both ends included), a list, or whatever a function says. */
export type Bin =
  | number
  | bigint
  | string
  | boolean
  | readonly [low: number, high: number]
  | ReadonlySet<unknown>
  | ((v: never) => boolean);
export interface PointOptions {
  bins: Readonly<Record<string, Bin>>;
  /** Hits that a bin needs to count as covered; 1 by default. */
  atLeast?: number;
}
export interface CrossOptions {
  /** Combinations that cannot happen; by the names of the bins, in the order of the points. */
  ignore?: (...bins: string[]) => boolean;
  atLeast?: number;
}

/** Counts of a coverage model, as it is written and merged. */
export interface CoverageData {
  name: string;
  items: { name: string; kind: "point" | "cross"; atLeast: number; bins: Record<string, number> }[];
}
export interface CoverageSummary {
  covered: number;
  bins: number;
  /** 0 to 100. */
  percent: number;
  /** Names of what is not covered, `point: bin`. */
  missing: string[];
}

/** Something that a bench had to reach was not reached. */
export class CoverageError extends Error {
  readonly missing: readonly string[];
  constructor(message: string, missing: readonly string[]) {
    super(message);
    this.name = "CoverageError";
    this.missing = missing;
  }
}

const takes = (bin: Bin, v: unknown): boolean => {
  if (typeof bin === "function") return bin(v as never);
  if (bin instanceof Set) return bin.has(v);
  if (Array.isArray(bin)) {
    const [low, high] = bin as [number, number];
    return (typeof v === "number" || typeof v === "bigint") && v >= low && v <= high;
  }
  if (typeof bin === "bigint" || typeof v === "bigint")
    return (
      (typeof v === "number" || typeof v === "bigint") &&
      (typeof bin === "number" || typeof bin === "bigint") &&
      BigInt(v) === BigInt(bin)
    );
  return bin === v;
};
const CROSS = " x ";

/** A coverage model. Make it outside of `run` and sample it inside: counts add up over runs. */
export class Coverage {
  readonly name: string;
  readonly #points = new Map<string, PointOptions>();
  readonly #crosses = new Map<string, readonly string[]>();
  readonly #items = new Map<string, CoverageData["items"][number]>();

  constructor(name: string) {
    this.name = name;
  }
  /** A value to watch. Bins may overlap. Throws a RangeError where there are none, or the name is taken. */
  point(name: string, options: PointOptions): this {
    this.#add(name, "point", options.atLeast ?? 1, Object.keys(options.bins));
    this.#points.set(name, options);
    return this;
  }
  /** All combinations of the bins of some points. */
  cross(name: string, points: readonly string[], options: CrossOptions = {}): this {
    if (points.length < 2) throw new RangeError(`cross ${name}: at least two points`);
    let bins: string[][] = [[]];
    for (const p of points) {
      const point = this.#points.get(p);
      if (!point) throw new RangeError(`cross ${name}: there is no point ${p}`);
      bins = bins.flatMap((b) => Object.keys(point.bins).map((k) => [...b, k]));
    }
    const kept = bins.filter((b) => !options.ignore?.(...b));
    this.#add(
      name,
      "cross",
      options.atLeast ?? 1,
      kept.map((b) => b.join(CROSS)),
    );
    this.#crosses.set(name, points);
    return this;
  }
  #add(name: string, kind: "point" | "cross", atLeast: number, bins: readonly string[]): void {
    if (this.#items.has(name)) throw new RangeError(`coverage ${this.name}: ${name} already exists`);
    if (!bins.length) throw new RangeError(`coverage ${this.name}: ${name} has no bins`);
    this.#items.set(name, { name, kind, atLeast, bins: Object.fromEntries(bins.map((b) => [b, 0])) });
  }
  /** Counts one observation: a value for each point, or for some. Throws a RangeError for a point that there is not. */
  sample(values: Readonly<Record<string, unknown>>): void {
    const hits = new Map<string, string[]>();
    for (const [name, v] of Object.entries(values)) {
      const point = this.#points.get(name);
      if (!point) throw new RangeError(`coverage ${this.name}: there is no point ${name}`);
      const of = Object.entries(point.bins).filter(([, bin]) => takes(bin, v));
      hits.set(
        name,
        of.map(([k]) => k),
      );
      const { bins } = this.#items.get(name)!;
      for (const [k] of of) bins[k]!++;
    }
    for (const [name, points] of this.#crosses) {
      if (!points.every((p) => hits.has(p))) continue;
      let keys: string[][] = [[]];
      for (const p of points) keys = keys.flatMap((k) => hits.get(p)!.map((b) => [...k, b]));
      const { bins } = this.#items.get(name)!;
      for (const k of keys) {
        const bin = k.join(CROSS);
        if (bin in bins) bins[bin]!++;
      }
    }
  }
  get data(): CoverageData {
    return structuredClone({ name: this.name, items: [...this.#items.values()] });
  }
  get summary(): CoverageSummary {
    return summarize(this.data);
  }
  /** Throws a CoverageError that lists what is missing when less than `percent` of all bins are covered. */
  check(percent = 100): void {
    checkCoverage(this.data, percent);
  }
  /** Writes the counts into a folder, under a name that no other process uses; `mergeCoverage` reads them all. */
  write(dir: string): string {
    makeFolder(dir);
    const path = join(dir, `${this.name.replace(/[^\w.-]+/g, "_").slice(0, 80)}.${process.pid}.coverage.json`);
    writeFileSync(path, `${JSON.stringify(this.data, null, 1)}\n`);
    return path;
  }
}

/** How much of a model is covered. */
export function summarize({ items }: CoverageData): CoverageSummary {
  const missing: string[] = [];
  let bins = 0;
  for (const item of items)
    for (const [bin, hits] of Object.entries(item.bins)) {
      bins++;
      if (hits < item.atLeast) missing.push(`${item.name}: ${bin}`);
    }
  const covered = bins - missing.length;
  return { covered, bins, percent: bins ? (100 * covered) / bins : 100, missing };
}
/** Throws a CoverageError when less than `percent` of the bins are covered. */
export function checkCoverage(data: CoverageData, percent = 100): void {
  const s = summarize(data);
  if (s.percent >= percent) return;
  const some = s.missing.slice(0, 20).map((m) => `  ${m}`);
  if (s.missing.length > 20) some.push(`  ... ${s.missing.length - 20} more`);
  throw new CoverageError(
    `coverage ${data.name}: ${s.covered} of ${s.bins} bins (${s.percent.toFixed(1)} %), ${percent} % are needed; missing:\n${some.join("\n")}`,
    s.missing,
  );
}

/**
 * The models in some files or folders of files, those of the same name added up, by name. Throws a RangeError where two of a
 * name have different bins: they come from different versions of a bench.
 */
export function mergeCoverage(...paths: readonly (string | CoverageData)[]): CoverageData[] {
  const models = new Map<string, CoverageData>();
  const add = (data: CoverageData, from: string): void => {
    const known = models.get(data.name);
    if (!known) {
      models.set(data.name, structuredClone(data));
      return;
    }
    const shape = (d: CoverageData): string =>
      JSON.stringify(d.items.map((i) => [i.name, i.kind, i.atLeast, Object.keys(i.bins)]));
    if (shape(known) !== shape(data)) throw new RangeError(`${from}: coverage ${data.name} has other bins than before`);
    known.items.forEach((item, k) => {
      for (const bin of Object.keys(item.bins)) item.bins[bin]! += data.items[k]!.bins[bin]!;
    });
  };
  for (const p of paths) {
    if (typeof p !== "string") {
      add(p, "a model");
      continue;
    }
    const files = p.endsWith(".json")
      ? [p]
      : readdirSync(p)
          .filter((f) => f.endsWith(".coverage.json"))
          .sort()
          .map((f) => join(p, f));
    for (const f of files) add(JSON.parse(readFileSync(f, "utf8")) as CoverageData, f);
  }
  return [...models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const escapeHtml = (s: string): string =>
  s.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]!);
export const htmlPage = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2330; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
th, td { text-align: left; padding: 0.15rem 0.8rem 0.15rem 0; border-bottom: 1px solid #dde1e8; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.miss { background: #fde4e1; } .hit { background: #e3f4e4; }
pre { line-height: 1.35; margin: 0; } pre span { display: block; }
</style></head><body>
${body}
</body></html>
`;

/** Writes `coverage.json` and `index.html` of some models into a folder. */
export function writeCoverageReport(models: readonly CoverageData[], dir: string): void {
  makeFolder(dir);
  const of = models.map((m) => ({ ...m, summary: summarize(m) }));
  writeFileSync(join(dir, "coverage.json"), `${JSON.stringify(of, null, 1)}\n`);
  const body = of.map((m) => {
    const items = m.items.map((item) => {
      const rows = Object.entries(item.bins).map(
        ([bin, hits]) =>
          `<tr class="${hits < item.atLeast ? "miss" : "hit"}"><td>${escapeHtml(bin)}</td><td class="n">${hits}</td></tr>`,
      );
      const least = item.atLeast > 1 ? `, ${item.atLeast} hits a bin` : "";
      return `<h3>${escapeHtml(item.name)} <small>${item.kind}${least}</small></h3>\n<table><tr><th>bin</th><th>hits</th></tr>\n${rows.join("\n")}\n</table>`;
    });
    const { covered, bins, percent } = m.summary;
    return `<h2>${escapeHtml(m.name)}: ${percent.toFixed(1)} %</h2><p>${covered} of ${bins} bins are covered.</p>\n${items.join("\n")}`;
  });
  writeFileSync(
    join(dir, "index.html"),
    htmlPage("Functional coverage", `<h1>Functional coverage</h1>\n${body.join("\n")}`),
  );
}
