// Orders of vectors: PyTorch flattens a map channel by channel, a stream pixel by pixel. Where both kinds of vectors
// meet, dense layers give their results in the order of the flattened map.
import type { WiredLayer, Wiring } from "../2-graph/graph.ts";
import type { Report, Reporter } from "../diagnostics/diagnostics.ts";
import type { InputSpec } from "../ir/graph.ts";
import type { Shape } from "../ir/tensor.ts";
import type { Feature, LayerDef, Layout } from "../layers/define.ts";
import { layerOf } from "../layers/index.ts";
import { orderOf } from "../layers/order.ts";

/** The map whose order the results of a dense layer take, by layer name. */
export type Orders = ReadonlyMap<string, Shape>;

type Inferred = ReturnType<LayerDef["infer"]>;

/** A layer's result with the order that stage 3 chose; channels-last tensors are in the stream's order from the start. */
export function ordered(got: Inferred, name: string, layout: Layout, orders: Orders): Inferred {
  if (!got) return got;
  const { flattenedFrom, ...feature } = got.feature;
  if (layout !== "pytorch") return { ...got, feature };
  return { ...got, feature: { ...feature, flattenedFrom: orders.get(name) ?? flattenedFrom } };
}

const mute: Reporter = { error: () => undefined, warn: () => undefined };

/**
 * Dense layers whose results meet flattened maps, with the order of those. Faults of layers are not reported here: what
 * cannot be ordered is met again by the layer that joins it.
 */
export function ordersOf(wiring: Wiring, input: InputSpec): Orders {
  const orders = new Map<string, Shape>();
  const { layout } = wiring.network;
  if (layout !== "pytorch") return orders;
  const byName = new Map(wiring.layers.map((l) => [l.layer.name, l]));
  // Each round gives at least one dense layer its order.
  for (let settled = false; !settled; ) {
    settled = true;
    const features = new Map<string, Feature>([[input.name, { shape: input.shape }]]);
    for (const { layer, inputs } of wiring.layers) {
      const read = inputs.flatMap((n) => features.get(n) ?? []);
      if (read.length < inputs.length) continue;
      const wanted = read.find((f) => f.flattenedFrom)?.flattenedFrom;
      if (wanted && read.length > 1)
        for (const [i, f] of read.entries())
          if (!f.flattenedFrom)
            for (const source of sourcesOf(inputs[i]!, byName, features) ?? []) {
              if (orders.has(source)) continue;
              orders.set(source, wanted);
              settled = false;
            }
      const got = ordered(layerOf(layer.kind).infer(layer, read, mute), layer.name, layout, orders);
      if (got) features.set(layer.name, got.feature);
    }
  }
  return orders;
}

/** The dense layers whose order decides that of `name`; undefined where others do as well. */
function sourcesOf(
  name: string,
  byName: ReadonlyMap<string, WiredLayer>,
  features: ReadonlyMap<string, Feature>,
): ReadonlySet<string> | undefined {
  const sources = new Set<string>();
  const seen = new Set<string>();
  for (const pending = [name]; pending.length > 0; ) {
    const at = pending.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    const wired = byName.get(at);
    if (!wired) return undefined;
    const def = layerOf(wired.layer.kind);
    if (def.ordersOutput) sources.add(at);
    else if (carries(def, wired, features)) pending.push(...wired.inputs);
    else return undefined;
  }
  return sources;
}

/** Whether the results of a layer have the order of its inputs. */
function carries(def: LayerDef, { layer, inputs }: WiredLayer, features: ReadonlyMap<string, Feature>): boolean {
  const flattenedFrom: Shape = [1, 1, 1];
  const read = inputs.map((n) => ({ ...features.get(n)!, flattenedFrom }));
  return def.infer(layer, read, mute)?.feature.flattenedFrom === flattenedFrom;
}

/** What leaves the network has PyTorch's order, or none that it could be taken for. */
export function outputOrders(wiring: Wiring, features: ReadonlyMap<string, Feature>, report: Report): void {
  const { network, layers, outputs } = wiring;
  for (const [i, name] of outputs.entries()) {
    const feature = features.get(name);
    if (!feature?.flattenedFrom) continue;
    const index = layers.find((l) => l.layer.name === name)!.index;
    report.error({
      code: "AN3006",
      message: `${JSON.stringify(name)} leaves the network in another order than PyTorch's`,
      path: network.outputs ? ["outputs", i] : ["layers", index],
      expected: "a map, or a vector of a dense layer that meets no flattened map",
      found: orderOf(feature),
      hint: 'let the map leave before "flatten"; "layout": "channels_last" takes vectors as the streams have them',
    });
  }
}
