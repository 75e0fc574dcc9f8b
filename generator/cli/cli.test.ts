// Exit codes, and output that is whole or absent.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openNpz, readNpy, writeNpy, writeSafetensors } from "../files/index.ts";
import { compilerVersion } from "../templates.ts";
import { main } from "./cli.ts";
import * as files from "./files.ts";
import { writeFolder } from "./output.ts";

vi.mock("./files.ts", { spy: true });

const network = {
  format: "addernet-rtl/1",
  name: "n",
  input: { shape: [2, 2, 1] },
  layers: [{ name: "conv", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[1]]]] }],
};
const home = process.cwd();
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cli-"));
  process.chdir(dir);
  writeFileSync("n.json", JSON.stringify(network));
  writeFileSync("x.npy", writeNpy({ dtype: "uint8", shape: [1, 2, 2], data: Uint8Array.of(1, 2, 3, 4) }));
});
afterEach(() => {
  process.chdir(home);
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  let stdout = "";
  let stderr = "";
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((s) => {
      stdout += s;
      return true;
    }),
    vi.spyOn(process.stderr, "write").mockImplementation((s) => {
      stderr += s;
      return true;
    }),
  ];
  try {
    return { code: await main(argv), stdout, stderr };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}
const build = ["build", "n.json", "--calibration", "x.npy", "-o", "out"];

test("a printed command can be typed as it stands, whatever the folder's name", async () => {
  for (const [name, word] of [
    ["out", "out"],
    ["a b", "'a b'"],
    ["it's [1]", "'it'\\''s [1]'"],
    ["$HOME;x", "'$HOME;x'"],
  ] as const) {
    const { code, stdout } = await run("build", "n.json", "--calibration", "x.npy", "-o", name);
    expect(code).toBe(0);
    expect(stdout).toContain(`make -C ${word} sim-icarus`);
    expect(existsSync(join(name, "Makefile"))).toBe(true);
  }
});

describe("exit codes", () => {
  test("0: fine", async () => {
    const { code, stdout, stderr } = await run("check", "n.json");
    expect(code).toBe(0);
    expect(stdout).toContain("adder_conv2d");
    expect(stderr).toBe("");
  });

  test("0: the version, alone on its line", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    expect((await run("--version")).code).toBe(0);
    expect(said.mock.calls).toEqual([[compilerVersion()]]);
    expect(compilerVersion()).toMatch(/^\d+\.\d+\.\d+/);
    said.mockRestore();
  });

  test("1: the input is wrong", async () => {
    expect((await run("check", "x.npy")).code).toBe(1);
  });

  test.each([
    [[]],
    [["chek", "n.json"]],
    [["check"]],
    [["check", "n.json", "--nonsense"]],
    [["check", "n.json", "more.json"]],
    [[...build, "--fps", "fast"]],
    [[...build, "--fps", "0"]],
    [[...build, "--clock=-5"]],
    [[...build, "--bits", "4.5"]],
    [[...build, "--percentile", "101"]],
    [[...build, "--mode", "exact"]],
    [["verify", "n.json", "--stall", "1"]],
    [["import"]],
    [["import", "pytorch", "x.npy"]],
    [["import", "pytorch", "x.npy", "--list", "--arch", "lenet5"]],
    [["import", "pytorch", "x.npy", "--arch", "lenet5"]],
    [["import", "pytorch", "x.npy", "--arch", "lenet5", "-o", "out", "--shape", "28,28"]],
  ])("2: usage, %j", async (argv) => {
    const text = await run(...argv);
    expect(text.code).toBe(2);
    expect(text.stderr).toMatch(/^addernet: .+\nTry addernet --help\.\n$/s);
    expect(text.stdout).toBe("");
    const json = await run(...argv, "--json");
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, usage: expect.any(String) });
    expect(readdirSync(".").sort()).toEqual(["n.json", "x.npy"]);
  });

  test("70: a fault of the compiler's own, said as such", async () => {
    const fault = () => {
      throw new TypeError("x is not a function");
    };
    vi.mocked(files.readText).mockImplementationOnce(fault);
    const text = await run("check", "n.json");
    expect(text.code).toBe(70);
    expect(text.stderr).toMatch(/^internal fault: TypeError: x is not a function\n/);
    vi.mocked(files.readText).mockImplementationOnce(fault);
    const json = await run("check", "n.json", "--json");
    expect(json.code).toBe(70);
    expect(JSON.parse(json.stdout).ok).toBe(false);
  });
});

