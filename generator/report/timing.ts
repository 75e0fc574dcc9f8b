// Timing diagrams of streams: one row a signal, one column a clock.
import { html, type Markup, px } from "./markup.ts";

export type TimingRow =
  | { readonly name: string; readonly kind: "clock" }
  /** One character a clock: 0, 1 or x. */
  | { readonly name: string; readonly kind: "bit"; readonly bits: string }
  /** One word a clock; empty where nothing is said. Equal neighbours are one word that is held. */
  | { readonly name: string; readonly kind: "data"; readonly words: readonly string[] };

export interface Timing {
  /** What a screen reader says. */
  readonly label: string;
  readonly rows: readonly TimingRow[];
  readonly clocks: number;
  /** Numbers above the columns. */
  readonly numbers?: readonly number[] | undefined;
  /** A column that is marked. */
  readonly marked?: number | undefined;
}

const [STEP, ROW, HIGH] = [52, 34, 18];

export function timingPicture({ label, rows, clocks, numbers, marked }: Timing): Markup {
  const left = Math.max(140, 20 + 7.5 * Math.max(...rows.map((r) => r.name.length)));
  const top = numbers ? 24 : 8;
  const [width, height] = [left + clocks * STEP + 10, top + rows.length * ROW];
  const y = (n: number) => top + n * ROW;
  const at = (i: number) => left + i * STEP;
  const level = (bits: string, base: number): string =>
    [...bits]
      .map((b, i) => {
        const now = b === "1" ? base : b === "0" ? base + HIGH : base + HIGH / 2;
        return `${i === 0 ? `M${left} ${now}` : `V${now}`}H${at(i + 1)}`;
      })
      .join("");
  const drawn = rows.map((r, n): Markup => {
    if (r.kind === "bit") return html`<path class="wave" d="${level(r.bits, y(n))}"/>`;
    if (r.kind === "clock") {
      const half = [..."10".repeat(clocks)].map(
        (b, i) =>
          `${i === 0 ? `M${left} ${y(n) + HIGH}` : ""}V${b === "1" ? y(n) : y(n) + HIGH}H${px(left + ((i + 1) * STEP) / 2)}`,
      );
      return html`<path class="wave" d="${half.join("")}"/>`;
    }
    return html`${r.words.map((d, i) => {
      const [x, base] = [at(i), y(n)];
      if (d === "") return html`<path class="low" d="M${x} ${base + HIGH / 2}h${STEP}"/>`;
      const held = d === r.words[i - 1];
      const holds = d === r.words[i + 1];
      return html`<path class="word" d="M${x} ${base}h${STEP}m0 ${HIGH}h${-STEP}"/>${
        held
          ? null
          : html`<path class="word" d="M${x} ${base}v${HIGH}"/><text x="${x + (holds ? STEP : STEP / 2)}" y="${base + 13}" text-anchor="middle">${d}</text>`
      }`;
    })}`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="timing" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${
    marked === undefined
      ? null
      : html`<rect class="marked" x="${at(marked)}" y="0" width="${STEP}" height="${height - 4}"/>`
  }${numbers?.map((v, i) => html`<text class="tick" x="${at(i) + STEP / 2}" y="14" text-anchor="middle">${v}</text>`)}${Array.from({ length: clocks }, (_, i) => html`<path class="grid" d="M${at(i)} ${top - 6}V${height - 4}"/>`)}${rows.map((r, i) => html`<text x="${left - 8}" y="${y(i) + 14}" text-anchor="end">${r.name}</text>`)}${drawn}</svg>`;
}
