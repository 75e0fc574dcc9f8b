// Every cell in every shape on both simulators.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";

for (const cell of readdirSync(import.meta.dirname)) {
  const file = join(import.meta.dirname, cell, `${cell}.sim.test.ts`);
  if (existsSync(file))
    describe(cell, async () => {
      await import(file);
    });
}
