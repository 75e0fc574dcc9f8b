// addernet import integers: a description of an integer network as integers.json.
import { join } from "node:path";
import { importIntegers } from "../../import/integers/index.ts";
import { defineCommand, done } from "../command.ts";
import { unwrap } from "../console.ts";
import { readBeside, readText } from "../files.ts";
import { forceOption, outOption } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";

export const command = defineCommand({
  positionals: {
    description: {
      describe: "file that describes layers, weights and constants (docs/import.md)",
      type: "string",
      demandOption: true,
    },
  },
  options: { o: outOption, force: forceOption },
  run(args, out) {
    checkFolder(args.o, "import", args.force);
    out.progress(`reading ${args.description}`, 0, 0);
    const text = readText(args.description);
    const got = importIntegers(text, readBeside(args.description));
    const { net, text: integers, notes } = unwrap(got, out, { file: args.description, text });
    writeFolder(args.o, new Map([["integers.json", integers]]), "import", args.force);
    out.line(`wrote ${join(args.o, "integers.json")}: ${net.nodes.length} nodes of ${args.description}`);
    for (const note of notes) out.line(`note: ${note}`);
    return done({ file: join(args.o, "integers.json"), name: net.name, nodes: net.nodes.length, notes });
  },
});
