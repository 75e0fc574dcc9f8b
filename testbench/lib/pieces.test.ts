import { describe, expect, test } from "vitest";
import { portsFromYosys } from "./build/ports.ts";
import { atLeast } from "./build/tools.ts";
import { portsFromXml } from "./build/verilator_ports.ts";
import { checkDesign, identifier, literal } from "./build/verilog.ts";
import { LogParser } from "./icarus_backend.ts";
import { Rand, seedFor } from "./rand.ts";
import { Scoreboard } from "./scoreboard.ts";
import { parseLog } from "./verilator_backend.ts";

const xml = (vars: string, types: string): string => `<?xml version="1.0" ?><verilator_xml><netlist>
  <module loc="a,1,1" name="sub"><var name="x" dtype_id="1" dir="input" pinIndex="1" origName="x"/></module>
  <module loc="a,1,1" name="t" origName="t" topModule="1">${vars}</module>
  <typetable loc="a"><basicdtype id="1" name="logic"/>${types}</typetable></netlist></verilator_xml>`;

describe("ports", () => {
  test("from Verilator: vectors, packed arrays, structs, enums, odd names, declaration order", () => {
    const text = xml(
      `<var name="W" dtype_id="2" param="true"/>
       <var name="b" dtype_id="3" dir="output" pinIndex="2" origName="b"/>
       <var name="a___05Fx" dtype_id="1" dir="input" pinIndex="1" origName="a___05Fx"/>
       <var name="c" dtype_id="4" dir="input" pinIndex="3" origName="c"/>
       <var name="d" dtype_id="6" dir="input" pinIndex="4" origName="d"/>
       <var name="e" dtype_id="8" dir="output" pinIndex="5" origName="e"/>`,
      `<basicdtype id="2" name="logic" left="31" right="0"/><basicdtype id="3" name="logic" left="0" right="999"/>
       <packarraydtype id="4" sub_dtype_id="2"><range><const name="32&apos;sh2"/><const name="32&apos;shffffffff"/></range></packarraydtype>
       <structdtype id="5"><memberdtype id="9" sub_dtype_id="1"/><memberdtype id="10" sub_dtype_id="2"/></structdtype>
       <refdtype id="6" sub_dtype_id="5"/><enumdtype id="8" sub_dtype_id="7"><enumitem name="A"/></enumdtype><basicdtype id="7" name="int"/>`,
    );
    expect(portsFromXml(text, "t")).toEqual([
      { name: "a__x", direction: "input", width: 1 },
      { name: "b", direction: "output", width: 1000 },
      { name: "c", direction: "input", width: 128 },
      { name: "d", direction: "input", width: 33 },
      { name: "e", direction: "output", width: 32 },
    ]);
  });
  test("what no bench can drive is refused by name", () => {
    expect(() =>
      portsFromXml(xml(`<var name="z" dtype_id="1" dir="inout" pinIndex="1" origName="z"/>`, ""), "t"),
    ).toThrow(/port z of t is an inout/);
    expect(() =>
      portsFromXml(
        xml(
          `<var name="m" dtype_id="2" dir="input" pinIndex="1" origName="m"/>`,
          `<unpackarraydtype id="2" sub_dtype_id="1"/>`,
        ),
        "t",
      ),
    ).toThrow(/port m of t is an unpacked array/);
  });
  test("from Yosys", () => {
    const json = JSON.stringify({
      modules: {
        "$paramod\\t": {
          attributes: { top: "1" },
          ports: { clk: { direction: "input", bits: [2] }, q: { direction: "output", bits: [3, 4, "0"] } },
        },
      },
    });
    expect(portsFromYosys(json, "t")).toEqual([
      { name: "clk", direction: "input", width: 1 },
      { name: "q", direction: "output", width: 3 },
    ]);
  });
});

