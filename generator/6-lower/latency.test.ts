// Clocks of small designs, counted by hand: when beats pass registers and converters, and how many wait in front of joins.
import { describe, expect, test } from "vitest";
import type { HwBlock, HwInstance, HwStream } from "../ir/hardware.ts";
import { latencyOf, waitingAt } from "./latency.ts";

/** A stream of `pixels` pixels, each of `channels` values in beats of `lanes`. */
const stream = (name: string, pixels: number, channels = 1, lanes = channels): HwStream => ({
  ...{ name, lanes, laneBits: 8, signed: false, channels, pixels },
  beatsPerFrame: pixels * Math.ceil(channels / lanes),
});

const ports = (direction: "in" | "out", of: readonly (readonly HwStream[])[]) =>
  of.map((streams, i) => ({ port: `${direction}${i}`, direction, streams }));

const instance = (
  cell: string,
  params: HwInstance["params"],
  from: readonly HwStream[],
  ...to: readonly HwStream[]
): HwInstance => ({
  ...{ name: `u_${to[0]!.name}`, cell, params },
  ports: [...ports("in", cell === "axis_fork" ? [from] : from.map((s) => [s])), ...ports("out", [to])],
});

const block = (instances: readonly HwInstance[]): HwBlock => {
  const of = (direction: "in" | "out") =>
    instances.flatMap((i) => i.ports.filter((p) => p.direction === direction).flatMap((p) => p.streams));
  const [ins, outs] = [of("in"), of("out")];
  const ends = (list: HwStream[], other: HwStream[]) => list.filter((s) => !other.some((o) => o.name === s.name));
  return { instances, inputs: ends(ins, outs), outputs: ends(outs, ins) } as unknown as HwBlock;
};

const design = (input: HwStream, blocks: readonly HwBlock[], ...outputs: readonly HwStream[]) => ({
  ...{ input, blocks, outputs: outputs.map((s) => ({ name: s.name, stream: s })) },
});

const fifo = (from: HwStream, to: HwStream, DEPTH = 16) => instance("axis_fifo", { WIDTH: 8, DEPTH }, [from], to);
const narrow = (from: HwStream, to: HwStream) =>
  instance("axis_narrow", { BITS: 8, IN_LANES: from.lanes, OUT_LANES: to.lanes, CHANNELS: from.channels }, [from], to);
const widen = (from: HwStream, to: HwStream) => ({ ...narrow(from, to), cell: "axis_widen" });
const fork = (from: HwStream, ...to: readonly HwStream[]) =>
  instance("axis_fork", { WIDTH: 8, N: to.length }, [from], ...to);
const addParams = {
  LANES: 1,
  X0_BITS: 8,
  X1_BITS: 8,
  OUT_BITS: 9,
  M0: 1,
  M1: 1,
  B: 0,
  SHIFT: 0,
  CLAMP: 0,
  LO: 0,
  HI: 0,
};
/** Four registers, and two clocks through the memory of eight places behind them. */
const ADD = 6;
/** A register, and the FIFO behind it in which windows wait for a reader that is busy. */
const TAPS = 3;
const add = (a: HwStream, b: HwStream, to: HwStream) => instance("axis_add", addParams, [a, b], to);

