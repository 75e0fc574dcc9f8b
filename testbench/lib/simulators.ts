// What the library knows of each simulator. Another one is an entry here with its files in build/ and native/.
// Those are loaded when they are needed: a command line that only offers the names starts without them.
import type { Access, Backend, Model, Start } from "./backend.ts";
import { BuildError, type Design } from "./design.ts";

export interface BuildOptions {
  /** The model can write waves. */
  waves: boolean;
  /** The model counts line and toggle coverage. */
  coverage: boolean;
  /** What the bench may do inside the design. */
  access: Access;
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

const known = {
  verilator: {
    title: "Verilator",
    startsWithX: false,
    build: async (design, { waves, coverage, access }) => {
      const { buildVerilator } = await import("./build/verilator.ts");
      const { openVerilator } = await import("./verilator_backend.ts");
      const model = await buildVerilator(design, { waves, coverage }, access);
      return { ...model, open: async (start) => openVerilator(model, start) };
    },
  },
  icarus: {
    title: "Icarus Verilog",
    startsWithX: true,
    // Any model can write waves and shows its inside here.
    build: async (design, { coverage }) => {
      if (coverage) throw new BuildError("Icarus Verilog counts no coverage: take it on verilator");
      const { buildIcarus } = await import("./build/icarus.ts");
      const { openIcarus } = await import("./icarus_backend.ts");
      const model = await buildIcarus(design);
      return { ...model, open: (start) => openIcarus(model, start) };
    },
  },
} as const satisfies Record<string, Simulator>;

export type SimulatorName = keyof typeof known;
/** The simulators by name. */
export const SIMULATORS: Readonly<Record<SimulatorName, Simulator>> = known;
/** Their names, the usual one first: `test.each(simulators)`. */
export const simulators = Object.keys(known) as [SimulatorName, ...SimulatorName[]];
/** The simulator that a bench asks for, or the one that `TB_SIM` in the environment names. Throws a TypeError for none. */
export function simulatorFor(asked: SimulatorName): SimulatorName {
  const named = process.env.TB_SIM;
  if (!named) return asked;
  if (!Object.hasOwn(SIMULATORS, named)) throw new TypeError(`TB_SIM=${named}: it is one of ${simulators.join(", ")}`);
  return named as SimulatorName;
}
/** What a command line offers: each of them, or `all`. */
export const simulatorChoices = [...simulators, "all"] as const;

/** The simulators that a choice of the command line means. Throws a RangeError for anything else. */
export function chosenSimulators(choice: string): readonly SimulatorName[] {
  if (choice === "all") return simulators;
  const name = simulators.find((s) => s === choice);
  if (!name) throw new RangeError(`no simulator ${JSON.stringify(choice)}; there are ${simulatorChoices.join(", ")}`);
  return [name];
}
