// The datasheet of a built folder, one page in Markdown and in HTML: what somebody must know who wires the core up.
import { benchFile } from "../7-emit/bench.ts";
import { hashOf } from "../7-emit/hash.ts";
import { count, outputPort, pixelsPerBeat, portLaneBits, WEIGHTS_PORT, wires, wrap } from "../7-emit/verilog.ts";
import type { HwGraph, HwStream } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { Target } from "../targets/index.ts";
import { html, Markup } from "./markup.ts";
import { timingPicture } from "./timing.ts";

export interface DatasheetInput {
  readonly net: QuantizedNetwork;
  readonly hardware: HwGraph;
  readonly clockMHz: number;
  readonly target: Target | undefined;
  /** The folder's files, without the datasheet. */
  readonly files: ReadonlyMap<string, string>;
}

type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "waves"; readonly port: string; readonly stream: HwStream };

interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const text = (t: string): Block => ({ kind: "text", text: t });

interface Port {
  readonly name: string;
  readonly stream: HwStream;
  readonly isInput: boolean;
}

const portsOf = (hw: HwGraph): Port[] => [
  { name: "s_axis", stream: hw.input, isInput: true },
  ...hw.outputs.map((o, i) => ({ name: outputPort(hw, i), stream: o.stream, isInput: false })),
];

function portTable(hw: HwGraph): Block {
  const streams = portsOf(hw).flatMap(({ name, stream: s, isInput }) => {
    const [ahead, back] = isInput ? ["in", "out"] : ["out", "in"];
    const { shape } = s.tensor ?? { shape: [1, s.pixels, s.channels] };
    return [
      [`${name}_tdata`, ahead, String(s.lanes * portLaneBits(s)), `${shape.join(" x ")} values a frame, see below`],
      [`${name}_tvalid`, ahead, "1", "the beat is there"],
      [`${name}_tready`, back, "1", "the beat is taken"],
      [
        `${name}_tlast`,
        ahead,
        "1",
        isInput ? "last beat of a frame; the core counts beats by itself" : "last beat of a frame",
      ],
    ].map((r) => r as string[]);
  });
  const rows = [
    ["clk", "in", "1", "every register works at its rising edge"],
    ["rst", "in", "1", "synchronous, active high; one clock is enough"],
    ...streams,
    ...(hw.weights ? [[`${WEIGHTS_PORT}_*`, "in", "32", "a weight image, as addernet weights packs it"]] : []),
  ];
  return { kind: "table", head: ["port", "direction", "bits", "meaning"], rows };
}

/** Where each value of a beat stands. */
function laneTable({ stream: s }: Port): Block {
  const bits = portLaneBits(s);
  const pixels = pixelsPerBeat(s);
  const channels = s.channels / pixels;
  const shown = Math.min(s.lanes, 8);
  const rows = Array.from({ length: shown }, (_, l) => {
    const values =
      pixels > 1 ? `channel ${l % channels} of pixel ${Math.floor(l / channels)}` : `channel ${l}, ${l + s.lanes}, ...`;
    return [
      `tdata[${(l + 1) * bits - 1}:${l * bits}]`,
      pixels > 1 || channels > s.lanes ? values : `channel ${l}`,
      s.laneBits === bits ? String(bits) : `${s.laneBits} of ${bits}, ${s.signed ? "sign extended" : "zeros above"}`,
    ];
  });
  const more = s.lanes > shown ? [[`... up to lane ${s.lanes - 1}`, "", ""]] : [];
  return { kind: "table", head: ["bits of a beat", "value", "bits of it"], rows: [...rows, ...more] };
}

function beats(net: QuantizedNetwork, p: Port): Block[] {
  const { stream: s } = p;
  const pixels = pixelsPerBeat(s);
  const perPixel = s.beatsPerFrame / s.pixels;
  const edge = s.tensor && Object.hasOwn(net.edges, s.tensor.name) ? net.edges[s.tensor.name] : undefined;
  const order = `${count(s.beatsPerFrame, "beat")} a frame, pixels row by row from the top left; ${
    pixels > 1 ? `${pixels} pixels a beat` : perPixel > 1 ? `${perPixel} beats a pixel` : "a pixel a beat"
  }. Lane 0 is in the least significant bits.`;
  const meaning =
    edge &&
    (p.isInput
      ? `A value is a stored input integer (${net.input.storage}); its meaning for the network stands in integers.json.`
      : `A value q from ${edge.range.min} to ${edge.range.max} means ${edge.scale} * (q - ${edge.zeroPoint}).`);
  return [text(`${p.name}: ${order}${meaning ? ` ${meaning}` : ""}`), laneTable(p)];
}

