// A design: an integer network and all that was decided about its hardware. One request gives one design, whichever
// command asks.
import { type MemoryOptions, type Schedule, type ScheduleOptions, schedule } from "./5-schedule/schedule.ts";
import { type LowerOptions, lower } from "./6-lower/lower.ts";
import { buildCommand } from "./7-emit/command.ts";
import { type CellSources, emit, type OutputFiles } from "./7-emit/emit.ts";
import { plus } from "./device/flow/netlist.ts";
import { Designs, fitTarget, serialCost } from "./device/model/budget.ts";
import { estimateLayers, type Shortage, shortages } from "./device/model/model.ts";
import { placed, type Room } from "./device/model/places.ts";
import { InputError, inputError, Report, type Result } from "./diagnostics/diagnostics.ts";
import { printableJson } from "./diagnostics/print.ts";
import { unknownLayer } from "./diagnostics/unknown.ts";
import { writeIntegers } from "./integer-file.ts";
import type { HwGraph } from "./ir/hardware.ts";
import type { OnProgress } from "./ir/progress.ts";
import type { QuantizedNetwork } from "./ir/quantized.ts";
import type { IntTensor } from "./ir/tensor.ts";
import { datasheetFiles } from "./report/datasheet.ts";
import {
  type Cost,
  FAMILIES,
  type Family,
  L1_CIRCUITS,
  type L1Choice,
  l1Of,
  type Target,
  targetOf,
  usesDsp,
} from "./targets/index.ts";
import { sdramBandwidth, sdramFits } from "./targets/sdram.ts";
import type { Excited } from "./verify/excite.ts";
import { benchVectors } from "./verify/vectors.ts";
import { defaultPort, type MemoryBits } from "./weights/external.ts";
import { type CodedRequest, type HomeRequest, isExternal, readable, switchable, withHomes } from "./weights/homes.ts";
import { homesFor } from "./weights/spram.ts";

/** Folds by layer name, in place of those of the network file. */
export interface FoldRequest {
  /** Output channels at a time. */
  readonly pe?: ReadonlyMap<string, number>;
  /** Taps at a time. */
  readonly simd?: ReadonlyMap<string, number>;
  /** Pixels of the layer's input in one beat. */
  readonly pixels?: ReadonlyMap<string, number>;
  /** Parts of a layer's output map, each of which reads its weights from external memory anew. */
  readonly bands?: ReadonlyMap<string, number>;
  /** Layers whose weights become logic. `["all"]`: every layer with weights, unless a layer has that name. */
  readonly unroll?: readonly string[];
}

/** What is asked of a design; all of it may be left out. */
export interface DesignRequest {
  /** Frames a second. Left out: the fastest that the target's device holds, 1000 without a device. */
  readonly fps?: number | undefined;
  /** Clock in MHz. Left out: the target's, or 100. */
  readonly clockMHz?: number | undefined;
  /** Name of a board or device family: folds of least logic, memories where the family has room for them. */
  readonly target?: string | undefined;
  /** L1 circuit of axis_sad: 0 signed tree, 1 shared sum. Left out: the target's smaller one for each array, or 0. */
  readonly l1?: L1Choice | undefined;
  /** Multipliers may become DSP blocks (where the target has any). Left out: true. */
  readonly dsp?: boolean | undefined;
  readonly folds?: FoldRequest | undefined;
  /** Where weights are, by layer or of all; left out: as the network says, fixed in the bitstream (rom) elsewhere. */
  readonly homes?: HomeRequest | undefined;
  /** Layers whose weights in external memory are coded; left out: as the network says, where it saves elsewhere. */
  readonly coded?: CodedRequest | undefined;
  /** Bits of a beat of the port to memory beside the chip: 32 to 512. Left out: 64. */
  readonly memoryBits?: MemoryBits | undefined;
  /** Ports to it, among which layers are shared out; 1 where left out. */
  readonly memoryPorts?: number | undefined;
  /** MB a second that memory beside the chip gives for weights. Left out: the target's, or a beat of the port a clock. */
  readonly bandwidth?: number | undefined;
  /**
   * Weights that are written at run time have two banks: another set is loaded while frames go on, and switched to
   * between two frames. Left out: false, the memories are written while no frame is inside.
   */
  readonly swap?: boolean | undefined;
  /** What weights that are written at run time have become can be read back, words and CRC. Left out: false. */
  readonly readBack?: boolean | undefined;
  /** The values in front of the class at an output of their own. Left out: true for boards, which show both. */
  readonly logits?: boolean | undefined;
  /**
   * Stored input integers (HWC) of which a stand-alone test bench among the files takes those that show most of the bits
   * of the memories, or noise and extremes where they show more; no bench without them.
   */
  readonly benchImages?: readonly IntTensor[] | undefined;
  /** Told how far the search for folds and the making of the files are. */
  readonly onProgress?: OnProgress | undefined;
  /** Stage 5 done before: the folds of another design whose nodes have the same names and shapes. */
  readonly plan?: Schedule | undefined;
}

