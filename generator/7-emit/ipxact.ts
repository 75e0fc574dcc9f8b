// Descriptions of a module in IP-XACT: IEEE 1685-2014 for tools at large, IEEE 1685-2009 with AMD's bus types for the
// folders that Vivado's ip_repo_paths takes.
import { xmlText } from "../names/xml.ts";

export interface IpPort {
  readonly name: string;
  readonly direction: "input" | "output";
  readonly bits: number;
}

/** A run of bits of a register. */
export interface IpField {
  readonly name: string;
  readonly bit: number;
  readonly bits: number;
  readonly meaning: string;
}

export interface IpRegister {
  readonly name: string;
  /** In bytes. */
  readonly address: number;
  readonly access: "ro" | "rw";
  readonly meaning: string;
  /** Of a constant. */
  readonly value?: number | undefined;
  readonly fields: readonly IpField[];
}

export interface Component {
  readonly name: string;
  readonly description: string;
  readonly ports: readonly IpPort[];
  /** AXI4-Stream buses by the prefix of their ports. */
  readonly streams: readonly { readonly prefix: string; readonly master: boolean }[];
  readonly clock: string;
  readonly reset: { readonly name: string; readonly activeLow: boolean };
  /** AXI4-Lite bus with registers of 32 bits. */
  readonly registers?: { readonly prefix: string; readonly addressBits: number; readonly map: readonly IpRegister[] };
  readonly files: readonly string[];
  readonly memories: readonly string[];
  /** Default of the parameter MEM_DIR. */
  readonly memDir: string;
}

const IP_VENDOR = "addernet-rtl";
const IP_LIBRARY = "nets";
const IP_VERSION = "1.0";

type Attributes = Readonly<Record<string, string>>;
/** An element: name, children or text, attributes. Names without a prefix get the document's. */
type Node = readonly [tag: string, content: string | readonly Node[], attributes?: Attributes];

