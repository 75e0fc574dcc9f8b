// The part of ONNX's messages that a model for inference needs. Field numbers: https://onnx.ai (onnx.proto).
import protobuf from "protobufjs/light.js";
import { unreadable } from "./error.ts";

export interface TensorMessage {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly doubleData: readonly number[];
  readonly uint64Data: readonly number[];
  readonly name: string;
  readonly rawData: Uint8Array;
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
  readonly dataLocation: number;
}

export interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f: number;
  readonly i: number;
  readonly s: Uint8Array;
  readonly t: TensorMessage | null;
  readonly g: unknown;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
}

export interface NodeMessage {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly AttributeMessage[];
}

export interface ValueMessage {
  readonly name: string;
  /** Null for what is no tensor. */
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly { readonly dimValue: number; readonly dimParam: string }[] } | null;
    } | null;
  } | null;
}

export interface GraphMessage {
  readonly node: readonly NodeMessage[];
  readonly name: string;
  readonly initializer: readonly TensorMessage[];
  readonly sparseInitializer: readonly unknown[];
  readonly input: readonly ValueMessage[];
  readonly output: readonly ValueMessage[];
  readonly valueInfo: readonly ValueMessage[];
}

export interface ModelMessage {
  readonly irVersion: number;
  readonly producerName: string;
  readonly graph: GraphMessage | null;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly functions: readonly unknown[];
}

/** [type, number], with a * for a repeated field. */
type Fields = Readonly<Record<string, readonly [type: string, id: number]>>;

const messages: Readonly<Record<string, Fields>> = {
  Entry: { key: ["string", 1], value: ["string", 2] },
  Tensor: {
    dims: ["int64*", 1],
    dataType: ["int32", 2],
    floatData: ["float*", 4],
    int32Data: ["int32*", 5],
    int64Data: ["int64*", 7],
    name: ["string", 8],
    rawData: ["bytes", 9],
    doubleData: ["double*", 10],
    uint64Data: ["uint64*", 11],
    externalData: ["Entry*", 13],
    dataLocation: ["int32", 14],
  },
  Dim: { dimValue: ["int64", 1], dimParam: ["string", 2] },
  Shape: { dim: ["Dim*", 1] },
  TensorType: { elemType: ["int32", 1], shape: ["Shape", 2] },
  Type: { tensorType: ["TensorType", 1] },
  Value: { name: ["string", 1], type: ["Type", 2] },
  Attribute: {
    name: ["string", 1],
    f: ["float", 2],
    i: ["int64", 3],
    s: ["bytes", 4],
    t: ["Tensor", 5],
    g: ["Graph", 6],
    floats: ["float*", 7],
    ints: ["int64*", 8],
    strings: ["bytes*", 9],
    type: ["int32", 20],
  },
  Node: {
    input: ["string*", 1],
    output: ["string*", 2],
    name: ["string", 3],
    opType: ["string", 4],
    attribute: ["Attribute*", 5],
    domain: ["string", 7],
  },
  Graph: {
    node: ["Node*", 1],
    name: ["string", 2],
    initializer: ["Tensor*", 5],
    docString: ["string", 10],
    input: ["Value*", 11],
    output: ["Value*", 12],
    valueInfo: ["Value*", 13],
    sparseInitializer: ["bytes*", 15],
  },
  Opset: { domain: ["string", 1], version: ["int64", 2] },
  Model: {
    irVersion: ["int64", 1],
    producerName: ["string", 2],
    graph: ["Graph", 7],
    opsetImport: ["Opset*", 8],
    functions: ["bytes*", 25],
  },
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, [type, id]]) => {
            const repeated = type.endsWith("*");
            const plain = repeated ? type.slice(0, -1) : type;
            // ONNX's own writers pack numbers or not, by field; readers take both.
            return [field, { type: plain, id, ...(repeated ? { rule: "repeated" } : {}), options: { packed: false } }];
          }),
        ),
      },
    ]),
  ),
});

const Model = root.lookupType("Model");

/** Decodes a model. Throws InputError (AN9003). */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  let model: ModelMessage;
  try {
    const message = Model.decode(bytes);
    model = Model.toObject(message, { longs: Number, defaults: true, arrays: true }) as unknown as ModelMessage;
  } catch (error) {
    throw unreadable("this is not an ONNX model", {
      expected: "a model in protobuf, as torch.onnx.export writes it",
      found: error instanceof Error ? error.message : String(error),
    });
  }
  if (!model.graph || model.graph.node.length === 0) {
    throw unreadable("this is not an ONNX model", { expected: "a graph with nodes", found: "none" });
  }
  return model;
}

/** The bytes of a model; fields that are left out have their defaults. */
export const encodeModel = (model: object): Uint8Array => Model.encode(Model.fromObject(model)).finish();
