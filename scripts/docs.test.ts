// Every block of the pages that has commands says how it is run; the reader of the blocks is right.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Block,
  blocksOf,
  consoleSteps,
  hasCommands,
  howOf,
  missingLines,
  pages,
  root,
  sameOutput,
} from "./doc-blocks.ts";

const all = pages().flatMap((p) => blocksOf(p));

test("every command of README and docs is run by a test, or says why not", () => {
  const commands = all.filter(hasCommands);
  expect(commands.length).toBeGreaterThan(20);
  const wrong: string[] = [];
  for (const b of commands)
    try {
      howOf(b);
    } catch (e) {
      wrong.push((e as Error).message);
    }
  expect(wrong).toEqual([]);
});

test("few are not run, each for a reason that no test can mend", () => {
  const reasons = all.filter(hasCommands).flatMap((b) => {
    const how = howOf(b);
    return how.kind === "not run" ? [`${b.page}: ${how.reason}`] : [];
  });
  for (const r of reasons)
    expect(r).toMatch(/board|Vivado|registry|itself|cluster|published|\.test\.ts|by the hour|nothing to run/);
  const tests = ["farm", "generator", "scripts", "testbench"]
    .flatMap((d) => readdirSync(join(root, d), { recursive: true, encoding: "utf8" }))
    .filter((f) => f.endsWith(".test.ts"));
  for (const r of reasons)
    for (const [name] of r.matchAll(/[\w-]+(?:\.\w+)*\.test\.ts/g))
      expect(
        tests.some((t) => basename(t) === name),
        name,
      ).toBe(true);
  expect(reasons.length).toBeLessThan(all.filter(hasCommands).length / 2);
});

test("a mark without commands, or an output without a command before it, is a mistake", () => {
  for (const [i, b] of all.entries()) {
    if (b.mark === undefined) continue;
    if (b.mark === "output") {
      const before = all.slice(0, i).findLast((o) => o.page === b.page && hasCommands(o));
      expect(before, `${b.page}:${b.line}`).toBeDefined();
    } else expect(hasCommands(b), `${b.page}:${b.line}: ${b.mark}`).toBe(true);
  }
});

/** Options of each command of addernet by its words. */
async function commandOptions(): Promise<Map<string, ReadonlySet<string>>> {
  const source = readFileSync(join(root, "generator/cli/cli.ts"), "utf8");
  const found = new Map<string, ReadonlySet<string>>();
  for (const [, name, file] of source.matchAll(/\blist\(\s*"([^"]+)"[\s\S]*?import\("(\.\/commands\/[\w-]+\.ts)"\)/g)) {
    const { command } = await import(join(root, "generator/cli", file!));
    const words = name!.split(" ").filter((w) => /^\w/.test(w));
    const options = Object.entries(command.options as Record<string, { alias?: string }>);
    found.set(
      words.join(" "),
      new Set(["json", "help", "version", ...options.flatMap(([key, o]) => (o.alias ? [key, o.alias] : [key]))]),
    );
  }
  return found;
}

test("commands and options that stand inside sentences and tables exist", async () => {
  const commands = await commandOptions();
  expect(commands.size).toBeGreaterThan(20);
  const any = new Set([...commands.values()].flatMap((o) => [...o]));
  // Options of this project's own programs stand in their sources; of other people's, here.
  const others = new Set(["mem", "partition", "tool", "reporter", "python"]);
  const own = ["bench", "scripts", "testbench", "generator/cli"]
    .flatMap((d) => readdirSync(join(root, d), { recursive: true, encoding: "utf8" }).map((f) => join(root, d, f)))
    .filter((f) => !f.includes("node_modules") && /\.(ts|py)$|scripts\/[\w-]+$/.test(f) && !f.endsWith(".test.ts"))
    .map((f) => readFileSync(f, "utf8"))
    .join("\n");
  const wrong: string[] = [];
  let seen = 0;
  for (const page of pages()) {
    const text = readFileSync(join(root, page), "utf8").replace(/^```[\s\S]*?^```/gm, "");
    for (const [, span] of text.matchAll(/`([^`\n]+)`/g)) {
      const said = /^(?:npx )?addernet ([a-z][\w-]*)(?: ([a-z]+)\b)?/.exec(span!);
      const given = [...span!.matchAll(/(?<![\w-])--(no-)?([a-z][\w-]*)/g)];
      if (said) {
        const options = commands.get(`${said[1]} ${said[2]}`) ?? commands.get(said[1]!);
        const group = [...commands.keys()].some((c) => c.startsWith(`${said[1]} `));
        if (!options && !group) wrong.push(`${page}: ${span}: no command ${said[1]}`);
        for (const [, , name] of options ? given : [])
          if (!options!.has(name!)) wrong.push(`${page}: ${span}: ${said[1]} has no --${name}`);
      } else if (span!.startsWith("--")) {
        for (const [, , name] of given)
          if (
            !any.has(name!) &&
            !others.has(name!) &&
            !new RegExp(`(?:--|["']|^\\s*)${name}(?:["'\\s]|: \\{ type)`, "m").test(own)
          )
            wrong.push(`${page}: ${span}: nothing has --${name}`);
      } else continue;
      seen += given.length;
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(100);
  // It loads every command.
}, 300_000);

describe("the reader", () => {
  const block = (text: string, mark?: string, language = ""): Block => ({ page: "p", line: 1, language, text, mark });
  test("takes blocks with the comment right in front", () => {
    const text = "<!-- run in examples/xor: a=../b T:=x -->\n\n```\naddernet check\n```\ntext\n```sh\nls\n```\n";
    expect(blocksOf("p", text)).toEqual([
      { page: "p", line: 3, language: "", text: "addernet check", mark: "run in examples/xor: a=../b T:=x" },
      { page: "p", line: 7, language: "sh", text: "ls", mark: undefined },
    ]);
    expect(() => blocksOf("p", "```\nopen")).toThrow("not closed");
  });
  test("knows commands, and refuses those without a comment", () => {
    expect(hasCommands(block("addernet check NET"))).toBe(true);
    expect(hasCommands(block("addernet check NET", undefined, "json"))).toBe(false);
    expect(hasCommands(block("q = clamp(x)"))).toBe(false);
    expect(() => howOf(block("addernet check"))).toThrow("not run by any test");
    expect(() => howOf(block("addernet check", "run everywhere"))).toThrow("says nothing that is known");
    expect(howOf(block("x", "nightly in .: NET.json=a/b W:="))).toEqual({
      ...{ kind: "nightly", dir: "." },
      ...{ links: new Map([["NET.json", "a/b"]]), words: new Map([["W", ""]]) },
    });
    expect(howOf(block("$ x", undefined, "console")).kind).toBe("run");
  });
  test("splits a console and compares what is printed", () => {
    expect(consoleSteps("$ a \\\n  b\nsaid\n$ c\n")).toEqual([
      { command: "a \\\n  b", output: "said\n" },
      { command: "c", output: "\n" },
    ]);
    expect(sameOutput("ok, 1.3 s\n...\nend", "ok, 27 s\nx\ny\nend\n")).toBe(true);
    expect(sameOutput("a ... c", "a b c")).toBe(true);
    for (const [page, said] of [
      ["a", "a\nb"],
      ["a\nb", "a"],
      ["a.c", "abc"],
      ["1 of 2", "1 of 3"],
    ] as const)
      expect(sameOutput(page, said), page).toBe(false);
    expect(missingLines("one\nthree", "one\ntwo\nthree")).toEqual([]);
    expect(missingLines("three\none", "one\ntwo\nthree")).toEqual(["one"]);
  });
});
