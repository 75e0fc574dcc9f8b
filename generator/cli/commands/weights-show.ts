// addernet weights show: what a weight image holds.
import { printable } from "../../diagnostics/print.ts";
import type { CodeBook } from "../../weights/code.ts";
import type { ExternalSection } from "../../weights/external.ts";
import { type ImageSection, identityText } from "../../weights/image.ts";
import { defineCommand, done } from "../command.ts";
import { columns } from "../table.ts";
import { openImage } from "../weights.ts";

/** Bits a weight as they lie in `all` bits, and for which values. */
function codeText(all: number, s: Pick<ImageSection, "rows" | "bits">, code: CodeBook & { readonly bits: number }) {
  const weights = (s.rows * s.bits) / code.bits;
  return `${(all / weights).toFixed(2)} of ${code.bits}: ${code.first} in 1, ${code.second} in 2`;
}

const codeOf = (s: ExternalSection): string[] => [s.code ? codeText(8 * s.bytes, s, s.code) : "not coded"];

/** Of a section of the words that are loaded. */
const bitsOf = (s: ImageSection): string[] => [s.code ? codeText(32 * s.code.words, s, s.code) : ""];

export const command = defineCommand({
  positionals: { image: { describe: "image written by addernet weights pack", type: "string", demandOption: true } },
  options: {},
  run({ image: path }, out) {
    out.progress(`reading ${path}`, 0, 0);
    const { bytes, image } = openImage(path);
    const { identity, network, sections, payload, external } = image;
    out.line(`${printable(network)}, identity ${identityText(identity)}, ${bytes.length} bytes, CRC right`);
    const coded = sections.some((s) => s.code);
    const rows = sections.map((s) => [
      ...[printable(s.layer), s.holds, String(s.rows), String(s.bits), String(s.words)],
      ...(coded ? bitsOf(s) : []),
    ]);
    const head = ["layer", "holds", "rows", "bits", "words", ...(coded ? ["bits a weight"] : [])];
    for (const line of columns([head, ...rows])) out.line(line);
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
