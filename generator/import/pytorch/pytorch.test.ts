import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../diagnostics/diagnostics.ts";
import { openNpz } from "../../files/npz.ts";
import { readCheckpoint } from "./index.ts";
import {
  ascii,
  dict,
  global,
  int,
  long,
  proto,
  type StorageCode,
  tensor,
  u32,
  u64,
  unicode,
  type ViewCode,
} from "./testing.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const names = readdirSync(fixtures)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -5));

const load = (name: string): Uint8Array => readFileSync(join(fixtures, `${name}.pth`));

test.each(names)("%s: the tensors are what PyTorch says they are", (name) => {
  const expected: Record<string, { shape: number[]; data: number[] }> = JSON.parse(
    readFileSync(join(fixtures, `${name}.json`), "utf8"),
  );
  const { tensors } = readCheckpoint(load(name));
  expect([...tensors.keys()]).toEqual(Object.keys(expected));
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(tensors.get(key)!.shape, key).toEqual(shape);
    expect([...tensors.get(key)!.data], key).toEqual(data);
  }
});

test("there are fixtures of both formats", () => {
  expect(names).toEqual(expect.arrayContaining(["network-zip", "network-legacy", "views-zip", "views-legacy"]));
});

const shared = process.env.ADDERNET_SHARED ?? join(import.meta.dirname, "../../../../shared");
const resnet20 = join(shared, "data/resnet20-cifar10");

test.skipIf(!existsSync(resnet20))(
  "the published ResNet-20 equals its arrays (skipped without the shared data)",
  () => {
    const { tensors } = readCheckpoint(readFileSync(join(resnet20, "ResNet20-AdderNet.pth")));
    const arrays = openNpz(readFileSync(join(resnet20, "weights.npz")));
    expect(arrays.names().length).toBeGreaterThan(100);
    for (const name of arrays.names()) {
      const { shape, data } = arrays.read(name);
      expect(tensors.get(name)?.shape, name).toEqual(shape);
      expect(
        Buffer.from(tensors.get(name)!.data.buffer).equals(Buffer.from(Float64Array.from(data).buffer)),
        name,
      ).toBe(true);
    }
  },
);

// ------------------------------------------------------------------------------------------------ files of our own

const preamble = [
  ...proto,
  0x8a,
  10,
  0x6c,
  0xfc,
  0x9c,
  0x46,
  0xf9,
  0x20,
  0x6a,
  0xa8,
  0x50,
  0x19,
  0x2e,
  ...proto,
  ...int(1001),
  0x2e,
];

/** A legacy checkpoint whose value is the given pickle code. */
function legacy(
  code: ArrayLike<number>,
  storages: Record<string, number[]> = {},
  system: number[] = ascii("}"),
): Uint8Array {
  const keys = [...proto, ...ascii("]("), ...Object.keys(storages).flatMap(unicode), ...ascii("e.")];
  const parts = Object.values(storages).flatMap((floats) => [
    ...u64(BigInt(floats.length)),
    ...new Uint8Array(Float32Array.from(floats).buffer),
  ]);
  const head = [...preamble, ...proto, ...system, 0x2e, ...proto];
  const file = new Uint8Array(head.length + code.length + 1 + keys.length + parts.length);
  file.set(head);
  file.set(code, head.length);
  file.set([0x2e, ...keys, ...parts], head.length + code.length);
  return file;
}

const four = { 0: [1, 2, 3, 4] };
const one = (view: ViewCode & StorageCode): Uint8Array => legacy(dict({ w: tensor(view) }), four);
const valuesOf = (file: Uint8Array): number[] => [...readCheckpoint(file).tensors.get("w")!.data];

test("a file made by hand is read", () => {
  expect(valuesOf(one({}))).toEqual([1, 2, 3, 4]);
  expect(valuesOf(one({ shape: [int(2), int(2)], strides: [int(1), int(2)] }))).toEqual([1, 3, 2, 4]);
  const view = [...ascii("("), ...unicode("v"), ...int(1), ...int(3), ...ascii("t")];
  expect(valuesOf(one({ view, shape: [int(2)], offset: int(1) }))).toEqual([3, 4]);
});

test("keys that would be dangerous as properties are plain names", () => {
  const { tensors } = readCheckpoint(legacy(dict({ ["__proto__"]: tensor(), constructor: tensor() }), four));
  expect([...tensors.keys()]).toContain("constructor");
  expect(({} as Record<string, unknown>).shape).toBeUndefined();
});

test("what is no tensor is named", () => {
  const { tensors, ignored } = readCheckpoint(legacy(dict({ w: tensor(), epoch: int(3), note: unicode("x") }), four));
  expect([...tensors.keys()]).toEqual(["w"]);
  expect(ignored).toEqual(["epoch", "note"]);
});

