// The beginning of a layer kind or a cell: files that compile as they stand, lines in the registries, and the places left.
export interface Scaffold {
  /** New files, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Registries with a line more, by path. */
  readonly changed: ReadonlyMap<string, string>;
  /** What is still to be filled, in order. */
  readonly next: readonly string[];
}

/** Text of a file of the project by its path. */
export type Read = (path: string) => string;

const camel = (name: string): string => name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase());

/** Puts a line in front of another one; throws where that has gone. */
function before(text: string, anchor: string, line: string): string {
  const at = text.indexOf(anchor);
  if (at < 0) throw new Error(`there is no line ${JSON.stringify(anchor)} any more`);
  return `${text.slice(0, at)}${line}\n${text.slice(at)}`;
}

/** With an import behind the last one; the formatter sorts them. */
function withImport(text: string, name: string, file: string): string {
  const at = text.lastIndexOf('";\n', text.search(/^(const|export|type|interface|\/\*\*) ?/m)) + 3;
  return `${text.slice(0, at)}import { ${name} } from "./${file}.ts";\n${text.slice(at)}`;
}

/** A layer kind of known ops: a function of single values, tabulated, until it says otherwise. */
export function newLayer(kind: string, read: Read): Scaffold {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(kind)) throw new Error(`a kind is written like max_pool2d, not ${kind}`);
  const name = camel(kind);
  const [layers, float] = ["generator/layers/index.ts", "golden/float/index.ts"];
  return {
    files: new Map([
      [
        `generator/layers/${kind}.ts`,
        `// y = x: say here what it computes.
import { z } from "zod";
import { commonFields, defineLayer } from "./define.ts";

export const ${name} = defineLayer({
  kind: "${kind}",
  summary: "y = x",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("${kind}"), ...commonFields }),
  infer: (_layer, [x]) => ({ feature: x!, attrs: {} }),
  // How it becomes integers: one of the roles in 4-quantize/roles. A table fits every function of single values.
  quantize: { role: "table", value: (v) => v },
});
`,
      ],
      [
        `golden/float/${kind}.ts`,
        `// y = x
import { pointwise } from "./layer.ts";

export const ${name} = pointwise((v) => v);
`,
      ],
    ]),
    changed: new Map([
      [layers, before(withImport(read(layers), name, kind), "  argmax,\n", `  ${name},`)],
      [float, before(withImport(read(float), name, kind), "    argmax,\n", `    ${kind}: ${name},`)],
    ]),
    next: [
      `generator/layers/${kind}.ts: schema, shapes, tensors, role`,
      `golden/float/${kind}.ts: the real values, from its definition and not from the other file`,
      `testbench/fuzz/layers.ts: fields of a random ${kind}`,
      `testbench/nets/kinds/: a network with ${kind} in every form`,
      "docs/layers.md: its row, and the operator of PyTorch and ONNX in their importers",
      "npx tsx scripts/gen-docs.ts: schema, format.md",
    ],
  };
}

/** A cell between two streams: a wire for data and handshake, until it does more. */
export function newCell(cell: string, read: Read): Scaffold {
  if (!/^axis_[a-z][a-z0-9]*$/.test(cell)) throw new Error(`a cell is called axis_name, not ${cell}`);
  const name = camel(cell);
  const index = "generator/cells/index.ts";
  const stem = cell.slice("axis_".length);
  return {
    files: new Map([
      [
        `templates/${cell}.v`,
        `// ${cell} - say here what it does
//
//   y = x
//
// Timing     wires for data and handshake: no clock, one beat a clock.
// Framing    tlast passes with its beat.
// Reset      synchronous, active high; nothing is kept.
// Does not   change tdata.
// Cost       nothing.
// Tested by  testbench/cells/${cell}; proved by \`npm run formal -- ${cell}\`.

\`default_nettype none

module ${cell} #(
    parameter integer WIDTH = 8   // bits of tdata
) (
    input  wire             clk,
    input  wire             rst,

    // AXI4-Stream in
    input  wire [WIDTH-1:0] s_axis_tdata,
    input  wire             s_axis_tvalid,
    output wire             s_axis_tready,
    input  wire             s_axis_tlast,

    // AXI4-Stream out
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
    output wire             m_axis_tlast
);

    generate
        if (WIDTH < 1) begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    assign m_axis_tdata  = s_axis_tdata;
    assign m_axis_tvalid = s_axis_tvalid;
    assign s_axis_tready = m_axis_tready;
    assign m_axis_tlast  = s_axis_tlast;
    wire unused_clocks = &{1'b0, clk, rst};

endmodule

\`default_nettype wire
`,
      ],
      [
        `generator/cells/${cell}.ts`,
        `// Say here what it does.
import { defineCell, streamPorts } from "./define.ts";

export const ${name} = defineCell({
  module: "${cell}",
  params: { WIDTH: "int" },
  ports: (p) => streamPorts(p.WIDTH, p.WIDTH),
  // Clocks from an input beat to the output beat that it brings; \`places\` and \`times\` where more is to be said.
  fill: () => 0,
  structure: () => ({}),
});
`,
      ],
      [
        `testbench/cells/${cell}/lint.json`,
        '{ "sets": [{ "WIDTH": 77 }, { "WIDTH": 1 }], "broken": [{ "rule": "WIDTH_below_1", "set": { "WIDTH": 0 } }] }\n',
      ],
      [`testbench/cells/${cell}/formal.json`, '{ "bmc": 14, "induction": 4, "cover": 14, "sets": [{ "WIDTH": 2 }] }\n'],
    ]),
    changed: new Map([[index, before(withImport(read(index), name, cell), "  axisLast,\n", `  ${name},`)]]),
    next: [
      `templates/${cell}.v: parameters with a rule each, behaviour, properties under FORMAL with covers`,
      `generator/cells/${cell}.ts: parameters, ports, clocks, structure; scripts/cells.test.ts compares it with the Verilog`,
      `testbench/cells/${cell}/${cell}.sim.test.ts: a bench in four stall corners, and mutants that it must kill`,
      `testbench/cells/${cell}/{lint,formal}.json: sets of parameters, broken rules`,
      `bench/resources/points.ts: sets to measure; npx tsx bench/resources/measure.ts ${cell}, then fit.ts`,
      `generator/ops: the op that instantiates ${stem}; its fields in ir/nodes.ts, its meaning in golden/ops and golden/fast`,
    ],
  };
}
