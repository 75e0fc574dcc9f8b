// A module as IP for Vivado: IP-XACT in IEEE 1685-2009 with AMD's bus types and views, as Vivado writes and reads it, in a
// folder for its ip_repo_paths.
import {
  accessOf,
  type Bus,
  type Component,
  direction,
  head,
  IP_VERSION,
  type IpPort,
  type IpRegister,
  masterOf,
  type Node,
  portMaps,
  printXml,
  type Vlnv,
  vector,
  vlnv,
} from "./ip-component.ts";

const types2009: Readonly<Record<Bus["kind"], Vlnv>> = {
  stream: ["xilinx.com", "interface", "axis", "1.0"],
  lite: ["xilinx.com", "interface", "aximm", "1.0"],
  memory: ["xilinx.com", "interface", "aximm", "1.0"],
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

const bus = (b: Bus): Node => {
  const type = types2009[b.kind];
  return [
    "busInterface",
    [
      ["name", b.name],
      ["busType", "", vlnv(type)],
      ["abstractionType", "", vlnv([type[0], type[1], `${type[2]}_rtl`, type[3]])],
      b.master
        ? masterOf(b)
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

const view = (c: Component, name: string, use: string, module: boolean): Node => [
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

const fileSet = (name: string, files: readonly Node[]): Node => ["fileSet", [["name", fileSetOf(name)], ...files]];

const sources = (c: Component): Node[] => [
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
const gui = (c: Component): Node => [
  "file",
  [
    ["name", guiFile(c)],
    ["fileType", "tclSource"],
    ["userFileType", "XGUI_VERSION_2"],
  ],
];

const vendorExtensions = (c: Component, families: readonly string[]): Node => [
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
];

/**
 * Text of the component in IEEE 1685-2009 with AMD's bus types and views.
 * @param families device families by Vivado's names, such as zynq
 */
function ipxact2009(c: Component, families: readonly string[]): string {
  const root: Node = [
    "component",
    [
      ...head(c, bus, register),
      [
        "model",
        [
          [
            "views",
            [
              view(c, SYNTHESIS, "synthesis", true),
              view(c, SIMULATION, "simulation", true),
              view(c, GUI, "xgui.ui", false),
            ],
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
      ["fileSets", [fileSet(SYNTHESIS, sources(c)), fileSet(SIMULATION, sources(c)), fileSet(GUI, [gui(c)])]],
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
      vendorExtensions(c, families),
    ],
    {
      "xmlns:spirit": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009",
      "xmlns:xilinx": "http://www.xilinx.com",
      "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    },
  ];
  return printXml(root, "spirit", "spirit");
}

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
