// Sections of a page about what was built: network, block diagram, schedule, layers.
import type { ReportData, TimelineRow } from "./data.ts";
import { type Arrow, type Box, drawGraph } from "./graph.ts";
import { html, type Markup, type Part } from "./markup.ts";
import { dims, fold, limits, n, nameCell, percent, rows, section, share, t } from "./page-parts.ts";
import { timelinePicture } from "./pictures.ts";
import { figure, legend, rowBars, short } from "./plots.ts";
import { Cell, grouped, table } from "./table.ts";

export function networkSection({ network, design }: ReportData): Markup {
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

export function blockSection({ design }: ReportData): Markup {
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

export function scheduleSection({ design, proof }: ReportData): Markup {
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

export function layersSection({ design, numbers }: ReportData): Markup {
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