describe("output", () => {
  test("a whole folder, the same a second time; what the user put there stays", async () => {
    expect((await run(...build)).code).toBe(0);
    const list = () => readdirSync("out", { recursive: true, encoding: "utf8" }).sort();
    const first = list();
    expect((await run(...build)).code).toBe(0);
    expect(list()).toEqual(first);
    writeFileSync("out/rtl/stray.v", "");
    expect((await run(...build)).code).toBe(0);
    expect(list()).toEqual([...first, "rtl/stray.v"].sort());
    expect(readdirSync(".").sort()).toEqual(["n.json", "out", "x.npy"]);
  });

  test("a write that fails half way leaves the old folder as it was, and nothing beside it", () => {
    writeFolder("out", [["mark", "old"]], "build", false);
    const halves = new Map<string, string>([["mark", "new"]]);
    const failing = {
      *[Symbol.iterator]() {
        yield* halves;
        throw new Error("the disk is gone");
      },
    } as unknown as ReadonlyMap<string, string>;
    expect(() => writeFolder("out", failing, "build", false)).toThrow("the disk is gone");
    expect(readFileSync("out/mark", "utf8")).toBe("old");
    expect(readdirSync(".").sort()).toEqual(["n.json", "out", "x.npy"]);
    expect(() => writeFolder("new", failing, "build", false)).toThrow("the disk is gone");
    expect(existsSync("new")).toBe(false);
    expect(() => writeFolder("new", new Map([["../n.json", "gone"]]), "build", false)).toThrow("unsafe name");
    expect(JSON.parse(readFileSync("n.json", "utf8"))).toEqual(network);
  });

  test("a folder with other files is left alone; --force writes beside them", async () => {
    mkdirSync("out");
    writeFileSync("out/thesis.txt", "years of work");
    expect((await run(...build)).code).toBe(1);
    expect(readdirSync("out")).toEqual(["thesis.txt"]);
    expect((await run(...build, "--force")).code).toBe(0);
    expect(readFileSync("out/thesis.txt", "utf8")).toBe("years of work");
  });

  test("a command line that would cost the user files leaves every one of them", async () => {
    mkdirSync("web/.git", { recursive: true });
    writeFileSync("web/manifest.json", '{"name": "my web app"}');
    mkdirSync("sub");
    symlinkSync("sub", "link");
    const calibration = ["--calibration", join(dir, "x.npy")];
    const quantize = ["quantize", join(dir, "n.json"), ...calibration];
    const everything = () =>
      readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => [join(e.parentPath, e.name), readFileSync(join(e.parentPath, e.name), "utf8")]);
    const before = everything();
    for (const force of [[], ["--force"]]) {
      expect((await run("build", "n.json", ...calibration, "-o", "web", ...force)).code).toBe(1);
      expect((await run("infer", "n.json", "--images", "x.npy", ...calibration, "-o", "n.json")).code).toBe(1);
      expect((await run("infer", "n.json", "--images", "x.npy", ...calibration, "-o", "x.npy")).code).toBe(1);
    }
    expect((await run(...quantize, "-o", ".")).code).toBe(1);
    expect(everything()).toEqual(before);
    expect((await run(...quantize, "-o", ".", "--force")).code).toBe(0);
    expect((await run(...quantize, "-o", "link")).code).toBe(0);
    expect(lstatSync("link").isSymbolicLink()).toBe(true);
    process.chdir("sub");
    expect((await run(...quantize, "-o", "..", "--force")).code).toBe(0);
    process.chdir(dir);
    expect(everything()).toEqual(expect.arrayContaining(before));
  });
});

describe("infer", () => {
  const two = {
    ...network,
    input: { shape: [2, 2, 1], scale: 0.25 },
    layers: [
      { name: "act", kind: "hard_tanh" },
      { name: "conv", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[0.5]]]] },
    ],
    outputs: ["conv", "act"],
  };
  const infer = ["infer", "two.json", "--images", "x.npy", "--calibration", "x.npy"];
  const real = [0.25, 0.5, 0.75, 1];
  beforeEach(() => writeFileSync("two.json", JSON.stringify(two)));

  test("prints every output and what its integers mean", async () => {
    const { code, stdout } = await run(...infer);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^image 0: class \d {2}conv {2}-?\d+ .*\n {9}act {2}\d+ \d+ \d+ \d+\n/);
    expect(stdout).toMatch(/^conv: real value = \S+ \* q$/m);
    expect(stdout).toMatch(/^act: real value = \S+ \* q$/m);
    const { outputs } = JSON.parse((await run(...infer, "--json")).stdout);
    expect(outputs).toMatchObject([
      { name: "conv", shape: [2, 2, 1], scale: expect.any(Number), zeroPoint: 0 },
      { name: "act", shape: [2, 2, 1], scale: expect.any(Number), zeroPoint: 0 },
    ]);
  });

  test("writes all outputs to an .npz, and no part of them to an .npy", async () => {
    const one = await run(...infer, "-o", "y.npy");
    expect([one.code, existsSync("y.npy")]).toEqual([1, false]);
    expect(one.stderr).toContain("AN6005");
    for (const [more, digits] of [
      [["--real"], 2],
      [["--float"], 9],
    ] as const) {
      expect((await run(...infer, ...more, "-o", "y.npz")).code).toBe(0);
      const file = openNpz(readFileSync("y.npz"));
      expect([...file.names()].sort()).toEqual(["act", "conv"]);
      const { act, conv } = { act: file.read("act"), conv: file.read("conv") };
      expect([act.dtype, act.shape]).toEqual(["float64", [1, 2, 2, 1]]);
      real.forEach((v, i) => {
        expect(Number(act.data[i])).toBeCloseTo(v, digits);
        expect(Number(conv.data[i])).toBeCloseTo(-Math.abs(v - 0.5), digits);
      });
    }
    expect((await run(...infer, "--layer", "act", "--real", "-o", "act.npy")).code).toBe(0);
    expect(readNpy(readFileSync("act.npy")).shape).toEqual([1, 2, 2, 1]);
  });

  test("sums inside a node have no real values", async () => {
    expect((await run(...infer, "--layer", "conv.acc")).code).toBe(0);
    expect((await run(...infer, "--layer", "conv.acc", "--real")).stderr).toContain("AN6005");
  });
});

