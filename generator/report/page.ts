// The page of a report: one file of HTML without a network, made of nothing but the report's data.
import { sha256 } from "@noble/hashes/sha2.js";

import type { Cost } from "../targets/index.ts";
import type { LayerReport, LogicReport, NumbersReport, ProofReport, ReportData, TimelineRow } from "./data.ts";
import { type Arrow, type Box, drawGraph } from "./graph.ts";
import { html, Markup, type Part } from "./markup.ts";
import { confusionPicture, mismatchPicture, mismatchWaves, timelinePicture } from "./pictures.ts";
import { figure, histogram, legend, linePlot, rowBars, scatter, short } from "./plots.ts";
import { pngUri } from "./png.ts";
import { Cell, type Column, grouped, table } from "./table.ts";

/** Style and script of the page, as they lie in templates/report. */
export interface PageAssets {
  readonly css: string;
  readonly js: string;
}

const percent = (v: number, digits = 1): string => `${(100 * v).toFixed(digits)} %`;
const share = (v: number | null, digits = 2): Cell | string => (v === null ? "" : new Cell(percent(v, digits), v));
const dims = (s: readonly number[]): string => s.join(" \u00d7 ");
const limits = (text: Part): Markup => html`<p class="limits"><strong>What this is not:</strong> ${text}</p>`;
const section = (id: string, title: string, body: Part): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
const rows = (pairs: readonly (readonly [string, Part])[]): Markup =>
  html`<dl class="rows">${pairs.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl>`;
const n = (title: string): Column => ({ title, number: true });
const t = (title: string): Column => ({ title });

/** Link to the page of a layer. */
const layerLink = (i: number, name: string): Markup => html`<a href="#layer-${i}">${name}</a>`;
const nameCell = (i: number, name: string): Cell => new Cell(layerLink(i, name), name);

const fold = (l: LayerReport): string =>
  l.lanes > 0 ? `PE ${l.pe}, SIMD ${l.simd}${l.pixels > 1 ? `, ${l.pixels} pixels` : ""}` : "";

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
    const shares = (["lut", "ff", "bram", "dsp"] as const)
      .filter((k) => used[k] > 0)
      .map((k) => ({ word: k === "ff" ? "FF" : words[k], of: device[k] > 0 ? used[k] / device[k] : Infinity }))
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

function networkSection({ network, design }: ReportData): Markup {
  const owner = new Map(design.layers.flatMap((l, i) => l.layers.map((name) => [name, i] as const)));
  const known = new Set([network.input.name, ...network.layers.map((l) => l.name)]);
  const href = (name: string): string | undefined => (owner.has(name) ? `#layer-${owner.get(name)}` : undefined);
  const boxes: Box[] = [
    {
      id: `i:${network.input.name}`,
      title: network.input.name,
      lines: [dims(network.input.shape), network.input.storage],
      kind: "port",
    },
    ...network.layers.map((l): Box => {
      const at = owner.get(l.name);
      const made = at === undefined ? undefined : design.layers[at];
      return {
        id: `i:${l.name}`,
        title: l.name,
        lines: [l.kind, dims(l.shape), ...(made && made.layers.at(-1) === l.name ? [`${made.bits} bits`] : [])],
        href: href(l.name),
        kind: l.parameters > 0 ? "wide" : "layer",
      };
    }),
  ];
  const arrows: Arrow[] = network.layers.flatMap((l) =>
    l.inputs.filter((i) => known.has(i)).map((i) => ({ from: `i:${i}`, to: `i:${l.name}` })),
  );
  return section("network", "Network", [
    html`<p>The layers of the network file, their shapes (rows, columns, channels) and the bits of what they give. A click leads to the hardware that computes a layer; layers with parameters are tinted.</p>`,
    drawGraph(boxes, arrows, `graph of the network ${network.name}`),
    html`<details class="behind"><summary>Table</summary>${table(
      "layers of the network",
      [t("layer"), t("kind"), t("inputs"), t("shape"), n("parameters"), t("computed in")],
      network.layers.map((l) => {
        const at = owner.get(l.name);
        return [
          l.name,
          l.kind,
          l.inputs.join(", "),
          dims(l.shape),
          l.parameters,
          at === undefined ? "" : nameCell(at, design.layers[at]!.name),
        ];
      }),
    )}</details>`,
    limits(
      "a picture of the hardware. Layers that share one requantize step are one module there; the block diagram shows those.",
    ),
  ]);
}

