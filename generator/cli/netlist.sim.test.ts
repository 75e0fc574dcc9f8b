// What synthesis makes of a small network, simulated with the cell models that Yosys brings, against the golden model.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeNpy } from "../files/index.ts";
import { FAMILIES } from "../targets/index.ts";
import { makeConsole } from "./console.ts";
import { verifyNetlist } from "./netlist.ts";

// Synthesis of a family takes half a minute; without ADDERNET_SLOW=1 one family stands for all.
const slow = process.env.ADDERNET_SLOW === "1";
if (!slow) console.warn("netlists of one family only: ADDERNET_SLOW=1 simulates all");

const dir = mkdtempSync(join(tmpdir(), "netlist-test-"));
const images = join(dir, "images.npy");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeAll(() => {
  const shape = [8, 6, 5, 2];
  let state = 1;
  const data = Uint8Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  writeFileSync(images, writeNpy({ dtype: "uint8", shape, data }));
});

test.each(slow ? FAMILIES : (["ice40"] as const))(
  "%s: the netlist's outputs equal golden",
  async (target) => {
    const network = resolve(import.meta.dirname, "../../testbench/nets/kinds/residual.json");
    const args = { calibration: images, images, bits: 4, clock: 12, fps: 1000, count: 3, stall: 0.2, seed: 1 };
    const outcome = await verifyNetlist(
      network,
      { ...args, target, simulator: "verilator", native: false, waves: false },
      makeConsole(true, "test"),
    );
    expect(outcome).toMatchObject({ ok: true, diagnostics: [] });
  },
  600_000,
);
