// The sum in both simulators, and the primitives against it by Yosys' models of them.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { sources } from "../arithmetic.ts";
import { checkPipe } from "../pipe.ts";
import { shapesOn, simulators } from "../stream.ts";

const folder = mkdtempSync(join(tmpdir(), "ternary-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const source = readFileSync(join(import.meta.dirname, "..", "..", "..", "templates", "ternary_add.v"), "utf8");

/** Whether Yosys proves that the cell with primitives gives a + b + c for all numbers of `bits`. */
async function isSum(bits: number, text: string): Promise<boolean> {
  const ends = `wire [${bits - 1}:0] made;
  ternary_add #(.BITS(${bits}), .PRIMITIVES(1)) u (.a(a), .b(b), .c(c), .sum(made));
  wire [${bits - 1}:0] sum = a + b + c;`;
  const port = (name: string) => `input [${bits - 1}:0] ${name}`;
  const top = `module top(${port("a")}, ${port("b")}, ${port("c")}, output same);\n${ends}\nassign same = made == sum;\nendmodule\n`;
  writeFileSync(join(folder, "cell.v"), `${text}\n${top}`);
  const script =
    "read_verilog -DTERNARY_PRIMITIVES +/xilinx/cells_sim.v cell.v; hierarchy -check -top top; proc; flatten; opt; select -assert-none t:CARRY4; sat -verify -prove same 1 top";
  try {
    await promisify(execFile)("yosys", ["-q", "-p", script], { cwd: folder });
    return true;
  } catch (e) {
    if (String((e as { stderr?: string }).stderr).includes("proof did fail")) return false;
    throw e;
  }
}

describe("ternary_add", () => {
  test.each([1, 3, 4, 5, 9, 12])("%i bits: LUT6_2 and CARRY4 are the sum", async (bits) => {
    expect(source).toContain("LUT6_2");
    expect(await isSum(bits, source)).toBe(true);
  });

  test.each([
    ["another majority", "E8E8E8E8", "E8E8E8E0"],
    ["no majority from below", ".I3(majority[i])", ".I3(1'b0)"],
    ["a chain in two pieces", ".CI(carry[i])", ".CI(1'b0)"],
  ])("mutant: %s", async (_, find, replace) => {
    expect(source).toContain(find);
    expect(await isSum(9, source.replace(find, replace))).toBe(false);
  });
});

describe.each(simulators)("ternary_add on %s", (sim) => {
  test.each(shapesOn(sim, [1, 4, 19, 40]))("%i bits, modulo their range", async (bits) => {
    const rand = new Rand(bits);
    const ends = [0n, 1n, (1n << BigInt(bits)) - 1n, 1n << BigInt(bits - 1)].map((v) => BigInt.asUintN(bits, v));
    const corners = ends.flatMap((a) => ends.flatMap((b) => ends.map((c) => [a, b, c] as const)));
    const drawn = Array.from({ length: 200 }, () => [rand.bits(bits), rand.bits(bits), rand.bits(bits)] as const);
    const numbers = [...corners, ...drawn];
    const n = BigInt(bits);
    await checkPipe(
      sim,
      {
        top: "ternary_bench",
        sources: [...sources("ternary_add"), join(import.meta.dirname, "ternary_bench.v")],
        params: { BITS: bits },
        input: "x",
        output: "sum_q1",
        latency: 1,
      },
      numbers.map(([a, b, c]) => (c << (2n * n)) | (b << n) | a),
      numbers.map(([a, b, c]) => BigInt.asUintN(bits, a + b + c)),
    );
  });
});
