import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BuildError, run } from "../../lib/index.ts";
import { type Simulator, simulators, template } from "../stream.ts";

const BEATS_IN = 3;
const BEATS_OUT = 2;
const CONTROL = 0x10;
const STATUS = 0x14;
const FRAMES_IN = 0x18;
const FRAMES_OUT = 0x1c;
const IN_STALL = 0x20;
const OUT_STALL = 0x28;
const BUSY = 0x30;

/**
 * Random handshakes on both streams and accesses of the registers between them, against a model that counts beside the
 * cell. The bench plays the accelerator: it takes when it likes and owes BEATS_OUT beats for BEATS_IN.
 */
async function exercise(sim: Simulator, source = template("axil_control")): Promise<void> {
  const design = { top: "axil_control", sources: [source], params: { BEATS_IN } };
  await run(design, { sim, seed: 5, maxCycles: 20_000, waves: "off", name: "axil_control" }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    const s = (name: string) => tb.signal(name);
    const high = (name: string) => s(name).value === 1;
    const rest = () => {
      for (const name of ["in_tvalid", "in_tlast", "core_in_tready", "core_out_tvalid", "core_out_tlast", "out_tready"])
        s(name).value = 0;
    };
    rest();
    await tb.reset(s("rst"));
    const none = { framesIn: 0, framesOut: 0, inStall: 0, outStall: 0, busy: 0, misplaced: 0 };
    let model = { ...none };
    let [beat, outBeat, owed] = [0, 0, 0];

    // Sees every clock, those of the bus too.
    tb.start(async () => {
      for (;;) {
        await tb.rising();
        const reset = high("core_rst");
        expect(high("core_in_tvalid")).toBe(high("in_tvalid") && !reset);
        expect(high("in_tready")).toBe(high("core_in_tready") || reset);
        expect(high("out_tvalid")).toBe(high("core_out_tvalid") && !reset);
        expect(high("core_out_tready")).toBe(high("out_tready"));
        expect(high("busy")).toBe(beat > 0 || model.framesIn !== model.framesOut);
        if (high("busy")) model.busy++;
        if (high("core_in_tvalid") && !high("core_in_tready")) model.inStall++;
        if (high("out_tvalid") && !high("out_tready")) model.outStall++;
        if (high("core_in_tvalid") && high("core_in_tready")) {
          if (high("in_tlast") && beat !== BEATS_IN - 1) model.misplaced = 1;
          beat = (beat + 1) % BEATS_IN;
          if (beat === 0) {
            model.framesIn++;
            owed += BEATS_OUT;
          }
        }
        if (high("out_tvalid") && high("out_tready")) {
          outBeat = (outBeat + 1) % BEATS_OUT;
          owed--;
          if (outBeat === 0) model.framesOut++;
        }
        if (reset) {
          model = { ...none };
          [beat, outBeat, owed] = [0, 0, 0];
        }
      }
    }, "monitor");

    /** Some clocks of both streams; an offer stays until it is taken. */
    const traffic = async (clocks: number) => {
      for (let i = 0; i < clocks; i++) {
        await tb.falling();
        if (!high("in_tvalid") && tb.rand.bool()) {
          s("in_tvalid").value = 1;
          s("in_tlast").value = (beat === BEATS_IN - 1) !== (tb.rand.int(0, 29) === 0) ? 1 : 0;
        }
        if (!high("core_out_tvalid") && owed > 0 && tb.rand.bool()) {
          s("core_out_tvalid").value = 1;
          s("core_out_tlast").value = outBeat === BEATS_OUT - 1 ? 1 : 0;
        }
        s("core_in_tready").value = tb.rand.bool() ? 1 : 0;
        s("out_tready").value = tb.rand.bool() ? 1 : 0;
        await tb.rising();
        const [taken, given] = [high("in_tvalid") && high("in_tready"), high("out_tvalid") && high("out_tready")];
        await tb.falling();
        if (taken) s("in_tvalid").value = 0;
        if (given) s("core_out_tvalid").value = 0;
        s("core_in_tready").value = 0;
        s("out_tready").value = 0;
      }
      rest();
      await tb.cycles(2);
    };
    const read = async (address: number) => Number(await bus.read(address));
    const between = async (address: number, count: () => number) => {
      const before = count();
      const got = await read(address);
      expect(got).toBeGreaterThanOrEqual(before);
      expect(got).toBeLessThanOrEqual(count());
    };

    expect(await read(0x00)).toBe(0x41444e54);
    expect(await read(0x04)).toBe(1);
    expect(await read(0x40)).toBe(28);
    expect(await read(0x44), "behind the last word").toBe(0);
    expect(await read(0x3c), "between the registers").toBe(0);

    // By hand: data long before its address, and answers that wait until the master is ready.
    const offer = async (channel: "aw" | "w" | "ar") => {
      s(`s_axil_${channel}valid`).value = 1;
      await tb.until(() => high(`s_axil_${channel}ready`));
      s(`s_axil_${channel}valid`).value = 0;
    };
    s("s_axil_wdata").value = 0;
    s("s_axil_wstrb").value = 15;
    await offer("w");
    await tb.cycles(3);
    expect(high("s_axil_bvalid"), "an answer without an address").toBe(false);
    s("s_axil_awaddr").value = CONTROL;
    await offer("aw");
    s("s_axil_araddr").value = 0;
    await offer("ar");
    await tb.cycles(5);
    expect(high("s_axil_bvalid")).toBe(true);
    expect(high("s_axil_rvalid")).toBe(true);
    expect(s("s_axil_rdata").value).toBe(0x41444e54);
    s("s_axil_bready").value = 1;
    s("s_axil_rready").value = 1;
    await tb.rising();
    s("s_axil_bready").value = 0;
    s("s_axil_rready").value = 0;
    await tb.cycles(2);
    expect(high("s_axil_bvalid") || high("s_axil_rvalid"), "one answer each").toBe(false);

    let lies = 0;
    for (let round = 0; round < 16; round++) {
      await traffic(tb.rand.int(1, 40));
      lies += model.misplaced;
      expect(await read(FRAMES_IN)).toBe(model.framesIn);
      expect(await read(FRAMES_OUT)).toBe(model.framesOut);
      expect(await read(STATUS)).toBe(s("busy").value + 2 * model.misplaced);
      expect(await read(IN_STALL)).toBe(model.inStall);
      expect(await read(IN_STALL + 4)).toBe(0);
      expect(await read(OUT_STALL)).toBe(model.outStall);
      await between(BUSY, () => model.busy);
      expect(await read(BUSY + 4)).toBe(0);
      if (round % 4 === 1) {
        // Writes elsewhere, and without the byte's strobe, change nothing.
        await bus.write(STATUS, 0xffffffff);
        await bus.write(FRAMES_IN, 1);
        await bus.write(CONTROL, 1, 0b1110);
        expect(await read(CONTROL)).toBe(0);
        expect(s("core_rst").value).toBe(0);
      }
      if (round % 4 === 3) {
        await bus.write(CONTROL, 0xffffffff);
        expect(await read(CONTROL)).toBe(1);
        expect(s("core_rst").value).toBe(1);
        expect(await read(STATUS)).toBe(4);
        // What comes is taken and dropped, and nothing leaves: the monitor looks.
        s("in_tvalid").value = 1;
        s("core_out_tvalid").value = 1;
        await tb.cycles(7);
        rest();
        await bus.write(CONTROL, 0);
        expect(await read(CONTROL)).toBe(0);
        for (const a of [STATUS, FRAMES_IN, FRAMES_OUT, IN_STALL, OUT_STALL, BUSY]) expect(await read(a)).toBe(0);
      }
    }
    expect(lies, "the model has seen a misplaced tlast").toBeGreaterThan(0);
  });
}