function sectionsOf({ net, hardware: hw, clockMHz, target, files }: DatasheetInput): Section[] {
  const ports = portsOf(hw);
  const connections = ports.flatMap((p) => wires.map((w) => `.${p.name}_${w}(${p.name}_${w})`));
  const fps = (clockMHz * 1e6) / hw.interval;
  const bench = files.has(benchFile(hw));
  const memDir = hw.memories.length > 0;
  return [
    { title: "Ports", blocks: [portTable(hw)] },
    {
      title: "Beats",
      blocks: [
        text(
          "Every stream is AXI4-Stream: a beat passes at a rising edge where tvalid and tready are high; tvalid, once high, stays until then, with tdata and tlast unchanged. Frames follow one another without a reset or a pause.",
        ),
        { kind: "waves", port: ports.at(-1)!.name, stream: ports.at(-1)!.stream },
        ...ports.flatMap((p) => beats(net, p)),
      ],
    },
    {
      title: "Instantiation",
      blocks: [
        {
          kind: "code",
          text: [
            `${hw.name}${memDir ? ' #(.MEM_DIR("mem/"))' : ""} core (`,
            "    .clk(clk), .rst(rst),",
            ...wrap([...connections, ...(hw.weights ? [...wires.map((w) => `.${WEIGHTS_PORT}_${w}()`)] : [])], "    "),
            ");",
          ].join("\n"),
        },
        text(
          `All Verilog files are in ${hw.name}.f. ${memDir ? `Memory files are found through the parameter MEM_DIR, which ends in a slash, or the define ${hw.name.toUpperCase()}_MEM_DIR.` : "The design reads no memory file."}`,
        ),
      ],
    },
    {
      title: "Clocks",
      blocks: [
        {
          kind: "table",
          head: ["what", "clocks", `at ${clockMHz} MHz`],
          rows: [
            [
              "between frames, source and sinks never resting",
              String(hw.interval),
              `${Number(fps.toPrecision(6))} frames a second`,
            ],
            [
              "first input beat to first output beat",
              String(hw.latency.first),
              `${Number((hw.latency.first / clockMHz).toPrecision(4))} us`,
            ],
            [
              "first input beat to last output beat",
              String(hw.latency.last),
              `${Number((hw.latency.last / clockMHz).toPrecision(4))} us`,
            ],
          ],
        },
        text(
          `The slowest part is ${hw.bottleneck}. Latency is that of a frame that meets an empty design.${target ? ` Folds are chosen for ${target.title}.` : ""}`,
        ),
      ],
    },
    ...(memDir
      ? [
          {
            title: "Memory files",
            blocks: [
              {
                kind: "table" as const,
                head: ["file", "words", "bits a word", "holds"],
                rows: hw.memories.map((m) => [`mem/${m.file}`, String(m.words.length), String(m.wordBits), m.layout]),
              },
            ],
          },
        ]
      : []),
    {
      title: "Registers",
      blocks: [
        text(
          target?.processor
            ? "The core has none. Around it addernet synth puts AXI4-Lite registers (docs/registers.md of addernet-rtl) and a driver in Python."
            : "The core has none: streams, a clock and a reset are all there is.",
        ),
      ],
    },
    {
      title: "Simulation",
      blocks: [
        {
          kind: "code",
          text: [
            ...(bench
              ? [
                  "make sim-icarus         # the self-checking test bench in Icarus Verilog",
                  "make sim-verilator      # and in Verilator",
                ]
              : []),
            "make lint               # Verilator and Icarus read the design",
            "addernet verify .       # every stream against the golden model",
          ].join("\n"),
        },
        text(
          bench
            ? "The test bench sends frames of images and compares each output beat; STALL=1..3 lets source and sinks rest."
            : "Built without images, the folder has no test bench of its own: addernet build --images X.npy adds one.",
        ),
      ],
    },
  ];
}

/** A stall of the reader in the middle, then the last beat. */
const WAVES = { tvalid: "011111100", tready: "111011111", tlast: "000000100" } as const;
const DATA = ["", "D0", "D1", "D2", "D2", "D3", "Dn", "", ""];

function wavesText(port: string): string {
  const line = (name: string, bits: string) =>
    `${`${port}_${name}`.padEnd(port.length + 8)} ${[...bits].map((b) => (b === "1" ? "'''" : "___")).join("")}`;
  const clock = `${"clk".padEnd(port.length + 8)} ${"/'\\".repeat(DATA.length)}`;
  const data = `${`${port}_tdata`.padEnd(port.length + 8)} ${DATA.map((d) => (d === "" ? "---" : d.padEnd(3))).join("")}`;
  return [clock, line("tvalid", WAVES.tvalid), line("tready", WAVES.tready), data, line("tlast", WAVES.tlast)].join(
    "\n",
  );
}

