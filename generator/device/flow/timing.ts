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

/** Whose a cell of the netlist is: a layer, and the module of templates/ in it; each "" where there is none. */
export interface Place {
  readonly layer: string;
  readonly module: string;
}

export interface PathStep extends Place {
  /** Nanoseconds. */
  readonly delay: number;
  readonly kind: string;
  readonly cell: string;
}

export interface Timing {
  /** Highest clock in MHz; undefined where no path between registers was found. */
  readonly MHz: number | undefined;
  readonly path: readonly PathStep[];
  readonly utilization: Readonly<Record<string, { readonly used: number; readonly available: number }>>;
}

/** @param placeOf the place of a cell of the netlist, where it has one. */
export function readTiming(json: string, placeOf: (cell: string) => Place | undefined): Timing {
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
      const { layer, module } = placeOf(cell) ?? { layer: "", module: "" };
      return { delay: h.delay, kind: h.type, cell, layer, module };
    }),
    utilization: Object.fromEntries(Object.entries(raw.utilization ?? {}).filter(([, u]) => u.available > 0)),
  };
}

export interface PathPart extends Place {
  /** Nanoseconds. */
  readonly logic: number;
  readonly routing: number;
}

/** The path by module: consecutive steps of one place are one part; steps of none belong to the place before them. */
export function pathByPlace(path: readonly PathStep[]): PathPart[] {
  const out: { layer: string; module: string; logic: number; routing: number }[] = [];
  for (const s of path) {
    const routing = s.kind === "routing";
    const last = out.at(-1);
    const { layer, module } = s.layer || !last ? s : last;
    if (last && last.layer === layer && last.module === module) last[routing ? "routing" : "logic"] += s.delay;
    else out.push({ layer, module, logic: routing ? 0 : s.delay, routing: routing ? s.delay : 0 });
  }
  return out;
}

/** One line: layer, module, nanoseconds of logic and of routing. */
export const pathText = (path: readonly PathStep[]): string =>
  pathByPlace(path)
    .map((s) => {
      const place = [s.layer || "?", s.module].filter(Boolean).join(" ");
      return `${place} ${s.logic.toFixed(1)} + ${s.routing.toFixed(1)} ns`;
    })
    .join(" -> ");
