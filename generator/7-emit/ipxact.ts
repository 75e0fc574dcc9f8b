// A module in IP-XACT for tools at large: IEEE 1685-2014.
import {
  type Attributes,
  accessOf,
  type Bus,
  type Component,
  direction,
  head,
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

const types2014: Readonly<Record<Bus["kind"], Vlnv>> = {
  stream: ["amba.com", "AMBA4", "AXI4Stream", "r0p0_1"],
  lite: ["amba.com", "AMBA4", "AXI4-Lite", "r0p0_0"],
  memory: ["amba.com", "AMBA4", "AXI4", "r0p0_0"],
  clock: ["xilinx.com", "signal", "clock", "1.0"],
  reset: ["xilinx.com", "signal", "reset", "1.0"],
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
      b.master ? masterOf(b) : slave,
      ...parameters(b.parameters),
    ],
  ];
};

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

/** Text of the component in IEEE 1685-2014. */
export function ipxact(c: Component): string {
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
  return printXml(root, "ipxact", "");
}

const hex = (n: number): string => `'h${(n >>> 0).toString(16)}`;
