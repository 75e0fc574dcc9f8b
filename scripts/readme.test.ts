// The README's example is a network, and its figures are the measured ones.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { main } from "../generator/cli/cli.ts";
import { load } from "../generator/index.ts";
import { root } from "../testbench/nets/build.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("README.md");

test("the network on the first screen is one, and the same as the tutorial's", () => {
  const text = /```json\n([\s\S]*?)```/.exec(page)![1]!;
  const loaded = load(text, () => {
    throw new Error("weights are inline");
  });
  expect(loaded.ok).toBe(true);
  const { layers } = JSON.parse(text);
  expect(layers).toEqual(JSON.parse(read("examples/xor/network.json")).layers);
});

test("the Verilog on the first screen is what that network becomes", async () => {
  const shown = /```verilog\n([\s\S]*?)```/.exec(page)![1]!;
  const dir = mkdtempSync(join(tmpdir(), "addernet-readme-"));
  const quiet = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  try {
    expect(await main(["build", join(root, "examples/xor/network.json"), "-o", join(dir, "xor")])).toBe(0);
    const text = readFileSync(join(dir, "xor/rtl/xor_mlp_hidden.v"), "utf8");
    // The list of ports that follows is left out.
    expect(shown).toMatch(/ \.\.\.\n$/);
    expect(text).toContain(shown.replace(/ \.\.\.\n$/, ""));
  } finally {
    quiet.mockRestore();
    rmSync(dir, { recursive: true, force: true });
  }
});

test("figures of logic are those of the measurements, in the picture too", () => {
  const rows = [...page.matchAll(/^\| (?:.*, )?(7 series|iCE40|ECP5) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+ %) \|$/gm)];
  expect(rows).toHaveLength(3);
  const measured = read("bench/README.md");
  const picture = read("docs/pictures/logic.svg");
  const column = (name: RegExp) =>
    name
      .exec(measured)![1]!
      .split("|")
      .map((v) => v.trim());
  const smaller = column(/^\| 8 \| the smaller kernel \|(.*)\|$/m);
  const multiplier = column(/^\| \| multiplier \|(.*)\|$/m);
  rows.forEach(([, , a, b], i) => {
    expect(a).toBe(smaller[i]);
    expect(b).toBe(multiplier[i]);
    for (const v of [a, b]) expect(picture).toContain(v);
  });
});

test("links lead to files, commands exist", async () => {
  for (const [, path] of page.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
    expect(existsSync(join(root, path!)), path).toBe(true);
  const source = read("generator/cli/cli.ts");
  const named = new Set([...page.matchAll(/addernet ([a-z][a-z-]+)\b/g)].map((m) => m[1]!));
  for (const name of named)
    if (!["verify", "import"].includes(name)) expect(source, name).toMatch(new RegExp(`"${name}(?: |")`));
  expect(typeof main).toBe("function");
});
