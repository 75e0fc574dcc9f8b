// Stage 1: JSON text to a network whose every field has been checked.
import { z } from "zod";
import type { Report } from "../diagnostics/diagnostics.ts";
import { didYouMean } from "../diagnostics/print.ts";
import type { JsonPath } from "../ir/graph.ts";
import type { LayerJson } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import { readJson } from "./json.ts";
import { FORMAT, networkSchema } from "./schema.ts";
import { typeWords } from "./words.ts";

export type Network = Omit<z.output<typeof networkSchema>, "layers"> & { layers: readonly LayerJson[] };

/** The layers are checked one by one, each by the schema of its kind. */
const outerSchema = networkSchema.extend({ layers: z.array(z.unknown()).describe("the layers in order") });

/** Every fault of the text is reported; undefined where there is one. */
export function parse(text: string, report: Report): Network | undefined {
  const value = readJson(text, report);
  if (report.failed) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report.error({
      code: "AN1004",
      message: "the file is not a network",
      path: [],
      expected: "a JSON object with the keys format, name, input and layers",
      found: short(value),
    });
    return undefined;
  }
  const { format, layers: list } = value as { format?: unknown; layers?: unknown };
  if (typeof format === "string" && format !== FORMAT) {
    report.error({
      code: "AN1008",
      message: "this format version is not known",
      path: ["format"],
      expected: JSON.stringify(FORMAT),
      found: short(format),
    });
    return undefined;
  }
  const outer = outerSchema.safeParse(value);
  if (!outer.success) complain(outer.error.issues, outerSchema, value, [], report);
  const checked = Array.isArray(list) ? list.map((layer, i) => parseLayer(layer, i, report)) : [];
  if (!outer.success || report.failed) return undefined;
  return { ...outer.data, layers: checked as LayerJson[] };
}

function parseLayer(layer: unknown, i: number, report: Report): LayerJson | undefined {
  const path = ["layers", i];
  if (typeof layer !== "object" || layer === null || Array.isArray(layer)) {
    report.error({
      code: "AN1004",
      message: "this is not a layer",
      path,
      expected: 'an object { "name": ..., "kind": ..., ... }',
      found: short(layer),
    });
    return undefined;
  }
  const kinds = [...layers.keys()];
  const { kind } = layer as { kind?: unknown };
  if (kind === undefined) {
    const meant = didYouMean(
      "kind",
      Object.keys(layer).filter((k) => k !== "name"),
    );
    report.error({
      code: "AN1003",
      message: 'the key "kind" is missing',
      path,
      expected: `"kind": one of ${kinds.join(", ")}`,
      ...(meant ? { hint: `is ${JSON.stringify(meant)} meant to be "kind"?` } : {}),
    });
    return undefined;
  }
  const def = typeof kind === "string" ? layers.get(kind) : undefined;
  if (!def) {
    const meant = typeof kind === "string" ? didYouMean(kind, kinds) : undefined;
    const instead = typeof kind === "string" ? refusal(kind) : undefined;
    report.error({
      code: "AN1005",
      message: `unknown layer kind ${short(kind)}`,
      path: [...path, "kind"],
      expected: `one of ${kinds.join(", ")}`,
      ...(instead ? { hint: instead } : meant ? { hint: `did you mean "${meant}"?` } : {}),
    });
    return undefined;
  }
  const inner = def.schema.safeParse(layer);
  if (inner.success) return inner.data as LayerJson;
  complain(inner.error.issues, def.schema, layer, path, report);
  return undefined;
}

/** What to do instead of a layer that other tools have and no hardware here. */
function refusal(kind: string): string | undefined {
  if (/soft_?max/i.test(kind))
    return 'softmax keeps the order of its inputs: end with the logits, or with "argmax" for their class';
  if (/(group|layer|instance|l[12p]|rms|response)_?norm|^normalize$/i.test(kind))
    return 'its means are those of each image, not of training: only "batch_norm", whose values are constants, becomes integers; train with it';
  return undefined;
}

