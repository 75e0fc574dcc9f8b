// Stage 1: JSON text to a network whose every field has been checked.
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { z } from "zod";
import type { Report } from "../diagnostics/diagnostics.ts";
import { didYouMean } from "../diagnostics/print.ts";
import type { JsonPath } from "../ir/graph.ts";
import type { LayerJson } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import { FORMAT, networkSchema } from "./schema.ts";

export type Network = Omit<z.output<typeof networkSchema>, "layers"> & { layers: readonly LayerJson[] };

export function parse(text: string, report: Report): Network | undefined {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (!tree || errors.length > 0) {
    const first = errors[0];
    report.error({
      code: "AN1001",
      message: first ? `not JSON: ${spaced(printParseErrorCode(first.error))}` : "the file is empty",
      offset: first?.offset ?? 0,
      expected: "a JSON object with the keys format, name, input and layers",
    });
    return undefined;
  }
  const value = toValue(tree, [], report);
  if (report.failed) return undefined;
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "string" && format !== FORMAT) {
    report.error({
      code: "AN1008",
      message: "this format version is not known",
      path: ["format"],
      expected: JSON.stringify(FORMAT),
      found: JSON.stringify(format),
    });
    return undefined;
  }
  const outer = networkSchema.safeParse(value);
  if (!outer.success) {
    complain(outer.error.issues, networkSchema, value, [], report);
    return undefined;
  }
  const checked = outer.data.layers.map((layer, i) => {
    const def = layers.get(layer.kind);
    if (!def) {
      const meant = didYouMean(layer.kind, [...layers.keys()]);
      report.error({
        code: "AN1005",
        message: `unknown layer kind ${JSON.stringify(layer.kind)}`,
        path: ["layers", i, "kind"],
        expected: [...layers.keys()].join(", "),
        ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
      });
      return undefined;
    }
    const inner = def.schema.safeParse(layer);
    if (!inner.success) {
      complain(inner.error.issues, def.schema, layer, ["layers", i], report);
      return undefined;
    }
    return inner.data as LayerJson;
  });
  if (report.failed) return undefined;
  return { ...outer.data, layers: checked as LayerJson[] };
}

const spaced = (s: string): string => s.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

/** Plain values of a tree; a key given twice is an error, because one of the two would be lost. */
function toValue(node: Node, path: (string | number)[], report: Report): unknown {
  if (node.type === "array") return (node.children ?? []).map((c, i) => toValue(c, [...path, i], report));
  if (node.type !== "object") return node.value;
  const out = Object.create(null) as Record<string, unknown>;
  for (const property of node.children ?? []) {
    const [key, child] = property.children ?? [];
    const name = String(key?.value);
    if (Object.hasOwn(out, name))
      report.error({
        code: "AN1007",
        message: `the key "${name}" stands twice`,
        offset: key!.offset,
        hint: "keep one of the two",
      });
    else if (child) out[name] = toValue(child, [...path, name], report);
  }
  // zod wants plain objects; a key called __proto__ stays an ordinary, unknown key.
  return Object.fromEntries(Object.entries(out));
}

function complain(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodObject,
  value: unknown,
  prefix: JsonPath,
  report: Report,
): void {
  for (const issue of issues) {
    const path = [...prefix, ...(issue.path as (string | number)[])];
    const at = issue.path.reduce<unknown>((v, k) => (v as Record<PropertyKey, unknown> | undefined)?.[k], value);
    const fields = fieldsAt(schema, issue.path as (string | number)[]);
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const meant = didYouMean(key, fields);
        report.error({
          code: "AN1002",
          message: `unknown key ${JSON.stringify(key)}`,
          path: [...path, key],
          atKey: true,
          expected: fields.length > 0 ? `one of ${fields.join(", ")}` : "no such key",
          ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
        });
      }
    } else if (at === undefined && issue.path.length > 0) {
      const key = String(issue.path.at(-1));
      const unknown = Object.keys(
        (issue.path
          .slice(0, -1)
          .reduce<unknown>((v, k) => (v as Record<PropertyKey, unknown>)?.[k], value) as object) ?? {},
      );
      const meant = didYouMean(key, unknown);
      report.error({
        code: "AN1003",
        message: `the key "${key}" is missing`,
        path: path.slice(0, -1),
        expected: describe(schema, issue.path as (string | number)[]) ?? key,
        ...(meant ? { hint: `is "${meant}" meant to be "${key}"?` } : {}),
      });
    } else {
      report.error({
        code: "AN1004",
        message: `wrong value${issue.path.length > 0 ? ` for "${String(issue.path.at(-1))}"` : ""}`,
        path,
        expected: describe(schema, issue.path as (string | number)[]) ?? issue.message,
        found: short(at),
        ...(describe(schema, issue.path as (string | number)[]) ? { hint: issue.message } : {}),
      });
    }
  }
}

const short = (v: unknown): string => {
  const s = JSON.stringify(v) ?? "nothing";
  return s.length > 80 ? `${s.slice(0, 77)}...` : s;
};

function fieldAt(schema: z.ZodType, path: readonly (string | number)[]): z.ZodType | undefined {
  let here: z.ZodType | undefined = schema;
  for (const key of path) {
    while (here && "unwrap" in here && typeof here.unwrap === "function") here = (here.unwrap as () => z.ZodType)();
    const shape: unknown = here && "shape" in here ? here.shape : undefined;
    if (typeof key === "string" && shape && typeof shape === "object") here = (shape as Record<string, z.ZodType>)[key];
    else break;
  }
  return here;
}

function fieldsAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let here = fieldAt(schema, path);
  while (here && "unwrap" in here && typeof here.unwrap === "function") here = (here.unwrap as () => z.ZodType)();
  return here && "shape" in here ? Object.keys(here.shape as object) : [];
}

const describe = (schema: z.ZodType, path: readonly (string | number)[]): string | undefined =>
  fieldAt(schema, path)?.description;
