// Builds of the example networks for the tests of the emitted design; each is quantized once a process.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Build,
  cellSources,
  type BuildOptions as HardwareOptions,
  load,
  type Result,
  readNpy,
  toHardware,
  toIntegers,
} from "../../generator/index.ts";
import type { QuantizedNetwork, RequantMode } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { BENCH_CANDIDATES } from "../../generator/verify/excite.ts";
import { benchVectors, goldenVectors } from "../../generator/verify/vectors.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface NetOptions {
  readonly bits?: number;
  readonly mode?: RequantMode;
  /** Name of the network instead of its own. */
  readonly name?: string;
}

export interface BuildOptions extends NetOptions {
  readonly fps?: number;
  readonly l1?: 0 | 1;
  readonly dsp?: boolean;
  readonly family?: NonNullable<HardwareOptions["family"]>;
  /** Frames of the stand-alone test bench; none without it. */
  readonly benchFrames?: number | "chosen";
}

export interface ExampleBuild extends Build {
  readonly net: QuantizedNetwork;
}

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

/** The first `count` of the MNIST images `test` or `calibration`, stored integers, 28 x 28 x 1. */
export function images(set: "test" | "calibration", count: number): IntTensor[] {
  const all = readNpy(readFileSync(join(root, "examples/mnist", `${set}_images.npy`)));
  const size = 28 * 28;
  return Array.from({ length: count }, (_, i) => ({
    shape: [28, 28, 1] as const,
    data: Int32Array.from({ length: size }, (_, k) => Number(all.data[i * size + k]!)),
  }));
}

export { cellSources };

const nets = new Map<string, QuantizedNetwork>();

/** The integer network of examples/`example`, from 50 calibration images. */
export function exampleNet(example: string, options: NetOptions = {}): QuantizedNetwork {
  const { bits, mode, name } = options;
  const key = JSON.stringify([example, bits, mode]);
  let net = nets.get(key);
  if (!net) {
    const file = join(root, "examples", example, "network.json");
    const loaded = value(load(readFileSync(file, "utf8"), (path) => readFileSync(resolve(dirname(file), path))));
    const { calibration: _, ...stated } = loaded.quantization;
    net = value(
      toIntegers(loaded.graph, images("calibration", 50), {
        ...stated,
        ...(bits ? { bits } : {}),
        ...(mode ? { mode } : {}),
      }),
    );
    nets.set(key, net);
  }
  return name ? { ...net, name } : net;
}

/** The accelerator of examples/`example` for 5,000 frames a second at 100 MHz unless told otherwise. */
export function exampleBuild(example: string, options: BuildOptions = {}): ExampleBuild {
  const net = exampleNet(example, options);
  const { benchFrames: frames } = options;
  const vectors =
    frames === "chosen"
      ? benchVectors(net, images("test", BENCH_CANDIDATES)).vectors
      : frames && goldenVectors(net, images("test", frames));
  const built = value(
    toHardware(
      net,
      {
        ...{ fps: options.fps ?? 5000, clockMHz: 100, l1: options.l1 ?? 0, dsp: options.dsp, family: options.family },
        ...(vectors ? { vectors } : {}),
      },
      cellSources(),
    ),
  );
  return { ...built, net };
}

/** Verilog files of the design alone, cells first, relative to the output folder. */
export const rtlOf = (b: Build): string[] => b.files.get(`${b.hardware.name}.f`)!.trim().split("\n");