describe("Verilog text", () => {
  test("names and values that would break out are escaped or refused", () => {
    expect([identifier("ok_1"), identifier("module"), identifier("a.b[0]")]).toEqual([
      "ok_1",
      "\\module ",
      "\\a.b[0] ",
    ]);
    expect(() => identifier("a b")).toThrow(/cannot be a Verilog name/);
    expect([literal(5), literal(-5), literal(2n ** 40n), literal(0.5), literal('a"b\\c')]).toEqual([
      "5",
      "-5",
      "42'sd1099511627776",
      "0.5",
      '"a\\"b\\\\c"',
    ]);
    expect(() => literal("a\nb")).toThrow(/printable/);
    expect(() => checkDesign({ top: "t", sources: ["relative.v"] })).toThrow(/not an absolute path/);
    expect(() => checkDesign({ top: "t", sources: ["/a.v"], defines: { "A=1 -o": "" } })).toThrow(/macro/);
  });
  test("versions", () => {
    expect(() => atLeast("verilator", "Verilator 4.228 2022-10-01", [5, 6])).toThrow(
      /too old: "Verilator 4.228 .*needs Verilator 5.006 or newer/,
    );
    atLeast("verilator", "Verilator 5.006 2023-01-22 rev (Debian 5.006-3)", [5, 6]);
    atLeast("verilator", "Verilator 5.036", [5, 6]);
  });
});

describe("logs", () => {
  const record = (kind: string, time: number, text: string): string =>
    `${kind} ${time} ${Buffer.byteLength(text)}\n${text}`;
  test("Verilator", () => {
    const log = parseLog(
      record("D", 5000, "é 1\n") +
        record("D", 5000, "[5000] %Error: f.v:1: Assertion failed in TOP.a.b: bad\n") +
        record("S", 5000, "/x/f.v\n1\n\n") +
        record("F", 15000, "/x/f.v\n9\n\n"),
    );
    expect(log).toMatchObject([
      { time: 5, kind: "display", text: "é 1" },
      { time: 5, kind: "error", text: "bad", file: "/x/f.v", line: 1, scope: "a.b" },
      { time: 15, kind: "finish", line: 9 },
    ]);
  });
  test("Icarus, in pieces", () => {
    const p = new LogParser();
    expect(p.take("one\ntw")).toMatchObject([{ text: "one" }]);
    const log = p.take("o\n\x01E7000\x03/x/f.v\x033\x03a.b\x03bad\x02tail\x01T7000\x02");
    expect(log).toMatchObject([
      { time: 7, kind: "display", text: "two" },
      { time: 7, kind: "error", text: "bad", file: "/x/f.v", line: 3, scope: "a.b" },
      { time: 7, kind: "display", text: "tail" },
    ]);
  });
});

describe("random numbers", () => {
  test("depend on the seed alone, forks on the name", () => {
    const draw = (r: Rand): unknown[] => [
      r.u32(),
      r.int(-3, 3),
      r.bits(70),
      r.bool(),
      r.shuffle([1, 2, 3, 4]),
      r.fork("x").u32(),
    ];
    expect(draw(new Rand(9))).toEqual(draw(new Rand(9)));
    expect(draw(new Rand(9))).not.toEqual(draw(new Rand(10)));
    expect(seedFor("a")).not.toBe(seedFor("b"));
  });
  test("are spread evenly", () => {
    const r = new Rand(1);
    const counts = Array(8).fill(0) as number[];
    for (let k = 0; k < 8000; k++) counts[r.int(0, 7)]!++;
    for (const c of counts) expect(Math.abs(c - 1000)).toBeLessThan(150);
    expect(() => r.int(2, 1)).toThrow(RangeError);
  });
});

describe("scoreboard", () => {
  test("says what differs first, what was not expected and what never came", () => {
    const s = new Scoreboard<number[]>({ cycle: 77 }, { name: "frames" });
    s.expect([1, 2, 3], [4, 5, 6]);
    s.check([1, 2, 3]);
    expect(() => s.check([4, 9, 6])).toThrow(
      "frames: item 1 differs, in cycle 77\n  first difference at element 1 of 3\n  expected 5\n  got      9",
    );
    expect(() => s.check([0])).toThrow("frames: item 2 was not expected: got [0], in cycle 77");
    s.expect([7]);
    expect(() => s.end()).toThrow("frames: 1 items never came; the next is item 2: [7]");
  });
});
