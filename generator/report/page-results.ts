// Sections of a page about what came of it: numbers, logic, proof, the points and variants of other commands.
import type { NumbersReport, ProofReport, ReportData } from "./data.ts";
import { html, type Markup, type Part } from "./markup.ts";
import {
  costCells,
  costColumns,
  countedOf,
  limits,
  n,
  nameCell,
  percent,
  rows,
  section,
  share,
  t,
} from "./page-parts.ts";
import { confusionPicture, mismatchPicture, mismatchWaves } from "./pictures.ts";
import { histogram, linePlot, rowBars, scatter, short } from "./plots.ts";
import { pngUri } from "./png.ts";
import { Cell, grouped, table } from "./table.ts";

export function numbersSection(numbers: NumbersReport | null): Markup {
  if (!numbers)
    return section(
      "numbers",
      "Numbers",
      html`<p>No images were given: <code>--images X.npy</code> adds histograms and errors, <code>--labels Y.npy</code> accuracy.</p>`,
    );
  const { accuracy, edges } = numbers;
  return section("numbers", "Numbers", [
    html`<p>What the integers look like on ${numbers.images} images, and how far they are from the float reference.</p>`,
    accuracy ? accuracyPart(accuracy) : null,
    html`<h3>Error against float</h3>`,
    table(
      "error of each layer against the float reference",
      [t("result of"), n("largest error"), n("mean error"), n("SQNR in dB"), n("clipped")],
      edges
        .filter((e) => e.error)
        .map((e) => [
          e.edge,
          new Cell(short(e.error!.max), e.error!.max),
          new Cell(short(e.error!.mean), e.error!.mean),
          e.error!.sqnr === null ? "" : new Cell(e.error!.sqnr.toFixed(1), e.error!.sqnr),
          share(e.clipped, 3),
        ]),
    ),
    numbers.maps.length > 0
      ? html`<h3>Results</h3><ul class="pictures maps">${numbers.maps.map(
          (m) =>
            html`<li>${m.input ? html`<img src="${pngUri(m.input)}" alt="image ${m.image}">` : null}<img src="${pngUri(m.output)}" alt="result of image ${m.image}"><br>image ${m.image}</li>`,
        )}</ul>`
      : null,
    html`<h3>Histograms of weights</h3><div class="plots">${numbers.weights.map((w) =>
      histogram({
        caption: html`${w.layer} <small>${w.bits} bits, ${percent(w.atEnds, 2)} at the ends; coded ${w.coded.toFixed(2)} bits a weight, entropy ${w.entropy.toFixed(2)}</small>`,
        label: `weights of ${w.layer}`,
        x: "stored integer",
        y: "weights",
        ...w.histogram,
      }),
    )}</div>`,
    html`<h3>Histograms of results</h3><div class="plots">${edges.map((e) =>
      histogram({
        caption: html`${e.edge}${e.clipped === null ? null : html` <small>${percent(e.clipped, 3)} clipped</small>`}`,
        label: `values of ${e.edge}`,
        x: "stored integer",
        y: "values",
        ...e.histogram,
      }),
    )}</div>`,
    limits(
      "a bound. Errors and shares are those of these images; an error in a layer holds those of all layers in front of it, and weights at the ends of their range are not all clipped.",
    ),
  ]);
}

