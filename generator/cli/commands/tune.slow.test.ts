// tune: the file that it writes is a network of its own, within the loss, from wherever it lies.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { JobFolder, type Json } from "../../../farm/index.ts";
import { InputError, inputError } from "../../diagnostics/diagnostics.ts";
import { readNpy, writeNpy, writeSafetensors } from "../../files/index.ts";
import { main } from "../cli.ts";
import { makeConsole } from "../console.ts";
import { readData, writeData } from "../plain-data.ts";
import { Measurer, type Question, readAnswer, readBasis, writeAnswer } from "../tune-measure.ts";

const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tune-"));
  process.chdir(dir);
});
afterEach(() => {
  process.chdir(home);
  rmSync(dir, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  let [stdout, stderr] = ["", ""];
  const out = vi.spyOn(process.stdout, "write").mockImplementation((s) => {
    stdout += s;
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((s) => {
    stderr += s;
    return true;
  });
  try {
    return { code: await main(argv), stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

const COUNT = 40;
const noise = (n: number, seed: number): number[] => {
  let state = seed;
  return Array.from({ length: n }, () => {
    state = (state * 48271) % 2147483647;
    return state % 256;
  });
};

/** Two adder layers and a head over images of 6 x 6; the class is that of the real network. */
async function prepare(more: object = {}): Promise<void> {
  mkdirSync("net");
  const weights = (n: number, seed: number) => Float32Array.from(noise(n, seed), (v) => v / 256);
  writeFileSync(
    "net/w.safetensors",
    writeSafetensors(
      new Map([
        ["a", { dtype: "float32", shape: [6, 1, 3, 3], data: weights(54, 3) }],
        ["b", { dtype: "float32", shape: [4, 6, 3, 3], data: weights(216, 5) }],
        ["c", { dtype: "float32", shape: [3, 16], data: weights(48, 7).map((v) => v - 0.5) }],
      ]),
    ),
  );
  const network = {
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [6, 6, 1], scale: 1 / 255 },
    weights: "w.safetensors",
    quantization: { calibration: "x.npy" },
    layers: [
      { name: "a", kind: "adder_conv2d", filters: 6, kernel: 3, weights: "a", ...more },
      { name: "r", kind: "bias", bias: [3, 3, 3, 3, 3, 3] },
      { name: "s", kind: "relu" },
      { name: "b.0", kind: "adder_conv2d", filters: 4, kernel: 3, weights: "b" },
      { name: "f", kind: "flatten" },
      { name: "c", kind: "linear", units: 3, weights: "c" },
    ],
  };
  writeFileSync("net/n.json", JSON.stringify(network));
  const images = { dtype: "uint8" as const, shape: [COUNT, 6, 6], data: Uint8Array.from(noise(36 * COUNT, 9)) };
  writeFileSync("net/x.npy", writeNpy(images));
  const { stdout } = await run("infer", "net/n.json", "--float", "--images", "net/x.npy", "--json");
  const { classes } = JSON.parse(stdout);
  writeFileSync("y.npy", writeNpy({ dtype: "uint8", shape: [COUNT], data: Uint8Array.from(classes) }));
}
const args = ["tune", "net/n.json", "--images", "net/x.npy", "--labels", "y.npy", "--fps", "1000000"];

test("bits, mode and method of least logic; the file is a network from its own place", async () => {
  await prepare();
  const said = await run(...args, "--loss", "20", "-o", "out/tuned.json", "--json");
  expect(said.stderr).toBe("");
  const { chosen, within, images, float, frontier, uniform } = JSON.parse(said.stdout);
  expect(float).toEqual({ search: 100, heldOut: 100, test: 100 });
  expect(images).toEqual({ search: 20, heldOut: 10, test: 10 });
  expect(within).toBe(true);
  expect(chosen.heldOut).toBeGreaterThanOrEqual(80);
  expect(chosen.score).toBeGreaterThanOrEqual(80);
  expect(Object.keys(chosen.bits)).toEqual(["a", "b.0", "c"]);
  const { a, c, "b.0": b } = chosen.bits;
  expect(chosen.meanBits).toBeCloseTo((a + b + c) / 3, 9);
  expect(chosen.bitsAWeight).toBeCloseTo((54 * a + 216 * b + 48 * c) / 318, 9);
  const all8 = uniform.find((u: { allBits: number }) => u.allBits === 8);
  expect(chosen.cost).toBeLessThan(all8.cost);
  for (let i = 1; i < frontier.length; i++) {
    expect(frontier[i].cost).toBeGreaterThan(frontier[i - 1].cost);
    expect(frontier[i].score).toBeGreaterThan(frontier[i - 1].score);
  }
  const file = JSON.parse(readFileSync("out/tuned.json", "utf8"));
  expect(file.weights).toBe("../net/w.safetensors");
  expect(file.quantization).toEqual({
    calibration: "../net/x.npy",
    bits: 8,
    mode: chosen.mode,
    method: chosen.method,
  });
  expect(file.layers.filter((l: object) => "bits" in l).map((l: { name: string }) => l.name)).toEqual([
    "a",
    "b.0",
    "c",
  ]);
  const tuned = await run("infer", "out/tuned.json", "--images", "net/x.npy", "--labels", "y.npy", "--json");
  // The same network, on all parts together.
  expect(100 * JSON.parse(tuned.stdout).accuracy).toBeCloseTo((2 * chosen.score + chosen.heldOut + chosen.test) / 4, 6);
});

test("images of the test decide nothing: with wrong labels on them the same file is written, and the test tells it", async () => {
  await prepare();
  const few = [...args, "--loss", "20", "--mode", "pow2", "--method", "max", "--json"];
  const said = async (to: string) => JSON.parse((await run(...few, "-o", to)).stdout);
  const right = await said("right.json");
  const { data } = readNpy(readFileSync("y.npy"));
  const wrong = Uint8Array.from(data as Uint8Array, (y, i) => (i % 4 === 3 ? (y + 1) % 3 : y));
  writeFileSync("y.npy", writeNpy({ dtype: "uint8", shape: [COUNT], data: wrong }));
  const misled = await said("misled.json");
  expect(readFileSync("misled.json", "utf8")).toBe(readFileSync("right.json", "utf8"));
  expect([misled.float.test, misled.chosen.test]).not.toEqual([right.float.test, right.chosen.test]);
  const { test: _, ...seen } = right.chosen;
  expect(misled.chosen).toMatchObject(seen);
});

test("--mean-bits: no weight has more on average, whatever the loss; without such a set all keep 8 bits", async () => {
  await prepare();
  const limited = async (bits: string, loss: string) => {
    const few = ["--mean-bits", bits, "--loss", loss, "--mode", "pow2", "--method", "max", "--json"];
    return JSON.parse((await run(...args, ...few, "-o", "t.json")).stdout);
  };
  const { within, chosen, frontier } = await limited("4", "60");
  expect(within).toBe(true);
  expect(chosen.bitsAWeight).toBeLessThanOrEqual(4);
  expect(Math.max(...frontier.map((p: { bitsAWeight: number }) => p.bitsAWeight))).toBeGreaterThan(2);
  const none = await limited("2", "0");
  expect([none.within, none.chosen.bitsAWeight]).toEqual([false, 8]);
  expect((await run(...args, "--mean-bits", "1", "-o", "t.json")).code).toBe(2);
});

test("what is stated stays: bits of a layer, --mode, --method", async () => {
  await prepare({ bits: 7 });
  const fixed = ["--mode", "pow2", "--method", "max", "--loss", "0"];
  const { stdout, code } = await run(...args, ...fixed, "-o", "t.json");
  expect(code).toBe(0);
  expect(stdout).toContain("all 4 bits");
  const file = JSON.parse(readFileSync("t.json", "utf8"));
  expect(file.layers[0].bits).toBe(7);
  expect(file.quantization).toMatchObject({ mode: "pow2", method: "max" });
});

test("measures taken by workers are those taken here; a dry run plans the first round, and a plan of other images is refused", async () => {
  await prepare();
  const few = [...args, "--mode", "pow2", "--method", "max", "--loss", "20", "-o", "t.json"];
  const planned = JSON.parse((await run(...few, "--dry-run", "--json")).stdout);
  // Six numbers of bits everywhere, the error of all at 8, and five fewer of each of three layers.
  expect(planned).toMatchObject({ folder: "t.jobs", jobs: 6 + 1 + 3 * 5 });
  expect(existsSync("t.json")).toBe(false);
  for (let i = 0; i < planned.workers; i++) expect((await run("work", "t.jobs", "--index", String(i))).code).toBe(0);
  const folder = JobFolder.open(join(dir, "t.jobs"));
  const { basis } = folder.jobs[0]!.input as { basis: string };
  const here = new Measurer(readBasis(folder.input(basis)), makeConsole(true, "tune"));
  for (const { job, value } of folder.collect()) {
    const { question } = job.input as unknown as { question: Question };
    expect(readAnswer(value)).toEqual(here.take(question));
  }
  // Layers whose names are no Verilog names have logic, too.
  const logic = here.take({ measure: "logic", bits: 8, mode: "pow2" }) as ReadonlyMap<string, number>;
  expect([...logic].filter(([, lut]) => lut > 0).map(([name]) => name)).toEqual(["a", "b.0", "c"]);
  expect((await run(...few, "--dry-run", "--json")).code).toBe(0);
  const other = await run(...few, "--calibration-count", "3", "--dry-run");
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("holds the plan of other jobs")]);
  expect((await run(...few, "--calibration-count", "3", "--dry-run", "--resume")).code).toBe(0);
  expect((await run(...few, "--farm", "local:0")).stderr).toContain("from 1 up");
});

test("data as text: the same for equal data, and back bit for bit", () => {
  const data = {
    map: new Map<unknown, unknown>([["__proto__", [1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-320]]]),
    typed: [Float64Array.of(-0, Number.NaN, 0.1), new Int32Array([7, -7, 9]).subarray(1), Uint8Array.of(255)],
    $: { $: "Map", v: null },
    text: "a\u2028",
  };
  expect(readData(writeData(data))).toEqual(data);
  expect(Object.is((readData(writeData({ a: -0 })) as { a: number }).a, -0)).toBe(true);
  expect(writeData({ a: 6 / 2, b: undefined })).toBe('{"a":3}');
  // As the engine holds it, the same number may be an integer or not.
  const list = [1, 2.5].map((v) => v * 2);
  expect(writeData(list)).toBe(writeData([2, 5]));
  for (const wrong of [() => 0, new Date(0), Symbol("x"), 1n]) expect(() => writeData({ wrong })).toThrow("no data");
  expect(() => readData('{"$":"constructor","v":""}')).toThrow("no data");
});

test("answers as JSON: numbers that are not finite, and sets that are refused", () => {
  const back = (take: Parameters<typeof writeAnswer>[0]) =>
    readAnswer(JSON.parse(JSON.stringify(writeAnswer(take))) as Json);
  expect(back(() => Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(back(() => ({ score: Number.POSITIVE_INFINITY, cost: 7 }))).toEqual({
    score: Number.POSITIVE_INFINITY,
    cost: 7,
  });
  expect(back(() => new Map([["__proto__", 3]]))).toEqual(new Map([["__proto__", 3]]));
  const refused = () => {
    throw inputError({ code: "AN4001", message: "no images" });
  };
  expect(() => back(refused)).toThrow(InputError);
  expect(() =>
    writeAnswer(() => {
      throw new Error("a fault");
    }),
  ).toThrow("a fault");
});

test("refusals: integers, too few images, an input as output", async () => {
  await prepare();
  await run("quantize", "net/n.json", "-o", "q");
  const said = async (...argv: string[]) => (await run(...argv)).stderr;
  const rest = args.slice(2);
  expect(await said("tune", "q/integers.json", ...rest, "-o", "t.json")).toContain("AN6005");
  expect(await said(...args, "-o", "net/n.json")).toContain("AN7005");
  writeFileSync("net/x.npy", writeNpy({ dtype: "uint8", shape: [2, 6, 6], data: new Uint8Array(72) }));
  writeFileSync("y.npy", writeNpy({ dtype: "uint8", shape: [2], data: new Uint8Array(2) }));
  expect(await said(...args, "-o", "t.json")).toContain("held out of the search");
  expect((await run(...args, "--loss=-1", "-o", "t.json")).code).toBe(2);
});
