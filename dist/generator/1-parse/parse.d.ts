import { z } from "zod";
import type { Report } from "../diagnostics/diagnostics.js";
import type { LayerJson } from "../layers/define.js";
import { networkSchema } from "./schema.js";
export type Network = Omit<z.output<typeof networkSchema>, "layers"> & {
    layers: readonly LayerJson[];
};
/** Every fault of the text is reported; undefined where there is one. */
export declare function parse(text: string, report: Report): Network | undefined;
