// The command that a design's header gives.
import { expect, test } from "vitest";
import { buildCommand } from "./command.ts";

test("every option by its name, what was left out not at all", () => {
  expect(buildCommand({})).toBe("addernet build integers.json");
  expect(buildCommand({ target: "icebreaker", fps: 1000, clockMHz: 12, dsp: true })).toBe(
    "addernet build integers.json --target icebreaker --fps 1000 --clock 12",
  );
  const folds = { pe: new Map([["conv1", 4]]), simd: new Map([["a b", 2]]), unroll: ["x", "y"] };
  expect(buildCommand({ homes: "ram" })).toBe("addernet build integers.json --weights ram");
  expect(buildCommand({ dsp: false, logits: false, l1: "shared-sum", folds })).toBe(
    "addernet build integers.json --l1 shared-sum --no-dsp --no-logits --pe conv1=4 --simd 'a b=2' --unroll x,y",
  );
});
