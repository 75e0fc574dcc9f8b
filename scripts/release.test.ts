// The parts of a release that are text.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { follows, notes, released } from "./release.ts";

const log = "# Changelog\n\n## Unreleased\n\n- one\n- two\n\n## 0.1.0 - 2026-01-01\n\n- old\n";

test("unreleased changes get the version and the day, and are its notes", () => {
  const text = released(log, "0.2.0", "2026-02-03");
  expect(text).toContain("## 0.2.0 - 2026-02-03\n\n- one");
  expect(text).not.toContain("Unreleased");
  expect(notes(text, "0.2.0")).toBe("- one\n- two");
  expect(notes(text, "0.1.0")).toBe("- old");
});

test("nothing to release is no release", () => {
  expect(() => released("# Changelog\n\n## 0.1.0 - 2026-01-01\n", "0.2.0", "x")).toThrow("no section");
  expect(() => released("## Unreleased\n\n## 0.1.0 - 2026-01-01\n- old\n", "0.2.0", "x")).toThrow("no unreleased");
});

test.each([
  ["0.1.0", "0.1.0", true],
  ["0.1.1", "0.1.0", true],
  ["0.2.0", "0.1.9", true],
  ["1.0.0", "0.9.3", true],
  ["0.2.1", "0.1.0", false],
  ["0.0.9", "0.1.0", false],
  ["v0.2.0", "0.1.0", false],
])("%s after %s: %s", (next, now, right) => {
  expect(follows(next, now)).toBe(right);
});

test("today's changelog can be released", () => {
  const text = readFileSync(join(import.meta.dirname, "../CHANGELOG.md"), "utf8");
  expect(notes(released(text, "9.0.0", "2026-01-01"), "9.0.0").length).toBeGreaterThan(100);
});

test("the package is compiled whole each time: what an earlier build knew of it is not asked", () => {
  const { compilerOptions } = JSON.parse(readFileSync(join(import.meta.dirname, "../tsconfig.build.json"), "utf8"));
  expect([compilerOptions.incremental, compilerOptions.tsBuildInfoFile]).toEqual([false, null]);
});
