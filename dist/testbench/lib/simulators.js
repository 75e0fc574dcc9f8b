const known = {
    verilator: {
        title: "Verilator",
        startsWithX: false,
        build: async (design, { waves }) => {
            const { buildVerilator } = await import("./build/verilator.js");
            const { openVerilator } = await import("./verilator_backend.js");
            const model = await buildVerilator(design, waves);
            return { ...model, open: async (start) => openVerilator(model, start) };
        },
    },
    icarus: {
        title: "Icarus Verilog",
        startsWithX: true,
        // Any model can write waves here.
        build: async (design) => {
            const { buildIcarus } = await import("./build/icarus.js");
            const { openIcarus } = await import("./icarus_backend.js");
            const model = await buildIcarus(design);
            return { ...model, open: (start) => openIcarus(model, start) };
        },
    },
};
/** The simulators by name. */
export const SIMULATORS = known;
/** Their names, the usual one first: `test.each(simulators)`. */
export const simulators = Object.keys(known);
/** What a command line offers: each of them, or `all`. */
export const simulatorChoices = [...simulators, "all"];
/** The simulators that a choice of the command line means. Throws a RangeError for anything else. */
export function chosenSimulators(choice) {
    if (choice === "all")
        return simulators;
    const name = simulators.find((s) => s === choice);
    if (!name)
        throw new RangeError(`no simulator ${JSON.stringify(choice)}; there are ${simulatorChoices.join(", ")}`);
    return [name];
}
