// Every stage gives for drawn networks what it gave when they were simulated. A change that is meant changes the record
// too: scripts/update-example.ts writes it, and a run of the fuzzer with the record's seed simulates it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Recorded, recordedCases, recordFile, recordOf } from "./record.ts";

const record = JSON.parse(readFileSync(recordFile, "utf8")) as Recorded[];
const cases = recordedCases();

test("as many networks as are on record", () => {
  expect(cases.length).toBe(record.length);
});

test.each(cases.map((c, i) => [i, c] as const))("network %i", (i, c) => {
  expect(recordOf(c)).toEqual(record[i]);
});
