// Descriptions of a module in IP-XACT: IEEE 1685-2014 for tools at large, IEEE 1685-2009 with AMD's bus types for the
// folders that Vivado's ip_repo_paths takes.
export const IP_VENDOR = "addernet-rtl";
export const IP_LIBRARY = "nets";
export const IP_VERSION = "1.0";
const escaped = (s) => s.replace(/[&<>"]/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[c]};`);
/** @param prefix of elements; `attributePrefix` of their attributes, "" for none */
function print(node, prefix, attributePrefix) {
    const named = (name, p) => (p === "" || name.includes(":") ? name : `${p}:${name}`);
    const lines = ([tag, content, attributes = {}], depth) => {
        const pad = "  ".repeat(depth);
        const name = named(tag, prefix);
        const given = Object.entries(attributes).map(([k, v]) => ` ${named(k, attributePrefix)}="${escaped(v)}"`);
        const open = `${pad}<${name}${given.join("")}`;
        if (typeof content === "string")
            return [content === "" ? `${open}/>` : `${open}>${escaped(content)}</${name}>`];
        return [`${open}>`, ...content.flatMap((c) => lines(c, depth + 1)), `${pad}</${name}>`];
    };
    return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(node, 0).join("\n")}\n`;
}
const vlnv = ([vendor, library, name, version]) => ({ vendor, library, name, version });
/** The buses of a component; every port of a stream or of the registers belongs to one. */
function busesOf(c) {
    const prefixes = [...c.streams.map((s) => s.prefix), ...(c.registers ? [c.registers.prefix] : [])];
    const mapped = (prefix) => c.ports
        .filter((p) => p.name.startsWith(`${prefix}_`) &&
        !prefixes.some((other) => other.length > prefix.length && p.name.startsWith(`${other}_`)))
        .map((p) => [p.name.slice(prefix.length + 1).toUpperCase(), p.name]);
    const { name: reset, activeLow } = c.reset;
    return [
        ...c.streams.map(({ prefix, master }) => ({ name: prefix, kind: "stream", master, ports: mapped(prefix), parameters: [] })),
        ...(c.registers
            ? [
                {
                    name: c.registers.prefix,
                    kind: "lite",
                    master: false,
                    ports: mapped(c.registers.prefix),
                    parameters: [],
                },
            ]
            : []),
        {
            name: c.clock,
            kind: "clock",
            master: false,
            ports: [["CLK", c.clock]],
            parameters: [
                ["ASSOCIATED_BUSIF", prefixes.join(":")],
                ["ASSOCIATED_RESET", reset],
            ],
        },
        {
            name: reset,
            kind: "reset",
            master: false,
            ports: [["RST", reset]],
            parameters: [["POLARITY", activeLow ? "ACTIVE_LOW" : "ACTIVE_HIGH"]],
        },
    ];
}
const portMaps = (b) => [
    "portMaps",
    b.ports.map(([logical, physical]) => [
        "portMap",
        [
            ["logicalPort", [["name", logical]]],
            ["physicalPort", [["name", physical]]],
        ],
    ]),
];
const vector = (p) => p.bits > 1
    ? [
        [
            "vector",
            [
                ["left", String(p.bits - 1)],
                ["right", "0"],
            ],
        ],
    ]
    : [];
const direction = (p) => ["direction", p.direction === "input" ? "in" : "out"];
// ---------------------------------------------------------------- IEEE 1685-2014
const types2014 = {
    stream: ["amba.com", "AMBA4", "AXI4Stream", "r0p0_1"],
    lite: ["amba.com", "AMBA4", "AXI4-Lite", "r0p0_0"],
    clock: ["xilinx.com", "signal", "clock", "1.0"],
    reset: ["xilinx.com", "signal", "reset", "1.0"],
};
/** Text of the component in IEEE 1685-2014. */
export function ipxact(c) {
    const bus = (b) => {
        const type = types2014[b.kind];
        const abstraction = [type[0], type[1], `${type[2]}_rtl`, type[3]];
        const slave = ["slave", b.kind === "lite" ? [["memoryMapRef", "", { memoryMapRef: "registers" }]] : ""];
        return [
            "busInterface",
            [
                ["name", b.name],
                ["busType", "", vlnv(type)],
                ["abstractionTypes", [["abstractionType", [["abstractionRef", "", vlnv(abstraction)], portMaps(b)]]]],
                b.master ? ["master", ""] : slave,
                ...parameters(b.parameters),
            ],
        ];
    };
    const parameters = (pairs) => pairs.length === 0
        ? []
        : [
            [
                "parameters",
                pairs.map(([name, value]) => [
                    "parameter",
                    [
                        ["name", name],
                        ["value", `"${value}"`],
                    ],
                    { type: "string" },
                ]),
            ],
        ];
    const register = (r) => [
        "register",
        [
            ["name", r.name],
            ["description", r.meaning],
            ["addressOffset", hex(r.address)],
            ["size", "32"],
            ["access", accessOf(r)],
            ...r.fields.map((f) => [
                "field",
                [
                    ["name", f.name],
                    ["description", f.meaning],
                    ["bitOffset", String(f.bit)],
                    ...(r.value === undefined ? [] : [["resets", [["reset", [["value", hex(r.value)]]]]]]),
                    ["bitWidth", String(f.bits)],
                    ["volatile", String(r.value === undefined && r.access === "ro")],
                    ["access", accessOf(r)],
                ],
            ]),
        ],
    ];
    const port = (p) => [
        "port",
        [
            ["name", p.name],
            ["wire", [direction(p), ...(p.bits > 1 ? [["vectors", vector(p)]] : [])]],
        ],
    ];
    const memDir = (tag, value, attributes) => [
        tag,
        [
            ["name", "MEM_DIR"],
            ["value", value],
        ],
        attributes,
    ];
    const fileSet = (name, files, type) => [
        "fileSet",
        [["name", name], ...files.map((f) => ["file", [["name", f], ...type]])],
    ];
    const root = [
        "component",
        [
            ["vendor", IP_VENDOR],
            ["library", IP_LIBRARY],
            ["name", c.name],
            ["version", IP_VERSION],
            ["busInterfaces", busesOf(c).map(bus)],
            ...memoryMaps(c, register),
            [
                "model",
                [
                    [
                        "views",
                        [
                            [
                                "view",
                                [
                                    ["name", "rtl"],
                                    ["componentInstantiationRef", "rtl"],
                                ],
                            ],
                        ],
                    ],
                    [
                        "instantiations",
                        [
                            [
                                "componentInstantiation",
                                [
                                    ["name", "rtl"],
                                    ["language", "Verilog"],
                                    ["moduleName", c.name],
                                    ["moduleParameters", [memDir("moduleParameter", "MEM_DIR", { dataType: "string" })]],
                                    ["fileSetRef", [["localName", "rtl"]]],
                                    ...(c.memories.length > 0 ? [["fileSetRef", [["localName", "memories"]]]] : []),
                                ],
                            ],
                        ],
                    ],
                    ["ports", c.ports.map(port)],
                ],
            ],
            [
                "fileSets",
                [
                    fileSet("rtl", c.files, [["fileType", "verilogSource"]]),
                    ...(c.memories.length > 0
                        ? [fileSet("memories", c.memories, [["fileType", "user", { user: "memory" }]])]
                        : []),
                ],
            ],
            ["description", c.description],
            [
                "parameters",
                [memDir("parameter", `"${c.memDir}"`, { parameterId: "MEM_DIR", resolve: "user", type: "string" })],
            ],
        ],
        {
            "xmlns:ipxact": "http://www.accellera.org/XMLSchema/IPXACT/1685-2014",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": "http://www.accellera.org/XMLSchema/IPXACT/1685-2014 http://www.accellera.org/XMLSchema/IPXACT/1685-2014/index.xsd",
        },
    ];
    return print(root, "ipxact", "");
}
const hex = (n) => `'h${(n >>> 0).toString(16)}`;
const accessOf = (r) => (r.access === "rw" ? "read-write" : "read-only");
/** One address block with all registers, in either form of the standard. */
function memoryMaps(c, register) {
    if (!c.registers)
        return [];
    return [
        [
            "memoryMaps",
            [
                [
                    "memoryMap",
                    [
                        ["name", "registers"],
                        [
                            "addressBlock",
                            [
                                ["name", "registers"],
                                ["baseAddress", "0"],
                                ["range", String(2 ** c.registers.addressBits)],
                                ["width", "32"],
                                ["usage", "register"],
                                ...c.registers.map.map(register),
                            ],
                        ],
                        ["addressUnitBits", "8"],
                    ],
                ],
            ],
        ],
    ];
}
// ---------------------------------------------------------------- IEEE 1685-2009, as Vivado writes and reads it
const types2009 = {
    stream: ["xilinx.com", "interface", "axis", "1.0"],
    lite: ["xilinx.com", "interface", "aximm", "1.0"],
    clock: ["xilinx.com", "signal", "clock", "1.0"],
    reset: ["xilinx.com", "signal", "reset", "1.0"],
};
const SYNTHESIS = "xilinx_anylanguagesynthesis";
const SIMULATION = "xilinx_anylanguagebehavioralsimulation";
const GUI = "xilinx_xpgui";
const fileSetOf = (view) => `${view}_view_fileset`;
/** Path of the script for Vivado's customization dialog, relative to component.xml. */
export const guiFile = (c) => `xgui/${c.name}_v${IP_VERSION.replace(".", "_")}.tcl`;
/** Tcl for Vivado's customization dialog: one field, the folder of the memory files. */
export const guiScript = (c) => [
    `# Customization of ${c.name} in Vivado; written by addernet-rtl.`,
    "proc init_gui { IPINST } {",
    '  ipgui::add_param $IPINST -name "Component_Name"',
    '  ipgui::add_param $IPINST -name "MEM_DIR"',
    "}",
    "proc update_PARAM_VALUE.MEM_DIR { PARAM_VALUE.MEM_DIR } {",
    "}",
    "proc validate_PARAM_VALUE.MEM_DIR { PARAM_VALUE.MEM_DIR } {",
    "  return true",
    "}",
    "proc update_MODELPARAM_VALUE.MEM_DIR { MODELPARAM_VALUE.MEM_DIR PARAM_VALUE.MEM_DIR } {",
    `  set_property value [get_property value \${PARAM_VALUE.MEM_DIR}] \${MODELPARAM_VALUE.MEM_DIR}`,
    "}",
    "",
].join("\n");
/**
 * Text of the component in IEEE 1685-2009 with AMD's bus types and views.
 * @param families device families by Vivado's names, such as zynq
 */
export function ipxact2009(c, families) {
    const bus = (b) => {
        const type = types2009[b.kind];
        return [
            "busInterface",
            [
                ["name", b.name],
                ["busType", "", vlnv(type)],
                ["abstractionType", "", vlnv([type[0], type[1], `${type[2]}_rtl`, type[3]])],
                b.master
                    ? ["master", ""]
                    : ["slave", b.kind === "lite" ? [["memoryMapRef", "", { memoryMapRef: "registers" }]] : ""],
                portMaps(b),
                ...(b.parameters.length === 0
                    ? []
                    : [
                        [
                            "parameters",
                            b.parameters.map(([name, value]) => [
                                "parameter",
                                [
                                    ["name", name],
                                    ["value", value, { id: `BUSIFPARAM_VALUE.${b.name.toUpperCase()}.${name}` }],
                                ],
                            ]),
                        ],
                    ]),
            ],
        ];
    };
    const register = (r) => [
        "register",
        [
            ["name", r.name],
            ["description", r.meaning],
            ["addressOffset", `0x${r.address.toString(16)}`],
            ["size", "32"],
            ["volatile", String(r.value === undefined && r.access === "ro")],
            ["access", accessOf(r)],
            ...(r.value === undefined ? [] : [["reset", [["value", `0x${(r.value >>> 0).toString(16)}`]]]]),
            ...r.fields.map((f) => [
                "field",
                [
                    ["name", f.name],
                    ["description", f.meaning],
                    ["bitOffset", String(f.bit)],
                    ["bitWidth", String(f.bits)],
                    ["access", accessOf(r)],
                ],
            ]),
        ],
    ];
    const view = (name, use, module) => [
        "view",
        [
            ["name", name],
            ["envIdentifier", `:vivado.xilinx.com:${use}`],
            ...(module
                ? [
                    ["language", "Verilog"],
                    ["modelName", c.name],
                ]
                : []),
            ["fileSetRef", [["localName", fileSetOf(name)]]],
        ],
    ];
    const port = (p) => [
        "port",
        [
            ["name", p.name],
            [
                "wire",
                [
                    direction(p),
                    ...vector(p),
                    [
                        "wireTypeDefs",
                        [
                            [
                                "wireTypeDef",
                                [
                                    ["typeName", "wire"],
                                    ["viewNameRef", SYNTHESIS],
                                    ["viewNameRef", SIMULATION],
                                ],
                            ],
                        ],
                    ],
                ],
            ],
        ],
    ];
    const sources = [
        ...c.memories.map((f) => [
            "file",
            [
                ["name", f],
                ["userFileType", "mem"],
            ],
        ]),
        ...c.files.map((f) => [
            "file",
            [
                ["name", f],
                ["fileType", "verilogSource"],
            ],
        ]),
    ];
    const gui = [
        "file",
        [
            ["name", guiFile(c)],
            ["fileType", "tclSource"],
            ["userFileType", "XGUI_VERSION_2"],
        ],
    ];
    const fileSet = (name, files) => ["fileSet", [["name", fileSetOf(name)], ...files]];
    const root = [
        "component",
        [
            ["vendor", IP_VENDOR],
            ["library", IP_LIBRARY],
            ["name", c.name],
            ["version", IP_VERSION],
            ["busInterfaces", busesOf(c).map(bus)],
            ...memoryMaps(c, register),
            [
                "model",
                [
                    [
                        "views",
                        [view(SYNTHESIS, "synthesis", true), view(SIMULATION, "simulation", true), view(GUI, "xgui.ui", false)],
                    ],
                    ["ports", c.ports.map(port)],
                    [
                        "modelParameters",
                        [
                            [
                                "modelParameter",
                                [
                                    ["name", "MEM_DIR"],
                                    ["displayName", "Folder of the memory files"],
                                    ["value", c.memDir, { resolve: "generated", id: "MODELPARAM_VALUE.MEM_DIR" }],
                                ],
                                { "xsi:type": "spirit:nameValueTypeType", dataType: "string" },
                            ],
                        ],
                    ],
                ],
            ],
            ["fileSets", [fileSet(SYNTHESIS, sources), fileSet(SIMULATION, sources), fileSet(GUI, [gui])]],
            ["description", c.description],
            [
                "parameters",
                [
                    [
                        "parameter",
                        [
                            ["name", "Component_Name"],
                            ["value", c.name, { resolve: "user", id: "PARAM_VALUE.Component_Name" }],
                        ],
                    ],
                    [
                        "parameter",
                        [
                            ["name", "MEM_DIR"],
                            ["displayName", "Folder of the memory files"],
                            ["description", "Ends in a slash; ./ where the memory files lie beside the Verilog, as here."],
                            ["value", c.memDir, { resolve: "user", id: "PARAM_VALUE.MEM_DIR" }],
                        ],
                    ],
                ],
            ],
            [
                "vendorExtensions",
                [
                    [
                        "xilinx:coreExtensions",
                        [
                            [
                                "xilinx:supportedFamilies",
                                families.map((f) => ["xilinx:family", f, { "xilinx:lifeCycle": "Production" }]),
                            ],
                            ["xilinx:taxonomies", [["xilinx:taxonomy", "/UserIP"]]],
                            ["xilinx:displayName", `${c.name}, a streaming AdderNet`],
                            ["xilinx:definitionSource", "package_project"],
                            ["xilinx:coreRevision", "1"],
                        ],
                    ],
                ],
            ],
        ],
        {
            "xmlns:spirit": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009",
            "xmlns:xilinx": "http://www.xilinx.com",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        },
    ];
    return print(root, "spirit", "spirit");
}
// ---------------------------------------------------------------- a folder for ip_repo_paths
/** Device families as Vivado names them, by ours. */
const vivadoFamilies = {
    xc7: ["zynq", "artix7", "kintex7", "virtex7", "spartan7"],
    xcup: ["zynquplus", "artixuplus", "kintexuplus", "virtexuplus"],
};
/** Whether Vivado builds for the family. */
export const isVivado = (family) => family !== undefined && family in vivadoFamilies;
/**
 * A folder that Vivado's ip_repo_paths takes, whole in itself: Verilog and memory files lie flat in hdl/, so that a
 * memory is found beside the Verilog in synthesis and in the run folder of a simulation, whatever project uses the IP.
 * @param c paths relative to the output folder; @param files their texts; @param family xc7 or xcup
 */
export function ipFolder(c, files, family) {
    const flat = (path) => `hdl/${path.slice(path.lastIndexOf("/") + 1)}`;
    const here = { ...c, files: c.files.map(flat), memories: c.memories.map(flat), memDir: "./" };
    const base = `ip/${c.name}`;
    const out = new Map([
        [`${base}/component.xml`, ipxact2009(here, vivadoFamilies[family])],
        [`${base}/${guiFile(here)}`, guiScript(here)],
    ]);
    for (const path of [...c.files, ...c.memories])
        out.set(`${base}/${flat(path)}`, files.get(path));
    return out;
}
