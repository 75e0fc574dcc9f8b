// What verification asks of a design, and the streams of it that are compared.
import { outputPort, portLaneBits, watched } from "../7-emit/verilog.ts";
import type { HwGraph, HwWeights } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { ExternalSection } from "../weights/external.ts";
import type { ImageSection } from "../weights/image.ts";
import type { View } from "./mismatch.ts";

/** What verification asks of a design: the compiler's graph, or what the manifest of a built folder says. */
export type Verified = Pick<HwGraph, "name" | "interval" | "latency" | "input" | "outputs" | "streams"> & {
  readonly blocks: { readonly length: number };
  /** Where weights are loaded: what the compiler knows of them, or the image of a built folder. */
  readonly weights?:
    | HwWeights
    | {
        readonly image: Uint32Array;
        readonly step: number;
        /** What the memories hold can be read back, and where they are in the image. */
        readonly readBack?: true;
        readonly sections?: readonly ImageSection[];
        /** What lies in memory beside the chip. */
        readonly beside?: Beside;
      };
};

/** What lies in memory beside the chip, and what is expected of that memory. */
export interface Beside {
  readonly bytes: Uint8Array;
  /** Over all ports. */
  readonly bytesPerFrame: number;
  /** Names of the ports, and of the clocks that share in which one gives a beat, as scheduled. */
  readonly ports: readonly { readonly name: string; readonly share: number }[];
  /** The frame rate is bound by it. */
  readonly binds: boolean;
  /** The slowest layer's weights come through a decoder. */
  readonly decodes: boolean;
  /** Of a beat at the ports. */
  readonly dataBits: number;
  readonly sections: readonly BesideSection[];
}

/** A layer's weights there. */
export interface BesideSection extends ExternalSection {
  /** Place of the port that reads them. */
  readonly port: number;
  /** Frames whose weights its reader holds, at most, where that is known. */
  readonly ahead?: number;
}

/** The output ports, in the order of the network's outputs. */
export const portViews = (hw: Verified): View[] =>
  hw.outputs.map(({ stream }, i) => {
    const port = outputPort(hw, i);
    if (!stream.tensor) throw new Error(`nothing tells what ${port} carries`);
    return { port, stream: { ...stream, name: port, laneBits: portLaneBits(stream) }, tensor: stream.tensor };
  });

/** The streams inside, as the probe module numbers them. */
export const probeViews = (hw: Verified): View[] =>
  watched(hw).map((stream, i) => ({ port: `probe_${i}`, stream, tensor: stream.tensor! }));

/** Every tensor between two nodes is compared somewhere: what is not would never be found wrong. */
export function requireAll(net: QuantizedNetwork, views: readonly View[]): void {
  const seen = new Set(views.map((v) => v.tensor.name));
  const missing = net.nodes.map((n) => n.output).filter((e) => !seen.has(e));
  if (missing.length > 0) throw new Error(`no stream is watched that carries ${missing.join(", ")}`);
}