/** @param prefix of elements; `attributePrefix` of their attributes, "" for none */
function print(node: Node, prefix: string, attributePrefix: string): string {
  const named = (name: string, p: string) => (p === "" || name.includes(":") ? name : `${p}:${name}`);
  const lines = ([tag, content, attributes = {}]: Node, depth: number): string[] => {
    const pad = "  ".repeat(depth);
    const name = named(tag, prefix);
    const given = Object.entries(attributes).map(([k, v]) => ` ${named(k, attributePrefix)}="${xmlText(v)}"`);
    const open = `${pad}<${name}${given.join("")}`;
    if (typeof content === "string") return [content === "" ? `${open}/>` : `${open}>${xmlText(content)}</${name}>`];
    return [`${open}>`, ...content.flatMap((c) => lines(c, depth + 1)), `${pad}</${name}>`];
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(node, 0).join("\n")}\n`;
}

type Vlnv = readonly [vendor: string, library: string, name: string, version: string];
const vlnv = ([vendor, library, name, version]: Vlnv): Attributes => ({ vendor, library, name, version });

interface Bus {
  readonly name: string;
  readonly kind: "stream" | "lite" | "clock" | "reset";
  readonly master: boolean;
  /** Logical and physical name of each port. */
  readonly ports: readonly (readonly [logical: string, physical: string])[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The buses of a component; every port of a stream or of the registers belongs to one. */
function busesOf(c: Component): Bus[] {
  const prefixes = [...c.streams.map((s) => s.prefix), ...(c.registers ? [c.registers.prefix] : [])];
  const mapped = (prefix: string) =>
    c.ports
      .filter(
        (p) =>
          p.name.startsWith(`${prefix}_`) &&
          !prefixes.some((other) => other.length > prefix.length && p.name.startsWith(`${other}_`)),
      )
      .map((p) => [p.name.slice(prefix.length + 1).toUpperCase(), p.name] as const);
  const { name: reset, activeLow } = c.reset;
  return [
    ...c.streams.map(
      ({ prefix, master }): Bus => ({ name: prefix, kind: "stream", master, ports: mapped(prefix), parameters: [] }),
    ),
    ...(c.registers
      ? [
          {
            name: c.registers.prefix,
            kind: "lite" as const,
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

const portMaps = (b: Bus): Node => [
  "portMaps",
  b.ports.map(([logical, physical]) => [
    "portMap",
    [
      ["logicalPort", [["name", logical]]],
      ["physicalPort", [["name", physical]]],
    ],
  ]),
];

const vector = (p: IpPort): Node[] =>
  p.bits > 1
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

const direction = (p: IpPort): Node => ["direction", p.direction === "input" ? "in" : "out"];

// ---------------------------------------------------------------- IEEE 1685-2014

const types2014: Readonly<Record<Bus["kind"], Vlnv>> = {
  stream: ["amba.com", "AMBA4", "AXI4Stream", "r0p0_1"],
  lite: ["amba.com", "AMBA4", "AXI4-Lite", "r0p0_0"],
  clock: ["xilinx.com", "signal", "clock", "1.0"],
  reset: ["xilinx.com", "signal", "reset", "1.0"],
};

/** Text of the component in IEEE 1685-2014. */
export function ipxact(c: Component): string {
  const bus = (b: Bus): Node => {
    const type = types2014[b.kind];
    const abstraction: Vlnv = [type[0], type[1], `${type[2]}_rtl`, type[3]];
    const slave: Node = ["slave", b.kind === "lite" ? [["memoryMapRef", "", { memoryMapRef: "registers" }]] : ""];
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
  const parameters = (pairs: Bus["parameters"]): Node[] =>
    pairs.length === 0
      ? []
      : [
          [
            "parameters",
            pairs.map(
              ([name, value]): Node => [
                "parameter",
                [
                  ["name", name],
                  ["value", `"${value}"`],
                ],
                { type: "string" },
              ],
            ),
          ],
        ];
  const register = (r: IpRegister): Node => [
    "register",
    [
      ["name", r.name],
      ["description", r.meaning],
      ["addressOffset", hex(r.address)],
      ["size", "32"],
      ["access", accessOf(r)],
      ...r.fields.map(
        (f): Node => [
          "field",
          [
            ["name", f.name],
            ["description", f.meaning],
            ["bitOffset", String(f.bit)],
            ...(r.value === undefined ? [] : ([["resets", [["reset", [["value", hex(r.value)]]]]]] as Node[])),
            ["bitWidth", String(f.bits)],
            ["volatile", String(r.value === undefined && r.access === "ro")],
            ["access", accessOf(r)],
          ],
        ],
      ),
    ],
  ];
  const port = (p: IpPort): Node => [
    "port",
    [
      ["name", p.name],
      ["wire", [direction(p), ...(p.bits > 1 ? ([["vectors", vector(p)]] as Node[]) : [])]],
    ],
  ];
  const memDir = (tag: string, value: string, attributes: Attributes): Node => [
    tag,
    [
      ["name", "MEM_DIR"],
      ["value", value],
    ],
    attributes,
  ];
  const fileSet = (name: string, files: readonly string[], type: readonly Node[]): Node => [
    "fileSet",
    [["name", name], ...files.map((f): Node => ["file", [["name", f], ...type]])],
  ];
  const root: Node = [
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
                  ...(c.memories.length > 0 ? ([["fileSetRef", [["localName", "memories"]]]] as Node[]) : []),
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
      "xsi:schemaLocation":
        "http://www.accellera.org/XMLSchema/IPXACT/1685-2014 http://www.accellera.org/XMLSchema/IPXACT/1685-2014/index.xsd",
    },
  ];
  return print(root, "ipxact", "");
}

const hex = (n: number): string => `'h${(n >>> 0).toString(16)}`;
const accessOf = (r: IpRegister): string => (r.access === "rw" ? "read-write" : "read-only");

/** One address block with all registers, in either form of the standard. */
function memoryMaps(c: Component, register: (r: IpRegister) => Node): Node[] {
  if (!c.registers) return [];
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

const types2009: Readonly<Record<Bus["kind"], Vlnv>> = {
  stream: ["xilinx.com", "interface", "axis", "1.0"],
  lite: ["xilinx.com", "interface", "aximm", "1.0"],
  clock: ["xilinx.com", "signal", "clock", "1.0"],
  reset: ["xilinx.com", "signal", "reset", "1.0"],
};

const SYNTHESIS = "xilinx_anylanguagesynthesis";
const SIMULATION = "xilinx_anylanguagebehavioralsimulation";
const GUI = "xilinx_xpgui";
const fileSetOf = (view: string): string => `${view}_view_fileset`;

/** Path of the script for Vivado's customization dialog, relative to component.xml. */
const guiFile = (c: Component): string => `xgui/${c.name}_v${IP_VERSION.replace(".", "_")}.tcl`;

/** Tcl for Vivado's customization dialog: one field, the folder of the memory files. */
const guiScript = (c: Component): string =>
  [
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
function ipxact2009(c: Component, families: readonly string[]): string {
  const bus = (b: Bus): Node => {
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
          : ([
              [
                "parameters",
                b.parameters.map(
                  ([name, value]): Node => [
                    "parameter",
                    [
                      ["name", name],
                      ["value", value, { id: `BUSIFPARAM_VALUE.${b.name.toUpperCase()}.${name}` }],
                    ],
                  ],
                ),
              ],
            ] as Node[])),
      ],
    ];
  };
  const register = (r: IpRegister): Node => [
    "register",
    [
      ["name", r.name],
      ["description", r.meaning],
      ["addressOffset", `0x${r.address.toString(16)}`],
      ["size", "32"],
      ["volatile", String(r.value === undefined && r.access === "ro")],
      ["access", accessOf(r)],
      ...(r.value === undefined ? [] : ([["reset", [["value", `0x${(r.value >>> 0).toString(16)}`]]]] as Node[])),
      ...r.fields.map(
        (f): Node => [
          "field",
          [
            ["name", f.name],
            ["description", f.meaning],
            ["bitOffset", String(f.bit)],
            ["bitWidth", String(f.bits)],
            ["access", accessOf(r)],
          ],
        ],
      ),
    ],
  ];
  const view = (name: string, use: string, module: boolean): Node => [
    "view",
    [
      ["name", name],
      ["envIdentifier", `:vivado.xilinx.com:${use}`],
      ...(module
        ? ([
            ["language", "Verilog"],
            ["modelName", c.name],
          ] as Node[])
        : []),
      ["fileSetRef", [["localName", fileSetOf(name)]]],
    ],
  ];
  const port = (p: IpPort): Node => [
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
  const sources: readonly Node[] = [
    ...c.memories.map(
      (f): Node => [
        "file",
        [
          ["name", f],
          ["userFileType", "mem"],
        ],
      ],
    ),
    ...c.files.map(
      (f): Node => [
        "file",
        [
          ["name", f],
          ["fileType", "verilogSource"],
        ],
      ],
    ),
  ];
  const gui: Node = [
    "file",
    [
      ["name", guiFile(c)],
      ["fileType", "tclSource"],
      ["userFileType", "XGUI_VERSION_2"],
    ],
  ];
  const fileSet = (name: string, files: readonly Node[]): Node => ["fileSet", [["name", fileSetOf(name)], ...files]];
  const root: Node = [
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
                families.map((f): Node => ["xilinx:family", f, { "xilinx:lifeCycle": "Production" }]),
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
const vivadoFamilies: Readonly<Record<string, readonly string[]>> = {
  xc7: ["zynq", "artix7", "kintex7", "virtex7", "spartan7"],
  xcup: ["zynquplus", "artixuplus", "kintexuplus", "virtexuplus"],
};

/** Whether Vivado builds for the family. */
export const isVivado = (family: string | undefined): boolean => family !== undefined && family in vivadoFamilies;

/**
 * A folder that Vivado's ip_repo_paths takes, whole in itself: Verilog and memory files lie flat in hdl/, so that a
 * memory is found beside the Verilog in synthesis and in the run folder of a simulation, whatever project uses the IP.
 * @param c paths relative to the output folder; @param files their texts; @param family xc7 or xcup
 */
export function ipFolder(c: Component, files: ReadonlyMap<string, string>, family: string): Map<string, string> {
  const flat = (path: string) => `hdl/${path.slice(path.lastIndexOf("/") + 1)}`;
  const here: Component = { ...c, files: c.files.map(flat), memories: c.memories.map(flat), memDir: "./" };
  const base = `ip/${c.name}`;
  const out = new Map([
    [`${base}/component.xml`, ipxact2009(here, vivadoFamilies[family]!)],
    [`${base}/${guiFile(here)}`, guiScript(here)],
  ]);
  for (const path of [...c.files, ...c.memories]) out.set(`${base}/${flat(path)}`, files.get(path)!);
  return out;
}