describe("latency of a frame that meets an empty design", () => {
  // A FIFO takes two clocks: beat p of the source, in clock p, leaves in clock p + 2.
  test("one FIFO", () => {
    const [x, y] = [stream("x", 6), stream("y", 6)];
    const b = block([fifo(x, y)]);
    const r = latencyOf(design(x, [b], y));
    expect(r.design).toEqual({ first: 2, last: 7, fill: 2, settling: 0 });
    expect(r.blocks.get(b)).toEqual({ first: 2, last: 7 });
  });

  test("a block's clocks count from its own first beat", () => {
    const [x, y, z] = [stream("x", 6), stream("y", 6), stream("z", 6)];
    const blocks = [block([fifo(x, y)]), block([fifo(y, z)])];
    const r = latencyOf(design(x, blocks, z));
    expect(r.design).toEqual({ first: 4, last: 9, fill: 4, settling: 0 });
    expect(blocks.map((b) => r.blocks.get(b))).toEqual([
      { first: 2, last: 7 },
      { first: 2, last: 7 },
    ]);
  });

  test("of several outputs the first beat of the earliest and the last of the latest", () => {
    const [x, a, b, c] = [stream("x", 5), stream("a", 5), stream("b", 5), stream("c", 5)];
    const blocks = [block([fork(x, a, b)]), block([fifo(b, c)])];
    const r = latencyOf(design(x, blocks, a, c));
    // One clock through the fork; the branch through the FIFO two more.
    expect(r.design).toEqual({ first: 1, last: 1 + 2 + 4, fill: 3, settling: 0 });
    expect(r.blocks.get(blocks[0]!)).toEqual({ first: 1, last: 5 });
    const both = latencyOf(design(x, [block([fork(x, a, b), fifo(b, c)])], c, a));
    expect(both.design).toEqual(r.design);
  });

  test("a block with two inputs counts from the earlier one", () => {
    const [x, a, b, c, d] = ["x", "a", "b", "c", "d"].map((n) => stream(n, 5)) as [HwStream, ...HwStream[]];
    const join = block([add(a!, c!, d!)]);
    const r = latencyOf(design(x, [block([fork(x, a!, b!)]), block([fifo(b!, c!)]), join], d!));
    // Branch a from clock 1, branch c from clock 3: the sum six clocks behind the later one.
    expect(r.design).toMatchObject({ first: 3 + ADD, last: 3 + ADD + 4, fill: 3 + ADD });
    expect(r.blocks.get(join)).toEqual({ first: 2 + ADD, last: 2 + ADD + 4 });
  });

  test("half the lanes take twice the beats and hold up the source", () => {
    const [x, y] = [stream("x", 4, 2), stream("y", 4, 2, 1)];
    const r = latencyOf(design(x, [block([narrow(x, y)])], y));
    // Eight beats without a pause, the first a clock behind the source's.
    expect(r.design).toMatchObject({ first: 1, last: 8, fill: 1 });
  });

  // 585 times 5 / 585 is more than 5 in doubles, and there is no sixth beat.
  test("five beats of a map become a vector of 585 beats", () => {
    const map = stream("in", 5, 117);
    const vector = stream("out", 1, 585, 1);
    const { last } = latencyOf(design(map, [block([narrow(map, vector)])], vector)).design;
    expect(last).toBe(585);
  });

  test("twice the lanes wait for two beats", () => {
    const [x, y] = [stream("x", 4, 2, 1), stream("y", 4, 2)];
    const r = latencyOf(design(x, [block([widen(x, y)])], y));
    // The first pair is complete in clock 1, the last in clock 7.
    expect(r.design).toMatchObject({ first: 2, last: 8, fill: 1 });
  });

  test("clocks between two are the later one", () => {
    const [x, y, z] = [stream("x", 1, 7, 1), stream("y", 1, 7, 2), stream("z", 1, 7, 4)];
    const blocks = [block([widen(x, y)]), block([widen(y, z)])];
    const r = latencyOf(design(x, blocks, z));
    // Pairs are complete in clocks 1, 3, 5 and 6 and leave a clock later; the model sees them at an even rate from 2 to 7,
    // the second one between clocks 3 and 4.
    expect(r.design).toMatchObject({ first: 5, last: 8 });
    expect(blocks.map((b) => r.blocks.get(b))).toEqual([
      { first: 2, last: 7 },
      { first: 3, last: 6 },
    ]);
  });

  test("three places behind an adder of seven clocks: a beat in 8 / 3 clocks", () => {
    const [x, a, b, y] = ["x", "a", "b", "y"].map((n) => stream(n, 5)) as [HwStream, HwStream, HwStream, HwStream];
    const slow = { ...add(a, b, y), params: { ...addParams, INTERVAL: 3 } };
    const r = latencyOf(design(x, [block([fork(x, a, b), slow])], y));
    expect(r.design).toMatchObject({ first: 1 + 7, last: 1 + 7 + Math.ceil((4 * 8) / 3) });
  });

  test("a join of vectors", () => {
    const [x, a, b, y] = ["x", "a", "b", "y"].map((n) => stream(n, 1, 3, 1)) as [
      HwStream,
      HwStream,
      HwStream,
      HwStream,
    ];
    const r = latencyOf(design(x, [block([fork(x, a, b), add(a, b, y)])], y));
    expect(r.design).toMatchObject({ first: 1 + ADD, last: 1 + ADD + 2 });
  });

  test("what holds up the end of a chain holds up its beginning, through FIFOs of three places", () => {
    // A source and a fork in front, a slow converter at the end: with two beats for one it takes a beat in two clocks.
    const x = stream("x", 40, 2);
    const [a, b, ...rest] = ["a", "b", "c", "d", "e"].map((n) => stream(n, 40, 2)) as [
      HwStream,
      HwStream,
      ...HwStream[],
    ];
    const slow = stream("slow", 40, 2, 1);
    const links = [b, ...rest];
    const chain = rest.map((s, i) => fifo(links[i]!, s, 2));
    const r = latencyOf(design(x, [block([fork(x, a, b)]), block(chain), block([narrow(rest.at(-1)!, slow)])], a));
    const free = latencyOf(design(x, [block([fork(x, a, b)]), block(chain)], a));
    expect(free.design.last).toBe(40);
    // Of pixel p the first of two beats leaves in clock 8 + 2 p and was taken in 7 + 2 p: 85 for the last one. Each of the
    // three FIFOs takes a beat in the clock after that of the beat three before it has left: 80, 75, 70.
    expect(r.design.last).toBe(70);
  });
});