test("several state dicts are named, and one is taken by its key", () => {
  const inner = (key: string) => dict({ [key]: tensor() });
  const file = legacy(
    dict({ state_dict: inner("a"), "ema.1": dict({ state_dict: inner("b") }), model: inner("c") }),
    four,
  );
  expect(refusal(file)).toContain('"state_dict" (1 entries), "model" (1 entries)');
  const keys = (state: string) => [...readCheckpoint(file, { state }).tensors.keys()];
  expect(keys("model")).toEqual(["c"]);
  expect(keys("ema.1")).toEqual(["b"]);
  expect(keys("ema.1.state_dict")).toEqual(["b"]);
  expect(() => keys("x")).toThrow(/nothing under the key "x"/);
});

test("what training keeps beside the weights is not taken for them", () => {
  const inner = (key: string) => dict({ [key]: tensor() });
  const beside = { optimizer: dict({ state: inner("momentum") }), lr_scheduler: inner("x"), callbacks: inner("best") };
  const keys = (file: Uint8Array): string[] => [...readCheckpoint(file).tensors.keys()];
  expect(keys(legacy(dict({ ...beside, classifier: inner("w"), epoch: int(3) }), four))).toEqual(["w"]);
  expect(refusal(legacy(dict({ generator: inner("w"), critic: inner("w") }), four))).toContain("several state dicts");
});

test("module. is only stripped from names that all have it", () => {
  const keys = (file: Uint8Array): string[] => [...readCheckpoint(file).tensors.keys()];
  expect(keys(legacy(dict({ "module.a": tensor(), "module.b": tensor() }), four))).toEqual(["a", "b"]);
  expect(keys(legacy(dict({ "module.a": tensor(), b: tensor() }), four))).toEqual(["module.a", "b"]);
  expect(keys(legacy(dict({ "module._orig_mod.a": tensor(), "module._orig_mod.b": tensor() }), four))).toEqual([
    "a",
    "b",
  ]);
  expect(keys(legacy(dict({ n_averaged: tensor(), "module.a": tensor() }), four))).toEqual(["a"]);
  expect(keys(legacy(dict({ "model.net.a": tensor() }), four))).toEqual(["a"]);
});

// ------------------------------------------------------------------------------------------------ hostile files

/** The error's text; fails when there is none, when it is another's, or when it took long. */
function refusal(file: Uint8Array): string {
  const started = Date.now();
  try {
    readCheckpoint(file);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect(Date.now() - started).toBeLessThan(5000);
    const { message, expected, found, hint } = (error as InputError).diagnostics[0]!;
    return [message, expected, found, hint].join(" | ");
  }
  throw new Error("not refused");
}

const system = [...global("os", "system"), ...ascii("("), ...unicode("true"), ...ascii("tR")];

describe("names that are not data", () => {
  test.each([
    ["os.system", legacy(system)],
    [
      "builtins.eval",
      legacy([...unicode("builtins"), ...unicode("eval"), 0x93, ...ascii("("), ...unicode("1"), ...ascii("tR")]),
    ],
    ["torch.storage._load_from_bytes", legacy(global("torch.storage", "_load_from_bytes"))],
    ["collections.OrderedDict.__init__", legacy(global("collections", "OrderedDict.__init__"))],
  ])("%s is refused by name", (name, file) => {
    expect(refusal(file)).toContain(`"${name}"`);
    expect(refusal(file)).toContain("state_dict()");
  });

  test("extension codes and named storages have no opcode", () => {
    for (const code of ["\x82", "P"]) {
      expect(refusal(legacy([...global("collections", "OrderedDict"), ...ascii(`)${code}x\ny\n`)]))).toContain(
        "opcode 0x",
      );
    }
  });

  const command = [...ascii("("), ...unicode("touch /tmp/x")];
  test.each([
    ["a call", [...global("os", "system"), ...command, ...ascii("tR")]],
    ["an instance of protocol 0", [...command, ...ascii("ios\nsystem\n")]],
    ["an instance of protocol 1", [...ascii("("), ...global("os", "system"), ...unicode("true"), ...ascii("o")]],
    ["an instance of protocol 2", [...global("os", "system"), ...command, ...ascii("t\x81")]],
    ["one with named arguments", [...global("os", "system"), ...command, ...ascii("t}\x92")]],
    ["one with attributes", [...global("os", "system"), ...ascii(")\x81}(S'a'\nK\x01ub")]],
    ["a call of a call", [...global("builtins", "getattr"), ...ascii(")R)R")]],
    ["items of an object", [...global("a", "b"), ...ascii(")R(K\x01K\x02uK\x03a")]],
  ])("%s beside the tensors is named and nothing more", (_, code) => {
    const { tensors, ignored } = readCheckpoint(legacy(dict({ w: tensor(), evil: code }), four));
    expect([...tensors.keys()]).toEqual(["w"]);
    expect(ignored).toEqual(["evil"]);
  });

  test("only names can be called", () => {
    expect(refusal(legacy([...unicode("os.system"), ...ascii("()tR")]))).toContain("damaged");
    expect(refusal(legacy(ascii("}(tR")))).toContain("damaged");
  });
});

