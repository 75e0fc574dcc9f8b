// The comparison of a bitstream: what it hears of a board whose wiring or memories are wrong. Here the board is its Verilog;
// stages.nightly.test.ts makes bitstreams of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { designOf, flips, wiringMutants, withMutant } from "../../testbench/mutants/designs.ts";
import { draw } from "../../testbench/mutants/mutant.ts";
import { design } from "../design.ts";
import { boardTop } from "../device/shell/board.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { targetOf } from "../targets/index.ts";
import { compareBoard } from "./bitstream.ts";
import { makeConsole, unwrap } from "./console.ts";
import { cellSources } from "./files.ts";

const dir = mkdtempSync(join(tmpdir(), "bitstream-test-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const small = designOf("branches");
const target = targetOf("icebreaker");
const implemented = (net: QuantizedNetwork) =>
  unwrap(design(net, { target: "icebreaker", dsp: false }, cellSources()), makeConsole(true, "test"));
const made = implemented(small.net);
const board = boardTop(made.hardware, target, made.clockMHz, cellSources(), made.files.keys());
const d = { ...small, ...made };

/** Whether the images' answers are golden's, at a fast line. */
async function passes(files: ReadonlyMap<string, string>, n: number): Promise<boolean> {
  const there = join(dir, String(n));
  const all = [...files, ...board.files].filter(([f]) => /^(rtl|mem)\//.test(f));
  for (const [f, text] of all) {
    mkdirSync(dirname(join(there, f)), { recursive: true });
    writeFileSync(join(there, f), text);
  }
  const clocksPerBit = 8;
  const sources = all.map(([f]) => f).filter((f) => f.startsWith("rtl/"));
  const simulated = {
    top: board.module,
    sources: sources.map((f) => join(there, f)),
    params: { MEM_DIR: `${there}/mem/`, CLKS_PER_BIT: clocksPerBit },
  };
  try {
    const quick = { design: made, board: { ...board, clocksPerBit } };
    return (await compareBoard(quick, simulated, small.images, "icarus")).differences.length === 0;
  } catch {
    return false;
  }
}

test("an answer that is wrong, that is missing, or that nobody asked for", async () => {
  expect(await passes(d.files, 0)).toBe(true);
  // What an open wire is in silicon may be right, and a chip begins without a reset.
  const wiring = wiringMutants(d).filter((m) => !/open|rst/.test(m.what));
  const wrong = [
    ...draw(wiring, 3, 6).map((m) => [`${m.file}: ${m.what}`, withMutant(d, m)] as const),
    ...draw(flips(d, implemented), 5, 8)
      .map((f) => [JSON.stringify(f), f.wrong()?.files] as const)
      .filter(([, f]) => f),
  ];
  const missed: string[] = [];
  for (const [i, [what, files]] of wrong.entries()) if (await passes(files!, i + 1)) missed.push(what);
  expect(missed).toEqual([]);
  expect(wrong.length).toBeGreaterThan(6);
});