/** Resources by the model; synthesis has the last word. */
export interface Estimates {
  /** Of the accelerator, by family; the target's alone where there is one. */
  readonly families: Readonly<Partial<Record<Family, Cost>>>;
  /** Of each layer on the target, by block name; undefined without a target. */
  readonly layers: ReadonlyMap<string, Cost> | undefined;
  /** What a board adds: its serial line. */
  readonly beside: Cost;
  /** What the device has too little of for the next faster design; empty where a rate was asked for. */
  readonly binding: readonly Shortage[];
  /** What the design itself needs more of than the device has: little enough that synthesis may find room. */
  readonly over: readonly Shortage[];
}

export interface Design {
  /** The network as it is built: with the folds and the outputs that were asked for. */
  readonly net: QuantizedNetwork;
  readonly target: Target | undefined;
  readonly clockMHz: number;
  readonly l1: L1Choice;
  readonly dsp: boolean;
  readonly schedule: Schedule;
  readonly hardware: HwGraph;
  /** Path to text of all files of the accelerator; manifest.json holds target and estimates too. */
  readonly files: OutputFiles;
  /** The frames of the stand-alone test bench; undefined without one. */
  readonly frames: Excited | undefined;
  readonly estimates: Estimates;
}

/** What was asked for beside network and target, as a manifest has it; what was not is left out. */
const askedOf = (request: DesignRequest): object => {
  const {
    fps,
    clockMHz,
    l1,
    dsp,
    logits,
    folds = {},
    homes,
    coded,
    bandwidth,
    memoryBits,
    memoryPorts,
    swap,
    readBack,
  } = request;
  const { pe, simd, pixels, bands, unroll } = folds;
  const listed = (m: ReadonlyMap<string, unknown> | undefined) => m && m.size > 0 && Object.fromEntries(m);
  return {
    ...{ fps, clockMHz, l1, logits, bandwidth, memoryBits, memoryPorts },
    ...(swap ? { swap } : {}),
    ...(readBack ? { readBack } : {}),
    // Every way to a design leaves out what is so anyway.
    ...(dsp === false ? { dsp } : {}),
    ...(typeof homes === "object" ? { homes: Object.fromEntries(homes) } : homes === undefined ? {} : { homes }),
    ...(coded === undefined ? {} : { coded }),
    ...Object.fromEntries(
      Object.entries({ pe: listed(pe), simd: listed(simd), pixels: listed(pixels), bands: listed(bands) }).filter(
        ([, v]) => v,
      ),
    ),
    ...(unroll?.length ? { unroll } : {}),
  };
};

/** What an option of a fold names: a layer that is part of another one has no fold of its own. */
const LAYER = "layer with hardware of its own";

