// Folds for the layers of a drawn network: only the integer network tells which ones are legal.
import { legalFolds, load, toIntegers } from "../../generator/index.ts";
import { imagesOf } from "./case.ts";
import type { DrawnNetwork } from "./network.ts";

/** The network with a PE or a SIMD at some of its layers. */
export function withFolds(n: DrawnNetwork, seed: number): DrawnNetwork {
  const loaded = load(JSON.stringify(n.file), () => {
    throw new Error("a drawn network has its numbers inside");
  });
  if (!loaded.ok) return n;
  const { graph, quantization } = loaded.value;
  const { calibration: _, ...stated } = quantization;
  const net = toIntegers(graph, imagesOf(graph, seed, 1), stated);
  if (!net.ok) return n;
  const folds = legalFolds(net.value);
  const layers = [...n.file.layers];
  for (const node of net.value.nodes) {
    const [first, index] = node.path;
    const space = folds.get(node.name);
    // Nodes that only bring a layer's input to fewer bits bear the layer's path.
    if (first !== "layers" || !space || n.file.layers[index as number]!.name !== node.name) continue;
    const step = n.steps[index as number]!;
    // Half of the layers are left to the compiler.
    const pick = (legal: readonly number[], drawn: number) => (drawn < 50 ? undefined : legal[drawn % legal.length]!);
    const [pe, simd] = [pick(space.pe, step.pe), pick(space.simd, step.simd)];
    layers[index as number] = { ...layers[index as number], ...(pe ? { pe } : {}), ...(simd ? { simd } : {}) };
  }
  return { ...n, file: { ...n.file, layers } };
}
