// Ports of the accelerator.

import type { HwExternal, HwGraph } from "../ir/hardware.ts";
import type { ModulePort, Net } from "../ir/module.ts";
import { apart, clk, net, port as portOf, rst, streamNets, streamPorts } from "./module.ts";
import {
  axiSignals,
  BACK_PORT,
  BAD_FRAME,
  memoryPortNames,
  outputPort,
  portBits,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_PORT,
  WEIGHTS_READ,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
} from "./verilog.ts";

/** The mark of an output's bad frames. */
export const badOf = (g: HwGraph, i: number): Net => net(`${outputPort(g, i)}_${BAD_FRAME}`);

export const netOf = ({ name, bits }: Net): Net => net(name, bits);

/** Outputs of the accelerator, with the nets of their ports. */
export const outputStreams = (g: HwGraph) =>
  g.outputs.map(({ stream }, i) => ({ stream, nets: streamNets(outputPort(g, i), portBits(stream)) }));

/** Signals of the ports to memory beside the chip, as ports of the top: those of each port. */
export const memoryPorts = (e: HwExternal): ModulePort[][] =>
  memoryPortNames(e.ports.length).map((name) =>
    axiSignals(e).map(([s, direction, bits]) => portOf(direction, net(`${name}_${s}`, bits))),
  );

/** Ports of the top through which weights are loaded and read. */
export function weightsPorts(g: HwGraph): ModulePort[] {
  const external = g.weights!.external;
  return [
    ...apart(badPorts(g)),
    ...streamPorts(streamNets(WEIGHTS_PORT, 32), "in"),
    portOf("output", net(WEIGHTS_STATUS, statusBits(g))),
    ...(g.weights!.readBack
      ? [...apart([portOf("input", net(WEIGHTS_READ, 2))]), ...streamPorts(streamNets(BACK_PORT, 32), "out")]
      : []),
    ...(external
      ? [
          ...memoryPorts(external).flatMap(apart),
          ...apart([
            portOf("input", net(WEIGHTS_BASE, external.addressBits)),
            portOf("output", net(WEIGHTS_STALLS, 32)),
            portOf("output", net(WEIGHTS_ABORTED, 32)),
          ]),
        ]
      : []),
  ];
}

/** The marks of bad frames, where a frame may be one. */
const badPorts = (g: HwGraph): ModulePort[] =>
  g.weights?.external ? g.outputs.map((_, i) => portOf("output", badOf(g, i))) : [];

/** Ports beside the streams, by name. */
export const extraPorts = (g: HwGraph): string[] => [
  ...(g.weights ? [WEIGHTS_STATUS] : []),
  ...(g.weights?.readBack ? [WEIGHTS_READ] : []),
  ...(g.weights?.external
    ? [
        ...memoryPorts(g.weights.external)
          .flat()
          .map((p) => p.name),
        WEIGHTS_BASE,
        WEIGHTS_STALLS,
        WEIGHTS_ABORTED,
      ]
    : []),
  ...badPorts(g).map((p) => p.name),
];

/** Ports of the accelerator. */
export const topPorts = (g: HwGraph): ModulePort[] => [
  portOf("input", clk),
  portOf("input", rst),
  ...streamPorts(streamNets("s_axis", portBits(g.input)), "in"),
  ...outputStreams(g).flatMap(({ nets }) => streamPorts(nets, "out")),
  ...(g.weights ? weightsPorts(g) : []),
];