describe.each(simulators)("axil_control on %s", (sim) => {
  test("registers, counters and soft reset", () => exercise(sim));
});

test.each([
  ["frames end with tlast", "if (in_end) frames_in <=", "if (in_tlast) frames_in <="],
  ["a stall counts every offer", "if (core_in_tvalid && !core_in_tready) in_stall", "if (core_in_tvalid) in_stall"],
  ["the output's stall counts when it rests", "if (out_tvalid && !out_tready)", "if (!out_tready)"],
  ["busy forgets the frames inside", " || frames_in != frames_out", ""],
  ["the strobe is not read", "w_byte <= s_axil_wstrb[0];", "w_byte <= 1'b1;"],
  ["every write is CONTROL's", "if (w_byte && aw_word == 4)", "if (w_byte)"],
  [
    "the input waits in reset",
    "assign in_tready       = core_in_tready || core_rst;",
    "assign in_tready = core_in_tready;",
  ],
  ["the output goes on in reset", "core_out_tvalid && !core_rst;", "core_out_tvalid;"],
  [
    "the reset keeps the place in the frame",
    "if (core_rst) begin\n            beat        <=",
    "if (core_rst) begin\n            beat        <= beat; //",
  ],
  ["an unread answer is overwritten", "if (s_axil_rready) s_axil_rvalid <= 1'b0;", "s_axil_rvalid <= 1'b0;"],
])("axil_control, mutant: %s", async (_, find, replace) => {
  const text = readFileSync(template("axil_control"), "utf8");
  expect(text.split(find).length - 1, find).toBe(1);
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  try {
    const source = join(folder, "axil_control.v");
    writeFileSync(
      source,
      text.replace(find, () => replace),
    );
    const outcome = await exercise("icarus", source).then(
      () => "survived",
      (e) => {
        if (e instanceof BuildError) throw e;
        return "killed";
      },
    );
    expect(outcome).toBe("killed");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
