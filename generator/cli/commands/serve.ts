// addernet serve: a folder of builds in the browser, on this machine alone.
import { defineCommand, done } from "../command.ts";
import { UsageError } from "../numbers.ts";
import { serveFolder } from "../serve.ts";

export const command = defineCommand({
  positionals: { folder: { describe: "folder of builds and reports", type: "string", default: "." } },
  options: { port: { describe: "port on the loopback interface; 0: any free port", type: "number", default: 8750 } },
  async run({ folder, port }, out) {
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new UsageError("--port needs a whole number from 0 up to 65535");
    const serving = await serveFolder(folder, port);
    out.line(`${serving.url} shows ${folder}; on this machine only, until Ctrl-C`);
    await new Promise<void>((end) => {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end());
    });
    await serving.close();
    return done();
  },
});