export function complain(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodObject,
  value: unknown,
  prefix: JsonPath,
  report: Report,
): void {
  // A misspelt key is one fault, not an unknown key and a missing one.
  const explained = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const at = issue.path as (string | number)[];
    const fields = fieldsAt(schema, at);
    const given = Object.keys((valueAt(value, at) ?? {}) as object);
    for (const key of issue.keys) {
      const free = fields.filter((f) => !given.includes(f));
      const meant = didYouMean(key, free);
      if (meant) explained.add(JSON.stringify([...at, meant]));
      report.error({
        code: "AN1002",
        message: `unknown key ${short(key)}`,
        path: [...prefix, ...at, key],
        atKey: true,
        expected: meant
          ? (expectation(schema, [...at, meant]) ?? meant)
          : `one of ${free.join(", ") || "no more keys"}`,
        ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
      });
    }
  }
  for (const issue of issues) {
    if (issue.code === "unrecognized_keys") continue;
    const at = issue.path as (string | number)[];
    const path = [...prefix, ...at];
    const found = valueAt(value, at);
    const key = at.at(-1);
    const meaning = fieldAt(schema, at)?.description;
    if (found === undefined && at.length > 0) {
      if (explained.has(JSON.stringify(at))) continue;
      report.error({
        code: "AN1003",
        message: `the key ${short(key)} is missing`,
        path: path.slice(0, -1),
        expected: expectation(schema, at) ?? String(key),
        ...(meaning ? { hint: meaning } : {}),
      });
      continue;
    }
    const named = at.filter((k) => typeof k === "string").at(-1);
    const values = issue.code === "invalid_value" ? issue.values.map(String) : [];
    const meant = typeof found === "string" ? didYouMean(found, values) : undefined;
    report.error({
      code: "AN1004",
      message: `${named === undefined ? "this value" : short(named)} ${faultOf(issue.code)}`,
      path,
      expected: typeAt(schema, at) ?? issue.message,
      found: short(found),
      ...(meant ? { hint: `did you mean "${meant}"?` } : meaning ? { hint: meaning } : {}),
    });
  }
}

function faultOf(code: z.core.$ZodIssue["code"]): string {
  if (code === "invalid_type" || code === "invalid_union") return "has the wrong type";
  if (code === "too_small" || code === "too_big") return "is out of range";
  return "has a value that is not possible";
}

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((v, k) => (v as Record<PropertyKey, unknown> | null | undefined)?.[k], value);

const short = (v: unknown): string => {
  const text = Array.isArray(v)
    ? `[${v.slice(0, 12).map(inside).join(", ")}${v.length > 12 ? ", ..." : ""}]`
    : inside(v);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** Never walks through a large value only to cut its text. */
function inside(v: unknown): string {
  if (Array.isArray(v)) return `an array of ${v.length}`;
  if (typeof v === "object" && v !== null) return "an object";
  return JSON.stringify(typeof v === "string" ? v.slice(0, 100) : v) ?? "nothing";
}

function opened(schema: z.ZodType | undefined): z.ZodType | undefined {
  let here = schema;
  while (here && "unwrap" in here && typeof here.unwrap === "function") here = (here.unwrap as () => z.ZodType)();
  return here;
}

function fieldAt(schema: z.ZodType, path: readonly (string | number)[]): z.ZodType | undefined {
  let here: z.ZodType | undefined = schema;
  for (const key of path) {
    const inner = opened(here);
    const shape: unknown = inner && "shape" in inner ? inner.shape : undefined;
    if (typeof key === "string" && shape && typeof shape === "object") here = (shape as Record<string, z.ZodType>)[key];
    else break;
  }
  return here;
}

function fieldsAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  const here = opened(fieldAt(schema, path));
  return here && "shape" in here ? Object.keys(here.shape as object) : [];
}

const typeAt = (schema: z.ZodType, path: readonly (string | number)[]): string | undefined => {
  const field = fieldAt(schema, path);
  return field && typeWords(field);
};

/** "key": what it may hold. */
const expectation = (schema: z.ZodType, path: readonly (string | number)[]): string | undefined => {
  const type = typeAt(schema, path);
  return type && `${JSON.stringify(path.at(-1))}: ${type}`;
};
