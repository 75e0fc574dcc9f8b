// What descriptions of a module in IP-XACT share: the component, its buses and registers, and the form of the XML.
import type { HwExternal } from "../ir/hardware.ts";
import { xmlText } from "../names/xml.ts";
import { memoryPortNames } from "./verilog.ts";

export interface IpPort {
  readonly name: string;
  readonly direction: "input" | "output" | "inout";
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
  /** AXI4 buses that read from memory, by the prefix of their ports. */
  readonly memoryBuses: readonly MemoryBus[];
  readonly files: readonly string[];
  readonly memories: readonly string[];
  /** Default of the parameter MEM_DIR. */
  readonly memDir: string;
}

/** A bus that reaches addresses of so many bits. */
export interface MemoryBus {
  readonly prefix: string;
  readonly addressBits: number;
  readonly dataBits: number;
}

/** The buses of an accelerator's ports to external memory. */
export const memoryBuses = ({ addressBits, dataBits, ports }: HwExternal): MemoryBus[] =>
  memoryPortNames(ports.length).map((prefix) => ({ prefix, addressBits, dataBits }));

const IP_VENDOR = "addernet-rtl";
const IP_LIBRARY = "nets";
export const IP_VERSION = "1.0";

export type Attributes = Readonly<Record<string, string>>;
/** An element: name, children or text, attributes. Names without a prefix get the document's. */
export type Node = readonly [tag: string, content: string | readonly Node[], attributes?: Attributes];

/** @param prefix of elements; `attributePrefix` of their attributes, "" for none */
export function printXml(node: Node, prefix: string, attributePrefix: string): string {
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

export type Vlnv = readonly [vendor: string, library: string, name: string, version: string];
export const vlnv = ([vendor, library, name, version]: Vlnv): Attributes => ({ vendor, library, name, version });

export interface Bus {
  readonly name: string;
  readonly kind: "stream" | "lite" | "memory" | "clock" | "reset";
  readonly master: boolean;
  /** Logical and physical name of each port. */
  readonly ports: readonly (readonly [logical: string, physical: string])[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The buses of a component; every port of a stream or of the registers belongs to one. */
function busesOf(c: Component): Bus[] {
  const prefixes = [
    ...c.streams.map((s) => s.prefix),
    ...(c.registers ? [c.registers.prefix] : []),
    ...c.memoryBuses.map(({ prefix }) => prefix),
  ];
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
    ...c.memoryBuses.map(
      ({ prefix, dataBits }): Bus => ({
        name: prefix,
        kind: "memory",
        master: true,
        ports: mapped(prefix),
        parameters: [
          ["PROTOCOL", "AXI4"],
          ["READ_WRITE_MODE", "READ_ONLY"],
          ["DATA_WIDTH", String(dataBits)],
        ],
      }),
    ),
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

export const portMaps = (b: Bus): Node => [
  "portMaps",
  b.ports.map(([logical, physical]) => [
    "portMap",
    [
      ["logicalPort", [["name", logical]]],
      ["physicalPort", [["name", physical]]],
    ],
  ]),
];

/** One that reads from memory sees an address space. */
export const masterOf = (b: Bus): Node => [
  "master",
  b.kind === "memory" ? [["addressSpaceRef", "", { addressSpaceRef: b.name }]] : "",
];

/** What a bus to memory reaches, in either form of the standard. */
const addressSpaces = ({ memoryBuses }: Component): Node[] =>
  memoryBuses.length > 0
    ? [
        [
          "addressSpaces",
          memoryBuses.map(
            ({ prefix, addressBits, dataBits }): Node => [
              "addressSpace",
              [
                ["name", prefix],
                ["range", String(2 ** addressBits)],
                ["width", String(dataBits)],
              ],
            ],
          ),
        ],
      ]
    : [];

export const vector = (p: IpPort): Node[] =>
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

export const direction = (p: IpPort): Node => ["direction", p.direction.replace("put", "")];

export const accessOf = (r: IpRegister): string => (r.access === "rw" ? "read-write" : "read-only");

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

/** What stands first in a component: who it is, its buses and its registers, in the form of a standard. */
export const head = (c: Component, bus: (b: Bus) => Node, register: (r: IpRegister) => Node): Node[] => [
  ["vendor", IP_VENDOR],
  ["library", IP_LIBRARY],
  ["name", c.name],
  ["version", IP_VERSION],
  ["busInterfaces", busesOf(c).map(bus)],
  ...addressSpaces(c),
  ...memoryMaps(c, register),
];
