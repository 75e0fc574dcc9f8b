// addernet import onnx: a model in ONNX or QONNX as a network file.
import { basename, extname } from "node:path";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { importOnnx } from "../../import/onnx/index.ts";
import { defineCommand, done } from "../command.ts";
import { readBeside, reason } from "../files.ts";
import { onnxOptions } from "../import-options.ts";
import { numberOf, perChannel, shapeOf } from "../import-values.ts";
import { readInput } from "../inputs.ts";
import { forceOption, outOption } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";

export const command = defineCommand({
  positionals: { model: { describe: "the .onnx file", type: "string", demandOption: true } },
  options: { ...onnxOptions, o: outOption, force: forceOption },
  run(args, out) {
    const shape = shapeOf(args.shape);
    const options = {
      name: args.name ?? basename(args.model, extname(args.model)),
      shape,
      scale: args.scale === undefined ? undefined : numberOf("scale", args.scale),
      mean: perChannel("mean", args.mean, undefined),
      std: perChannel("std", args.std, undefined),
    };
    checkFolder(args.o, "import", args.force);
    out.progress(`reading ${args.model}`, 0, 0);
    let bytes: Uint8Array;
    try {
      bytes = readInput(args.model);
    } catch (e) {
      throw inputError({ code: "AN9003", message: `${args.model} cannot be read: ${reason(e)}` });
    }
    const { files, layers, notes } = importOnnx(bytes, readBeside(args.model), options);
    out.progress(`writing ${args.o}`, 0, 0);
    writeFolder(args.o, files, "import", args.force);
    out.line(`wrote ${[...files.keys()].join(" and ")} to ${args.o}: ${layers} layers of ${args.model}`);
    for (const note of notes) out.line(`note: ${note}`);
    return done({ folder: args.o, layers, notes, files: [...files.keys()] });
  },
});
