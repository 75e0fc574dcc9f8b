// addernet export: writes the quantized weights in one of the formats.
import { InputError, inputError } from "../../diagnostics/diagnostics.ts";
import { exportFormats, onnxModel } from "../../export/index.ts";
import { defineCommand, done } from "../command.ts";
import type { Console } from "../console.ts";
import { type DesignArgs, designOf } from "../design.ts";
import { integersOf, type Opened, openNetwork } from "../network.ts";
import { designOptions, forceOption, network, outOption } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";

/** What the folder holds, for readers of it. */
const mark = "addernet-export.json";

/** The real network; every other format holds the integers. */
const ONNX = "onnx";

type Named = readonly [network: string, files: ReadonlyMap<string, Uint8Array>];

function realFiles({ graph, source }: Opened): Named {
  if (!graph)
    throw inputError({
      code: "AN9006",
      message: "an integer network cannot be written as ONNX",
      expected: "the network file that the integers were made from",
    });
  try {
    return [graph.name, new Map([["network.onnx", onnxModel(graph)]])];
  } catch (e) {
    throw e instanceof InputError ? new InputError(e.diagnostics, source) : e;
  }
}

function integerFiles(
  args: DesignArgs & { readonly network: string; readonly format: string; readonly folded: boolean },
  opened: Opened,
  out: Console,
): Named {
  const net = integersOf(args.network, opened, args, out);
  let folds = {};
  if (args.folded) {
    const { schedule } = designOf(args.network, args, opened, out, { net });
    folds = Object.fromEntries(schedule.nodes.map((n) => [n.node.name, n.fold]));
  }
  return [net.name, exportFormats.get(args.format)!.files(net, { folds })];
}

export const command = defineCommand({
  positionals: { network },
  options: {
    ...designOptions,
    format: { describe: "format to write", choices: [...exportFormats.keys(), ONNX], demandOption: true },
    folded: { describe: "write the words as the accelerator's memories hold them", type: "boolean", default: false },
    o: outOption,
    force: forceOption,
  },
  run(args, out) {
    const dir = args.o;
    checkFolder(dir, "export", args.force);
    const opened = openNetwork(args.network, out);
    const [name, content] = args.format === ONNX ? realFiles(opened) : integerFiles(args, opened, out);
    out.progress(`writing ${dir}`, 0, 0);
    const files = new Map(content);
    files.set(
      mark,
      new TextEncoder().encode(
        `${JSON.stringify({ format: args.format, network: name, files: [...files.keys()] }, null, 2)}\n`,
      ),
    );
    writeFolder(dir, files, "export", args.force);
    out.line(`wrote ${files.size} files to ${dir}`);
    return done({ folder: dir, files: [...files.keys()] });
  },
});
