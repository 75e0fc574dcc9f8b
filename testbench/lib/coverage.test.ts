import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkDesign } from "./build/verilog.ts";
import { Coverage, type CoverageData, CoverageError, mergeCoverage, writeCoverageReport } from "./coverage.ts";
import { Logger, logLevel, type Message, messageLine } from "./logger.ts";
import { Scoreboard } from "./scoreboard.ts";
import { variants } from "./variants.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "tb-coverage-"));

describe("functional coverage", () => {
  const model = (): Coverage =>
    new Coverage("a <model>")
      .point("length", { bins: { one: 1, short: [2, 8], long: (n: number) => n > 8, odd: new Set([3, 5]) } })
      .point("stall", { bins: { no: false, yes: true } })
      .cross("both", ["length", "stall"], { ignore: (length) => length === "odd", atLeast: 2 });

  test("bins overlap, crosses count combinations, ignored ones are none", () => {
    const c = model();
    expect(c.summary).toMatchObject({ covered: 0, bins: 12, percent: 0 });
    c.sample({ length: 3, stall: true });
    c.sample({ length: 4n, stall: true });
    c.sample({ length: 1 });
    const bins = Object.fromEntries(c.data.items.map((i) => [i.name, i.bins]));
    expect(bins.length).toEqual({ one: 1, short: 2, long: 0, odd: 1 });
    expect(bins.both).toEqual({
      "one x no": 0,
      "one x yes": 0,
      "short x no": 0,
      "short x yes": 2,
      "long x no": 0,
      "long x yes": 0,
    });
    expect(c.summary.missing).toContain("both: short x no");
    expect(c.summary.missing).not.toContain("both: short x yes");
    expect(() => c.check(50)).toThrow(CoverageError);
    expect(() => c.check(50)).toThrow(
      /coverage a <model>: 5 of 12 bins \(41\.7 %\), 50 % are needed; missing:\n {2}length: long/,
    );
    c.check(40);
    expect(() => c.sample({ lenght: 3 })).toThrow("there is no point lenght");
    expect(() => c.cross("x", ["length", "nothing"])).toThrow("there is no point nothing");
    expect(() => c.point("stall", { bins: { a: 1 } })).toThrow("stall already exists");
    expect(() => c.point("none", { bins: {} })).toThrow("none has no bins");
  });

  test("runs of several processes add up, and other bins are refused", () => {
    const dir = folder();
    const [a, b] = [model(), model()];
    a.sample({ length: 20, stall: false });
    b.sample({ length: 20, stall: false });
    const path = a.write(dir);
    // As another process would have written it.
    writeFileSync(join(dir, "other.1.coverage.json"), JSON.stringify(b.data));
    const merged = mergeCoverage(dir);
    expect(merged).toHaveLength(1);
    expect(merged[0]!.items[0]!.bins.long).toBe(2);
    expect(merged[0]!.items[2]!.bins["long x no"]).toBe(2);
    expect(mergeCoverage(path, b.data)).toEqual(merged);
    const other: CoverageData = { name: a.name, items: [] };
    expect(() => mergeCoverage(a.data, other)).toThrow(/a <model> has other bins than before/);

    writeCoverageReport(merged, dir);
    const html = readFileSync(join(dir, "index.html"), "utf8");
    expect(html).toContain("<h2>a &lt;model&gt;: 25.0 %</h2>");
    expect(html).toContain('<tr class="hit"><td>long x no</td><td class="n">2</td></tr>');
    expect(html).not.toContain("<model>");
    const json = JSON.parse(readFileSync(join(dir, "coverage.json"), "utf8"));
    expect(json[0].summary).toMatchObject({ covered: 3, bins: 12 });
    rmSync(dir, { recursive: true });
  });
});

describe("a scoreboard without order", () => {
  test("any order, each value once", () => {
    const s = new Scoreboard<number[]>({ cycle: 5 }, { order: "any", name: "bag" });
    s.expect([1], [2], [2], [3]);
    for (const v of [[3], [2], [1], [2]]) s.check(v);
    s.end();
    s.expect([7]);
    expect(() => s.check([2])).toThrow("bag: item 4 is none of the 1 that are expected: got [2], in cycle 5");
    expect(() => s.end()).toThrow("1 items never came");
  });
  test("in order for each key", () => {
    const s = new Scoreboard<{ id: number; n: number }>({ cycle: 5 }, { order: (v) => v.id });
    s.expect({ id: 0, n: 1 }, { id: 1, n: 2 }, { id: 0, n: 3 });
    s.check({ id: 1, n: 2 });
    s.check({ id: 0, n: 1 });
    expect(() => s.check({ id: 2, n: 3 })).toThrow(/none of the 1 that are expected for 2/);
    s.check({ id: 0, n: 3 });
    s.expect({ id: 0, n: 4 }, { id: 0, n: 5 });
    expect(() => s.check({ id: 0, n: 5 })).toThrow(/differs/);
  });
});

test("a message has the simulated time; the level comes from the environment", () => {
  const said: Message[] = [];
  const log = new Logger(
    "driver",
    () => 75,
    (m) => said.push(m),
  );
  log.info("frame 3");
  log.debug(() => "late");
  expect(said.map(messageLine)).toEqual([
    "       75.00 ns  INFO     driver: frame 3",
    "       75.00 ns  DEBUG    driver: late",
  ]);
  const before = process.env.TB_LOG;
  process.env.TB_LOG = "loud";
  expect(() => logLevel()).toThrow('TB_LOG must be one of debug, info, warning, error, silent, not "loud"');
  process.env.TB_LOG = "error";
  expect(logLevel()).toBe("error");
  if (before === undefined) delete process.env.TB_LOG;
  else process.env.TB_LOG = before;
});

test("variants are every combination, of every design", () => {
  const design = (top: string) => ({ top, sources: [`/x/${top}.v`], params: { W: 1, NAME: "n" } });
  const list = variants([design("a"), design("b")], { W: [4, 8], D: [1, 2] }, (p) => p.W * p.D < 16);
  expect(list.map((v) => v.name)).toEqual([
    "a W=4 D=1",
    "a W=4 D=2",
    "a W=8 D=1",
    "b W=4 D=1",
    "b W=4 D=2",
    "b W=8 D=1",
  ]);
  expect(list[1]!.design.params).toEqual({ W: 4, NAME: "n", D: 2 });
  expect(() => variants(design("a"), { W: [1] }, () => false)).toThrow(/no variant/);
});

test("a VHDL source is refused with what to do", () => {
  for (const file of ["/x/core.vhd", "/x/core.VHDL"])
    expect(() => checkDesign({ top: "core", sources: [file] })).toThrow(
      `${file} is VHDL, which neither simulator reads; translate it first: ghdl synth --out=verilog`,
    );
});
