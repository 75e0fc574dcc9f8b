// The same request gives the same design, whichever command asks; tools and simulators are not started.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Design } from "../design.ts";
import { writeNpy } from "../files/index.ts";
import { main } from "./cli.ts";

const made: Design[] = vi.hoisted(() => []);
vi.mock("../design.ts", async (original) => {
  const all = await original<typeof import("../design.ts")>();
  class DesignSpace extends all.DesignSpace {
    override best() {
      const r = super.best();
      if (r.ok) made.push(r.value);
      return r;
    }
  }
  return { ...all, DesignSpace };
});
/** What follows a design is not run: each way out is a message of this code. */
const stop = vi.hoisted(() => async () => {
  const { inputError } = await import("../diagnostics/diagnostics.ts");
  throw inputError({ code: "AN8001", message: "not run" });
});
vi.mock("../device/flow/flow.ts", async (original) => ({
  ...(await original<typeof import("../device/flow/flow.ts")>()),
  synthesize: stop,
}));
vi.mock("../device/flow/tools.ts", async (original) => ({
  ...(await original<typeof import("../device/flow/tools.ts")>()),
  needTool: () => undefined,
}));
vi.mock("../verify/verify.ts", async (original) => ({
  ...(await original<typeof import("../verify/verify.ts")>()),
  verify: stop,
}));

const dir = mkdtempSync(join(tmpdir(), "one-design-"));
// In integers, which name no images: a build with images has a bench among its files too.
const network = join(dir, "quantized", "integers.json");
const home = process.cwd();
beforeAll(async () => {
  const conv = (name: string, filters: number, channels: number) => ({
    ...{ name, kind: "adder_conv2d", filters, kernel: 3 },
    weights: Array.from({ length: filters }, (_, o) =>
      Array.from({ length: channels }, (_, c) =>
        Array.from({ length: 3 }, (_, y) => Array.from({ length: 3 }, (_, x) => (o * 11 + c * 5 + y * 3 + x) % 9)),
      ),
    ),
  });
  writeFileSync(
    join(dir, "network.json"),
    JSON.stringify({
      ...{ format: "addernet-rtl/1", name: "two", input: { shape: [6, 6, 2] } },
      quantization: { calibration: "images.npy", bits: 4 },
      layers: [
        conv("first", 4, 2),
        conv("second", 4, 4),
        { name: "mean", kind: "global_avg_pool" },
        { name: "class", kind: "argmax" },
      ],
    }),
  );
  const data = Uint8Array.from({ length: 288 }, (_, i) => (i * 37) & 255);
  writeFileSync(join(dir, "images.npy"), writeNpy({ dtype: "uint8", shape: [4, 6, 6, 2], data }));
  process.chdir(dir);
  expect((await run(["quantize", "network.json", "-o", "quantized"])).code).toBe(0);
});
afterAll(() => {
  process.chdir(home);
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  made.length = 0;
});

async function run(args: readonly string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const writes = [process.stdout, process.stderr].map((s) =>
    vi.spyOn(s, "write").mockImplementation((t) => {
      said += String(t);
      return true;
    }),
  );
  try {
    return { code: await main(args), said };
  } finally {
    for (const w of writes) w.mockRestore();
  }
}

const request = ["--fps", "1000", "--clock", "12", "--pe", "first=2", "--simd", "second=4", "--no-dsp", "--logits"];
const commands: Readonly<Record<string, readonly string[]>> = {
  build: ["build", "-o", "built", "--force"],
  verify: ["verify", "--images", "images.npy"],
  "verify, netlist": ["verify", "--stage", "netlist", "--images", "images.npy"],
  "verify, bitstream": ["verify", "--stage", "bitstream", "--images", "images.npy"],
  export: ["export", "--format", "mem", "--folded", "-o", "words", "--force"],
  synth: ["synth"],
};
test("the same manifest from every command", async () => {
  for (const [command, ...own] of Object.values(commands))
    await run([command!, network, ...own, "-t", "ice40-hx8k", ...request]);
  const manifests = made.map((d) => d.files.get("manifest.json"));
  expect(manifests).toHaveLength(Object.keys(commands).length);
  expect(new Set(manifests).size).toBe(1);
  const { layers, target, outputs } = JSON.parse(manifests[0]!);
  expect(target).toBe("ice40-hx8k");
  expect(outputs).toHaveLength(2);
  const foldOf = (name: string) => {
    const l = layers.find((l: { name: string }) => l.name.endsWith(name));
    return [l.pe, l.simd];
  };
  expect([foldOf("first"), foldOf("second")]).toEqual([
    [2, expect.any(Number)],
    [expect.any(Number), 4],
  ]);
  const texts = made.map((d) => JSON.stringify([...d.files]));
  expect(new Set(texts).size).toBe(1);
});

test.each(["pynq-z2", "ulx3s-85f"])("the same for the board project of %s", async (board) => {
  const asked = ["build", "verify", "synth"] as const;
  for (const command of asked) await run([command, network, ...commands[command]!.slice(1), "-t", board, ...request]);
  await run(["synth", network, "-o", "project", "--force", "-t", board, ...request]);
  const manifests = made.map((d) => d.files.get("manifest.json"));
  expect(manifests).toHaveLength(asked.length + 1);
  expect(new Set(manifests).size).toBe(1);
  expect(JSON.parse(manifests[0]!).target).toBe(board);
});

test("a comparison and a build for a bare family", async () => {
  for (const args of [["compare"], ["build", "-o", "built", "--force"]])
    await run([args[0]!, network, ...args.slice(1), "-t", "ice40", ...request]);
  expect(made[0]!.files.get("manifest.json")).toBe(made.at(-1)!.files.get("manifest.json"));
});

test.each([...Object.entries(commands), ["compare", ["compare"]], ["explore", ["explore", "--points", "2"]]] as const)(
  "%s: a fold of an unknown layer is refused",
  async (_, [command, ...own]) => {
    const { code, said } = await run([command!, network, ...own, "-t", "ice40-hx8k", "--pe", "first=2,nosuch=3"]);
    expect(said).toContain("AN6005");
    expect(said).toContain("nosuch");
    expect(code).toBe(1);
    expect(made).toEqual([]);
  },
);

test("a target's clock, circuit and outputs are its own where none are asked for", async () => {
  await run(["build", network, "-o", "built", "--force", "-t", "ice40-hx8k"]);
  await run(["build", network, "-o", "built", "--force", "-t", "pynq-z2"]);
  await run(["build", network, "-o", "built", "--force"]);
  expect(made.map((d) => [d.clockMHz, d.net.outputs.length])).toEqual([
    [12, 2],
    [100, 2],
    [100, 1],
  ]);
});
