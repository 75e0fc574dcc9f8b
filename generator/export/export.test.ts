// Every format is read back by a parser that shares nothing with the writer.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { QuantizedNode } from "../ir/quantized.ts";
import { exportFormats, type Fold } from "./index.ts";
import { sampleNetwork as net } from "./sample.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The integers that must come back, by node name and role. */
function expected(node: QuantizedNode): Record<string, number[]> {
  const arrays: Record<string, number[]> = {};
  if (node.op === "sad" || node.op === "mac") arrays.weights = node.weights.rows.flatMap((row) => [...row]);
  if ("requant" in node) {
    arrays.multiplier = [...node.requant.multiplier];
    arrays.bias = [...node.requant.bias];
    if (node.requant.negative) {
      arrays.negmultiplier = [...node.requant.negative.multiplier];
      arrays.negbias = [...node.requant.negative.bias];
    }
  }
  if (node.op === "add") Object.assign(arrays, { multiplier: [...node.multipliers], bias: [node.bias] });
  return arrays;
}

const wanted: Record<string, Record<string, number[]>> = Object.fromEntries(
  net.nodes.map((node) => [node.name, expected(node)]).filter(([, a]) => Object.keys(a as object).length),
);

interface Entry {
  role: string;
  file: string;
  shape: number[];
  bits: number;
  signed: boolean;
  wordBits: number;
  words: number;
  dtype: string;
  offset: number;
  bytes: number;
}

interface Manifest {
  format: string;
  network: string;
  layers: {
    name: string;
    shift: number;
    clamp: unknown;
    inputs: { scale: number; zeroPoint: number }[];
    arrays: Entry[];
  }[];
}

const filesOf = (format: string, folds?: Record<string, Fold>) =>
  exportFormats.get(format)!.files(net, folds ? { folds } : {});

function manifestOf(files: ReadonlyMap<string, Uint8Array>): Manifest {
  return JSON.parse(decoder.decode(files.get("manifest.json")));
}

/** Reads all arrays through the manifest, by layer and role. */
function readAll(files: ReadonlyMap<string, Uint8Array>, read: (bytes: Uint8Array, entry: Entry) => number[]) {
  const { layers } = manifestOf(files);
  return Object.fromEntries(
    layers.map(({ name, arrays }) => [
      name,
      Object.fromEntries(arrays.map((a) => [a.role, read(files.get(a.file)!, a)])),
    ]),
  );
}

function signedValue(digits: string, { bits, signed }: Entry): number {
  expect(digits).toMatch(/^[0-9a-f]+$/);
  const value = BigInt(`0x${digits}`);
  expect(value < 1n << BigInt(bits)).toBe(true);
  return Number(signed && value >> BigInt(bits - 1) ? value - (1n << BigInt(bits)) : value);
}

const ascii = (bytes: Uint8Array): string => {
  expect(bytes.every((b) => b === 10 || (b >= 32 && b < 127))).toBe(true);
  return decoder.decode(bytes);
};

const parsers: Record<string, (text: string) => string[]> = {
  mem: (text) =>
    text
      .replace(/\/\/.*$/gm, "")
      .trim()
      .split(/\s+/),
  hex: (text) => text.split("\n").slice(0, -1),
  coe(text) {
    const body = text.replace(/^;.*$/gm, "").replace(/\s+/g, "");
    const found = /^memory_initialization_radix=16;memory_initialization_vector=([0-9a-f,]+);$/.exec(body);
    return found![1]!.split(",");
  },
  mif(text) {
    const body = text.replace(/--.*$/gm, "");
    const depth = Number(/DEPTH = (\d+);/.exec(body)![1]);
    expect(body).toMatch(/WIDTH = \d+;\s+ADDRESS_RADIX = UNS;\s+DATA_RADIX = HEX;\s+CONTENT BEGIN\s[\s\S]*END;\n$/);
    const words: string[] = [];
    for (const [, address, data] of body.matchAll(/^(\d+) : ([0-9a-f]+);$/gm)) words[Number(address)] = data!;
    expect(words).toHaveLength(depth);
    return words;
  },
};

describe.each(Object.keys(parsers))("%s", (format) => {
  test("one value a word comes back", () => {
    const found = readAll(filesOf(format), (bytes, entry) => {
      const words = parsers[format]!(ascii(bytes));
      expect(words).toHaveLength(entry.words);
      return words.map((digits) => signedValue(digits, entry));
    });
    expect(found).toEqual(wanted);
  });
});

