// The committed example of an output folder: tiny-mnist at 4 bits.
import { exampleBuild } from "./build.ts";

export const exampleFolder = "rtl-out/example";

/** Its files by path relative to the folder. */
export const exampleFiles = (): ReadonlyMap<string, string> =>
  exampleBuild("tiny-mnist", { bits: 4, benchFrames: "chosen" }).files;
