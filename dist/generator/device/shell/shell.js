// All files of a Zynq board: the top, its description as IP, the Vivado script, the driver with its notebook.
import { ipFolder, ipxact } from "../../7-emit/ipxact.js";
import { pynqFiles } from "./pynq.js";
import { ipRegisters, registerTable } from "./registers.js";
import { vivadoScript, zynqConstraints } from "./vivado.js";
import { zynqPorts, zynqTop } from "./zynq.js";
/**
 * @param present the accelerator's files; @param driver text of templates/pynq/addernet.py
 * @param MHz clock that the processor gives
 */
export function zynqFiles(g, net, target, cells, present, driver, MHz) {
    const top = zynqTop(g, target, cells, present);
    const files = new Map(top.files);
    const all = [...present.keys(), ...files.keys()];
    const sources = all.filter((f) => f.startsWith("rtl/")).sort();
    const memories = all.filter((f) => f.startsWith("mem/")).sort();
    files.set("vivado/build.tcl", vivadoScript(g.name, target, top, sources, memories, MHz));
    files.set(`vivado/${g.name}.xdc`, zynqConstraints(target));
    const ip = {
        name: top.module,
        description: `${g.name}, a streaming AdderNet, behind AXI4-Stream and AXI4-Lite`,
        ports: zynqPorts(top.addressBits, top.beatBitsIn, top.beatBitsOut),
        streams: [
            { prefix: "s_axis", master: false },
            { prefix: "m_axis", master: true },
        ],
        clock: "aclk",
        reset: { name: "aresetn", activeLow: true },
        registers: { prefix: "s_axil", addressBits: top.addressBits, map: ipRegisters(top.registers) },
        files: sources,
        memories,
        memDir: "mem/",
    };
    files.set(`${top.module}.xml`, ipxact(ip));
    for (const [path, text] of ipFolder(ip, new Map([...present, ...top.files]), target.family))
        files.set(path, text);
    files.set("registers.md", `# Registers of ${top.module}\n\n${registerTable(top.registers, true)}\n`);
    for (const [path, text] of pynqFiles(g, net, top, driver))
        files.set(path, text);
    return { module: top.module, files, instances: top.instances };
}
