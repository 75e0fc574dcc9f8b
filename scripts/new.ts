// Begins a layer kind or a cell: scripts/new-layer KIND, scripts/new-cell axis_NAME.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newCell, newLayer } from "./scaffold.ts";

const root = join(import.meta.dirname, "..");
const [what, name] = process.argv.slice(2);
const make = { layer: newLayer, cell: newCell }[what ?? ""];
if (!make || !name) {
  console.error("scripts/new-layer KIND, scripts/new-cell axis_NAME");
  process.exit(2);
}
try {
  const { files, changed, next } = make(name, (path) => readFileSync(join(root, path), "utf8"));
  for (const path of files.keys()) if (existsSync(join(root, path))) throw new Error(`${path} already exists`);
  const all = [...files, ...changed];
  for (const [path, text] of all) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const formatted = all.map(([path]) => path).filter((path) => path.endsWith(".ts"));
  execFileSync(join(root, "node_modules/.bin/biome"), ["check", "--write", ...formatted], {
    cwd: root,
    stdio: "ignore",
  });
  for (const path of files.keys()) console.log(`made     ${path}`);
  for (const path of changed.keys()) console.log(`changed  ${path}`);
  console.log("\nto fill, in this order:");
  next.forEach((line, i) => {
    console.log(`  ${i + 1}. ${line}`);
  });
} catch (e) {
  console.error(e instanceof Error ? e.message : String(e));
  process.exit(1);
}
