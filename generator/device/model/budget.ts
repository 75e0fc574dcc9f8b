// Designs of a network by the clocks that a frame may take, their resources by the model, and what fits a device.
import {
  defaultSchedule,
  type MemoryOptions,
  type NodeSchedule,
  type Price,
  type Schedule,
  schedule,
} from "../../5-schedule/schedule.ts";
import { lower, wired } from "../../6-lower/lower.ts";
import { type NewDiagnostic, Report, type Result } from "../../diagnostics/diagnostics.ts";
import type { HwGraph } from "../../ir/hardware.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import { type Cost, type Family, families, type L1Choice, type Target } from "../../targets/index.ts";
import { sdramClocks } from "../../targets/sdram.ts";
import { isExternal, isLoaded } from "../../weights/homes.ts";
import { none, plus } from "../flow/netlist.ts";
import { estimateBlock, estimateCell, estimateLayers, rounded, type Shortage, shortages } from "./model.ts";
import { placed, type Room } from "./places.ts";

export interface DesignOptions extends MemoryOptions {
  readonly family: Family;
  readonly clockMHz: number;
  readonly l1: L1Choice;
  /** Multipliers may become DSP blocks. */
  readonly dsp: boolean;
  /** Single-port RAMs of the device. */
  readonly spram?: number | undefined;
  /** Weights that are written at run time have two banks. */
  readonly swap?: boolean | undefined;
  readonly readBack?: boolean | undefined;
  /** What there is for a design: where block RAM is short, memories go into lookup tables. */
  readonly room?: Room | undefined;
  /** Told of each design that is looked at. */
  readonly onDesign?: (() => void) | undefined;
}

/** Folds with what they take by the model. */
export interface Priced {
  readonly schedule: Schedule;
  readonly hardware: HwGraph;
  /** By block name. */
  readonly layers: ReadonlyMap<string, Cost>;
  readonly total: Cost;
}

/**
 * What the other resources weigh against a lookup table. A flip-flop comes with each lookup table, so that most cost
 * nothing more. A block RAM weighs less than the 256 lookup tables that the 4 kbit of iCE40's would take, so that a
 * memory that fills a good part of one uses it; where it has run out, more than any fold saves. An UltraRAM weighs what the
 * block RAMs do that there are for each on UltraScale+. A DSP block weighs what a multiplier of 8 bits takes
 * (bench/README.md: 140 and more).
 */
const WEIGHTS = { ff: 0.25, bram: { logic: 100, memory: 3000 }, uram: 5, dsp: 150 } as const;
type Aim = keyof typeof WEIGHTS.bram;

const weigh = (c: Cost, aim: Aim): number =>
  c.lut + WEIGHTS.ff * c.ff + WEIGHTS.bram[aim] * (c.bram + WEIGHTS.uram * (c.uram ?? 0)) + WEIGHTS.dsp * c.dsp;

/** The designs of one network on one family; what was priced once is not priced again. */
export class Designs {
  readonly net: QuantizedNetwork;
  readonly options: DesignOptions;
  readonly #costs = new Map<string, Cost>();

  constructor(net: QuantizedNetwork, options: DesignOptions) {
    this.net = net;
    this.options = options;
  }

