// Plain stacks: convolutions, each with a norm, an activation and perhaps a pool, then dense layers. A state dict has
// neither pools nor padding; they are found from the sizes that its weights allow, and where several are possible, named.
import type { FloatTensor } from "../../ir/tensor.ts";
import { shown, unfit } from "./error.ts";
import type { Planner } from "./planner.ts";

type Kind = "conv" | "dense" | "norm" | "slope";

interface Part {
  readonly name: string;
  readonly kind: Kind;
  /** Outputs, inputs and kernel of weights; channels of the others. */
  readonly shape: readonly number[];
}

export interface StackOptions {
  /** Sizes of square inputs to try. */
  readonly sizes: readonly (readonly [number, number])[];
  /** Convolutions with a pool behind them, where the user names them. */
  readonly pools?: readonly string[] | undefined;
}

/** The parts of a state dict in its order, by the names of their tensors. */
function partsOf(state: ReadonlyMap<string, FloatTensor>): Part[] {
  const groups = new Map<string, Map<string, FloatTensor>>();
  for (const [key, tensor] of state) {
    const dot = key.lastIndexOf(".");
    const name = key.slice(0, Math.max(dot, 0));
    if (!groups.has(name)) groups.set(name, new Map());
    groups.get(name)!.set(key.slice(dot + 1), tensor);
  }
  return [...groups].flatMap(([name, tensors]): Part[] => {
    const weights = tensors.get("adder") ?? tensors.get("weight");
    const { shape = [] } = weights ?? {};
    if (tensors.has("running_mean")) return [{ name, kind: "norm", shape: tensors.get("running_mean")!.shape }];
    if (shape.length === 4) return [{ name, kind: "conv", shape }];
    if (shape.length === 2) return [{ name, kind: "dense", shape }];
    return shape.length === 1 && tensors.size === 1 ? [{ name, kind: "slope", shape }] : [];
  });
}

interface Step {
  readonly weights: Part;
  readonly norm?: Part | undefined;
  readonly slope?: Part | undefined;
}

const misplaced = (what: string): never => {
  throw unfit(what, {
    hint: "write the network file and bind the tensors to it: addernet import pytorch FILE --network NET.json -o DIR",
  });
};

/** Norms and slopes with the layers they stand behind: next to them in the file, or in the same order. */
function stepsOf(parts: readonly Part[]): Step[] {
  const layers = parts.filter((p) => p.kind === "conv" || p.kind === "dense");
  const behind = (kind: Kind): Map<Part, Part> => {
    const those = parts.filter((p) => p.kind === kind);
    const fits = (layer: Part | undefined, p: Part): boolean =>
      layer !== undefined && (layer.shape[0] === p.shape[0] || (kind === "slope" && p.shape[0] === 1));
    const before = (p: Part): Part | undefined =>
      parts.slice(0, parts.indexOf(p)).findLast((q) => q.kind === "conv" || q.kind === "dense");
    const near = new Map(those.map((p) => [before(p), p]));
    if (near.size === those.length && those.every((p) => fits(before(p), p))) return near as Map<Part, Part>;
    const inOrder = new Map(those.map((p, i) => [layers[i]!, p]));
    if (those.length <= layers.length && those.every((p, i) => fits(layers[i], p))) return inOrder;
    return misplaced(`which layers the ${kind === "norm" ? "batch norms" : "slopes"} stand behind is not plain`);
  };
  const norms = behind("norm");
  const slopes = behind("slope");
  return layers.map((weights) => ({ weights, norm: norms.get(weights), slope: slopes.get(weights) }));
}

interface Geometry {
  readonly size: readonly [number, number];
  readonly paddings: readonly number[];
  /** Whether a pool of 2 x 2 stands behind each convolution. */
  readonly pools: readonly boolean[];
}

const textOf = (g: Geometry, convs: readonly Part[]): string => {
  const pooled = convs.filter((_, i) => g.pools[i]).map((c) => shown(c.name));
  return `${g.size.join(" x ")} with padding ${g.paddings.join(", ")} and pools behind ${pooled.join(", ") || "none"}`;
};

/** The map behind all convolutions, or undefined where one does not fit. */
function mapBehind({ size, paddings, pools }: Geometry, convs: readonly Part[]): readonly [number, number] | undefined {
  let [h, w] = size;
  for (const [i, conv] of convs.entries()) {
    h += 2 * paddings[i]! - conv.shape[2]! + 1;
    w += 2 * paddings[i]! - conv.shape[3]! + 1;
    if (h < 1 || w < 1) return undefined;
    if (pools[i]) [h, w] = [Math.floor(h / 2), Math.floor(w / 2)];
    if (h < 1 || w < 1) return undefined;
  }
  return [h, w];
}

