// Which layer kinds can be drawn: those whose sample network becomes hardware.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, toHardware, toIntegers } from "../../generator/index.ts";
import { cellSources, root } from "../nets/build.ts";
import { drawers } from "./layers.ts";

export interface Kinds {
  /** Kinds that are drawn. */
  readonly drawn: readonly string[];
  /** Kinds of the compiler that are not, each with the reason. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Tries every kind's sample network of the compiler. */
export function findKinds(): Kinds {
  const dir = join(root, "generator/layers/samples");
  const drawn: string[] = [];
  const missing = new Map<string, string>();
  for (const file of readdirSync(dir).sort()) {
    const kind = file.replace(/\.json$/, "");
    const reason = drawers.has(kind)
      ? reasonAgainst(readFileSync(join(dir, file), "utf8"))
      : "the fuzzer cannot draw it";
    if (reason) missing.set(kind, reason);
    else drawn.push(kind);
  }
  return { drawn, missing };
}

function reasonAgainst(text: string): string | undefined {
  const loaded = load(text, () => {
    throw new Error("a sample needs no other file");
  });
  if (!loaded.ok) return loaded.diagnostics[0]!.message;
  const { shape } = loaded.value.graph.input;
  const data = new Int32Array(shape[0] * shape[1] * shape[2]).map((_, i) => i % 128);
  const net = toIntegers(loaded.value.graph, [{ shape, data }]);
  if (!net.ok) return net.diagnostics[0]!.message;
  const built = toHardware(net.value, { clockMHz: 100 }, cellSources());
  return built.ok ? undefined : built.diagnostics[0]!.message;
}