/** The network with the folds asked for; throws InputError (AN6005 for each layer that is unknown). */
export function withFolds(net: QuantizedNetwork, request: FoldRequest): QuantizedNetwork {
  const { pe = new Map(), simd = new Map(), pixels = new Map(), bands = new Map() } = request;
  const asked = Object.entries({ pe, simd, pixels, bands });
  const names = net.nodes.map((n) => n.name);
  const weighted = net.nodes.filter((n) => "weights" in n).map((n) => n.name);
  const given = request.unroll ?? [];
  const unroll = new Set(given.length === 1 && given[0] === "all" && !names.includes("all") ? weighted : given);
  const report = new Report();
  const known = (name: string, option: string) => {
    if (!names.includes(name)) report.error(unknownLayer(LAYER, name, names, option));
  };
  for (const [key, folds] of asked) for (const [name, n] of folds) known(name, `--${key} ${name}=${n}`);
  for (const name of unroll) known(name, `--unroll ${name}`);
  if (report.failed) throw new InputError(report.list);
  if ([pe, simd, pixels, bands, unroll].every((folds) => folds.size === 0)) return net;
  const of = (name: string) =>
    Object.fromEntries([
      ...asked.flatMap(([key, folds]) => (folds.has(name) ? [[key, folds.get(name)] as const] : [])),
      ...(unroll.has(name) ? [["unroll", true] as const] : []),
    ]);
  const nodes = net.nodes.map((n) => {
    const asked = of(n.name);
    const given = Object.keys(asked) as NonNullable<typeof n.overrides.given>;
    return given.length === 0 ? n : { ...n, overrides: { ...n.overrides, ...asked, given } };
  });
  return { ...net, nodes };
}

/** The network with the values before its class among the outputs. */
export function withLogits(net: QuantizedNetwork): QuantizedNetwork {
  const last = net.nodes.find((n) => net.outputs.length === 1 && n.output === net.outputs[0] && n.op === "argmax");
  return last ? { ...net, outputs: [last.inputs[0]!, ...net.outputs] } : net;
}

/** The clock of a request in MHz. */
export const clockOf = (target: Target | undefined, asked: number | undefined): number =>
  asked ?? target?.board?.clock.MHz ?? target?.processor?.MHz ?? 100;

/** All designs that a request leaves open; `best` is the one it means. What was priced once is not priced again. */
export class DesignSpace {
  readonly net: QuantizedNetwork;
  readonly target: Target | undefined;
  readonly clockMHz: number;
  readonly l1: L1Choice;
  readonly dsp: boolean;
  /** By price on the target; undefined without one. */
  readonly priced: Designs | undefined;
  readonly #request: DesignRequest;
  readonly #cells: CellSources;
  readonly #beside: Cost | undefined;
  readonly #room: Room | undefined;
  readonly #memory: MemoryOptions;
  readonly #loading: Pick<LowerOptions, "swap" | "readBack">;

