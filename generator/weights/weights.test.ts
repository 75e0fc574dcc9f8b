import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { MEMORY } from "../5-schedule/schedule.ts";
import { load, toIntegers } from "../compile.ts";
import { type Design, design } from "../design.ts";
import { estimateCell } from "../device/model/model.ts";
import { InputError, type Result } from "../diagnostics/diagnostics.ts";
import { readIntegers, writeIntegers } from "../integer-file.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { memoryStyle } from "../targets/memory.ts";
import { cellSources, driverSource, serialHost } from "../templates.ts";
import { fromImageWords, imageWordsOf, toImageWords } from "./chain.ts";
import { CodeError } from "./code.ts";
import { compress, expand } from "./expand.ts";
import { defaultPort, readerOf, sharedAmong } from "./external.ts";
import { isExternal, withHomes } from "./homes.ts";
import { type Image, ImageError, identityText, imageOf, partsOf, payloadOf, readImage, writeImage } from "./image.ts";
import { type BuiltWeights, packFor } from "./pack.ts";
import { crcOf, readBackFault, rowDifferences } from "./readback.ts";
import { inSpram } from "./spram.ts";

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new InputError(r.diagnostics);
  return r.value;
}

const python = ["python3", "/usr/bin/python3"].find((p) => spawnSync(p, ["-c", "import numpy"]).status === 0);

/** Numbers from 0 to 1 that look random. */
function* random(seed: number): Generator<number, number> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

interface Training {
  readonly seed: number;
  readonly gain?: number;
  readonly homes?: Readonly<Record<string, string>>;
  readonly units?: number;
}

/** The same layers, trained another time. */
function network({ seed, gain = 1, homes = {}, units = 3 }: Training) {
  const rand = random(seed);
  const real = (...shape: number[]): unknown =>
    shape.length === 0
      ? Math.round(rand.next().value * 800 - 400) / 100
      : Array.from({ length: shape[0]! }, () => real(...shape.slice(1)));
  const positive = (n: number) => Array.from({ length: n }, () => gain * (0.5 + rand.next().value));
  const text = JSON.stringify({
    format: "addernet-rtl/1",
    name: "trained",
    input: { shape: [5, 5, 2], scale: 0.015625 },
    layers: [
      { name: "conv", kind: "adder_conv2d", filters: 3, kernel: 3, padding: 1, weights: real(3, 2, 3, 3) },
      {
        name: "bn",
        kind: "batch_norm",
        gamma: positive(3),
        beta: real(3),
        mean: Array(3).fill(-60),
        variance: Array(3).fill(100),
      },
      { name: "relu", kind: "relu" },
      { name: "mul", kind: "conv2d", filters: 3, kernel: 1, weights: real(3, 3, 1, 1), bias: real(3) },
      { name: "sum", kind: "add", inputs: ["relu", "mul"] },
      { name: "act", kind: "sigmoid" },
      { name: "flat", kind: "flatten" },
      { name: "fc", kind: "adder_linear", units, weights: real(units, 75) },
    ].map((l) => ({ ...l, ...(homes[l.name] ? { home: homes[l.name] } : {}) })),
  });
  return value(load(text, () => new Uint8Array())).graph;
}

/** Layers of as many weights each: 64 of 6 bits, 48 bytes. */
function equalLayers(count: number): QuantizedNetwork {
  const rand = random(9);
  const square = Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => rand.next().value * 4 - 2));
  const layers = ["first", "second", "third"]
    .slice(0, count)
    .map((name) => ({ name, kind: "adder_linear", units: 8, weights: square }));
  const text = JSON.stringify({ format: "addernet-rtl/1", name: "twins", input: { shape: [1, 1, 8] }, layers });
  const vectors = images.map(({ data }) => ({ shape: [1, 1, 8] as const, data: data.slice(0, 8) }));
  return value(toIntegers(value(load(text, () => new Uint8Array())).graph, vectors, { bits: 6 }));
}

const images: IntTensor[] = [1, 2, 3, 4].map((seed) => {
  const rand = random(seed);
  return { shape: [5, 5, 2], data: Int32Array.from({ length: 50 }, () => Math.floor(rand.next().value * 256)) };
});
const cells = cellSources();
const integers = (t: Training, like?: QuantizedNetwork) => value(toIntegers(network(t), images, { bits: 6, like }));

/** What a folder of the build holds of it. */
function folderOf(d: Design): { net: QuantizedNetwork; weights: BuiltWeights } {
  const manifest = JSON.parse(d.files.get("manifest.json")!) as { weights: BuiltWeights };
  return { net: readIntegers(JSON.parse(d.files.get("integers.json")!)), weights: manifest.weights };
}

const built = value(design(integers({ seed: 5 }), { homes: "ram", l1: 1 }, cells));
const folder = folderOf(built);

test.each([
  [1, 1],
  [70, 1],
  [9, 7],
  [5, 16],
  [5, 17],
  [3, 100],
])("%i rows of %i bits go into image words and come back", (rows, bits) => {
  const rand = random(rows * bits);
  const words = Array.from({ length: rows }, () => {
    let w = 0n;
    for (let b = 0; b < bits; b++) w = (w << 1n) | (rand.next().value < 0.5 ? 0n : 1n);
    return w;
  });
  const image = toImageWords({ words, wordBits: bits });
  expect(image.length).toBe(imageWordsOf(rows, bits));
  expect(fromImageWords(image, rows, bits)).toEqual(words);
});

