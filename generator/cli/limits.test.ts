// Input that would hang a command, fill memory, or bury the terminal is refused with a message of bounded size.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openNpz, writeNpy } from "../files/index.ts";
import { main } from "./cli.ts";

const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "limits-"));
  process.chdir(dir);
});
afterEach(() => {
  process.chdir(home);
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  const said = { out: "", err: "" };
  vi.spyOn(process.stdout, "write").mockImplementation((s) => {
    said.out += s;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((s) => {
    said.err += s;
    return true;
  });
  const code = await main(argv);
  vi.restoreAllMocks();
  return { code, ...said };
}
const network = (layers: unknown[], more: object = {}) =>
  writeFileSync(
    "n.json",
    JSON.stringify({ format: "addernet-rtl/1", name: "n", input: { shape: [4, 4, 1] }, layers, ...more }),
  );

test("thousands of faults: the first ones are shown, and how many more there are", async () => {
  network(Array.from({ length: 5000 }, (_, i) => ({ name: `l${i}`, kind: "relux" })));
  const text = await run("check", "n.json");
  expect(text.code).toBe(1);
  expect(text.err.match(/^error /gm)).toHaveLength(50);
  expect(text.err).toMatch(/\nand 4950 more of such messages\n$/);
  const { diagnostics, omitted } = JSON.parse((await run("check", "n.json", "--json")).out);
  expect([diagnostics.length, omitted]).toEqual([1000, 4000]);
  expect(diagnostics[999].path).toBe("$.layers[999].kind");
});

test("unknown inputs by the thousand, each far from every name", async () => {
  network(
    Array.from({ length: 3000 }, (_, i) => ({ name: `layer ${i}`, kind: "relu", inputs: [`nothing ${i} like it`] })),
  );
  const { code, err } = await run("check", "n.json");
  expect(code).toBe(1);
  expect(err).toContain("AN2002");
});

test("names of any length are cut", async () => {
  const long = "x".repeat(1_000_000);
  network([{ name: long, kind: "relu", inputs: [`${long}y`] }]);
  for (const json of [[], ["--json"]]) {
    const { out, err } = await run("check", "n.json", ...json);
    expect((out + err).length).toBeLessThan(5000);
  }
});

test.skipIf(spawnSync("mkfifo", ["--version"]).error)("a FIFO or a device is no input", async () => {
  spawnSync("mkfifo", ["f"]);
  network([{ name: "r", kind: "relu" }], { quantization: { calibration: "f" } });
  writeFileSync("x.npy", writeNpy({ dtype: "uint8", shape: [1, 4, 4], data: new Uint8Array(16) }));
  for (const [argv, code] of [
    [["check", "f"], "AN1006"],
    [["check", "/dev/zero"], "AN1006"],
    [["build", "n.json", "-o", "out"], "AN6001"],
    [["infer", "n.json", "--images", "/dev/zero", "--calibration", "x.npy"], "AN6001"],
    [["infer", "n.json", "--images", "x.npy", "--calibration", "x.npy", "--labels", "f"], "AN6001"],
    [["import", "pytorch", "f", "--arch", "resnet20", "-o", "out"], "AN9001"],
  ] as const) {
    const { err, code: exit } = await run(...argv);
    expect([argv, exit, err]).toEqual([argv, 1, expect.stringMatching(new RegExp(`^error ${code}: .*not a file`))]);
  }
  network(
    [
      { name: "f", kind: "flatten" },
      { name: "l", kind: "linear", units: 1, weights: "w" },
    ],
    { weights: "f" },
  );
  expect((await run("check", "n.json")).err).toMatch(/^error AN3101: .*not a file/);
});

test("an array that unpacks to more than the layer takes is refused by its header", () => {
  const npy = writeNpy({ dtype: "uint8", shape: [3, 5], data: new Uint8Array(15) });
  // The header is whole; what follows would not unpack.
  const packed = zipSync({ "a.npy": [npy, { level: 9 }] });
  const open = openNpz(packed);
  expect(open.shape("a")).toEqual([3, 5]);
  const big = new Uint8Array(128 + 50_000_000);
  big.set(writeNpy({ dtype: "uint8", shape: [50_000_000], data: new Uint8Array(50_000_000) }).subarray(0, 128));
  const bomb = zipSync({ "a.npy": [big, { level: 1 }] });
  const before = process.memoryUsage().arrayBuffers;
  expect(openNpz(bomb).shape("a")).toEqual([50_000_000]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  expect(() => openNpz(packed.slice(0, -10))).toThrow();
});

test("padding far beyond the map is refused before anything is computed", async () => {
  network([{ name: "c", kind: "adder_conv2d", filters: 2, kernel: 1, padding: 4096, weights: [[[[0]]], [[[3]]]] }]);
  expect((await run("check", "n.json")).err).toMatch(/^error AN3005: /);
  network(Array.from({ length: 6 }, (_, i) => ({ name: `p${i}`, kind: "pad", padding: i === 0 ? 2500 : 0 })));
  expect((await run("check", "n.json")).err).toMatch(/^error AN3007: /);
});
