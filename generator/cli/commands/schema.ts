// addernet schema: the JSON Schema of the files that people write.
import { jsonSchema } from "../../1-parse/schema.ts";
import { integersJsonSchema } from "../../import/integers/schema.ts";
import { defineCommand } from "../command.ts";
import { textFile } from "../options.ts";
import { writeText } from "../output.ts";

const SCHEMAS = { network: jsonSchema, integers: integersJsonSchema } as const;

export const command = defineCommand({
  positionals: {},
  options: {
    of: {
      describe: "network: the network file; integers: the file that import integers reads",
      choices: Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[],
      default: "network" as const,
    },
    output: textFile,
  },
  run: (args, out) => writeText(`${JSON.stringify(SCHEMAS[args.of](), null, 2)}\n`, args.output, out),
});