/** Windows of 2 x 2 pixels, two apart, of an image of 4 x 4; a beat is a tap. */
const windows = (from: HwStream, to: HwStream, ROWS: number) =>
  instance(
    "axis_window",
    {
      ...{ IN_H: 4, IN_W: 4, WORDS: 1, GROUPS: 1, REPEAT: 1, KH: 2, KW: 2, SH: 2, SW: 2, DH: 1, DW: 1 },
      ...{ PAD_T: 0, PAD_L: 0, OUT_H: 2, OUT_W: 2, PAD_VALUE: 0, SIMD: 1, BITS: 8, ROWS },
    },
    [from],
    to,
  );

/** All windows of 3 x 3 pixels of an image of 3 x 3 with a margin of one, a window a beat. */
const taps = (from: HwStream, to: HwStream) =>
  instance(
    "axis_taps",
    {
      ...{ IN_H: 3, IN_W: 3, CHANNELS: 1, BITS: 8, KH: 3, KW: 3, SH: 1, SW: 1, DH: 1, DW: 1 },
      ...{ PAD_T: 1, PAD_L: 1, OUT_H: 3, OUT_W: 3, PAD_VALUE: 0 },
    },
    [from],
    to,
  );

describe("windows", () => {
  const [x, taken, vector] = [stream("x", 16), stream("w", 4, 4, 1), stream("v", 1, 16, 1)];

  // Rows 0 and 1 are there in clock 7, four clocks later the first tap; rows 2 and 3 in clock 15.
  test("a row of outputs begins behind the last of its rows", () => {
    const r = latencyOf(design(x, [block([windows(x, taken, 4)])], taken));
    expect(r.design).toMatchObject({ first: 11, last: 19 + 7 });
  });

  // Row 3 finds no place until the last tap of rows 0 and 1, in clock 18, is under way: it comes in clocks 17 to 20.
  test("a row that finds no place waits for the row that it replaces", () => {
    const r = latencyOf(design(x, [block([windows(x, taken, 3)])], taken));
    expect(r.design).toMatchObject({ first: 11, last: 24 + 7 });
  });

  // The same beats as one vector: its first half comes with the first row of outputs, not at an even rate.
  test("values of a map that become a vector come as the map's pixels do", () => {
    const wide = stream("wide", 1, 16, 8);
    const r = latencyOf(design(x, [block([windows(x, taken, 3), fifo(taken, vector), widen(vector, wide)])], wide));
    expect(r.design).toMatchObject({ first: 18 + 2 + 1, last: 31 + 2 + 1, fill: 4 + 2 + 1 });
  });

  // A column of three rows a clock, five to a row of windows, of which the last three end one: 7, 8, 9, 12 ... 19.
  test("side by side: windows leave as the walk over the padded image ends them", () => {
    const [image, out] = [stream("image", 9), stream("out", 9, 9)];
    const r = latencyOf(design(image, [block([taps(image, out)])], out));
    expect(r.design).toEqual({ first: 12 - 6 + 1, last: 24 - 6 + 1, fill: TAPS, settling: 0 });
    const [piece, end] = [stream("piece", 9, 9, 1), stream("end", 9, 9, 1)];
    const slow = latencyOf(design(image, [block([taps(image, out), narrow(out, piece), fifo(piece, end)])], end));
    // 81 beats without a pause.
    expect(slow.design).toEqual({ first: 10, last: 90, fill: TAPS + 3, settling: 0 });
  });

  // Every second row of eight pixels leaves in a burst; a reader of a beat in two clocks has taken half when its last
  // beat comes.
  test("a burst waits in front of a reader that is fast enough for the frame", () => {
    const image = stream("image", 32, 2);
    const [burst, there, end] = [stream("burst", 16, 2), stream("there", 16, 2), stream("end", 16, 2, 1)];
    const { cell, params, ports: p } = windows(image, burst, 4);
    const rows = { ...params, IN_W: 8, KH: 1, KW: 1, SW: 1, OUT_W: 8, SIMD: 2 };
    const first = block([{ name: "u_rows", cell, params: rows, ports: p }, fifo(burst, there)]);
    const g = design(image, [first, block([narrow(there, end)])], end) as unknown as Parameters<typeof waitingAt>[0];
    expect(waitingAt(g, 64, [{ arrives: there, leaves: there }])).toEqual([4]);
  });

  // Of the four beats of a pixel the model holds the last one; those of the next come behind it, a clock apart.
  test("a burst of a map that has become a vector", () => {
    const [burst, there, end] = [
      { ...taken, lanes: 2, channels: 8 },
      stream("there", 1, 32, 2),
      stream("end", 1, 32, 1),
    ];
    const g = design(x, [block([windows(x, burst, 4), fifo(burst, there)]), block([narrow(there, end)])], end);
    const door = { arrives: there, leaves: there };
    expect(waitingAt(g as unknown as Parameters<typeof waitingAt>[0], 64, [door])).toEqual([3]);
  });
});