describe("an image", () => {
  const bytes = new Uint8Array(imageOf("trained", built.hardware.weights!).buffer);
  test("is read as it was written", () => {
    const image = readImage(bytes);
    expect(image.network).toBe("trained");
    expect(image.sections.map((s) => `${s.layer} ${s.holds}`)).toEqual(
      ["conv", "mul", "fc"].flatMap((l) => [`${l} weights`, `${l} constants`]),
    );
    expect(writeImage(image)).toEqual(bytes);
  });
  test("that is damaged anywhere is refused", () => {
    for (let i = 0; i < bytes.length; i += 7) {
      const wrong = bytes.slice();
      wrong[i]! ^= 0x10;
      expect(() => readImage(wrong), `byte ${i}`).toThrow(ImageError);
    }
    for (const cut of [0, 4, 27, bytes.length - 4]) expect(() => readImage(bytes.slice(0, cut))).toThrow(ImageError);
  });
});

test("what is read back keeps frames out of layers in every home", () => {
  for (const homes of ["ram", "external"] as const) {
    const made = value(design(built.net, { homes, readBack: true }, cells));
    expect(made.files.get("rtl/trained.v"), homes).toContain("reader_hold");
  }
});

describe("an image in its code", () => {
  const made = value(design(built.net, { homes: "ram", l1: 1, coded: "all" }, cells));
  const weights = made.hardware.weights!;
  const bytes = new Uint8Array(imageOf("trained", weights).buffer);
  const plain = readImage(new Uint8Array(imageOf("trained", built.hardware.weights!).buffer));

  test("has the same words and identity, and is the shorter one", () => {
    // Of random weights no code is shorter: those of clamped ones are.
    const clamped = made.net.nodes.map((n) =>
      "weights" in n
        ? { ...n, weights: { ...n.weights, rows: n.weights.rows.map((r) => r.map((w) => (w > 1 ? 3 : 0))) } }
        : n,
    );
    const net = { ...made.net, nodes: clamped } as QuantizedNetwork;
    const of = (coded: "all" | "none") => value(design(net, { homes: "ram", l1: 1, coded }, cells)).hardware.weights!;
    const [short, long] = [of("all"), of("none")].map((w) => imageOf("trained", w)) as [Uint32Array, Uint32Array];
    expect([short[1], long[1]]).toEqual([2, 1]);
    expect(of("all").identity).toBe(of("none").identity);
    expect(of("all").coded).toEqual(["conv", "mul", "fc"]);
    expect(of("none").coded).toBeUndefined();
    const [a, b] = [short, long].map((w) => readImage(new Uint8Array(w.buffer))) as [Image, Image];
    expect(a.payload).toEqual(b.payload);
    expect(payloadOf(short)).toEqual(payloadOf(long));
    expect(partsOf(new Uint8Array(short.buffer)).loaded.length).toBe(4 * short.length);
    expect(short[6]! + short[4]!, "words of the code and what it says of itself").toBeLessThan(long[5]! + short[4]!);
    // The weights of "mul" are too few.
    expect(a.sections.filter((s) => s.code).map((s) => s.layer)).toEqual(["conv", "fc"]);
    expect(writeImage(a)).toEqual(new Uint8Array(short.buffer));
    const wrong = new Uint8Array(short.buffer).slice();
    for (let i = 0; i < wrong.length; i += 7) {
      wrong[i]! ^= 0x10;
      expect(() => readImage(wrong), `byte ${i}`).toThrow(ImageError);
      wrong[i]! ^= 0x10;
    }
    for (const cut of [0, 4, 27, wrong.length - 4]) expect(() => readImage(wrong.slice(0, cut))).toThrow(ImageError);
  });

  test("is none where that would be longer, and fits the same accelerator", () => {
    expect(readImage(bytes).payload).toEqual(plain.payload);
    expect(readImage(bytes).identity).toBe(plain.identity);
    const { coded } = JSON.parse(made.files.get("manifest.json")!).weights;
    expect(coded).toEqual(["conv", "mul", "fc"]);
    expect(made.files.get("rtl/trained.v")).toContain("weights_expand");
    expect(built.files.get("rtl/trained.v")).not.toContain("weights_expand");
  });

  test("fields of any width, rows that end within a word, one value alone", () => {
    const rand = random(3);
    for (const [rows, field, per] of [
      [64, 3, 1],
      [30, 5, 6],
      [20, 16, 2],
      [9, 7, 9],
    ] as const)
      for (const spread of [0, 0.2]) {
        const row = () => {
          let word = 0n;
          for (let k = 0; k < per; k++)
            word |=
              BigInt(rand.next().value < spread ? Math.floor(rand.next().value * 2 ** field) : 1) << BigInt(k * field);
          return word;
        };
        const words = toImageWords({ words: Array.from({ length: rows }, row), wordBits: field * per });
        const code = compress(words, { rows, bits: field * per }, field)!;
        expect(expand(code.words, words.length)).toEqual(words);
        expect(() => expand(code.words, words.length + 1)).toThrow(CodeError);
        expect(() => expand(code.words, words.length - 1)).toThrow(CodeError);
        expect(() => expand(code.words.subarray(0, -1), words.length)).toThrow(CodeError);
      }
    expect(compress(Uint32Array.of(1, 2), { rows: 2, bits: 32 }, 5), "no whole fields").toBeUndefined();
  });
});

