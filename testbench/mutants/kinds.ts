// What is made wrong: files of each kind, and all single faults in them.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../nets/build.ts";
import type { Mutant } from "./mutant.ts";
import { typescriptMutants } from "./typescript.ts";
import { verilogMutants } from "./verilog.ts";

/** Files and folders of each kind. */
const places = {
  cells: ["templates"],
  golden: ["golden/arith", "golden/ops", "golden/fast", "golden/float", "golden/run.ts"],
  stages: ["generator/4-quantize", "generator/5-schedule", "generator/6-lower"],
} as const;

export type Kind = keyof typeof places;
export const kinds = Object.keys(places) as Kind[];

/** Source files of a kind, sorted. */
export function filesOf(kind: Kind): string[] {
  return places[kind].flatMap((place) =>
    statSync(join(root, place)).isFile()
      ? [place]
      : readdirSync(join(root, place))
          .filter((f) => (f.endsWith(".ts") && !f.endsWith(".test.ts") && f !== "index.ts") || f.endsWith(".v"))
          .sort()
          .map((f) => `${place}/${f}`),
  );
}

/** All single faults of a kind, in the order of the files. */
export const mutantsOfKind = (kind: Kind): Mutant[] =>
  filesOf(kind).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return file.endsWith(".v") ? verilogMutants(file, text) : typescriptMutants(file, text);
  });
