// The documentation site: every page of docs/ has a place in the menu, and every link leads somewhere.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./doc-blocks.ts";
import { gather, sections } from "./site.ts";

test("every page of docs/ and of the examples is on the site once", () => {
  const listed = sections().flatMap((s) => s.pages);
  expect(new Set(listed).size).toBe(listed.length);
  const there = ["docs", "examples"].flatMap((d) =>
    readdirSync(join(root, d), { recursive: true, encoding: "utf8" })
      .filter((f) => f.endsWith(".md") && f !== "mnist/README.md")
      .map((f) => `${d}/${f}`),
  );
  expect(there.filter((f) => !listed.includes(f))).toEqual([]);
});

test("links lead to pages or files, code and comments are left alone", () => {
  const { pages, files, broken } = gather();
  expect(broken).toEqual([]);
  expect(pages.get("index.md")).toContain("](/docs/boards.md)");
  expect(pages.get("index.md")).toContain("](/docs/pictures/logic.svg)");
  expect(files).toContain("docs/pictures/logic.svg");
  for (const [page, text] of pages) expect(text.replace(/^```[\s\S]*?^```/gm, ""), page).not.toContain("<!--");
});

test("its tools are pinned, apart from the package's own", () => {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const site = JSON.parse(readFileSync(join(root, "site/package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(root, "site/package-lock.json"), "utf8"));
  for (const name of Object.keys(site.devDependencies)) {
    expect(lock.packages[`node_modules/${name}`].integrity, name).toMatch(/^sha512-/);
    if (name !== "typescript") expect(own.devDependencies).not.toHaveProperty(name);
  }
});
