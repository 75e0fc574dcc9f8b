// Exit codes, and output that is whole or absent.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeNpy } from "../files/index.ts";
import { main } from "./cli.ts";
import * as files from "./files.ts";

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

describe("exit codes", () => {
  test("0: fine", async () => {
    const { code, stdout, stderr } = await run("check", "n.json");
    expect(code).toBe(0);
    expect(stdout).toContain("adder_conv2d");
    expect(stderr).toBe("");
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
  test("a whole folder, the same a second time, and no trace of what stood in an earlier one", async () => {
    expect((await run(...build)).code).toBe(0);
    const list = () => readdirSync("out", { recursive: true, encoding: "utf8" }).sort();
    const first = list();
    writeFileSync("out/rtl/stray.v", "");
    expect((await run(...build)).code).toBe(0);
    expect(list()).toEqual(first);
    expect(readdirSync(".").sort()).toEqual(["n.json", "out", "x.npy"]);
  });

  test("a write that fails half way leaves the old folder as it was, and nothing beside it", () => {
    mkdirSync("out");
    writeFileSync("out/mark", "old");
    const halves = new Map<string, string>([["mark", "new"]]);
    const failing = {
      *[Symbol.iterator]() {
        yield* halves;
        throw new Error("the disk is gone");
      },
    } as unknown as ReadonlyMap<string, string>;
    expect(() => files.writeFolder("out", failing, "mark", false)).toThrow("the disk is gone");
    expect(readFileSync("out/mark", "utf8")).toBe("old");
    expect(readdirSync(".").sort()).toEqual(["n.json", "out", "x.npy"]);
    expect(() => files.writeFolder("new", failing, "mark", false)).toThrow("the disk is gone");
    expect(existsSync("new")).toBe(false);
    expect(() => files.writeFolder("new", new Map([["../n.json", "gone"]]), "mark", false)).toThrow("unsafe name");
    expect(JSON.parse(readFileSync("n.json", "utf8"))).toEqual(network);
  });

  test("a folder with other files is left alone unless --force says otherwise", async () => {
    mkdirSync("out");
    writeFileSync("out/thesis.txt", "years of work");
    expect((await run(...build)).code).toBe(1);
    expect(readdirSync("out")).toEqual(["thesis.txt"]);
    expect((await run(...build, "--force")).code).toBe(0);
    expect(existsSync("out/thesis.txt")).toBe(false);
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
