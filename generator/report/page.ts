// The page of a report: one file of HTML without a network, made of nothing but the report's data.
import { sha256 } from "@noble/hashes/sha2.js";
import type { ReportData } from "./data.ts";
import { html, Markup, type Part } from "./markup.ts";
import { blockSection, layersSection, networkSection, scheduleSection } from "./page-design.ts";
import { countedOf, dims, percent, sumOf } from "./page-parts.ts";
import { comparisonSection, explorationSection, logicSection, numbersSection, proofSection } from "./page-results.ts";
import { short } from "./plots.ts";
import { grouped } from "./table.ts";

/** Style and script of the page, as they lie in templates/report. */
export interface PageAssets {
  readonly css: string;
  readonly js: string;
}

function facts(d: ReportData): Markup {
  const { design, network, numbers, proof } = d;
  const rate = (design.clockMHz * 1e6) / design.interval;
  const failed = proof.runs.filter((r) => r.mismatch || r.faults.length > 0).length;
  const logic = design.target ? design.logic[0] : undefined;
  const all: (readonly [string, Part, Part])[] = [
    ["frames a second", short(rate), `at ${design.clockMHz} MHz`],
    ["clocks a frame", grouped(design.interval), html`bound by ${design.bottleneck}`],
    [
      "latency in clocks",
      grouped(design.latency.last),
      `${short(design.latency.last / design.clockMHz)} \u00b5s to the last result`,
    ],
    ["lanes", grouped(design.lanes), `${percent(design.lanesBusy)} busy`],
    ["parameters", grouped(network.parameters), `${network.layers.length} layers`],
  ];
  if (numbers?.accuracy)
    all.push([
      "accuracy",
      percent(numbers.accuracy.integer, 2),
      `${numbers.accuracy.float === null ? "integers" : `float ${percent(numbers.accuracy.float, 2)}`}, ${numbers.accuracy.images} images`,
    ]);
  // Where the answer is no class, how far the last result is from the float reference's.
  const last = numbers?.edges.filter((e) => e.error).at(-1);
  if (!numbers?.accuracy && last?.error)
    all.push([
      "SQNR of the result",
      last.error.max === 0 ? "exact" : last.error.sqnr === null ? "not defined" : `${last.error.sqnr.toFixed(1)} dB`,
      `against float, ${numbers!.images} images`,
    ]);
  if (logic)
    all.push([
      `${logic.words.lut}${logic.synthesized ? "" : ", estimated"}`,
      grouped((logic.synthesized ?? logic.estimate).lut),
      logic.device
        ? `${percent((logic.synthesized ?? logic.estimate).lut / logic.device.lut)} of ${logic.device.part}`
        : logic.family,
    ]);
  if (logic?.device) {
    const { device, words } = logic;
    // What synthesis counted has the board's serial line in it.
    const used = logic.synthesized ?? sumOf(logic.estimate, logic.beside);
    const shares = countedOf(words)
      .filter((k) => (used[k] ?? 0) > 0)
      .map((k) => ({ word: k === "ff" ? "FF" : words[k]!, of: device[k] ? (used[k] ?? 0) / device[k] : Infinity }))
      .sort((x, y) => y.of - x.of);
    const small = shares.filter(({ of }) => of > 1);
    const [most] = shares;
    all.push([
      logic.synthesized ? "device" : "device, by estimate",
      small.length > 0 ? html`<span class="bad">too small</span>` : "fits",
      small.length > 0
        ? small.map((s) => (s.of === Infinity ? `no ${s.word}` : `${s.word} ${percent(s.of, 0)}`)).join(", ")
        : most
          ? `most used: ${most.word}, ${percent(most.of)}`
          : "",
    ]);
  }
  all.push([
    "proof",
    proof.runs.length === 0
      ? "none"
      : failed > 0
        ? html`<span class="bad">differs</span>`
        : html`<span class="good">equal</span>`,
    proof.runs.length === 0
      ? "--simulator adds it"
      : `${proof.runs.reduce((a, r) => a + r.values, 0)} values, ${proof.runs.map((r) => r.simulator).join(", ")}`,
  ]);
  return html`<dl class="facts">${all.map(([k, v, s]) => html`<div><dt>${k}</dt><dd>${v}<small>${s}</small></dd></div>`)}</dl>`;
}

/** Of the page, in order. */
export const sections = ["network", "design", "schedule", "numbers", "logic", "proof", "layers"] as const;
const capital = (s: string): string => s[0]!.toUpperCase() + s.slice(1);

/** SHA-256 in base64, as a content security policy names a style or a script. */
export function contentDigest(text: string): string {
  let bytes = "";
  for (const b of sha256(new TextEncoder().encode(text))) bytes += String.fromCharCode(b);
  return btoa(bytes);
}

/** A whole page around sections, with a policy that lets nothing in and nothing out but this style and this script. */
export function pageOf(title: string, body: Part, { css, js }: PageAssets, more?: string): string {
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${contentDigest(css)}'; script-src 'sha256-${contentDigest(js)}'; base-uri 'none'; form-action 'none'${more ? `; ${more}` : ""}`;
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(css)}</style>
</head>
<body>
${body}
<script>${new Markup(js)}</script>
</body>
</html>`.text
  }\n`;
}

/** The page of a report. The same data gives the same bytes. */
export function reportPage(d: ReportData, assets: PageAssets): string {
  const more = [...(d.exploration ? ["exploration"] : []), ...(d.comparison ? ["comparison"] : [])];
  const shown = [...more, ...sections];
  const body = html`<a class="skip" href="#main">Skip to the report</a>
<header><h1>${d.network.name}</h1><p class="under">${d.network.input.name} ${dims(d.network.input.shape)} ${d.network.input.storage}${d.design.targetTitle ? html` on ${d.design.targetTitle}` : null}, compiled by addernet-rtl ${d.version}; hash of the design <code>${d.design.hash}</code></p>${facts(d)}</header>
<nav aria-label="sections"><ul>${shown.map((s) => html`<li><a href="#${s}">${capital(s)}</a></li>`)}</ul></nav>
<main id="main">
${explorationSection(d)}
${comparisonSection(d)}
${networkSection(d)}
${blockSection(d)}
${scheduleSection(d)}
${numbersSection(d.numbers)}
${logicSection(d)}
${proofSection(d.proof)}
${layersSection(d)}
</main>
<footer>One file, no network: this page loads nothing and sends nothing.</footer>`;
  return pageOf(`${d.network.name}: addernet report`, body, assets);
}
