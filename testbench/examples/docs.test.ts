import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test.each(["counter", "stream", "registers"])("docs/testbench.md shows %s.sim.test.ts as it is", (name) => {
  const docs = readFileSync(join(import.meta.dirname, "../../docs/testbench.md"), "utf8");
  const code = readFileSync(join(import.meta.dirname, `${name}.sim.test.ts`), "utf8").replaceAll(
    '"../lib/index.ts"',
    '"addernet-rtl/testbench"',
  );
  expect(docs).toContain(code);
});
