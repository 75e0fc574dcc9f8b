// The small networks in kinds/, which together hold every layer kind and every shape of graph.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Build,
  type Graph,
  load,
  type QuantizedNetwork,
  type QuantizeRun,
  type Result,
  toHardware,
  toIntegers,
} from "../../generator/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { imagesOf } from "../fuzz/case.ts";
import { cellSources, root } from "./build.ts";

const dir = join(root, "testbench/nets/kinds");
export const kindFiles: readonly string[] = readdirSync(dir).sort();

/** Every layer kind of the compiler: each has a sample. */
export const layerKinds: readonly string[] = readdirSync(join(root, "generator/layers/samples"))
  .sort()
  .map((f) => f.replace(/\.json$/, ""));

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

/** A layer as the network file states it. */
export interface StatedLayer {
  readonly name: string;
  readonly kind: string;
  readonly bits?: number;
  readonly padding?: unknown;
  readonly [field: string]: unknown;
}

export interface KindNetwork {
  readonly graph: Graph;
  readonly layers: readonly StatedLayer[];
}

export function kindNetwork(file: string): KindNetwork {
  const text = readFileSync(join(dir, file), "utf8");
  const { graph } = value(
    load(text, () => {
      throw new Error("weights are inline");
    }),
  );
  return { graph, layers: JSON.parse(text).layers };
}

/** The network in integers of `bits`, where no layer says otherwise, and the images that fixed its scales. */
export function kindIntegers(
  graph: Graph,
  bits: number,
  options: QuantizeRun = {},
): { net: QuantizedNetwork; images: readonly IntTensor[] } {
  const images = imagesOf(graph, 7, 24);
  return { net: value(toIntegers(graph, images, { ...options, bits })), images };
}

/** A clock far above any FPGA's lets the scheduler reach any rate: only the folds matter. */
export const kindHardware = (net: QuantizedNetwork, fps: number): Build =>
  value(toHardware(net, { fps, clockMHz: fps > 1e6 ? 1e4 : 100 }, cellSources()));
