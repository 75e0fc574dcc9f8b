// A sample of every error that a reader or writer can give.
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import {
  FILE_ERROR_CODES,
  FileError,
  type FileErrorCode,
  openNpz,
  openSafetensors,
  openTensorFile,
  readIdx,
  readNpy,
  readPicture,
  type Tensor,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from "./index.ts";

const bytes = (...v: number[]) => Uint8Array.from(v);
const text = (s: string) => new TextEncoder().encode(s);
const small: Tensor = { dtype: "uint8", shape: [2], data: bytes(3, 4) };
const zeros: Tensor = { dtype: "uint8", shape: [100_000], data: new Uint8Array(100_000) };

function npy(dict: string, body: Uint8Array = bytes(), major = 1): Uint8Array {
  const header = text(dict);
  return bytes(
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    major,
    0,
    header.length & 255,
    header.length >> 8,
    ...header,
    ...body,
  );
}

const dict = (descr: string, shape: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

/** A safetensors file with this header text; `length` is what it claims. */
function safe(header: string, data: Uint8Array = bytes(), length = BigInt(text(header).length)): Uint8Array {
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, length, true);
  return bytes(...new Uint8Array(size.buffer), ...text(header), ...data);
}

const entry = (name: string, dtype: string, shape: string, offsets: string) =>
  `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

/** The archive with bytes at `change[0]` (from its end where negative) replaced. */
function patched(file: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const out = file.slice();
  out.set(values, at < 0 ? out.length + at : at);
  return out;
}

const archive = writeNpz(new Map([["a", small]]));
const two = writeNpz(
  new Map([
    ["a", small],
    ["b", small],
  ]),
);
const central = archive.length - 22 - 46 - "a.npy".length;

const read = (file: Uint8Array, name = "a") => openNpz(file).read(name);

type Sample = readonly [name: string, code: FileErrorCode, run: () => unknown];

const samples: readonly Sample[] = [
  ["an unknown extension", "file-kind", () => openTensorFile(bytes(), "net.pth")],
  ["no extension", "file-kind", () => openTensorFile(bytes(), "folder.npz/weights")],
  ["an empty file", "npy-magic", () => readNpy(bytes())],
  ["something else", "npy-magic", () => readNpy(text("this is a text file"))],
  ["a later version", "npy-version", () => readNpy(npy(dict("'|u1'", "(1,)"), bytes(1), 9))],
  ["a header past the end", "npy-header", () => readNpy(npy(dict("'|u1'", "(1,)")).subarray(0, 40))],
  [
    "a version 2 file without a length",
    "npy-header",
    () => readNpy(bytes(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 1, 0)),
  ],
  ["a header that is code", "npy-header", () => readNpy(npy("__import__('os').system('ls')"))],
  ["a header without an end", "npy-header", () => readNpy(npy("{'descr': '|u1', 'shape': (1,"))],
  ["a deep header", "npy-header", () => readNpy(npy(`{'shape': ${"(".repeat(20_000)}`))],
  ["a key twice", "npy-header", () => readNpy(npy("{'shape': (1,), 'shape': (1,)}"))],
  ["a missing key", "npy-header", () => readNpy(npy("{'descr': '|u1', 'fortran_order': False}"))],
  ["pickled objects", "npy-dtype", () => readNpy(npy(dict("'|O'", "(1,)")))],
  ["complex numbers", "npy-dtype", () => readNpy(npy(dict("'<c8'", "(1,)")))],
  ["records", "npy-dtype", () => readNpy(npy(dict("[('x', '<f4')]", "(1,)")))],
  ["a negative dimension", "npy-shape", () => readNpy(npy(dict("'|u1'", "(-1,)")))],
  ["too many dimensions", "npy-shape", () => readNpy(npy(dict("'|u1'", `(${"1,".repeat(40)})`)))],
  ["values that do not fill the shape", "npy-shape", () => writeNpy({ ...small, shape: [3] })],
  ["a file cut short", "npy-size", () => readNpy(npy(dict("'<f4'", "(2,)"), bytes(1, 2, 3)))],
  ["bytes after the array", "npy-size", () => readNpy(npy(dict("'|u1'", "(1,)"), bytes(1, 2)))],
  ["a shape beyond all memory", "npy-size", () => readNpy(npy(dict("'|u1'", "(1099511627776, 1099511627776)")))],
  ["an array above the limit", "tensor-limit", () => readNpy(writeNpy(small), { maxBytes: 1 })],
  [
    "a 64-bit integer above 2^53",
    "tensor-inexact",
    () => readNpy(npy(dict("'<i8'", "()"), bytes(1, 0, 0, 0, 0, 0, 32, 0))),
  ],
  [
    "a fraction as an integer",
    "tensor-inexact",
    () => writeNpy({ dtype: "int32", shape: [1], data: Float64Array.of(0.5) }),
  ],
  ["a value out of range", "tensor-inexact", () => writeNpy({ dtype: "int8", shape: [1], data: Int32Array.of(200) })],
  ["no archive", "zip-directory", () => openNpz(text("PK but not really an archive, just some text"))],
  ["an archive cut short", "zip-directory", () => openNpz(archive.subarray(0, archive.length - 5))],
  ["too many entries", "zip-directory", () => openNpz(patched(archive, -12, 255, 255))],
  ["a directory outside the file", "zip-directory", () => openNpz(patched(archive, -6, 255, 255, 255, 127))],
  ["a damaged directory", "zip-entry", () => openNpz(patched(archive, central, 0))],
  ["a local header that is none", "zip-entry", () => read(patched(archive, 0, 0))],
  ["entries that overlap", "zip-entry", () => openNpz(patched(two, two.length - 22 - 5 - 4, 0, 0, 0, 0))],
  ["an encrypted entry", "zip-encrypted", () => openNpz(patched(archive, central + 8, 1))],
  ["an unknown method", "zip-method", () => read(patched(archive, central + 10, 12))],
  ["a name twice", "zip-duplicate", () => openNpz(patched(two, two.length - 22 - 5, 0x61))],
  ["a claim beyond deflate's reach", "zip-limit", () => read(patched(archive, central + 24, 255, 255, 255, 63))],
  [
    "an entry above the limit",
    "zip-limit",
    () => openNpz(writeNpz(new Map([["a", zeros]])), { maxBytes: 1000 }).read("a"),
  ],
  ["an entry larger than it claims", "zip-inflate", () => read(patched(archive, central + 24, 100))],
  ["an entry smaller than it claims", "zip-inflate", () => read(patched(archive, central + 24, 200))],
  ["a stream that is no deflate", "zip-inflate", () => read(patched(archive, 35, 255, 255, 255))],
  ["a wrong checksum", "zip-checksum", () => read(patched(archive, central + 16, 1, 2, 3, 4))],
  ["an array of a bad type inside", "npy-dtype", () => read(zipSync({ "a.npy": npy(dict("'|O'", "(1,)")) }))],
  ["a name the archive lacks", "tensor-missing", () => read(archive, "b")],
  ["a name with a folder", "tensor-name", () => writeNpz(new Map([["../a", small]]))],
  ["a header of 2^60 bytes", "safetensors-length", () => openSafetensors(safe("{}", bytes(), 2n ** 60n))],
  ["a header longer than the file", "safetensors-length", () => openSafetensors(safe("{}", bytes(), 3n))],
  ["fewer than 8 bytes", "safetensors-length", () => openSafetensors(bytes(1, 2))],
  ["a header that is no UTF-8", "safetensors-header", () => openSafetensors(patched(safe("{}  "), 9, 255))],
  ["a header that is no JSON", "safetensors-header", () => openSafetensors(safe("{'a': 1}"))],
  ["a header that is a list", "safetensors-header", () => openSafetensors(safe("[]"))],
  ["a deep header", "safetensors-header", () => openSafetensors(safe(`{"a":${"[".repeat(100_000)}`))],
  ["a negative dimension", "safetensors-header", () => openSafetensors(safe(`{${entry("a", "U8", "[-1]", "[0,0]")}}`))],
  ["metadata that is not text", "safetensors-header", () => openSafetensors(safe('{"__metadata__":{"a":1}}'))],
  ["an array that is a number", "safetensors-header", () => openSafetensors(safe('{"a":1}'))],
  [
    "a name twice",
    "safetensors-duplicate",
    () =>
      openSafetensors(safe(`{${entry("a", "U8", "[1]", "[0,1]")},${entry("a", "U8", "[1]", "[1,2]")}}`, bytes(1, 2))),
  ],
  [
    "an unknown type",
    "safetensors-dtype",
    () => openSafetensors(safe(`{${entry("a", "F8_E4M3", "[1]", "[0,1]")}}`, bytes(1))).read("a"),
  ],
  [
    "a type named like a method",
    "safetensors-dtype",
    () => openSafetensors(safe(`{${entry("a", "toString", "[1]", "[0,1]")}}`, bytes(1))).read("a"),
  ],
  [
    "a shape of another size",
    "safetensors-shape",
    () => openSafetensors(safe(`{${entry("a", "F32", "[2]", "[0,4]")}}`, bytes(0, 0, 0, 0))),
  ],
  [
    "offsets past the end",
    "safetensors-offsets",
    () => openSafetensors(safe(`{${entry("a", "U8", "[2]", "[0,2]")}}`, bytes(1))),
  ],
  [
    "offsets in the wrong order",
    "safetensors-offsets",
    () => openSafetensors(safe(`{${entry("a", "U8", "[1]", "[1,0]")}}`, bytes(1))),
  ],
  [
    "arrays that overlap",
    "safetensors-offsets",
    () =>
      openSafetensors(
        safe(`{${entry("a", "U8", "[2]", "[0,2]")},${entry("b", "U8", "[2]", "[1,3]")}}`, bytes(1, 2, 3)),
      ),
  ],
  [
    "bytes of no array",
    "safetensors-gap",
    () => openSafetensors(safe(`{${entry("a", "U8", "[1]", "[0,1]")}}`, bytes(1, 2))),
  ],
  [
    "a hole before an array",
    "safetensors-gap",
    () => openSafetensors(safe(`{${entry("a", "U8", "[1]", "[1,2]")}}`, bytes(1, 2))),
  ],
  ["a name the file lacks", "tensor-missing", () => openSafetensors(safe("{}")).read("a")],
  ["text for a picture", "picture", () => readPicture(bytes(1, 2, 3), [1, 1])],
  ["an IDX file cut short", "idx", () => readIdx(bytes(0, 0, 8, 1, 0, 0, 0, 9, 1))],
  ["the reserved name", "tensor-name", () => writeSafetensors(new Map([["__metadata__", small]]))],
];

describe("every error has a sample", () => {
  test.each(samples)("%s: %s", (_, code, run) => {
    let error: unknown;
    try {
      run();
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(FileError);
    expect((error as FileError).code).toBe(code);
    expect((error as FileError).message).not.toBe("");
  });

  test("the list is complete", () => {
    expect([...new Set(samples.map(([, code]) => code))].sort()).toEqual([...FILE_ERROR_CODES].sort());
  });
});

test("a truncated or flipped file never gives anything but a FileError or arrays", () => {
  const files: [Uint8Array, (b: Uint8Array) => unknown][] = [
    [writeNpy(small), (b) => readNpy(b)],
    [two, (b) => ["a", "b"].map((n) => openNpz(b).read(n))],
    [writeSafetensors(new Map([["a", small]])), (b) => openSafetensors(b).read("a")],
  ];
  const attempt = (run: () => unknown) => {
    try {
      run();
    } catch (e) {
      if (!(e instanceof FileError)) throw e;
    }
  };
  for (const [file, open] of files) {
    for (let n = 0; n < file.length; n++) attempt(() => open(file.slice(0, n)));
    for (let n = 0; n < file.length * 8; n++)
      attempt(() => open(patched(file, n >> 3, file[n >> 3]! ^ (1 << (n & 7)))));
  }
});
