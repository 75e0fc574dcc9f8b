// addernet weights pack: the image of a set of weights for an accelerator with layers in RAM.
import { join } from "node:path";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { type Image, identityText, wholeImage, writeImage } from "../../weights/image.ts";
import { packFor } from "../../weights/pack.ts";
import { defineCommand, done } from "../command.ts";
import { designOf } from "../design.ts";
import { readManifest } from "../folder.ts";
import { integersOf, openNetwork } from "../network.ts";
import { designOptions, network } from "../options.ts";
import { writeWhole } from "../output.ts";

const none = (what: string) =>
  inputError({
    code: "AN5005",
    message: `${what} has no layer whose weights are written at run time`,
    expected: '"home": "ram" in the network file, or --weights ram, for the build and here',
  });

export const command = defineCommand({
  positionals: { network },
  options: {
    ...designOptions,
    for: {
      describe:
        "folder of the build that will load the image; the weights are quantized with its scales. Default: the build that the same network and options give",
      type: "string",
    },
    output: { alias: "o", describe: "file to write the image to", type: "string", demandOption: true },
  },
  run(args, out) {
    const opened = openNetwork(args.network, out);
    let bytes: Uint8Array;
    let image: Image;
    if (args.for === undefined) {
      const { hardware } = designOf(args.network, args, opened, out);
      if (!hardware.weights) throw none(args.network);
      image = wholeImage(hardware.name, hardware.weights);
      bytes = writeImage(image);
    } else {
      const { weights } = readManifest(args.for);
      if (!weights) throw none(args.for);
      const built = openNetwork(join(args.for, "integers.json"), out).integers!;
      image = packFor(built, weights, integersOf(args.network, opened, args, out, { like: built }));
      bytes = writeImage(image);
    }
    writeWhole(args.output, bytes);
    const words = image.payload.length;
    out.line(
      `wrote ${args.output}: ${bytes.length} bytes, ${words} words of weights in ${image.sections.length} memories`,
    );
    if (image.beside) out.line(`${image.beside.length} bytes of them are for external memory`);
    return done({
      file: args.output,
      bytes: bytes.length,
      words,
      identity: identityText(image.identity),
      sections: image.sections,
      ...(image.external ? { external: image.external } : {}),
    });
  },
});
