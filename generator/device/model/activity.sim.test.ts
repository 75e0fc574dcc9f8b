// The counted activity against the registers of the cells themselves, clock by clock.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { withSubcells } from "../../cells/closure.ts";
import { cellSources } from "../../cli/files.ts";
import type { MacNode, SadNode } from "../../ir/quantized.ts";
import { arrayActivity, type Changes } from "./activity.ts";

const [WIDTH, CHANNELS, FILTERS, SIMD, PE, X_BITS, W_BITS, ACC_BITS] = [6, 6, 4, 3, 2, 4, 4, 11];
const KERNEL = 2;
const SF = (KERNEL * KERNEL * CHANNELS) / SIMD;
const NF = FILTERS / PE;
const LEVELS = 2;
const OUT = WIDTH - KERNEL + 1;

let state = 5;
/** 0..15 from the top of a linear congruence. */
const digit = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 28;
};
const rows = Array.from({ length: FILTERS }, () =>
  Int32Array.from({ length: KERNEL * KERNEL * CHANNELS }, () => digit()),
);
const signedRows = rows.map((r) => r.map((w) => w - 8));
const image = Int32Array.from({ length: WIDTH * WIDTH * CHANNELS }, () => digit());

function node(op: "sad" | "mac"): SadNode | MacNode {
  const window = { kernel: [KERNEL, KERNEL], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };
  const signed = op === "mac";
  // The widest sums of ACC_BITS; the cell's parameter and the activity's width are one.
  const accRange = signed ? { min: -(2 ** (ACC_BITS - 1)), max: 0 } : { min: 0, max: 2 ** ACC_BITS - 1 };
  return { op, window, weights: { rows: signed ? signedRows : rows, bits: W_BITS, signed }, accRange } as unknown as
    | SadNode
    | MacNode;
}

/** Beats of the taps in the order in which the line buffer gives them, the window once for each group of filters. */
function beats(): number[][] {
  const all: number[][] = [];
  for (let pixel = 0; pixel < OUT * OUT; pixel++) {
    const window: number[] = [];
    for (let ky = 0; ky < KERNEL; ky++)
      for (let kx = 0; kx < KERNEL; kx++)
        for (let c = 0; c < CHANNELS; c++)
          window.push(image[((Math.floor(pixel / OUT) + ky) * WIDTH + (pixel % OUT) + kx) * CHANNELS + c]!);
    for (let nf = 0; nf < NF; nf++) for (let sf = 0; sf < SF; sf++) all.push(window.slice(sf * SIMD, (sf + 1) * SIMD));
  }
  return all;
}

const hex = (lanes: readonly number[]): string =>
  [...lanes]
    .reverse()
    .map((v) => (v & 15).toString(16))
    .join("");

