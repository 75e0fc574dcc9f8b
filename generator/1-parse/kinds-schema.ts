// A list of layers as JSON Schema: each element's `kind` says which schema it has.
import { z } from "zod";

/** @param kinds of each kind its schema and, where there is one, a line on what it computes, which editors show */
export function layersSchema(
  kinds: Iterable<{ readonly kind: string; readonly schema: z.ZodType; readonly summary?: string }>,
): Record<string, unknown> {
  const all = [...kinds].map(({ kind, schema, summary }) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input" }) as Record<string, unknown>;
    const properties = json.properties as Record<string, Record<string, unknown>>;
    if (summary !== undefined) properties.kind!.description = summary;
    return {
      kind,
      summary,
      json: { ...json, title: kind, ...(summary === undefined ? {} : { description: summary }) },
    };
  });
  const texts = all.flatMap(({ summary }) => (summary === undefined ? [] : [summary]));
  // An editor offers of `oneOf` only what lacks the fewest fields; of an enumeration and conditions, all.
  const kind = {
    enum: all.map((k) => k.kind),
    ...(texts.length === all.length ? { enumDescriptions: texts } : {}),
    description: "what the layer computes",
  };
  const conditions = all.map((k) => ({
    // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema; nobody awaits this object
    ...{ if: { properties: { kind: { const: k.kind } }, required: ["kind"] }, then: k.json },
  }));
  const items = { type: "object", properties: { kind }, required: ["kind"], allOf: conditions };
  return { type: "array", minItems: 1, description: "the layers in order", items };
}
