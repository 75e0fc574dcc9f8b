// The directory of a zip archive, and one entry of it at a time.
// Format: PKWARE APPNOTE.TXT, sections 4.3 and 4.5.3 (zip64), https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { Inflate, inflateSync } from "fflate";
import { FileError } from "./error.ts";

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc: number;
  /** Place of the local header in the file. */
  readonly offset: number;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_COMMENT = 65_535;
/** No deflate stream grows by more: 258 bytes from two bits. */
const MAX_DEFLATE_RATIO = 1032;
const MAX_ENTRIES = 65_536;

/** All entries, from the central directory. Throws FileError. */
export function readZipDirectory(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = directory.offset;
  for (let i = 0; i < directory.count; i++) {
    const { entry, next } = readCentral(bytes, view, at, directory.offset + directory.size);
    if (names.has(entry.name))
      throw new FileError({
        code: "zip-duplicate",
        message: `the archive holds "${entry.name}" twice`,
        hint: "write the archive again with each name once",
        offset: at,
      });
    names.add(entry.name);
    entries.push(entry);
    at = next;
  }
  checkOverlap(entries, directory.offset);
  return entries;
}

/** Bytes of packed data at a time: what they unpack to stays small. */
const STEP = 1024;

/** The first bytes of one entry, `count` or all of them at least; nothing behind them is unpacked or checked. */
export function readZipStart(bytes: Uint8Array, entry: ZipEntry, count: number): Uint8Array {
  const stored = storedOf(bytes, entry);
  if (entry.method === 0) return stored.subarray(0, count);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const inflate = new Inflate((part) => {
      parts.push(part);
      length += part.length;
    });
    for (let at = 0; at < stored.length && length < count; at += STEP)
      inflate.push(stored.subarray(at, at + STEP), at + STEP >= stored.length);
  } catch (e) {
    throw new FileError({
      code: "zip-inflate",
      message: `"${entry.name}" does not unpack: ${e instanceof Error ? e.message : String(e)}`,
      offset: entry.offset,
    });
  }
  const start = new Uint8Array(length);
  let to = 0;
  for (const part of parts) {
    start.set(part, to);
    to += part.length;
  }
  return start;
}

/** An entry as it lies in the archive. */
function storedOf(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { offset, name } = entry;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
    throw entryError(`"${name}" has no local header`, offset, "50 4B 03 04");
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + entry.compressedSize > bytes.length)
    throw entryError(`"${name}" runs past the end of the file`, offset, `${entry.compressedSize} bytes from ${start}`);
  if (entry.method !== 0 && entry.method !== 8)
    throw new FileError({
      code: "zip-method",
      message: `"${name}" is packed with method ${entry.method}`,
      expected: "0 (stored) or 8 (deflate)",
      found: String(entry.method),
      hint: "write it with numpy.savez or numpy.savez_compressed",
      offset,
    });
  return bytes.subarray(start, start + entry.compressedSize);
}

/** The bytes of one entry, checked against its size and checksum. `maxBytes` bounds what is allocated. */
export function readZipEntry(bytes: Uint8Array, entry: ZipEntry, maxBytes: number): Uint8Array {
  const stored = storedOf(bytes, entry);
  const { offset, name } = entry;
  if (entry.size > maxBytes || (entry.method === 8 && entry.size > MAX_DEFLATE_RATIO * entry.compressedSize + 64))
    throw new FileError({
      code: "zip-limit",
      message: `"${name}" claims to hold ${entry.size} bytes in ${entry.compressedSize}`,
      expected: `at most ${Math.min(maxBytes, MAX_DEFLATE_RATIO * entry.compressedSize + 64)} bytes`,
      found: `${entry.size} bytes`,
      offset,
    });
  const data = entry.method === 0 ? stored : inflate(stored, entry);
  if (data.length !== entry.size)
    throw new FileError({
      code: "zip-inflate",
      message: `"${name}" does not unpack to the size it claims`,
      expected: `${entry.size} bytes`,
      found: data.length > entry.size ? "more" : `${data.length} bytes`,
      offset,
    });
  if (crc32(data) !== entry.crc)
    throw new FileError({
      code: "zip-checksum",
      message: `"${name}" is damaged: its checksum does not match`,
      expected: hex(entry.crc),
      found: hex(crc32(data)),
      offset,
    });
  return data;
}

/** CRC-32 of zip, polynomial 0xEDB88320. */
function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

const hex = (v: number) => v.toString(16).padStart(8, "0");

