import { describe, expect, test } from "vitest";
import type { Expr, Module, ModuleItem } from "../ir/module.ts";
import {
  all,
  assign,
  cell,
  cellsOf,
  constant,
  declared,
  drives,
  enters,
  foreignModules,
  instanceNames,
  lane,
  leaves,
  net,
  not,
  note,
  parameter,
  port,
  printModule,
  slice,
  streamNets,
  streamPorts,
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
const half = (high: number, low: number) =>
  cell("axis_fifo", `u_${low}`, {}, [{ out: { drives: slice(w, high, low) } }]);
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
    ["a wire read before it is declared", [assign(y, w), declared(w), register], "w is used before it is declared"],
    ["a wire driven before it is declared", [register, declared(w), assign(y, w)], "w is used before it is declared"],
    ["a name declared twice", [declared(w, net("a")), register, assign(y, w)], "a is declared twice"],
    ["too few bits", [...good.slice(0, 3), assign(y, a), unused("u", [w])], "y has 8 bits and is assigned 1"],
    ["a net of other bits", [...good.slice(0, 3), assign(y, net("w", 4))], "w has 8 bits and is used as 4"],
    ["wires of other bits in one line", [...good, declared(net("c"), net("d", 2))], "c, d are declared together"],
    [
      "a bit nobody drives",
      [declared(w), half(7, 5), half(3, 0), assign(y, w), unused("u", [a, b])],
      "w has 0 drivers of bit 4",
    ],
    [
      "a bit driven twice",
      [declared(w), half(7, 3), half(3, 0), assign(y, w), unused("u", [a, b])],
      "w has 2 drivers of bit 3",
    ],
    ["a net driven past its end", [declared(w), half(8, 0), assign(y, w), unused("u", [a, b])], "w has no bit 8"],
    ["a bit that there is not", [...good, unused("u", [slice(b, 8)])], "b has no bit 8"],
  ])("%s", (_, items, fault) => {
    expect(wiringFaults(made(items))).toContainEqual(expect.stringContaining(fault));
    expect(() => printModule(made(items), "net")).toThrow(fault);
  });
});

test("bits of a net may have a driver each, and a net called unused_ no reader", () => {
  const spare = net("unused_spare", 4);
  const source = cell("axis_fifo", "u_spare", {}, [{ out: drives(spare) }]);
  expect(
    wiringFaults(
      made([declared(w), half(3, 0), half(7, 4), assign(y, w), unused("u", [a, b]), declared(spare), source]),
    ),
  ).toEqual([]);
});

test("what is read into wires of several bits is counted", () => {
  const values: readonly Expr[] = [
    { joined: [constant(7, 0), a] },
    { when: a, value: b, otherwise: constant(8, 1) },
    { bitwiseOr: [b, constant(8, 3)] },
    { ones: 8 },
    { bitwiseAnd: [b, { repeated: not(a), times: 8 }] },
    { joined: [{ zeros: 4 }, { repeated: slice(b, 7), times: 2 }, lane(b, 0, 2)] },
    { inside: "u_wait.memory", bits: 8 },
    slice(b, 7, 0),
  ];
  for (const value of values)
    expect(wiringFaults(made([...good.slice(0, 3), assign(y, value), unused("u", [w, a, b])]))).toEqual([]);
  const bit: Expr = { not: { either: [a, slice(b, 1)] } };
  expect(
    printModule(made([...good, declared(net("n")), assign(net("n"), bit), unused("u", [net("n")])]), "net"),
  ).toContain("assign n = !(a || b[1]);");
});

test("the Verilog of expressions", () => {
  const print = (value: Expr) =>
    /assign n = (.*);/.exec(
      printModule(made([...good, declared(net("n")), assign(net("n"), value), unused("u", [net("n")])]), "net"),
    )![1];
  expect(print(all(a, not(slice(b, 0))))).toBe("a && !b[0]");
  expect(print({ either: [a, { any: b }] })).toBe("a || b != 0");
  expect(print({ every: b })).toBe("&b");
  expect(print(not({ every: b }))).toBe("!(&b)");
  expect(print(lane(b, 2, 1))).toBe("b[2 +: 1]");
  expect(print({ repeated: a, times: 1 })).toBe("{1{a}}");
  expect(print({ zeros: 1 })).toBe("1'b0");
  expect(print({ inside: "u_a.b_tvalid", bits: 1 })).toBe("u_a.b_tvalid");
});

test("a default that a define gives, parameters of all sorts, a layer of one bit", () => {
  const one = streamNets("s_axis", 1);
  const m: Module = {
    ...{ name: "net_layer", head: [] },
    parameters: [{ name: "MEM_DIR", value: { macro: "NET_MEM_DIR", value: "mem/", note: "Where the files are." } }],
    ports: [port("input", a), ...streamPorts(one, "in"), ...streamPorts(streamNets("m_axis", 1), "out")],
    items: [
      note("two\nlines"),
      cell(
        "axis_fifo",
        "u_wait",
        {
          FILE: { joined: [parameter("MEM_DIR"), text("x.mem")] },
          LOW: { signed: -3n, bits: 64 },
          HIGH: { signed: -3n, bits: 32, hex: true },
          WIDTH: 1,
        },
        [{ clk: a }, enters("s_axis", one), leaves("m_axis", streamNets("m_axis", 1))],
      ),
      cell("memory_check", "check", {}, []),
    ],
  };
  expect(printModule(m, "net")).toMatchInlineSnapshot(`
    "
    \`default_nettype none

    // Where the files are.
    \`ifndef NET_MEM_DIR
    \`define NET_MEM_DIR "mem/"
    \`endif

    module net_layer #(
        parameter MEM_DIR = \`NET_MEM_DIR
    ) (
        input  wire           a,

        input  wire [0:0]     s_axis_tdata,
        input  wire           s_axis_tvalid,
        output wire           s_axis_tready,
        input  wire           s_axis_tlast,

        output wire [0:0]     m_axis_tdata,
        output wire           m_axis_tvalid,
        input  wire           m_axis_tready,
        output wire           m_axis_tlast
    );

        // two
        // lines
        net_axis_fifo #(
            .FILE({MEM_DIR, "x.mem"}), .LOW(-64'sd3), .HIGH(32'shfffffffd), .WIDTH(1)
        ) u_wait (
            .clk(a),
            .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
            .s_axis_tlast(s_axis_tlast),
            .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
            .m_axis_tlast(m_axis_tlast)
        );
        net_memory_check check ();

    endmodule

    \`default_nettype wire
    "
  `);
  // Without a parameter there is no list of them.
  expect(printModule({ ...made([assign(y, b), unused("u", [a])]), parameters: [] }, "net")).toContain(
    "module net_top (\n    input",
  );
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
        input  wire           a,
        input  wire [7:0]     b,   // a byte
        (* keep = "yes" *)
        output wire [7:0]     y
    );

        // a byte waits
        wire [7:0]    w;
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
