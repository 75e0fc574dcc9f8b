// Small networks over layer kinds and graphs that the examples do not have, in hardware; outputs blocked in turn.
import { describe, expect, test } from "vitest";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { cases } from "../nightly.ts";
import { blockOutputs } from "./blocked.ts";
import { kindFiles, kindHardware, kindIntegers, kindNetwork } from "./kinds.ts";
import { folder } from "./tools.ts";

describe.each(kindFiles)("%s", (file) => {
  // A model of Verilator for each: of three folds one for every change, in turn.
  const folds = [
    { bits: 3, fps: 10_000_000, stall: 0.4, sim: "verilator" },
    { bits: 8, fps: 1, stall: 0, sim: "verilator" },
    { bits: 16, fps: 10_000, stall: 0.2, sim: "verilator" },
  ] as const;
  const turn = folds[kindFiles.indexOf(file) % folds.length]!;
  test.each(
    cases(
      [{ bits: 5, fps: 100_000, stall: 0.2, sim: "icarus" }, turn],
      folds.filter((fold) => fold !== turn),
    ),
  )("$bits bits, folded for $fps frames a second, stalls $stall, $sim", async ({ bits, fps, stall, sim }) => {
    const { net, images } = kindIntegers(kindNetwork(file).graph, bits);
    const { hardware, files } = kindHardware(net, fps);
    const design = probeDesign(hardware, folder(files), files.keys());
    const options = { sim, sourceStall: stall, sinkStall: stall };
    const r = await verify(net, hardware, design, images.slice(0, 5), options);
    expect(r.mismatch).toBeUndefined();
    expect(r.frames).toBe(5);
    if (sim === "icarus" || hardware.outputs.length === 1) return;
    // The same model: an output that nobody takes for long, an input that starves.
    for (const o of await blockOutputs(net, hardware, design, images.slice(0, 3))) {
      expect(o.found, `${o.output} with ${o.blocked} blocked`).toEqual(o.wanted);
      if (o.output === o.blocked) expect(o.meanwhile).toBe(0);
    }
  });
});
