// The predicted schedule of a design: what each layer does in each stretch of time, and how full its FIFOs get.
import { predictedTimes } from "../6-lower/latency.ts";
import type { BeatTimes } from "../cells/beat-times.ts";
import type { HwBlock, HwGraph, HwStream } from "../ir/hardware.ts";
import type { FifoReport, ScheduleReport, TimelineRow } from "./data.ts";

/** Frames on the timeline: the second one shows what the first one holds up. */
export const FRAMES = 2;
const BINS = 240;

/** Clocks of each pixel of a stream: when its first and last beat passed, and since when they were on offer. */
export interface PixelTimes {
  /** Of a pixel. */
  readonly beats: number;
  readonly offered: Float64Array;
  readonly first: Float64Array;
  readonly ready: Float64Array;
  readonly last: Float64Array;
}

/** What a simulation showed: the same of the streams that were watched, and the most beats in each FIFO. */
export interface MeasuredTimes {
  readonly simulator: string;
  of(s: HwStream): PixelTimes | undefined;
  /** In the order of `fifosOf`. */
  readonly fifos: readonly number[];
}

/** FIFOs of a design with the index of the layer that they stand in. */
export const fifosOf = (hw: Pick<HwGraph, "blocks">) =>
  hw.blocks.flatMap((block, layer) =>
    block.instances.filter((i) => i.cell === "axis_fifo").map((instance) => ({ layer, block, instance })),
  );

type State = "busy" | "waiting" | "blocked";

/** Clocks of each state in each bin. */
class Row {
  readonly #bins: Readonly<Record<State, Float64Array>>;
  readonly #width: number;

  constructor(width: number) {
    const bins = () => new Float64Array(BINS);
    this.#bins = { busy: bins(), waiting: bins(), blocked: bins() };
    this.#width = width;
  }

  add(state: State, from: number, to: number): void {
    const start = Math.max(0, from);
    for (let bin = Math.floor(start / this.#width); bin < BINS && bin * this.#width < to; bin++) {
      const part = Math.min(to, (bin + 1) * this.#width) - Math.max(start, bin * this.#width);
      this.#bins[state][bin]! += Math.max(0, part);
    }
  }

  done(): TimelineRow {
    const shares = (s: State) => Array.from(this.#bins[s], (v) => Math.round((1000 * v) / this.#width) / 1000);
    return { busy: shares("busy"), waiting: shares("waiting"), blocked: shares("blocked") };
  }
}

/** What a layer does, from when it could give each pixel and when it did. */
function rowOf(b: HwBlock, from: readonly PixelTimes[], to: PixelTimes, width: number): TimelineRow {
  const row = new Row(width);
  const pixels = to.first.length / FRAMES;
  const each = b.cyclesPerFrame / pixels;
  let before = Math.min(...from.map((s) => s.first[0]!));
  for (let p = 0; p < to.first.length; p++) {
    const [offered, first, ready, last] = [to.offered[p]!, to.first[p]!, to.ready[p]!, to.last[p]!];
    // What a pixel takes is spread over its beats.
    const start = Math.min(offered, Math.max(before, offered - each / to.beats));
    row.add("waiting", before, start);
    row.add("busy", Math.max(before, start), offered);
    row.add("blocked", Math.max(before, offered), first);
    // Beats of a pixel that come farther apart than its work takes wait for input.
    const worked = Math.min(ready, first + Math.max(each, to.beats) - 1);
    row.add("busy", first, worked + 1);
    row.add("waiting", worked + 1, ready);
    row.add("blocked", Math.max(ready, worked + 1), last);
    before = Math.max(before, last + 1);
  }
  return row.done();
}

/** Most beats that are between two places of a stream at a time. */
function mostInside(x: BeatTimes, y: BeatTimes): number {
  let most = 0;
  for (let j = 0, gone = 0; j < x.size; j++) {
    while (gone < j && y.at(gone) <= x.at(j)) gone++;
    most = Math.max(most, j + 1 - gone);
  }
  return most;
}

/** Frames that follow one another without a pause, through an empty design whose sinks never refuse. */
export function timelineOf(hw: HwGraph, measured?: MeasuredTimes): { schedule: ScheduleReport; fifos: FifoReport[] } {
  const timesOf = predictedTimes(hw, FRAMES);
  const seen = (s: HwStream) => measured?.of(s);
  // One axis for both.
  const end = Math.max(
    ...hw.outputs.flatMap(({ stream }) => [timesOf(stream).last.at(-1)!, seen(stream)?.last.at(-1) ?? 0]),
  );
  const clocks = Math.ceil(end) + 1;
  const width = clocks / BINS;
  const rows = hw.blocks.map((b) =>
    rowOf(
      b,
      b.inputs.map((s) => timesOf(s)),
      timesOf(b.outputs[0]!),
      width,
    ),
  );
  const measuredRows = hw.blocks.map((b): TimelineRow | null => {
    const from = b.inputs.map(seen).filter((t) => t !== undefined);
    const to = seen(b.outputs[0]!);
    return to && from.length === b.inputs.length ? rowOf(b, from, to, width) : null;
  });
  const fifos = fifosOf(hw).map(({ layer, instance }, i): FifoReport => {
    const stream = (d: "in" | "out") => instance.ports.find((p) => p.direction === d)!.streams[0]!;
    const [x, y] = [stream("in"), stream("out")];
    const depth = Number(instance.params.DEPTH);
    // One beat more stands in its output register.
    const room = Math.max(depth, 2) + 1;
    const predicted = Math.min(mostInside(timesOf(x), timesOf(y)), room);
    const facts = { layer, name: instance.name, stream: x.name, depth, room, bits: x.lanes * x.laneBits };
    return { ...facts, predicted, measured: measured?.fifos[i] ?? null };
  });
  const shown = measured ? { simulator: measured.simulator, rows: measuredRows } : null;
  return { schedule: { frames: FRAMES, clocks, binClocks: width, rows, measured: shown }, fifos };
}
