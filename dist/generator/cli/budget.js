import { plus } from "../device/flow/netlist.js";
import { Designs, fastestWithin, ROOM, serialCost, TooLarge } from "../device/model/budget.js";
import { shortages } from "../device/model/model.js";
import { inputError } from "../diagnostics/diagnostics.js";
import { families } from "../targets/index.js";
import { unwrap } from "./console.js";
/** The L1 kernel that was asked for, or else those with the least logic on the target. */
export const kernelOf = (target, asked) => asked === undefined ? (target ? families[target.family].kernel : 0) : asked === 1 ? 1 : 0;
/**
 * Whether multipliers become DSP blocks: asked for, there are any (a bare iCE40 is one of those without), and Yosys knows
 * how (of Gowin's it knows nothing).
 */
export const usesDsp = (target, asked) => asked && target.family !== "gowin" && (target.device ? target.device.resources.dsp > 0 : target.family !== "ice40");
const list = (s, text) => s.map(text).join(", ");
function tooLarge(target, lacks, hint) {
    throw inputError({
        code: "AN5003",
        message: `the design does not fit ${target.title}: ${lacks.map((s) => s.what).join(" and ")}`,
        expected: list(lacks, (s) => `at most ${s.have} ${s.what}`),
        found: list(lacks, (s) => `${s.need} ${s.what} by estimate`),
        hint,
    });
}
/**
 * Folds for a target. With a rate: those of least logic that reach it; AN5002 where it is out of reach, AN5003 where they
 * are too large for the device. Without one: the fastest that the device holds, AN5003 where none does; a target without
 * a device gets the default rate.
 */
export function fitTarget(net, target, args, opened, out) {
    const { MHz, kernel, dsp } = args;
    const designs = new Designs(net, { family: target.family, clockMHz: MHz, kernel, dsp });
    const beside = serialCost(net, target);
    const lacks = (c, share = args.slack ?? 1) => shortages(plus(c, beside), target, share);
    const smaller = "fewer --bits or a smaller network";
    const fastest = () => {
        try {
            return unwrap(fastestWithin(designs, target, beside), out, opened.source);
        }
        catch (e) {
            if (e instanceof TooLarge)
                return undefined;
            throw e;
        }
    };
    const chosen = (c) => ({ ...c, plan: c.design.schedule, designs, total: plus(c.design.total, beside) });
    if (args.fps !== undefined || !target.device) {
        const design = unwrap(designs.forRate(args.fps, (c) => lacks(c).length === 0), out, opened.source);
        const over = lacks(design.total);
        if (over.length === 0)
            return chosen({ design, binding: [] });
        const best = fastest();
        const fps = best && (MHz * 1e6) / best.design.schedule.interval;
        tooLarge(target, over, fps ? `--fps ${rate(fps)} fits by estimate; or ${smaller}` : smaller);
    }
    const best = fastest();
    if (best)
        return chosen(best);
    // It may hold what place and route have little room for: an explicit rate would be tried.
    const slowest = unwrap(designs.within(Number.MAX_SAFE_INTEGER, () => false), out, opened.source);
    tooLarge(target, lacks(slowest.total, ROOM), smaller);
}
/** A rate rounded down to three digits. */
export function rate(fps) {
    const unit = 10 ** (Math.floor(Math.log10(fps)) - 2);
    return String(Number((Math.floor(fps / unit) * unit).toPrecision(3)));
}
/** Lines that tell what limits a design. */
export function limits(f, target) {
    const { interval, bottleneck } = f.plan;
    const first = `bottleneck: ${bottleneck}, ${interval} clocks a frame`;
    if (!target.device)
        return [first];
    return [
        first,
        f.binding.length > 0
            ? `bound by ${f.binding.map((s) => s.what).join(" and ")}: the next faster folds need ${list(f.binding, (s) => `${s.need} of ${s.have} ${s.what}`)}`
            : "no resource of the device binds",
    ];
}