  /** Throws InputError where the target or a layer is unknown. @param cells Verilog of the cells by module name */
  constructor(net: QuantizedNetwork, request: DesignRequest, cells: CellSources) {
    const target = request.target === undefined ? undefined : targetOf(request.target);
    const own = withFolds(net, request.folds ?? {});
    const folded = withHomes(own, request.homes ?? homesFor(own, target), request.coded);
    this.#request = request;
    this.#cells = cells;
    this.target = target;
    this.net = (request.logits ?? !!(target?.board?.serial || target?.processor)) ? withLogits(folded) : folded;
    const external = folded.nodes.some(isExternal);
    if (external && target?.board?.serial && !target.board.sdram)
      throw inputError({
        code: "AN5004",
        message: `weights in external memory: ${target.title} has no memory beside the device`,
        expected: 'home "rom" or "ram", or the device family as the target and a block design of your own',
        hint: `--target ${target.family}: the accelerator alone, with its AXI4 port`,
      });
    const { swap = false, readBack = false } = request;
    this.#loading = { swap, readBack };
    if (swap) switchable(folded);
    if (readBack) readable(folded);
    this.clockMHz = clockOf(target, request.clockMHz);
    if (external && target) sdramFits(target, this.clockMHz);
    if ((request.memoryPorts ?? 1) > 1) portsFit(folded, request.memoryPorts!, target);
    this.l1 = l1Of(target, request.l1);
    this.dsp = target ? usesDsp(target, request.dsp ?? true) : (request.dsp ?? true);
    const { clockMHz, l1, dsp } = this;
    let looked = 0;
    const onDesign = () => request.onProgress?.("choosing folds, designs looked at", ++looked, 0);
    const spram = target?.device?.resources.spram;
    this.#memory = memoryOf(request, target);
    this.#beside = target && serialCost(this.net, target, readBack);
    const have = target?.device?.resources;
    this.#room = have && {
      ...{
        lut: have.lut - this.#beside!.lut,
        lutram: have.lutram,
        bram: have.bram - this.#beside!.bram,
        uram: have.uram,
      },
    };
    this.priced =
      target &&
      new Designs(this.net, {
        ...{ family: target.family, clockMHz, l1, dsp, spram, ...this.#loading, onDesign },
        ...{ ...this.#memory, room: this.#room },
      });
  }

  /** The design that was asked for. */
  best(): Result<Design> {
    const { fps, plan } = this.#request;
    if (plan) {
      const nodes = plan.nodes.map((n) => ({ ...n, node: this.net.nodes.find((m) => m.name === n.node.name)! }));
      return this.#design({ ...plan, nodes }, [], []);
    }
    const command = commandOf(this.#request, this.clockMHz);
    if (!this.target || !this.priced) return this.#scheduled({ fps, clockMHz: this.clockMHz }, command);
    const found = fitTarget(this.priced, this.target, fps);
    if (!found.ok) return found;
    const { schedule: folds, hardware } = found.value.design;
    return this.#design(folds, found.value.binding, found.diagnostics, hardware, command);
  }

  /** The design of least logic in which a frame takes `clocks` at most, or else the fastest. */
  at(clocks: number): Result<Design> {
    if (!this.priced) return this.#scheduled({ clocks, clockMHz: this.clockMHz });
    const { target } = this;
    const found = this.priced.within(clocks, (c) => !target || shortages(plus(c, this.#beside!), target).length === 0);
    return found.ok ? this.#design(found.value.schedule, [], found.diagnostics, found.value.hardware) : found;
  }

  #scheduled(options: ScheduleOptions, command?: string): Result<Design> {
    const report = new Report();
    this.#request.onProgress?.("choosing folds", 0, 0);
    const plan = schedule(this.net, { ...options, ...this.#memory }, report);
    return plan && !report.failed
      ? this.#design(plan, [], report.list, undefined, command)
      : { ok: false, diagnostics: report.list };
  }

  #design(
    plan: Schedule,
    binding: readonly Shortage[],
    diagnostics: Report["list"] | Result<unknown>["diagnostics"],
    priced?: HwGraph,
    command?: string,
  ) {
    const { net, target, clockMHz, l1, dsp } = this;
    const { benchImages, onProgress } = this.#request;
    const asked = askedOf(this.#request);
    const cells = this.#cells;
    const { port } = this.#memory;
    const spram = target?.device?.resources.spram;
    const lowered = () => {
      const wanted = lower(net, plan, { l1, family: target?.family, dsp, spram, port, ...this.#loading });
      return target && this.#room ? placed(wanted, target.family, dsp, this.#room) : wanted;
    };
    const hardware = priced ?? lowered();
    const own = target && estimateLayers(hardware, target.family, dsp);
    const beside = this.#beside ?? { lut: 0, ff: 0, carry: 0, bram: 0, dsp: 0 };
    const estimates: Estimates = {
      families:
        target && own
          ? { [target.family]: own.total }
          : Object.fromEntries(
              FAMILIES.map((f) => [f, estimateLayers(hardware, f, usesDsp(targetOf(f), dsp)).total] as const),
            ),
      layers: own?.layers,
      beside,
      binding,
      over: target && own ? shortages(plus(own.total, beside), target) : [],
    };
    let files: OutputFiles | undefined;
    let frames: Excited | undefined;
    const value: Design = {
      ...{ net, target, clockMHz, l1, dsp, schedule: plan, hardware, estimates },
      /** Made when they are asked for: an exploration looks at estimates alone. */
      get files() {
        if (files) return files;
        const bench = benchImages?.length ? benchVectors(net, benchImages, onProgress) : undefined;
        onProgress?.("making the files", 0, 0);
        const vectors = bench?.vectors;
        frames = bench?.frames;
        const integers = writeIntegers(net);
        const emitted = emit(hardware, cells, { vectors, family: target?.family, integers, command });
        const sheet = datasheetFiles({ net, hardware, clockMHz, target, files: emitted });
        // In the order of their names, as the emitted ones.
        const all = [...withFacts(emitted, target, estimates.families, { request: asked, frames }), ...sheet];
        files = new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
        return files;
      },
      get frames() {
        return this.files && frames;
      },
    };
    return { ok: true as const, value, diagnostics };
  }
}

/**
 * Stages 5 to 7, folds for a target included: an integer network to its accelerator. Errors: AN5001 an illegal fold,
 * AN5002 a rate out of reach, AN5003 too large for the device, AN6005 an unknown layer, AN8004 an unknown target.
 * @param cells Verilog of the cells by module name, see cellSources
 */
export function design(net: QuantizedNetwork, request: DesignRequest, cells: CellSources): Result<Design> {
  try {
    return new DesignSpace(net, request, cells).best();
  } catch (e) {
    if (e instanceof InputError) return { ok: false, diagnostics: e.diagnostics };
    throw e;
  }
}

/**
 * Of a memory's peak, what weights may take where no bandwidth is named: a DRAM gives some three quarters of it, and the
 * processor and the images want a part.
 */
const MEMORY_SHARE = 0.6;

/** A beat of two words is as much as an SDRAM of 16 bits gives in two clocks. */
const SDRAM_BITS = 32;

/**
 * The ports to memory beside the chip, and what they give: MB a second of the board's memory, if known, and of the way to
 * it, unless it was said. A processor's port gives no more than a beat a clock.
 */
function memoryOf(
  { memoryBits, memoryPorts, bandwidth, clockMHz }: DesignRequest,
  target: Target | undefined,
): MemoryOptions {
  const { board, processor } = target ?? {};
  const MHz = clockOf(target, clockMHz);
  return {
    port: { ...defaultPort, dataBits: memoryBits ?? (board?.sdram ? SDRAM_BITS : defaultPort.dataBits) },
    ports: memoryPorts,
    bandwidth:
      bandwidth ?? (board?.sdram ? sdramBandwidth(board.sdram, MHz) : processor && MEMORY_SHARE * processor.memoryMBs),
    ...(bandwidth === undefined && processor ? { portBandwidth: (processor.portBits / 8) * MHz } : {}),
  };
}

/** Throws where so many ports have no layers, or nowhere to go. */
function portsFit(net: QuantizedNetwork, ports: number, target: Target | undefined): void {
  const layers = net.nodes.filter(isExternal).length;
  const refused = (expected: string, hint: string) =>
    inputError({
      code: "AN5004",
      message: `${ports} ports to external memory: ${expected}`,
      option: `--memory-ports ${ports}`,
      hint,
    });
  if (target?.board?.sdram) throw refused(`the SDRAM of ${target.title} has one`, "leave --memory-ports out");
  if (layers === 0) throw refused("no layer has its weights there", "--weights, or leave --memory-ports out");
  if (ports > layers)
    throw refused(
      layers === 1 ? "one layer has its weights there" : `${layers} layers have their weights there`,
      `--memory-ports ${layers} at most: a layer reads over one port`,
    );
}

/** The command that asks for the same. */
const commandOf = ({ l1, ...request }: DesignRequest, clockMHz: number): string =>
  buildCommand({ ...request, clockMHz, l1: typeof l1 === "number" ? L1_CIRCUITS[l1] : undefined });

/** The files with target, what was asked, estimates and what the bench's frames show in the manifest. */
function withFacts(
  files: OutputFiles,
  target: Target | undefined,
  estimates: Estimates["families"],
  { request, frames }: { readonly request: object; readonly frames: Excited | undefined },
): OutputFiles {
  const bench = frames && { frames: frames.names, ...(frames.bits ? { bits: bitCounts(frames.bits) } : {}) };
  const manifest = {
    ...JSON.parse(files.get("manifest.json")!),
    ...{ target: target?.name ?? null, request, estimates },
    ...(bench ? { bench } : {}),
  };
  return new Map([...files, ["manifest.json", `${printableJson(manifest)}\n`]]);
}

const bitCounts = ({ all, shown, silent, unseen }: NonNullable<Excited["bits"]>) => ({
  ...{ all, shown },
  changeNothing: silent.length,
  notShown: unseen.length,
});