function blockSection({ design }: ReportData): Markup {
  const memory = (i: number) =>
    design.memories.filter((m) => m.layer === i).reduce((a, m) => a + m.words * m.wordBits, 0);
  const fifos = new Map(design.fifos.map((f) => [f.stream, f]));
  const boxes: Box[] = [
    { id: "b:-1", title: "s_axis", lines: ["input"], kind: "port" },
    ...design.layers.map((l, i): Box => {
      const bits = memory(i);
      const held = design.fifos.filter((f) => f.layer === i);
      return {
        id: `b:${i}`,
        title: l.name,
        lines: [
          fold(l) || l.op,
          ...(bits > 0 ? [`memory ${short(bits)} bits`] : []),
          ...(held.length > 0 ? [`FIFO ${held.map((f) => `${f.depth} \u00d7 ${f.bits}`).join(", ")}`] : []),
        ],
        href: `#layer-${i}`,
        kind: l.lanes > 0 && l.parameters > 0 ? "wide" : "layer",
      };
    }),
    { id: "b:-2", title: "m_axis", lines: ["output"], kind: "port" },
  ];
  const between = design.streams;
  const arrows = between.map((s) => ({
    from: `b:${s.from}`,
    to: `b:${s.to}`,
    label: `${s.lanes} \u00d7 ${s.laneBits}`,
  }));
  const end = (i: number): Part =>
    i === -1 ? "s_axis" : i === -2 ? "m_axis" : nameCell(i, design.layers[i]!.name).shown;
  return section("design", "Design", [
    html`<p>Modules and the AXI4-Streams between them. An arrow bears lanes \u00d7 bits of a beat; a box its fold, the bits of its memories, and FIFOs as depth \u00d7 width.</p>`,
    drawGraph(boxes, arrows, `block diagram of ${design.top}`),
    table(
      "layers of the hardware",
      [
        t("layer"),
        t("op"),
        t("shape"),
        n("bits"),
        n("PE"),
        n("SIMD"),
        n("pixels"),
        n("lanes"),
        n("clocks a frame"),
        n("lanes busy"),
        n("weights"),
      ],
      design.layers.map((l, i) => [
        nameCell(i, l.name),
        l.op,
        dims(l.shape),
        l.bits,
        l.pe,
        l.simd,
        l.pixels,
        l.lanes,
        l.clocks,
        share(l.busy, 1),
        l.parameters,
      ]),
    ),
    html`<details><summary>Streams (${between.length}), FIFOs (${design.fifos.length}), memories (${design.memories.length})</summary>${table(
      "streams",
      [t("stream"), t("from"), t("to"), n("lanes"), n("bits a lane"), n("beats a frame"), n("FIFO in front")],
      between.map((s) => [
        s.name,
        end(s.from),
        end(s.to),
        s.lanes,
        s.laneBits,
        s.beats,
        fifos.get(s.name)?.depth ?? "",
      ]),
    )}${
      design.memories.length > 0
        ? table(
            "memories",
            [t("file"), t("layer"), n("words"), n("bits a word"), n("bits")],
            design.memories.map((m) => [
              m.file,
              m.layer < 0 ? "" : nameCell(m.layer, design.layers[m.layer]!.name),
              m.words,
              m.wordBits,
              m.words * m.wordBits,
            ]),
          )
        : null
    }</details>`,
    limits("a floor plan: synthesis flattens and shares across these borders unless the hierarchy is kept."),
  ]);
}

