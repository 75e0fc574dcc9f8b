// verify over the farm and of several networks: the same results as one after the other, and files for CI.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../../testbench/nets/build.ts";
import { main } from "./cli.ts";

const home = process.cwd();
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "addernet verify-"));
  cpSync(join(root, "examples/xor"), dir, { recursive: true });
  process.chdir(dir);
});
afterAll(() => {
  process.chdir(home);
  rmSync(dir, { recursive: true, force: true });
});

async function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const spies = (["stdout", "stderr"] as const).map((s) =>
    vi.spyOn(process[s], "write").mockImplementation((t) => {
      said[s === "stdout" ? "out" : "err"] += String(t);
      return true;
    }),
  );
  try {
    return { code: await main(["verify", ...args]), ...said };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}
const at = ["network.json", "--images", "inputs.npy", "--count", "4", "--simulator", "all", "--json"];

test("images over the farm: what one simulation of all of them gives", async () => {
  const here = JSON.parse((await verify(...at)).out);
  const answers = [];
  for (const farm of ["local:1", "local:2"]) {
    const to = ["--farm", farm, "--images-a-job", "2", "-o", farm.replace(":", "")];
    const dry = await verify(...at, ...to, "--dry-run");
    expect(JSON.parse(dry.out)).toMatchObject({ ok: true, jobs: 4 });
    const run = await verify(...at, ...to);
    expect(run.err).toBe("");
    answers.push(run.out);
    // Again nothing is left to do.
    expect((await verify(...at, ...to)).out).toBe(run.out);
  }
  expect(answers[1]).toBe(answers[0]);
  const there = JSON.parse(answers[0]!);
  expect(there.results.map((r: { simulations: number }) => r.simulations)).toEqual([2, 2]);
  // Of so few images the buffers inside are not full yet, and the clocks of both simulations count.
  const comparable = ({ clocks: _c, simulations: _s, intervals: _i, ...r }: Record<string, unknown>) => r;
  expect(there.results.map(comparable)).toEqual(here.results.map(comparable));
  expect((await verify(...at, "--farm", "local")).code).toBe(2);
  expect((await verify(...at, "--farm", "local", "-o", "x", "--stage", "netlist")).code).toBe(2);
}, 300_000);

test("several networks in one call: each one's lines, one table, JUnit that a parser takes", async () => {
  const named = 'a "b" <c> & \u{1f600}.json';
  const text = readFileSync("network.json", "utf8");
  writeFileSync(named, text);
  writeFileSync("wrong.json", text.replace('"units"', '"unitz"'));
  const r = await verify(
    ...["--simulator", "verilator", "network.json", "wrong.json", named, "missing.json", "--images", "inputs.npy"],
    ...["--simulator", "icarus", "--junit", "out.xml", "--results", "out.json"],
  );
  expect(r.code).toBe(1);
  const lines = r.out.split("\n");
  expect(lines.filter((l) => l.startsWith("== "))).toEqual([
    ...["== network.json", "== wrong.json", `== ${named}`, "== missing.json"],
  ]);
  expect(r.out).toContain('error AN1002: unknown key "unitz"');
  expect(lines.find((l) => l.startsWith("wrong.json"))).toMatch(/^wrong\.json +failed +AN1002 unknown key/);
  expect(lines.at(-2)).toBe("4 networks: 2 passed, 2 failed");
  const { networks } = JSON.parse(readFileSync("out.json", "utf8"));
  expect(networks.map((n: { ok: boolean; file: string }) => [n.file, n.ok])).toEqual([
    ...[
      ["network.json", true],
      ["wrong.json", false],
      [named, true],
      ["missing.json", false],
    ],
  ]);
  const parsed = execFileSync(
    "python3",
    [
      "-c",
      `import json, sys, xml.etree.ElementTree as E
t = E.parse(sys.argv[1]).getroot()
print(json.dumps([t.attrib, [[s.attrib["name"], s.attrib["failures"], [c.attrib["name"] for c in s]] for s in t]]))`,
      "out.xml",
    ],
    { encoding: "utf8" },
  );
  expect(JSON.parse(parsed)).toEqual([
    { tests: "4", failures: "2" },
    [
      ["verify network.json", "0", ["icarus, stalls 0"]],
      ["verify wrong.json", "1", ["verify"]],
      [`verify ${named}`, "0", ["icarus, stalls 0"]],
      ["verify missing.json", "1", ["verify"]],
    ],
  ]);
  expect(readdirSync(tmpdir()).filter((f) => f.startsWith("addernet-results-"))).toEqual([]);
}, 300_000);
