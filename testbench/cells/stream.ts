import { join } from "node:path";
import { expect } from "vitest";
import { BuildError, run, type SimulatorName, simulators, stallCorners } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { sources } from "./arithmetic.ts";

export { simulators };
export type Simulator = SimulatorName;
export type Parameters = Record<string, number>;

/**
 * The shapes that a simulator takes: Icarus each of them, Verilator, which compiles every one, the first, and
 * the others at night.
 */
export function shapesOn<T extends unknown[] | [unknown]>(sim: Simulator, shapes: readonly T[]): T[];
export function shapesOn<T>(sim: Simulator, shapes: readonly T[]): T[];
export function shapesOn<T>(sim: Simulator, shapes: readonly T[]): T[] {
  if (sim === "icarus") return [...shapes];
  return cases(shapes.slice(0, 1), shapes.slice(1));
}

/** Values of tdata, one a beat. */
export type Frame = readonly bigint[];

export const template = (cell: string): string => join(import.meta.dirname, "../../templates", `${cell}.v`);

export interface StreamCase {
  /** Module under test and its files; those of the cell and of the ones that it uses when none are given. */
  top: string;
  source?: readonly string[];
  params: Parameters;
  input: readonly Frame[];
  expected: readonly Frame[];
}

export interface StreamRun {
  sim: Simulator;
  /** Probabilities of a pause, from `stallCorners`. */
  source?: number;
  sink?: number;
  seed?: number;
  maxCycles?: number;
}

/** Clocks in which a cell has time to speak unasked. */
const QUIET = 40;

/** Clocks in which the beats of each output frame were taken. */
export type Clocks = readonly (readonly number[])[];

/**
 * Sends the input back to back, compares every output frame and wants silence before each frame's first input beat and
 * behind the last output frame.
 */
export async function exercise(
  { top, source, params, input, expected }: StreamCase,
  { sim, source: idle = 0, sink: blocked = 0, seed = 1, maxCycles = 200_000 }: StreamRun,
): Promise<Clocks> {
  const design = { top, sources: [...(source ?? sources(top))], params };
  const { value } = await run(design, { sim, seed, maxCycles, waves: "off", name: top }, async (tb) => {
    const from = tb.axisSource("s_axis", { pause: idle });
    const to = tb.axisSink("m_axis", { pause: blocked });
    const { beats } = tb.axisMonitor("m_axis", { check: {} });
    await tb.reset(tb.signal("rst"));
    // An eager cell speaks unasked, before the first beat comes.
    await tb.cycles(QUIET);
    expect(beats.count, "no beat before the first input beat").toBe(0);
    for (const frame of input) from.sendNowait(frame);
    const clocks: number[][] = [];
    for (const [index, frame] of expected.entries()) {
      const got = await to.recv();
      expect(got.tdata, `frame ${index}`).toEqual(frame);
      clocks.push(frame.map((_, beat) => got.cycle(beat)));
    }
    await tb.cycles(QUIET);
    expect(to.empty(), "no frame too many").toBe(true);
    expect(beats.count, "no beat too many").toBe(expected.reduce((n, frame) => n + frame.length, 0));
    return clocks;
  });
  return value;
}

/** All four stall corners on one simulator. */
export async function exerciseCorners(stream: StreamCase, sim: Simulator, seed = 1): Promise<void> {
  for (const { source, sink } of stallCorners) await exercise(stream, { sim, source, sink, seed });
}

/** Clocks from the last beat of frame `first` to the last beat of the last frame. */
export function clocksSince(clocks: Clocks, first: number): number {
  return clocks.at(-1)!.at(-1)! - clocks[first]!.at(-1)!;
}

/** One change to the text of a cell; `find` must occur exactly once. */
export interface Mutation {
  find: string;
  replace: string;
}

/** True when a case fails, in any stall corner, on a copy of the cell that carries the mutation. */
export async function isKilled(
  cell: string,
  { find, replace }: Mutation,
  streams: readonly StreamCase[],
): Promise<boolean> {
  const source = sources(cell, { from: find, to: replace });
  for (const stream of streams)
    for (const { source: idle, sink } of stallCorners) {
      try {
        await exercise({ ...stream, source }, { sim: "icarus", source: idle, sink, maxCycles: 20_000 });
      } catch (error) {
        if (error instanceof BuildError) throw error;
        return true;
      }
    }
  return false;
}

/** Lanes to one beat, lane 0 in the least significant bits. */
export function pack(lanes: readonly number[], bits: number): bigint {
  return lanes.reduceRight((beat, lane) => (beat << BigInt(bits)) | BigInt.asUintN(bits, BigInt(lane)), 0n);
}
