// What a field may hold, in words.
import { z } from "zod";

type Json = Record<string, unknown>;

const number = (v: unknown): number | undefined =>
  typeof v === "number" && Math.abs(v) < Number.MAX_SAFE_INTEGER ? v : undefined;

function limits(s: Json): string {
  const [min, max] = [number(s.minimum), number(s.maximum)];
  const above = number(s.exclusiveMinimum);
  const parts = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(min === undefined ? [] : [max === undefined ? `from ${min} up` : `from ${min}`]),
    ...(max === undefined ? [] : [min === undefined ? `up to ${max}` : `to ${max}`]),
  ];
  return parts.length > 0 ? ` ${parts.join(" ")}` : "";
}

/** "a", "a or b", "a, b or c". */
export const either = (list: readonly string[]): string =>
  list.length < 2 ? (list[0] ?? "") : `${list.slice(0, -1).join(", ")} or ${list.at(-1)}`;

const plural = (s: string): string =>
  s.replace(/^an? (\w+)/, (_, noun: string) => `${noun}s`).replace(/^anything$/, "values");

/** A JSON Schema in words, e.g. "an integer from 1 to 4096 or an array of 2 integers from 1 to 4096". */
export function schemaWords(s: Json): string {
  if (s.const !== undefined) return JSON.stringify(s.const);
  if (Array.isArray(s.enum)) return either(s.enum.map((v) => JSON.stringify(v)));
  const options = s.anyOf ?? s.oneOf;
  if (Array.isArray(options)) return either(options.map((o) => schemaWords(o as Json)));
  switch (s.type) {
    case "integer":
      return `an integer${limits(s)}`;
    case "number":
      return `a number${limits(s)}`;
    case "string":
      return number(s.maxLength) === undefined ? "a string" : `a string of up to ${s.maxLength} characters`;
    case "boolean":
      return "true or false";
    case "object": {
      const required = new Set((s.required as string[] | undefined) ?? []);
      const keys = Object.keys((s.properties as Json | undefined) ?? {});
      return keys.length === 0 || keys.length > 4
        ? "an object"
        : `an object {${keys.map((k) => (required.has(k) ? k : `${k}?`)).join(", ")}}`;
    }
    case "array": {
      const items = Array.isArray(s.prefixItems) ? (s.prefixItems as Json[]) : undefined;
      if (items) {
        const each = items.map(schemaWords);
        return each.every((w) => w === each[0])
          ? `an array of ${items.length} ${plural(each[0]!)}`
          : `[${each.join(", ")}]`;
      }
      return `an array of ${plural(schemaWords((s.items ?? {}) as Json))}`;
    }
    default:
      return "anything";
  }
}

/** What a zod schema accepts, in words. */
export const typeWords = (schema: z.ZodType): string =>
  schemaWords(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Json);
