// What the file says the outputs are for, with its defaults, and whether they fit.
import type { Network } from "../1-parse/parse.ts";
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Task, TaskKind } from "../ir/task.ts";
import type { Shape } from "../ir/tensor.ts";
import { misfit } from "../tasks/fit.ts";

type Given = NonNullable<Network["task"]>;

/** Keys that a kind takes and those that it needs. */
const keys: { readonly [K in TaskKind]: { readonly may: readonly string[]; readonly must: readonly string[] } } = {
  classes: { may: ["output", "names"], must: [] },
  mask: { may: ["output", "names", "threshold"], must: [] },
  boxes: { may: ["threshold", "overlap"], must: ["names", "stride", "scores", "centers", "sizes"] },
  image: { may: ["output", "gain", "offset"], must: [] },
};

/** The task of the outputs; reports and gives undefined where there is none or it is wrong. */
export function taskOf(
  given: Given | undefined,
  outputs: readonly string[],
  shapes: ReadonlyMap<string, { readonly shape: Shape }>,
  report: Report,
): Task | undefined {
  if (!given) return undefined;
  const { may, must } = keys[given.kind];
  const stated = Object.keys(given).filter((k) => k !== "kind" && given[k as keyof Given] !== undefined);
  const fault = (path: readonly string[], message: string, expected: string, found?: string) => {
    report.error({ code: "AN3008", message, path: ["task", ...path], expected, ...(found ? { found } : {}) });
    return undefined;
  };
  const foreign = stated.find((k) => !may.includes(k) && !must.includes(k));
  if (foreign) return fault([foreign], `${given.kind} takes no "${foreign}"`, `one of ${[...must, ...may].join(", ")}`);
  const missing = must.filter((k) => !stated.includes(k));
  if (missing.length > 0) return fault([], `${given.kind} needs more`, missing.map((k) => `"${k}"`).join(", "));
  const unknown = (["output", "scores", "centers", "sizes"] as const).find((k) => {
    const v = given[k];
    const name = typeof v === "object" ? v.output : v;
    return name !== undefined && !outputs.includes(name);
  });
  if (unknown) {
    const path = unknown === "output" ? [unknown] : [unknown, "output"];
    return fault(path, "this is not an output of the network", `one of ${outputs.join(", ")}`);
  }
  const { threshold } = given;
  if (given.kind === "boxes" && threshold !== undefined && !(threshold >= 0 && threshold <= 1))
    return fault(["threshold"], "a score is a share", "a number from 0 to 1", String(threshold));
  const task = withDefaults(given, outputs[0]!);
  const wrong = misfit(task, (name) => shapes.get(name)!.shape);
  return wrong ? fault([wrong.field], wrong.message, wrong.expected, wrong.found) : task;
}

function withDefaults(given: Given, first: string): Task {
  const output = given.output ?? first;
  const place = (p: { output?: string | undefined; channel: number } | undefined) => ({
    output: p!.output ?? first,
    channel: p!.channel,
  });
  const names = given.names ? { names: given.names } : {};
  switch (given.kind) {
    case "classes":
      return { kind: "classes", output, ...names };
    case "mask":
      return { kind: "mask", output, ...names, threshold: given.threshold ?? 0 };
    case "image":
      return { kind: "image", output, gain: given.gain ?? 255, offset: given.offset ?? 0 };
    case "boxes":
      return {
        kind: "boxes",
        names: given.names!,
        stride: typeof given.stride === "number" ? [given.stride, given.stride] : given.stride!,
        scores: place(given.scores),
        centers: place(given.centers),
        sizes: place(given.sizes),
        threshold: given.threshold ?? 0.05,
        overlap: given.overlap ?? 0.5,
      };
  }
}

/** What a network without a stated task does where the user names one; boxes need what only the file can tell. */
export const plainTask = (kind: Exclude<TaskKind, "boxes">, output: string): Task => withDefaults({ kind }, output);
