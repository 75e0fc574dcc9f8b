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
/** Boxes in a row that a desktop shows whole. */
const ROW = 9;

const cut = (s: string): string => (s.length > LONGEST ? `${s.slice(0, LONGEST - 1)}\u2026` : s);

/** Ranks of the longest way through the graph. */
function depthOf(boxes: readonly Box[], arrows: readonly Arrow[]): number {
  const depth = new Map(boxes.map((b) => [b.id, 1]));
  // Arrows lead forwards in the list of boxes.
  for (const b of boxes)
    for (const a of arrows) if (a.from === b.id) depth.set(a.to, Math.max(depth.get(a.to) ?? 1, depth.get(b.id)! + 1));
  return Math.max(0, ...depth.values());
}

/** A directed graph without cycles; boxes in topological order. `label` says what a screen reader reads. */
export function drawGraph(boxes: readonly Box[], arrows: readonly Arrow[], label: string): Markup {
  const across = depthOf(boxes, arrows) <= ROW;
  const g = new dagre.graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: across ? "LR" : "TB", nodesep: 18, ranksep: across ? 44 : 30, edgesep: 10, marginx: 8, marginy: 8 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const b of boxes) {
    const longest = Math.max(cut(b.title).length * 1.08, ...b.lines.map((l) => cut(l).length));
    g.setNode(b.id, { width: Math.max(64, longest * CHAR + 20), height: (b.lines.length + 1) * LINE + 12 });
  }
  for (const [i, a] of arrows.entries())
    g.setEdge(
      a.from,
      a.to,
      a.label ? { width: a.label.length * 5.8 + 6, height: 14, labelpos: across ? "c" : "r" } : {},
      String(i),
    );
  dagre.layout(g);
  const { width = 0, height = 0 } = g.graph();
  const lines = arrows.map((a, i) => {
    const e = g.edge(a.from, a.to, String(i)) as { points: { x: number; y: number }[]; x?: number; y?: number };
    const d = e.points.map((p, k) => `${k === 0 ? "M" : "L"}${px(p.x)} ${px(p.y)}`).join("");
    return html`<path class="edge" d="${d}" marker-end="url(#tip)"/>${
      a.label && e.x !== undefined && e.y !== undefined
        ? html`<text class="edge-label" x="${px(e.x)}" y="${px(e.y + 4)}" text-anchor="middle">${a.label}</text>`
        : null
    }`;
  });
  const drawn = boxes.map((b) => {
    const n = g.node(b.id);
    const [x, y] = [n.x - n.width / 2, n.y - n.height / 2];
    const body = html`<rect class="box ${b.kind}" x="${px(x)}" y="${px(y)}" width="${px(n.width)}" height="${px(n.height)}" rx="5"/><text class="box-title" x="${px(n.x)}" y="${px(y + 18)}" text-anchor="middle">${cut(b.title)}</text>${b.lines.map(
      (l, i) =>
        html`<text class="box-line" x="${px(n.x)}" y="${px(y + 18 + (i + 1) * LINE)}" text-anchor="middle">${cut(l)}</text>`,
    )}<title>${b.title}: ${b.lines.join(", ")}</title>`;
    return b.href ? html`<a href="${b.href}">${body}</a>` : html`<g>${body}</g>`;
  });
  return html`<div class="scroll graph" tabindex="0" role="group" aria-label="${label}"><svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>${lines}${drawn}</svg></div>`;
}
