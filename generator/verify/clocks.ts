// The predicted clocks against those of a simulation whose source and sinks never rest. The tolerances stand here alone.
import type { HwGraph } from "../ir/hardware.ts";

export interface Clocks {
  readonly frames: number;
  /** From the first input beat to the first and to the last output beat of the first frame. */
  readonly firstLatency: number;
  readonly latency: number;
  /** Between the last output beats of two frames, once the design is full; undefined for one frame. */
  readonly interval: number | undefined;
}

/** A measurement that the prediction does not allow. */
export interface ClockFault {
  readonly what: "latency to the first beat" | "latency" | "interval";
  readonly measured: number;
  readonly predicted: number;
  /** Clocks above or below the prediction that are allowed. */
  readonly tolerance: number;
}

/** Of an interval that the bandwidth of memory beside the chip makes. */
const MEMORY_SHARE = 0.05;

type Predicted = Pick<HwGraph, "interval" | "latency">;

/**
 * What differs by more than the model allows: a latency by more than the registers on the longest way (`HwLatency.fill`)
 * from what it is where beats are held up, or are not (`HwLatency.early`);
 * an interval at the outputs by anything, from the second frame on. `binds`: that is the bandwidth of memory beside the
 * chip, which a simulated memory gives within MEMORY_SHARE. `decodes`: the slowest layer's weights are coded, and the decoder
 * rests a clock less between two frames where their last beat comes early.
 */
export function clockFaults(
  { interval, latency }: Predicted,
  m: Clocks,
  { binds, decodes }: { readonly binds: boolean; readonly decodes: boolean } = { binds: false, decodes: false },
): ClockFault[] {
  // A first frame that waits for weights takes up to a frame's time more, or what their code takes.
  const wait = (binds ? interval : 0) + (latency.late ?? 0);
  const all = [
    {
      what: "latency to the first beat",
      measured: m.firstLatency,
      predicted: latency.first,
      tolerance: latency.fill + wait,
    },
    { what: "latency", measured: m.latency, predicted: latency.last, tolerance: latency.fill + wait },
    {
      what: "interval",
      measured: m.interval ?? interval,
      predicted: interval,
      tolerance: binds ? MEMORY_SHARE * interval : 0,
    },
  ] as const;
  // What the buffers held before the first frame comes faster than the memory gives it.
  const { first, last } = latency.early ?? latency;
  const rests = decodes || latency.late !== undefined ? 1 : 0;
  const early = { "latency to the first beat": first, latency: last, interval: interval - rests };
  const within = ({ what, measured, predicted, tolerance }: ClockFault) =>
    measured <= predicted + tolerance && measured >= early[what] - (what === "interval" ? tolerance : latency.fill);
  // So do frames that a design still has room for, which are fewer than find room inside it.
  const absorbed = binds || m.frames + 1 < latency.last / interval;
  return all.filter((f) => !within(f) && !(f.measured < f.predicted && (f.what === "interval" ? absorbed : binds)));
}

export const clockFaultText = ({ what, measured, predicted, tolerance }: ClockFault): string =>
  `${what}: ${measured} clocks instead of ${predicted}${tolerance > 0 ? ` (within ${tolerance})` : ""}`;