/** Changed bits of each level and of the accumulators, by a counter beside the cell. */
function simulate(op: "sad" | "mac", dir: string): number[] {
  const weights = op === "mac" ? signedRows : rows;
  const rowsHex = Array.from({ length: NF * SF }, (_, i) => {
    const [nf, sf] = [Math.floor(i / SF), i % SF];
    const lanes = Array.from({ length: PE }, (_, p) => [
      ...weights[nf * PE + p]!.subarray(sf * SIMD, (sf + 1) * SIMD),
    ]).flat();
    return hex(lanes);
  });
  writeFileSync(join(dir, "weights.hex"), `${rowsHex.join("\n")}\n`);
  const all = beats();
  writeFileSync(join(dir, "beats.hex"), `${all.map(hex).join("\n")}\n`);
  const signed = op === "sad" ? "g_signed.g_out" : "g_out";
  const count = (level: number | "acc") => {
    const parts = Array.from({ length: PE }, (_, p) =>
      level === "acc" ? `dut.${signed}[${p}].g_fold.acc` : `dut.${signed}[${p}].u_tree.g_level[${level}].e`,
    ).join(", ");
    // Level l holds the beat of valid_q[l + 1]; the accumulator the one after the last level.
    const valid = level === "acc" ? "after" : `dut.valid_q[${level + 1}]`;
    return `    reg [${PE * 64}:0] held_${level}, now_${level}; reg full_${level} = 0; integer n_${level} = 0, b_${level};
    always @(negedge clk) if (${valid}) begin
        now_${level} = {1'b0, ${parts}};
        if (full_${level})
            for (b_${level} = 0; b_${level} < ${PE * 64}; b_${level} = b_${level} + 1)
                if (held_${level}[b_${level}] != now_${level}[b_${level}]) n_${level} = n_${level} + 1;
        held_${level} = now_${level}; full_${level} = 1;
    end`;
  };
  const names = [...Array.from({ length: LEVELS + 1 }, (_, l) => l), "acc"] as const;
  writeFileSync(
    join(dir, "tb.sv"),
    `module tb;
    reg clk = 0, rst = 1; always #1 clk = !clk;
    reg [${SIMD * X_BITS - 1}:0] beats [0:${all.length - 1}]; integer i = 0;
    initial $readmemh("${join(dir, "beats.hex")}", beats);
    wire ready;
    reg after; always @(posedge clk) after <= dut.valid_q[${LEVELS + 1}] && !rst;
    axis_${op} #(.SIMD(${SIMD}), .PE(${PE}), .SF(${SF}), .NF(${NF}), .X_BITS(${X_BITS}), .W_BITS(${W_BITS}),
        .ACC_BITS(${ACC_BITS}), .MEM_FILE("${join(dir, "weights.hex")}")) dut (.clk(clk), .rst(rst),
        .s_axis_tdata(beats[i]), .s_axis_tvalid(!rst && i < ${all.length}), .s_axis_tready(ready), .s_axis_tlast(1'b0),
        .m_axis_tdata(), .m_axis_tvalid(), .m_axis_tready(1'b1), .m_axis_tlast());
${names.map(count).join("\n")}
    always @(posedge clk) if (!rst && ready && i < ${all.length}) i <= i + 1;
    initial begin
        repeat (4) @(negedge clk); rst = 0;
        repeat (${all.length + 60}) @(negedge clk);
        $display("${names.map(() => "%0d").join(" ")}", ${names.map((n) => `n_${n}`).join(", ")});
        $finish;
    end
endmodule
`,
  );
  const cells = withSubcells([`axis_${op}`], cellSources()).map((c) =>
    resolve(import.meta.dirname, `../../../templates/${c}.v`),
  );
  execFileSync("iverilog", ["-g2012", "-o", join(dir, "tb.vvp"), "-s", "tb", join(dir, "tb.sv"), ...cells]);
  return execFileSync("vvp", ["-n", join(dir, "tb.vvp")], { encoding: "utf8" })
    .trim()
    .split("\n")
    .at(-1)!
    .split(" ")
    .map(Number);
}

test.each(["sad", "mac"] as const)("axis_%s: as many bits change as its registers show", (op) => {
  const dir = mkdtempSync(join(tmpdir(), "activity-"));
  try {
    const edge = { bits: X_BITS, signed: false, scale: 1, zeroPoint: 0, range: { min: 0, max: 15 } };
    const input = { ...edge, shape: [WIDTH, WIDTH, CHANNELS] as const };
    const output = { ...edge, shape: [OUT, OUT, FILTERS] as const };
    const found = arrayActivity(node(op), { input, output }, [{ shape: input.shape, data: image }], {
      pe: PE,
      simd: SIMD,
    });
    const changed = (c: Changes) => c.changed;
    expect([changed(found.taps), ...found.sums.map(changed)]).toEqual(simulate(op, dir));
    expect(found.taps.results).toBe(OUT * OUT * FILTERS * KERNEL * KERNEL * CHANNELS);
    // Of three taps two are added, and the sum to the third; one addition a beat more goes to the accumulator.
    expect(found.sums.map((c) => c.results / (OUT * OUT * FILTERS * SF))).toEqual([1, 1, 1]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