function inflate(packed: Uint8Array, entry: ZipEntry): Uint8Array {
  try {
    // One byte more than claimed: a stream that holds more fills it, and never grows the buffer.
    return inflateSync(packed, { out: new Uint8Array(entry.size + 1) });
  } catch (e) {
    throw new FileError({
      code: "zip-inflate",
      message: `"${entry.name}" does not unpack: ${e instanceof Error ? e.message : String(e)}`,
      offset: entry.offset,
    });
  }
}

const entryError = (message: string, offset: number, expected?: string) =>
  new FileError({ code: "zip-entry", message, expected, offset, hint: "the file is cut short or damaged" });

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

function findDirectory(view: DataView): Directory {
  const fail = (message: string, offset?: number) =>
    new FileError({
      code: "zip-directory",
      message: `this is not a readable zip archive: ${message}`,
      offset,
      hint: "a .npz file is written with numpy.savez; it may be cut short",
    });
  const last = view.byteLength - 22;
  let at = last;
  while (at >= 0 && at >= last - MAX_COMMENT && view.getUint32(at, true) !== END) at--;
  if (at < 0 || at < last - MAX_COMMENT) throw fail("it has no end record");
  let directory: Directory = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  if (at >= 20 && view.getUint32(at - 20, true) === LOCATOR64) {
    const at64 = Number(view.getBigUint64(at - 12, true));
    if (at64 + 56 > view.byteLength || view.getUint32(at64, true) !== END64)
      throw fail("its zip64 record is lost", at - 20);
    directory = {
      count: Number(view.getBigUint64(at64 + 32, true)),
      size: Number(view.getBigUint64(at64 + 40, true)),
      offset: Number(view.getBigUint64(at64 + 48, true)),
    };
  }
  if (directory.offset + directory.size > at) throw fail("its directory lies outside the file", at);
  // Each entry has at least 46 bytes.
  if (directory.count > MAX_ENTRIES || directory.count * 46 > directory.size)
    throw fail(`it claims ${directory.count} entries in ${directory.size} bytes`, at);
  return directory;
}

function readCentral(bytes: Uint8Array, view: DataView, at: number, end: number): { entry: ZipEntry; next: number } {
  if (at + 46 > end || view.getUint32(at, true) !== CENTRAL)
    throw entryError("a directory entry is damaged", at, "50 4B 01 02");
  const lengths = [28, 30, 32].map((o) => view.getUint16(at + o, true)) as [number, number, number];
  const next = at + 46 + lengths[0] + lengths[1] + lengths[2];
  if (next > end) throw entryError("a directory entry runs past the directory", at);
  const flags = view.getUint16(at + 8, true);
  const name = new TextDecoder(flags & 0x800 ? "utf-8" : "latin1").decode(
    bytes.subarray(at + 46, at + 46 + lengths[0]),
  );
  if (flags & 1)
    throw new FileError({
      code: "zip-encrypted",
      message: `"${name}" is encrypted`,
      hint: "write it without a password",
      offset: at,
    });
  const sizes = {
    size: view.getUint32(at + 24, true),
    compressedSize: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  };
  return {
    entry: {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      ...withZip64(sizes, view, at + 46 + lengths[0], lengths[1], at),
    },
    next,
  };
}

/** Sizes of 2^32 - 1 stand for 64-bit ones in the extra field with id 1, in this order. */
function withZip64<T extends { size: number; compressedSize: number; offset: number }>(
  sizes: T,
  view: DataView,
  extra: number,
  extraLength: number,
  at: number,
): T {
  const wide = (["size", "compressedSize", "offset"] as const).filter((k) => sizes[k] === 0xffffffff);
  if (wide.length === 0) return sizes;
  for (let p = extra; p + 4 <= extra + extraLength; p += 4 + view.getUint16(p + 2, true)) {
    if (view.getUint16(p, true) !== 1) continue;
    if (p + 4 + wide.length * 8 > extra + extraLength) break;
    const found = { ...sizes };
    wide.forEach((k, i) => {
      found[k] = Number(view.getBigUint64(p + 4 + i * 8, true));
    });
    return found;
  }
  throw entryError("a directory entry lacks its zip64 sizes", at);
}

/** Entries that share bytes are the mark of a bomb, and no writer of arrays makes them. */
function checkOverlap(entries: readonly ZipEntry[], directoryOffset: number): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach((e, i) => {
    const limit = sorted[i + 1]?.offset ?? directoryOffset;
    if (e.offset + 30 + e.compressedSize > limit) throw entryError(`"${e.name}" overlaps what follows it`, e.offset);
  });
}
