import type { InputPlan } from "./plan.js";
import type { Planner } from "./planner.js";
export interface Architecture {
    readonly name: string;
    readonly summary: string;
    /** The input that the published training used; other crops and normalizations are the user's to name. */
    readonly input: InputPlan;
    plan(p: Planner): void;
}
export declare const architectures: ReadonlyMap<string, Architecture>;
