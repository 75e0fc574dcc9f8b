import type { FloatTensor } from "../../ir/tensor.js";
import type { LayerPlan } from "./plan.js";
interface ConvPlan {
    readonly kernel: number;
    readonly stride?: number;
    /** Half the kernel where left out, which keeps the size. */
    readonly padding?: number;
    /** Layer that it reads; the last one where left out. */
    readonly input?: string;
}
export declare class Planner {
    #private;
    readonly layers: LayerPlan[];
    readonly tensors: Map<string, FloatTensor>;
    /** Keys that a layer needs and the state dict lacks. */
    readonly missing: string[];
    /** Tensors of another shape than the architecture's. */
    readonly misshapen: string[];
    constructor(state: ReadonlyMap<string, FloatTensor>, input: string, channels: number);
    /** Name of the layer added last. */
    last: string;
    get channels(): number;
    channelsOf(layer: string): number;
    /** Adds a layer; gives its name. `channels` as the last layer's where left out, NaN where unknown. */
    layer(plan: LayerPlan, channels?: number): string;
    conv(name: string, { kernel, stride, padding, input }: ConvPlan): string;
    /** A dense layer of a vector; one that is kept as a 1x1 convolution stays one. */
    dense(name: string): string;
    batchNorm(name: string): string;
    /** Keys of the state dict that no layer took. */
    unmapped(): string[];
}
export {};
