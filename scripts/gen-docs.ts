// Writes the documents that follow from the code: the network format, its JSON Schema, the messages.
//
//   npm run docs
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import {
  inputSchema,
  jsonSchema,
  networkSchema,
  quantizationSchema,
  taskFileSchema,
} from "../generator/1-parse/schema.ts";
import { schemaWords } from "../generator/1-parse/words.ts";
import { registers, registerTable } from "../generator/device/shell/registers.ts";
import { CODES } from "../generator/diagnostics/codes.ts";
import { integersJsonSchema } from "../generator/import/integers/schema.ts";
import { nodeSchema, ownFields } from "../generator/ir/nodes.ts";
import { commonFields, tensorRef } from "../generator/layers/define.ts";
import { layers } from "../generator/layers/index.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Field {
  readonly description?: string;
  readonly default?: unknown;
}

const made = "<!-- written by scripts/gen-docs.ts; edit the schema, not this file -->";
const cell = (s: string): string => s.replace(/\|/g, "\\|").replace(/\n/g, " ");

const sentence = (s = ""): string => `${s.charAt(0).toUpperCase()}${s.slice(1)}.`;

/** One row a field of an object schema. */
function fieldTable(schema: z.ZodType, without: readonly string[] = []): string[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, Field & Record<string, unknown>>;
    required?: string[];
  };
  const required = new Set(json.required ?? []);
  const rows = Object.entries(json.properties ?? {}).filter(([k]) => !without.includes(k));
  if (rows.length === 0) return [];
  return [
    "| Key | | Value | Meaning |",
    "|---|---|---|---|",
    ...rows.map(
      ([key, f]) =>
        `| \`${key}\` | ${required.has(key) ? "required" : ""} | ${cell(schemaWords(f))} | ${cell(f.description ?? "")} |`,
    ),
    "",
  ];
}

function sampleLayer(kind: string): string {
  const text = readFileSync(join(root, `generator/layers/samples/${kind}.json`), "utf8");
  const { layers: list, description } = JSON.parse(text) as { layers: Record<string, unknown>[]; description: string };
  const lines = text.split("\n").filter((l) => l.startsWith("    {"));
  return [...lines.slice(-list.length).map((l) => l.trim()), `// ${description}`].join("\n");
}

function format(): string {
  const common = z.strictObject({ kind: z.string().describe("kind of the layer, see below"), ...commonFields });
  const own = Object.keys(commonFields);
  return [
    "# The network file",
    "",
    made,
    "",
    "A network is one JSON file, with its weights in a file next to it. Unknown keys are errors, comments are not allowed, and no key",
    "may appear twice. `addernet check NET.json` reads it and prints the layers; `addernet schema` prints the JSON Schema",
    "([schema/network.schema.json](schema/network.schema.json)) for editors.",
    "",
    "## The file",
    "",
    ...fieldTable(networkSchema),
    "## input",
    "",
    sentence(inputSchema.description),
    "",
    ...fieldTable(inputSchema),
    "## quantization",
    "",
    sentence(quantizationSchema.description),
    "",
    ...fieldTable(quantizationSchema),
    "## task",
    "",
    `${sentence(taskFileSchema.description)} See [tasks](tasks.md).`,
    "",
    ...fieldTable(taskFileSchema),
    "## Tensors",
    "",
    `Wherever a layer names a tensor it may be ${schemaWords(z.toJSONSchema(tensorRef, { io: "input", unrepresentable: "any" }) as Record<string, unknown>)}:`,
    "a name in the file that the network's `weights` key names; another file and the name in it (which may be left out if",
    "the file has only one tensor); or the numbers themselves as nested arrays. Files are .safetensors, .npz and .npy, relative",
    "to the network file. NaN and infinity are refused.",
    "",
    "## Fields of every layer",
    "",
    ...fieldTable(common),
    "## Layer kinds",
    "",
    ...[...layers.values()].map((l) => `- [\`${l.kind}\`](#${l.kind}): ${l.summary}`),
    "",
    ...[...layers.values()].flatMap((l) => [
      `### ${l.kind}`,
      "",
      `${l.summary}. Inputs: ${l.inputs.min === l.inputs.max ? l.inputs.min : `${l.inputs.min} to ${l.inputs.max}`}.`,
      "",
      ...fieldTable(l.schema, ["kind", ...own]),
      "```json5",
      sampleLayer(l.kind),
      "```",
      "",
    ]),
  ].join("\n");
}

