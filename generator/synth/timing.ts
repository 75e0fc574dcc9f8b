// Reads the JSON report of nextpnr: clock, critical path, what the device's resources are used for.

interface Hop {
  readonly delay: number;
  readonly type: string;
  readonly from: { readonly cell: string; readonly port: string };
  readonly to: { readonly cell: string; readonly port: string };
  readonly net?: string;
}
interface RawReport {
  readonly critical_paths?: readonly { readonly from: string; readonly to: string; readonly path: readonly Hop[] }[];
  readonly fmax?: Readonly<Record<string, { readonly achieved: number; readonly constraint: number }>>;
  readonly utilization?: Readonly<Record<string, { readonly used: number; readonly available: number }>>;
}

export interface PathStep {
  /** Nanoseconds. */
  readonly delay: number;
  readonly kind: string;
  readonly cell: string;
  /** Layer, or "" where the cell belongs to none. */
  readonly layer: string;
}

export interface Timing {
  /** Highest clock in MHz; undefined where no path between registers was found. */
  readonly MHz: number | undefined;
  readonly path: readonly PathStep[];
  readonly utilization: Readonly<Record<string, { readonly used: number; readonly available: number }>>;
}

/** @param layerOf the layer of a cell of the netlist. */
export function readTiming(json: string, layerOf: (cell: string) => string | undefined): Timing {
  const raw = JSON.parse(json) as RawReport;
  const clocks = Object.values(raw.fmax ?? {});
  const isClock = (s: string) => /^(posedge|negedge)/.test(s);
  const own = (raw.critical_paths ?? []).filter((p) => isClock(p.from) && isClock(p.to) && p.from === p.to);
  const length = (p: { path: readonly Hop[] }) => p.path.reduce((n, h) => n + h.delay, 0);
  const worst = [...own].sort((a, b) => length(b) - length(a))[0];
  return {
    MHz: clocks.length ? Math.min(...clocks.map((c) => c.achieved)) : undefined,
    path: (worst?.path ?? []).map((h) => {
      const cell = h.type === "routing" ? h.to.cell : h.from.cell;
      return { delay: h.delay, kind: h.type, cell, layer: layerOf(cell) ?? "" };
    }),
    utilization: Object.fromEntries(Object.entries(raw.utilization ?? {}).filter(([, u]) => u.available > 0)),
  };
}

/** Consecutive steps of one layer in one line: layer, nanoseconds of logic, nanoseconds of routing. */
export function pathByLayer(path: readonly PathStep[]): { layer: string; logic: number; routing: number }[] {
  const out: { layer: string; logic: number; routing: number }[] = [];
  for (const s of path) {
    const routing = s.kind === "routing";
    const layer = s.layer || out.at(-1)?.layer || "";
    const last = out.at(-1);
    if (last && last.layer === layer) last[routing ? "routing" : "logic"] += s.delay;
    else out.push({ layer, logic: routing ? 0 : s.delay, routing: routing ? s.delay : 0 });
  }
  return out;
}
