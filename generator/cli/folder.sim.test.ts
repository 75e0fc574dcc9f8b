// addernet verify DIR: the folder as it lies there.
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { root } from "../../testbench/nets/build.ts";
import { folder } from "../../testbench/nets/tools.ts";
import { main } from "./cli.ts";

async function verifyCopy(change: (dir: string) => void) {
  const dir = folder();
  cpSync(join(root, "rtl-out/example"), dir, { recursive: true });
  change(dir);
  let text = "";
  const spies = [process.stdout, process.stderr].map((s) =>
    vi.spyOn(s, "write").mockImplementation((t) => {
      text += t;
      return true;
    }),
  );
  try {
    const code = await main(["verify", dir, "--simulator", "icarus", "--count", "1"]);
    return { code, text };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}

const weights = "mem/tiny_conv2_weights.mem";
function flip(dir: string): string {
  const lines = readFileSync(join(dir, weights), "utf8").split("\n");
  lines[40] = (Number.parseInt(lines[40]!, 16) ^ 8).toString(16).padStart(lines[40]!.length, "0");
  const text = lines.join("\n");
  writeFileSync(join(dir, weights), text);
  return text;
}

test("a folder that nobody touched, against the integers in it", async () => {
  const { code, text } = await verifyCopy(() => {});
  expect(text).toMatch(/\d+ files are as addernet build wrote them\nicarus: 1 images equal at \d+ streams/);
  expect(code).toBe(0);
});

test("a changed file is named", async () => {
  const { code, text } = await verifyCopy(flip);
  expect(text).toMatch(/^error AN8007: .*mem\/tiny_conv2_weights\.mem differs from what addernet build wrote/);
  expect(code).toBe(1);
});

test("memory that was wrong from the start differs from the integers", async () => {
  const { code, text } = await verifyCopy((dir) => {
    const path = join(dir, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.checksums[weights] = createHash("sha256").update(flip(dir)).digest("hex");
    writeFileSync(path, JSON.stringify(manifest));
  });
  expect(text).toMatch(/^error AN8003: icarus: "conv2\.acc" differs/m);
  expect(code).toBe(1);
});

test("manifests that are none, files outside, options of a build", async () => {
  const changed = (patch: object) => (dir: string) => {
    const path = join(dir, "manifest.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...patch }));
  };
  for (const patch of [{ format: "x" }, { top: "a;b" }, { checksums: {} }, { checksums: { "../x": "" } }]) {
    const { code, text } = await verifyCopy(changed(patch));
    expect(text).toMatch(/^error AN8007: /);
    expect(code).toBe(1);
  }
});
