// Plots in SVG with axes and units, each with the table of its numbers behind it.
import { html, type Markup, type Part, px } from "./markup.ts";
import { type Cell, type Column, table } from "./table.ts";

const LEFT = 56;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 40;

/** A number as a person reads it: up to four digits, k and M for thousands and millions. */
export function short(v: number): string {
  const a = Math.abs(v);
  if (a >= 1e6) return `${Number((v / 1e6).toPrecision(3))}M`;
  if (a >= 1e4) return `${Number((v / 1e3).toPrecision(3))}k`;
  return String(Number(v.toPrecision(4)));
}

/** Round values that divide 0 to `top`, or `low` to `top`, in about `n` steps. */
export function ticks(low: number, top: number, n = 5): number[] {
  const span = top - low;
  if (!(span > 0)) return [low];
  const rough = span / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  const out: number[] = [];
  for (let v = Math.ceil(low / step) * step; v <= top + step * 1e-6; v += step) out.push(Number(v.toPrecision(12)));
  return out;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: {
    readonly low: number;
    readonly high: number;
    readonly title: string;
    readonly ticks?: readonly number[];
  };
  readonly y: {
    readonly low: number;
    readonly high: number;
    readonly title: string;
    readonly ticks?: readonly number[];
  };
  /** How a tick is written, where it is not its number. */
  readonly shown?: (v: number) => string;
}

interface Scales {
  x(v: number): number;
  y(v: number): number;
}

