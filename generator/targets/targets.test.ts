import { describe, expect, test } from "vitest";
import { constraints } from "../device/shell/constraints.ts";
import { FAMILIES, families, targetOf, targets } from "./index.ts";
import { sdramBandwidth, sdramBytes, sdramClocks } from "./sdram.ts";
import { targetSchema } from "./target.ts";

test("every family has a bare target, every target a family", () => {
  for (const f of FAMILIES) expect(targets.get(f)?.device).toBeUndefined();
  for (const t of targets.values()) expect(families[t.family].title).toBeTruthy();
});

describe.each([...targets.values()].filter((t) => t.board?.serial))("$name", (t) => {
  test("the constraint file names every port of the top once", () => {
    const { path, text } = constraints(t, "top")!;
    expect(path).toMatch(/^top\.(pcf|lpf|cst|xdc)$/);
    const ports = ["clk", "rxd", "txd", ...(t.board!.led ? ["led"] : []), ...(t.board!.button ? ["button"] : [])];
    const pins = [t.board!.clock.pin, t.board!.serial!.rxd, t.board!.serial!.txd];
    for (const p of ports) expect(text).toMatch(new RegExp(`\\b${p}\\b`));
    for (const p of pins) expect(text).toMatch(new RegExp(`\\b${p}\\b`));
    expect(new Set([...pins, t.board!.led?.pin, t.board!.button?.pin].filter(Boolean)).size).toBe(ports.length);
  });

  test("the baud rate is met within 1 %", () => {
    const clocks = (t.board!.clock.MHz * 1e6) / t.board!.serial!.baud;
    expect(Math.abs(Math.round(clocks) / clocks - 1)).toBeLessThan(0.01);
  });
});

test("the SDRAM of ULX3S: a pin of its own for each line, times in clocks, what it gives", () => {
  for (const name of ["ulx3s-25f", "ulx3s-85f"]) {
    const t = targetOf(name);
    const { text } = constraints(t, "top", true, true)!;
    const sites = [...text.matchAll(/LOCATE COMP "(\S+)" SITE "(\w+)"/g)];
    const memory = sites.filter(([, port]) => port!.startsWith("sdram_"));
    expect(memory.length).toBe(6 + 2 + 13 + 2 + 16);
    expect(new Set(sites.map(([, , site]) => site)).size).toBe(sites.length);
    expect(constraints(t, "top", true)!.text).not.toContain("sdram_");
  }
  const sdram = targetOf("ulx3s-85f").board!.sdram!;
  expect(sdramBytes(sdram)).toBe(32 * 2 ** 20);
  expect(sdramClocks(sdram, 25)).toMatchObject({
    T_RP: 1,
    T_RCD: 1,
    T_RAS: 2,
    T_RC: 2,
    T_RFC: 2,
    T_WR: 1,
    REFRESH: 195,
  });
  expect(sdramClocks(sdram, 66)).toMatchObject({
    T_RP: 2,
    T_RCD: 2,
    T_RAS: 3,
    T_RC: 5,
    T_RFC: 5,
    T_WR: 1,
    T_INIT: 13200,
  });
  expect(sdramBandwidth(sdram, 25)).toBeCloseTo(47.2, 1);
  expect(sdramBandwidth(sdram, 50)).toBeCloseTo(95.9, 1);
});

test("an unknown target names the nearest one", () => {
  expect(() => targetOf("ulx3s-84f")).toThrow("AN8004");
  try {
    targetOf("ulx3s-84f");
  } catch (e) {
    expect((e as { diagnostics: { hint?: string }[] }).diagnostics[0]!.hint).toBe('did you mean "ulx3s-85f"?');
  }
});

test("a target with a stranger's key is refused", () => {
  expect(targetSchema.safeParse({ name: "x", title: "x", family: "ice40", colour: 1 }).success).toBe(false);
});
