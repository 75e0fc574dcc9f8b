// addernet schema: the JSON Schema of the network format.
import { jsonSchema } from "../../1-parse/schema.ts";
import { defineCommand } from "../command.ts";
import { textFile } from "../options.ts";
import { writeText } from "../output.ts";

export const command = defineCommand({
  positionals: {},
  options: { output: textFile },
  run: (args, out) => writeText(`${JSON.stringify(jsonSchema(), null, 2)}\n`, args.output, out),
});
