// Tests and networks that documents name exist, and hold what the documents say.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cellSources, root } from "./build.ts";
import { kindFiles, kindNetwork, layerKinds } from "./kinds.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Files of the project that a page names, each with the names in quotes that follow it up to the next file. */
function references(page: string): { path: string; names: string[] }[] {
  return page
    .split(/`(?=[\w-]+\/[\w./-]+\.(?:ts|json)`)/)
    .slice(1)
    .map((part) => {
      const [path, rest] = [part.slice(0, part.indexOf("`")), part.slice(part.indexOf("`") + 1).split("\n")[0]!];
      return { path, names: [...rest.matchAll(/"([^"]+)"/g)].map((m) => m[1]!) };
    });
}

test("references are found", () => {
  const page = '| a | `x/y.test.ts`: "one" and "two"; `z/w.json`: "three" |\n"no name"\n`plain`: "neither"';
  expect(references(page)).toEqual([
    { path: "x/y.test.ts", names: ["one", "two"] },
    { path: "z/w.json", names: ["three"] },
  ]);
});

describe.each(["docs/faults.md", "docs/layers.md"])("%s", (file) => {
  const found = references(read(file));

  test("names files, and tests in them, that exist", () => {
    expect(found.length).toBeGreaterThan(2);
    for (const { path, names } of found) {
      expect(existsSync(join(root, path)), path).toBe(true);
      for (const name of names) expect(read(path), path).toContain(name);
    }
  });
});

describe("docs/faults.md", () => {
  test("has a test for every fault", () => {
    const rows = read("docs/faults.md")
      .split("\n")
      .filter((l) => l.startsWith("| ") && !l.startsWith("| Reported"));
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row).toMatch(/`[\w-]+\/[\w./-]+\.(ts|json)`/);
  });
});

describe("docs/layers.md", () => {
  const rows = [...read("docs/layers.md").matchAll(/^\| `(\w+)` \| (.*) \|(.*)\| ([\w, ]+) \|$/gm)];

  test("has a row for every kind", () => {
    expect(rows.map((r) => r[1]).sort()).toEqual([...layerKinds].sort());
  });

  test("names networks that hold the kind", () => {
    for (const [, kind, , , networks] of rows)
      for (const name of networks!.split(", ")) {
        expect(kindFiles, kind).toContain(`${name}.json`);
        expect(
          kindNetwork(`${name}.json`).layers.map((l) => l.kind),
          `${name}.json`,
        ).toContain(kind);
      }
  });

  test("names cells and kinds that exist", () => {
    const known = new Set([...cellSources().keys(), ...layerKinds]);
    for (const row of rows)
      for (const [, name] of `${row[2]} ${row[3]}`.matchAll(/`(\w+)`/g))
        if (!/^AN\d/.test(name!)) expect(known, name!).toContain(name);
  });
});