const folds: Record<string, Fold> = {
  conv1: { pe: 2, simd: 5 },
  "../CONV1 */ `include": { pe: 1, simd: 2 },
  畳み込み: { pe: 9, simd: 9 },
};

test.each(["mem", "coe", "mif"])("%s holds folded weights at word nf*SF + sf, lane p*SIMD + s", (format) => {
  const { layers } = manifestOf(filesOf(format, folds));
  for (const name of ["conv1", "../CONV1 */ `include"]) {
    const entry = layers.find((layer) => layer.name === name)!.arrays.find(({ role }) => role === "weights")!;
    const words = parsers[format]!(ascii(filesOf(format, folds).get(entry.file)!)).map((digits) =>
      BigInt(`0x${digits}`),
    );
    const lane = (word: number, at: number): number =>
      Number((words[word]! >> BigInt(at * entry.bits)) & ((1n << BigInt(entry.bits)) - 1n));
    const weights = wanted[name]!.weights!;
    if (name === "conv1") {
      // 12 taps by 5 are 3 beats, 5 channels by 2 are 3 groups; what is past the end is 0.
      expect(words).toHaveLength(9);
      expect(entry.wordBits).toBe(4 * 10);
      for (let o = 0; o < 6; o++) {
        for (let tap = 0; tap < 15; tap++) {
          const value = o < 5 && tap < 12 ? weights[o * 12 + tap]! : 0;
          expect(lane(Math.floor(o / 2) * 3 + Math.floor(tap / 5), (o % 2) * 5 + (tap % 5))).toBe(value);
        }
      }
    } else {
      // 4 taps, 5 channels by 2 lanes.
      expect(words).toHaveLength(3 * 4);
      for (let c = 0; c < 6; c++) {
        for (let tap = 0; tap < 4; tap++) {
          expect(lane(Math.floor(c / 2) * 4 + tap, c % 2)).toBe(c < 5 ? weights[c * 4 + tap] : 0);
        }
      }
    }
  }
});

test("an impossible fold is refused, and hex is never folded", () => {
  expect(() => filesOf("mem", { conv1: { pe: 0, simd: 1 } })).toThrow(RangeError);
  expect(() => filesOf("mem", { "../CONV1 */ `include": { pe: 2, simd: 1 } })).toThrow(RangeError);
  expect(filesOf("hex", folds)).toEqual(filesOf("hex"));
});

const readers: Record<string, [size: number, get: (view: DataView, at: number) => number]> = {
  uint8: [1, (v, at) => v.getUint8(at)],
  int8: [1, (v, at) => v.getInt8(at)],
  uint16: [2, (v, at) => v.getUint16(at, true)],
  int16: [2, (v, at) => v.getInt16(at, true)],
  int32: [4, (v, at) => v.getInt32(at, true)],
  int64: [8, (v, at) => Number(v.getBigInt64(at, true))],
};

function numbers(bytes: Uint8Array, dtype: string): number[] {
  const [size, get] = readers[dtype]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / size }, (_, i) => get(view, i * size));
}

test("bin: arrays come back from the manifest's offsets, aligned and apart", () => {
  const files = filesOf("bin");
  const ends: number[] = [0];
  const found = readAll(files, (bytes, entry) => {
    expect(entry.offset % 8).toBe(0);
    expect(entry.offset).toBeGreaterThanOrEqual(ends.at(-1)!);
    ends.push(entry.offset + entry.bytes);
    return numbers(bytes.subarray(entry.offset, entry.offset + entry.bytes), entry.dtype);
  });
  expect(found).toEqual(wanted);
  expect(files.get("weights.bin")!.length).toBe(ends.at(-1));
  const types = manifestOf(files).layers.flatMap(({ arrays }) => arrays.map(({ role, dtype }) => `${role} ${dtype}`));
  expect(types).toEqual(expect.arrayContaining(["weights uint8", "weights uint16", "weights int8", "bias int64"]));
});

test("npy: each file is one array", () => {
  const descr: Record<string, string> = {
    "|u1": "uint8",
    "|i1": "int8",
    "<u2": "uint16",
    "<i2": "int16",
    "<i4": "int32",
    "<i8": "int64",
  };
  const found = readAll(filesOf("npy"), (bytes, entry) => {
    expect(decoder.decode(bytes.subarray(1, 6))).toBe("NUMPY");
    const length = bytes[8]! + 256 * bytes[9]!;
    const header = decoder.decode(bytes.subarray(10, 10 + length));
    const [, type, shape] = /'descr': '(.*?)', 'fortran_order': False, 'shape': \((.*?),?\)/.exec(header)!;
    expect(shape!.split(", ").map(Number)).toEqual(entry.shape);
    return numbers(bytes.subarray(10 + length), descr[type!]!);
  });
  expect(found).toEqual(wanted);
});

