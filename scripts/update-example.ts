// Writes the committed example of an output folder anew, and the record of drawn networks; run it when a change of what is emitted is meant.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { recordedCases, recordFile, recordOf, recordText } from "../testbench/fuzz/record.ts";
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
const entries = recordedCases().map(recordOf);
writeFileSync(recordFile, recordText(entries));
console.log(`${entries.length} networks on record`);
