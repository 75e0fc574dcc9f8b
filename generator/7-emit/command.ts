// The command that makes a design again from the integers in its folder.
import { shellWord } from "../names/shell.ts";

/** What was asked of a design, as DesignRequest has it. */
export interface Asked {
  readonly target?: string | undefined;
  readonly fps?: number | undefined;
  readonly clockMHz?: number | undefined;
  /** As the command line calls it. */
  readonly l1?: string | undefined;
  readonly dsp?: boolean | undefined;
  readonly logits?: boolean | undefined;
  /** Where weights are, of all layers or by layer. */
  readonly bandwidth?: number | undefined;
  readonly memoryBits?: number | undefined;
  readonly memoryPorts?: number | undefined;
  /** Layers with coded weights, or all, none, auto. */
  readonly coded?: string | readonly string[] | undefined;
  readonly swap?: boolean | undefined;
  readonly readBack?: boolean | undefined;
  readonly homes?: string | ReadonlyMap<string, string> | undefined;
  readonly folds?:
    | {
        readonly pe?: ReadonlyMap<string, number>;
        readonly simd?: ReadonlyMap<string, number>;
        readonly pixels?: ReadonlyMap<string, number>;
        readonly bands?: ReadonlyMap<string, number>;
        readonly unroll?: readonly string[];
      }
    | undefined;
}

export function buildCommand(asked: Asked): string {
  const {
    target,
    fps,
    clockMHz,
    l1,
    dsp,
    logits,
    homes,
    coded,
    bandwidth,
    memoryBits,
    memoryPorts,
    swap,
    readBack,
    folds = {},
  } = asked;
  const option = (name: string, value: string | number | undefined) =>
    value === undefined || value === "" ? [] : [`--${name}`, String(value)];
  const flag = (name: string, value: boolean | undefined, otherwise?: boolean) =>
    value === undefined || value === otherwise ? [] : [value ? `--${name}` : `--no-${name}`];
  const pairs = (m: ReadonlyMap<string, number | string> = new Map()) =>
    [...m].map(([layer, n]) => `${layer}=${n}`).join();
  const words = [
    ...["addernet", "build", "integers.json"],
    ...option("target", target),
    ...option("fps", fps),
    ...option("clock", clockMHz),
    ...option("l1", l1),
    ...flag("dsp", dsp, true),
    ...flag("logits", logits),
    ...(["pe", "simd", "pixels", "bands"] as const).flatMap((key) => option(key, pairs(folds[key]))),
    ...option("unroll", folds.unroll?.join()),
    ...option("weights", typeof homes === "object" ? pairs(homes) : homes),
    ...option("coded", typeof coded === "object" ? coded.join() : coded),
    ...option("bandwidth", bandwidth),
    ...option("memory-bits", memoryBits),
    ...option("memory-ports", memoryPorts),
    ...flag("swap", swap, false),
    ...flag("read-back", readBack, false),
  ];
  return words.map(shellWord).join(" ");
}
