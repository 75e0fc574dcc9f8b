/**
 * The compiler as a library: a network file in, a design out. Everything works on text and bytes; reading and writing
 * files is the caller's. What may fail because of the input gives a `Result`, whose `diagnostics` say why.
 *
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { cellSources, design, exportFormats, load, printDiagnostic, readNpy } from "addernet-rtl";
 * import { type Result, targets, toIntegers, verifyDesign } from "addernet-rtl";
 *
 * const read = (name: string) => readFileSync(`examples/xor/${name}`);
 * function value<T>(r: Result<T>): T {
 *   if (!r.ok) throw new Error(r.diagnostics.map((d) => printDiagnostic(d)).join("\n"));
 *   return r.value;
 * }
 *
 * // File in: shapes and weights, and the images that fix the scales (stored integers, rows x columns x channels).
 * const { graph, quantization } = value(load(read("network.json").toString(), read));
 * const inputs = readNpy(read("inputs.npy"));
 * const images = [0, 1, 2, 3].map((i) => ({
 *   shape: graph.input.shape,
 *   data: Int32Array.from(inputs.data.subarray(2 * i, 2 * i + 2), Number),
 * }));
 * const net = value(toIntegers(graph, images, { bits: quantization.bits ?? 8 }));
 *
 * // Design out: the folds of least logic for a rate on a board, its files, what it takes by estimate.
 * const made = value(design(net, { target: "icebreaker", fps: 1000, benchImages: images }, cellSources()));
 * console.log(`${made.files.size} files, ${made.schedule.interval} clocks a frame at ${made.clockMHz} MHz`);
 * console.log(`${made.estimates.families.ice40?.lut} of ${targets.get("icebreaker")?.device?.resources.lut} LUTs`);
 *
 * // Proven right: every layer's stream against the golden model, in simulation (Verilator, or { sim: "icarus" }).
 * const proof = await verifyDesign(made, images, { sourceStall: 0.2, sinkStall: 0.2 });
 * if (proof.mismatch) throw new Error(`${proof.mismatch.tensor} differs in image ${proof.mismatch.frame}`);
 * console.log(`${proof.frames} images equal at ${proof.streams} streams`);
 *
 * // Weights alone, in any format of `addernet export`.
 * const words = exportFormats.get("hex")?.files(made.net, { folds: {} });
 * console.log([...(words ?? [])].map(([path]) => path).join(" "));
 * ```
 *
 * A build with `benchImages` holds a self-checking test bench in plain Verilog (`make sim-icarus`); `addernet verify DIR`
 * compares a written folder with the golden model at every stream.
 */
import type { Design } from "./design.ts";
import type { IntTensor } from "./ir/tensor.ts";
import type { SimulateOptions } from "./verify/simulate.ts";
import type { VerifyResult } from "./verify/verify.ts";

export { jsonSchema } from "./1-parse/schema.ts";
export { legalFolds } from "./5-schedule/folds.ts";
export type { Vectors } from "./7-emit/beats.ts";
export { quietClocks } from "./7-emit/bench.ts";
export type { CellSources, OutputFiles } from "./7-emit/emit.ts";
export { outputPort, portLaneBits, watched } from "./7-emit/verilog.ts";
export { withSubcells } from "./cells/closure.ts";
export {
  type Build,
  type BuildOptions,
  type Loaded,
  load,
  type QuantizeRun,
  toHardware,
  toIntegers,
} from "./compile.ts";
export { type Design, type DesignRequest, design, type Estimates, type FoldRequest } from "./design.ts";
export { type Diagnostic, InputError, type Result } from "./diagnostics/diagnostics.ts";
export { diagnosticJson, printDiagnostic } from "./diagnostics/print.ts";
export { exportFormats } from "./export/index.ts";
export { readNpy } from "./files/index.ts";
export { readIntegers, writeIntegers } from "./integer-file.ts";
export type { Graph, InputSpec } from "./ir/graph.ts";
export type { QuantizedNetwork, QuantizedNode } from "./ir/quantized.ts";
export type { EdgeType, IntTensor } from "./ir/tensor.ts";
export { type Target, targets } from "./targets/index.ts";
export { cellSources } from "./templates.ts";
export type { Mismatch } from "./verify/mismatch.ts";
export type { SimulateOptions } from "./verify/simulate.ts";
export type { VerifyResult } from "./verify/verify.ts";
export {
  blockSizes,
  bookOf,
  decode as decodeWeights,
  encode as encodeWeights,
  histogramOf,
} from "./weights/code.ts";
export { externalBytes } from "./weights/external.ts";
export { type CodedRequest, type HomeRequest, withHomes } from "./weights/homes.ts";
export { type Image, ImageError, imageOf, readImage, writeImage } from "./weights/image.ts";

/**
 * Simulates a design and compares every stream that carries a tensor with the golden model, beat by beat, and its clocks
 * with the prediction. Needs a simulator and a C++ compiler on the machine; the model is compiled once and kept.
 * @param images stored integers (rows x columns x channels), a frame each
 * @returns the first difference as `mismatch`, latency and interval in clocks, the values of all outputs by frame
 * @throws BuildError where the simulator is absent or refuses the Verilog, HangError where the design stops
 */
export const verifyDesign = async (
  made: Pick<Design, "net" | "hardware" | "files">,
  images: readonly IntTensor[],
  options: SimulateOptions = {},
): Promise<VerifyResult> => (await import("./verify/simulate.ts")).simulateDesign(made, images, options);
export { type BuiltWeights, packFor } from "./weights/pack.ts";
