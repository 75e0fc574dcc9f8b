// Pixels that wait in front of joins, counted by hand.
import { describe, expect, test } from "vitest";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";
import type { EdgeType } from "../ir/tensor.ts";
import { joinDepths } from "./fifo.ts";

type Size = readonly [height: number, width: number];
type Lanes = Readonly<Record<string, readonly [lanesIn: number, lanesOut: number]>>;

/** A node and the size of its result; all maps have `channels` channels. */
type Drawn = readonly [node: Readonly<Record<string, unknown>> & { readonly name: string }, size: Size];

const requant = (name: string, input: string, size: Size): Drawn => [{ name, op: "requant", inputs: [input] }, size];
const add = (name: string, inputs: readonly string[], size: Size): Drawn => [{ name, op: "add", inputs }, size];
const pool = (name: string, input: string, size: Size, kernel: number, top: number, stride = 1): Drawn => [
  {
    ...{ name, op: "max_pool", inputs: [input] },
    window: { kernel: [kernel, 1], stride: [stride, 1], dilation: [1, 1], padding: [top, 0, 0, 0], groups: 1 },
  },
  size,
];

/** Depths of the join `y`, where nodes have other lanes than one each in and out. */
function depths(input: Size, drawn: readonly Drawn[], lanes: Lanes = {}, channels = 1): number[] | undefined {
  const edge = ([h, w]: Size) => ({ shape: [h, w, channels] }) as unknown as EdgeType;
  const nodes = drawn.map(([n]) => ({ ...n, output: n.name }) as unknown as QuantizedNode);
  const edges = Object.fromEntries([["x", edge(input)], ...drawn.map(([n, size]) => [n.name, edge(size)])]);
  const planned = (n: QuantizedNode) => {
    const [lanesIn, lanesOut] = lanes[n.name] ?? [1, 1];
    return { lanesIn, lanesOut, types: { inputs: n.inputs.map((e) => edges[e]!), output: edges[n.output]! } };
  };
  const found = joinDepths({ nodes, edges, outputs: ["y"] } as unknown as QuantizedNetwork, planned);
  expect([...found.keys()]).toEqual(nodes.filter((n) => n.inputs.length > 1).map((n) => n.name));
  return found.get("y");
}

const map: Size = [10, 4];

