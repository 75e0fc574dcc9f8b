import { join } from "node:path";
import { expect, test } from "vitest";
import { AxilError, type Design, run, simulators } from "../lib/index.ts";

const registers: Design = { top: "lite_regs", sources: [join(import.meta.dirname, "../lib/fixtures/lite_regs.v")] };

test.each(simulators)("registers keep what is written, %s", async (sim) => {
  await run(registers, { sim, maxCycles: 5000 }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    await tb.reset(tb.signal("rst"));

    const model = [0, 0, 0, 0];
    for (let n = 0; n < 100; n++) {
      const k = tb.rand.int(0, 3);
      if (tb.rand.bool()) {
        model[k] = tb.rand.u32();
        await bus.write(4 * k, model[k]!);
      } else expect(await bus.read(4 * k)).toBe(BigInt(model[k]!));
    }
    await expect(bus.read(0x10)).rejects.toThrow(AxilError);
  });
});
