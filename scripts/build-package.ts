// Compiles what the package ships into dist/: JavaScript, declarations, and the files that they read.
//
//   tsx scripts/build-package.ts        npm runs it before npm pack and npm publish
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../generator/cli/output.ts";
import { webPage } from "../web/build.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

/** What compiled code reads beside itself, relative to the root; it lies at the same place below dist/. */
const data = [
  "templates",
  "generator/device/flow/worker.mjs",
  "generator/device/flow/yowasp.mjs",
  "generator/cli/painter.cjs",
  "golden/fast/worker.cjs",
  "testbench/lib/native",
  "testbench/lib/sdram",
  "scripts/addernet.mjs",
  "scripts/export_pytorch.py",
  "scripts/safetensors_file.py",
  "scripts/torch_checkpoint.py",
];

rmSync(dist, { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) process.exit(1);
// tsc leaves the imports of declarations as they stand in the source.
for (const f of readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".d.ts"))) {
  const path = join(dist, f);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/((?:from |import\()")(\.{1,2}\/[^"]*)\.ts"/g, '$1$2.js"'));
}
// The compiler's page; the tools beside it come from their own packages, see `addernet serve`.
writeWhole(join(dist, "web/index.html"), await webPage());
for (const path of data) cpSync(join(root, path), join(dist, path), { recursive: true });
