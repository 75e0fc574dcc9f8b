// A scatter plot with logarithmic axes as SVG, by hand: the same points give the same bytes.
import { xmlText } from "../names/xml.ts";

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** On the frontier: drawn full and joined by a line. */
  readonly best: boolean;
  readonly label: string;
}
export interface Panel {
  readonly x: string;
  readonly y: string;
  readonly points: readonly PlotPoint[];
  /** A device's limit on the x axis. */
  readonly limit?: number | undefined;
}

const WIDTH = 520;
const HEIGHT = 400;
const MARGIN = { left: 70, right: 20, top: 44, bottom: 52 } as const;

const px = (v: number): string => v.toFixed(1);

/** 1, 2, 5, 10, ... that lie in a range; at least its ends' powers of ten where it is narrow. */
function ticks(low: number, high: number): number[] {
  const found: number[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
    for (const m of [1, 2, 5]) {
      const v = m * 10 ** e;
      if (v >= low * 0.999 && v <= high * 1.001) found.push(v);
    }
  return found.length > 9 ? found.filter((v) => Number.isInteger(Math.log10(v)) || v === found[0]) : found;
}

const short = (v: number): string =>
  v >= 1e6
    ? `${Number((v / 1e6).toPrecision(3))}M`
    : v >= 1e3
      ? `${Number((v / 1e3).toPrecision(3))}k`
      : String(Number(v.toPrecision(3)));

/** A range around values, a little wider than they are, in logarithms. */
function span(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = Math.max(0.05, 0.06 * Math.log10(high / low));
  return [low * 10 ** -pad, high * 10 ** pad];
}

function panel(p: Panel, at: number): string[] {
  const points = p.points.filter((q) => q.x > 0 && q.y > 0);
  const out = [`<g transform="translate(${at} 0)">`];
  if (points.length > 0) {
    const limit = p.limit !== undefined && p.limit > 0 ? [p.limit] : [];
    const [x0, x1] = span([...points.map((q) => q.x), ...limit]);
    const [y0, y1] = span(points.map((q) => q.y));
    const log = (v: number, low: number, high: number) => Math.log(v / low) / Math.log(high / low);
    const x = (v: number) => MARGIN.left + log(v, x0, x1) * (WIDTH - MARGIN.left - MARGIN.right);
    const y = (v: number) => HEIGHT - MARGIN.bottom - log(v, y0, y1) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    for (const t of ticks(x0, x1))
      out.push(
        `<line class="grid" x1="${px(x(t))}" y1="${MARGIN.top}" x2="${px(x(t))}" y2="${HEIGHT - MARGIN.bottom}"/>`,
        `<text x="${px(x(t))}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${short(t)}</text>`,
      );
    for (const t of ticks(y0, y1))
      out.push(
        `<line class="grid" x1="${MARGIN.left}" y1="${px(y(t))}" x2="${WIDTH - MARGIN.right}" y2="${px(y(t))}"/>`,
        `<text x="${MARGIN.left - 6}" y="${px(y(t) + 4)}" text-anchor="end">${short(t)}</text>`,
      );
    for (const l of limit)
      out.push(
        `<line class="limit" x1="${px(x(l))}" y1="${MARGIN.top}" x2="${px(x(l))}" y2="${HEIGHT - MARGIN.bottom}"/>`,
        `<text class="limit-text" x="${px(x(l) - 4)}" y="${MARGIN.top + 12}" text-anchor="end">device: ${short(l)}</text>`,
      );
    const best = points.filter((q) => q.best).sort((a, b) => a.x - b.x || a.y - b.y);
    if (best.length > 1)
      out.push(`<polyline class="front" points="${best.map((q) => `${px(x(q.x))},${px(y(q.y))}`).join(" ")}"/>`);
    for (const q of points)
      out.push(
        `<circle class="${q.best ? "best" : "other"}" cx="${px(x(q.x))}" cy="${px(y(q.y))}" r="4"><title>${xmlText(q.label)}</title></circle>`,
      );
  }
  out.push(
    `<rect class="frame" x="${MARGIN.left}" y="${MARGIN.top}" width="${WIDTH - MARGIN.left - MARGIN.right}" height="${HEIGHT - MARGIN.top - MARGIN.bottom}"/>`,
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${xmlText(p.x)}</text>`,
    `<text transform="translate(16 ${(MARGIN.top + HEIGHT - MARGIN.bottom) / 2}) rotate(-90)" text-anchor="middle">${xmlText(p.y)}</text>`,
    "</g>",
  );
  return out;
}

/** Panels side by side under one title. */
export function plotSvg(title: string, panels: readonly Panel[]): string {
  const width = WIDTH * panels.length;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}">`,
    "<style>text{font:12px sans-serif;fill:#222}.title{font-size:14px;font-weight:bold}.grid{stroke:#ddd}.frame{fill:none;stroke:#666}.front{fill:none;stroke:#1668b8;stroke-width:1.5}.best{fill:#1668b8}.other{fill:#b9c4cf}.limit{stroke:#c23b22;stroke-dasharray:4 3}.limit-text{fill:#c23b22}</style>",
    `<rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    `<text class="title" x="${MARGIN.left}" y="24">${xmlText(title)}</text>`,
    ...panels.flatMap((p, i) => panel(p, i * WIDTH)),
    "</svg>",
  ].join("\n")}\n`;
}
