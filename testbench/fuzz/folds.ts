// Folds for the layers of a drawn network: only the integer network tells which ones are legal.
import { blockSizes, legalFolds, load, toIntegers } from "../../generator/index.ts";
import { imagesOf } from "./case.ts";
import type { DrawnNetwork } from "./network.ts";
import type { Recipe } from "./recipe.ts";

/** Weights of a layer that is loaded, at most. */
const LOADED = 300;

const weightsIn = ({ weights: { rows } }: { readonly weights: { readonly rows: readonly Int32Array[] } }): number =>
  rows.length * rows[0]!.length;

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/**
 * The network with a PE, a SIMD, several pixels a beat or loaded weights at some of its layers. `most`: lanes of a layer with several
 * pixels a beat, or unrolled; more would keep the simulators busy for minutes.
 */
export function withFolds(
  n: DrawnNetwork,
  seed: number,
  most: number,
  loaded: Recipe["loaded"] = "none",
): DrawnNetwork {
  const opened = load(JSON.stringify(n.file), () => {
    throw new Error("a drawn network has its numbers inside");
  });
  if (!opened.ok) return n;
  const { graph, quantization } = opened.value;
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
    const { tiled } = space;
    const pixels = tiled && step.pixels >= 40 ? tiled.pixels[step.pixels % tiled.pixels.length]! : undefined;
    const form = pixels ? tiled! : space;
    const [pe, simd] = [pick(form.pe, step.pe), pick(form.simd, step.simd)];
    const least = { pe: pe ?? form.pe[0]!, simd: simd ?? form.simd[0]!, pixels: pixels ?? 1 };
    if (pixels && space.arithmeticLanes(least) > most) continue;
    // All weights constants, where the layer has them and is small.
    const all = space.unrolled;
    if (step.pixels >= 30 && step.pixels < 40 && all && "pe" in all && all.pe * all.simd <= most) {
      layers[index as number] = { ...layers[index as number], unroll: true };
      continue;
    }
    // A long image at a source that rests takes a simulator minutes.
    const few = "weights" in node && weightsIn(node) <= LOADED;
    const ram = few && (loaded === "all" || (loaded === "some" && step.simd % 2 === 0));
    // Those in the bitstream as their code have folds of their own, too.
    const pressed = few && !ram && step.simd % 4 === 1 && "window" in node && node.window.groups === 1;
    if (pressed && !node.overrides.unroll && blockSizes(weightsIn(node)).length > 0) {
      const groups = pick(divisors(node.weights.rows.length), step.pe);
      layers[index as number] = { ...layers[index as number], coded: true, ...(groups ? { pe: groups } : {}) };
      continue;
    }
    // Those in memory beside the chip have folds of their own, and are coded, plain, or as the compiler likes; some read
    // them for each band of their map.
    if (ram && step.pe % 2 === 1 && "window" in node && node.window.groups === 1 && !node.overrides.unroll) {
      const groups = pick(divisors(node.weights.rows.length), step.pe);
      const coded = [undefined, blockSizes(weightsIn(node)).length > 0, false][(step.pe + step.pixels) % 3];
      const [height, width] = net.value.edges[node.output]!.shape;
      const bands = pick(divisors(height * width), step.simd);
      layers[index as number] = {
        ...{ ...layers[index as number], home: "external" },
        ...(bands ? { bands } : {}),
        ...(groups ? { pe: groups } : {}),
        ...(coded === undefined ? {} : { coded }),
      };
      continue;
    }
    const asked = {
      ...{ ...(pe ? { pe } : {}), ...(simd ? { simd } : {}), ...(pixels ? { pixels } : {}) },
      ...(ram ? { home: "ram", ...(step.pixels % 2 === 1 ? { coded: true } : {}) } : {}),
    };
    layers[index as number] = { ...layers[index as number], ...asked };
  }
  return { ...n, file: { ...n.file, layers } };
}
