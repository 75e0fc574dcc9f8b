import { expect, test } from "vitest";
import { newBench, topModules } from "./new_bench.ts";

// What opens an expression in a template.
const DOLLAR = ["$", "{"].join("");

test("the top is the module that no other instantiates", () => {
  const text = `
    // module comment(input x);
    module leaf #(parameter W = 1) (input a); endmodule
    module \\odd.name (input a); endmodule
    module mid(input a); leaf #(.W(2)) u_leaf (.a(a)); \\odd.name u_odd (.a(a)); endmodule
    module top(input a); mid u_mid [1:0] (.a(a)); initial $display("top u_top ("); endmodule`;
  expect(topModules(text)).toEqual(["top"]);
  expect(topModules("module a(input x); endmodule module b(input x); endmodule")).toEqual(["a", "b"]);
  expect(topModules("")).toEqual([]);
});

test("hostile names stay strings", () => {
  const [top, q, d] = [`\`"${DOLLAR}x}`, `q\`${DOLLAR}1}"`, "d\\"];
  const text = newBench({
    top,
    sources: ["a b`.v"],
    ports: [
      { name: "clk", direction: "input", width: 1 },
      { name: q, direction: "output", width: 4 },
      { name: d, direction: "input", width: 40 },
    ],
  });
  expect(text).toContain(`top: ${JSON.stringify(top)},`);
  expect(text).toContain(`tb.signal(${JSON.stringify(d)}).big = 0n;`);
  expect(text).toContain(`tb.signal(${JSON.stringify(q)})`);
  expect(() => newBench({ top: "t", sources: [], ports: [] })).toThrow(
    "no input of t is called like a clock; inputs of one bit: none",
  );
});
