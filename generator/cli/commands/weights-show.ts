// addernet weights show: what a weight image holds.
import { printable } from "../../diagnostics/print.ts";
import type { ExternalSection } from "../../weights/external.ts";
import { identityText } from "../../weights/image.ts";
import { defineCommand, done } from "../command.ts";
import { columns } from "../table.ts";
import { openImage } from "../weights.ts";

/** Bits a weight as they lie there, and for which values. */
function codeOf({ rows, bits, bytes, code }: ExternalSection): string[] {
  if (!code) return ["not coded"];
  const weights = (rows * bits) / code.bits;
  return [`${((8 * bytes) / weights).toFixed(2)} of ${code.bits}: ${code.first} in 1, ${code.second} in 2`];
}

export const command = defineCommand({
  positionals: { image: { describe: "image written by addernet weights pack", type: "string", demandOption: true } },
  options: {},
  run({ image: path }, out) {
    out.progress(`reading ${path}`, 0, 0);
    const { bytes, image } = openImage(path);
    const { identity, network, sections, payload, external } = image;
    out.line(`${printable(network)}, identity ${identityText(identity)}, ${bytes.length} bytes, CRC right`);
    const rows = sections.map((s) => [printable(s.layer), s.holds, String(s.rows), String(s.bits), String(s.words)]);
    for (const line of columns([["layer", "holds", "rows", "bits", "words"], ...rows])) out.line(line);
    if (external) {
      const beside = external.map((s) => [
        printable(s.layer),
        String(s.rows),
        String(s.bits),
        String(s.offset),
        String(s.bytes),
        ...codeOf(s),
      ]);
      out.line("in external memory:");
      for (const line of columns([["layer", "rows", "bits", "offset", "bytes", "bits a weight"], ...beside]))
        out.line(line);
    }
    return done({
      ...{ network, identity: identityText(identity), bytes: bytes.length, words: payload.length, sections },
      ...(external ? { external } : {}),
    });
  },
});
