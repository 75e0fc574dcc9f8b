// From options of the command line to a design.

import type { Schedule } from "../5-schedule/schedule.ts";
import type { CellSources } from "../7-emit/emit.ts";
import { type Design, type DesignRequest, DesignSpace, type FoldRequest } from "../design.ts";
import type { Shortage } from "../device/model/model.ts";
import { HOMES, type Home } from "../ir/graph.ts";
import type { OnProgress } from "../ir/progress.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { L1_CIRCUITS } from "../targets/families.ts";
import type { MemoryBits } from "../weights/external.ts";
import type { CodedRequest, HomeRequest } from "../weights/homes.ts";
import { type Console, unwrap } from "./console.ts";
import { cellSources } from "./files.ts";
import { integersOf, type Opened, type QuantizeArgs } from "./network.ts";
import { UsageError } from "./numbers.ts";

export interface FoldArgs {
  readonly pe?: string | undefined;
  readonly simd?: string | undefined;
  readonly pixels?: string | undefined;
  readonly bands?: string | undefined;
  readonly unroll?: string | undefined;
  readonly weights?: string | undefined;
  readonly coded?: string | undefined;
}

/** What every command that makes a design takes; each means the same everywhere. */
export interface DesignArgs extends QuantizeArgs, FoldArgs {
  readonly target?: string | undefined;
  readonly fps?: number | undefined;
  readonly clock?: number | undefined;
  readonly l1?: string | undefined;
  readonly dsp?: boolean | undefined;
  readonly logits?: boolean | undefined;
  readonly bandwidth?: number | undefined;
  readonly memoryBits?: MemoryBits | undefined;
  readonly memoryPorts?: number | undefined;
  readonly swap?: boolean | undefined;
  readonly readBack?: boolean | undefined;
}

/** `layer=n` pairs, separated by commas; a name may hold `=`. */
function pairs(option: string, text: string | undefined): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text?.split(",") ?? []) {
    const cut = part.lastIndexOf("=");
    const n = Number(part.slice(cut + 1));
    if (cut < 1 || !Number.isInteger(n) || n < 1) throw new UsageError(`--${option} takes layer=number, not "${part}"`);
    found.set(part.slice(0, cut), n);
  }
  return found;
}

/** Folds of the command line: --pe conv1=4,fc1=2 --simd conv1=5 --pixels conv1=2 --unroll conv1 */
export const foldsOf = (args: FoldArgs): FoldRequest => ({
  pe: pairs("pe", args.pe),
  simd: pairs("simd", args.simd),
  pixels: pairs("pixels", args.pixels),
  bands: pairs("bands", args.bands),
  unroll: args.unroll?.split(",") ?? [],
});

/** Homes of the command line: --weights ram, --weights conv1=ram,fc=rom */
function homesOf(text: string | undefined): HomeRequest | undefined {
  if (text === undefined) return undefined;
  const home = (word: string): Home => {
    const found = HOMES.find((h) => h === word);
    if (!found) throw new UsageError(`--weights takes ${HOMES.join(", ")}, or layer=home, not "${text}"`);
    return found;
  };
  if (!text.includes("=")) return home(text);
  return new Map(
    text.split(",").map((part) => {
      const cut = part.lastIndexOf("=");
      return [part.slice(0, Math.max(0, cut)), home(part.slice(cut + 1))];
    }),
  );
}

/** Coded layers of the command line: --coded all, --coded conv1,fc */
function codedOf(text: string | undefined): CodedRequest | undefined {
  if (text === undefined || text === "all" || text === "none" || text === "auto") return text;
  return text.split(",");
}

export const requestOf = (args: DesignArgs): DesignRequest => ({
  fps: args.fps,
  clockMHz: args.clock,
  target: args.target,
  l1: args.l1 === undefined ? undefined : args.l1 === L1_CIRCUITS[1] ? 1 : 0,
  dsp: args.dsp,
  logits: args.logits,
  folds: foldsOf(args),
  homes: homesOf(args.weights),
  coded: codedOf(args.coded),
  bandwidth: args.bandwidth,
  memoryBits: args.memoryBits,
  memoryPorts: args.memoryPorts,
  swap: args.swap,
  readBack: args.readBack,
});

export interface Beside {
  readonly benchImages?: readonly IntTensor[] | undefined;
  readonly plan?: Schedule | undefined;
  /** In place of the network's own integers. */
  readonly net?: QuantizedNetwork | undefined;
  readonly cells?: CellSources | undefined;
  /** In place of the console's: one of a search in which this is a step. */
  readonly onProgress?: OnProgress | undefined;
}

/** The designs that the options of a command leave open. */
export function spaceOf(
  path: string,
  args: DesignArgs,
  opened: Opened,
  out: Console,
  beside: Beside = {},
): DesignSpace {
  const { net, cells, ...more } = beside;
  // Wrong options are told before the work.
  const request: DesignRequest = { ...requestOf(args), onProgress: out.progress, ...more };
  return new DesignSpace(net ?? integersOf(path, opened, args, out), request, cells ?? cellSources());
}

/** The design of a network file and the options of a command. */
export function designOf(path: string, args: DesignArgs, opened: Opened, out: Console, beside: Beside = {}): Design {
  return unwrap(spaceOf(path, args, opened, out, beside).best(), out, opened.source);
}

const list = (s: readonly Shortage[]): string => s.map((r) => `${r.need} of ${r.have} ${r.what}`).join(", ");

/** Lines that tell what limits a design for a target. */
export function limits(d: Design): string[] {
  const { interval, bottleneck } = d.schedule;
  const { binding, over } = d.estimates;
  return [
    `bottleneck: ${bottleneck}, ${interval} clocks a frame`,
    ...(d.target?.device
      ? [
          binding.length > 0
            ? `bound by ${binding.map((s) => s.what).join(" and ")}: the next faster folds need ${list(binding)}`
            : "no resource of the device binds",
        ]
      : []),
    ...(over.length > 0 ? [`may not fit, by estimate: ${list(over)}; synthesis decides`] : []),
  ];
}
