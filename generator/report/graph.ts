// Boxes and arrows: laid out when the report is made, drawn as SVG.
import dagre from "@dagrejs/dagre";
import { html, type Markup, px } from "./markup.ts";

export interface Box {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** Where a click leads. */
  readonly href?: string | undefined;
  readonly kind: "layer" | "port" | "wide";
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

const LINE = 15;
const CHAR = 6.6;
const LONGEST = 30;
const MARGIN = 10;
/** Of an arrow that goes on in another row. */
const STUB = 40;
/** A row that a desktop shows whole. */
const WIDEST = 1080;

const cut = (s: string): string => (s.length > LONGEST ? `${s.slice(0, LONGEST - 1)}\u2026` : s);

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Placed {
  readonly boxes: ReadonlyMap<string, Point & { readonly width: number; readonly height: number }>;
  readonly arrows: readonly { readonly points: readonly Point[]; readonly label: Point | undefined }[];
  readonly width: number;
  readonly height: number;
}

function layout(boxes: readonly Box[], arrows: readonly Arrow[]): Placed {
  const g = new dagre.graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 34, edgesep: 10, marginx: MARGIN, marginy: MARGIN });
  g.setDefaultEdgeLabel(() => ({}));
  for (const b of boxes) {
    const longest = Math.max(cut(b.title).length * 1.08, ...b.lines.map((l) => cut(l).length));
    g.setNode(b.id, { width: Math.max(64, longest * CHAR + 20), height: (b.lines.length + 1) * LINE + 12 });
  }
  for (const [i, a] of arrows.entries())
    g.setEdge(a.from, a.to, a.label ? { width: a.label.length * 5.8 + 6, height: 14, labelpos: "c" } : {}, String(i));
  dagre.layout(g);
  const { width = 0, height = 0 } = g.graph();
  return {
    boxes: new Map(boxes.map((b) => [b.id, g.node(b.id)])),
    arrows: arrows.map((a, i) => {
      const e = g.edge(a.from, a.to, String(i)) as { points: Point[]; x?: number; y?: number };
      const label = a.label && e.x !== undefined && e.y !== undefined ? { x: e.x, y: e.y } : undefined;
      return { points: e.points, label };
    }),
    width,
    height,
  };
}

/** Where a picture that is too wide goes on in another row: where arrows of one box alone lead on. */
function cutsOf(arrows: readonly Arrow[], p: Placed): number[] {
  const ends = [...p.boxes.values()].map((b) => b.x + b.width / 2);
  const candidates = [...new Set(ends)].sort((a, b) => a - b).map((x) => x + 6);
  const cuts: number[] = [];
  let [from, last] = [0, 0];
  const free = (x: number): boolean =>
    [...p.boxes.values()].every((b) => b.x + b.width / 2 < x || b.x - b.width / 2 > x) &&
    new Set(arrows.filter((a) => p.boxes.get(a.from)!.x < x && p.boxes.get(a.to)!.x > x).map((a) => a.from)).size === 1;
  for (const x of candidates.filter(free)) {
    if (x - from > WIDEST && last > from) {
      cuts.push(last);
      from = last;
    }
    last = x;
  }
  if (p.width - from > WIDEST && last > from) cuts.push(last);
  return cuts;
}

const path = (points: readonly Point[]): string =>
  points.map((p, k) => `${k === 0 ? "M" : "L"}${px(p.x)} ${px(p.y)}`).join("");

/** A directed graph without cycles, in as many rows as it needs. `label` says what a screen reader reads. */
export function drawGraph(boxes: readonly Box[], arrows: readonly Arrow[], label: string): Markup {
  const p = layout(boxes, arrows);
  const starts = [0, ...cutsOf(arrows, p)];
  const rowOf = (x: number): number => starts.findLastIndex((s) => s <= x);
  const spans = starts.map((_, r) => {
    const own = [...p.boxes.values()].filter((b) => rowOf(b.x) === r);
    const bends = p.arrows.flatMap((a) => a.points).filter((q) => rowOf(q.x) === r);
    const top = Math.min(...own.map((b) => b.y - b.height / 2), ...bends.map((q) => q.y - 8));
    const bottom = Math.max(...own.map((b) => b.y + b.height / 2), ...bends.map((q) => q.y + 8));
    const left = Math.min(...own.map((b) => b.x - b.width / 2));
    return { top, bottom, left, right: Math.max(...own.map((b) => b.x + b.width / 2)) };
  });
  const tops: number[] = [];
  let height = MARGIN;
  for (const s of spans) {
    tops.push(height);
    height += s.bottom - s.top + 2 * MARGIN;
  }
  const move = (q: Point, r: number): Point => ({
    x: q.x - spans[r]!.left + (r === 0 ? MARGIN : MARGIN + STUB),
    y: q.y - spans[r]!.top + tops[r]!,
  });
  const width = Math.max(...spans.map((s, r) => move({ x: s.right, y: 0 }, r).x + MARGIN + STUB));
  const lines = arrows.map((a, i) => {
    const { points, label: at } = p.arrows[i]!;
    const [from, to] = [rowOf(p.boxes.get(a.from)!.x), rowOf(p.boxes.get(a.to)!.x)];
    const word = (q: Point) =>
      a.label
        ? html`<text class="edge-label" x="${px(q.x)}" y="${px(q.y - 4)}" text-anchor="middle">${a.label}</text>`
        : null;
    if (from === to)
      return html`<path class="edge" d="${path(points.map((q) => move(q, from)))}" marker-end="url(#tip)"/>${at ? word(move(at, from)) : null}`;
    // It leaves its row to the right and comes into the next one from the left.
    const start = move(points[0]!, from);
    const own = points.filter((q) => rowOf(q.x) === to && q.x >= spans[to]!.left).map((q) => move(q, to));
    const before = { x: MARGIN, y: own[0]!.y };
    const away = path([start, { x: start.x + STUB, y: start.y }]);
    return html`<path class="edge" d="${away}" marker-end="url(#tip)"/><path class="edge" d="${path([before, ...own])}" marker-end="url(#tip)"/>${word({ x: before.x + 14, y: before.y })}`;
  });
  const drawn = boxes.map((b) => {
    const placed = p.boxes.get(b.id)!;
    const n = { ...placed, ...move(placed, rowOf(placed.x)) };
    const [x, y] = [n.x - n.width / 2, n.y - n.height / 2];
    const body = html`<rect class="box ${b.kind}" x="${px(x)}" y="${px(y)}" width="${px(n.width)}" height="${px(n.height)}" rx="5"/><text class="box-title" x="${px(n.x)}" y="${px(y + 18)}" text-anchor="middle">${cut(b.title)}</text>${b.lines.map(
      (l, i) =>
        html`<text class="box-line" x="${px(n.x)}" y="${px(y + 18 + (i + 1) * LINE)}" text-anchor="middle">${cut(l)}</text>`,
    )}<title>${b.title}: ${b.lines.join(", ")}</title>`;
    return b.href ? html`<a href="${b.href}">${body}</a>` : html`<g>${body}</g>`;
  });
  return html`<div class="scroll graph" tabindex="0" role="group" aria-label="${label}"><svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>${lines}${drawn}</svg></div>`;
}
