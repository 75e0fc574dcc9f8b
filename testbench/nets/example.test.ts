// The committed example is what the compiler writes today.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./build.ts";
import { exampleFiles, exampleFolder } from "./example.ts";

const dir = join(root, exampleFolder);
const committed = readdirSync(dir, { recursive: true, encoding: "utf8" })
  .filter((f) => statSync(join(dir, f)).isFile() && !f.startsWith("build/"))
  .sort();

test("the same files, byte by byte (npx tsx scripts/update-example.ts writes them anew)", () => {
  const files = exampleFiles();
  expect(committed).toEqual([...files.keys()].sort());
  for (const [path, text] of files) expect(readFileSync(join(dir, path), "utf8") === text, path).toBe(true);
});

test("it is small", () => {
  expect(committed.reduce((n, f) => n + statSync(join(dir, f)).size, 0)).toBeLessThan(300_000);
});

test("a layer is one file that is read in a minute: streams, widths, latency, weights, quantization, fold", () => {
  const layers = committed.filter((f) => /^rtl\/tiny_(conv\d|fc|avgpool|n_class)\.v$/.test(f));
  expect(layers).toHaveLength(5);
  for (const f of layers) {
    const text = readFileSync(join(dir, f), "utf8");
    const lines = text.split("\n");
    expect(lines.length, f).toBeLessThan(120);
    expect(Math.max(...lines.map((l) => l.length)), f).toBeLessThanOrEqual(120);
    for (const row of [/^\/\/ s_axis +\d+ lanes? of \d+ bits?, \d+ beats? a frame$/m, /^\/\/ m_axis +\d+ lane/m])
      expect(text, f).toMatch(row);
    expect(text, f).toMatch(/^\/\/ fold +PE \d+, SIMD \d+; \d+ clocks a frame/m);
    expect(text, f).toMatch(
      /^\/\/ latency +\d+ clocks from the first beat in to the first beat out, \d+ to the last$/m,
    );
    if (!/conv|fc/.test(f)) continue;
    expect(text, f).toMatch(/^\/\/ weights +\d+ x \d+ of \d+ bits/m);
    expect(text, f).toMatch(/^\/\/ requantize +mode full/m);
    expect(text, f).toMatch(/^\/\/ memory +tiny_\w+_weights\.mem: \d+ words of \d+ bits$/m);
  }
});

test("the top says what it computes, how it is instantiated, what it was quantized to and which command makes it", () => {
  const text = readFileSync(join(dir, "rtl/tiny.v"), "utf8");
  expect(text).toMatch(/^\/\/ Quantization: requantize mode full; weights of 4 bits$/m);
  expect(text).toMatch(
    /^\/\/ Made again by: addernet build integers\.json --fps 5000 --clock 100 --l1 signed-tree -o OUT$/m,
  );
  expect(text).toMatch(/^\/\/ Instance: tiny #\(/m);
});
