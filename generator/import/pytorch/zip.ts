// The format since PyTorch 1.6: a zip archive with NAME/data.pkl and the storages as NAME/data/KEY, all stored plain.

import { FileError } from "../../files/error.ts";
import { readZipDirectory, readZipEntry, type ZipEntry } from "../../files/zip.ts";
import { shown, unreadable } from "./error.ts";
import type { Contents } from "./tensors.ts";
import { call, find, storageOf } from "./torch-names.ts";
import { unpickle } from "./unpickle.ts";

const maxPickle = 64 * 2 ** 20;
const maxStorage = 2 ** 30;

export const isZip = (bytes: Uint8Array): boolean => [0x50, 0x4b, 3, 4].every((byte, i) => bytes[i] === byte);

/** What the archive's reader throws, as a message about the checkpoint. */
export function asCheckpoint<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const { message, expected, found } = error;
    throw unreadable(message, {
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
      hint: "the file is cut short or damaged; write it again with torch.save",
    });
  }
}

const isPickle = (name: string): boolean => name === "data.pkl" || /^[^/]+\/data\.pkl$/.test(name);

/** Whether an archive is one of torch.save's rather than NumPy's, whose entries all end in .npy. */
export function holdsPickle(bytes: Uint8Array): boolean {
  const names = asCheckpoint(() => readZipDirectory(bytes)).map((entry) => entry.name);
  return names.length === 0 || !names.every((name) => name.endsWith(".npy"));
}

export function readZip(bytes: Uint8Array): Contents {
  const entries = new Map(
    asCheckpoint(() => readZipDirectory(bytes)).map((entry): [string, ZipEntry] => [entry.name, entry]),
  );
  const pickle = [...entries.keys()].find(isPickle);
  if (pickle !== undefined && entries.has(`${pickle.slice(0, -"data.pkl".length)}constants.pkl`)) {
    throw unreadable("the archive is a TorchScript module", {
      expected: "a state dict",
      hint: "write one in Python: torch.save(torch.jit.load(path).state_dict(), other)",
    });
  }
  if (pickle === undefined) {
    throw unreadable("the archive is not a PyTorch checkpoint", {
      expected: "an entry NAME/data.pkl",
      found: [...entries.keys()].slice(0, 5).map(shown).join(", ") || "no entries",
    });
  }
  const prefix = pickle.slice(0, -"data.pkl".length);
  const read = (entry: ZipEntry, limit: number): Uint8Array => asCheckpoint(() => readZipEntry(bytes, entry, limit));

  const order = entries.get(`${prefix}byteorder`);
  const littleEndian = !order || new TextDecoder().decode(read(order, 16)) !== "big";

  const parts = new Map<string, Uint8Array>();
  const { value } = unpickle(read(entries.get(pickle)!, maxPickle), 0, { find, call, persistent: storageOf });
  return {
    value,
    pieces: {
      littleEndian,
      bytes(key) {
        const entry = entries.get(`${prefix}data/${key}`);
        if (!entry) throw unreadable(`the checkpoint lacks the storage ${shown(key)}`);
        const part = parts.get(key) ?? read(entry, maxStorage);
        parts.set(key, part);
        return part;
      },
    },
  };
}