/** Arrays and macros of a C header, by a small parser. */
function parseHeader(source: string) {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "");
  const arrays: Record<string, number[]> = {};
  for (const [, name, size, body] of code.matchAll(/static const u?int\d+_t (\w+)\[(\d+)\] = \{([^}]*)\};/g)) {
    arrays[name!] = body!.split(",").slice(0, -1).map(Number);
    expect(arrays[name!]).toHaveLength(Number(size));
  }
  const macros = Object.fromEntries(
    [...code.matchAll(/^#define (\w+) \(?(-?\d+)\)?$/gm)].map(([, k, v]) => [k, Number(v)]),
  );
  return { arrays, macros };
}

test("h: arrays and shapes come back", () => {
  const files = filesOf("h");
  expect([...files.keys()]).toEqual(["3_nets_1.h"]);
  const { arrays, macros } = parseHeader(ascii(files.get("3_nets_1.h")!));
  const names = ["n_int", "conv1", "CONV1_include", "unnamed", "con"];
  Object.values(wanted).forEach((roles, i) => {
    for (const [role, values] of Object.entries(roles))
      expect(arrays[`n_3_nets_1_${names[i]}_${role}`]).toEqual(values);
  });
  expect(macros).toMatchObject({
    N_3_NETS_1_CONV1_OUT: 5,
    N_3_NETS_1_CONV1_KH: 3,
    N_3_NETS_1_CONV1_KW: 2,
    N_3_NETS_1_CONV1_IN: 2,
    N_3_NETS_1_CONV1_SHIFT: 17,
    N_3_NETS_1_CONV1_HI: 15,
    N_3_NETS_1_UNNAMED_PIVOT: -7,
  });
});

test("manifest.json tells the types of the edges", () => {
  const { network, layers } = manifestOf(filesOf("bin"));
  expect(network).toBe(net.name);
  expect(layers.find(({ name }) => name === "conv1")).toMatchObject({
    shift: 17,
    clamp: { min: 0, max: 15 },
    inputs: [{ edge: "e0", bits: 4, scale: 0.125, zeroPoint: 3 }],
  });
});

test("files have safe names, and the same network gives the same bytes", () => {
  for (const [format, { files }] of exportFormats) {
    const names = [...files(net).keys()];
    expect(new Set(names.map((name) => name.toLowerCase())).size, format).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/);
    expect([...files(net)]).toEqual([...files(net)]);
  }
});

const has = (tool: string): boolean => spawnSync(tool, ["--version"]).error === undefined;

function inFolder(work: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), "export-"));
  try {
    work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test.skipIf(!has("g++"))("h: C and C++ compilers take it without a warning (skipped without g++)", () => {
  inFolder((dir) => {
    writeFileSync(join(dir, "net.h"), filesOf("h").get("3_nets_1.h")!);
    writeFileSync(
      join(dir, "main.c"),
      '#include "net.h"\n#include "net.h"\nint main(void) { return n_3_nets_1_conv1_weights[0] - 15; }\n',
    );
    for (const language of ["c", "c++"]) {
      const flags = [
        "-x",
        language,
        "-Wall",
        "-Wextra",
        "-Wno-unused-variable",
        "-Wno-unused-const-variable",
        "-Werror",
      ];
      const build = spawnSync("g++", [...flags, join(dir, "main.c"), "-o", join(dir, "main")], { encoding: "utf8" });
      expect(build.stderr).toBe("");
      expect(spawnSync(join(dir, "main")).status).toBe(0);
    }
  });
});

test.skipIf(!has("iverilog"))("mem: $readmemh reads folded words (skipped without iverilog)", () => {
  inFolder((dir) => {
    const files = filesOf("mem", folds);
    writeFileSync(join(dir, "w.mem"), files.get("conv1.weights.mem")!);
    const source = `module t; reg [39:0] m [0:8]; integer i; initial begin
      $readmemh("${join(dir, "w.mem")}", m); for (i = 0; i < 9; i = i + 1) $display("%h", m[i]); end endmodule\n`;
    writeFileSync(join(dir, "t.v"), source);
    expect(spawnSync("iverilog", ["-o", join(dir, "t"), join(dir, "t.v")]).status).toBe(0);
    const run = spawnSync("vvp", [join(dir, "t")], { encoding: "utf8" });
    const words = parsers.mem!(ascii(files.get("conv1.weights.mem")!));
    expect(run.stdout.trim().split("\n")).toEqual(words);
  });
});
