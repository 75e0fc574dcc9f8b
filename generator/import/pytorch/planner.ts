// Collects layers and the tensors they take from a state dict, and what does not fit.
import type { FloatTensor } from "../../ir/tensor.ts";
import { shown } from "./error.ts";
import type { LayerPlan } from "./plan.ts";

interface ConvPlan {
  readonly kernel: number;
  readonly stride?: number;
  /** Half the kernel where left out, which keeps the size. */
  readonly padding?: number;
  /** Layer that it reads; default: the last one. */
  readonly input?: string;
}

/** Keys that inference has no use for, and the steps of activations that a quantized network keeps. */
const unused = /(^|\.)(num_batches_tracked|scale|zero_point)$/;

export class Planner {
  readonly layers: LayerPlan[] = [];
  readonly tensors = new Map<string, FloatTensor>();
  /** Keys that a layer needs and the state dict lacks. */
  readonly missing: string[] = [];
  /** Tensors of another shape than the architecture's. */
  readonly misshapen: string[] = [];
  readonly #state: ReadonlyMap<string, FloatTensor>;
  readonly #channels = new Map<string, number>();

  constructor(state: ReadonlyMap<string, FloatTensor>, input: string, channels: number) {
    this.#state = state;
    this.last = input;
    this.#channels.set(input, channels);
  }

  /** Name of the layer added last. */
  last: string;

  get channels(): number {
    return this.channelsOf(this.last);
  }

  channelsOf(layer: string): number {
    return this.#channels.get(layer)!;
  }

  /** Adds a layer; gives its name. `channels` as the last layer's where left out, NaN where unknown. */
  layer(plan: LayerPlan, channels = this.channels): string {
    this.layers.push(plan);
    this.#channels.set(plan.name, plan.kind === "flatten" ? Number.NaN : channels);
    this.last = plan.name;
    return plan.name;
  }

  #take(key: string, shape: readonly number[]): FloatTensor | undefined {
    const tensor = this.#state.get(key);
    if (!tensor) {
      this.missing.push(key);
      return undefined;
    }
    const fits =
      tensor.shape.length === shape.length && shape.every((n, i) => Number.isNaN(n) || n === tensor.shape[i]);
    if (!fits) {
      const wanted = shape.map((n) => (Number.isNaN(n) ? "any" : n)).join(", ");
      this.misshapen.push(`${shown(key)} is [${tensor.shape.join(", ")}], not [${wanted}]`);
    }
    this.tensors.set(key, tensor);
    return tensor;
  }

  /** An adder layer has its weights under `.adder`, a multiplying one under `.weight`. */
  #weights(name: string): { readonly key: string; readonly adder: boolean } {
    const multiplies = this.#state.has(`${name}.weight`);
    return multiplies ? { key: `${name}.weight`, adder: false } : { key: `${name}.adder`, adder: true };
  }

  /** adder2d calls its bias `b`. */
  #bias(name: string, outputs: number): { readonly bias?: string } {
    const bias = [`${name}.bias`, `${name}.b`].find((key) => this.#state.has(key));
    if (bias === undefined) return {};
    this.#take(bias, [outputs]);
    return { bias };
  }

  conv(name: string, { kernel, stride = 1, padding = (kernel - 1) / 2, input }: ConvPlan): string {
    const { key, adder } = this.#weights(name);
    const channels = this.channelsOf(input ?? this.last);
    const tensor = this.#take(key, [Number.NaN, channels, kernel, kernel]);
    const filters = tensor?.shape[0] ?? Number.NaN;
    return this.layer(
      {
        name,
        kind: adder ? "adder_conv2d" : "conv2d",
        ...(input === undefined ? {} : { inputs: [input] }),
        filters,
        kernel,
        ...(stride === 1 ? {} : { stride }),
        ...(padding === 0 ? {} : { padding }),
        weights: key,
        ...this.#bias(name, filters),
      },
      filters,
    );
  }

  /** A dense layer of a vector; one that is kept as a 1x1 convolution stays one. */
  dense(name: string): string {
    const { key, adder } = this.#weights(name);
    if (this.#state.get(key)?.shape.length === 4) return this.conv(name, { kernel: 1 });
    const tensor = this.#take(key, [Number.NaN, this.channels]);
    const units = tensor?.shape[0] ?? Number.NaN;
    const kind = adder ? "adder_linear" : "linear";
    return this.layer({ name, kind, units, weights: key, ...this.#bias(name, units) }, units);
  }

  batchNorm(name: string): string {
    // Without scale and offset of its own (affine=False) they are 1 and 0.
    const plain = this.#state.has(`${name}.running_mean`) && !this.#state.has(`${name}.weight`);
    if (plain && !this.#state.has(`${name}.bias`)) {
      const shape = this.#state.get(`${name}.running_mean`)!.shape;
      const size = shape.reduce((a, b) => a * b, 1);
      this.tensors.set(`${name}.weight`, { shape, data: new Float64Array(size).fill(1) });
      this.tensors.set(`${name}.bias`, { shape, data: new Float64Array(size) });
      for (const part of ["running_mean", "running_var"]) this.#take(`${name}.${part}`, [this.channels]);
      return this.layer({ name, kind: "batch_norm" });
    }
    for (const part of ["weight", "bias", "running_mean", "running_var"])
      this.#take(`${name}.${part}`, [this.channels]);
    return this.layer({ name, kind: "batch_norm" });
  }

  /** Slopes of a parametric ReLU, one or one a channel. */
  slope(name: string): string {
    const shared = this.#state.get(`${name}.weight`)?.shape[0] === 1;
    this.#take(`${name}.weight`, [shared ? 1 : this.channels]);
    return this.layer({ name, kind: "parametric_relu", slope: `${name}.weight`, ...(shared ? { shared } : {}) });
  }

  has(key: string): boolean {
    return this.#state.has(key);
  }

  /** Weights of a layer, as an adder's or a multiplying one's; undefined where there are none. */
  weightsOf(name: string): FloatTensor | undefined {
    return this.#state.get(this.#weights(name).key);
  }

  /** Numbers that the keys have in the place of the star, as in "layer*.0.conv1". */
  count(pattern: string): number {
    const [before, after] = pattern.split("*") as [string, string];
    let n = 0;
    while (this.weightsOf(`${before}${n}${after}`)) n++;
    return n;
  }

  /** Keys of the state dict that no layer took. */
  unmapped(): string[] {
    return [...this.#state.keys()].filter((key) => !this.tensors.has(key) && !unused.test(key));
  }
}
