// Every code has a sample: a small folder that gives it, with the printed text beside it (expected.txt).
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main } from "../cli/cli.ts";
import { type Dtype, writeNpy } from "../files/index.ts";
import { CODES } from "./codes.ts";

const samples = join(import.meta.dirname, "samples");
const names = readdirSync(samples).sort();
/** Needs a simulator; difference.sim.test.ts runs it. */
const simulated = ["AN8003", "AN8006"];

interface Setup {
  readonly args?: readonly string[];
  readonly npy?: Readonly<Record<string, { dtype: Dtype; shape: number[]; data: number[] }>>;
  /** Bytes of further files. */
  readonly hex?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  readonly programs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sample-"));
});
afterEach(() => {
  process.chdir(home);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

/** Builds a sample in a folder of its own; gives its arguments. */
function prepare(name: string): readonly string[] {
  const work = join(dir, name);
  cpSync(join(samples, name), work, { recursive: true });
  process.chdir(work);
  const setup: Setup = existsSync("args.json") ? JSON.parse(readFileSync("args.json", "utf8")) : {};
  rmSync("args.json", { force: true });
  rmSync("expected.txt", { force: true });
  for (const f of setup.folders ?? []) mkdirSync(f, { recursive: true });
  for (const [file, { dtype, shape, data }] of Object.entries(setup.npy ?? {})) {
    const array = { float32: Float32Array, int16: Int16Array, uint8: Uint8Array }[dtype as string]!;
    writeFileSync(file, writeNpy({ dtype, shape, data: array.from(data) }));
  }
  for (const [file, hex] of Object.entries(setup.hex ?? {})) writeFileSync(file, Buffer.from(hex, "hex"));
  for (const [file, text] of Object.entries(setup.programs ?? {})) {
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
  vi.stubEnv("ADDERNET_CACHE", join(dir, "cache"));
  for (const [k, v] of Object.entries(setup.env ?? {})) vi.stubEnv(k, v);
  return setup.args ?? ["check", "network.json"];
}

async function run(args: readonly string[]) {
  let stdout = "";
  let stderr = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((s) => {
    stdout += s;
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((s) => {
    stderr += s;
    return true;
  });
  const code = await main(args);
  out.mockRestore();
  err.mockRestore();
  return { code, stdout, stderr };
}

const files = (): string[] => readdirSync(".", { recursive: true, encoding: "utf8" }).sort();
const warnings = new Set(["AN4005", "AN4006"]);

test("every code has a sample, and every sample a code", () => {
  const sampled = new Set(names.map((n) => n.slice(0, 6)));
  expect([...sampled].sort()).toEqual(Object.keys(CODES).sort());
});

describe.each(names.filter((n) => !simulated.includes(n)))("%s", (name) => {
  const code = name.slice(0, 6);

  test("the command line says so, and writes nothing", async () => {
    const args = prepare(name);
    const before = files();
    const got = await run(args);
    await expect(got.stderr.replaceAll(dir, "")).toMatchFileSnapshot(join(samples, name, "expected.txt"));
    expect(got.stderr).toMatch(new RegExp(`^(error|warning) ${code}: `));
    // Nothing a terminal could take for more than text.
    expect(got.stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(got.code).toBe(warnings.has(code) ? 0 : 1);
    if (!warnings.has(code)) {
      expect(got.stdout).toBe("");
      expect(files()).toEqual(before);
    }
  });

  test.skipIf(warnings.has(code))("--json gives the same as data", async () => {
    const got = await run([...prepare(name), "--json"]);
    const { ok, diagnostics } = JSON.parse(got.stdout);
    expect(ok).toBe(false);
    expect(diagnostics[0].code).toBe(code);
    for (const d of diagnostics) {
      expect(typeof d.message).toBe("string");
      if (d.path) expect(d.path).toMatch(/^\$/);
      if (d.place)
        expect(d.place).toEqual({ file: "network.json", line: expect.any(Number), column: expect.any(Number) });
    }
    expect(got.stderr).toBe("");
  });
});