describe("a set of weights for a build", () => {
  test("is the build's own image where it is the build's own", () => {
    const image = packFor(folder.net, folder.weights, integers({ seed: 5 }, folder.net));
    expect(writeImage(image)).toEqual(new Uint8Array(imageOf("trained", built.hardware.weights!).buffer));
  });

  test("that was trained later needs no build, and computes what its own integers compute", () => {
    const other = integers({ seed: 77 }, folder.net);
    const image = packFor(folder.net, folder.weights, other);
    // The hardware of the other set, were it built in this one's format.
    const nodes = folder.net.nodes.map((n, i) => {
      const own = other.nodes[i]!;
      return "weights" in n && "weights" in own ? { ...n, weights: own.weights, requant: own.requant } : n;
    });
    const again = value(design({ ...folder.net, nodes } as QuantizedNetwork, { l1: 1 }, cells));
    expect(again.hardware.weights!.identity).toBe(built.hardware.weights!.identity);
    expect(writeImage(image)).toEqual(new Uint8Array(imageOf("trained", again.hardware.weights!).buffer));
    for (const image of images)
      expect(runInteger(again.net, image, { keep: ["fc"] }).get("fc")!.data).toEqual(
        runInteger(other, image, { keep: ["fc"] }).get("fc")!.data,
      );
    // Scales are the build's: those that calibration would choose are others.
    expect(other.edges.relu!.scale).toBe(folder.net.edges.relu!.scale);
    expect(integers({ seed: 77 }).edges.relu!.scale).not.toBe(folder.net.edges.relu!.scale);
  });

  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (e) {
      if (e instanceof InputError) return e.diagnostics.map((d) => `${d.code} ${d.message}; ${d.expected}`).join("\n");
      throw e;
    }
    return "nothing was refused";
  };

  test("whose multipliers are too large is refused, with layer and bound", () => {
    const text = message(() => packFor(folder.net, folder.weights, integers({ seed: 77, gain: 40 }, folder.net)));
    expect(text).toMatch(/^AN5005 "conv": the multiplier of channel \d is -?\d+, of \d+ bits; at most 18 bits$/);
  });

  test("of other shapes is refused", () => {
    const text = message(() => packFor(folder.net, folder.weights, integers({ seed: 5, units: 4 }, folder.net)));
    expect(text).toMatch(/^AN5005 "fc": weights\.rows\.0 is 4; 3, as it was built$/);
  });

  test("with other weights in ROM is refused", () => {
    const some = folderOf(value(design(integers({ seed: 5 }), { homes: new Map([["conv", "ram"]]) }, cells)));
    const text = message(() => packFor(some.net, some.weights, integers({ seed: 6 }, some.net)));
    expect(text).toMatch(/^AN5005 "mul": its weights are fixed in the accelerator/);
  });
});

