// Collects the layers of a model that is being mapped.
import type { FloatTensor } from "../../ir/tensor.ts";
import type { Node } from "./node.ts";
import type { LayerValue } from "./values.ts";

/** Tensors of a layer by its fields. */
export type Tensors = Readonly<Record<string, FloatTensor>>;

export type LayerPlan = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly kind: string;
  readonly inputs: readonly string[];
};

const longest = 200;

export class Builder {
  readonly batch: number;
  readonly layers: LayerPlan[] = [];
  readonly tensors = new Map<string, FloatTensor>();
  readonly notes = new Set<string>();
  readonly #names: Set<string>;

  constructor(batch: number, input: string) {
    this.batch = batch;
    this.#names = new Set([input]);
  }

  note(text: string): void {
    this.notes.add(text);
  }

  #unique(wanted: string): string {
    const base = wanted.slice(0, longest - 10) || "layer";
    let name = base;
    for (let n = 1; this.#names.has(name); n++) name = `${base}_${n}`;
    this.#names.add(name);
    return name;
  }

  /** Adds a layer; gives its result. Each tensor goes into the weights file as NAME.FIELD. */
  layer(
    node: Node,
    fields: Readonly<Record<string, unknown>> & { readonly kind: string },
    inputs: readonly LayerValue[],
    shape: LayerValue["shape"],
    tensors: Tensors,
  ): LayerValue {
    const name = this.#unique(node.message.name || node.message.output[0] || fields.kind);
    const named = Object.entries(tensors).map(([field, tensor]): [string, string] => {
      const key = `${name}.${field}`;
      this.tensors.set(key, { shape: tensor.shape, data: tensor.data });
      return [field, key];
    });
    this.layers.push({ name, ...fields, inputs: inputs.map((x) => x.layer), ...Object.fromEntries(named) });
    return { kind: "layer", layer: name, shape };
  }
}
