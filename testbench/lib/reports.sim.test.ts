import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
mkdirSync(join(root, ".cache"), { recursive: true });
// Inside the package, so that its modules are found.
const dir = mkdtempSync(join(root, ".cache/reports-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs vitest on one bench in a process of its own. */
async function vitest(name: string, body: string, env: Record<string, string> = {}) {
  const report = join(dir, `${name}.xml`);
  writeFileSync(
    join(dir, "vitest.config.mjs"),
    "export default { test: { include: ['*.bench.ts'], testTimeout: 100000 } };\n",
  );
  writeFileSync(
    join(dir, `${name}.bench.ts`),
    `import { expect, test } from "vitest";
     import { run } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
     const clocks = { top: "two_clocks", sources: [${JSON.stringify(join(import.meta.dirname, "fixtures/two_clocks.v"))}] };
     ${body}`,
  );
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      ...["run", "--root", dir, "--reporter=default", "--reporter=junit", `--outputFile.junit=${report}`, name],
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (s: string) => {
      text += s;
    });
  await once(child, "close");
  return { code: child.exitCode, text, xml: readFileSync(report, "utf8") };
}

test("JUnit XML and the exit code tell a failing bench, a failure in its background and a passing one apart", async () => {
  const { code, xml } = await vitest(
    "mixed",
    `test("counts", () => run(clocks, { sim: "icarus" }, async (tb) => { await tb.cycles(3); }));
     test("is wrong", () => run(clocks, { sim: "icarus", waves: "off" }, async (tb) => { await tb.cycles(3); expect(tb.cycle).toBe(4); }));
     test("has a task that throws", () => run(clocks, { sim: "icarus", waves: "off" }, async (tb) => {
       tb.start(async () => { await tb.cycles(2); throw new Error("from behind"); }, "helper");
       await tb.cycles(9);
     }));`,
  );
  expect(code).toBe(1);
  expect(xml).toMatch(/<testsuite name="mixed\.bench\.ts"[^>]* tests="3" failures="2" errors="0"/);
  const failures = [...xml.matchAll(/<testcase [^>]*name="([^"]+)"[^>]*>\s*<failure message="([^"]*)"/g)];
  expect(failures.map((m) => m[1])).toEqual(["is wrong", "has a task that throws"]);
  expect(failures[0]![2]).toMatch(
    /^expected 3 to be 4 .*two_clocks on icarus: cycle 3, 25 ns, seed \d+ \(TB_SEED=1\)/s,
  );
  expect(failures[1]![2]).toMatch(/^from behind\s.*cycle 2, 15 ns, task helper, seed/s);
});

test("the global seed is printed, and each test's seed follows from it and the test's name", async () => {
  const body = `test("draws", async () => {
    const draw = async (name: string) => (await run(clocks, { sim: "icarus", name }, async (tb) => tb.rand.u32())).value;
    console.log(["drawn", await draw("a"), await draw("b"), await draw("a")].join(" "));
  });`;
  const drawn = (text: string): string[] => /drawn (\d+) (\d+) (\d+)/.exec(text)!.slice(1);
  const first = await vitest("seeds", body, { TB_SEED: "5" });
  const random = await vitest("seeds", body, { TB_SEED: "random" });
  expect([first.code, random.code]).toEqual([0, 0]);
  expect(first.text).toContain("test bench: global seed 5 (TB_SEED=5 repeats this run)");
  const [a, b, repeated] = drawn(first.text);
  expect([a === b, a === repeated]).toEqual([false, true]);
  const seed = /global seed (\d+) \(TB_SEED=\1 repeats this run\)/.exec(random.text)![1]!;
  const same = await vitest("seeds", body, { TB_SEED: seed });
  expect(drawn(same.text)).toEqual(drawn(random.text));
  expect(drawn(same.text)).not.toEqual(drawn(first.text));
});