function accuracyPart(a: NonNullable<NumbersReport["accuracy"]>): Markup {
  const margin = 1.96 * Math.sqrt((a.integer * (1 - a.integer)) / Math.max(1, a.images));
  return html`<h3>Accuracy</h3><p>${percent(a.integer, 2)} of ${a.images} images in integers${
    a.float === null ? "" : `, ${percent(a.float, 2)} in the float reference`
  }; chance alone moves it by \u00b1${percent(margin, 1)} (95 %).</p><div class="beside">${
    a.byBits.length > 1
      ? linePlot({
          caption: "Accuracy by bits of activations and weights",
          label: "accuracy by bits",
          x: "bits",
          y: "accuracy in %",
          ...{ least: 5, most: 100 },
          points: a.byBits.map((b) => [b.bits, 100 * b.accuracy] as const),
          reference: a.float === null ? undefined : [100 * a.float, "float"],
        })
      : null
  }${confusionPicture(a.confusion)}</div>${
    a.wrongCount > 0
      ? html`<h3>Wrong images</h3><p>${a.wrongCount} of ${a.images}${a.wrongCount > a.wrong.length ? `; the first ${a.wrong.length}` : ""}.</p><ul class="pictures">${a.wrong.map(
          (w) =>
            html`<li>${w.picture ? html`<img src="${pngUri(w.picture)}" alt="image ${w.image}, label ${w.label}, found ${w.found}">` : null}image ${w.image}<br>label ${w.label}, found ${w.found}</li>`,
        )}</ul>`
      : html`<p>No image is wrong.</p>`
  }`;
}

export function logicSection({ design }: ReportData): Markup {
  const first = design.logic[0]!;
  const made = first.synthesized;
  const withLayers = design.layers.some((l) => l.estimate);
  const columns = withLayers
    ? [
        t("layer"),
        ...costColumns(first).map((c) => ({ ...c, title: `${c.title}, estimate` })),
        ...(made ? costColumns(first).map((c) => ({ ...c, title: `${c.title}, synthesis` })) : []),
      ]
    : [];
  const device = first.device;
  const blank = costColumns(first).map(() => "");
  const large = design.logic.some((l) => l.estimate.uram);
  const foot: (readonly (Part | Cell)[])[] = [
    ["total", ...costCells(first, first.estimate), ...(made ? costCells(first, made) : [])],
    ...(device
      ? [
          [
            "share of the device",
            ...[first.estimate, ...(made ? [made] : [])].flatMap((c) =>
              countedOf(first.words).map((k) => (device[k] ? percent((c[k] ?? 0) / device[k]) : "")),
            ),
          ],
        ]
      : []),
  ];
  return section("logic", "Logic", [
    withLayers
      ? [
          html`<p>By the compiler's model${made ? ", and as synthesis counted" : ""}, on ${design.targetTitle}${device ? html` (${device.part}: ${grouped(device.lut)} ${first.words.lut}, ${grouped(device.ff)} FF, ${device.bram} ${first.words.bram},${device.uram ? ` ${device.uram} ${first.words.uram},` : ""} ${device.dsp} ${first.words.dsp})` : ""}.</p>`,
          rowBars({
            caption: `${first.words.lut} by layer`,
            label: `${first.words.lut} by layer`,
            x: first.words.lut,
            names: design.layers.map((l) => l.name),
            parts: [
              {
                title: "estimate",
                kind: made ? "third" : "main",
                values: design.layers.map((l) => l.estimate?.lut ?? 0),
              },
              ...(made
                ? [{ title: "synthesis", kind: "main", values: design.layers.map((l) => l.synthesized?.lut ?? 0) }]
                : []),
            ],
          }),
          table(
            "logic by layer",
            columns,
            design.layers.map((l, i) => [
              nameCell(i, l.name),
              ...(l.estimate ? costCells(first, l.estimate) : blank),
              ...(made ? (l.synthesized ? costCells(first, l.synthesized) : blank) : []),
            ]),
            foot,
          ),
        ]
      : [
          html`<p>By the compiler's model, without a target: the whole design on each family (<code>--target</code> adds the layers and the device).</p>`,
          table(
            "logic by family",
            [t("family"), n("LUT"), n("FF"), n("block RAM"), ...(large ? [n("UltraRAM")] : []), n("DSP")],
            design.logic.map(({ family, estimate: e }) => [
              ...[family, e.lut, e.ff, e.bram],
              ...[...(large ? [e.uram ?? 0] : []), e.dsp],
            ]),
          ),
        ],
    first.comparison.length > 0
      ? html`<h3>L1 layers against multiplying layers</h3><p>The adder layers and the same folds and bits with products in their place, by the model${design.target ? "" : `, on ${first.family}`}.</p>${table(
          "L1 against multiplying layers",
          [t("DSP blocks"), t("layers"), ...costColumns(first)],
          first.comparison.flatMap((c) => [
            [c.dsp ? "may be used" : "none", "L1", ...costCells(first, c.distances)],
            [c.dsp ? "may be used" : "none", "multiplying", ...costCells(first, c.products)],
          ]),
        )}<p>Energy of the taps: ${first.energy.distances.toFixed(1)} nJ a frame, ${first.energy.products.toFixed(1)} nJ with products (${first.energy.source}).</p>`
      : html`<p>Energy of the taps: ${first.energy.distances.toFixed(1)} nJ a frame (${first.energy.source}).</p>`,
    first.reachedMHz === null ? null : html`<p>Place and route reached ${first.reachedMHz.toFixed(1)} MHz.</p>`,
    first.criticalPath && first.criticalPath.length > 0
      ? html`<h3>Critical path</h3>${table(
          "critical path by layer",
          [t("layer"), t("module"), n("logic in ns"), n("routing in ns")],
          first.criticalPath.map((h) => [
            h.layer || "(between layers)",
            h.module,
            new Cell(h.logic.toFixed(2), h.logic),
            new Cell(h.routing.toFixed(2), h.routing),
          ]),
        )}`
      : null,
    limits(
      "the size of a finished device image. Estimates are sums over cells, fitted to syntheses of single cells; synthesis and place and route have the last word. The energy is that of the arithmetic alone, in 45 nm: no wires, memories or idle clocks.",
    ),
  ]);
}

