// addernet new-bench: what it writes runs as it is, on both simulators, for designs of several kinds.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { main } from "../cli.ts";

const root = join(import.meta.dirname, "../../..");
const fixtures = join(root, "testbench/lib/fixtures");
// What the package's name means in a clone, where nothing is compiled.
const library = join(root, "testbench/lib/index.ts");
mkdirSync(join(root, ".cache"), { recursive: true });
// Inside the package, so that its modules are found.
const dir = mkdtempSync(join(root, ".cache/new-bench-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function command(...args: string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const take = (s: unknown): boolean => {
    said += String(s);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(take),
    vi.spyOn(process.stderr, "write").mockImplementation(take),
  ];
  try {
    return { code: await main(["new-bench", ...args]), said };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}

const designs: [file: string, top: string, holds: string][] = [
  ["pulse_fifo.sv", "pulse_fifo", 'tb.axisSource("in", { pause: 0.3 })'],
  ["lite_regs.v", "lite_regs", 'tb.axilMaster("s_axil")'],
  ["axi4_copy.v", "axi4_copy", 'tb.axi4Memory("m_axi", '],
  ["axi4_pass.v", "axi4_pass", 'tb.axi4Master("s")'],
  ["mini_cpu.v", "cpu_board", 'tb.reset(tb.signal("rst_n"), { cycles: 4, active: 0 })'],
  ["two_clocks.v", "two_clocks", 'clocks: [{ name: "clk", period: 10 }, { name: "clk_b", period: 10 }]'],
  ["wide_chain.v", "wide_chain", "tb.cycles(100)"],
  ["buses.v", "apb_regs", 'tb.apbMaster("s")'],
  ["buses.v", "wb_regs", 'tb.wishboneMaster("wb")'],
];

test("each bench runs as it was written, on both simulators", async () => {
  for (const [file, top, holds] of designs) {
    const { code, said } = await command(join(fixtures, file), "--top", top, "-o", join(dir, `${top}.test.ts`));
    expect([code, said]).toEqual([0, expect.stringContaining(`${top} with `)]);
    const text = readFileSync(join(dir, `${top}.test.ts`), "utf8");
    expect(text).toContain(holds);
  }
  writeFileSync(
    join(dir, "vitest.config.mjs"),
    `export default { resolve: { alias: { "addernet-rtl/testbench": ${JSON.stringify(library)} } }, test: { include: ["*.test.ts"], testTimeout: 200000 } };\n`,
  );
  const tool = join(root, "node_modules/vitest/vitest.mjs");
  const report = join(dir, "report.json");
  const child = spawn(process.execPath, [tool, "run", "--root", dir, "--reporter=json", `--outputFile=${report}`], {
    stdio: "ignore",
  });
  await once(child, "close");
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: { name: string; assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
  };
  const results = testResults.flatMap((f) =>
    f.assertionResults.map((r) => [f.name, r.title, r.status, ...r.failureMessages]),
  );
  expect(results.filter((r) => r[2] !== "passed")).toEqual([]);
  expect(results).toHaveLength(2 * designs.length);
});

test("the types of what is written are right", async () => {
  const config = join(dir, "tsconfig.json");
  writeFileSync(
    config,
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { incremental: false, paths: { "addernet-rtl/testbench": [library] } },
      include: ["*.test.ts"],
      exclude: [],
    }),
  );
  const child = spawn(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config]);
  let said = "";
  child.stdout.on("data", (d) => {
    said += d;
  });
  await once(child, "close");
  expect(said).toBe("");
});

test("a bench is not replaced, and what cannot be one is refused", async () => {
  const path = join(dir, "kept.ts");
  writeFileSync(path, "mine");
  const fifo = join(fixtures, "pulse_fifo.sv");
  expect(await command(fifo, "-o", path)).toMatchObject({
    code: 1,
    said: expect.stringMatching(/AN7002: .*kept\.ts already exists/),
  });
  expect(readFileSync(path, "utf8")).toBe("mine");
  expect(await command(fifo, "-o", path, "--force")).toMatchObject({ code: 0 });
  expect(readFileSync(path, "utf8")).toContain('top: "pulse_fifo"');
  expect((await command(join(fixtures, "buses.v"))).said).toMatch(
    /several modules could be the top[\s\S]*apb_slow, wb_regs[\s\S]*--top NAME/,
  );
  expect((await command(join(dir, "core.vhd"))).said).toMatch(/core\.vhd is VHDL/);
  expect((await command(fifo, "--clock-name", "in_tlast", "-o", join(dir, "x.ts"))).code).toBe(0);
  expect((await command(fifo, "--clock-name", "nothing", "-o", join(dir, "y.ts"))).said).toMatch(
    /nothing is no input of one bit of pulse_fifo; inputs of one bit: aclk/,
  );
  expect(existsSync(join(dir, "y.ts"))).toBe(false);
  const broken = join(dir, "broken.v");
  writeFileSync(broken, "module broken(input wire clk);\n  assign x = ;\nendmodule\n");
  expect(await command(broken, "-o", join(dir, "z.ts"))).toMatchObject({
    code: 1,
    said: expect.stringMatching(/AN8002[\s\S]*broken\.v:2/),
  });
});
