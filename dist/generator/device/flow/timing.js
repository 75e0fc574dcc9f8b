// Reads the JSON report of nextpnr: clock, critical path, what the device's resources are used for.
/** @param placeOf the place of a cell of the netlist, where it has one. */
export function readTiming(json, placeOf) {
    const raw = JSON.parse(json);
    const clocks = Object.values(raw.fmax ?? {});
    const isClock = (s) => /^(posedge|negedge)/.test(s);
    const own = (raw.critical_paths ?? []).filter((p) => isClock(p.from) && isClock(p.to) && p.from === p.to);
    const length = (p) => p.path.reduce((n, h) => n + h.delay, 0);
    const worst = [...own].sort((a, b) => length(b) - length(a))[0];
    return {
        MHz: clocks.length ? Math.min(...clocks.map((c) => c.achieved)) : undefined,
        path: (worst?.path ?? []).map((h) => {
            const cell = h.type === "routing" ? h.to.cell : h.from.cell;
            const { layer, module } = placeOf(cell) ?? { layer: "", module: "" };
            return { delay: h.delay, kind: h.type, cell, layer, module };
        }),
        utilization: Object.fromEntries(Object.entries(raw.utilization ?? {}).filter(([, u]) => u.available > 0)),
    };
}
/** The path by module: consecutive steps of one place are one part; steps of none belong to the place before them. */
export function pathByPlace(path) {
    const out = [];
    for (const s of path) {
        const routing = s.kind === "routing";
        const last = out.at(-1);
        const { layer, module } = s.layer || !last ? s : last;
        if (last && last.layer === layer && last.module === module)
            last[routing ? "routing" : "logic"] += s.delay;
        else
            out.push({ layer, module, logic: routing ? 0 : s.delay, routing: routing ? s.delay : 0 });
    }
    return out;
}
/** One line: layer, module, nanoseconds of logic and of routing. */
export const pathText = (path) => pathByPlace(path)
    .map((s) => {
    const place = [s.layer || "?", s.module].filter(Boolean).join(" ");
    return `${place} ${s.logic.toFixed(1)} + ${s.routing.toFixed(1)} ns`;
})
    .join(" -> ");
