// build for a board: its top beside the accelerator, the files that synth writes.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { boardFiles } from "../../device/shell/board-files.ts";
import { writeNpy } from "../../files/index.ts";
import { cellSources, driverSource, serialHost } from "../../templates.ts";
import { main } from "../cli.ts";
import { makeConsole } from "../console.ts";
import { designOf } from "../design.ts";
import { openNetwork } from "../network.ts";

let dir: string;
let stdout: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "build-"));
  stdout = "";
  const layers = [
    {
      name: "conv",
      kind: "adder_conv2d",
      filters: 2,
      kernel: 2,
      weights: [
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        [
          [
            [0, 1],
            [2, 0],
          ],
        ],
      ],
    },
  ];
  const network = { format: "addernet-rtl/1", name: "n", input: { shape: [4, 4, 1] }, layers };
  writeFileSync(join(dir, "n.json"), JSON.stringify(network));
  const data = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);
  writeFileSync(join(dir, "x.npy"), writeNpy({ dtype: "uint8", shape: [1, 4, 4], data }));
  vi.spyOn(process.stdout, "write").mockImplementation((s) => {
    stdout += s;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const build = (target: string) =>
  main([
    "build",
    join(dir, "n.json"),
    "--calibration",
    join(dir, "x.npy"),
    "-t",
    target,
    "-o",
    join(dir, "out"),
    "--json",
  ]);

test.each([
  ["icebreaker", "n_board", ["host/send.py", "synth/n_board.pcf"]],
  ["arty-a7-35t", "n_board", ["host/send.py", "synth/build.tcl"]],
  ["pynq-z2", "n_zynq", ["vivado/build.tcl", "registers.md", "pynq/addernet.py"]],
])("%s: the top, its pins and its programs, as synth has them", async (target, top, more) => {
  expect(await build(target)).toBe(0);
  const { boardTop, files } = JSON.parse(stdout);
  expect(boardTop).toBe(top);
  for (const f of [`rtl/${top}.v`, "rtl/n.v", "manifest.json", ...more]) {
    expect(files, f).toContain(f);
    expect(existsSync(join(dir, "out", f)), f).toBe(true);
  }
  const out = makeConsole(true, "test");
  const args = { calibration: join(dir, "x.npy"), target };
  const d = designOf(join(dir, "n.json"), args, openNetwork(join(dir, "n.json"), out), out);
  const board = boardFiles(d, d.clockMHz, { cells: cellSources(), driver: driverSource(), host: serialHost() });
  for (const [f, text] of board.files)
    if (f.startsWith("rtl/")) expect(readFileSync(join(dir, "out", f), "utf8"), f).toBe(text);
});

test("a family alone has no board", async () => {
  expect(await build("ice40")).toBe(0);
  expect(JSON.parse(stdout)).not.toHaveProperty("boardTop");
  expect(existsSync(join(dir, "out/rtl/n_board.v"))).toBe(false);
});
