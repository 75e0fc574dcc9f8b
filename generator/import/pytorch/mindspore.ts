// Checkpoints of MindSpore (.ckpt): named tensors in protobuf, the tensors in slices where they are large.
import protobuf from "protobufjs/light.js";
import type { FloatTensor } from "../../ir/tensor.ts";
import { shown, unreadable } from "./error.ts";
import { formats, type Stored } from "./tensors.ts";
import type { StorageType } from "./values.ts";

const field = (type: string, id: number, rule?: "repeated") => ({ type, id, ...(rule ? { rule } : {}) });

/** mindspore/ccsrc/utils/checkpoint.proto. */
export const mindspore = protobuf.Root.fromJSON({
  nested: {
    Checkpoint: { fields: { value: field("Value", 1, "repeated") } },
    Value: { fields: { tag: field("string", 1), tensor: field("Tensor", 2), map: field("bytes", 3) } },
    Tensor: {
      fields: { dims: field("int64", 1, "repeated"), type: field("string", 2), content: field("bytes", 3) },
    },
  },
}).lookupType("Checkpoint");

interface Message {
  readonly value: readonly {
    readonly tag: string;
    readonly tensor: { readonly dims: readonly number[]; readonly type: string; readonly content: Uint8Array } | null;
  }[];
}

/** MindSpore writes Float32, UInt8 and so on. */
const storageOf = (type: string): StorageType | undefined => {
  const name = type.toLowerCase();
  return Object.hasOwn(formats, name) ? (name as StorageType) : undefined;
};

/** What MindSpore calls the parts of a norm, as PyTorch calls them. */
const parts = { gamma: "weight", beta: "bias", moving_mean: "running_mean", moving_variance: "running_var" } as const;

export interface MindSporeTensors {
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  readonly stored: ReadonlyMap<string, Stored>;
  readonly ignored: readonly string[];
}

/** Reads the tensors; undefined where the bytes are no such file. Norms bear PyTorch's names. Throws InputError. */
export function readMindSpore(bytes: Uint8Array): MindSporeTensors | undefined {
  // The first field of a file is an entry, and the first of an entry its name.
  if (bytes[0] !== 0x0a || bytes.length < 8) return undefined;
  let file: Message;
  try {
    const message = mindspore.decode(bytes);
    file = mindspore.toObject(message, { longs: Number, defaults: true, arrays: true }) as unknown as Message;
  } catch {
    return undefined;
  }
  const { value: values } = file;
  if (values.length === 0 || !values.every((v) => v.tag !== "" && (v.tensor === null || v.tensor.type !== "")))
    return undefined;
  const slices = new Map<string, { dims: readonly number[]; type: string; content: Uint8Array[] }>();
  const ignored: string[] = [];
  for (const { tag, tensor } of values) {
    const had = slices.get(tag);
    if (!tensor || storageOf(tensor.type) === undefined) ignored.push(tag);
    else if (had) had.content.push(tensor.content);
    else slices.set(tag, { dims: tensor.dims, type: tensor.type, content: [tensor.content] });
  }
  const tensors = new Map<string, FloatTensor>();
  const stored = new Map<string, Stored>();
  for (const [tag, { dims, type, content }] of slices) {
    const dtype = storageOf(type)!;
    const { size, get } = formats[dtype];
    const count = dims.reduce((a, b) => a * b, 1);
    const length = content.reduce((a, c) => a + c.length, 0);
    if (count * size !== length)
      throw unreadable(`the tensor ${shown(tag)} is cut short`, {
        expected: `${count * size} bytes for [${dims.join(", ")}] of ${type}`,
        found: `${length} bytes`,
      });
    const whole = content.length === 1 ? content[0]! : joined(content);
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    const name = torchName(tag, slices);
    tensors.set(name, { shape: dims, data: Float64Array.from({ length: count }, (_, i) => get(view, i * size, true)) });
    stored.set(name, { shape: dims, dtype });
  }
  return { tensors, stored, ignored };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    whole.set(p, at);
    at += p.length;
  }
  return whole;
}

/** A norm has all four parts; a lone gamma is something else. */
function torchName(tag: string, all: ReadonlyMap<string, unknown>): string {
  const dot = tag.lastIndexOf(".");
  const [layer, part] = [tag.slice(0, dot), tag.slice(dot + 1)];
  if (dot < 0 || !Object.hasOwn(parts, part)) return tag;
  return Object.keys(parts).every((p) => all.has(`${layer}.${p}`))
    ? `${layer}.${parts[part as keyof typeof parts]}`
    : tag;
}
