import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

const READ_BACK = 0x50;
const WORD = 0x54;

/** Reads of both kinds beside accesses of axil_control. */
async function check(sim: Simulator, files = sources("axil_readback")): Promise<void> {
  const design = {
    top: "registers",
    sources: [...sources("axil_control"), ...files, join(import.meta.dirname, "registers.v")],
    params: {},
  };
  await run(design, { sim, seed: 4, maxCycles: 40_000 }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    const at = (address: number) => bus.read(address).then(Number);
    tb.signal("hold").value = 0;
    const source = tb.axisSource("s_axis", { pause: 0.5 });
    const starts: number[] = [];
    await tb.reset(tb.signal("rst"));
    tb.clk.onEdge(() => {
      const start = tb.signal("start").value;
      if (start !== 0) starts.push(start);
    });
    expect(await at(READ_BACK)).toBe(0);
    for (let n = 0; n < 12; n++) {
      const kind = tb.rand.int(1, 3);
      // What goes elsewhere asks for nothing, nor do other bits.
      await bus.write(tb.rand.bool(0.5) ? WORD : 0x14, 3);
      await bus.write(READ_BACK, 0xfffffffc);
      await tb.cycles(2);
      expect(starts.splice(0)).toEqual([]);
      await bus.write(READ_BACK, kind);
      await tb.cycles(2);
      expect(starts.splice(0)).toEqual([kind]);
      expect(await at(READ_BACK)).toBe(1);
      expect(await at(WORD), "no word yet").toBe(0);
      const words = Array.from({ length: tb.rand.int(1, 6) }, () => tb.rand.u32() | 1);
      const sent = source.send(words.map((w) => BigInt(w >>> 0)));
      for (const [i, word] of words.entries()) {
        let status = 0;
        while ((status & 2) === 0) status = await at(READ_BACK);
        expect(status, `word ${i}`).toBe(i === words.length - 1 ? 7 : 3);
        // Other reads do not take it, and another start is none.
        expect(await at(0x00)).toBe(0x41444e54);
        await bus.write(READ_BACK, 1);
        expect(await at(WORD)).toBe(word >>> 0);
      }
      await sent;
      expect(await at(READ_BACK), "it is over").toBe(0);
      expect(starts.splice(0), "a start while one is under way").toEqual([]);
    }
    // A reset of the accelerator ends it.
    await bus.write(READ_BACK, 1);
    await tb.cycles(2);
    tb.signal("hold").value = 1;
    await tb.cycles(2);
    tb.signal("hold").value = 0;
    expect(await at(READ_BACK)).toBe(0);
  });
}

describe.each(simulators)("axil_readback on %s", (sim) => {
  test("beside axil_control", () => check(sim));
});

test.each<Fault & { name: string }>([
  { name: "takes every address", from: "both && (aw_here ? aw_own : own)", to: "both" },
  { name: "starts while one is under way", from: "own) && !busy)", to: "own))" },
  { name: "any read takes the word", from: "read_here && s_axil_araddr[2]", to: "read_here" },
  {
    name: "the last word is not marked",
    from: "s_axis_tvalid && s_axis_tlast, s_axis_tvalid, busy",
    to: "1'b0, s_axis_tvalid, busy",
  },
  {
    name: "does not end",
    from: "s_axis_tready && s_axis_tlast) busy <= 1'b0",
    to: "s_axis_tready && s_axis_tlast) busy <= busy",
  },
  { name: "a reset does not end it", from: "if (rst || hold) begin", to: "if (rst) begin" },
  { name: "answers for other registers", from: "!read_here ? 32'd0", to: "1'b0 ? 32'd0" },
  { name: "kinds exchanged", from: "s_axil_wdata[1:0] : 2'd0", to: "{s_axil_wdata[0], s_axil_wdata[1]} : 2'd0" },
])("axil_readback, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", sources("axil_readback", { from, to }))).rejects.toThrow();
});