function scheduleSection({ design, proof }: ReportData): Markup {
  const { schedule, layers } = design;
  const parts = [
    { title: "busy", kind: "busy" },
    { title: "waiting for input", kind: "waiting" },
    { title: "blocked", kind: "blocked" },
  ];
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / Math.max(1, v.length);
  const shares = (row: TimelineRow | null): (Cell | string)[] =>
    (["busy", "waiting", "blocked"] as const).map((k) => {
      if (!row) return "";
      const v = mean(row[k]);
      return new Cell(percent(v), v);
    });
  const measured = proof.runs.find((r) => r.stall === 0 && !r.mismatch && r.latency !== null);
  return section("schedule", "Schedule", [
    html`<p>A frame every <strong>${grouped(design.interval)} clocks</strong>; <strong>${design.bottleneck}</strong> needs all of them. ${schedule.frames} frames follow one another without a pause into an empty design, and no sink refuses.</p>`,
    figure({
      caption: html`What each layer does${schedule.measured ? html` <small>above as predicted, below as measured in ${schedule.measured.simulator}</small>` : null}${legend(parts)}`,
      label: `timeline of ${schedule.frames} frames, layer by layer`,
      picture: timelinePicture(design),
      columns: [
        t("layer"),
        n("busy"),
        n("waiting for input"),
        n("blocked"),
        ...(schedule.measured ? [n("busy, measured"), n("waiting, measured"), n("blocked, measured")] : []),
        n("clocks a frame"),
      ],
      rows: layers.map((l, i) => [
        l.name,
        ...shares(schedule.rows[i]!),
        ...(schedule.measured ? shares(schedule.measured.rows[i]!) : []),
        l.clocks,
      ]),
    }),
    design.fifos.length > 0
      ? rowBars({
          caption: "FIFOs: most beats inside, against their room",
          label: "FIFO occupancy against room",
          x: "beats",
          names: design.fifos.map((f, i) => {
            const own = design.fifos.filter((g) => g.layer === f.layer);
            const number =
              own.length > 1 ? ` ${design.fifos.slice(0, i).filter((g) => g.layer === f.layer).length + 1}` : "";
            return `${layers[f.layer]!.name}${number}`;
          }),
          parts: [
            { title: "predicted", kind: "main", values: design.fifos.map((f) => f.predicted) },
            ...(design.fifos.every((f) => f.measured !== null)
              ? [{ title: "measured", kind: "second", values: design.fifos.map((f) => f.measured!) }]
              : []),
            { title: "room", kind: "third", values: design.fifos.map((f) => f.room) },
          ],
        })
      : html`<p>The design has no FIFO.</p>`,
    html`<h3>Predicted beside measured</h3>`,
    measured
      ? table(
          "clocks, predicted and measured",
          [t("clocks"), n("predicted"), n(`measured (${measured.simulator})`)],
          [
            ["to the first result", design.latency.first, measured.firstLatency!],
            ["to the last result of a frame", design.latency.last, measured.latency!],
            ["between frames", design.interval, measured.interval ?? "one frame only"],
          ],
        )
      : html`<p>Nothing was measured: a simulation without stalls (<code>--simulator</code>) does.</p>`,
    limits(
      "an account of every lane. What is predicted is the compiler's model of when beats pass; a layer counts as busy while it could not have given its next result earlier, whether all of its lanes work or not.",
    ),
  ]);
}

