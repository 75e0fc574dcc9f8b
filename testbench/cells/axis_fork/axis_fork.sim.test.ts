import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BuildError, run } from "../../lib/index.ts";
import { type Simulator, simulators, template } from "../stream.ts";

/** Sends frames through three branches that pause with these probabilities; gives the clocks of branch 0's beats. */
async function exercise(sim: Simulator, idle: number, pauses: readonly number[], source = template("axis_fork")) {
  const design = {
    top: "fork_bench",
    sources: [source, join(import.meta.dirname, "fork_bench.v")],
    params: { WIDTH: 9 },
  };
  const { value } = await run(design, { sim, seed: 1, maxCycles: 10_000, waves: "off" }, async (tb) => {
    const from = tb.axisSource("s_axis", { pause: idle });
    const branches = pauses.map((pause, k) => tb.axisSink(`m${k}_axis`, { pause }));
    for (const k of pauses.keys()) tb.protocolCheck(`m${k}_axis`);
    await tb.reset(tb.signal("rst"));
    const frames = [1, 5, 1, 30].map((beats) => Array.from({ length: beats }, () => tb.rand.bits(9)));
    for (const frame of frames) from.sendNowait(frame);
    const clocks: number[] = [];
    for (const [k, branch] of branches.entries())
      for (const frame of frames) {
        const got = await branch.recv();
        expect(got.tdata).toEqual(frame);
        if (k === 0) clocks.push(...frame.map((_, beat) => got.cycle(beat)));
      }
    await tb.cycles(20);
    for (const [k, branch] of branches.entries()) {
      expect(branch.empty()).toBe(true);
      expect(tb.signal(`m${k}_axis_tvalid`).value).toBe(0);
    }
    return clocks;
  });
  return value;
}

describe.each(simulators)("axis_fork on %s", (sim) => {
  test.each([
    [0, [0, 0, 0]],
    [0.7, [0, 0, 0]],
    [0, [0.7, 0.7, 0.7]],
    [0.4, [0.5, 0.5, 0.5]],
    [0, [0, 0.9, 0]],
    [0.2, [0.9, 0, 0.5]],
  ])("idle %f, branches blocked %j", async (idle, pauses) => {
    await exercise(sim, idle, pauses);
  });
  test("one beat a clock", async () => {
    const clocks = await exercise(sim, 0, [0, 0, 0]);
    expect(clocks.at(-1)! - clocks[0]!).toBe(36);
  });
});

test.each([
  ["a branch gets a beat again", "pending & ~m_axis_tready", "{N{|(pending & ~m_axis_tready)}}"],
  ["the slowest branch is not waited for", "(still == {N{1'b0}})", "(still[0] == 1'b0)"],
])("axis_fork, mutant: %s", async (_, find, replace) => {
  const text = readFileSync(template("axis_fork"), "utf8");
  expect(text.split(find).length).toBe(2);
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  const source = join(folder, "axis_fork.v");
  writeFileSync(
    source,
    text.replace(find, () => replace),
  );
  const outcome = await exercise("icarus", 0, [0, 0.5, 0.3], source).catch((error: Error) => error);
  rmSync(folder, { recursive: true, force: true });
  expect(outcome).toBeInstanceOf(Error);
  expect(outcome).not.toBeInstanceOf(BuildError);
});
