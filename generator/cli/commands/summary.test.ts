// Results of other commands as a page, as annotations and as JUnit; the doctor; watching a file.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main } from "../cli.ts";
import { makeConsole } from "../console.ts";
import { watch } from "../watch.ts";
import { doctor } from "./doctor.ts";
import { annotations, junit, markdown } from "./summary.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "summary-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

/** What is printed on both streams meanwhile. */
async function printed(what: () => unknown): Promise<string> {
  let text = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((s) => {
      text += s;
      return true;
    });
  await what();
  return text;
}

const hostile = "a|b <img src=x> `code` [link](http://x) %0A\n::error ::no";
const failed = {
  command: "check",
  ok: false,
  diagnostics: [
    {
      code: "AN1002",
      message: hostile,
      hint: "so, or so",
      severity: "error",
      place: { file: "a,b:c.json", line: 3, column: 7 },
    },
  ],
};
const passed = {
  command: "verify",
  ok: true,
  network: "net",
  results: [{ sim: "verilator", frames: 2, streams: 7, values: 28, latency: 49, interval: 4, stall: 0.3 }],
};

describe("summary", () => {
  test("a page: hostile names end no cell and start no markup", () => {
    const page = markdown([failed, passed]);
    expect(page).toContain("| **failed** | check |");
    expect(page).toContain("| passed | verify net | verilator: 2 images equal at 7 streams |");
    expect(page).toContain("| verilator | 2 | 7 | 28 | 0.3 | 49 | 4 |");
    expect(page).not.toContain("<img");
    expect(page).toContain("a\\|b");
    expect(
      page
        .split("\n")
        .filter((l) => l.startsWith("| "))
        .every((l) => l.endsWith(" |")),
    ).toBe(true);
  });

  test("annotations are one line each, at the place", () => {
    const lines = annotations([failed, passed]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^::error file=a%2Cb%3Ac\.json,line=3,col=7,title=addernet AN1002::a\|b/);
    expect(lines[0]).not.toContain("\n");
    expect(lines[0]).toContain("%250A%0A");
  });

  test("JUnit counts what failed", () => {
    const text = junit([failed, passed]);
    expect(text).toContain('<testsuite name="check" tests="1" failures="1">');
    expect(text).toContain('<testcase classname="addernet.verify" name="verilator, stalls 0.3"></testcase>');
    expect(text).not.toContain("<img");
  });

  test("the command fails where a result failed, and writes what it is asked to", async () => {
    const results = join(dir, "results");
    mkdirSync(results);
    writeFileSync(join(results, "1.json"), JSON.stringify(passed));
    writeFileSync(join(results, "2.json"), JSON.stringify(failed));
    const [page, xml] = [join(dir, "page.md"), join(dir, "out.xml")];
    const said = await printed(async () => {
      expect(await main(["summary", join(results, "1.json")])).toBe(0);
      expect(await main(["summary", results, "-o", page, "--junit", xml])).toBe(1);
      expect(await main(["summary", dir])).toBe(1);
    });
    expect(said).toContain("error AN8102: ");
    expect(readFileSync(page, "utf8")).toBe(markdown([passed, failed]));
    expect(readFileSync(xml, "utf8")).toBe(junit([passed, failed]));
  });
});

test("the doctor names every tool, its version or how to get it", async () => {
  vi.stubEnv("PATH", dir);
  writeFileSync(join(dir, "iverilog"), "#!/bin/sh\necho 'Icarus Verilog version 10.3 (stable)'\n", { mode: 0o755 });
  const text = await printed(() => doctor(makeConsole(false, "doctor")));
  vi.unstubAllEnvs();
  expect(text).toMatch(/^too old +iverilog +10\.3 /m);
  expect(text).toMatch(/^missing +g\+\+ /m);
  expect(text).toContain("  g++: Debian, Ubuntu: apt-get install g++ zlib1g-dev");
  expect(text).toMatch(/^no {3}verify$/m);
  expect(text).toMatch(/^yes {2}check, quantize, infer, build, export$/m);
});

/** The problem matcher of docs/ci.md. */
function matcher() {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/ci.md"), "utf8");
  const text = /```json\n(\{\n {2}"version": "2\.0\.0"[\s\S]*?)```/.exec(page)![1]!;
  return JSON.parse(text).tasks[0].problemMatcher as {
    pattern: Record<string, string | number>[];
    background: { beginsPattern: string; endsPattern: string };
  };
}

/** Problems that an editor would find in a text, by its matcher of two lines. */
function problems(text: string, pattern: Record<string, string | number>[]) {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    const [first, second] = pattern as [Record<string, string>, Record<string, string>];
    const a = new RegExp(first.regexp!).exec(line);
    const b = a && new RegExp(second.regexp!).exec(lines[i + 1] ?? "");
    const at = (m: RegExpExecArray, n: unknown) => m[Number(n)];
    return a && b
      ? [
          {
            severity: at(a, first.severity),
            code: at(a, first.code),
            message: at(a, first.message),
            file: at(b, second.file),
            line: at(b, second.line),
            column: at(b, second.column),
          },
        ]
      : [];
  });
}

test("check --watch checks again at a change, in the words that the documented problem matcher reads", async () => {
  const file = join(dir, "net.json");
  const text = readFileSync(join(import.meta.dirname, "../../../examples/xor/network.json"), "utf8");
  writeFileSync(file, text);
  const stop = new AbortController();
  let runs = 0;
  const said = await printed(async () => {
    const { check } = await import("./check.ts");
    const out = makeConsole(false, "check");
    const done = watch(
      file,
      () => {
        runs++;
        return check(file, out);
      },
      out,
      stop.signal,
    );
    await sleep(300);
    expect(runs).toBe(1);
    writeFileSync(file, text.replace('"units"', '"unitz"'));
    appendFileSync(file, "\n");
    for (let i = 0; i < 100 && runs < 2; i++) await sleep(50);
    stop.abort();
    await done;
  });
  expect(runs).toBe(2);
  const { pattern, background } = matcher();
  expect(problems(said, pattern)).toEqual([
    { severity: "error", code: "AN1002", message: 'unknown key "unitz"', file, line: "8", column: expect.any(String) },
  ]);
  const count = (p: string) => said.split("\n").filter((l) => new RegExp(p).test(l)).length;
  expect(count(background.beginsPattern)).toBe(2);
  expect(count(background.endsPattern)).toBe(2);
});

test("every example names its schema, for editors", () => {
  const examples = join(import.meta.dirname, "../../../examples");
  const networks = readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".json"))
    .map((f) => join(examples, f))
    .filter((f) => JSON.parse(readFileSync(f, "utf8")).format === "addernet-rtl/1");
  expect(networks.length).toBeGreaterThan(6);
  for (const file of networks) {
    const { $schema } = JSON.parse(readFileSync(file, "utf8"));
    expect(typeof $schema, file).toBe("string");
    const schema = JSON.parse(readFileSync(join(dirname(file), $schema), "utf8"));
    expect(schema.title).toBe("addernet-rtl network");
  }
});