test("names of a hostile network reach the terminal as text", async () => {
  const name = '\u001b[2J\u202e\n\r\u0085\u2028*/`"\\';
  const layers = [{ ...network.layers[0], name }];
  writeFileSync("n.json", JSON.stringify({ ...network, name, layers }));
  for (const argv of [["check", "n.json"], [...build], ["infer", "n.json", "--images", "x.npy", "--float"]]) {
    const { code, stdout, stderr } = await run(...argv);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    const json = await run(...argv, "--json");
    expect(json.stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    if (argv[0] === "check") expect(JSON.parse(json.stdout).layers[0].name).toBe(name);
  }
});

describe("import pytorch", () => {
  const tensor = (...shape: number[]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 8);
    return { dtype: "float32" as const, shape, data };
  };
  beforeEach(() => {
    writeFileSync("w.safetensors", writeSafetensors(new Map([["a.weight", tensor(1, 1, 1, 1)]])));
    writeFileSync("m.json", JSON.stringify({ ...network, layers: [{ ...network.layers[0], weights: "conv.adder" }] }));
  });

  test("--list prints the tensors", async () => {
    const { code, stdout } = await run("import", "pytorch", "w.safetensors", "--list");
    expect(code).toBe(0);
    expect(stdout).toMatch(/a\.weight +\[1, 1, 1, 1\] +float32/);
    const json = JSON.parse((await run("import", "pytorch", "w.safetensors", "--list", "--json")).stdout);
    expect(json.tensors).toEqual([{ name: "a.weight", shape: [1, 1, 1, 1], dtype: "float32" }]);
  });

  test("--network: the table of suggestions, then the files", async () => {
    const command = ["import", "pytorch", "w.safetensors", "--network", "m.json", "--adder", "a", "-o", "out"];
    const refused = await run(...command);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/conv\.adder +\[1, 1, 1, 1\] +a\.adder/);
    expect(refused.stderr).toContain("--accept");
    expect(existsSync("out")).toBe(false);
    expect((await run(...command, "--bind", "conv.adder=a.adder")).code).toBe(0);
    expect((await run(...command, "--accept", "--force")).code).toBe(0);
    expect((await run("check", "out/network.json")).code).toBe(0);
  });

  test("--arch: what was assumed is said; the input is the user's", async () => {
    const layers = { "c.adder": tensor(2, 1, 3, 3), "fc.weight": tensor(2, 8), "fc.bias": tensor(2) };
    writeFileSync("s.safetensors", writeSafetensors(new Map(Object.entries(layers))));
    const args = ["--shape", "4,4,1", "--scale", "1/255", "--mean", "0.5", "--pool", "none", "-o", "out"];
    const { code, stdout } = await run("import", "pytorch", "s.safetensors", "--arch", "stack", ...args);
    expect(code).toBe(0);
    expect(stdout).toContain("assumed");
    expect(JSON.parse(readFileSync("out/network.json", "utf8")).input).toMatchObject({ scale: 1 / 255, mean: [0.5] });
  });
});

