// A board behind its serial line in simulation: images in, answers out.

import { runInteger } from "../../golden/index.ts";
import { type Design, type RunOptions, run, type Tb } from "../../testbench/lib/index.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import { lineBytes } from "../device/shell/line.ts";
import { outputPort, portLaneBits, quietClocks } from "../index.ts";
import type { HwGraph } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { imageOf, partsOf, wholeImage, writeImage } from "../weights/image.ts";
import { MESSAGES } from "../weights/messages.ts";

export const imageBytes = (hw: HwGraph, image: IntTensor): number[] => [
  ...lineBytes(image.data, { portLaneBits: portLaneBits(hw.input) }),
];

/** What the golden model answers to an image: the outputs one after another. */
export function goldenAnswer(net: QuantizedNetwork, hw: HwGraph, image: IntTensor): number[] {
  const all = runInteger(net, image, { keep: net.outputs });
  return net.outputs.flatMap((name, i) => [
    ...lineBytes(all.get(name)!.data, { portLaneBits: portLaneBits(hw.outputs[i]!.stream) }),
  ]);
}

export interface SerialOptions {
  readonly sim: SimulatorName;
  readonly clocksPerBit: number;
  readonly bytesOut: number;
  /** Level of the button at rest; undefined where there is none. */
  readonly button?: number | undefined;
  readonly maxCycles: number;
  readonly initSeeds?: RunOptions["initSeeds"];
  /**
   * Where weights that are written at run time come from: the board's flash, with the image at that address, or the line.
   * The line where left out. The flash is erased, or damaged, where `image` says so.
   */
  readonly flash?: { readonly at: number; readonly image?: Uint8Array } | undefined;
}

/** The weight image at hand in bytes. */
const weightsOf = (hw: HwGraph): Uint8Array => new Uint8Array(imageOf(hw.name, hw.weights!).buffer);

/**
 * A conversation with a board: `ask` sends an image and gives the bytes of the answer. Weights that are written at run
 * time are in place before it begins, but where the flash has others.
 */
export const talk = (
  hw: HwGraph,
  design: Design,
  options: SerialOptions,
  script: (
    ask: (image: IntTensor) => Promise<number[]>,
    tb: Tb,
    send: (bytes: readonly number[]) => Promise<void>,
    recv: () => Promise<number>,
  ) => Promise<void>,
) =>
  run(
    design,
    {
      sim: options.sim,
      seed: 1,
      maxCycles: options.maxCycles,
      name: `serial line of ${hw.name}`,
      ...(options.initSeeds ? { initSeeds: options.initSeeds } : {}),
    },
    async (tb) => {
      const { clocksPerBit } = options;
      if (options.button !== undefined) tb.signal("button").value = options.button;
      const tx = tb.uartSource(tb.signal("rxd"), { clocksPerBit });
      const flash = options.flash;
      if (tb.hasPort("flash_cs_n"))
        tb.spiFlash("flash", {
          contents: flash?.image ?? (flash ? weightsOf(hw) : new Uint8Array()),
          at: flash?.at ?? 0,
        });
      // Longer than the reset after configuration, also where the design runs at a fraction of this clock.
      await tb.cycles(25 * clocksPerBit);
      const rx = tb.uartSink(tb.signal("txd"), { clocksPerBit });
      // Time for bytes that nobody asked for, also where the design runs slower than the board's clock.
      const quiet = () => tb.cycles(25 * clocksPerBit + 8 * quietClocks(hw));
      await quiet();
      if (rx.count() > 0) throw new Error(`${outputPort(hw, 0)}: ${rx.count()} bytes before the first image`);
      const status = async (): Promise<number> => {
        await tx.send([MESSAGES.status]);
        return rx.recv();
      };
      if (hw.weights) {
        if (hw.weights.external) {
          // The memory takes nothing for 200 us at first, at 66 MHz at most.
          await tb.cycles(14_000);
          const { beside } = partsOf(writeImage(wholeImage(hw.name, hw.weights)));
          await tx.send([MESSAGES.memory, ...beside]);
          const answer = await rx.recv();
          if ((answer & 0x80) !== 0) throw new Error(`the set for external memory is refused: status ${answer}`);
        }
        while (((await status()) & 0x82) !== 0) await tb.cycles(100 * clocksPerBit);
        if (!flash) {
          await tx.send([MESSAGES.weights, ...weightsOf(hw)]);
          const answer = await rx.recv();
          if ((answer & 0x73) !== 1) throw new Error(`the weights are refused: status ${answer}`);
        }
      }
      await script(
        async (image) => {
          await tx.send([...(hw.weights ? [MESSAGES.frame] : []), ...imageBytes(hw, image)]);
          const got: number[] = [];
          while (got.length < options.bytesOut) got.push(await rx.recv());
          return got;
        },
        tb,
        (bytes) => tx.send(bytes),
        () => rx.recv(),
      );
      await quiet();
      if (rx.count() > 0) throw new Error(`${outputPort(hw, 0)}: ${rx.count()} bytes that nobody asked for`);
    },
  );
