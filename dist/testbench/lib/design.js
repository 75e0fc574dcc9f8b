/** Something is wrong with the design or a tool, before any simulation; `output` is what the tool printed. */
export class BuildError extends Error {
    output;
    constructor(message, output = "") {
        super(output ? `${message}\n${output}` : message);
        this.name = "BuildError";
        this.output = output;
    }
}
export const clocksOf = (design) => design.clocks ?? [{ name: "clk" }];
/** Picoseconds of a time in nanoseconds. Throws a RangeError when it is not a positive number. */
export function picoseconds(ns) {
    const ps = Math.round(ns * 1000);
    if (!(ps > 0) || !Number.isSafeInteger(ps))
        throw new RangeError(`a time must be a positive number of nanoseconds, not ${ns}`);
    return ps;
}