const repeat = (text: string, times: number): Uint8Array => new Uint8Array(Buffer.from(text.repeat(times), "latin1"));

/** Dictionaries of `width` keys, all with the same value, `depth` deep. */
function nested(width: number, depth: number): number[] {
  let code = ascii("}");
  for (let level = 0; level < depth; level++) {
    const entries = Array.from({ length: width }, (_, i) => [...unicode(`k${i}`), 0x68, level]).flat();
    code = [...code, ...[0x71, level, 0x30], ...ascii("}("), ...entries, ...ascii("u")];
  }
  return code;
}

describe("bombs", () => {
  const bombs: [string, () => Uint8Array][] = [
    ["lists half a million deep", () => legacy([...repeat("]", 500_000), ...repeat("a", 499_999)])],
    ["tuples half a million deep", () => legacy([...repeat(")", 1), ...repeat("\x85", 500_000)])],
    ["a million marks", () => legacy(repeat("(", 1_000_000))],
    [
      "lists that double a hundred times by reference",
      () => legacy(ascii(`]q\x00${"](h\x00h\x00eq\x00".repeat(100)}`)),
    ],
    [
      "a dictionary that holds itself",
      () => legacy([...ascii("}q\x00"), ...unicode("state_dict"), ...ascii("h\x00s")]),
    ],
    ["a tensor of 2^50 elements", () => one({ shape: [long(2n ** 50n)] })],
    ["a tensor of 2^80 elements", () => one({ shape: [long(2n ** 40n), long(2n ** 40n)], strides: [int(1), int(1)] })],
    ["a tensor that repeats one element", () => one({ shape: [int(1_000_000)], strides: [int(0)] })],
    ["a storage that claims 2^52 elements", () => one({ length: long(2n ** 52n), shape: [long(2n ** 52n)] })],
    ["a storage that claims more than a number holds", () => one({ length: long(2n ** 62n) })],
    ["a text of 2^60 bytes", () => legacy([0x8d, ...u64(2n ** 60n)])],
    ["a text of 2^32 - 1 bytes", () => legacy([0x58, ...u32(0xffffffff)])],
    ["an integer of 2^31 bytes", () => legacy([0x8b, ...u32(2 ** 31)])],
    ["a reference to nothing", () => legacy(ascii("j\xff\xff\xff\xff"))],
    ["a negative offset", () => one({ offset: int(-1) })],
    ["a negative stride", () => one({ strides: [int(-1)], offset: int(3) })],
    ["an offset past the end", () => one({ offset: int(1) })],
    ["more strides than axes", () => one({ strides: [int(1), int(1)] })],
    ["forty axes", () => one({ shape: Array(40).fill(int(1)), strides: Array(40).fill(int(1)) })],
    ["a storage of two types", () => legacy(dict({ a: tensor(), b: tensor({ type: "LongStorage" }) }), four)],
    ["a storage that is not there", () => legacy(dict({ a: tensor({ key: "9" }) }))],
    [
      "a view past its storage",
      () => one({ view: [...ascii("("), ...unicode("v"), ...int(2), ...int(3), ...ascii("t")] }),
    ],
    ["dictionaries that all hold the next one a thousand times", () => legacy(nested(1000, 4))],
    ["an unknown storage type", () => one({ type: "ComplexFloatStorage" })],
    ["a list for a checkpoint", () => legacy(ascii("]"))],
    ["an empty dictionary", () => legacy(ascii("}"))],
    ["no value", () => legacy([])],
    ["one value for a pair", () => legacy([...ascii("}("), ...unicode("a"), ...ascii("u")])],
    ["protocol 9", () => legacy([0x80, 9])],
    ["an empty file", () => new Uint8Array(0)],
    ["another file", () => new TextEncoder().encode("hello, world")],
    ["an archive without a pickle", () => new Uint8Array([...ascii("PK\x05\x06"), ...Array(18).fill(0)])],
  ];

  test.each(bombs)("%s", (_, file) => {
    expect(refusal(file())).not.toBe("");
  });

  test("many tensors of one storage are counted before they are copied", () => {
    const length = 200_000;
    const floats = Array.from({ length }, (_, i) => i % 7);
    const view = tensor({ length: int(length), shape: [int(length)] });
    const entries = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`t${i}`, view]));
    expect(refusal(legacy(dict(entries), { 0: floats }))).toContain("too large");
  });
});

describe.each(["views-legacy", "views-zip", "wrapped-zip"])("%s damaged", (name) => {
  const whole = load(name);

  test("cut anywhere: an error of ours", () => {
    for (let length = 0; length < whole.length; length++) expect(refusal(whole.subarray(0, length))).not.toBe("");
  });

  test("bytes changed: an error of ours, or other numbers", () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const file = Uint8Array.from(whole);
        for (const [at, value] of changes) file[at] = value;
        try {
          readCheckpoint(file);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
