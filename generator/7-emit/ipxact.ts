// The core description in IP-XACT (IEEE 1685-2014): ports, AXI4-Stream and AXI4-Lite buses, file sets, parameters.

export interface Register {
  readonly name: string;
  /** In bytes. A register of 64 bits has its low word here and its high word at the address above. */
  readonly address: number;
  readonly access: "ro" | "rw";
  readonly bits: 32 | 64;
  /** Of a constant. */
  readonly value?: number;
  readonly meaning: string;
}

export interface IpPort {
  readonly name: string;
  readonly direction: "input" | "output";
  readonly bits: number;
}

export interface Component {
  readonly name: string;
  readonly description: string;
  readonly ports: readonly IpPort[];
  /** AXI4-Stream buses by the prefix of their ports. */
  readonly streams: readonly { readonly prefix: string; readonly master: boolean }[];
  readonly clock: string;
  readonly reset: string;
  readonly registers?: { readonly prefix: string; readonly addressBits: number; readonly map: readonly Register[] };
  readonly files: readonly string[];
  readonly memories: readonly string[];
}

const escaped = (s: string): string =>
  s.replace(/[&<>"]/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[c]};`);

/** Elements as lines: [tag, attributes, children or text]. */
type Node = readonly [tag: string, content: string | readonly Node[], attributes?: string];

function print([tag, content, attributes]: Node, depth = 0): string[] {
  const pad = "  ".repeat(depth);
  const open = `${pad}<ipxact:${tag}${attributes ? ` ${attributes}` : ""}`;
  if (typeof content === "string")
    return [content === "" ? `${open}/>` : `${open}>${escaped(content)}</ipxact:${tag}>`];
  return [`${open}>`, ...content.flatMap((c) => print(c, depth + 1)), `${pad}</ipxact:${tag}>`];
}

const maps = (pairs: readonly (readonly [logical: string, physical: string])[]): Node => [
  "portMaps",
  pairs.map(([logical, physical]) => [
    "portMap",
    [
      ["logicalPort", [["name", logical]]],
      ["physicalPort", [["name", physical]]],
    ],
  ]),
];

const bus = (
  name: string,
  type: readonly [vendor: string, library: string, name: string, version: string],
  mode: Node,
  pairs: readonly (readonly [string, string])[],
): Node => {
  const [vendor, library, kind, version] = type;
  const vlnv = (n: string) => `vendor="${vendor}" library="${library}" name="${n}" version="${version}"`;
  return [
    "busInterface",
    [
      ["name", name],
      ["busType", "", vlnv(kind)],
      ["abstractionTypes", [["abstractionType", [["abstractionRef", "", vlnv(`${kind}_rtl`)], maps(pairs)]]]],
      mode,
    ],
  ];
};

const axi4Stream = ["amba.com", "AMBA4", "AXI4Stream", "r0p0_1"] as const;
const axi4Lite = ["amba.com", "AMBA4", "AXI4-Lite", "r0p0_0"] as const;

/** component.xml of a module. */
export function ipxact(c: Component): string {
  const mapped = (prefix: string) =>
    c.ports
      .filter((p) => p.name.startsWith(`${prefix}_`) && !c.streams.some((s) => longer(s.prefix, prefix, p.name)))
      .map((p) => [p.name.slice(prefix.length + 1).toUpperCase(), p.name] as const);
  const signal = (kind: string) => ["xilinx.com", "signal", kind, "1.0"] as const;
  const buses: Node[] = [
    ...c.streams.map(({ prefix, master }) =>
      bus(prefix, axi4Stream, [master ? "master" : "slave", ""], mapped(prefix)),
    ),
    ...(c.registers
      ? [
          bus(
            c.registers.prefix,
            axi4Lite,
            ["slave", [["memoryMapRef", "", 'memoryMapRef="registers"']]],
            mapped(c.registers.prefix),
          ),
        ]
      : []),
    bus(c.clock, signal("clock"), ["slave", ""], [["CLK", c.clock]]),
    bus(c.reset, signal("reset"), ["slave", ""], [["RST", c.reset]]),
  ];
  const port = (p: IpPort): Node => [
    "port",
    [
      ["name", p.name],
      [
        "wire",
        [
          ["direction", p.direction === "input" ? "in" : "out"],
          ...(p.bits > 1
            ? ([
                [
                  "vectors",
                  [
                    [
                      "vector",
                      [
                        ["left", String(p.bits - 1)],
                        ["right", "0"],
                      ],
                    ],
                  ],
                ],
              ] as Node[])
            : []),
        ],
      ],
    ],
  ];
  const memoryMaps: Node[] = c.registers
    ? [
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
                    ...c.registers.map.map(
                      (r): Node => [
                        "register",
                        [
                          ["name", r.name],
                          ["description", r.meaning],
                          ["addressOffset", `'h${r.address.toString(16)}`],
                          ["size", String(r.bits)],
                          ["access", r.access === "rw" ? "read-write" : "read-only"],
                        ],
                      ],
                    ),
                  ],
                ],
                ["addressUnitBits", "8"],
              ],
            ],
          ],
        ],
      ]
    : [];
  const root: Node = [
    "component",
    [
      ["vendor", "addernet-rtl"],
      ["library", "nets"],
      ["name", c.name],
      ["version", "1.0"],
      ["busInterfaces", buses],
      ...memoryMaps,
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
                  ["moduleParameters", [memDir("moduleParameter", 'dataType="string"')]],
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
          fileSet("rtl", c.files, "verilogSource"),
          ...(c.memories.length > 0 ? [fileSet("memories", c.memories, "user")] : []),
        ],
      ],
      ["description", c.description],
      ["parameters", [memDir("parameter", 'parameterId="MEM_DIR" resolve="user" type="string"')]],
    ],
    'xmlns:ipxact="http://www.accellera.org/XMLSchema/IPXACT/1685-2014" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.accellera.org/XMLSchema/IPXACT/1685-2014 http://www.accellera.org/XMLSchema/IPXACT/1685-2014/index.xsd"',
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${print(root).join("\n")}\n`;
}

/** Whether a port belongs to another stream whose prefix is the longer one. */
const longer = (other: string, prefix: string, port: string): boolean =>
  other.length > prefix.length && port.startsWith(`${other}_`);

const memDir = (tag: string, attributes: string): Node => [
  tag,
  [
    ["name", "MEM_DIR"],
    ["value", tag === "parameter" ? '"mem/"' : "MEM_DIR"],
  ],
  attributes,
];

const fileSet = (name: string, files: readonly string[], type: string): Node => [
  "fileSet",
  [
    ["name", name],
    ...files.map(
      (f): Node => [
        "file",
        [["name", f], type === "user" ? ["fileType", "user", 'user="memory"'] : ["fileType", type]],
      ],
    ),
  ],
];