  /** One node alone behind streams of these lanes, its width converters with it. */
  #cost(item: NodeSchedule, producers: readonly number[]): Cost {
    const key = JSON.stringify([item.node.name, item.fold, producers]);
    const known = this.#costs.get(key);
    if (known) return known;
    const { node } = item;
    // The node as a network: what it reads is the input, of the first producer's lanes and the most bits of any.
    const bits = Math.max(...item.types.inputs.map((t) => t.bits));
    const edge = node.inputs[item.types.inputs.findIndex((t) => t.bits === bits)]!;
    const alone = { ...node, inputs: node.inputs.map(() => edge) };
    const types = { ...item.types, inputs: item.types.inputs.map((t) => ({ ...t, bits })) };
    const net = { ...this.net, inputEdge: edge, nodes: [alone], outputs: [node.output] };
    const plan: Schedule = {
      nodes: [{ ...item, node: alone, types }],
      inputLanes: producers[0]!,
      interval: item.cycles,
      bottleneck: node.name,
      clockMHz: this.options.clockMHz,
      joinDepths: new Map(),
    };
    const { l1, family, dsp, spram, port, swap, readBack } = this.options;
    const graph = wired(net, plan, { l1, family, dsp, spram, port, swap, readBack });
    const cost = estimateBlock(graph.blocks.at(-1)!, family, dsp, graph.weights);
    this.#costs.set(key, cost);
    return cost;
  }

  readonly price =
    (aim: Aim): Price =>
    (item, producers) =>
      weigh(this.#cost(item, producers), aim);

  /**
   * The design of least logic in which a frame takes `clocks` at most, or else the fastest; for a rate that was asked for
   * AN5002 instead, and several pixels a beat where they are needed.
   */
  at(clocks: number, aim: Aim = "logic", fps?: number): Result<Priced> {
    this.options.onDesign?.();
    const report = new Report();
    const { clockMHz, l1, family, dsp, spram, port, swap, readBack, room } = this.options;
    const plan = schedule(this.net, { ...this.#memory(), clockMHz, fps, clocks, price: this.price(aim) }, report);
    if (!plan || report.failed) return { ok: false, diagnostics: report.list };
    const { net } = this;
    let found: Omit<Priced, "schedule"> | undefined;
    const whole = () => {
      if (!found) {
        const wanted = lower(net, plan, { l1, family, dsp, spram, port, swap, readBack });
        const hardware = room ? placed(wanted, family, dsp, room) : wanted;
        found = { hardware, ...estimateLayers(hardware, family, dsp) };
      }
      return found;
    };
    const value: Priced = {
      schedule: plan,
      get hardware() {
        return whole().hardware;
      },
      get layers() {
        return whole().layers;
      },
      get total() {
        return whole().total;
      },
    };
    return { ok: true, value, diagnostics: report.list };
  }

  /**
   * Less than the design takes, if anything: the FIFOs in which beats wait are not in it, nor block RAM whose contents may
   * go into lookup tables.
   */
  #least({ nodes }: Schedule): Cost {
    const lanes = new Map(nodes.map((n) => [n.node.output, n.lanesOut]));
    const least = nodes.reduce(
      (sum, n) =>
        plus(
          sum,
          this.#cost(
            n,
            n.node.inputs.map((e) => lanes.get(e) ?? n.lanesIn),
          ),
        ),
      none,
    );
    const { room, family } = this.options;
    return room && families[family].lutMemory ? { ...least, bram: 0 } : least;
  }

  /** The same, with other folds where block RAM is what a target lacks. */
  within(clocks: number, fits: (c: Cost) => boolean, fps?: number): Result<Priced> {
    const holds = (d: Priced) => fits(this.#least(d.schedule)) && fits(d.total);
    const logic = this.at(clocks, "logic", fps);
    if (!logic.ok || holds(logic.value)) return logic;
    const memory = this.at(clocks, "memory", fps);
    return memory.ok && holds(memory.value) ? memory : logic;
  }

  /** The design of least logic for a rate, or for the default one lowered to what is within reach; AN5002 beyond it. */
  forRate(fps: number | undefined, fits: (c: Cost) => boolean): Result<Priced> {
    const { clockMHz } = this.options;
    return this.within(Math.floor((clockMHz * 1e6) / (fps ?? defaultSchedule.fps)), fits, fps);
  }

  #memory(): MemoryOptions {
    const { port, ports, bandwidth, portBandwidth } = this.options;
    return { port, ports, bandwidth, portBandwidth };
  }

  /** Clocks of a frame from those of the slowest design to those of the fastest, each about `ratio` times fewer. */
  steps(ratio: number): Result<readonly number[]> {
    const ends = [Number.MAX_SAFE_INTEGER, 1].map((clocks) => {
      const report = new Report();
      const { clockMHz } = this.options;
      return { plan: schedule(this.net, { ...this.#memory(), clockMHz, clocks }, report), list: report.list };
    });
    const [slow, fast] = ends.map((e) => e.plan?.interval);
    if (slow === undefined || fast === undefined) return { ok: false, diagnostics: ends[0]!.list };
    const found = [slow];
    for (let c = slow / ratio; c > fast * Math.sqrt(ratio); c /= ratio) found.push(Math.floor(c));
    if (fast < slow) found.push(fast);
    return { ok: true, value: [...new Set(found)], diagnostics: [] };
  }
}

/** Cells of a board's serial line around an accelerator, by the model. @param readBack weights are read back over it */
export function serialCost(net: QuantizedNetwork, target: Target, readBack = false): Cost {
  const { board } = target;
  const serial = board?.serial;
  if (!serial) return none;
  const bytes = (edge: string) => {
    const { shape, bits } = net.edges[edge]!;
    return shape.reduce((a, b) => a * b) * Math.ceil(bits / 8);
  };
  const perBit = Math.round((board.clock.MHz * 1e6) / serial.baud);
  const answer = net.outputs.map((e) => ({ bytes: bytes(e), wide: Math.ceil(net.edges[e]!.bits / 8) }));
  const cells: [string, Record<string, number>][] = [
    ["board_reset", { CLOCKS: 63 }],
    ["uart_rx", { CLKS_PER_BIT: perBit }],
    ["uart_tx", { CLKS_PER_BIT: perBit }],
    ["serial_frame", { BYTES: bytes(net.inputEdge), IDLE: 5760 * perBit }],
    ["axis_sequence", { WIDTH: 8, N: answer.length }],
    ...answer
      .filter((a) => a.wide > 1)
      .map((a): [string, Record<string, number>] => [
        "axis_narrow",
        { BITS: 8, IN_LANES: a.wide, OUT_LANES: 1, CHANNELS: a.bytes },
      ]),
    ...answer
      .slice(1)
      .map((a): [string, Record<string, number>] => ["axis_fifo", { WIDTH: 8 * a.wide, DEPTH: a.bytes / a.wide }]),
  ];
  const loaded = net.nodes.filter(isLoaded);
  if (loaded.length > 0) {
    const bits = loaded.reduce((n, { weights: { rows, bits } }) => n + rows.length * rows[0]!.length * bits, 0);
    cells.push(
      ["serial_command", { IDLE: 5760 * perBit, READ: readBack ? 1 : 0 }],
      ["weights_bytes", { WORDS: Math.ceil(bits / 32) }],
    );
    if (readBack) cells.push(["axis_narrow", { BITS: 8, IN_LANES: 4, OUT_LANES: 1, CHANNELS: 4 }]);
    if (board.sdram && loaded.some(isExternal)) {
      const { rowBits, colBits } = board.sdram;
      cells.push(
        ["sdram_controller", { DATA_BITS: 32, ...sdramClocks(board.sdram, board.clock.MHz) }],
        ["sdram_loader", { A_BITS: rowBits + colBits + 2 }],
        ["sdram_pins", {}],
      );
    }
    if (board.flash)
      cells.push(["flash_reader", { ADDRESS: board.flash.weightsAt, HALF: 1, WAKE: Math.ceil(50 * board.clock.MHz) }]);
  }
  return rounded(
    cells.reduce((sum, [cell, params]) => plus(sum, estimateCell(cell, params, target.family, false)), none),
  );
}

/** Share of a device's lookup tables and flip-flops that a design may take by the model: place and route needs room. */
export const USABLE = 0.85;

export interface Choice {
  readonly design: Priced;
  /** What the next faster design would have too little of; empty where the network itself is the limit. */
  readonly binding: readonly Shortage[];
}

/**
 * By how much an estimate may be over the device where a rate is asked for: the model's worst errors (bench/README.md)
 * are about that large, and synthesis has the last word.
 */
export const SLACK = 1.2;

const list = (s: readonly Shortage[], text: (s: Shortage) => string): string => s.map(text).join(", ");

/** What keeps a design off a device; `reckoned` where that is an estimate. */
export function tooLarge(target: Target, lacks: readonly Shortage[], hint: string, reckoned = true): NewDiagnostic {
  return {
    code: "AN5003",
    message: `the design does not fit ${target.title}: ${lacks.map((s) => s.what).join(" and ")}`,
    expected: list(lacks, (s) => `at most ${s.have} ${s.what}`),
    found: `${list(lacks, (s) => `${s.need} ${s.what}`)}${reckoned ? " by estimate" : ""}`,
    hint,
  };
}

const failed = <T>(d: NewDiagnostic): Result<T> => ({ ok: false, diagnostics: [{ ...d, severity: "error" }] });

/** A rate rounded down to three digits. */
export function rate(fps: number): string {
  const unit = 10 ** (Math.floor(Math.log10(fps)) - 2);
  return String(Number((Math.floor(fps / unit) * unit).toPrecision(3)));
}

const SMALLER = "fewer --bits or a smaller network";
const smallerThan = ({ options }: Designs): string =>
  options.swap ? `no --swap, which doubles the memories of weights; or ${SMALLER}` : SMALLER;

/**
 * Folds for a target. With a rate: those of least logic that reach it; AN5002 where it is out of reach, AN5003 where they
 * are too large for the device. Without one: the fastest that the device holds, AN5003 where none does; a target without
 * a device gets the default rate.
 */
export function fitTarget(designs: Designs, target: Target, fps: number | undefined): Result<Choice> {
  const beside = serialCost(designs.net, target, designs.options.readBack);
  if (fps === undefined && target.device) return fastestWithin(designs, target, beside);
  const lacks = (c: Cost, share = 1) => shortages(plus(c, beside), target, share);
  const found = designs.forRate(fps, (c) => lacks(c).length === 0);
  if (!found.ok) return found;
  const over = lacks(found.value.total, SLACK);
  if (over.length === 0) return { ...found, value: { design: found.value, binding: [] } };
  const best = fastestWithin(designs, target, beside);
  const slower = best.ok && rate((designs.options.clockMHz * 1e6) / best.value.design.schedule.interval);
  const smaller = smallerThan(designs);
  return failed(tooLarge(target, over, slower ? `--fps ${slower} fits by estimate; or ${smaller}` : smaller));
}

/** Clocks of a frame of neighbouring designs that a device is tried with. */
const STEP = 1.3;

/**
 * The fastest design that fits a target's device beside what is there already. AN5003 where none does. A target
 * without a device has room for everything.
 */
export function fastestWithin(designs: Designs, target: Target, beside: Cost, share = USABLE): Result<Choice> {
  const lacks = (c: Cost) => shortages(plus(c, beside), target, share);
  const fits = (c: Cost) => lacks(c).length === 0;
  const steps = designs.steps(STEP);
  if (!steps.ok) return steps;
  const at = (clocks: number) => designs.within(clocks, fits);
  const first = at(steps.value[0]!);
  if (!first.ok) return first;
  if (!fits(first.value.total)) return failed(tooLarge(target, lacks(first.value.total), smallerThan(designs)));
  let best = first.value;
  let over: Priced | undefined;
  // Steps below `low` fit, those from `high` on do not.
  let [low, high] = [0, steps.value.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const d = at(steps.value[middle]!);
    if (!d.ok) return d;
    if (fits(d.value.total)) [low, best] = [middle, d.value];
    else [high, over] = [middle, d.value];
  }
  // Between the two steps, to about a hundredth.
  let [slow, fast] = [best.schedule.interval, over?.schedule.interval ?? best.schedule.interval];
  while (over && slow - fast > Math.max(1, fast / 100)) {
    const middle = (slow + fast) >> 1;
    const d = at(middle);
    if (!d.ok) return d;
    if (fits(d.value.total)) {
      best = d.value;
      slow = Math.min(middle, d.value.schedule.interval);
    } else {
      over = d.value;
      fast = middle;
    }
  }
  return { ok: true, value: { design: best, binding: over ? lacks(over.total) : [] }, diagnostics: [] };
}
