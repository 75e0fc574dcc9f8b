// The places that an op with a cell of its own has by hand: as many as CONTRIBUTING.md says, counted where one is named.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Files of a folder and those below it whose text or name fits. */
function naming(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "wasm" ? [] : naming(path, pattern);
    return pattern.test(`${path}\n${readFileSync(join(root, path), "utf8")}`) ? [path] : [];
  });
}

test("zero_insert and axis_insert stand in ten places", () => {
  const found = ["generator", "golden", "templates", "testbench/cells", "bench/resources", "scripts"].flatMap((f) =>
    naming(f, /zero_?insert|axis_?insert/i),
  );
  const places = [
    "bench/resources/points.ts",
    "generator/cells/axis_insert.ts",
    "generator/cells/index.ts",
    "generator/ir/nodes.ts",
    "generator/ops/index.ts",
    "generator/ops/zero_insert.ts",
    "golden/ops/index.ts",
    "golden/ops/zero_insert.ts",
    "templates/axis_insert.v",
    "testbench/cells/axis_insert",
  ];
  expect(places).toHaveLength(10);
  const kernel = ["golden/fast/arrange.ts", "golden/fast/calls.ts"];
  const reader = "generator/4-quantize/roles/anchor.ts";
  const byPrograms = /^bench\/resources\/\w+\.json$|coefficients\.json$|\.test\.ts$/;
  const byHand = found
    .map((path) => path.replace(/^(testbench\/cells\/\w+)\/.*/, "$1"))
    .filter((path) => !byPrograms.test(path) && ![...kernel, reader].includes(path));
  expect([...new Set(byHand)].sort()).toEqual(places);
});
