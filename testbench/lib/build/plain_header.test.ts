import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../nets/build.ts";
import { portsFromHeader } from "./plain_header.ts";

const example = (file: string): string => readFileSync(join(root, "rtl-out/example", file), "utf8");

test("headers of plain numbers, comments in any place", () => {
  const text = `\`timescale 1ns/1ps
\`default_nettype none
// module t (input wire wrong);
module other (input a); endmodule
module t #(parameter MEM_DIR = "mem/", parameter N = (2 + 3)) ( /* input, */
  input clk, // [7:0]
  input wire [7:0] s_data,
  output reg [32:0] q, output wire ready
);
endmodule
`;
  expect(portsFromHeader(text, "t")).toEqual([
    { name: "clk", direction: "input", width: 1 },
    { name: "s_data", direction: "input", width: 8 },
    { name: "q", direction: "output", width: 33 },
    { name: "ready", direction: "output", width: 1 },
  ]);
  expect(portsFromHeader("module t (input a); endmodule", "t")).toHaveLength(1);
  expect(portsFromHeader('module t #(parameter D = "//)", E = "\\"(") (input a); endmodule', "t")).toHaveLength(1);
});

test.each([
  ["a width that is computed", "module t #(parameter W = 8) (input [W-1:0] a); endmodule"],
  ["a range that does not end at 0", "module t (input [7:1] a); endmodule"],
  ["a range from 0 up", "module t (input [0:7] a); endmodule"],
  ["a signed port", "module t (input signed [7:0] a); endmodule"],
  ["a direction that goes on", "module t (input [7:0] a, b); endmodule"],
  ["an array", "module t (input [7:0] a [0:3]); endmodule"],
  ["an inout", "module t (inout a); endmodule"],
  ["names alone", "module t (a, b); input a; output b; endmodule"],
  ["no ports", "module t; endmodule"],
  ["no ports in parentheses", "module t (); endmodule"],
  ["a macro", "`define W 8\nmodule t (input [`W-1:0] a); endmodule"],
  ["text that the preprocessor leaves out", "module t (input a); endmodule\n`ifdef X\n`endif"],
  ["two modules of the name", "module t (input a); endmodule module t (input b); endmodule"],
  ["another module", "module u (input a); endmodule"],
])("%s is left to an elaboration", (_, text) => {
  expect(portsFromHeader(text, "t")).toBeUndefined();
});

test("the probe of an emitted accelerator; the accelerator itself, whose parameter is a macro, is not plain", () => {
  const names = (file: string, top: string) => portsFromHeader(example(file), top)?.map((p) => `${p.name} ${p.width}`);
  expect(names("rtl/tiny.v", "tiny")).toBeUndefined();
  const probe = names("tb/tiny_probe.v", "tiny_probe");
  expect(probe?.slice(0, 6)).toEqual([
    ...["clk 1", "rst 1", "s_axis_tdata 8", "s_axis_tvalid 1", "s_axis_tready 1", "s_axis_tlast 1"],
  ]);
  expect(probe).toContain("probe_5_tdata 10");
});