function numbersSection(numbers: NumbersReport | null): Markup {
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
  }; chance alone moves it by \u00b1${percent(margin, 1)} (95 %).</p>${
    a.byBits.length > 1
      ? linePlot({
          caption: "Accuracy by bits of activations and weights",
          label: "accuracy by bits",
          x: "bits",
          y: "accuracy in %",
          points: a.byBits.map((b) => [b.bits, 100 * b.accuracy] as const),
          reference: a.float === null ? undefined : [100 * a.float, "float"],
        })
      : null
  }${confusionPicture(a.confusion)}${
    a.wrongCount > 0
      ? html`<h3>Wrong images</h3><p>${a.wrongCount} of ${a.images}${a.wrongCount > a.wrong.length ? `; the first ${a.wrong.length}` : ""}.</p><ul class="pictures">${a.wrong.map(
          (w) =>
            html`<li>${w.picture ? html`<img src="${pngUri(w.picture)}" alt="image ${w.image}, label ${w.label}, found ${w.found}">` : null}image ${w.image}<br>label ${w.label}, found ${w.found}</li>`,
        )}</ul>`
      : html`<p>No image is wrong.</p>`
  }`;
}

const costColumns = (l: LogicReport): Column[] => [n(l.words.lut), n("FF"), n(l.words.bram), n(l.words.dsp)];
const sumOf = (a: Cost, b: Cost): Cost => ({
  ...a,
  ...{ lut: a.lut + b.lut, ff: a.ff + b.ff, bram: a.bram + b.bram, dsp: a.dsp + b.dsp },
});
const costCells = (c: Cost): number[] => [c.lut, c.ff, c.bram, c.dsp];

function logicSection({ design }: ReportData): Markup {
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
  const foot: (readonly (Part | Cell)[])[] = [
    ["total", ...costCells(first.estimate), ...(made ? costCells(made) : [])],
    ...(device
      ? [
          [
            "share of the device",
            ...(["lut", "ff", "bram", "dsp"] as const).map((k) =>
              device[k] > 0 ? percent(first.estimate[k] / device[k]) : "",
            ),
            ...(made
              ? (["lut", "ff", "bram", "dsp"] as const).map((k) => (device[k] > 0 ? percent(made[k] / device[k]) : ""))
              : []),
          ],
        ]
      : []),
  ];
  return section("logic", "Logic", [
    withLayers
      ? [
          html`<p>By the compiler's model${made ? ", and as synthesis counted" : ""}, on ${design.targetTitle}${device ? html` (${device.part}: ${grouped(device.lut)} ${first.words.lut}, ${grouped(device.ff)} FF, ${device.bram} ${first.words.bram}, ${device.dsp} ${first.words.dsp})` : ""}.</p>`,
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
              ...(l.estimate ? costCells(l.estimate) : ["", "", "", ""]),
              ...(made ? (l.synthesized ? costCells(l.synthesized) : ["", "", "", ""]) : []),
            ]),
            foot,
          ),
        ]
      : [
          html`<p>By the compiler's model, without a target: the whole design on each family (<code>--target</code> adds the layers and the device).</p>`,
          table(
            "logic by family",
            [t("family"), n("LUT"), n("FF"), n("block RAM"), n("DSP")],
            design.logic.map((l) => [l.family, ...costCells(l.estimate)]),
          ),
        ],
    first.comparison.length > 0
      ? html`<h3>L1 layers against multiplying layers</h3><p>The adder layers and the same folds and bits with products in their place, by the model${design.target ? "" : `, on ${first.family}`}.</p>${table(
          "L1 against multiplying layers",
          [t("DSP blocks"), t("layers"), ...costColumns(first)],
          first.comparison.flatMap((c) => [
            [c.dsp ? "may be used" : "none", "L1", ...costCells(c.distances)],
            [c.dsp ? "may be used" : "none", "multiplying", ...costCells(c.products)],
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

function proofSection(proof: ProofReport): Markup {
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

function explorationSection(d: ReportData): Markup | null {
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
        ...costCells(p.cost),
        p.bottleneck,
        p.lacks.length > 0 ? `too large: ${p.lacks.join(", ")}` : p.frontier ? "" : "no gain",
      ]),
    }),
    limits(
      "all designs there are: folds between these points exist, and a point that is too large by the model may still fit.",
    ),
  ]);
}

function comparisonSection(d: ReportData): Markup | null {
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
        ...costCells(v.total),
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

function layersSection({ design, numbers }: ReportData): Markup {
  const edges = new Map(numbers?.edges.map((e) => [e.edge, e]) ?? []);
  return section("layers", "Layers", [
    html`<p>Each module of the design.</p>`,
    design.layers.map((l, i) => {
      const e = edges.get(l.output);
      return html`<details class="layer"><summary>${l.name} <small>${l.op}, ${dims(l.shape)}${fold(l) ? `, ${fold(l)}` : ""}</small></summary><div id="layer-${i}">${rows(
        [
          ...l.facts.map(([k, v]) => [k, v] as const),
          ["layers", l.layers.join(", ")],
          ...(l.module ? [["module", html`<code>${l.module}</code>`] as const] : []),
          [
            "numbers",
            `${l.bits} bits${l.signed ? ", signed" : ""}, real value = ${short(l.scale)} \u00d7 (q \u2212 ${l.zeroPoint}), q from ${l.range.min} to ${l.range.max}`,
          ],
          [
            "latency",
            `${grouped(l.latency.first)} clocks to the first result, ${grouped(l.latency.last)} to the last of a frame`,
          ],
          ...(l.estimate
            ? [
                [
                  "estimated logic",
                  `${l.estimate.lut} LUT, ${l.estimate.ff} FF, ${l.estimate.bram} block RAM, ${l.estimate.dsp} DSP`,
                ] as const,
              ]
            : []),
          ...(e?.error
            ? [
                [
                  "error",
                  `largest ${short(e.error.max)}, mean ${short(e.error.mean)}${e.error.sqnr === null ? "" : `, SQNR ${e.error.sqnr.toFixed(1)} dB`}`,
                ] as const,
              ]
            : []),
        ],
      )}</div></details>`;
    }),
    limits("the Verilog itself: each module's header in the build says the same beside the code."),
  ]);
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
