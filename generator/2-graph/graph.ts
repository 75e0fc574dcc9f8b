// Stage 2: which layer reads which. Order, names, fan-in.
import type { Network } from "../1-parse/parse.ts";
import type { Report } from "../diagnostics/diagnostics.ts";
import { didYouMean } from "../diagnostics/print.ts";
import type { LayerJson } from "../layers/define.ts";
import { layerOf } from "../layers/index.ts";

export interface WiredLayer {
  readonly layer: LayerJson;
  /** Position in the file's list, for messages. */
  readonly index: number;
  readonly inputs: readonly string[];
}

/** Layers in topological order, each with the names it reads. */
export interface Wiring {
  readonly network: Network;
  readonly layers: readonly WiredLayer[];
  readonly outputs: readonly string[];
}

const MOST_COMPARISONS = 100_000;

export function wire(network: Network, report: Report): Wiring | undefined {
  const { layers } = network;
  const inputName = network.input.name;
  if (layers.length === 0) {
    report.error({
      code: "AN2007",
      message: "the network has no layers",
      path: ["layers"],
      expected: "at least one layer",
    });
    return undefined;
  }
  const byName = new Map<string, number>();
  layers.forEach((l, i) => {
    const first = l.name === inputName ? -1 : byName.get(l.name);
    if (first !== undefined)
      report.error({
        code: "AN2001",
        message: `the name ${JSON.stringify(l.name)} is taken`,
        path: ["layers", i, "name"],
        expected: "a unique name",
        notes: [{ path: first < 0 ? ["input", "name"] : ["layers", first, "name"], message: "first used here" }],
      });
    else byName.set(l.name, i);
  });
  const layerNames = [...byName.keys()];
  const allNames = [inputName, ...layerNames];
  let comparisons = 0;
  const unknown = (name: string, path: (string | number)[], code: "AN2002" | "AN2005") => {
    const names = code === "AN2002" ? allNames : layerNames;
    // Each name is compared with all others: of many thousand unknown ones the first are enough.
    comparisons += names.length;
    const meant = comparisons <= MOST_COMPARISONS ? didYouMean(name, names) : undefined;
    report.error({
      code,
      message: `no layer is called ${JSON.stringify(name)}`,
      path,
      expected: `one of ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", ..." : ""}`,
      ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
    });
  };
  const wired = layers.map((layer, index) => {
    const inputs = layer.inputs ?? [index === 0 ? inputName : layers[index - 1]!.name];
    inputs.forEach((n, k) => {
      if (n !== inputName && !byName.has(n)) unknown(n, ["layers", index, "inputs", k], "AN2002");
    });
    const { min, max } = layerOf(layer.kind).inputs;
    if (inputs.length < min || inputs.length > max)
      report.error({
        code: "AN2004",
        message: `${layer.kind} takes ${min === max ? min : `${min} to ${max}`} input${max === 1 ? "" : "s"}`,
        path: layer.inputs ? ["layers", index, "inputs"] : ["layers", index],
        expected: min === max ? String(min) : `${min} to ${max}`,
        found: String(inputs.length),
        ...(layer.inputs ? {} : { hint: 'name them: "inputs": ["first", "second"]' }),
      });
    return { layer, index, inputs };
  });
  const outputs = network.outputs ?? [layers.at(-1)!.name];
  network.outputs?.forEach((n, k) => {
    if (n !== inputName && !byName.has(n)) unknown(n, ["outputs", k], "AN2005");
  });
  if (report.failed) return undefined;

  const order: WiredLayer[] = [];
  const state = new Map<number, "open" | "done">();
  const trail: number[] = [];
  // Depth first with an explicit stack: a chain of many thousand layers must not exhaust the call stack.
  for (let start = 0; start < wired.length; start++) {
    const stack: { i: number; next: number }[] = state.has(start) ? [] : [{ i: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (top.next === 0) {
        state.set(top.i, "open");
        trail.push(top.i);
      }
      const name = wired[top.i]!.inputs[top.next++];
      if (name === undefined) {
        state.set(top.i, "done");
        trail.pop();
        order.push(wired[top.i]!);
        stack.pop();
      } else if (name !== inputName) {
        const j = byName.get(name)!;
        if (state.get(j) === "open") {
          const loop = [...trail.slice(trail.indexOf(j)), j].map((k) => layers[k]!.name);
          report.error({
            code: "AN2003",
            message: `the layers form a cycle: ${loop.join(" <- ")}`,
            path: ["layers", top.i],
            expected: "a layer reads only what does not depend on it",
          });
          return undefined;
        }
        if (!state.has(j)) stack.push({ i: j, next: 0 });
      }
    }
  }

  const read = new Set([...outputs, ...wired.flatMap((w) => w.inputs)]);
  for (const w of wired)
    if (!read.has(w.layer.name))
      report.error({
        code: "AN2006",
        message: `nothing reads the result of ${JSON.stringify(w.layer.name)}`,
        path: ["layers", w.index],
        expected: "a reader, or its name among the outputs",
        hint: `"outputs": [${[...outputs.slice(0, 8), w.layer.name].map((n) => JSON.stringify(n)).join(", ")}]`,
      });
  return report.failed ? undefined : { network, layers: order, outputs };
}
