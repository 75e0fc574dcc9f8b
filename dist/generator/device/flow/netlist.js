/** The top module of a flat netlist. */
export function readNetlist(json, top) {
    const module = JSON.parse(json).modules[top];
    if (!module)
        throw new Error(`the netlist has no module ${top}`);
    return module;
}
export const none = { lut: 0, ff: 0, carry: 0, bram: 0, dsp: 0 };
export const plus = (a, b) => ({
    lut: a.lut + (b.lut ?? 0),
    ff: a.ff + (b.ff ?? 0),
    carry: a.carry + (b.carry ?? 0),
    bram: a.bram + (b.bram ?? 0),
    dsp: a.dsp + (b.dsp ?? 0),
});
const costOf = (family, type) => family.cells.find(([pattern]) => pattern.test(type))?.[1] ?? none;
/** Flip-flops and DSP blocks that read an unknown constant, by name: synthesis lost what drove them. */
export function openOperands(m, family) {
    const ports = (type) => {
        const cost = costOf(family, type);
        return cost.ff ? ["D", "DI", "DATAIN"] : cost.dsp ? ["A", "B", "C", "D"] : [];
    };
    return Object.entries(m.cells).flatMap(([name, c]) => ports(c.type).some((port) => c.connections[port]?.includes("x")) ? [name] : []);
}
/**
 * Area of a flat netlist by owner. `owners` maps instance names to the owner's name; of an instance inside another
 * one the outermost that is listed counts.
 */
export function area(m, family, owners) {
    const owner = ownersOf(m, owners);
    const byOwner = new Map();
    const cells = {};
    let total = none;
    for (const [name, cell] of Object.entries(m.cells)) {
        if (cell.type.startsWith("$"))
            continue;
        cells[cell.type] = (cells[cell.type] ?? 0) + 1;
        const cost = costOf(family, cell.type);
        total = plus(total, cost);
        const of = owner.get(name) ?? "";
        byOwner.set(of, plus(byOwner.get(of) ?? none, cost));
    }
    return {
        total,
        owners: byOwner,
        cells: Object.fromEntries(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1))),
    };
}
/** Ports that a cell of templates/ reads: their nets are driven by somebody else. */
const input = /(^|\.)(clk|rst|rxd|byte_\w+|s\d*_axis_t(data|valid|last)|m_axis_tready)$/;
/** Owner of a hierarchical name, by its leading instances. */
export function ownerOfName(name, owners) {
    for (const part of name.split(/[.\s/]/)) {
        const found = owners.get(part);
        if (found !== undefined)
            return found;
    }
    return undefined;
}
/**
 * The owner of every cell, by name. A cell whose output net bears an instance's name belongs to it; what optimization
 * left without a name belongs where its result is read, or else where its operands come from.
 */
export function ownersOf(m, owners) {
    const named = new Map();
    for (const [name, net] of Object.entries(m.netnames)) {
        if (net.hide_name || input.test(name))
            continue;
        const of = ownerOfName(name, owners);
        if (of !== undefined)
            for (const b of net.bits)
                if (!named.has(b))
                    named.set(b, of);
    }
    const list = Object.entries(m.cells).filter(([, c]) => !c.type.startsWith("$"));
    const bitsOf = (c, direction) => Object.entries(c.connections).flatMap(([port, bits]) => c.port_directions[port] === direction ? bits.filter((b) => typeof b === "number") : []);
    const cells = list.map(([name, c]) => ({ name, out: bitsOf(c, "output"), in: bitsOf(c, "input") }));
    const readers = new Map();
    const driver = new Map();
    cells.forEach((c, i) => {
        for (const b of c.in)
            (readers.get(b) ?? readers.set(b, []).get(b)).push(i);
        for (const b of c.out)
            driver.set(b, i);
    });
    const found = cells.map((c) => ownerOfName(c.name.replace(/^\$flatten\\?/, ""), owners) ?? c.out.map((b) => named.get(b)).find(Boolean));
    const pass = (neighbours) => {
        let changed = false;
        for (let i = 0; i < cells.length; i++) {
            if (found[i] !== undefined)
                continue;
            for (const n of neighbours(i)) {
                if (n === undefined || found[n] === undefined)
                    continue;
                found[i] = found[n];
                changed = true;
                break;
            }
        }
        return changed;
    };
    const after = (i) => cells[i].out.flatMap((b) => readers.get(b) ?? []);
    // A net such as the reset or a clock enable is read everywhere and says little about where it comes from.
    const before = (i) => cells[i].in.filter((b) => (readers.get(b)?.length ?? 0) < 64).map((b) => driver.get(b));
    while (pass(after))
        ;
    while (pass(before))
        ;
    return new Map(cells.flatMap((c, i) => (found[i] === undefined ? [] : [[c.name, found[i]]])));
}
