// A design that is wrong is found, at the layer that is wrong, with a message that says where.

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mismatchText } from "../../generator/verify/mismatch.ts";
import { probeDesign, type VerifyOptions, type VerifyResult, verify } from "../../generator/verify/verify.ts";
import { failureOf, HangError, ProtocolError, simulators } from "../lib/index.ts";
import { exampleBuild, images } from "./build.ts";
import { folder } from "./tools.ts";

const built = exampleBuild("tiny-mnist");
const frames = images("test", 2);

function check(changed: [path: string, text: string], options: Partial<VerifyOptions> = {}): Promise<VerifyResult> {
  const [path, text] = changed;
  expect(built.files.has(path)).toBe(true);
  expect(text).not.toBe(built.files.get(path));
  const dir = folder(new Map(built.files).set(path, text));
  const design = probeDesign(built.hardware, dir, built.files.keys());
  return verify(built.net, built.hardware, design, frames, { sim: "verilator", ...options });
}

const replaced = (path: string, from: RegExp, to: string): [string, string] => [
  path,
  built.files.get(path)!.replace(from, to),
];

/** The weights of conv2 with one bit of row `row` changed. */
function otherWeight(row: number): [string, string] {
  const path = "mem/tiny_conv2_weights.mem";
  const lines = built.files.get(path)!.split("\n");
  lines[row] = (Number.parseInt(lines[row]!, 16) ^ 8).toString(16).padStart(lines[row]!.length, "0");
  return [path, lines.join("\n")];
}

for (const sim of simulators)
  test(`one weight of a middle layer, found by ${sim}`, async () => {
    const waveDir = folder();
    const taps = built.hardware.memories.find((m) => m.file === "tiny_conv2_weights.mem")!.words.length / 16;
    const { mismatch } = await check(otherWeight(5 * taps + 40), { sim, waves: "mismatch", waveDir });
    expect(mismatch).toMatchObject({ tensor: "conv2.acc", stream: "conv2_array", frame: 0, channel: 5 });
    expect(mismatch!.actual).not.toBe(mismatch!.expected);
    expect(mismatchText(mismatch!)).toMatch(
      /^conv2\.acc: frame 0, row \d, column \d, channel 5: expected \d+, got \d+ \(stream conv2_array, beat \d+, clock \d+\)$/,
    );
    expect(mismatch!.waves?.startsWith(waveDir)).toBe(true);
    expect(readFileSync(mismatch!.waves!, "latin1")).toContain("$enddefinitions");
    expect(existsSync(mismatch!.waves!.replace(/vcd$/, "gtkw"))).toBe(true);
  });

test("a cell that rounds wrongly, at the first layer that uses it", async () => {
  const { mismatch } = await check(
    replaced(
      "rtl/tiny_axis_requant.v",
      /\+ \{\{\(SUM_BITS-1\)\{1'b0\}\}, up\}/,
      "+ {{(SUM_BITS-1){1'b0}}, 1'b1} + (1 << (SHIFT-1))",
    ),
  );
  const first = built.net.nodes.find((n) => "requant" in n)!;
  expect(mismatch!.tensor).toBe(first.output);
});

test("an array that adds wrongly, at the first layer that uses it", async () => {
  const { mismatch } = await check(
    replaced("rtl/tiny_conv1.v", /\.KH\(3\), \.KW\(3\), \.SH\(2\), \.SW\(2\)/, ".KH(3), .KW(3), .SH(2), .SW(1)"),
  );
  expect(mismatch!.tensor).toBe("conv1.acc");
});

test("a missing tlast breaks a rule that is named", async () => {
  const failed = check(replaced("rtl/tiny.v", /assign m_axis_tlast = .*/, "assign m_axis_tlast = 1'b0;"));
  await expect(failed).rejects.toThrow(ProtocolError);
  await expect(failed).rejects.toThrow(/m_axis.*tlast/s);
});

test("a design that hangs ends, and says which stream waits", async () => {
  const error = await check(replaced("rtl/tiny.v", /assign m_axis_tvalid = .*/, "assign m_axis_tvalid = 1'b0;")).catch(
    (e) => e,
  );
  expect(error).toBeInstanceOf(HangError);
  expect(error.message).toMatch(/m_axis/);
  expect(failureOf(error)!.cycle).toBeLessThan(2_000_000);
});