function geometries(convs: readonly Part[], classifier: boolean, { sizes, pools }: StackOptions): Geometry[] {
  const last = convs.length - 1;
  const same = convs.map((c) => (c.shape[2]! - 1) / 2);
  const none = convs.map(() => 0);
  const paddings = [same, none, convs.map((_, i) => (i === 0 ? same[0]! : 0))].map((list) =>
    list.map((p, i) => (classifier && i === last ? 0 : p)),
  );
  const inner = convs.map((_, i) => !(classifier && i === last));
  const widest = convs.map((c, i) => inner[i]! && c.shape[0] !== (inner[i + 1] ? convs[i + 1]?.shape[0] : undefined));
  const placed = pools ? [convs.map((c) => pools.includes(c.name))] : [inner, widest, convs.map(() => false)];
  const all = sizes.flatMap((size) => paddings.flatMap((p) => placed.map((q) => ({ size, paddings: p, pools: q }))));
  const integral = all.filter((g) => g.paddings.every(Number.isInteger));
  return [...new Map(integral.map((g) => [JSON.stringify(g), g])).values()];
}

/**
 * The layers of a stack, and what was assumed of them; gives the size of the input. Throws InputError where the weights
 * allow no geometry, or several.
 */
export function planStack(p: Planner, state: ReadonlyMap<string, FloatTensor>, options: StackOptions) {
  const steps = stepsOf(partsOf(state));
  const firstDense = steps.findIndex((s) => s.weights.kind === "dense");
  const split = firstDense < 0 ? steps.length : firstDense;
  if (steps.slice(split).some((s) => s.weights.kind === "conv")) misplaced("a convolution stands behind a dense layer");
  if (steps.length === 0) misplaced("the checkpoint has no layers with weights");
  const convs = steps.slice(0, split).map((s) => s.weights);
  const unknown = options.pools?.filter((name) => name !== "none" && !convs.some((c) => c.name === name)) ?? [];
  if (unknown.length > 0)
    throw unfit(`there is no convolution called ${unknown.map(shown).join(", ")}`, {
      expected: convs.map((c) => shown(c.name)).join(", "),
    });
  const dense = steps[split]?.weights;
  const channels = convs.at(-1)?.shape[0] ?? 0;
  const exact = geometries(convs, !dense, options).filter((g) => {
    const map = mapBehind(g, convs);
    return map && (dense ? map[0] * map[1] * channels === dense.shape[1] : map[0] === 1 && map[1] === 1);
  });
  // A mean over the map hides its size: only what the user names is then known.
  const averaged = dense && dense.shape[1] === channels && options.pools && options.sizes.length === 1;
  const meant =
    averaged && exact.length === 0
      ? geometries(convs, false, options).filter((g) => mapBehind(g, convs) && same(g, convs))
      : exact;
  if (convs.length > 0 && meant.length !== 1) {
    throw unfit("the sizes of the maps do not follow from the weights", {
      expected: `one input size, padding and places of the pools that give ${dense?.shape[1] ?? channels} values`,
      found: meant.map((g) => textOf(g, convs)).join("; or ") || "none that fits",
      hint: "name them: --shape HEIGHT,WIDTH,CHANNELS and --pool LAYER,LAYER (or none)",
    });
  }
  const geometry = meant[0] ?? { size: [1, 1] as const, paddings: [], pools: [] };
  steps.forEach(({ weights, norm, slope }, i) => {
    const { name } = weights;
    if (weights.kind === "conv") p.conv(name, { kernel: weights.shape[2]!, padding: geometry.paddings[i]! });
    else {
      if (i === split && convs.length > 0)
        p.layer(
          averaged && exact.length === 0
            ? { name: "avgpool", kind: "global_avg_pool" }
            : { name: "flatten", kind: "flatten" },
        );
      p.dense(name);
    }
    if (norm) p.batchNorm(norm.name);
    if (slope) p.slope(slope.name);
    else if (i < steps.length - 1) p.layer({ name: `${name}.relu`, kind: "relu" });
    if (geometry.pools[i]) p.layer({ name: `${name}.pool`, kind: "max_pool2d", kernel: 2 });
  });
  const assumed = [
    ...(steps.length > 1 ? ["ReLU behind each layer but the last"] : []),
    ...(convs.length > 0 ? [textOf(geometry, convs)] : []),
    ...(geometry.pools.some(Boolean) ? ["pools are 2 x 2 maxima"] : []),
  ];
  return { size: geometry.size, assumed };
}

/** Padding that keeps the size, of the paddings to choose from under a mean. */
const same = (g: Geometry, convs: readonly Part[]): boolean =>
  g.paddings.every((p, i) => p === (convs[i]!.shape[2]! - 1) / 2);
