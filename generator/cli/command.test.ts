// Commands give outcomes; the console alone writes; every file of commands/ is a command that --help lists.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { inputError } from "../diagnostics/diagnostics.ts";
import { main } from "./cli.ts";
import { exitCode, outcomeOf } from "./command.ts";
import { makeConsole } from "./console.ts";
import { UsageError } from "./numbers.ts";

const here = import.meta.dirname;
const sources = [here, join(here, "commands")].flatMap((dir) =>
  readdirSync(dir)
    .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"))
    .map((f) => [f, readFileSync(join(dir, f), "utf8")] as const),
);

afterEach(() => vi.restoreAllMocks());

function stdout(): () => string {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((s) => {
    text += s;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  return () => text;
}

test("only the console writes", () => {
  const writes = /process\.std(out|err)\.write|console\.(log|error|warn)/;
  expect(sources.filter(([, text]) => writes.test(text)).map(([f]) => f)).toEqual(["console.ts"]);
});

test("every command is a file, and every file a command", () => {
  const listed = [...readFileSync(join(here, "cli.ts"), "utf8").matchAll(/import\("\.\/commands\/([\w-]+)\.ts"\)/g)];
  const files = readdirSync(join(here, "commands")).filter((f) => !f.includes(".test."));
  expect(listed.map((m) => `${m[1]}.ts`).sort()).toEqual(files.sort());
});

test("whatever is thrown becomes an outcome, with the exit code of its kind", () => {
  const cases = [
    [new UsageError("--x needs a number"), 2, { usage: ["--x needs a number"] }],
    [inputError({ code: "AN1006", message: "m" }), 1, { diagnostics: [{ code: "AN1006", severity: "error" }] }],
    [Object.assign(new Error("x"), { code: "EACCES", path: "p" }), 1, { diagnostics: [{ code: "AN7001" }] }],
    [new TypeError("x is not a function"), 70, { fault: expect.stringContaining("x is not a function") }],
  ] as const;
  for (const [thrown, code, expected] of cases) {
    const o = outcomeOf(thrown);
    expect(o).toMatchObject({ ok: false, ...expected });
    expect(exitCode(o)).toBe(code);
  }
});

test("a command that failed says so in JSON: a summary of a failure", async () => {
  const dir = mkdtempSync(join(tmpdir(), "outcome-"));
  const file = join(dir, "r.json");
  writeFileSync(file, JSON.stringify({ command: "verify", ok: false, diagnostics: [] }));
  const said = stdout();
  expect(await main(["summary", file, "--json"])).toBe(1);
  expect(JSON.parse(said())).toMatchObject({ command: "summary", ok: false, failed: 1, diagnostics: [] });
  rmSync(dir, { recursive: true });
});

test("an option that had another name is refused with the new one", async () => {
  const said = stdout();
  expect(await main(["build", "n.json", "--kernel", "1", "-o", "out", "--json"])).toBe(2);
  expect(JSON.parse(said()).usage).toBe("Unknown argument: kernel; the option is called --l1 now");
});

test("with --json a warning is part of the outcome, behind what failed", () => {
  const said = stdout();
  const out = makeConsole(true, "build");
  out.warn([{ code: "AN4005", severity: "warning", message: "w" }]);
  out.outcome({ ok: false, diagnostics: [{ code: "AN7001", severity: "error", message: "e" }] });
  const { diagnostics } = JSON.parse(said());
  expect(diagnostics.map((d: { message: string }) => d.message)).toEqual(["e", "w"]);
});
