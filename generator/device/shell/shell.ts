// All files of a Zynq board: the top, its description as IP, the Vivado script, the driver with its notebook.

import type { CellSources, OutputFiles } from "../../7-emit/emit.ts";
import { type Component, memoryBuses } from "../../7-emit/ip-component.ts";
import { ipxact } from "../../7-emit/ipxact.ts";
import { ipFolder } from "../../7-emit/vivado-ip.ts";
import type { HwGraph } from "../../ir/hardware.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import type { Target } from "../../targets/target.ts";
import { pynqFiles } from "./pynq.ts";
import { ipRegisters, registerTable } from "./registers.ts";
import { vivadoScript, zynqConstraints } from "./vivado.ts";
import { zynqPorts, zynqTop } from "./zynq.ts";

export interface ZynqShell {
  readonly module: string;
  readonly files: ReadonlyMap<string, string>;
  readonly instances: readonly string[];
}

/**
 * @param present the accelerator's files; @param driver text of templates/pynq/addernet.py
 * @param MHz clock that the processor gives
 */
export function zynqFiles(
  g: HwGraph,
  net: QuantizedNetwork,
  target: Target,
  cells: CellSources,
  present: OutputFiles,
  driver: string,
  MHz: number,
): ZynqShell {
  const external = g.weights?.external;
  const top = zynqTop(g, target, cells, present);
  const files = new Map(top.files);
  const all = [...present.keys(), ...files.keys()];
  const sources = all.filter((f) => f.startsWith("rtl/")).sort();
  const memories = all.filter((f) => f.startsWith("mem/")).sort();
  files.set("vivado/build.tcl", vivadoScript(g.name, target, top, sources, memories, MHz, external?.ports.length ?? 0));
  files.set(`vivado/${g.name}.xdc`, zynqConstraints(target));
  const ip: Component = {
    name: top.module,
    description: `${g.name}, a streaming AdderNet, behind AXI4-Stream and AXI4-Lite`,
    ports: zynqPorts(top.addressBits, top.beatBitsIn, top.beatBitsOut, external),
    streams: [
      { prefix: "s_axis", master: false },
      { prefix: "m_axis", master: true },
    ],
    memoryBuses: external ? memoryBuses(external) : [],
    clock: "aclk",
    reset: { name: "aresetn", activeLow: true },
    registers: { prefix: "s_axil", addressBits: top.addressBits, map: ipRegisters(top.registers) },
    files: sources,
    memories,
    memDir: "mem/",
  };
  files.set(`${top.module}.xml`, ipxact(ip));
  for (const [path, text] of ipFolder(ip, new Map([...present, ...top.files]), target.family)) files.set(path, text);
  files.set("registers.md", `# Registers of ${top.module}\n\n${registerTable(top.registers, true)}\n`);
  for (const [path, text] of pynqFiles(g, net, top, driver)) files.set(path, text);
  return { module: top.module, files, instances: top.instances };
}