export function proofSection(proof: ProofReport): Markup {
  return section("proof", "Proof", [
    proof.runs.length === 0
      ? html`<p>Nothing was simulated for this report. <code>--simulator verilator</code> compares every stream of the design with the golden model, value by value.</p>`
      : [
          html`<p>Every stream between layers and every output port, simulated as emitted and compared with the golden model beat by beat.</p>`,
          table(
            "simulations",
            [
              t("stage"),
              t("simulator"),
              t("result"),
              n("images"),
              n("streams"),
              n("values"),
              n("stalls"),
              n("seed"),
              n("clocks"),
            ],
            proof.runs.map((r) => [
              r.stage,
              r.simulator,
              r.mismatch
                ? html`<span class="bad">differs</span>`
                : r.faults.length > 0
                  ? html`<span class="bad">${r.latency === null ? "differs" : "clocks differ"}</span>`
                  : html`<span class="good">equal</span>`,
              r.frames,
              r.streams,
              r.values,
              new Cell(percent(r.stall, 0), r.stall),
              r.seed,
              r.clocks,
            ]),
          ),
        ],
    proof.runs.flatMap((r) => r.faults.map((f) => html`<p class="bad">${r.simulator}: ${f}</p>`)),
    proof.runs.map((r) =>
      r.mismatch
        ? html`<h3>First difference in ${r.simulator}</h3>${rows([
            ["tensor", r.mismatch.tensor],
            ["stream, beat", `${r.mismatch.stream}, ${r.mismatch.beat}`],
            ["image", r.mismatch.frame],
            ["row, column, channel", `${r.mismatch.row}, ${r.mismatch.column}, ${r.mismatch.channel}`],
            ["expected", r.mismatch.expected],
            ["found", r.mismatch.actual],
            ["clock", r.mismatch.clock],
            ...(r.mismatch.waves ? [["waveform", html`<code>${r.mismatch.waves}</code>`] as const] : []),
          ])}`
        : null,
    ),
    proof.runs.map((r) => (r.mismatch ? [mismatchPicture(r.mismatch), mismatchWaves(r.mismatch)] : null)),
    html`<h3>To repeat it</h3><pre class="command"><code>${proof.command}</code></pre>`,
    proof.tools.length > 0
      ? table(
          "tools",
          [t("tool"), t("version")],
          proof.tools.map((x) => [x.name, x.version]),
        )
      : null,
    proof.files.length > 0
      ? html`<details><summary>Files (${proof.files.length}), with their hashes</summary>${table(
          "files",
          [t("file"), t("SHA-256")],
          proof.files.map((f) => [f.name, html`<code>${f.sha256}</code>`]),
        )}</details>`
      : null,
    limits(
      "a proof for every image. A simulation shows that the hardware equals the golden model on these images and stalls; single cells are proven formally, once, in the project's own checks.",
    ),
  ]);
}

