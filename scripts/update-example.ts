// Writes the committed example of an output folder anew; run it when a change of the emitted files is meant.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../testbench/nets/build.ts";
import { exampleFiles, exampleFolder } from "../testbench/nets/example.ts";

const dir = join(root, exampleFolder);
const files = exampleFiles();
rmSync(dir, { recursive: true, force: true });
for (const [path, text] of files) {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}
console.log(`${files.size} files in ${exampleFolder}`);