describe("beats that wait", () => {
  /** A join of x with itself, `late` FIFOs behind: their clocks are what each beat waits at the other input. */
  const delayed = (late: number, pixels = 60, values = 1) => {
    const of = (name: string) => stream(name, pixels, values, 1);
    const [x, a, b, y] = ["x", "a", "b", "y"].map(of) as [HwStream, HwStream, HwStream, HwStream];
    const links = [b, ...Array.from({ length: late }, (_, i) => of(`f${i}`))];
    const chain = links.slice(1).map((s, i) => fifo(links[i]!, s));
    const g = design(x, [block([fork(x, a, b)]), block(chain), block([add(a, links.at(-1)!, y)])], y);
    return { g: g as unknown as Parameters<typeof waitingAt>[0], site: { arrives: a, leaves: a }, late: links.at(-1)! };
  };

  // A beat waits the 24 clocks of 12 FIFOs for its partner, whatever the sum has places for: it is taken together with it.
  // As many beats as come meanwhile wait with it.
  test.each([
    [60, 24],
    [120, 12],
    [180, 8],
    [240, 6],
  ])("60 pixels in %i clocks: %i beats", (interval, beats) => {
    const { g, site } = delayed(12);
    expect(waitingAt(g, interval, [site])).toEqual([beats]);
  });

  test.each([
    [1, 60, 2],
    [1, 120, 1],
    [1, 240, 1],
    [5, 120, 5],
    [9, 180, 6],
  ])("%i FIFOs, 60 pixels in %i clocks: %i beats come in two clocks a FIFO", (late, interval, beats) => {
    const { g, site: door } = delayed(late);
    expect(waitingAt(g, interval, [door])).toEqual([beats]);
  });

  test("beats of a pixel come at the rate of the source as well", () => {
    const { g, site: door } = delayed(12, 6, 10);
    expect(waitingAt(g, 120, [door])).toEqual([12]);
  });

  test("the first beat waits like the others", () => {
    const of = (name: string, values = 1) => stream(name, 1, values, 1);
    const [x, a, b, y] = [of("x"), of("a"), of("b"), of("y", 2)];
    const links = [b, ...Array.from({ length: 6 }, (_, i) => of(`f${i}`))];
    const chain = links.slice(1).map((s, i) => fifo(links[i]!, s));
    const concat = instance("axis_concat", { WIDTH: 8, BEATS0: 1, BEATS1: 1 }, [links.at(-1)!, a], y);
    const g = design(x, [block([fork(x, a, b)]), block(chain), block([concat])], y);
    // Frames of one beat, in clocks 1, 3, 5 and so on; the other input brings the first one's partner in clock 13. Four
    // frames would show four.
    expect(waitingAt(g as unknown as Parameters<typeof waitingAt>[0], 2, [{ arrives: a, leaves: a }])).toEqual([7]);
  });

  test("none where both come together, and none at the later input", () => {
    const { g, site } = delayed(0);
    expect(waitingAt(g, 60, [site])).toEqual([0]);
    const three = delayed(3);
    expect(waitingAt(three.g, 60, [three.site, { arrives: three.late, leaves: three.late }])).toEqual([6, 0]);
  });

  // Five frames of 30 beats, one a clock, of which a converter takes one in two clocks: when beat 149 comes, 75 are gone.
  test.each([
    [30, 75],
    [60, 0],
    [90, 0],
  ])("in front of a converter that needs 60 clocks, a frame every %i: %i beats", (interval, beats) => {
    const [x, a, y] = [stream("x", 30, 2), stream("a", 30, 2), stream("y", 30, 2, 1)];
    const g = design(x, [block([fifo(x, a)]), block([narrow(a, y)])], y) as unknown as Parameters<typeof waitingAt>[0];
    expect(waitingAt(g, interval, [{ arrives: a, leaves: a }])).toEqual([beats]);
  });

  test("behind a FIFO that stands there already, those that it holds count", () => {
    const pixels = 60;
    const [x, a, b, c, y] = ["x", "a", "b", "c", "y"].map((n) => stream(n, pixels)) as [
      HwStream,
      HwStream,
      HwStream,
      HwStream,
      HwStream,
    ];
    const links = [b, ...Array.from({ length: 4 }, (_, i) => stream(`f${i}`, pixels))];
    const chain = links.slice(1).map((s, i) => fifo(links[i]!, s));
    const blocks = [block([fork(x, a, b)]), block(chain), block([fifo(a, c), add(c, links.at(-1)!, y)])];
    const g = design(x, blocks, y) as unknown as Parameters<typeof waitingAt>[0];
    // Eight clocks until the partner comes, of which the FIFO's own two are on the way.
    expect(waitingAt(g, pixels, [{ arrives: c, leaves: c }])).toEqual([6]);
    expect(waitingAt(g, pixels, [{ arrives: a, leaves: c }])).toEqual([8]);
  });
});
