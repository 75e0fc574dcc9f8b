import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

const BASE = 0x58;
const STALLS = 0x5c;

/** Writes and reads beside accesses of axil_control. */
async function check(sim: Simulator, files = sources("axil_memory")): Promise<void> {
  const design = {
    top: "registers",
    sources: [...sources("axil_control"), ...files, join(import.meta.dirname, "registers.v")],
    params: {},
  };
  await run(design, { sim, seed: 4, maxCycles: 20_000 }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    const at = (address: number) => bus.read(address).then(Number);
    tb.signal("stalls").value = 77;
    for (const name of ["error", "aborted"]) tb.signal(name).value = 0;
    await tb.reset(tb.signal("rst"));
    expect(tb.signal("base").value).toBe(0);
    for (let n = 0; n < 20; n++) {
      const address = tb.rand.u32();
      await bus.write(BASE, address);
      // What goes elsewhere changes nothing.
      await bus.write(tb.rand.bool(0.5) ? STALLS : 0x14, tb.rand.u32());
      await tb.cycles(2);
      const page = (address & ~0xfff) >>> 0;
      expect(tb.signal("base").value >>> 0).toBe(page);
      const [error, aborted, stalls] = [tb.rand.int(0, 1), tb.rand.int(0, 2047), tb.rand.u32()];
      tb.signal("aborted").value = aborted;
      tb.signal("error").value = error;
      tb.signal("stalls").value = stalls;
      await tb.cycles(2);
      expect(await at(BASE)).toBe(page + 2 * aborted + error);
      expect(await at(STALLS)).toBe(stalls);
      expect(await at(0x00), "other registers are as they were").toBe(0x41444e54);
    }
  });
}

describe.each(simulators)("axil_memory on %s", (sim) => {
  test("beside axil_control", () => check(sim));
});

test.each<Fault & { name: string }>([
  { name: "takes every address", from: "both && (aw_here ? aw_own : own)", to: "both" },
  { name: "stalls and base changed", from: "s_axil_araddr[2] ? stalls", to: "!s_axil_araddr[2] ? stalls" },
  { name: "an error is not seen", from: "{page, aborted, error}", to: "{page, aborted, 1'b0}" },
  { name: "aborted frames are not seen", from: "{page, aborted, error}", to: "{page, 11'd0, error}" },
  { name: "answers for other registers", from: "!read_here ? 32'd0", to: "1'b0 ? 32'd0" },
  { name: "keeps what was there", from: "if (put) page", to: "if (put && page == 20'd0) page" },
])("axil_memory, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", sources("axil_memory", { from, to }))).rejects.toThrow();
});