function axes(f: Frame, body: (s: Scales) => Part): Markup {
  const s: Scales = {
    x: (v) => LEFT + ((v - f.x.low) / (f.x.high - f.x.low || 1)) * (f.width - LEFT - RIGHT),
    y: (v) => f.height - BOTTOM - ((v - f.y.low) / (f.y.high - f.y.low || 1)) * (f.height - TOP - BOTTOM),
  };
  const [bottom, right] = [f.height - BOTTOM, f.width - RIGHT];
  const shown = f.shown ?? short;
  const wide = f.width > 320;
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${f.width} ${f.height}" width="${f.width}" height="${f.height}" aria-hidden="true">${(
    f.y.ticks ?? ticks(f.y.low, f.y.high, 4)
  ).map(
    (t) =>
      html`<line class="grid" x1="${LEFT}" x2="${right}" y1="${px(s.y(t))}" y2="${px(s.y(t))}"/><text class="tick" x="${LEFT - 6}" y="${px(s.y(t) + 4)}" text-anchor="end">${shown(t)}</text>`,
  )}${body(s)}<line class="axis" x1="${LEFT}" x2="${right}" y1="${bottom}" y2="${bottom}"/>${(
    f.x.ticks ?? ticks(f.x.low, f.x.high, wide ? 6 : 4)
  ).map(
    (t) =>
      html`<line class="axis" x1="${px(s.x(t))}" x2="${px(s.x(t))}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" x="${px(s.x(t))}" y="${bottom + 16}" text-anchor="middle">${shown(t)}</text>`,
  )}<text class="axis-title" x="${px((LEFT + right) / 2)}" y="${f.height - 6}" text-anchor="middle">${f.x.title}</text><text class="axis-title" transform="translate(13 ${px((TOP + bottom) / 2)}) rotate(-90)" text-anchor="middle">${f.y.title}</text></svg>`;
}

export interface Plotted {
  readonly caption: Part;
  /** What a screen reader says in place of the picture. */
  readonly label: string;
  readonly picture: Markup;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Part | Cell)[])[];
}

/** A picture with its caption and the table behind it. */
export const figure = ({ caption, label, picture, columns, rows }: Plotted): Markup =>
  html`<figure><figcaption>${caption}</figcaption><div class="scroll" role="img" aria-label="${label}">${picture}</div><details class="behind"><summary>Table</summary>${table(label, columns, rows)}</details></figure>`;

export interface BarsInput {
  readonly caption: Part;
  readonly label: string;
  readonly x: string;
  readonly y: string;
  /** Start of the first bin, values in a bin, counts. */
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** A histogram over whole integers. */
export function histogram({ caption, label, x, y, from, width, counts }: BarsInput): Markup {
  const top = Math.max(1, ...counts);
  const end = from + width * counts.length;
  const bin = (i: number) => (width === 1 ? String(from + i) : `${from + i * width} to ${from + (i + 1) * width - 1}`);
  const marks = ticks(from, end - 1, 4).filter(Number.isInteger);
  const picture = axes(
    {
      width: 300,
      height: 170,
      x: { low: from - 0.5, high: end - 0.5, title: x, ticks: marks },
      y: { low: 0, high: top, title: y, ticks: ticks(0, top, 3) },
    },
    (s) => {
      const bars = counts.flatMap((n, i) => {
        if (n === 0) return [];
        const [l, r] = [s.x(from + i * width - 0.5), s.x(from + (i + 1) * width - 0.5)];
        const gap = r - l > 4 ? 1 : 0;
        const height = Math.max(1, s.y(0) - s.y(n));
        return [`M${px(l)} ${px(s.y(0))}v${px(-height)}h${px(r - l - gap)}v${px(height)}z`];
      });
      return html`<path class="bar" d="${bars.join("")}"/>`;
    },
  );
  return figure({
    caption,
    label,
    picture,
    columns: [{ title: x }, { title: y, number: true }],
    rows: counts.flatMap((n, i) => (n === 0 ? [] : [[bin(i), n]])),
  });
}

export interface LineInput {
  readonly caption: Part;
  readonly label: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly (readonly [number, number])[];
  /** A value to hold the line against, with its name. */
  readonly reference?: readonly [number, string] | undefined;
  /** Least height of the axis, so that small differences look small, and the largest value that there can be. */
  readonly least?: number;
  readonly most?: number;
}

/** Ends of an axis around values. */
function around(values: readonly number[], least: number, most: number): { low: number; high: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.1 * (high - low || 1), (least - (high - low)) / 2);
  const top = Math.min(high + room, Math.max(most, high));
  return { low: Math.min(low - room, top - least), high: top };
}

export function linePlot(input: LineInput): Markup {
  const { caption, label, x, y, points, reference, least = 0, most = Number.POSITIVE_INFINITY } = input;
  const ys = [...points.map((p) => p[1]), ...(reference ? [reference[0]] : [])];
  const xs = points.map((p) => p[0]);
  const picture = axes(
    {
      width: 420,
      height: 230,
      x: { low: Math.min(...xs) - 0.5, high: Math.max(...xs) + 0.5, title: x, ticks: xs },
      y: { ...around(ys, least, most), title: y },
    },
    (s) =>
      html`${
        reference
          ? html`<line class="reference" x1="${LEFT}" x2="${420 - RIGHT}" y1="${px(s.y(reference[0]))}" y2="${px(s.y(reference[0]))}"/><text class="tick" x="${420 - RIGHT}" y="${px(s.y(reference[0]) - 5)}" text-anchor="end">${reference[1]}</text>`
          : null
      }<polyline class="line" points="${points.map((p) => `${px(s.x(p[0]))},${px(s.y(p[1]))}`).join(" ")}"/>${points.map(
        (p) => html`<circle class="dot" cx="${px(s.x(p[0]))}" cy="${px(s.y(p[1]))}" r="3.5"/>`,
      )}`,
  );
  return figure({
    caption,
    label,
    picture,
    columns: [
      { title: x, number: true },
      { title: y, number: true },
    ],
    rows: points.map((p) => [p[0], short(p[1])]),
  });
}

export interface StackInput {
  readonly caption: Part;
  readonly label: string;
  readonly x: string;
  readonly names: readonly string[];
  /** Parts of each row, one after another. */
  readonly parts: readonly { readonly title: string; readonly kind: string; readonly values: readonly number[] }[];
  readonly limit?: readonly [number, string] | undefined;
}

/** Rows of bars from the left, one above another. */
export function rowBars({ caption, label, x, names, parts, limit }: StackInput): Markup {
  const each = 12 * parts.length + 8;
  const left = Math.min(220, 16 + Math.max(...names.map((n) => n.length), 4) * 7);
  const [width, height] = [720, TOP + names.length * each + BOTTOM];
  const top = Math.max(1, ...parts.flatMap((p) => p.values));
  const at = (v: number) => left + (v / top) * (width - left - 70);
  // What is counted has no halves.
  const whole = parts.every((p) => p.values.every(Number.isInteger));
  const bottom = height - BOTTOM;
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${ticks(
    0,
    top,
    6,
  )
    .filter((t) => !whole || Number.isInteger(t))
    .map(
      (t) =>
        html`<line class="grid" x1="${px(at(t))}" x2="${px(at(t))}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${px(at(t))}" y="${bottom + 16}" text-anchor="middle">${short(t)}</text>`,
    )}${names.map(
    (n, i) =>
      html`<text class="tick" x="${left - 6}" y="${px(TOP + i * each + each / 2 + 3)}" text-anchor="end">${n.length > 28 ? `${n.slice(0, 27)}\u2026` : n}</text>${parts.map(
        (p, k) =>
          html`<rect class="${p.kind}" x="${left}" y="${px(TOP + i * each + 4 + 12 * k)}" width="${px(Math.max(p.values[i]! > 0 ? 1 : 0, at(p.values[i]!) - left))}" height="10"/><text class="tick" x="${px(at(p.values[i]!) + 4)}" y="${px(TOP + i * each + 13 + 12 * k)}">${short(p.values[i]!)}</text>`,
      )}`,
  )}${limit ? html`<line class="reference" x1="${px(at(Math.min(limit[0], top)))}" x2="${px(at(Math.min(limit[0], top)))}" y1="${TOP}" y2="${bottom}"/>` : null}<line class="axis" x1="${left}" x2="${left}" y1="${TOP}" y2="${bottom}"/><text class="axis-title" x="${px((left + width) / 2)}" y="${height - 6}" text-anchor="middle">${x}</text></svg>`;
  return figure({
    caption: html`${caption}${parts.length > 1 ? legend(parts) : null}`,
    label,
    picture,
    columns: [{ title: "layer" }, ...parts.map((p) => ({ title: p.title, number: true }))],
    rows: names.map((n, i) => [n, ...parts.map((p) => p.values[i]!)]),
  });
}

