import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { portsFromJson, portsFromXml } from "./verilator_ports.ts";

const sample = (ending: string): string =>
  readFileSync(join(import.meta.dirname, `../fixtures/port_forms.${ending}`), "utf8");

const input = (name: string, width: number) => ({ name, direction: "input", width });
const output = (name: string, width: number) => ({ name, direction: "output", width });
/** The ports of fixtures/port_forms.sv with W = 7. */
const expected = [
  input("clk", 1),
  input("state", 7),
  input("table_of_seven", 28),
  input("item", 3),
  input("either", 7),
  input("rising", 10),
  input("counter", 64),
  input("double__score", 1),
  input("with.dot[0]", 1),
  output("q", 7),
  output("mode", 2),
  output("wide", 100),
];

test.each([
  ["xml", portsFromXml],
  ["json", portsFromJson],
] as const)("every form of port, from a real dump as %s", (ending, read) => {
  expect(read(sample(ending), "port_forms")).toEqual(expected);
});

const json = (variable: object, types: object[]): string =>
  JSON.stringify({
    type: "NETLIST",
    modulesp: [
      { type: "MODULE", name: "sub", level: 2, stmtsp: [] },
      { type: "PACKAGE", name: "p", level: 1, stmtsp: [] },
      { type: "MODULE", name: "t", level: 1, stmtsp: [{ type: "VAR", name: "x", direction: "INPUT", ...variable }] },
    ],
    miscsp: [{ type: "TYPETABLE", typesp: types }],
  });

test("what no bench can drive is refused by name, from JSON", () => {
  const bit = { type: "BASICDTYPE", addr: "(A)", dtypep: "(A)", keyword: "logic" };
  expect(() => portsFromJson(json({ direction: "INOUT", dtypep: "(A)" }, [bit]), "t")).toThrow(
    /^port x of t is an inout; a bench can only drive inputs and read outputs/,
  );
  const refusals: [object, RegExp][] = [
    [
      { type: "UNPACKARRAYDTYPE", refDTypep: "(A)" },
      /^port x of t is an unpacked array; a bench can only drive packed/,
    ],
    [{ type: "STRUCTDTYPE" }, /^port x of t is an unpacked struct or union/],
    [{ type: "BASICDTYPE", keyword: "real" }, /^port x of t is a real/],
    [{ type: "IFACEREFDTYPE" }, /^port x of t is an interface/],
    [{ type: "PACKARRAYDTYPE", declRange: "[N:0]", refDTypep: "(A)" }, /^port x of t has a range that cannot be read/],
    [{ type: "REFDTYPE", dtypep: "(Z)" }, /^port x of t has a type that the library does not know/],
  ];
  for (const [type, message] of refusals)
    expect(() => portsFromJson(json({ dtypep: "(B)" }, [bit, { addr: "(B)", dtypep: "(B)", ...type }]), "t")).toThrow(
      message,
    );
  expect(() => portsFromJson('{"modulesp":[]}', "t")).toThrow("Verilator found no top module t");
});
