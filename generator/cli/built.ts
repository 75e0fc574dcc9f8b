// A built folder as a design again: what its report is made of, beside the files that lie there.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Design, DesignSpace } from "../design.ts";
import { InputError } from "../diagnostics/diagnostics.ts";
import type { Synthesized } from "../report/design.ts";
import { cellSources, readText } from "./files.ts";
import { type Folder, fault } from "./folder.ts";

/** Whether a design is the folder's, by its Verilog and memories. */
const isBuilt = (d: Design, { manifest: { checksums } }: Folder): boolean =>
  Object.entries(checksums).every(
    ([f, sum]) =>
      !/^(rtl|mem)\//.test(f) ||
      createHash("sha256")
        .update(d.files.get(f) ?? "")
        .digest("hex") === sum,
  );

/** The design of a folder, made again of its integers. AN8007 where this compiler makes another one of them. */
export function builtDesign(folder: Folder): Design {
  const { dir, net, manifest } = folder;
  const { request, target } = manifest;
  const other = (found: string) => new InputError([{ ...fault(`${dir} cannot be reported on: ${found}`) }]);
  if (!request) throw other("its manifest does not say what was asked for");
  const { pe = {}, simd = {}, pixels = {}, unroll = [], homes, ...asked } = request;
  const map = <V>(of: Readonly<Record<string, V>>) => new Map(Object.entries(of));
  const folds = { pe: map(pe), simd: map(simd), pixels: map(pixels), unroll };
  const space = new DesignSpace(
    net,
    {
      ...asked,
      ...{ folds, target: target ?? undefined, homes: typeof homes === "object" ? map(homes) : homes },
    },
    cellSources(),
  );
  // What synthesis found too large was built at another rate than the one asked for.
  for (const make of [() => space.best(), () => space.at(manifest.clocksPerFrame)]) {
    const made = make();
    if (made.ok && isBuilt(made.value, folder)) return made.value;
  }
  throw other("this version makes another design of its integers");
}

const cost = {
  lut: z.number(),
  ff: z.number(),
  carry: z.number(),
  bram: z.number(),
  uram: z.number().optional(),
  dsp: z.number(),
};
const synthSchema = z.object({
  layers: z.array(z.object({ layer: z.string(), ...cost })),
  total: z.object(cost),
  reachedMHz: z.number().nullable(),
  criticalPath: z
    .array(z.object({ layer: z.string(), module: z.string(), logic: z.number(), routing: z.number() }))
    .nullable(),
});

/** What `addernet synth` counted, where the folder is one of its own. AN8007 for a synth.json that is none. */
export function builtSynthesis(dir: string): Synthesized | undefined {
  const path = join(dir, "synth.json");
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
  }
  const read = synthSchema.safeParse(value);
  if (!read.success) {
    const { path: at, message } = read.error.issues[0]!;
    throw new InputError([fault(`${path} is not what addernet synth wrote: ${at.join(".") || "JSON"}: ${message}`)]);
  }
  const { layers, ...rest } = read.data;
  return { ...rest, layers: new Map(layers.map(({ layer, ...c }) => [layer, c])) };
}
