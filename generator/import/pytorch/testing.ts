// Checkpoints that tests write themselves: Python's pickle and what torch.save puts around it, in bytes.
import { type Zippable, zipSync } from "fflate";
import type { FloatTensor } from "../../ir/tensor.ts";
import { latin1 } from "./values.ts";

export const ascii = (text: string): number[] => [...latin1(text)];
export const u32 = (n: number): number[] => [...new Uint8Array(Uint32Array.of(n).buffer)];
export const u64 = (n: bigint): number[] => [...new Uint8Array(BigUint64Array.of(n).buffer)];
export const unicode = (text: string): number[] => [0x58, ...u32(text.length), ...ascii(text)];
export const int = (n: number): number[] => [0x4a, ...u32(n >>> 0)];
export const long = (n: bigint): number[] => [0x8a, 9, ...u64(n), 0];
export const proto = [0x80, 2];
export const global = (module: string, name: string): number[] => ascii(`c${module}\n${name}\n`);

export interface StorageCode {
  type?: string;
  key?: string;
  length?: number[];
  view?: number[];
}

const storage = ({
  type = "FloatStorage",
  key = "0",
  length = int(4),
  view = ascii("N"),
}: StorageCode = {}): number[] => [
  ...ascii("("),
  ...unicode("storage"),
  ...global("torch", type),
  ...unicode(key),
  ...unicode("cpu"),
  ...length,
  ...view,
  ...ascii("tQ"),
];

export interface ViewCode {
  offset?: number[];
  shape?: number[][];
  strides?: number[][];
  /** Of a quantized tensor: scheme, scale and zero point. */
  affine?: number[];
}

export const tensor = ({
  offset = int(0),
  shape = [int(4)],
  strides = [int(1)],
  affine,
  ...rest
}: ViewCode & StorageCode = {}): number[] => [
  ...global("torch._utils", affine ? "_rebuild_qtensor" : "_rebuild_tensor_v2"),
  ...[...ascii("("), ...storage(rest), ...offset],
  ...[...ascii("("), ...shape.flat(), ...ascii("t("), ...strides.flat(), ...ascii("t"), ...(affine ?? [])],
  ...[0x89, ...ascii("}tR")],
];

export const dict = (entries: Record<string, number[]>): number[] => [
  ...ascii("}("),
  ...Object.entries(entries).flatMap(([key, value]) => [...unicode(key), ...value]),
  ...ascii("u"),
];

/** A tensor's 8-bit integers with one scale, as torch.quantize_per_tensor gives them. */
export interface Quantized {
  readonly shape: readonly number[];
  readonly integers: Int8Array;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A float of pickle: big-endian. */
const float = (v: number): number[] => {
  const bytes = new DataView(new ArrayBuffer(9));
  bytes.setUint8(0, 0x47);
  bytes.setFloat64(1, v);
  return [...new Uint8Array(bytes.buffer)];
};

/**
 * A file of torch.save in the zip format: the state dict, float32 and quantized tensors with a storage each.
 * @param around pickle code of what is saved, from that of the state dict
 */
export function torchZip(
  state: ReadonlyMap<string, FloatTensor | Quantized>,
  around: (code: number[]) => number[] = (code) => code,
): Uint8Array {
  const files: Zippable = {};
  const tensorOf = (t: FloatTensor | Quantized, i: number): number[] => {
    const key = String(i);
    const length = t.shape.reduce((a, b) => a * b, 1);
    const strides = t.shape.map((_, axis) => int(t.shape.slice(axis + 1).reduce((a, b) => a * b, 1)));
    const view = { key, length: int(length), shape: t.shape.map(int), strides, view: [] };
    if ("data" in t) {
      files[`archive/data/${key}`] = new Uint8Array(Float32Array.from(t.data).buffer);
      return tensor(view);
    }
    files[`archive/data/${key}`] = new Uint8Array(t.integers.buffer);
    const scheme = global("torch", "per_tensor_affine");
    const affine = [...ascii("("), ...scheme, ...float(t.scale), ...int(t.zeroPoint), ...ascii("t")];
    return tensor({ ...view, type: "QInt8Storage", affine });
  };
  const entries = Object.fromEntries([...state].map(([name, t], i) => [name, tensorOf(t, i)]));
  files["archive/data.pkl"] = Uint8Array.from([...proto, ...around(dict(entries)), ...ascii(".")]);
  files["archive/version"] = Uint8Array.from(ascii("3\n"));
  return zipSync(files, { level: 0 });
}
