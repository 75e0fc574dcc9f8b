// Where the lookup tables of a synthesized network are: by layer and cell, of what `addernet synth --output FOLDER` left.
//
//   npx tsx bench/logic.ts FOLDER [--json]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { area, readNetlist } from "../generator/device/flow/netlist.ts";
import { families, targetOf } from "../generator/targets/index.ts";

const { values: options, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const folder = positionals[0];
if (folder === undefined) throw new Error("a folder that addernet synth wrote is needed");
const report = JSON.parse(readFileSync(join(folder, "synth.json"), "utf8")) as { target: string; top: string };
const family = families[targetOf(report.target).family];
const module = readNetlist(readFileSync(join(folder, "synth", `${report.top}.json`), "utf8"), report.top);

// Nets carry the path of their instance: layers below the top, cells below a layer.
const paths = new Set<string>();
for (const name of Object.keys(module.netnames)) {
  const path = /^(?:u_core\.)?u_\w+\.u_\w+(?=\.)/.exec(name)?.[0];
  if (path !== undefined) paths.add(path);
}
const { owners, total } = area(module, family, new Map([...paths].map((path) => [path, path])));
const rows = [...owners].sort(([, a], [, b]) => b.lut - a.lut);
if (options.json) console.log(JSON.stringify({ rows: Object.fromEntries(rows), total }, undefined, 2));
else {
  console.log(`${family.words.lut.padStart(7)}  ${"FF".padStart(6)}  ${family.words.bram}  ${family.words.dsp}  cell`);
  for (const [path, c] of [...rows, ["all", total] as const])
    console.log(
      [
        String(c.lut).padStart(7),
        String(c.ff).padStart(6),
        String(c.bram).padStart(family.words.bram.length),
        String(c.dsp).padStart(family.words.dsp.length),
        path.replaceAll("u_", "") || "(between cells)",
      ].join("  "),
    );
}
