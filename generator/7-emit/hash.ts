// What tells two accelerators apart.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** Of a text in UTF-8, in hexadecimal. */
export const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** First 64 bits, in hexadecimal, of the hash of what an accelerator computes with: its Verilog and its memories. */
export function hashOf(files: ReadonlyMap<string, string>): string {
  const hash = sha256.create();
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (/^(rtl|mem)\//.test(path)) hash.update(utf8ToBytes(`${path}\n${text.length}\n${text}`));
  return bytesToHex(hash.digest()).slice(0, 16);
}
