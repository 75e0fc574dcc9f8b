// How commands run the tools of a device.
import { machineTools } from "../device/flow/tools.ts";
import type { Console } from "./console.ts";
import { cellSources, driverSource, serialHost } from "./files.ts";

export interface ToolArgs {
  readonly native: boolean;
  readonly place: boolean;
  readonly seed: number;
}

export const toolOptions = (args: ToolArgs, out: Console) => ({
  ...{ tools: machineTools, native: args.native, place: args.place, seed: args.seed },
  ...{ cells: cellSources(), driver: driverSource(), host: serialHost(), onLine: out.tool },
});
