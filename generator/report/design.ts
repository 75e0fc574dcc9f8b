// A design as its report tells it.

import { lower } from "../6-lower/lower.ts";
import { hashOf } from "../7-emit/hash.ts";
import type { Design } from "../design.ts";
import type { Implementation } from "../device/flow/implement.ts";
import { none, plus } from "../device/flow/netlist.ts";
import { pathByPlace } from "../device/flow/timing.ts";
import { arrayEnergy, horowitz, withProducts } from "../device/model/compare.ts";
import { estimateLayers } from "../device/model/model.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { QuantizedNode } from "../ir/quantized.ts";
import { hardwareOf } from "../ops/index.ts";
import { type Cost, FAMILIES, type Family, families, targetOf, usesDsp } from "../targets/index.ts";
import type { DesignReport, LayerReport, LogicReport, MemoryReport, StreamReport } from "./data.ts";
import { type MeasuredTimes, timelineOf } from "./timeline.ts";

/** What synthesis and place and route counted. */
export interface Synthesized {
  readonly total: Cost;
  /** By block name. */
  readonly layers: ReadonlyMap<string, Cost>;
  readonly reachedMHz: number | null;
  readonly criticalPath: LogicReport["criticalPath"];
}

/** What a report takes of an implementation. */
export const synthesizedOf = ({ area: { owners }, timing }: Implementation): Synthesized => ({
  total: [...owners.values()].reduce(plus, none),
  layers: owners,
  reachedMHz: timing?.MHz ?? null,
  criticalPath: timing ? pathByPlace(timing.path) : null,
});

const parametersOf = (n: QuantizedNode | undefined): number =>
  n && "weights" in n ? n.weights.rows.reduce((a, r) => a + r.length, 0) : 0;

function layersOf({ hardware: hw, net, estimates, schedule }: Design, made: Synthesized | undefined): LayerReport[] {
  return hw.blocks.map((b): LayerReport => {
    const node = net.nodes.find((n) => n.name === b.title);
    const edge = net.edges[node?.output ?? net.inputEdge]!;
    const plan = schedule.nodes.find((n) => n.node.name === b.title);
    const operations = plan ? (hardwareOf(plan.node)?.operations(plan.node, plan.types) ?? 0) : 0;
    return {
      name: b.title,
      module: b.instances.length > 0 ? b.module : null,
      op: node?.op ?? "input",
      layers: node?.layers ?? [],
      inputs: node?.inputs ?? [net.inputEdge],
      output: node?.output ?? net.inputEdge,
      shape: edge.shape,
      bits: edge.bits,
      signed: edge.signed,
      scale: edge.scale,
      zeroPoint: edge.zeroPoint,
      range: edge.range,
      parameters: parametersOf(node),
      pe: b.pe,
      simd: b.simd,
      pixels: b.pixels,
      lanes: b.arithmeticLanes,
      clocks: b.cyclesPerFrame,
      busy: operations > 0 && b.arithmeticLanes > 0 ? operations / (b.arithmeticLanes * hw.interval) : null,
      latency: b.latency,
      facts: b.facts,
      estimate: estimates.layers?.get(b.name) ?? null,
      synthesized: made?.layers.get(b.name) ?? null,
    };
  });
}

function streamsOf({ hardware: hw }: Design): StreamReport[] {
  // Where a layer is nothing but wires a stream leads into it and out of it again under one name.
  const from = new Map([[hw.input.name, -1]]);
  const ends: StreamReport[] = [];
  const arrow = (s: HwStream, to: number): void => {
    const { name, lanes, laneBits, beatsPerFrame: beats } = s;
    ends.push({ name, from: from.get(name)!, to, lanes, laneBits, beats });
  };
  hw.blocks.forEach((b, i) => {
    for (const s of b.inputs) arrow(s, i);
    for (const s of b.outputs) from.set(s.name, i);
  });
  for (const o of hw.outputs) arrow(o.stream, -2);
  return ends;
}

function memoriesOf({ hardware: hw }: Design): MemoryReport[] {
  const owner = new Map(
    hw.blocks.flatMap((b, i) =>
      b.instances.flatMap((x) =>
        [...Object.values(x.params), ...(x.ram ? [x.ram] : [])].flatMap((v) =>
          typeof v === "object" ? [[v.file, i] as const] : [],
        ),
      ),
    ),
  );
  return hw.memories.map((m) => ({
    file: m.file,
    layer: owner.get(m.file) ?? -1,
    words: m.words.length,
    wordBits: m.wordBits,
  }));
}

function logicOf(d: Design, family: Family, made: Synthesized | undefined): LogicReport {
  const { hardware: hw, net, schedule, l1, estimates, target } = d;
  const products = withProducts(net);
  const distances = new Set(net.nodes.flatMap((n) => (n.op === "sad" ? [n.name] : [])));
  const plan = {
    ...schedule,
    nodes: schedule.nodes.map((n) => ({ ...n, node: products.nodes.find((m) => m.name === n.node.name)! })),
  };
  const other = distances.size > 0 ? lower(products, plan, { l1, family, dsp: d.dsp }) : undefined;
  const sum = (layers: ReadonlyMap<string, Cost>, blocks: typeof hw.blocks): Cost =>
    blocks.filter((b) => distances.has(b.title)).reduce((a, b) => plus(a, layers.get(b.name)!), none);
  const device = target?.device;
  return {
    family,
    words: families[family].words,
    estimate: estimates.families[family] ?? estimateLayers(hw, family, d.dsp).total,
    synthesized: made?.total ?? null,
    device: device ? { part: device.part, ...device.resources } : null,
    beside: estimates.beside,
    comparison: other
      ? (usesDsp(targetOf(family), true) ? [false, true] : [false]).map((dsp) => ({
          dsp,
          distances: sum(estimateLayers(hw, family, dsp).layers, hw.blocks),
          products: sum(estimateLayers(other, family, dsp).layers, other.blocks),
        }))
      : [],
    energy: { distances: arrayEnergy(net), products: arrayEnergy(products), source: horowitz.source },
    criticalPath: made?.criticalPath ?? null,
    reachedMHz: made?.reachedMHz ?? null,
  };
}

export function designReport(d: Design, made?: Synthesized, measured?: MeasuredTimes): DesignReport {
  const { hardware: hw, schedule, target } = d;
  const arrays = schedule.nodes.filter((n) => "weights" in n.node);
  const lanes = arrays.reduce((sum, n) => sum + n.arithmeticLanes, 0);
  const taps = arrays.reduce((sum, n) => sum + (hardwareOf(n.node)?.operations(n.node, n.types) ?? 0), 0);
  return {
    top: hw.name,
    hash: hashOf(d.files),
    target: target?.name ?? null,
    targetTitle: target?.title ?? null,
    clockMHz: d.clockMHz,
    interval: schedule.interval,
    bottleneck: schedule.bottleneck,
    latency: { first: hw.latency.first, last: hw.latency.last },
    lanes,
    lanesBusy: lanes === 0 ? 0 : taps / (lanes * schedule.interval),
    layers: layersOf(d, made),
    streams: streamsOf(d),
    memories: memoriesOf(d),
    ...timelineOf(hw, measured),
    logic: (target ? [target.family] : FAMILIES).map((f) => logicOf(d, f, made)),
  };
}
