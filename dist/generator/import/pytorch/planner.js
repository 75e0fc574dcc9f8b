import { shown } from "./error.js";
/** Keys that inference has no use for. */
const unused = /(^|\.)num_batches_tracked$/;
export class Planner {
    layers = [];
    tensors = new Map();
    /** Keys that a layer needs and the state dict lacks. */
    missing = [];
    /** Tensors of another shape than the architecture's. */
    misshapen = [];
    #state;
    #channels = new Map();
    constructor(state, input, channels) {
        this.#state = state;
        this.last = input;
        this.#channels.set(input, channels);
    }
    /** Name of the layer added last. */
    last;
    get channels() {
        return this.channelsOf(this.last);
    }
    channelsOf(layer) {
        return this.#channels.get(layer);
    }
    /** Adds a layer; gives its name. `channels` as the last layer's where left out, NaN where unknown. */
    layer(plan, channels = this.channels) {
        this.layers.push(plan);
        this.#channels.set(plan.name, plan.kind === "flatten" ? Number.NaN : channels);
        this.last = plan.name;
        return plan.name;
    }
    #take(key, shape) {
        const tensor = this.#state.get(key);
        if (!tensor) {
            this.missing.push(key);
            return undefined;
        }
        const fits = tensor.shape.length === shape.length && shape.every((n, i) => Number.isNaN(n) || n === tensor.shape[i]);
        if (!fits) {
            const wanted = shape.map((n) => (Number.isNaN(n) ? "any" : n)).join(", ");
            this.misshapen.push(`${shown(key)} is [${tensor.shape.join(", ")}], not [${wanted}]`);
        }
        this.tensors.set(key, tensor);
        return tensor;
    }
    /** An adder layer has its weights under `.adder`, a multiplying one under `.weight`. */
    #weights(name) {
        const multiplies = this.#state.has(`${name}.weight`);
        return multiplies ? { key: `${name}.weight`, adder: false } : { key: `${name}.adder`, adder: true };
    }
    /** adder2d calls its bias `b`. */
    #bias(name, outputs) {
        const bias = [`${name}.bias`, `${name}.b`].find((key) => this.#state.has(key));
        if (bias === undefined)
            return {};
        this.#take(bias, [outputs]);
        return { bias };
    }
    conv(name, { kernel, stride = 1, padding = (kernel - 1) / 2, input }) {
        const { key, adder } = this.#weights(name);
        const channels = this.channelsOf(input ?? this.last);
        const tensor = this.#take(key, [Number.NaN, channels, kernel, kernel]);
        const filters = tensor?.shape[0] ?? Number.NaN;
        return this.layer({
            name,
            kind: adder ? "adder_conv2d" : "conv2d",
            ...(input === undefined ? {} : { inputs: [input] }),
            filters,
            kernel,
            ...(stride === 1 ? {} : { stride }),
            ...(padding === 0 ? {} : { padding }),
            weights: key,
            ...this.#bias(name, filters),
        }, filters);
    }
    /** A dense layer of a vector; one that is kept as a 1x1 convolution stays one. */
    dense(name) {
        const { key, adder } = this.#weights(name);
        if (this.#state.get(key)?.shape.length === 4)
            return this.conv(name, { kernel: 1 });
        const tensor = this.#take(key, [Number.NaN, this.channels]);
        const units = tensor?.shape[0] ?? Number.NaN;
        const kind = adder ? "adder_linear" : "linear";
        return this.layer({ name, kind, units, weights: key, ...this.#bias(name, units) }, units);
    }
    batchNorm(name) {
        for (const part of ["weight", "bias", "running_mean", "running_var"])
            this.#take(`${name}.${part}`, [this.channels]);
        return this.layer({ name, kind: "batch_norm" });
    }
    /** Keys of the state dict that no layer took. */
    unmapped() {
        return [...this.#state.keys()].filter((key) => !this.tensors.has(key) && !unused.test(key));
    }
}