test("homes of the network file and of a request give the same hardware", () => {
  const homes = { conv: "ram", mul: "ram", fc: "ram" };
  const stated = value(design(integers({ seed: 5, homes }), { l1: 1 }, cells));
  // The command that makes it again is another one.
  const hardware = (files: ReadonlyMap<string, string>) =>
    [...files]
      .filter(([p]) => /^(rtl|mem)\//.test(p))
      .map(([p, text]) => [p, text.replace(/^\/\/ Made again by: .*\n/m, "")]);
  expect(hardware(stated.files)).toEqual(hardware(built.files));
  expect(writeIntegers(stated.net)).toContain('"home":"ram"');
  const rom = value(design(integers({ seed: 5, homes }), { homes: "rom", l1: 1 }, cells));
  const never = value(design(integers({ seed: 5 }), { l1: 1 }, cells));
  expect(hardware(rom.files)).toEqual(hardware(never.files));
});

test.for([
  ["an image", "none"],
  ["an image in its code", "all"],
] as const)("the Python readers read %s, and refuse a damaged one", ([, coded], context) => {
  if (!python) return context.skip("no python3 with numpy");
  const dir = mkdtempSync(join(tmpdir(), "image-"));
  try {
    const { hardware } = value(design(integers({ seed: 5 }), { homes: "ram", l1: 1, coded }, cells));
    const bytes = new Uint8Array(imageOf("trained", hardware.weights!).buffer);
    expect(bytes[4]).toBe(coded === "all" ? 2 : 1);
    writeFileSync(join(dir, "w.bin"), bytes);
    const put = (name: string, change: (words: Uint32Array) => void) => {
      const words = new Uint32Array(bytes.slice().buffer);
      change(words);
      writeFileSync(join(dir, name), new Uint8Array(words.buffer));
    };
    put("bad.bin", (w) => {
      w[w.length - 1]! ^= 1;
    });
    // A code that is too long for the words that it says, or too short.
    put("words.bin", (w) => {
      w[5]! += 1;
    });
    writeFileSync(join(dir, "addernet.py"), driverSource());
    writeFileSync(join(dir, "send.py"), serialHost());
    const code = [
      "import addernet, json, send",
      "def fault(read, path):",
      "    try: read(path)",
      "    except ValueError as e: return str(e)",
      "i = addernet.WeightsImage('w.bin')",
      "parts, identity, sections, payload = send._image('w.bin')",
      "assert (identity, sections, payload) == (i.identity, i.sections, i.payload.tobytes())",
      "faults = [fault(read, path) for path in ('bad.bin', 'words.bin') for read in (addernet.WeightsImage, send._image)]",
      "print(json.dumps([i.network, i.identity, len(i.words), i.payload.tolist(), i.sections, faults]))",
    ].join("\n");
    const ran = spawnSync(python, ["-c", code], { cwd: dir, encoding: "utf8" });
    expect(ran.stderr).toBe("");
    const image = readImage(bytes);
    expect(JSON.parse(ran.stdout)).toEqual([
      "trained",
      identityText(image.identity),
      bytes.length / 4,
      [...image.payload],
      image.sections,
      [
        "bad.bin: its CRC is wrong",
        "bad.bin is not a complete weight image",
        coded === "all"
          ? `words.bin: a code of ${image.payload.length} words where the header says ${image.payload.length + 1}`
          : expect.stringMatching(/^words.bin: \d+ words where its header says \d+$/),
        coded === "all"
          ? `a code of ${image.payload.length} words where the header says ${image.payload.length + 1}`
          : "words.bin is not a complete weight image",
      ],
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("the Python driver reads back what the memories hold, and names the row that differs", (context) => {
  if (!python) return context.skip("no python3 with numpy");
  const dir = mkdtempSync(join(tmpdir(), "image-"));
  try {
    const payload = Uint32Array.of(0x21, 0x7654_3210, 0x8, 0x1234_5678, 0x0000_009a);
    const sections = [
      { layer: "a", holds: "weights", rows: 9, bits: 4, first: 1, words: 2 },
      { layer: "a", holds: "constants", rows: 1, bits: 40, first: 3, words: 2 },
      { layer: "b", holds: "weights", rows: 2, bits: 4, first: 0, words: 1 },
    ] as const;
    writeFileSync(join(dir, "w.bin"), writeImage({ identity: 7n, network: "n", sections, payload }));
    writeFileSync(join(dir, "addernet.py"), driverSource());
    const code = `
import addernet, zlib
import numpy as np

class Window:
    """The loader's window, and the read back of memories in which bits are stuck."""
    def __init__(self): self.words, self.stuck, self.queue, self.polls = [], {}, [], 0
    def read(self, address):
        if address == 0x38: return 1
        if address == 0x54:
            self.polls = 0
            return self.queue.pop(0)
        self.polls += 1
        return (1 if self.queue else 0) | (0 if not self.queue or self.polls < 3 else 2 | (4 if len(self.queue) == 1 else 0))
    def write(self, address, word):
        if address in (0x38, 0x3c): self.words.append(word)
        else:
            held = np.array([w ^ self.stuck.get(i, 0) for i, w in enumerate(self.words[-6:-1])], "<u4")
            self.queue = [int(w) for w in held] * (word == 1) + [zlib.crc32(held.tobytes())]

image = addernet.WeightsImage("w.bin")
net = addernet.Accelerator.__new__(addernet.Accelerator)
registers = {"WEIGHTS": 0x38, "READ_BACK": 0x50}
net.facts = {"registers": {n: {"address": a, "bits": 32} for n, a in registers.items()}, "weights": image.identity}
net.control, net.timeout, net._weights, net._memory = Window(), 0.5, None, None
net.load(image)
print(net.check_weights(), net.weights_crc() == zlib.crc32(image.payload.tobytes()))
net.control.stuck = {1: 0x500, 2: 1, 4: 0x10}
# What another program left behind is in the way, and taken.
net.control.queue = [1, 2, 3]
for line in net.check_weights("w.bin"): print(line)
try: net.load(image)
except RuntimeError as e: print(e)
net.control.stuck = {0: 0x100}
print(net.check_weights())
del net.facts["registers"]["READ_BACK"]
try: net.check_weights()
except RuntimeError as e: print(e)
`;
    const ran = spawnSync(python, ["-c", code], { cwd: dir, encoding: "utf8" });
    expect(ran.stderr).toBe("");
    expect(ran.stdout.trim().split("\n")).toEqual([
      "[] True",
      "a, weights, row 2 holds 0x7, the image says 0x2; 2 of 9 rows differ",
      "a, constants, row 0 holds 0x8a12345678, the image says 0x9a12345678; 1 of 1 rows differ",
      "the memories do not hold the weights: a, weights, row 2 holds 0x7, the image says 0x2; 2 of 9 rows differ",
      "['bits of words that hold no row are not as in the image']",
      "this accelerator was built without --read-back",
    ]);
    // The command line's reader finds the same.
    const held = payload.map((w, i) => (w ^ [0, 0x500, 1, 0, 0x10][i]!) >>> 0);
    expect(rowDifferences(sections, payload, held)).toEqual([
      { layer: "a", holds: "weights", row: 2, held: 7n, image: 2n },
      { layer: "a", holds: "weights", row: 8, held: 9n, image: 8n },
      { layer: "a", holds: "constants", row: 0, held: 0x8a12345678n, image: 0x9a12345678n },
    ]);
    const sum = (words: Uint32Array) => Uint32Array.of(...words, crcOf(words));
    expect(readBackFault(sections, payload, sum(payload))).toBeUndefined();
    expect(readBackFault(sections, payload, sum(held))).toBe(
      "a, weights, row 2 holds 0x7, the image says 0x2; 3 rows differ",
    );
    expect(readBackFault(sections, payload, sum(payload.map((w, i) => (i === 0 ? w ^ 0x100 : w))))).toMatch(/no row/);
    expect(readBackFault(sections, payload, Uint32Array.of(...payload, 1))).toMatch(/^the CRC of the words/);
    expect(readBackFault(sections, payload, payload)).toMatch(/^5 words are read back, not 5 and their CRC/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("the Python driver puts what is read from memory there, and says where", (context) => {
  if (!python) return context.skip("no python3 with numpy");
  const dir = mkdtempSync(join(tmpdir(), "image-"));
  try {
    const sections = [
      { layer: "a", rows: 3, bits: 8, offset: 0, bytes: 8 },
      { layer: "b", rows: 900, bits: 8, offset: 4096, bytes: 5000, code: { bits: 4, lanes: 2, first: 0, second: 15 } },
    ];
    const beside = Uint8Array.from({ length: 3 * 4096 }, (_, i) => (i * 7) & 255);
    const { identity, payload } = readImage(new Uint8Array(imageOf("trained", built.hardware.weights!).buffer));
    const image = { identity, payload, network: "far", sections: [], external: sections, beside };
    const bytes = writeImage(image);
    writeFileSync(join(dir, "w.bin"), bytes);
    bytes[bytes.length - 100]! ^= 1;
    writeFileSync(join(dir, "broken.bin"), bytes);
    writeFileSync(join(dir, "short.bin"), writeImage(image).subarray(0, -4096));
    writeFileSync(join(dir, "addernet.py"), driverSource());
    const code = `
import sys, types
import numpy as np
import addernet

class Buffer(np.ndarray):
    def flush(self): self.flushed = self.tobytes()
    def freebuffer(self): freed.append(self.device_address)
made, freed = [], []
def allocate(shape, dtype):
    b = np.full(shape, 0xee, dtype).view(Buffer)
    b.device_address = places.pop(0)
    made.append(b)
    return b
sys.modules["pynq"] = types.SimpleNamespace(allocate=allocate)

class Window:
    """The registers: the base must be there, and its bytes in memory, before the last word comes."""
    def __init__(self, error=0): self.base, self.loads, self.last, self.error = 0, [], False, error
    def read(self, address): return 2 if not self.last else self.error << 4 | (not self.error)
    def write(self, address, word):
        if address == 0x58: self.base = word
        self.last = address == 0x3c
        if self.last: self.loads.append(self.base)

image = addernet.WeightsImage("w.bin")
net = addernet.Accelerator.__new__(addernet.Accelerator)
net.facts = {"registers": {n: {"address": a, "bits": 32} for n, a in (("WEIGHTS", 0x38), ("MEMORY_BASE", 0x58))}, "weights": image.identity, "external": True}
net.control, net.timeout, net._weights, net._memory = Window(), 0.5, None, None
places = [0x10000, 0x30000, 0x50000, 0x70001]
net.load(image)
assert made[0].flushed == image.beside.tobytes() and len(made[0]) == 3 * 4096
net.load(image)             # as a reset does: the same place
net.load("w.bin")           # another set: another place, and the old one is free
assert net.control.loads == [0x10000, 0x10000, 0x30000] and freed == [0x10000], (net.control.loads, freed)
net.control.error = 6
for wrong in ("w.bin", "w.bin", "broken.bin", "short.bin"):
    try: net.load(wrong)
    except (ValueError, RuntimeError) as e: print(e)
    else: raise AssertionError(wrong)
assert freed == [0x10000, 0x50000, 0x70001] and net._memory.device_address == 0x30000

# Images that end for want of weights: an exception and no reset, and the next ones are answered.
stream = {"name": "y", "shape": [1, 1, 2], "storage": "uint8", "lanes": 2, "lane_bits": 8, "beat_bits": 32, "beats": 1, "signed": False}
net.input = net.facts["input"] = {**stream, "name": "x"}
net.outputs = [stream]
net.batch = 4
class Bytes(np.ndarray):
    def flush(self): pass
    def invalidate(self): pass
net._in, net._out = np.zeros(16, np.uint8).view(Bytes), np.array([7, 9, 0, 0], np.uint8).view(Bytes)
class Channel:
    idle, error = True, 0
    def __init__(self, failing=()): self.failing, self.count = failing, 0
    def transfer(self, buffer, nbytes=0):
        if self.count in self.failing: net.control.aborted += 1
        self.count += 1
net.dma = types.SimpleNamespace(sendchannel=Channel(), recvchannel=Channel((2, 5)))
net.control.aborted = 2047
net.control.read = lambda address: {0x58: 0x30000 + 2 * (net.control.aborted % 2048) + 1}[address]
images = np.zeros((4, 1, 1, 2), np.uint8)
for call in range(3):
    try: print(net.infer(images)["y"].reshape(-1, 2).tolist())
    except addernet.MemoryFault as e: print(e)
`;
    const ran = spawnSync(python, ["-c", code], { cwd: dir, encoding: "utf8" });
    expect(ran.stderr).toBe("");
    expect(ran.stdout.trim().split("\n")).toEqual([
      "the accelerator refuses the weights: error 6",
      "the buffer for weights lies at 0x70001, not at a multiple of 4096 below 4 GiB",
      "broken.bin: the CRC of its part for external memory is wrong",
      expect.stringContaining("bytes where its header and directory say"),
      ...Array.from({ length: 2 }, () =>
        expect.stringContaining("some of the 4 images sent together ended without an answer"),
      ),
      JSON.stringify(Array.from({ length: 4 }, () => [7, 9])).replaceAll(",", ", "),
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("the Python driver loads an image over the registers, never faster than they take words", (context) => {
  if (!python) return context.skip("no python3 with numpy");
  const dir = mkdtempSync(join(tmpdir(), "image-"));
  try {
    const image = readImage(new Uint8Array(imageOf("trained", built.hardware.weights!).buffer));
    writeFileSync(join(dir, "w.bin"), writeImage(image));
    writeFileSync(join(dir, "other.bin"), writeImage({ ...image, identity: image.identity ^ 1n }));
    writeFileSync(join(dir, "addernet.py"), driverSource());
    const code = `
import addernet

class Window:
    """WEIGHTS and WEIGHTS_LAST: a word that is written while one waits is lost."""
    def __init__(self, error=0): self.waits, self.words, self.last, self.error = 0, [], False, error
    def read(self, address):
        assert address == 0x38, address
        if self.waits: self.waits -= 1
        done = self.last and not self.waits
        return (0x80 if self.waits else 0) | (0 if done else 2) | (self.error << 4 if done else 0) | (1 if done and not self.error else 0)
    def write(self, address, word):
        assert not self.waits and address in (0x38, 0x3c), (self.waits, address)
        self.words.append(word)
        self.last, self.waits = address == 0x3c, len(self.words) % 3

def accelerator(identity, **window):
    net = addernet.Accelerator.__new__(addernet.Accelerator)
    net.facts = {"registers": {"WEIGHTS": {"address": 0x38, "bits": 32}}, "weights": identity}
    net.control, net.timeout, net._weights, net._memory = Window(**window), 0.5, None, None
    return net

image = addernet.WeightsImage("w.bin")
net = accelerator(image.identity)
net.load("w.bin")
assert net.control.words == image.words.tolist() and net.control.last
assert net._weights.identity == image.identity
for wrong, kind, net in (("other.bin", ValueError, accelerator(image.identity)), ("w.bin", RuntimeError, accelerator(image.identity, error=6))):
    try: net.load(wrong)
    except kind as e: print(e)
    else: raise AssertionError(wrong)
    assert net._weights is None
net.facts["registers"].clear()
try: net.load("w.bin")
except RuntimeError as e: print(e)
`;
    const ran = spawnSync(python, ["-c", code], { cwd: dir, encoding: "utf8" });
    expect(ran.stderr).toBe("");
    expect(ran.stdout.trim().split("\n")).toEqual([
      `the image is for ${identityText(image.identity ^ 1n)} (trained), the accelerator is ${identityText(image.identity)}`,
      "the accelerator refuses the weights: error 6",
      "this accelerator has its weights in the bitstream",
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

describe("two banks", () => {
  const net = integers({ seed: 5 });
  const ram = { homes: "ram" } as const;
  const one = value(design(net, ram, cells));
  const two = value(design(net, { ...ram, swap: true }, cells));

  test("take images of one, double the memories, and are told", () => {
    expect(two.hardware.weights!.identity).toBe(one.hardware.weights!.identity);
    expect(JSON.parse(two.files.get("manifest.json")!)).toMatchObject({
      weights: { swap: true },
      request: { swap: true },
    });
    expect(two.files.get("rtl/trained.v")).toContain("--weights ram --swap -o OUT");
    expect([...two.files.keys()]).toContain("rtl/trained_frame_bank.v");
    expect([...one.files.keys()]).not.toContain("rtl/trained_frame_bank.v");
    for (const family of ["ice40", "ecp5", "xc7"] as const) {
      const [a, b] = [one.estimates.families[family]!, two.estimates.families[family]!];
      expect(b.lut + 100 * b.bram, family).toBeGreaterThan(a.lut + 100 * a.bram);
    }
    const large = { ROWS: 1024, BITS: 8, ONE_PORT: 0 };
    const bram = (BANKS: number) => estimateCell("weight_ram", { ...large, BANKS }, "ice40", false).bram;
    expect([bram(1), bram(2)]).toEqual([2, 4]);
  });

  test("in single-port RAMs are two of them", () => {
    const memories = [
      { rows: 8192, wordBits: 16 },
      { rows: 8192, wordBits: 8 },
    ];
    expect([...inSpram(memories, 2)]).toEqual(memories);
    expect([...inSpram(memories, 2, 2)]).toEqual([memories[0]]);
  });

  test("are refused where there is nothing to switch, or what cannot be switched", () => {
    const refused = (homes: "rom" | "external") => {
      const made = design(net, { homes, swap: true }, cells);
      return made.ok ? "" : made.diagnostics.map((d) => `${d.code} ${d.option} ${d.message}`).join();
    };
    expect(refused("rom")).toMatch(/^AN5004 --swap no weights are written at run time/);
    expect(refused("external")).toMatch(/^AN5004 --swap the weights of "conv" are in external memory/);
  });

  test("bands of a map are whole pixels of a layer that reads weights for each", () => {
    const refused = (homes: "rom" | "external", bands: number) => {
      const made = design(net, { homes, folds: { bands: new Map([["conv", bands]]) } }, cells);
      return made.ok ? "" : made.diagnostics.map((d) => `${d.code} ${d.option} ${d.message}; ${d.expected}`).join();
    };
    expect(refused("external", 1)).toBe("");
    expect(refused("rom", 1)).toBe("");
    expect(refused("external", 1000)).toMatch(
      /^AN5001 --bands conv=1000 the \d+ pixels that leave "conv" are not cut into 1000 bands; one of 1, /,
    );
    expect(refused("rom", 2)).toMatch(/^AN5001 --bands conv=2 "conv" reads no weights for each band .*home "external"/);
  });

  test("a reader's buffer holds what its layer takes meanwhile, and no more than the port needs", () => {
    const port = { ...defaultPort, dataBits: 64, latency: 128 };
    // 4096 beats of 64 bits a frame.
    const depth = (clocks: number, bands = 1) =>
      readerOf({ rows: 4096, wordBits: 64, fetched: { rows: 1, times: 1, bands, clocks, port } }, port).depth;
    expect(depth(4096)).toBe(256);
    // A beat in 32 clocks: 16 beats in four times the latency, and a burst of 64.
    expect(depth(32 * 4096)).toBe(128);
    expect(depth(32 * 4096, 32)).toBe(256);
    expect(depth(1e9)).toBe(128);
  });

  test("the memory is what a frame waits for where it takes longer than every layer, and only there", () => {
    const at = (bandwidth?: number) => {
      const given = bandwidth === undefined ? {} : { bandwidth };
      return value(design(net, { homes: "external", coded: "none", clockMHz: 100, fps: 10_000, ...given }, cells))
        .schedule;
    };
    const free = at();
    const bytes = free.traffic!.bytes;
    // As many bytes in a frame's clocks as it has; then a clock more for them.
    const equal = at((100 * bytes) / free.interval);
    expect([equal.traffic!.clocks, equal.interval, equal.bottleneck]).toEqual([
      free.interval,
      free.interval,
      free.bottleneck,
    ]);
    const slower = at((100 * bytes) / (free.interval + 1));
    expect([slower.interval, slower.bottleneck]).toEqual([free.interval + 1, MEMORY]);
    expect(free.bottleneck).not.toBe(MEMORY);
  });

  test("weights in external memory: what the board's memory gives by default, and boards that do not connect it", () => {
    const bytesPerClock = (request: Parameters<typeof design>[1], of = net) => {
      const d = design(of, { homes: "external", coded: "none", clockMHz: 100, ...request }, cells);
      if (!d.ok) throw new Error(d.diagnostics.map((m) => `${m.code} ${m.message}`).join());
      return d.value.schedule.traffic!.bytesPerClock;
    };
    // The eight bytes of the processor's port behind a wide one, too; 60 % of 2100 MB a second at a clock that asks for more.
    expect(bytesPerClock({ target: "pynq-z2" })).toBe(8);
    expect(bytesPerClock({ target: "pynq-z2", memoryBits: 512 })).toBe(8);
    expect(bytesPerClock({ target: "pynq-z2", memoryBits: 512, clockMHz: 200 })).toBeCloseTo(6.3);
    expect(bytesPerClock({ target: "zcu104", memoryBits: 512 })).toBe(16);
    expect(bytesPerClock({ target: "pynq-z2", memoryBits: 512, bandwidth: 5000 })).toBe(50);
    expect(bytesPerClock({ memoryBits: 512 })).toBe(64);
    // Two bytes a clock, but for refreshes and rows; less of it at a slower clock, where refreshes take as long.
    expect(bytesPerClock({ target: "ulx3s-85f", clockMHz: 25 })).toBeCloseTo(1.888, 3);
    expect(bytesPerClock({ target: "ulx3s-85f", clockMHz: 50 })).toBeCloseTo(1.919, 3);
    expect(bytesPerClock({ target: "ulx3s-25f", clockMHz: 25, bandwidth: 25 })).toBe(1);
    // Several ports give more, but no more together than the memory does: 60 % of 2100 and of 19,200 MB a second.
    const twins = equalLayers(2);
    const both = (request: Parameters<typeof design>[1]) => bytesPerClock({ memoryPorts: 2, ...request }, twins);
    expect(both({ target: "zcu104", memoryBits: 512 })).toBe(32);
    expect(both({ target: "zcu104", clockMHz: 400, memoryBits: 512 })).toBeCloseTo(28.8);
    expect(both({ target: "pynq-z2", clockMHz: 200 })).toBeCloseTo(6.3);
    expect(both({ memoryBits: 32 })).toBe(8);
    expect(() => bytesPerClock({ target: "ulx3s-85f" })).toThrow(/^AN5004 .*has the clock of the design, 100 MHz/);
    expect(() => bytesPerClock({ target: "icebreaker" })).toThrow(/^AN5004 .*has no memory beside the device/);
  });

  test("a layer takes a beat a clock, and none between two readings: the rate is that, or refused", () => {
    const of = equalLayers(2);
    const request = { homes: "external", coded: "none", clockMHz: 100, memoryBits: 32, memoryPorts: 2 } as const;
    // 64 weights of 6 bits are 12 beats of 32 bits; the other layer has a port of its own.
    const { traffic, interval, bottleneck } = value(design(of, { ...request, fps: 7e6 }, cells)).schedule;
    expect([traffic!.clocks, traffic!.slowest]).toEqual([13, { name: "first", beats: 12 }]);
    expect([interval, bottleneck]).toEqual([13, MEMORY]);
    const d = design(of, { ...request, fps: 8e6 }, cells);
    expect(d.ok ? [] : d.diagnostics).toEqual([
      expect.objectContaining({
        code: "AN5002",
        expected: 'at most 7692307: "first" reads 12 beats a frame',
        found: "12 clocks a frame",
        hint: "--fps 7692307, wider --memory-bits, or fewer layers with home external",
      }),
    ]);
    // Behind a port of 512 bits either is one beat, and one clock of rest.
    const wide = value(design(of, { ...request, memoryBits: 512 }, cells)).schedule.traffic!;
    expect([wide.clocks, wide.slowest?.beats]).toEqual([2, 1]);
  });

  test("a ROM of a code is where its size says, as other ROMs are", () => {
    const wide = value(toIntegers(network({ seed: 3, units: 96 }), images, { bits: 6 }));
    const styles = (
      [
        [wide, "trained", "fc"],
        [equalLayers(2), "twins", "first"],
      ] as const
    ).map(([of, name, layer]) => {
      const { files, hardware } = value(design(of, { target: "ice40", coded: [layer], clockMHz: 12 }, cells));
      const { ram, romStyle } = hardware.blocks.flatMap((b) => b.instances).find((i) => i.ram?.fetched?.rom)!;
      const { rows, wordBits } = ram!.fetched!.rom!.memory;
      expect(romStyle).toBe(memoryStyle("ice40", rows, wordBits));
      const text = files.get(`rtl/${name}_${layer}.v`)!;
      expect(text).toMatch(new RegExp(`${name}_weight_rom #\\([^;]*[.]MEM_STYLE\\("${romStyle}"\\)`));
      return romStyle;
    });
    expect(styles).toEqual(["block", "logic"]);
  });

  test("layers are shared out among ports by their bytes, the largest first", () => {
    expect(sharedAmong([5, 9, 4, 1], 1)).toEqual([[0, 1, 2, 3]]);
    expect(sharedAmong([5, 9, 4, 1], 2)).toEqual([
      [1, 3],
      [0, 2],
    ]);
    expect(sharedAmong([3, 3, 2, 2, 2], 2)).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
    expect(sharedAmong([7, 7], 2)).toEqual([[0], [1]]);
  });

  test("ports that have no layers, or nowhere to go, and a rate that none of several gives, are refused", () => {
    const layers = withHomes(net, "external").nodes.filter(isExternal).length;
    const refused = (request: Parameters<typeof design>[1]) => {
      const d = design(net, { homes: "external", coded: "none", clockMHz: 100, ...request }, cells);
      if (d.ok) throw new Error("no error");
      const { code, message, option, hint, expected, found } = d.diagnostics[0]!;
      return { code, message, option, hint, expected, found };
    };
    expect(refused({ memoryPorts: layers + 1 })).toMatchObject({
      code: "AN5004",
      message: `${layers + 1} ports to external memory: ${layers} layers have their weights there`,
      option: `--memory-ports ${layers + 1}`,
      hint: `--memory-ports ${layers} at most: a layer reads over one port`,
    });
    expect(refused({ memoryPorts: 2, target: "ulx3s-85f", clockMHz: 25 })).toMatchObject({
      code: "AN5004",
      message: expect.stringContaining("the SDRAM of ULX3S"),
      option: "--memory-ports 2",
    });
    expect(refused({ memoryPorts: 2, homes: "rom" })).toMatchObject({
      code: "AN5004",
      message: "2 ports to external memory: no layer has its weights there",
      option: "--memory-ports 2",
    });
  });

  test("a rate that the weights do not reach: what binds is said, and what would help", () => {
    const refused = (of: QuantizedNetwork, request: Parameters<typeof design>[1]) => {
      const d = design(of, { homes: "external", coded: "none", clockMHz: 100, memoryBits: 32, ...request }, cells);
      if (d.ok) throw new Error("no error");
      const { code, hint, expected, found } = d.diagnostics[0]!;
      return [code, expected, found, hint];
    };
    const fewer = "or fewer layers with home external";
    const ports = `more --memory-ports, wider --memory-bits, ${fewer}`;
    // The memory gives 20 MB a second to both ports: 96 bytes in 480 clocks.
    expect(refused(equalLayers(2), { memoryPorts: 2, bandwidth: 20, fps: 250_000 })).toEqual([
      ...["AN5002", "24 MB/s: 96 bytes a frame", "20 MB/s", `--fps 208333, a higher --bandwidth, ${fewer}`],
    ]);
    // One port of 4 bytes a clock: 96 bytes in 24 clocks, and 20 are asked for.
    expect(refused(equalLayers(2), { fps: 5e6 })).toEqual([
      ...["AN5002", "480 MB/s: 96 bytes a frame", "400 MB/s", `--fps 4166666, ${ports}`],
    ]);
    // Of two such ports that which two of three layers share.
    expect(refused(equalLayers(3), { memoryPorts: 2, fps: 5e6 })).toEqual([
      ...["AN5002", "480 MB/s: 96 bytes a frame, of 144 in all over 2 ports", "400 MB/s", `--fps 4166666, ${ports}`],
    ]);
  });
});
