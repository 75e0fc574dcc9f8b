// What is made wrong: files of each kind, and all single faults in them.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../nets/build.ts";
import { designNames, designOf, flips, passes, type Wrong, wiringMutants, withMutant } from "./designs.ts";
import type { Mutant } from "./mutant.ts";
import { typescriptMutants } from "./typescript.ts";
import { verilogMutants } from "./verilog.ts";

/** Files and folders of each kind. */
const places = {
  cells: ["templates"],
  golden: ["golden/arith", "golden/ops", "golden/fast", "golden/float", "golden/run.ts"],
  stages: ["generator/4-quantize", "generator/5-schedule", "generator/6-lower"],
} as const;

export type FileKind = keyof typeof places;
export const fileKinds = Object.keys(places) as FileKind[];
const designKinds = ["wiring", "memory"] as const;
export type DesignKind = (typeof designKinds)[number];
export const kinds = [...fileKinds, ...designKinds] as const;
export const isFileKind = (kind: FileKind | DesignKind): kind is FileKind => kind in places;

/** Source files of a kind, sorted. */
export function filesOf(kind: FileKind): string[] {
  return places[kind].flatMap((place) =>
    statSync(join(root, place)).isFile()
      ? [place]
      : readdirSync(join(root, place))
          .filter((f) => (f.endsWith(".ts") && !f.endsWith(".test.ts") && f !== "index.ts") || f.endsWith(".v"))
          .sort()
          .map((f) => `${place}/${f}`),
  );
}

/** All single faults in source files of a kind, in the order of the files. */
export const mutantsOfKind = (kind: FileKind): Mutant[] =>
  filesOf(kind).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return file.endsWith(".v") ? verilogMutants(file, text) : typescriptMutants(file, text);
  });

/** A fault in a small design, which verification must find. */
export interface DesignMutant extends Omit<Mutant, "apply" | "parts"> {
  /** Whether verification lets it pass; undefined where it changes nothing. */
  readonly passes: () => Promise<boolean | undefined>;
}

/** All single faults in the small designs: in the wiring, or of a bit in a memory file. */
export function designMutants(kind: DesignKind): DesignMutant[] {
  return designNames.flatMap((name) => {
    const d = designOf(name);
    // A design that no simulator takes is found wrong.
    const runs = async ({ files, hardware }: Wrong) => (await passes({ ...d, hardware }, files, "icarus")) === true;
    if (kind === "wiring")
      return wiringMutants(d).map((m) => ({ ...m, passes: () => runs({ ...d, files: withMutant(d, m) }) }));
    return flips(d).map((f) => {
      const what = `bit ${f.bit} flipped`;
      const before = `${f.node}, ${f.part}, ${f.at}`;
      return {
        ...{
          file: `${name}: mem`,
          line: 1,
          what,
          before,
          after: `${before}, ${what}`,
          id: `${name} ${before} ${f.bit}`,
        },
        async passes() {
          const wrong = f.wrong();
          return wrong && runs(wrong);
        },
      };
    });
  });
}
