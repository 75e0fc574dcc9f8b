import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documents } from "./gen-docs.ts";

test.each([...documents().keys()])("%s is up to date (npm run docs writes it)", (path) => {
  expect(readFileSync(join(import.meta.dirname, "..", path), "utf8")).toBe(documents().get(path));
});
