// Finds and checks the tensors that layers ask for.
import type { Report } from "../diagnostics/diagnostics.ts";
import { didYouMean } from "../diagnostics/print.ts";
import { FileError } from "../files/error.ts";
import { openTensorFile } from "../files/open.ts";
import { type TensorFile, toFloatTensor } from "../files/tensor.ts";
import type { JsonPath } from "../ir/graph.ts";
import type { FloatTensor } from "../ir/tensor.ts";
import type { TensorRef, TensorRequest } from "../layers/define.ts";

/** Gives the bytes of a file named in the network file; throws what the file system says. */
export type ReadFile = (relativePath: string) => Uint8Array;

export class TensorSource {
  readonly #read: ReadFile;
  readonly #weights: string | undefined;
  readonly #open = new Map<string, TensorFile | undefined>();

  constructor(read: ReadFile, weights: string | undefined) {
    this.#read = read;
    this.#weights = weights;
  }

  /** The tensor in the file's order, checked for shape and finite values; undefined after a report. */
  read(request: TensorRequest, layer: string, path: JsonPath, report: Report): FloatTensor | undefined {
    const at = [...path, request.field];
    const { ref } = request;
    const label = `${JSON.stringify(request.role)} of ${JSON.stringify(layer)}`;
    const found = Array.isArray(ref) ? inline(ref, at, label, report) : this.#fromFile(ref, at, label, report);
    if (!found) return undefined;
    const { name, file, shape } = found;
    if (shape.length !== request.shape.length || shape.some((n, i) => n !== request.shape[i])) {
      report.error({
        code: "AN3103",
        message: `tensor ${name} has the wrong shape`,
        path: at,
        ...(file ? { file } : {}),
        expected: `[${request.shape.join(", ")}] for ${label}`,
        found: `[${shape.join(", ")}]`,
        ...(sameSet(shape, request.shape) ? { hint: 'the order of the axes differs: see "layout"' } : {}),
      });
      return undefined;
    }
    // A file's tensor is unpacked when its shape is known to be right.
    const tensor = found.tensor ?? guarded(name, file, at, report, found.load);
    if (!tensor) return undefined;
    for (let i = 0; i < tensor.data.length; i++) {
      const v = tensor.data[i]!;
      if (!Number.isFinite(v)) {
        report.error({
          code: "AN3104",
          message: `tensor ${name} holds ${Number.isNaN(v) ? "NaN" : "infinity"}`,
          path: at,
          ...(file ? { file } : {}),
          expected: "finite numbers",
          found: `${v} at [${position(tensor.shape, i).join(", ")}]`,
          hint: "the training diverged or the export is damaged",
        });
        return undefined;
      }
      if (request.nonNegative && v < 0) {
        report.error({
          code: "AN3107",
          message: `tensor ${name} holds a negative variance`,
          path: at,
          ...(file ? { file } : {}),
          expected: "values from 0 up",
          found: `${v} at [${position(tensor.shape, i).join(", ")}]`,
        });
        return undefined;
      }
    }
    return tensor;
  }

  #fromFile(ref: Exclude<TensorRef, unknown[]>, at: JsonPath, label: string, report: Report) {
    const file = typeof ref === "string" ? this.#weights : ref.file;
    if (!file) {
      report.error({
        code: "AN3101",
        message: "the network names no weights file",
        path: at,
        expected: 'a key "weights" at the top of the network file',
        hint: '"weights": "weights.safetensors"',
      });
      return undefined;
    }
    const open = this.#file(file, at, report);
    if (!open) return undefined;
    const names = open.names();
    const name = typeof ref === "string" ? ref : (ref.name ?? (names.length === 1 ? names[0]! : ""));
    if (!names.includes(name)) {
      const meant = didYouMean(name, names);
      report.error({
        code: "AN3102",
        message: name ? `no tensor is called ${JSON.stringify(name)}` : `${JSON.stringify(file)} holds several tensors`,
        path: at,
        file,
        expected: `${label}; the file has ${names.slice(0, 8).join(", ")}${names.length > 8 ? `, and ${names.length - 8} more` : ""}`,
        ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
      });
      return undefined;
    }
    const quoted = JSON.stringify(name);
    const shape = guarded(quoted, file, at, report, () => open.shape(name));
    return shape && { tensor: undefined, shape, name: quoted, file, load: () => toFloatTensor(open.read(name)) };
  }

  #file(file: string, at: JsonPath, report: Report): TensorFile | undefined {
    if (this.#open.has(file)) return this.#open.get(file);
    let opened: TensorFile | undefined;
    const path = file === this.#weights ? ["weights"] : at;
    try {
      opened = openTensorFile(this.#read(file), file);
    } catch (e) {
      if (e instanceof FileError)
        report.error({ code: "AN3105", message: `${JSON.stringify(file)}: ${e.message}`, path, file, ...fileFacts(e) });
      else
        report.error({
          code: "AN3101",
          message: `the weights file cannot be read: ${e instanceof Error ? e.message : String(e)}`,
          path,
          file,
          expected: "a .safetensors, .npz or .npy file beside the network file",
        });
    }
    this.#open.set(file, opened);
    return opened;
  }
}

/** What a file gives; undefined after a report of what is wrong with it. */
function guarded<T>(
  name: string,
  file: string | undefined,
  at: JsonPath,
  report: Report,
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (e) {
    if (!(e instanceof FileError)) throw e;
    report.error({
      code: "AN3106",
      message: `tensor ${name}: ${e.message}`,
      path: at,
      ...(file ? { file } : {}),
      ...fileFacts(e),
    });
    return undefined;
  }
}

const fileFacts = (e: FileError) => ({
  ...(e.expected ? { expected: e.expected } : {}),
  ...(e.found ? { found: e.found } : {}),
  ...(e.hint ? { hint: e.hint } : {}),
});

const sameSet = (a: readonly number[], b: readonly number[]): boolean =>
  [...a].sort((x, y) => x - y).join() === [...b].sort((x, y) => x - y).join();

function position(shape: readonly number[], index: number): number[] {
  const out: number[] = [];
  let rest = index;
  for (let a = shape.length - 1; a >= 0; a--) {
    out.unshift(rest % shape[a]!);
    rest = Math.floor(rest / shape[a]!);
  }
  return out;
}

/** Nested arrays of numbers; every array of one level must have the same length. */
function inline(value: unknown[], at: JsonPath, label: string, report: Report) {
  const shape: number[] = [];
  for (let v: unknown = value; Array.isArray(v); v = v[0]) shape.push(v.length);
  const data: number[] = [];
  const visit = (v: unknown, depth: number, path: (string | number)[]): boolean => {
    if (depth === shape.length ? typeof v !== "number" : !Array.isArray(v) || v.length !== shape[depth]) {
      report.error({
        code: "AN3103",
        message: `${label}: the nested arrays are not a regular tensor of numbers`,
        path: [...at, ...path],
        expected: depth === shape.length ? "a number" : `an array of ${shape[depth]}`,
        found: JSON.stringify(v)?.slice(0, 60) ?? "nothing",
      });
      return false;
    }
    if (typeof v === "number") data.push(v);
    else return (v as unknown[]).every((c, i) => visit(c, depth + 1, [...path, i]));
    return true;
  };
  if (!visit(value, 0, [])) return undefined;
  const tensor = { shape, data: Float64Array.from(data) };
  return { tensor, shape, name: "inline", file: undefined, load: () => tensor };
}
