// addernet export: writes the quantized weights in one of the formats.
import { exportFormats } from "../../export/index.ts";
import { defineCommand, done } from "../command.ts";
import { designOf } from "../design.ts";
import { integersOf, openNetwork } from "../network.ts";
import { designOptions, forceOption, network, outOption } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";

/** What the folder holds, for readers of it. */
const mark = "addernet-export.json";

export const command = defineCommand({
  positionals: { network },
  options: {
    ...designOptions,
    format: { describe: "format", choices: [...exportFormats.keys()], demandOption: true },
    folded: { describe: "words as the accelerator's memories hold them", type: "boolean", default: false },
    o: outOption,
    force: forceOption,
  },
  run(args, out) {
    const dir = args.o;
    const format = exportFormats.get(args.format)!;
    checkFolder(dir, "export", args.force);
    const opened = openNetwork(args.network, out);
    const net = integersOf(args.network, opened, args, out);
    let folds = {};
    if (args.folded) {
      const { schedule } = designOf(args.network, args, opened, out, { net });
      folds = Object.fromEntries(schedule.nodes.map((n) => [n.node.name, n.fold]));
    }
    const files = new Map(format.files(net, { folds }));
    files.set(
      mark,
      new TextEncoder().encode(
        `${JSON.stringify({ format: args.format, network: net.name, files: [...files.keys()] }, null, 2)}\n`,
      ),
    );
    writeFolder(dir, files, "export", args.force);
    out.line(`wrote ${files.size} files to ${dir}`);
    return done({ folder: dir, files: [...files.keys()] });
  },
});
