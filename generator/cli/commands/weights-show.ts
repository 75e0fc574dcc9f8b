// addernet weights show: what an image of weights holds.
import { readFileSync } from "node:fs";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { printable } from "../../diagnostics/print.ts";
import { ImageError, identityText, readImage } from "../../weights/image.ts";
import { defineCommand, done } from "../command.ts";
import { reason } from "../files.ts";
import { columns } from "../table.ts";

export const command = defineCommand({
  positionals: { image: { describe: "what addernet weights pack wrote", type: "string", demandOption: true } },
  options: {},
  run({ image: path }, out) {
    const refuse = (message: string) =>
      inputError({
        code: "AN6007",
        message: `${path}: ${message}`,
        expected: "an image as addernet weights pack writes it",
      });
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (e) {
      throw refuse(reason(e));
    }
    try {
      const { identity, network, sections, payload } = readImage(bytes);
      out.line(`${printable(network)}, identity ${identityText(identity)}, ${bytes.length} bytes, CRC right`);
      const rows = sections.map((s) => [printable(s.layer), s.holds, String(s.rows), String(s.bits), String(s.words)]);
      for (const line of columns([["layer", "holds", "rows", "bits", "words"], ...rows])) out.line(line);
      return done({ network, identity: identityText(identity), bytes: bytes.length, words: payload.length, sections });
    } catch (e) {
      if (e instanceof ImageError) throw refuse(e.message);
      throw e;
    }
  },
});
