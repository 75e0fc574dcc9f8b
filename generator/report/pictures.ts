// The pictures of a report that are no plots: the timeline of a design, the confusion matrix.
import type { DesignReport, MismatchReport, TimelineRow } from "./data.ts";
import { html, type Markup, px } from "./markup.ts";
import { figure, legend, short, ticks } from "./plots.ts";
import { timingPicture } from "./timing.ts";

const ROW = 20;
const BOTTOM = 40;
const BAR = 12;

/** Rows of layers over time; each bin shows its shares above one another. */
export function timelinePicture({ schedule, layers, bottleneck }: DesignReport): Markup {
  const names = layers.map((l) => l.name);
  const left = Math.min(200, 16 + Math.max(4, ...names.map((n) => n.length)) * 7);
  const width = 1060;
  // Two bars a layer where both were made.
  const pitch = schedule.measured ? 2 * BAR + 10 : ROW;
  const height = 8 + layers.length * pitch + BOTTOM;
  const bins = schedule.rows[0]?.busy.length ?? 1;
  const each = (width - left - 14) / bins;
  const at = (clock: number) => left + (clock / schedule.clocks) * (width - left - 14);
  const bottom = height - BOTTOM;
  const row = (i: number): Markup => {
    const top = 8 + i * pitch + 3;
    if (!schedule.measured) return bar(schedule.rows[i]!, top, ROW - 6);
    const below = schedule.measured.rows[i];
    return html`${bar(schedule.rows[i]!, top, BAR)}${below ? bar(below, top + BAR + 2, BAR) : null}`;
  };
  const bar = ({ busy, waiting, blocked }: TimelineRow, y: number, h: number): Markup => {
    // Bins of equal shares are one rectangle.
    const path = (from: (k: number) => number, size: (k: number) => number): string => {
      const out: string[] = [];
      for (let k = 0; k < bins; ) {
        let end = k + 1;
        while (end < bins && size(end) === size(k) && from(end) === from(k)) end++;
        if (size(k) > 0)
          out.push(
            `M${px(left + k * each)} ${px(y + h * (1 - from(k) - size(k)))}h${px((end - k) * each)}v${px(h * size(k))}h${px(-(end - k) * each)}z`,
          );
        k = end;
      }
      return out.join("");
    };
    const none = () => 0;
    return html`<rect class="lane" x="${left}" y="${y}" width="${px(bins * each)}" height="${h}"/><path class="waiting" d="${path(
      (k) => busy[k]! + blocked[k]!,
      (k) => Math.min(waiting[k]!, 1 - busy[k]! - blocked[k]!),
    )}"/><path class="blocked" d="${path(
      (k) => Math.min(1, busy[k]!),
      (k) => Math.min(blocked[k]!, 1 - Math.min(1, busy[k]!)),
    )}"/><path class="busy" d="${path(none, (k) => Math.min(1, busy[k]!))}"/>`;
  };
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${layers.map(
    (l, i) =>
      html`<text class="tick${l.name === bottleneck ? " strong" : ""}" x="${left - 6}" y="${px(8 + i * pitch + pitch / 2 + 4)}" text-anchor="end">${l.name.length > 26 ? `${l.name.slice(0, 25)}\u2026` : l.name}</text>${row(i)}`,
  )}<line class="axis" x1="${left}" x2="${width - 14}" y1="${bottom}" y2="${bottom}"/>${ticks(
    0,
    schedule.clocks,
    8,
  ).map(
    (v) =>
      html`<line class="axis" x1="${px(at(v))}" x2="${px(at(v))}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" x="${px(at(v))}" y="${bottom + 16}" text-anchor="middle">${short(v)}</text>`,
  )}<text class="axis-title" x="${px((left + width) / 2)}" y="${height - 6}" text-anchor="middle">clocks from the first input beat</text></svg>`;
}

/** Labels down, classes across; darker is more of its row. */
export function confusionPicture(confusion: readonly (readonly number[])[]): Markup | null {
  const n = confusion.length;
  if (n > 40) return null;
  const cell = n > 20 ? 20 : 32;
  const left = 54;
  const top = 24;
  const size = left + n * cell + 8;
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${size} ${top + n * cell + 30}" width="${size}" height="${top + n * cell + 30}" aria-hidden="true">${confusion.map(
    (line, r) => {
      const sum = Math.max(
        1,
        line.reduce((a, b) => a + b, 0),
      );
      return html`<text class="tick" x="${left - 6}" y="${top + r * cell + cell / 2 + 4}" text-anchor="end">${r}</text>${line.map(
        (v, c) =>
          html`<rect class="${v === 0 ? "lane" : r === c ? "cell" : "cell-off"}" x="${left + c * cell}" y="${top + r * cell}" width="${cell - 1}" height="${cell - 1}"${v > 0 ? html` fill-opacity="${(0.15 + 0.85 * (v / sum)).toFixed(2)}"` : null}/>${
            v > 0
              ? html`<text class="tick${v / sum > 0.5 ? " invert" : " strong"}" x="${left + c * cell + cell / 2 - 0.5}" y="${top + r * cell + cell / 2 + 4}" text-anchor="middle">${v}</text>`
              : null
          }`,
      )}`;
    },
  )}${confusion.map((_, c) => html`<text class="tick" x="${left + c * cell + cell / 2}" y="${top - 7}" text-anchor="middle">${c}</text>`)}<text class="axis-title" transform="translate(13 ${top + (n * cell) / 2}) rotate(-90)" text-anchor="middle">label</text><text class="axis-title" x="${left + (n * cell) / 2}" y="${top + n * cell + 20}" text-anchor="middle">class found</text></svg>`;
  return figure({
    caption: "Confusion matrix, images",
    label: "confusion matrix: labels down, classes across",
    picture,
    columns: [{ title: "label" }, ...confusion.map((_, c) => ({ title: `class ${c}`, number: true }))],
    rows: confusion.map((line, r) => [r, ...line]),
  });
}

