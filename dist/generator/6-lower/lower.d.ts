import type { Schedule } from "../5-schedule/schedule.js";
import type { HwGraph } from "../ir/hardware.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import { type KernelChoice } from "../targets/families.js";
import type { Family } from "../targets/target.js";
export interface LowerOptions {
    /** L1 kernels of the target family. */
    readonly kernel: KernelChoice;
    /** Where memories with fixed contents go depends on it; the tool's choice without it. */
    readonly family?: Family | undefined;
}
/** Lowers twice where beats must wait: only the wired design tells how many, and at which inputs. */
export declare function lower(net: QuantizedNetwork, plan: Schedule, options: LowerOptions): HwGraph;
