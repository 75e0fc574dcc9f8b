// Runs the commands of the pages: a test for each block, a sandbox for each page.
import { afterAll, describe, expect, test } from "vitest";
import { blocksOf, hasCommands, howOf, missingLines, pages, Sandbox } from "./doc-blocks.ts";

/** The blocks of one sort; those of the other sort run as well where a later one needs what they write. */
export function runPages(kind: "run" | "nightly"): void {
  for (const page of pages()) {
    // The tutorial has a test of its own, which knows which of its numbers are no matter of the page.
    if (page === "examples/xor/README.md") continue;
    const blocks = blocksOf(page).filter((b) => hasCommands(b) || b.mark === "output");
    const how = blocks.map((b) => howOf(b));
    if (!how.some((h) => h.kind === kind)) continue;
    describe(page, () => {
      const box = new Sandbox();
      afterAll(() => box.remove());
      let said = "";
      // What the last block with commands is in this run: an output belongs to it.
      let ran = false;
      for (const [i, b] of blocks.entries()) {
        const h = how[i]!;
        if (h.kind !== "output") ran = h.kind === "run" || h.kind === kind;
        if (!ran) continue;
        const first = b.text.split("\n").find((l) => l.trim() !== "")!;
        test(`line ${b.line}: ${first.slice(0, 80)}`, () => {
          if (h.kind === "output") expect(missingLines(b.text, said), said).toEqual([]);
          else said = box.run(b);
        });
      }
    });
  }
}
