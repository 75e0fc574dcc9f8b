// Every layer kind has a sample network, whose description tells the shapes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { load } from "../compile.ts";
import { layers } from "./index.ts";

const dir = join(import.meta.dirname, "samples");
const files = readdirSync(dir).sort();

test("every kind has a sample, and every sample a kind", () => {
  expect(files).toEqual([...layers.keys()].map((k) => `${k}.json`).sort());
});

test.each(files)("%s loads and has the shape that it tells", (file) => {
  const text = readFileSync(join(dir, file), "utf8");
  const loaded = load(text, () => {
    throw new Error("a sample needs no other file");
  });
  expect(loaded.diagnostics).toEqual([]);
  if (!loaded.ok) return;
  const last = loaded.value.graph.nodes.at(-1)!;
  expect(`${last.kind}.json`).toBe(file);
  const { description } = JSON.parse(text) as { description: string };
  expect(`${loaded.value.graph.input.shape.join(" x ")} becomes ${last.shape.join(" x ")}`).toBe(description);
});
