import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main } from "../cli.ts";
import { UsageError } from "../numbers.ts";
import { plotSvg } from "../plot.ts";
import { type ExploredPoint, frontier, pointNumbers } from "./explore.ts";

const network = {
  format: "addernet-rtl/1",
  name: "one <&> two",
  input: { shape: [6, 6, 2] },
  layers: [
    {
      name: "conv",
      kind: "adder_conv2d",
      filters: 4,
      kernel: 3,
      weights: Array.from({ length: 4 }, (_, o) =>
        [0, 1].map((c) => [0, 1, 2].map((y) => [0, 1, 2].map((x) => (o * 7 + c * 5 + y * 3 + x) % 8))),
      ),
    },
    { name: "r", kind: "relu" },
  ],
  quantization: { calibration: "images.npy", bits: 4 },
};

const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "explore-"));
  process.chdir(dir);
  writeFileSync("network.json", JSON.stringify(network));
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 6, 6, 2), }";
  const text = `${header}${" ".repeat(117 - header.length)}\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]);
  const values = Buffer.from(Array.from({ length: 72 }, (_, i) => 3 * i));
  writeFileSync("images.npy", Buffer.concat([head, Buffer.from(text), values]));
});
afterEach(() => {
  process.chdir(home);
  rmSync(dir, { recursive: true, force: true });
});

/** Runs `explore` on the network; gives the exit code and what was said. */
async function explore(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const spies = (["stdout", "stderr"] as const).map((s) =>
    vi.spyOn(process[s], "write").mockImplementation((t) => {
      said[s === "stdout" ? "out" : "err"] += String(t);
      return true;
    }),
  );
  try {
    return {
      code: await main(["explore", "network.json", "--target", "icebreaker", "--points", "6", ...args]),
      ...said,
    };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}
const count = async () => Number((await explore("--count")).out);
const text = (file: string) => readFileSync(file, "utf8");

test("one call and point by point give the same frontier, byte for byte", async () => {
  expect((await explore("-o", "whole")).code).toBe(0);
  const n = await count();
  expect(n).toBeGreaterThan(3);
  for (let i = n - 1; i >= 0; i--) expect((await explore("-o", "parts", "--point", String(i))).code).toBe(0);
  expect(existsSync("parts/frontier.json")).toBe(false);
  expect((await explore("-o", "parts", "--merge")).code).toBe(0);
  for (const file of ["frontier.json", "frontier.svg"]) expect(text(`parts/${file}`)).toBe(text(`whole/${file}`));
  const { points } = JSON.parse(text("whole/frontier.json"));
  expect(points).toHaveLength(n);
  expect(points.some((p: { frontier: boolean }) => p.frontier)).toBe(true);
  const rates = points.map((p: ExploredPoint) => p.framesPerSecond);
  expect(rates).toEqual([...rates].sort((a, b) => a - b));
});

test("workers of a farm give the same points, byte for byte; again there is nothing to do; a dry run computes nothing", async () => {
  expect((await explore("-o", "here")).code).toBe(0);
  const dry = await explore("-o", "plan", "--farm", "local:2", "--dry-run");
  expect([dry.code, dry.out]).toEqual([0, expect.stringMatching(/^\d+ jobs in plan\/jobs, /)]);
  expect(readdirSync("plan").filter((f) => f.startsWith("point-"))).toEqual([]);
  for (const [farm, to] of [
    ["local:2", "there"],
    ["env", "behind"],
  ] as const) {
    expect((await explore("-o", to, "--farm", farm)).code).toBe(0);
    for (const f of readdirSync("here").filter((n) => /^(point-|frontier)/.test(n)))
      expect(readFileSync(join(to, f), "utf8"), f).toBe(readFileSync(join("here", f), "utf8"));
  }
  // Some points of an exploration, planned with or without a place to run.
  for (const more of [["--farm", "local:1"], []]) {
    const some = await explore("-o", "some", "--point", "1-2", "--dry-run", ...more);
    expect([some.code, some.out]).toEqual([0, expect.stringMatching(/^2 jobs in some\/jobs, /)]);
  }
  expect(readdirSync("some").filter((f) => f.startsWith("point-"))).toEqual([]);
  expect((await explore("-o", "some", "--point", "1-2", "--farm", "local:1")).out).toMatch(
    /^2 of \d+ points: 2 computed/,
  );
  expect(text("some/point-002.json")).toBe(text("here/point-002.json"));
  expect((await explore("--farm", "local:2")).code).toBe(2);
  const status = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  expect(await main(["status", "there/jobs"])).toBe(0);
  expect(await main(["cancel", "there/jobs"])).toBe(0);
  expect(await main(["work", "there/jobs", "--index", "0"])).toBe(0);
  const said = status.mock.calls.join("");
  status.mockRestore();
  expect(said).toContain("jobs done, 0 failed");
  expect(said).toContain("0 computed");
}, 120_000);

test("a plan of another version: its workers refuse, its results are not taken, --resume plans anew", async () => {
  const at = ["-o", "out", "--farm", "local:1"];
  expect((await explore(...at, "--dry-run")).code).toBe(0);
  const old = text("out/jobs/plan.json").replace(/"addernet": "[^"]*"/, '"addernet": "0.0.9"');
  writeFileSync("out/jobs/plan.json", old);
  const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  expect(await main(["work", "out/jobs", "--index", "0"])).toBe(1);
  expect(err.mock.calls.join("")).toMatch(/AN7006.*planned with addernet 0\.0\.9, here is \d/);
  err.mockRestore();
  // Jobs of other options in the same folder: their names differ, so nothing of them counts.
  const other = await explore(...at, "--clock", "20");
  expect([other.code, other.err]).toEqual([1, expect.stringContaining("holds the plan of other jobs")]);
  expect((await explore(...at, "--clock", "20", "--resume")).code).toBe(0);
}, 60_000);

test("a run that was broken off goes on where it stopped", async () => {
  await explore("-o", "all");
  await explore("-o", "broken", "--point", "0,1");
  // What a kill in the middle of a write leaves behind is no point.
  writeFileSync("broken/.point-002.json.abcdef", "{");
  const { out } = await explore("-o", "broken", "--point", "0-2");
  expect(out).toMatch(/^3 of \d+ points: 1 computed, 2 there before/);
  expect((await explore("-o", "broken")).code).toBe(0);
  expect(text("broken/frontier.json")).toBe(text("all/frontier.json"));
});

test("a merge names the points that are missing and fails", async () => {
  await explore("-o", "some", "--point", "0,2");
  const n = await count();
  const { code, err } = await explore("-o", "some", "--merge");
  expect(code).toBe(1);
  expect(err).toContain("AN7003");
  const missing = Array.from({ length: n }, (_, i) => i).filter((i) => i !== 0 && i !== 2);
  expect(err).toContain(`--point ${missing.join(",")} computes them`);
});

describe("a damaged point", () => {
  for (const [what, change] of [
    ["cut short", (t: string) => t.slice(0, t.length / 2)],
    ["with another number", (t: string) => t.replace(/"lut": (\d)/, (_, d) => `"lut": ${(Number(d) + 1) % 10}`)],
    ["empty", () => ""],
    ["no JSON", () => "\u0000\u0001nonsense"],
  ] as const)
    test(`${what} is computed again, with a message`, async () => {
      await explore("-o", "p");
      const before = text("p/point-001.json");
      const frontier = text("p/frontier.json");
      expect(change(before)).not.toBe(before);
      writeFileSync("p/point-001.json", change(before));
      expect((await explore("-o", "p", "--merge")).code).toBe(1);
      const { code, err } = await explore("-o", "p");
      expect(code).toBe(0);
      expect(err).toContain("point-001.json is damaged; computed again");
      expect(text("p/point-001.json")).toBe(before);
      expect(text("p/frontier.json")).toBe(frontier);
    });
});

test("points of other options are computed again, with a message", async () => {
  await explore("-o", "p");
  const { code, err } = await explore("-o", "p", "--clock", "24");
  expect(code).toBe(0);
  expect(err).toContain("belongs to another network or to other options");
  expect(JSON.parse(text("p/frontier.json")).clockMHz).toBe(24);
});

test("wrong use: exit code 2; a folder of somebody else's: 1", async () => {
  expect((await explore("--merge")).code).toBe(2);
  expect((await explore("--point", "0")).code).toBe(2);
  expect((await explore("-o", "p", "--point", "99")).code).toBe(2);
  expect((await explore("-o", "p", "--point", "x")).code).toBe(2);
  expect((await explore("-o", "p", "--merge", "--list")).code).toBe(2);
  expect((await explore("--points", "0")).code).toBe(2);
  writeFileSync("kept.txt", "");
  expect((await explore("-o", ".")).code).toBe(1);
  expect(readdirSync(".").sort()).toEqual(["images.npy", "kept.txt", "network.json"]);
});

test("numbers of points", () => {
  expect(pointNumbers("3", 5)).toEqual([3]);
  expect(pointNumbers("0,2-4,3", 5)).toEqual([0, 2, 3, 4]);
  for (const wrong of ["", "-1", "5", "3-2", "1;2", "1.5"]) expect(() => pointNumbers(wrong, 5)).toThrow(UsageError);
});

test("a point that another one beats is not on the frontier; of equal ones the first is", () => {
  const point = (index: number, framesPerSecond: number, lut: number, bram = 0) =>
    ({ index, framesPerSecond, estimate: { lut, ff: 0, carry: 0, bram, dsp: 0 }, synthesized: null }) as ExploredPoint;
  const points = [
    point(0, 10, 100),
    point(1, 10, 120),
    point(2, 20, 150),
    point(3, 20, 150),
    point(4, 15, 160, 0),
    point(5, 12, 90, 4),
  ];
  expect([...frontier(points)]).toEqual([0, 2, 5]);
});

/** Throws where a text is no well-formed XML of elements, attributes and text. */
function parseXml(xml: string): number {
  const open: string[] = [];
  let elements = 0;
  let rest = xml.trim();
  while (rest) {
    const tag = /^<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest);
    const plain = /^(?:[^<&]|&(?:amp|lt|gt|quot|#\d+);)+/.exec(rest);
    if (tag) {
      const names = [...tag[3]!.matchAll(/\s([\w:-]+)=/g)].map((m) => m[1]);
      if (new Set(names).size !== names.length) throw new Error(`an attribute twice: ${tag[0]}`);
      if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(tag[3]!)) throw new Error(`a bare &: ${tag[0]}`);
      if (tag[1]) {
        if (open.pop() !== tag[2]) throw new Error(`${tag[0]} closes nothing`);
      } else {
        if (open.length === 0 && elements > 0) throw new Error("two roots");
        elements++;
        if (!tag[4]) open.push(tag[2]!);
      }
    } else if (!plain || open.length === 0) throw new Error(`no XML: ${rest.slice(0, 40)}`);
    rest = rest.slice((tag ?? plain)![0].length);
  }
  if (open.length > 0) throw new Error(`${open} left open`);
  return elements;
}

describe("the plot", () => {
  test("is well-formed, whatever the network is called, and shows every point", async () => {
    await explore("-o", "p");
    const svg = text("p/frontier.svg");
    expect(parseXml(svg)).toBeGreaterThan(10);
    expect(svg).toContain("one &lt;&amp;&gt; two");
    const { points } = JSON.parse(text("p/frontier.json"));
    const panels = 1 + Number(svg.includes("RAM 4k</text>")) + Number(svg.includes("MAC16</text>"));
    expect(svg.match(/<circle/g)!.length).toBeLessThanOrEqual(panels * points.length);
    expect(svg.match(/<circle/g)!.length).toBeGreaterThanOrEqual(points.length);
  });
  test("the checker refuses what is no XML", () => {
    for (const bad of ["<a>", "<a></b>", "<a/><b/>", '<a x="1" x="2"/>', "<a>&</a>", '<a x="&"/>', "text"])
      expect(() => parseXml(bad)).toThrow();
  });
  test("with hostile text, one point, or none", () => {
    const panel = { x: '"x" & <y>', y: "\u0007\u001b[31m", points: [{ x: 5, y: 7, best: true, label: "]]></svg>" }] };
    expect(parseXml(plotSvg("</svg><script>", [panel, { ...panel, points: [], limit: 3 }]))).toBeGreaterThan(3);
  });
});
