// The datasheet of a folder says what the Verilog has.
import { describe, expect, test } from "vitest";
import { cellSources, design, load, toIntegers } from "../index.ts";

function filesOf(name: string, layer: string) {
  const text = JSON.stringify({
    format: "addernet-rtl/1",
    name,
    input: { shape: [2, 2, 3] },
    layers: [
      {
        name: layer,
        kind: "adder_conv2d",
        filters: 2,
        kernel: 1,
        weights: [
          [[[1]], [[2]], [[3]]],
          [[[0]], [[1]], [[2]]],
        ],
      },
    ],
  });
  const graph = load(text, () => {
    throw new Error("weights are inline");
  });
  if (!graph.ok) throw new Error(graph.diagnostics.map((d) => `${d.message} ${d.expected}`).join("\n"));
  const images = [{ shape: [2, 2, 3] as const, data: Int32Array.from({ length: 12 }, (_, i) => 20 * i) }];
  const net = toIntegers(graph.value.graph, images);
  if (!net.ok) throw new Error(net.diagnostics.map((d) => d.message).join("\n"));
  const made = design(net.value, { fps: 1000, benchImages: images }, cellSources());
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join("\n"));
  return made.value;
}

describe("datasheet", () => {
  const made = filesOf("sheet", "conv");
  const md = made.files.get("datasheet.md")!;
  const page = made.files.get("datasheet.html")!;
  const top = made.files.get("rtl/sheet.v")!;

  test("every port of the top is in its table with its bits, and no other", () => {
    const ports = [...top.matchAll(/^ {4}(input|output) +wire +(?:\[(\d+):0\])? *(\w+)/gm)].map(
      ([, direction, high, name]) => [name, direction === "input" ? "in" : "out", String(Number(high ?? 0) + 1)],
    );
    const listed = [...md.matchAll(/^\| (\w+) \| (in|out) \| (\d+) \|/gm)].map((m) => m.slice(1, 4));
    expect(listed.sort()).toEqual(ports.sort());
    expect(listed.length).toBe(10);
  });

  test("its clocks and memory files are the design's", () => {
    const { interval, latency, memories } = made.hardware;
    for (const n of [interval, latency.first, latency.last]) expect(md).toMatch(new RegExp(`\\| ${n} \\|`));
    const files = [...md.matchAll(/^\| (mem\/\S+) \|/gm)].map((m) => m[1]!.replaceAll("\\", ""));
    expect(files).toEqual(memories.map((m) => `mem/${m.file}`));
    for (const f of files) expect(made.files.has(f)).toBe(true);
    expect(md).toContain("make sim-icarus");
  });

  test("the instance connects every port of a stream once", () => {
    const code = /```\n(sheet[\s\S]*?\);)\n```/.exec(md)![1]!;
    const connected = [...code.matchAll(/\.(\w+)\(\1\)/g)].map((m) => m[1]);
    const ports = [...md.matchAll(/^\| (\w+) \| (?:in|out) \|/gm)].map((m) => m[1]);
    expect(connected.sort()).toEqual(ports.sort());
  });

  test("both forms have the same sections, and the page loads nothing", () => {
    const titles = [...md.matchAll(/^## (.*)$/gm)].map((m) => m[1]);
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map((m) => m[1])).toEqual(titles);
    expect(titles).toEqual(["Ports", "Beats", "Instantiation", "Clocks", "Memory files", "Registers", "Simulation"]);
    expect(page).not.toMatch(/<script|src=|href=/);
    expect(page).toContain("<svg");
  });

  test("names are text in both", () => {
    const hostile = "<script>alert(1)</script>";
    const { files } = filesOf(hostile, hostile);
    expect(files.get("datasheet.html")).not.toContain("<script");
    expect(files.get("datasheet.md")!.replaceAll("\\<", "")).not.toContain("<script");
  });
});
