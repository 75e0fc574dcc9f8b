import { type ReadFile } from "./3-infer/tensors.js";
import { type Schedule, type ScheduleOptions } from "./5-schedule/schedule.js";
import type { Vectors } from "./7-emit/beats.js";
import { type CellSources, type OutputFiles } from "./7-emit/emit.js";
import { type Result } from "./diagnostics/diagnostics.js";
import type { Graph } from "./ir/graph.js";
import type { HwGraph } from "./ir/hardware.js";
import { type QuantizeOptions } from "./ir/quantize-options.js";
import type { QuantizedNetwork } from "./ir/quantized.js";
import type { IntTensor } from "./ir/tensor.js";
import type { Family, KernelChoice } from "./targets/index.js";
export interface Loaded {
    readonly graph: Graph;
    /** What the network file says about quantization; the calibration file's path is relative to the network file. */
    readonly quantization: Partial<QuantizeOptions> & {
        readonly calibration?: string;
    };
}
/** Stages 1 to 3: the text of a network file to a graph with shapes and tensors. */
export declare function load(text: string, readFile: ReadFile): Result<Loaded>;
export interface QuantizeRun extends Partial<QuantizeOptions> {
    readonly onProgress?: ((done: number) => void) | undefined;
}
/** Stage 4, with the calibration runs it needs. `images` are stored input integers, HWC. */
export declare function toIntegers(graph: Graph, images: readonly IntTensor[], run?: QuantizeRun): Result<QuantizedNetwork>;
export interface BuildOptions extends ScheduleOptions {
    /** L1 kernels; the signed tree where left out. */
    readonly kernel?: KernelChoice;
    /** Device family, where it is known: where memories with fixed contents go. */
    readonly family?: Family | undefined;
    /** Stage 5 done before, for a device's budget say. */
    readonly plan?: Schedule | undefined;
    /** Frames for a stand-alone test bench beside the design; none without them. */
    readonly vectors?: Vectors | undefined;
}
export interface Build {
    readonly schedule: Schedule;
    readonly hardware: HwGraph;
    readonly files: OutputFiles;
}
/** Stages 5 to 7: an integer network to the files of its accelerator. */
export declare function toHardware(net: QuantizedNetwork, options: BuildOptions, cells: CellSources): Result<Build>;
