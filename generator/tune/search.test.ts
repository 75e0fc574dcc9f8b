import { expect, test } from "vitest";
import { alike, byLayer, descent, descents, frontier, lastWithin, meanBits, neighbourhood } from "./search.ts";

const layers = ["a", "b"].map((name) => ({ name, layers: [name], bits: [2, 4, 8] }));

test("the layer that adds least error for what it saves goes down first, to the cheapest set at last", () => {
  // b hardly matters; a matters and is large.
  const error = (name: string, bits: number) => (name === "a" ? 10 : 1) * (8 - bits);
  const cost = (name: string, bits: number) => (name === "a" ? 4 : 3) * bits;
  const sets = descent(layers, { error, cost }).map((s) => [s.get("a"), s.get("b")]);
  expect(sets[0]).toEqual([8, 8]);
  expect(sets.at(-1)).toEqual([2, 2]);
  const bFirst = sets.findIndex(([, b]) => b === 2);
  expect(sets[bFirst]![0]).toBe(8);
});

test("bits that save nothing are not taken; errors that fall with fewer bits count as what was before", () => {
  const flat = descent(layers, { error: () => 0, cost: (name, bits) => (name === "a" ? 5 : bits) });
  expect(flat.at(-1)!.get("a")).toBe(8);
  expect(flat.at(-1)!.get("b")).toBe(2);
  const odd = (_: string, bits: number) => (bits === 4 ? 3 : 0);
  const sets = descent([layers[0]!], { error: odd, cost: (_, bits) => bits });
  expect(sets.map((s) => s.get("a"))).toEqual([8, 2]);
});

test("all alike, a step around a set, bits by layer", () => {
  const joins = { name: "", layers: ["c", "d"], bits: [3, 8] };
  const around = alike([...layers, joins], 2);
  expect([...around.values()]).toEqual([2, 2, 3]);
  expect([...alike([...layers, joins], 5).values()]).toEqual([8, 8, 8]);
  expect(neighbourhood([...layers, joins], new Map([...around, ["b", 4]])).map((t) => t.bits)).toEqual([
    [2, 4],
    [2, 4, 8],
    [3, 8],
  ]);
  expect([...byLayer([joins], around)]).toEqual([
    ["c", 3],
    ["d", 3],
  ]);
});

test("bisection, means, frontier", async () => {
  const scores = [9, 8, 7, 6, 5];
  const asked: number[] = [];
  const of = async (i: number) => {
    asked.push(i);
    return scores[i]!;
  };
  expect(await lastWithin(5, 6.5, of)).toBe(2);
  expect(asked.length).toBeLessThanOrEqual(3);
  expect(await lastWithin(5, 10, of)).toBe(-1);
  expect(await lastWithin(5, 0, of)).toBe(4);
  expect(
    meanBits(
      new Map([
        ["a", 2],
        ["b", 5],
      ]),
    ),
  ).toBe(3.5);
  const points = [
    { cost: 3, score: 1 },
    { cost: 1, score: 2 },
    { cost: 2, score: 2 },
    { cost: 4, score: 5 },
  ];
  expect(frontier(points)).toEqual([points[1], points[3]]);
});

test("descents: a layer that saves much and adds much spoils the first row alone", () => {
  const layers = ["stem", "a", "b"].map((name) => ({ name, layers: [name], bits: [2, 8] }));
  const error = (name: string, bits: number) => (bits === 8 ? 0 : name === "stem" ? 64 : 1);
  const cost = (name: string, bits: number) => bits * (name === "stem" ? 1000 : 1);
  const rows = descents(layers, { error, cost });
  expect(rows).toHaveLength(2);
  expect(rows[0]![1]!.get("stem")).toBe(2);
  const last = rows[1]!.at(-1)!;
  expect([...last]).toEqual([
    ["stem", 8],
    ["a", 2],
    ["b", 2],
  ]);
});