describe("two branches of one map", () => {
  test("that need pixels alike hold one each", () => {
    expect(depths(map, [requant("r", "x", map), add("y", ["r", "x"], map)])).toEqual([1, 1]);
    expect(depths(map, [add("y", ["x", "x"], map)])).toEqual([1, 1]);
  });

  test("also where there is one pixel", () => {
    expect(depths([1, 1], [requant("r", "x", [1, 1]), add("y", ["r", "x"], [1, 1])])).toEqual([1, 1]);
  });

  // Its pixels come by rows, but to both alike.
  test("of a window's result, whatever that waits for", () => {
    expect(depths(map, [pool("p", "x", map, 3, 1), requant("r", "p", map), add("y", ["r", "p"], map)])).toEqual([1, 1]);
  });

  // Its beats come once the frame has begun: without a place beside it the fork would wait for the join, and that for it.
  test("one behind a window that lies wholly in padding: the first pixel waits beside it", () => {
    const one: Size = [1, 1];
    const above = pool("p", "x", one, 2, 2, 4);
    expect(depths(one, [above, add("y", ["p", "x"], one)])).toEqual([1, 1]);
  });

  // Row r of the window needs r + 2 rows: the other branch has 2 rows more than the join has taken, and 3 rows more so
  // that the window may be as many output rows ahead.
  test("one behind a window of three rows: five rows wait beside it", () => {
    expect(depths(map, [pool("p", "x", map, 3, 1), add("y", ["p", "x"], map)])).toEqual([1, 20]);
    expect(depths(map, [pool("p", "x", map, 3, 1), add("y", ["x", "p"], map)])).toEqual([20, 1]);
  });

  // Pixels of a block's result leave one by one, to both branches of the next block, however they came about.
  test("a block behind another one holds no more than the first", () => {
    const blocks = (n: number): Drawn[] => {
      const name = n === 3 ? "y" : `y${n}`;
      const from = n === 1 ? "x" : `y${n - 1}`;
      return [...(n > 1 ? blocks(n - 1) : []), pool(`p${n}`, from, map, 3, 1), add(name, [`p${n}`, from], map)];
    };
    expect(depths(map, blocks(3))).toEqual([1, 20]);
  });

  test("a join within a branch is looked through, up to what both come from", () => {
    const nested = [pool("p", "x", map, 3, 1), add("z", ["p", "x"], map), add("y", ["z", "x"], map)];
    expect(depths(map, nested)).toEqual(depths(map, [pool("z", "x", map, 3, 1), add("y", ["z", "x"], map)]));
  });

  // It needs r + 1 rows, as a window that ends at its own row does.
  test("a window with all of its margin above: four rows", () => {
    expect(depths(map, [pool("p", "x", map, 3, 2), add("y", ["p", "x"], map)])).toEqual([1, 16]);
  });

  test("two windows one behind the other: six rows", () => {
    const nodes = [pool("p", "x", map, 3, 1), pool("q", "p", map, 3, 1), add("y", ["q", "x"], map)];
    expect(depths(map, nodes)).toEqual([1, 24]);
  });

  // Of eight rows nothing but all of them can wait.
  test("never more than the map has", () => {
    const low: Size = [4, 4];
    expect(depths(low, [pool("p", "x", low, 3, 1), add("y", ["p", "x"], low)])).toEqual([1, 16]);
  });

  // Rows 2 r + 1 and 2 r + 2: the second branch always comes last and waits for nothing. Of the first, a row waits, and
  // three more.
  test("a branch that never waits for the other has no FIFO", () => {
    const half: Size = [8, 4];
    const nodes = [pool("p", "x", half, 1, 0, 2), pool("q", "x", half, 2, 0, 2), add("y", ["p", "q"], half)];
    expect(depths([16, 4], nodes)).toEqual([16, 0]);
  });

  // The join inside needs what its slower side needs.
  test("one with a join inside", () => {
    const nodes = [pool("p", "x", map, 3, 1), add("j", ["x", "p"], map), add("y", ["j", "x"], map)];
    expect(depths(map, nodes)).toEqual([1, 20]);
  });

  test("that part behind the input", () => {
    const nodes = [requant("r", "x", map), pool("p", "r", map, 3, 1), add("y", ["r", "p"], map)];
    expect(depths(map, nodes)).toEqual([20, 1]);
  });

  test("of a map that others read too, in rows that they do not need", () => {
    const nodes = [pool("o", "x", map, 9, 0), pool("p", "x", map, 3, 1), add("y", ["p", "x"], map)];
    expect(depths(map, nodes)).toEqual([1, 20]);
  });
});

// Rows r + 2, r + 3 and r + 1, of ten: all of the frame are needed for row 8 of the first and row 7 of the second. Three
// rows ahead of output row 4 the second has collected all, so that the first has given 10 - 4 rows; three ahead of row 5
// the first has, and the second 10 - 5. The third has six as behind two windows of three rows.
test("three branches wait for the slowest of the others", () => {
  const nodes = [pool("p", "x", map, 3, 1), pool("q", "x", map, 5, 2), add("y", ["p", "q", "x"], map)];
  expect(depths(map, nodes)).toEqual([24, 20, 24]);
});

describe("several pixels a beat", () => {
  const narrow: Size = [8, 2];
  const nodes = [requant("r", "x", narrow), add("y", ["r", "x"], narrow)];

  // The fourth pixel completes the first beat: 4, 4, 4, 4, 8 ... pixels are needed. The other branch has four pixels, and
  // ten where the first is six pixels ahead.
  test.each([
    [4, 1],
    [1, 4],
    [4, 4],
    [2, 4],
  ])("of a branch, %i lanes in and %i out", (lanesIn, lanesOut) => {
    expect(depths(narrow, nodes, { r: [lanesIn, lanesOut] })).toEqual([1, 10]);
  });

  // Two, and eight with six pixels ahead.
  test("of a branch, two in a beat", () => {
    expect(depths(narrow, nodes, { r: [2, 1] })).toEqual([1, 8]);
  });

  test("of two channels each", () => {
    expect(depths(narrow, nodes, { r: [8, 2], y: [2, 2] }, 2)).toEqual([1, 10]);
    expect(depths(narrow, nodes, { r: [2, 8], y: [8, 2] }, 2)).toEqual([4, 13]);
    expect(depths(narrow, nodes, { r: [1, 2], y: [1, 2] }, 2)).toEqual([1, 1]);
  });

  // The join takes four pixels when all are there: three more wait.
  test("of the join as well", () => {
    expect(depths(narrow, nodes, { r: [4, 4], y: [4, 4] })).toEqual([4, 13]);
  });

  test("of the join alone", () => {
    expect(depths(narrow, nodes, { y: [4, 4] })).toEqual([4, 4]);
  });
});