/** Pixels of a picture of differences: larger maps are shown around the first one. */
const WINDOW = 48;

/** Where a frame differs from golden, and the row of the first difference, value by value. */
export function mismatchPicture(m: MismatchReport): Markup | null {
  const { place } = m;
  if (!place) return null;
  const start = (at: number, size: number) => Math.max(0, Math.min(at - WINDOW / 2, size - WINDOW));
  const [top, left] = [start(m.row, place.rows), start(m.column, place.columns)];
  const [rows, columns] = [Math.min(WINDOW, place.rows), Math.min(WINDOW, place.columns)];
  const cell = Math.max(8, Math.min(24, Math.floor(720 / Math.max(rows, columns))));
  const wrong = new Set(place.pixels);
  const [x0, y0] = [40, 20];
  const squares = Array.from({ length: rows * columns }, (_, i) => {
    const [r, c] = [top + Math.floor(i / columns), left + (i % columns)];
    const is = r === m.row && c === m.column ? "first" : wrong.has(r * place.columns + c) ? "cell-off" : "lane";
    return html`<rect class="${is}" x="${x0 + (c - left) * cell}" y="${y0 + (r - top) * cell}" width="${cell - 1}" height="${cell - 1}"/>`;
  });
  const [width, height] = [x0 + columns * cell + 10, y0 + rows * cell + 10];
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${squares}<text class="tick" x="${x0}" y="14">column ${left} to ${left + columns - 1}</text><text class="tick" transform="translate(14 ${y0}) rotate(-90)" text-anchor="end">row ${top} to ${top + rows - 1}</text></svg>`;
  return figure({
    caption: html`Where ${m.tensor} differs in image ${m.frame}${legend([
      { title: "first difference", kind: "first" },
      { title: "differs", kind: "cell-off" },
      { title: "equal", kind: "lane" },
    ])} <small>${place.pixels.length} of ${place.rows * place.columns} pixels</small>`,
    label: `places where ${m.tensor} differs; the table has row ${m.row} of channel ${m.channel}`,
    picture,
    columns: [
      { title: "column", number: true },
      { title: "expected", number: true },
      { title: "found", number: true },
    ],
    rows: place.expected.map((v, c) => [c, v, place.actual[c]!]),
  });
}

/** The stream's signals around the first difference, the lane that differs as a number. */
export function mismatchWaves(m: MismatchReport): Markup | null {
  const { wave } = m;
  if (!wave) return null;
  const clocks = wave.tdata.length;
  const numbers = wave.tdata.map((_, i) => wave.from + i);
  const marked = m.clock - wave.from;
  const word = (v: number | string | null) => (v === null ? "x" : String(v));
  const valid = (i: number) => wave.tvalid[i] === "1";
  const port = m.stream;
  const label = `waveform of ${port} from clock ${wave.from} on; the beat of clock ${m.clock} differs`;
  const picture = timingPicture({
    label,
    clocks,
    numbers,
    marked,
    rows: [
      { name: "clk", kind: "clock" },
      { name: "tvalid", kind: "bit", bits: wave.tvalid },
      { name: "tready", kind: "bit", bits: wave.tready },
      { name: `tdata, lane ${wave.lane}`, kind: "data", words: wave.values.map((v, i) => (valid(i) ? word(v) : "")) },
      {
        name: "golden",
        kind: "data",
        words: wave.values.map((_, i) => (i === marked && wave.expected !== null ? String(wave.expected) : "")),
      },
      { name: "tlast", kind: "bit", bits: wave.tlast },
    ],
  });
  return figure({
    caption: html`Waveform of ${port} around clock ${m.clock} <small>values as sampled at the clock's edge</small>`,
    label,
    picture,
    columns: [
      { title: "clock", number: true },
      { title: "tvalid" },
      { title: "tready" },
      { title: "tlast" },
      { title: "tdata, hexadecimal" },
      { title: `lane ${wave.lane}`, number: true },
    ],
    rows: numbers.map((clock, i) => [
      clock,
      wave.tvalid[i]!,
      wave.tready[i]!,
      wave.tlast[i]!,
      word(wave.tdata[i]!),
      word(wave.values[i]!),
    ]),
  });
}
