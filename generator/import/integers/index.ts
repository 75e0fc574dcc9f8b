// Networks that are integers already: a description of layers, weights and constants becomes integers.json, bit for bit.
import type { z } from "zod";
import { readJson } from "../../1-parse/json.ts";
import { complain } from "../../1-parse/parse.ts";
import { InputError, Report, type Result } from "../../diagnostics/diagnostics.ts";
import { readIntegers, writeIntegers } from "../../integer-file.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import { integerNetwork } from "./build.ts";
import {
  DESCRIPTION,
  type Description,
  descriptionSchema,
  type Layer,
  type LayerKind,
  layerSchemas,
} from "./schema.ts";

export interface ImportedIntegers {
  readonly net: QuantizedNetwork;
  /** integers.json. */
  readonly text: string;
  readonly notes: readonly string[];
}

/** Reads a description; `read` gives the bytes of a file that it names. Every fault has its place in the text. */
export function importIntegers(text: string, read: (path: string) => Uint8Array): Result<ImportedIntegers> {
  const report = new Report();
  const description = parse(text, report);
  const built = description && integerNetwork(description, read, report);
  if (!built) return { ok: false, diagnostics: report.list };
  const written = writeIntegers(built.net);
  try {
    // The same checks as when a command opens the file.
    return {
      ok: true,
      value: { net: readIntegers(JSON.parse(written)), text: written, notes: built.notes },
      diagnostics: [],
    };
  } catch (e) {
    if (!(e instanceof InputError)) throw e;
    for (const { message, path } of e.diagnostics)
      report.error({ code: "AN9005", message, path: placeOf(built.net, path) });
    return { ok: false, diagnostics: report.list };
  }
}

/** A place in integers.json as the layer of the description that it came from. */
function placeOf(net: QuantizedNetwork, path: readonly (string | number)[] = []): readonly (string | number)[] {
  const node = path[0] === "nodes" ? net.nodes[path[1] as number] : net.nodes.find((n) => n.output === path[1]);
  return node?.path ?? [];
}

function parse(text: string, report: Report): Description | undefined {
  const value = readJson(text, report);
  if (report.failed) return undefined;
  const outer = descriptionSchema.safeParse(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report.error({
      code: "AN9005",
      message: "this is not a description of a network",
      path: [],
      expected: `an object with "format": "${DESCRIPTION}"`,
    });
    return undefined;
  }
  if (!outer.success) {
    complain(outer.error.issues, descriptionSchema, value, [], report);
    return undefined;
  }
  const layers = outer.data.layers.map((layer, i): Layer | undefined => {
    const kind = (layer as { kind?: unknown } | null)?.kind;
    const known = typeof kind === "string" && Object.hasOwn(layerSchemas, kind);
    if (!known) {
      report.error({
        code: "AN9005",
        message: kind === undefined ? "this layer has no kind" : `unknown layer kind ${JSON.stringify(kind)}`,
        path: kind === undefined ? ["layers", i] : ["layers", i, "kind"],
        expected: `one of ${Object.keys(layerSchemas).join(", ")}`,
      });
      return undefined;
    }
    const schema: z.ZodObject = layerSchemas[kind as LayerKind];
    const inner = schema.safeParse(layer);
    if (inner.success) return inner.data as Layer;
    complain(inner.error.issues, schema, layer, ["layers", i], report);
    return undefined;
  });
  return report.failed ? undefined : { ...outer.data, layers: layers as Layer[] };
}