const groups: Readonly<Record<string, string>> = {
  AN1: "The text of the network file",
  AN2: "Which layer reads which",
  AN3: "Shapes and weights",
  AN4: "Numbers and quantization",
  AN5: "Folding",
  AN6: "Images and labels",
  AN7: "Output",
  AN8: "Tools and simulation",
  AN9: "Import",
};

function messages(): string {
  const out = [
    "# Messages",
    "",
    made,
    "",
    "Every message has a code whose meaning never changes. The errors of one stage are collected; the next stage starts only",
    "if there are none. With `--json` the same arrives as data: `{ command, ok: false, diagnostics: [{ code, severity, message,",
    "path, place: { file, line, column }, expected, found, hint }] }`, where all but the first three keys are left out if they do not apply.",
    "",
    "Exit codes: 0 success, 1 wrong input or a failed check, 2 wrong usage of the command line, 70 a fault of addernet itself.",
    "On a failure no output is written.",
    "",
  ];
  const samples = readdirSync(join(root, "generator/diagnostics/samples"));
  let group = "";
  for (const [code, title] of Object.entries(CODES)) {
    const g = code.slice(0, 3);
    if (g !== group) out.push(`## ${groups[g] ?? g}`, "");
    group = g;
    out.push(`### ${code}: ${title}`, "");
    if (samples.includes(code)) {
      const text = readFileSync(join(root, `generator/diagnostics/samples/${code}/expected.txt`), "utf8").trimEnd();
      out.push("```", text, "```", "");
    }
  }
  return out.join("\n");
}

/** The register map, of a network with one output. */
function registerPage(): string {
  const stream = { name: "s", lanes: 1, laneBits: 8, signed: false, channels: 1, pixels: 1, beatsPerFrame: 1 };
  const map = registers(
    {
      input: stream,
      outputs: [{ name: "the first of the network", stream }],
      interval: 1,
      weights: { external: true, readBack: true },
    },
    { network: [0, 0], beatBitsIn: 8, beatBitsOut: 8 },
  );
  return [
    "# Registers of a Zynq board",
    "",
    made,
    "",
    "AXI4-Lite, 32-bit words. Every access is answered OKAY; what is not listed reads as zero and ignores writes. The block",
    "of an output has 0x20 bytes; further outputs follow at 0xa0, 0xc0 and so on. Each build also writes its own table with",
    "its values, `registers.md`. The same list gives the constants in the Verilog, the driver's addresses and the memory map",
    "in IP-XACT (generator/device/shell/registers.ts); the cells are templates/axil_control.v and, for WEIGHTS, READ_BACK and",
    "MEMORY, templates/axil_weights.v, templates/axil_readback.v and templates/axil_memory.v.",
    "",
    registerTable(map, false),
    "",
    "A soft reset: write 1 to CONTROL, reset the DMA, write 0, start the DMA's channels. Meanwhile the accelerator takes and",
    "drops what the DMA still sends, and its output is silent, also where a frame was half given. A frame of the input is",
    "counted by its beats; STATUS bit 1 tells that tlast came within a frame, which means that the DMA sent a wrong length.",
    "One transfer may hold several frames.",
    "",
  ].join("\n");
}

/** The table of integer ops in its page, which is written by hand otherwise. */
function ops(page: string): string {
  const rows = nodeSchema.options.map(({ shape, description }) => {
    const fields = ownFields(shape.op.value).map((key) => {
      const about = (shape as Readonly<Record<string, { readonly description?: string }>>)[key]!.description;
      return `\`${key}\`${about ? ` ${about}` : ""}`;
    });
    return `| \`${shape.op.value}\` | ${fields.join(", ")} | ${description} |`.replace("|  |", "| |");
  });
  const table = ["| Op | Fields | Output at row y, column x, channel c |", "|---|---|---|", ...rows].join("\n");
  return page.replace(
    /(<!-- ops: .* -->\n)[\s\S]*?(<!-- \/ops -->)/,
    (_, open, close) => `${open}\n${table}\n\n${close}`,
  );
}

/** All generated documents by path. */
export function documents(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/format.md", format()],
    ["docs/export.md", ops(readFileSync(join(root, "docs/export.md"), "utf8"))],
    ["docs/messages.md", messages()],
    ["docs/registers.md", registerPage()],
    ["docs/schema/integer-layers.schema.json", `${JSON.stringify(integersJsonSchema(), null, 2)}\n`],
    ["docs/schema/network.schema.json", `${JSON.stringify(jsonSchema(), null, 2)}\n`],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of documents()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
