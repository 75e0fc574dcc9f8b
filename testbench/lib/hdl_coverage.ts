// Line and toggle coverage that Verilator counts: read, merged, held against a threshold, reported.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeFolder } from "./build/folder.ts";
import { WRAPPER } from "./build/wrapper.ts";
import { CoverageError, escapeHtml, htmlPage } from "./coverage.ts";

/** Something in the source that can be reached: a line (or a branch of it), or a bit that can change. */
export interface HdlPoint {
  kind: "line" | "toggle";
  file: string;
  line: number;
  /** What the simulator calls it: `if`, `else`, `block`, a signal's bit. */
  what: string;
  hits: number;
}
export interface HdlShare {
  covered: number;
  points: number;
  percent: number;
}

const share = (points: readonly HdlPoint[]): HdlShare => {
  const covered = points.filter((p) => p.hits > 0).length;
  return { covered, points: points.length, percent: points.length ? (100 * covered) / points.length : 100 };
};

/** Coverage of the design's source, added up over instances and runs. */
export class HdlCoverage {
  readonly points: readonly HdlPoint[];
  constructor(points: readonly HdlPoint[]) {
    this.points = points;
  }
  get line(): HdlShare {
    return share(this.points.filter((p) => p.kind === "line"));
  }
  get toggle(): HdlShare {
    return share(this.points.filter((p) => p.kind === "toggle"));
  }
  /** Throws a CoverageError that lists what was not reached when a share in percent is below what is asked. */
  check(least: { line?: number; toggle?: number }): void {
    for (const kind of ["line", "toggle"] as const) {
      const [want, got] = [least[kind], this[kind]];
      if (want === undefined || got.percent >= want) continue;
      const missing = this.points
        .filter((p) => p.kind === kind && !p.hits)
        .map((p) => `${basename(p.file)}:${p.line} ${p.what}`);
      const some = missing.slice(0, 20).map((m) => `  ${m}`);
      if (missing.length > 20) some.push(`  ... ${missing.length - 20} more`);
      throw new CoverageError(
        `${kind} coverage: ${got.covered} of ${got.points} (${got.percent.toFixed(1)} %), ${want} % are needed; never reached:\n${some.join("\n")}`,
        missing,
      );
    }
  }
  /** Writes `hdl-coverage.json` and `hdl-coverage.html`, with the source, into a folder. */
  write(dir: string): void {
    makeFolder(dir);
    const { line, toggle, points } = this;
    writeFileSync(join(dir, "hdl-coverage.json"), `${JSON.stringify({ line, toggle, points }, null, 1)}\n`);
    const files = [...new Set(points.map((p) => p.file))].sort();
    const text = (s: HdlShare): string => `${s.covered} of ${s.points} (${s.percent.toFixed(1)} %)`;
    const body = files.map((file) => {
      const of = points.filter((p) => p.file === file);
      let source: string[];
      try {
        source = readFileSync(file, "utf8").split("\n");
      } catch {
        source = [];
      }
      const lines = source.map((s, k) => {
        const here = of.filter((p) => p.line === k + 1);
        const missed = here.filter((p) => !p.hits);
        const mark = here.length === 0 ? "" : missed.length ? ' class="miss"' : ' class="hit"';
        const note = missed.length ? ` title="${escapeHtml(`never: ${missed.map((p) => p.what).join(", ")}`)}"` : "";
        return `<span${mark}${note}>${String(k + 1).padStart(5)}  ${escapeHtml(s)}</span>`;
      });
      const kinds = (["line", "toggle"] as const).map((k) => `${k} ${text(share(of.filter((p) => p.kind === k)))}`);
      return `<h2>${escapeHtml(basename(file))}</h2><p>${kinds.join(", ")}</p>\n<pre>${lines.join("\n")}</pre>`;
    });
    const title = "Line and toggle coverage";
    const head = `<h1>${title}</h1><p>line ${text(line)}, toggle ${text(toggle)}</p>`;
    writeFileSync(join(dir, "hdl-coverage.html"), htmlPage(title, `${head}\n${body.join("\n")}`));
  }
}

// C '\x01f\x02file\x01l\x02line\x01t\x02kind\x01o\x02comment\x01page\x02v_line/top\x01h\x02hierarchy' hits
function pointsOf(text: string): HdlPoint[] {
  const out: HdlPoint[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the file keeps keys and values apart with them.
  for (const m of text.matchAll(/^C '((?:\x01[^\x02']*\x02[^\x01']*)+)' (\d+)$/gm)) {
    const field = new Map(
      m[1]!
        .split("\x01")
        .slice(1)
        .map((f) => f.split("\x02") as [string, string]),
    );
    const page = field.get("page") ?? "";
    if (page.endsWith(`/${WRAPPER}`)) continue;
    const kind = page.startsWith("v_toggle") ? "toggle" : "line";
    const file = field.get("f") ?? "";
    out.push({ kind, file, line: Number(field.get("l")), what: field.get("o") ?? "", hits: Number(m[2]) });
  }
  return out;
}

/** What Verilator has written in runs with `coverage: dir`: some files, or all of a folder. Throws where there is none. */
export function hdlCoverage(...paths: readonly string[]): HdlCoverage {
  const files = paths.flatMap((p) =>
    p.endsWith(".dat")
      ? [p]
      : readdirSync(p)
          .filter((f) => f.endsWith(".dat"))
          .sort()
          .map((f) => join(p, f)),
  );
  if (!files.length) throw new RangeError(`no coverage was written to ${paths.join(", ")}`);
  const merged = new Map<string, HdlPoint>();
  for (const f of files)
    for (const p of pointsOf(readFileSync(f, "utf8"))) {
      if (f.endsWith(".start.dat") && p.kind === "toggle") p.hits = 0;
      const key = JSON.stringify([p.kind, p.file, p.line, p.what]);
      const known = merged.get(key);
      if (known) known.hits += p.hits;
      else merged.set(key, p);
    }
  const order = (a: HdlPoint, b: HdlPoint): number =>
    a.file !== b.file
      ? a.file < b.file
        ? -1
        : 1
      : a.line - b.line || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
  return new HdlCoverage([...merged.values()].sort(order));
}
