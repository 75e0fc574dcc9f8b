// What tells two accelerators apart.
import { createHash } from "node:crypto";

/** First 64 bits, in hexadecimal, of the hash of what an accelerator computes with: its Verilog and its memories. */
export function hashOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (/^(rtl|mem)\//.test(path)) hash.update(`${path}\n${text.length}\n${text}`);
  return hash.digest("hex").slice(0, 16);
}
