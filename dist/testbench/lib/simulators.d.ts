import type { Backend, Model, Start } from "./backend.js";
import type { Design } from "./design.js";
export interface BuildOptions {
    /** The model can write waves. */
    waves: boolean;
}
/** A model that can be started any number of times. */
export interface RunnableModel extends Model {
    open(start: Start): Promise<Backend>;
}
export interface Simulator {
    /** As its makers write it. */
    title: string;
    /** Registers start as X, in one run; without X a bench is run once with each of several random initial states. */
    startsWithX: boolean;
    /** Compiles a design or finds it in the cache. Throws a BuildError. */
    build(design: Design, options: BuildOptions): Promise<RunnableModel>;
}
declare const known: {
    readonly verilator: {
        readonly title: "Verilator";
        readonly startsWithX: false;
        readonly build: (design: Design<string>, { waves }: BuildOptions) => Promise<{
            open: (start: Start) => Promise<Backend>;
            library: string;
            ports: import("./design.js").Port[];
            clocks: number[];
        }>;
    };
    readonly icarus: {
        readonly title: "Icarus Verilog";
        readonly startsWithX: true;
        readonly build: (design: Design<string>) => Promise<{
            open: (start: Start) => Promise<Backend>;
            program: string;
            runtime: string;
            ports: import("./design.js").Port[];
            clocks: number[];
        }>;
    };
};
export type SimulatorName = keyof typeof known;
/** The simulators by name. */
export declare const SIMULATORS: Readonly<Record<SimulatorName, Simulator>>;
/** Their names, the usual one first: `test.each(simulators)`. */
export declare const simulators: [SimulatorName, ...SimulatorName[]];
/** What a command line offers: each of them, or `all`. */
export declare const simulatorChoices: readonly ["verilator" | "icarus", ...("verilator" | "icarus")[], "all"];
/** The simulators that a choice of the command line means. Throws a RangeError for anything else. */
export declare function chosenSimulators(choice: string): readonly SimulatorName[];
export {};
