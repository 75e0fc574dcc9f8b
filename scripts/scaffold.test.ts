// What new-layer and new-cell make fits the registries as they are, and leads to places that exist.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newCell, newLayer, type Scaffold } from "./scaffold.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

function check({ files, changed, next }: Scaffold, name: string, file: string) {
  expect([...files].filter(([path, text]) => existsSync(join(root, path)) || text.trim() === "")).toEqual([]);
  for (const [path, text] of changed) {
    const added = text.split("\n").filter((l) => !read(path).split("\n").includes(l));
    expect(added, path).toHaveLength(2);
    expect(added[0], path).toBe(`import { ${name} } from "./${file}.ts";`);
    expect(added[1], path).toContain(`${name},`);
    // One block of imports, which the formatter sorts.
    const imports = text.slice(text.indexOf("\nimport ") + 1, text.lastIndexOf("\nimport ")).split("\n");
    expect(
      imports.filter((l) => l === ""),
      path,
    ).toEqual([]);
  }
  for (const line of next) {
    const place = /^(?:npx tsx )?([\w./-]+\/[\w./-]*)/.exec(line)?.[1];
    const there = place && (existsSync(join(root, place)) || [...files.keys()].some((f) => f.startsWith(place)));
    expect(there || /^testbench\/cells\//.test(line), line).toBeTruthy();
  }
}

test("a layer kind", () => check(newLayer("soft_sign", read), "softSign", "soft_sign"));
test("a cell", () => check(newCell("axis_twist", read), "axisTwist", "axis_twist"));
test("names that are none", () => {
  expect(() => newLayer("SoftSign", read)).toThrow("max_pool2d");
  expect(() => newCell("twist", read)).toThrow("axis_name");
});