export const legend = (parts: readonly { readonly title: string; readonly kind: string }[]): Markup =>
  html`<span class="legend">${parts.map(
    (p) =>
      html`<span><svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><rect class="${p.kind}" width="12" height="12" rx="2"/></svg> ${p.title}</span>`,
  )}</span>`;

export interface ScatterInput {
  readonly caption: Part;
  readonly label: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly best: boolean;
    readonly label: string;
  }[];
  readonly limit?: readonly [number, string] | undefined;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Part | Cell)[])[];
}

/** Powers of ten, and their double and fivefold, in a range of logarithms. */
function logTicks(low: number, high: number): number[] {
  const out: number[] = [];
  for (let e = Math.floor(low); e <= Math.ceil(high); e++)
    for (const m of [1, 2, 5]) {
      const v = Math.log10(m) + e;
      if (v >= low && v <= high) out.push(v);
    }
  return out.length > 9 ? out.filter((v) => Number.isInteger(v)) : out;
}

/** Points on logarithmic axes; the best ones are joined. */
export function scatter({ caption, label, x, y, points, limit, columns, rows }: ScatterInput): Markup {
  const log = points.filter((p) => p.x > 0 && p.y > 0).map((p) => ({ ...p, x: Math.log10(p.x), y: Math.log10(p.y) }));
  const range = (v: readonly number[]) => ({ low: Math.min(...v) - 0.08, high: Math.max(...v) + 0.08 });
  const xs = range([...log.map((p) => p.x), ...(limit ? [Math.log10(limit[0])] : [])]);
  const ys = range(log.map((p) => p.y));
  const picture = axes(
    {
      ...{ width: 640, height: 360 },
      x: { ...xs, title: x, ticks: logTicks(xs.low, xs.high) },
      y: { ...ys, title: y, ticks: logTicks(ys.low, ys.high) },
      shown: (v) => short(Number((10 ** v).toPrecision(6))),
    },
    (s) =>
      html`${
        limit
          ? html`<line class="reference" x1="${px(s.x(Math.log10(limit[0])))}" x2="${px(s.x(Math.log10(limit[0])))}" y1="${TOP}" y2="${360 - BOTTOM}"/><text class="tick" x="${px(s.x(Math.log10(limit[0])) - 5)}" y="${TOP + 12}" text-anchor="end">${limit[1]}</text>`
          : null
      }<polyline class="line" points="${log
        .filter((p) => p.best)
        .sort((a, b) => a.x - b.x)
        .map((p) => `${px(s.x(p.x))},${px(s.y(p.y))}`)
        .join(
          " ",
        )}"/>${log.map((p) => html`<circle class="${p.best ? "dot" : "third"}" cx="${px(s.x(p.x))}" cy="${px(s.y(p.y))}" r="4"><title>${p.label}</title></circle>`)}`,
  );
  return figure({ caption, label, picture, columns, rows });
}