describe("images as people have them", () => {
  const picture = (value: number): Buffer => {
    const image = new PNG({ width: 2, height: 2 });
    image.data.set([0, 1, 2, 3].flatMap((i) => [value + i, value + i, value + i, 255]));
    return PNG.sync.write(image);
  };
  const idx =
    (...shape: number[]) =>
    (values: number[]) =>
      Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, 0, n]), ...values]);
  const infer = async (...more: string[]) =>
    JSON.parse((await run("infer", "n.json", "--float", "--json", ...more)).stdout);

  test("a folder of pictures in the order of their numbers, one picture, MNIST's files packed or not", async () => {
    mkdirSync("pictures");
    [10, 2, 1].forEach((n) => {
      writeFileSync(`pictures/img${n}.png`, picture(10 * n));
    });
    writeFileSync("pictures/notes.txt", "");
    const tensors = async (...args: string[]) => (await infer("--layer", "conv", "--images", ...args)).tensors;
    const expected = (v: number) => [0, 1, 2, 3].map((i) => -Math.abs(v + i - 1));
    expect(await tensors("pictures")).toEqual([10, 20, 100].map(expected));
    expect(await tensors("pictures", "--count", "2")).toEqual([10, 20].map(expected));
    expect(await tensors("pictures/img2.png")).toEqual([expected(20)]);
    writeFileSync("x-idx3-ubyte", idx(1, 2, 2)([5, 6, 7, 8]));
    writeFileSync("x-idx3-ubyte.gz", gzipSync(idx(1, 2, 2)([5, 6, 7, 8])));
    expect(await tensors("x-idx3-ubyte")).toEqual([expected(5)]);
    expect(await tensors("x-idx3-ubyte.gz")).toEqual([expected(5)]);
    writeFileSync("y-idx1-ubyte", idx(1)([0]));
    expect(await infer("--images", "x-idx3-ubyte", "--labels", "y-idx1-ubyte")).toHaveProperty("accuracy");
  });

  test("another size, colours for a gray input, an empty folder", async () => {
    const colour = new PNG({ width: 2, height: 2 });
    colour.data.fill(255);
    colour.data[0] = 7;
    writeFileSync("colour.png", PNG.sync.write(colour));
    writeFileSync("small.png", PNG.sync.write(new PNG({ width: 1, height: 1 })));
    mkdirSync("empty");
    const said = async (path: string) => (await run("infer", "n.json", "--float", "--images", path)).stderr;
    expect(await said("colour.png")).toContain("gray");
    expect(await said("small.png")).toContain("another size");
    expect(await said("empty")).toContain("holds no pictures");
    expect(await said("missing.png")).toContain("no such file");
  });

  test("--resize: pictures, arrays and data sets of another size; masks follow their images", async () => {
    const big = new PNG({ width: 4, height: 4 });
    big.data.set(Array.from({ length: 16 }, (_, i) => [...Array(3).fill(i % 4 < 2 ? 10 : 30), 255]).flat());
    writeFileSync("big.png", PNG.sync.write(big));
    const gray = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 10 : 30));
    writeFileSync("big.npy", writeNpy({ dtype: "uint8", shape: [1, 4, 4], data: gray }));
    writeFileSync("first.npy", writeNpy({ dtype: "uint8", shape: [1, 1, 4, 4], data: gray }));
    writeFileSync("big-idx3-ubyte", idx(1, 4, 4)([...gray]));
    const box = ["--resize", "box"];
    const expected = [10, 30, 10, 30].map((v) => -Math.abs(v - 1));
    for (const file of ["big.png", "big.npy", "first.npy", "big-idx3-ubyte"])
      expect((await infer("--layer", "conv", "--images", file, ...box)).tensors, file).toEqual([expected]);
    const wide = Uint8Array.from([0, 5, 9, 0]);
    writeFileSync("wide.npy", writeNpy({ dtype: "uint8", shape: [1, 1, 4, 1], data: wide }));
    const cropped = await infer("--layer", "conv", "--images", "wide.npy", ...box, "--crop");
    expect(cropped.tensors).toEqual([[5, 5, 5, 5].map((v, i) => -Math.abs((i % 2 ? 9 : v) - 1))]);
    const failed = async (...args: string[]) => (await run("infer", "n.json", "--float", ...args)).stderr;
    expect(await failed("--images", "big.npy")).toContain("wrong shape");
    expect(await failed("--images", "big.png")).toContain("--resize bilinear");
    expect(await failed("--images", "big.png", "--crop")).toContain("name its filter");
    expect(await failed("--images", "big.png", "--resize", "best")).toContain("bicubic");
    writeFileSync("real.npy", writeNpy({ dtype: "float32", shape: [1, 4, 4], data: Float32Array.from(gray) }));
    expect(await failed("--images", "real.npy", ...box)).toContain("8 bits without a sign");
    expect((await run("quantize", "n.json", "--calibration", "big.png", ...box, "-o", "q")).code).toBe(0);
    const mask = ["--task", "mask", "--labels", "big.png", "--images", "big.png"];
    expect(await infer(...mask, "--resize", "bilinear")).toHaveProperty("iou");
  });
});