export function explorationSection(d: ReportData): Markup | null {
  const e = d.exploration;
  if (!e) return null;
  const { words } = d.design.logic[0]!;
  return section("exploration", "Exploration", [
    html`<p>${e.points.length} designs from the smallest to the fastest, at ${e.clockMHz} MHz, ${e.synthesized ? "synthesized" : "by the compiler's model"}. Those on the line are worth having: no other one is as fast and takes no more of anything.</p>`,
    scatter({
      caption: "Frames a second against logic",
      label: "frames a second against logic",
      x: words.lut,
      y: "frames a second",
      points: e.points.map((p) => ({
        x: p.cost.lut,
        y: p.framesPerSecond,
        best: p.frontier,
        label: `point ${p.index}: ${short(p.framesPerSecond)} frames a second, ${p.cost.lut} ${words.lut}`,
      })),
      limit: d.design.logic[0]!.device ? [d.design.logic[0]!.device.lut, "device"] : undefined,
      columns: [
        n("point"),
        n("frames a second"),
        n("clocks a frame"),
        ...costColumns(d.design.logic[0]!),
        t("bottleneck"),
        t("note"),
      ],
      rows: e.points.map((p) => [
        p.index,
        new Cell(short(p.framesPerSecond), p.framesPerSecond),
        p.clocksPerFrame,
        ...costCells(d.design.logic[0]!, p.cost),
        p.bottleneck,
        p.lacks.length > 0 ? `too large: ${p.lacks.join(", ")}` : p.frontier ? "" : "no gain",
      ]),
    }),
    limits(
      "all designs there are: folds between these points exist, and a point that is too large by the model may still fit.",
    ),
  ]);
}

export function comparisonSection(d: ReportData): Markup | null {
  const c = d.comparison;
  if (!c) return null;
  const { words } = d.design.logic[0]!;
  return section("comparison", "Comparison", [
    html`<p>The same folds with L1 layers and with multiplying layers, synthesized.</p>`,
    rowBars({
      caption: `${words.lut} of the arrays and of their layers`,
      label: `${words.lut} of L1 and multiplying layers`,
      x: words.lut,
      names: c.variants.map((v) => v.name),
      parts: [
        { title: "arrays", kind: "main", values: c.variants.map((v) => v.arrays) },
        { title: "their layers", kind: "third", values: c.variants.map((v) => v.layers) },
      ],
    }),
    table(
      "L1 layers against multiplying layers, synthesized",
      [
        t("design"),
        n(`${words.lut} of arrays`),
        n("of their layers"),
        ...costColumns(d.design.logic[0]!),
        n("MHz"),
        n("nJ a frame"),
        n("by activity"),
      ],
      c.variants.map((v) => [
        v.name,
        v.arrays,
        v.layers,
        ...costCells(d.design.logic[0]!, v.total),
        v.MHz === null ? "" : new Cell(v.MHz.toFixed(1), v.MHz),
        new Cell(v.nanojoules.toFixed(1), v.nanojoules),
        v.activeNanojoules === null ? "" : new Cell(v.activeNanojoules.toFixed(1), v.activeNanojoules),
      ]),
    ),
    limits(
      "a comparison of accuracy: the multiplying layers have the same bits and weights, and their sums mean nothing. Energy is that of the taps' arithmetic alone.",
    ),
  ]);
}
