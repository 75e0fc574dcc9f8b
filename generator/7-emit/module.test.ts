import { describe, expect, test } from "vitest";
import type { Expr, Module, ModuleItem } from "../ir/module.ts";
import {
  assign,
  cell,
  cellsOf,
  constant,
  declared,
  drives,
  foreignModules,
  instanceNames,
  net,
  note,
  parameter,
  printModule,
  slice,
  text,
  unused,
  wiringFaults,
} from "./module.ts";

const [a, b, y, w] = [net("a"), net("b", 8), net("y", 8), net("w", 8)];
const made = (items: readonly ModuleItem[]): Module => ({
  name: "net_top",
  head: ["A top"],
  parameters: [{ name: "MEM_DIR", value: "mem/" }],
  ports: [
    { ...a, direction: "input" },
    { ...b, direction: "input", note: "a byte" },
    { ...y, direction: "output", attributes: 'keep = "yes"' },
  ],
  items,
});
const register = cell("axis_fifo", "u_wait", { WIDTH: 8 }, [{ clk: a, in: b, out: drives(w), open: undefined }]);
const good = [note("a byte waits"), declared(w), register, assign(y, w)];

describe("what must hold of the wiring", () => {
  test("nothing is said of a module that is whole", () => expect(wiringFaults(made(good))).toEqual([]));

  test.each<[string, readonly ModuleItem[], string]>([
    ["a wire nobody drives", [declared(w), assign(y, w), unused("u", [a, b])], "w has 0 drivers"],
    ["a wire driven twice", [...good, assign(w, b)], "w has 2 drivers"],
    ["an input driven", [...good, assign(b, w)], "b has 2 drivers"],
    ["an output nobody drives", [declared(w), register, unused("u", [w])], "y has 0 drivers"],
    ["a wire nobody reads", [declared(w), register, assign(y, b)], "w is not read"],
    ["a wire that is not declared", [register, assign(y, b)], "w is not declared"],
    ["a name declared twice", [declared(w, net("a")), register, assign(y, w)], "a is declared twice"],
    ["too few bits", [...good.slice(0, 3), assign(y, a), unused("u", [w])], "y has 8 bits and is assigned 1"],
    ["a net of other bits", [...good.slice(0, 3), assign(y, net("w", 4))], "w has 8 bits and is used as 4"],
    ["wires of other bits in one line", [...good, declared(net("c"), net("d", 2))], "c, d are declared together"],
    ["a bit that there is not", [...good, unused("u", [slice(b, 8)])], "b has no bit 8"],
  ])("%s", (_, items, fault) => {
    expect(wiringFaults(made(items))).toContainEqual(expect.stringContaining(fault));
    expect(() => printModule(made(items), "net")).toThrow(fault);
  });
});

test("what is read into wires of several bits is counted", () => {
  const values: readonly Expr[] = [
    { joined: [constant(7, 0), a] },
    { when: a, value: b, otherwise: constant(8, 1) },
    { bitwiseOr: [b, constant(8, 3)] },
    { ones: 8 },
    slice(b, 7, 0),
  ];
  for (const value of values)
    expect(wiringFaults(made([...good.slice(0, 3), assign(y, value), unused("u", [w, a, b])]))).toEqual([]);
  const bit: Expr = { not: { either: [a, slice(b, 1)] } };
  expect(
    printModule(made([...good, declared(net("n")), assign(net("n"), bit), unused("u", [net("n")])]), "net"),
  ).toContain("assign n = !(a || b[1]);");
});

test("the Verilog of a module", () => {
  const pll = {
    is: "instance",
    of: { module: "PLL" },
    name: "u_pll",
    parameters: [{ DIV: constant(4, 3) }, { MODE: text("SIMPLE") }, { PERIOD: { real: "83.333" } }],
    connections: [{ CLK: a }, { LOCK: undefined }],
    attributes: "keep",
  } as const;
  const m = made([...good, pll, cell("board_reset", "u_reset", { IDLE: parameter("MEM_DIR", 3) }, [{ clk: a }])]);
  expect(cellsOf(m)).toEqual(["axis_fifo", "board_reset"]);
  expect(instanceNames(m)).toEqual(["u_wait", "u_pll", "u_reset"]);
  expect(foreignModules(m)).toEqual(["PLL"]);
  expect(printModule(m, "net")).toMatchInlineSnapshot(`
    "// A top

    \`default_nettype none

    module net_top #(
        parameter MEM_DIR = "mem/"
    ) (
        input  wire a,
        input  wire [7:0] b,   // a byte
        (* keep = "yes" *)
        output wire [7:0] y
    );

        // a byte waits
        wire [7:0] w;
        net_axis_fifo #(.WIDTH(8)) u_wait (
            .clk(a), .in(b), .out(w), .open()
        );
        assign y = w;
        (* keep *)
        PLL #(
            .DIV(4'd3),
            .MODE("SIMPLE"),
            .PERIOD(83.333)
        ) u_pll (
            .CLK(a),
            .LOCK()
        );
        net_board_reset #(.IDLE(3*MEM_DIR)) u_reset (
            .clk(a)
        );

    endmodule

    \`default_nettype wire
    "
  `);
});