const wavesPicture = (port: string): Markup =>
  timingPicture({
    label: `timing of ${port}: a beat passes where tvalid and tready are high`,
    rows: [
      { name: "clk", kind: "clock" },
      { name: `${port}_tvalid`, kind: "bit", bits: WAVES.tvalid },
      { name: `${port}_tready`, kind: "bit", bits: WAVES.tready },
      { name: `${port}_tdata`, kind: "data", words: DATA },
      { name: `${port}_tlast`, kind: "bit", bits: WAVES.tlast },
    ],
    clocks: DATA.length,
  });

const WAVES_SAY = "D2 waits a clock, as tready is low there; the last beat of the frame bears tlast.";

/** Characters that Markdown would read, made text. */
const plain = (s: string): string =>
  s
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\ufffd")
    // An underscore inside of a word means nothing.
    .replace(/[\\`*{}[\]<>|#!~&]|(?<!\w)_|_(?!\w)/g, "\\$&");

function markdownBlock(b: Block): string {
  switch (b.kind) {
    case "text":
      return plain(b.text);
    case "code":
      return `\`\`\`\n${b.text}\n\`\`\``;
    case "table":
      return [b.head, b.head.map(() => "---"), ...b.rows.map((r) => r.map(plain))]
        .map((r) => `| ${r.join(" | ")} |`)
        .join("\n");
    case "waves":
      return `\`\`\`\n${wavesText(b.port)}\n\`\`\`\n\n${WAVES_SAY}`;
  }
}

function htmlBlock(b: Block): Markup {
  switch (b.kind) {
    case "text":
      return html`<p>${b.text}</p>`;
    case "code":
      return html`<pre tabindex="0" role="region" aria-label="code"><code>${b.text}</code></pre>`;
    case "table":
      return html`<div class="scroll" tabindex="0" role="region" aria-label="table"><table><thead><tr>${b.head.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead><tbody>${b.rows.map((r) => html`<tr>${r.map((c) => html`<td>${c}</td>`)}</tr>`)}</tbody></table></div>`;
    case "waves":
      return html`<div class="scroll" tabindex="0" role="region" aria-label="timing diagram">${wavesPicture(b.port)}</div><p>${WAVES_SAY}</p>`;
  }
}

const STYLE = `:root{color-scheme:light dark;--ground:#fff;--ink:#1c2127;--soft:#5b6570;--rule:#d9dcd8;--main:#1f5fa8}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--ink:#e4e7ea;--soft:#9aa4ae;--rule:#343a41;--main:#6ea8e8}}
body{margin:0 auto;max-width:56rem;padding:1.5rem 1.25rem;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,"DejaVu Sans",sans-serif}
h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:1.4rem 0 .3rem;border-top:1px solid var(--rule);padding-top:.6rem}
p{margin:.3rem 0 .6rem;max-width:46rem;overflow-wrap:anywhere}.under{color:var(--soft)}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--rule);vertical-align:baseline}
pre,code,svg text{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}pre{overflow-x:auto}svg text{fill:var(--ink)}
.wave{fill:none;stroke:var(--main);stroke-width:1.6}.word{fill:none;stroke:var(--ink)}.low{stroke:var(--soft)}.grid{stroke:var(--rule);stroke-dasharray:2 3}
@media print{@page{margin:12mm}body{font-size:9pt;max-width:none;padding:0}.scroll{overflow:visible}svg{max-width:100%;height:auto}tr,svg,pre{break-inside:avoid}}`;

/** datasheet.md and datasheet.html of a folder. The same design gives the same bytes. */
export function datasheetFiles(input: DatasheetInput): Map<string, string> {
  const { hardware: hw, net, files } = input;
  const sections = sectionsOf(input);
  const title = `${hw.name}: datasheet`;
  const under = `Streaming AdderNet accelerator of the network ${net.name}, generated by addernet-rtl. Hash of Verilog and memories: ${hashOf(files)}.`;
  const md = [
    `# ${plain(title)}`,
    plain(under),
    ...sections.flatMap((s) => [`## ${s.title}`, ...s.blocks.map(markdownBlock)]),
  ];
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
<p class="under">${under}</p>
${sections.map((s) => html`<h2>${s.title}</h2>${s.blocks.map(htmlBlock)}`)}
</body>
</html>
`;
  return new Map([
    ["datasheet.html", page.text],
    ["datasheet.md", `${md.join("\n\n")}\n`],
  ]);
}
