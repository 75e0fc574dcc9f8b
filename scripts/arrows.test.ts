// Each rule of .dependency-cruiser.cjs is shown a small tree that breaks it, and one that does not.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, test } from "vitest";

const { forbidden, options } = createRequire(import.meta.url)("../.dependency-cruiser.cjs");

/** Names of the rules that a tree breaks, given as imports: each entry is a file and the import lines in it. */
async function broken(tree: Record<string, string>): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "arrows-"));
  try {
    for (const folder of ["generator", "golden", "testbench", "scripts"]) mkdirSync(join(dir, folder));
    writeFileSync(join(dir, "tsconfig.json"), "{}");
    for (const [file, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), `${text}\n`);
    }
    const { tsConfig: _, ...rest } = options;
    const result = await cruise(["generator", "golden", "testbench", "scripts"], {
      ...rest,
      baseDir: dir,
      validate: true,
      ruleSet: { forbidden },
    });
    const found = (result.output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
    return [...new Set(found)].sort();
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const leaf = "export const x = 1; export type T = number;";

const violations: [rule: string, file: string, target: string, text?: string][] = [
  ["3-infer-not-to-later-stage", "generator/3-infer/a.ts", "generator/5-schedule/b.ts"],
  ["1-parse-not-to-later-stage", "generator/1-parse/a.ts", "generator/7-emit/b.ts"],
  ["stages-not-to-pipeline", "generator/2-graph/a.ts", "generator/compile.ts"],
  ["stages-not-to-pipeline", "generator/layers/relu/a.ts", "generator/index.ts"],
  ["compile-not-to-cli", "generator/compile.ts", "generator/cli/files.ts"],
  ["compile-not-to-cli", "generator/device/flow/a.ts", "generator/cli/files.ts"],
  ["stages-not-to-pipeline", "generator/5-schedule/a.ts", "generator/verify/verify.ts"],
  ["stages-not-to-device", "generator/6-lower/a.ts", "generator/device/model/b.ts"],
  ["stages-not-to-device", "generator/targets/a.ts", "generator/device/shell/b.ts"],
  ["layers-not-to-stages", "generator/layers/relu/a.ts", "generator/2-graph/b.ts"],
  ["layer-not-to-layer", "generator/layers/relu/a.ts", "generator/layers/add/b.ts"],
  ["kind-not-to-kind", "generator/layers/conv.ts", "generator/layers/linear.ts"],
  ["emit-not-to-graph", "generator/7-emit/a.ts", "generator/ir/graph.ts"],
  ["emit-not-to-graph", "generator/7-emit/a.ts", "generator/layers/window.ts"],
  ["ir-stands-alone", "generator/ir/a.ts", "generator/diagnostics/codes.ts"],
  ["generator-to-golden-arith", "generator/layers/relu/a.ts", "golden/layers/relu.ts"],
  ["quantize-to-golden-arith-and-float", "generator/4-quantize/a.ts", "golden/layers/relu.ts"],
  ["generator-not-to-users", "generator/compile.ts", "testbench/lib/index.ts"],
  ["golden-not-to-generator", "golden/run.ts", "generator/index.ts"],
  ["golden-tests-to-files", "golden/run.test.ts", "generator/layers/relu/a.ts"],
  ["golden-types-only", "golden/run.ts", "generator/ir/graph.ts"],
  ["golden-not-to-users", "golden/run.ts", "testbench/lib/index.ts"],
  ["generator-not-to-users", "generator/device/model/a.ts", "testbench/lib/index.ts"],
  ["device-flow-to-children", "generator/device/flow/a.ts", "testbench/lib/index.ts"],
  ["testbench-to-public-api", "testbench/nets/a.ts", "generator/compile.ts"],
  ["bench-library-stands-alone", "testbench/lib/a.ts", "generator/index.ts"],
  ["bench-library-stands-alone", "testbench/lib/a.ts", "golden/index.ts"],
];

function importOf(file: string, target: string, types = false): string {
  const up = "../".repeat(file.split("/").length - 1);
  return `import ${types ? "type { T }" : "{ x }"} from "${up}${target}"; export const y${types ? ": T = 1" : " = x"};`;
}

test.each(violations)("%s: %s -> %s", async (rule, file, target) => {
  expect(await broken({ [file]: importOf(file, target), [target]: leaf })).toContain(rule);
});

test("a cycle", async () => {
  const tree = {
    "generator/a.ts": `import { x } from "./b.ts"; export const y = x;`,
    "generator/b.ts": `import { y } from "./a.ts"; export const x = y;`,
  };
  expect(await broken(tree)).toContain("no-cycles");
  const types = { ...tree, "generator/b.ts": `import type { y } from "./a.ts"; export const x: typeof y = 1;` };
  expect(await broken(types)).toContain("no-cycles");
});

test.each(["node:fs", "fs", "node:fs/promises", "node:process", "node:child_process"])(
  "%s outside the command line",
  async (core) => {
    const text = `import * as core from "${core}"; export const y = core;`;
    expect(await broken({ "generator/compile.ts": text })).toEqual(["only-cli-touches-the-system"]);
    expect(await broken({ "generator/cli/read.ts": text, "generator/device/flow/run.ts": text })).toEqual([]);
  },
);

const allowed: [file: string, target: string, types?: boolean][] = [
  ["generator/cli/cli.ts", "generator/compile.ts"],
  ["generator/cli/verify.ts", "testbench/lib/index.ts"],
  ["generator/compile.ts", "generator/3-infer/infer.ts"],
  ["generator/5-schedule/a.ts", "generator/3-infer/infer.ts"],
  ["generator/3-infer/a.ts", "generator/layers/registry.ts"],
  ["generator/layers/registry.ts", "generator/layers/relu/index.ts"],
  ["generator/layers/relu/index.ts", "generator/layers/window.ts"],
  ["generator/layers/conv.ts", "generator/layers/window.ts"],
  ["generator/layers/relu/index.ts", "golden/arith/requant.ts"],
  ["generator/4-quantize/calibrate.ts", "golden/float/run.ts"],
  ["golden/run.ts", "generator/ir/graph.ts", true],
  ["golden/run.test.ts", "generator/files/npy.ts"],
  ["testbench/nets/run.ts", "golden/index.ts"],
  ["testbench/nets/run.ts", "generator/index.ts"],
  ["testbench/nets/run.ts", "generator/verify/verify.ts"],
  ["generator/verify/verify.ts", "testbench/lib/index.ts"],
  ["generator/device/flow/tools.ts", "testbench/lib/children.ts"],
  ["generator/device/model/budget.ts", "generator/6-lower/lower.ts"],
  ["generator/7-emit/a.ts", "generator/ir/hw.ts", true],
];

test.each(allowed)("%s -> %s is fine", async (file, target, types) => {
  expect(await broken({ [file]: importOf(file, target, types), [target]: leaf })).toEqual([]);
});
