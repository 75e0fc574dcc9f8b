// Folds given on the command line: --pe conv1=4,fc1=2 --simd conv1=5
import { inputError } from "../diagnostics/diagnostics.ts";
import { didYouMean } from "../diagnostics/print.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { UsageError } from "./numbers.ts";

export interface FoldArgs {
  readonly pe?: string | undefined;
  readonly simd?: string | undefined;
}

/** `layer=n` pairs, separated by commas; a name may hold `=`. */
function pairs(option: "pe" | "simd", text: string | undefined): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text?.split(",") ?? []) {
    const cut = part.lastIndexOf("=");
    const n = Number(part.slice(cut + 1));
    if (cut < 1 || !Number.isInteger(n) || n < 1) throw new UsageError(`--${option} takes layer=number, not "${part}"`);
    found.set(part.slice(0, cut), n);
  }
  return found;
}

/** The network with the folds asked for; throws InputError where a layer is unknown or computes nothing of its own. */
export function withFolds(net: QuantizedNetwork, args: FoldArgs): QuantizedNetwork {
  const asked = { pe: pairs("pe", args.pe), simd: pairs("simd", args.simd) };
  const names = net.nodes.map((n) => n.name);
  for (const key of ["pe", "simd"] as const)
    for (const name of asked[key].keys())
      if (!names.includes(name)) {
        const meant = didYouMean(name, names);
        throw inputError({
          code: "AN6005",
          message: `--${key}: no hardware node is called ${JSON.stringify(name)}`,
          expected: `one of ${names.join(", ")}`,
          ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
        });
      }
  if (asked.pe.size + asked.simd.size === 0) return net;
  return {
    ...net,
    nodes: net.nodes.map((n) => ({
      ...n,
      overrides: {
        ...n.overrides,
        ...(asked.pe.has(n.name) ? { pe: asked.pe.get(n.name) } : {}),
        ...(asked.simd.has(n.name) ? { simd: asked.simd.get(n.name) } : {}),
      },
    })),
  };
}
