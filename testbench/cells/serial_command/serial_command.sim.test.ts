import { describe, expect, test } from "vitest";
import { run, stallCorners } from "../../lib/index.ts";
import { type Fault, source } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

const IDLE = 40;
const code = (c: string) => c.charCodeAt(0);

async function check(sim: Simulator, idle: number, stall: number, file = source("serial_command"), READ = 1) {
  const design = { top: "serial_command", sources: [file], params: { IDLE, READ } };
  await run(design, { sim, seed: 5, maxCycles: 60_000, waves: "off" }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    for (const name of ["byte_data", "byte_valid", "byte_broken", "frame_whole", "load_over", "held", "status"])
      s(name).value = 0;
    const answers = tb.axisSource("s_axis", { pause: idle });
    const back = tb.axisSource("s_back", { pause: idle });
    const starts: number[] = [];
    const out = tb.axisSink("m_axis", { pause: stall });
    tb.protocolCheck("m_axis");
    await tb.reset(s("rst"));
    const memory: number[] = [];
    const seen = { frame: [] as number[], load: [] as number[], gaveUp: 0, broken: 0 };
    tb.clk.onEdge(() => {
      const byte = s("byte_data").value;
      if (s("frame_valid").value) seen.frame.push(byte);
      if (s("load_valid").value) seen.load.push(byte);
      if (s("memory_valid").value) memory.push(byte);
      if (s("load_give_up").value) seen.gaveUp++;
      if (s("frame_broken").value) seen.broken++;
      if (s("back_start").value) starts.push(s("back_start").value);
    });
    const pulse = async (name: string) => {
      s(name).value = 1;
      await tb.cycles(1);
      s(name).value = 0;
    };
    const give = async (...bytes: number[]) => {
      for (const byte of bytes) {
        s("byte_data").value = byte;
        await pulse("byte_valid");
        await tb.cycles(3);
      }
    };
    const reset = () => Object.assign(seen, { frame: [], load: [], gaveUp: 0, broken: 0 });
    const status = async () => Array.from((await out.recv()).numbers);
    const silent = () => tb.cycles(IDLE + 20);

    // A frame whose bytes look like commands; behind it the next message begins at once.
    await give(code("F"), code("W"), code("S"), code("F"));
    await pulse("frame_whole");
    s("status").value = 0x21;
    await give(code("S"));
    expect(await status()).toEqual([0x21]);
    expect(seen).toEqual({ frame: ["W", "S", "F"].map(code), load: [], gaveUp: 0, broken: 0 });

    // A weight image: what comes behind its end, and a command among its bytes, is dropped.
    reset();
    await give(code("W"), 1, code("S"), 3);
    s("status").value = 0x02;
    await pulse("load_over");
    await give(code("F"), 9);
    await silent();
    expect(out.empty(), "no answer while it is being loaded").toBe(true);
    s("status").value = 0x01;
    expect(await status()).toEqual([0x01]);
    expect(seen).toEqual({ frame: [], load: [1, code("S"), 3], gaveUp: 0, broken: 0 });

    // A set for memory takes all bytes up to the silence, whatever they are; no frame or image is given up with it.
    reset();
    await give(code("M"), code("S"), code("W"), 5);
    expect(s("memory_open").value).toBe(1);
    await silent();
    expect(s("memory_open").value).toBe(0);
    expect(await status()).toEqual([0x01]);
    expect(memory).toEqual([code("S"), code("W"), 5]);
    expect(seen).toEqual({ frame: [], load: [], gaveUp: 0, broken: 0 });

    // One that is cut short is given up, once.
    reset();
    await give(code("W"), 7);
    await tb.cycles(IDLE - 8);
    expect(seen.gaveUp, "silence that is not long enough").toBe(0);
    await silent();
    s("status").value = 0x50;
    await tb.cycles(20);
    expect((await status()).length).toBe(1);
    expect(seen).toEqual({ frame: [], load: [7], gaveUp: 1, broken: 0 });

    // While weights come from elsewhere they are not taken, and the answer says so.
    reset();
    s("held").value = 1;
    s("status").value = 0x00;
    await give(code("W"), 7, 8);
    await silent();
    expect(await status()).toEqual([0x80]);
    s("held").value = 0;
    expect(seen).toEqual({ frame: [], load: [], gaveUp: 0, broken: 0 });

    // A frame that is cut short, one with a broken byte, and what is no command.
    reset();
    await give(code("F"), 1);
    await silent();
    await give(code("F"), 2);
    await pulse("byte_broken");
    await give(code("S"), 3);
    await silent();
    await give(code("x"), code("S"), code("W"));
    await silent();
    await give(code("S"));
    expect(await status()).toEqual([0x00]);
    expect(seen).toEqual({ frame: [1, 2], load: [], gaveUp: 0, broken: 1 });

    // The status waits for the end of a frame's answer.
    const frame = Array.from({ length: 12 }, (_, i) => i + 100);
    const sent = answers.sendBeats(
      Uint32Array.from(frame),
      1,
      Uint8Array.from(frame, (_, i) => (i === 11 ? 1 : 0)),
    );
    await tb.cycles(4);
    await give(code("S"));
    expect(Array.from((await out.recv()).numbers)).toEqual(frame);
    expect(await status()).toEqual([0x00]);
    await sent;

    // The status behind an image comes behind the answer to the frame in front of it, however long that takes.
    const asked = async () => {
      await give(code("F"), 5);
      await pulse("frame_whole");
    };
    const given = () =>
      answers.sendBeats(
        Uint32Array.from(frame),
        1,
        Uint8Array.from(frame, (_, i) => (i === 11 ? 1 : 0)),
      );
    s("status").value = 0x01;
    await asked();
    await asked();
    await give(code("W"), 1);
    await pulse("load_over");
    await silent();
    await given();
    expect(Array.from((await out.recv()).numbers)).toEqual(frame);
    await tb.cycles(60);
    expect(out.empty(), "a second frame is inside").toBe(true);
    await given();
    expect(Array.from((await out.recv()).numbers)).toEqual(frame);
    expect(await status()).toEqual([0x01]);
    // One that found no weights waits for them; so the status does not wait for it. Its answer is nobody's.
    s("status").value = 0x50;
    await asked();
    await give(code("W"), 1);
    await pulse("load_over");
    await silent();
    expect(await status()).toEqual([0x50]);
    s("status").value = 0x01;
    await given();
    expect(Array.from((await out.recv()).numbers)).toEqual(frame);
    // Nor does it wait where the weights have gone that a frame had found.
    await asked();
    s("status").value = 0x60;
    await give(code("W"), 1);
    await pulse("load_over");
    await silent();
    expect(await status()).toEqual([0x60]);
    s("status").value = 0x01;
    await given();
    expect(Array.from((await out.recv()).numbers)).toEqual(frame);
    // A message that ends because an earlier frame still leaves gave none.
    s("frame_whole").value = 1;
    await give(code("F"));
    s("frame_whole").value = 0;
    await give(code("W"), 1);
    await pulse("load_over");
    await silent();
    expect(await status()).toEqual([0x01]);
    s("status").value = 0x00;

    if (READ) {
      // What is read back: behind a frame's answer that has begun, in front of a later one and of a status.
      const bytes = (first: number, n: number) => Array.from({ length: n }, (_, i) => first + i);
      const give8 = (from: typeof back, values: number[]) =>
        from.sendBeats(
          Uint32Array.from(values),
          1,
          Uint8Array.from(values, (_, i) => (i === values.length - 1 ? 1 : 0)),
        );
      expect(starts).toEqual([]);
      const early = give8(answers, frame);
      await tb.cycles(4);
      await give(code("R"));
      expect(starts.splice(0)).toEqual([1]);
      const words = give8(back, bytes(10, 9));
      expect(Array.from((await out.recv()).numbers)).toEqual(frame);
      await tb.until(() => s("s_back_tready").value === 1);
      await give(code("S"));
      const late = give8(answers, frame.slice(3));
      expect(Array.from((await out.recv()).numbers)).toEqual(bytes(10, 9));
      const both = [await out.recv(), await out.recv()].map((f) => Array.from(f.numbers));
      expect(both.sort((a, b) => a.length - b.length)).toEqual([[0x00], frame.slice(3)]);
      await Promise.all([early, words, late]);
      await give(code("C"));
      expect(starts.splice(0)).toEqual([2]);
      // A frame that is inside leaves first: its answer does not wait for what is read back.
      const inside = give8(answers, frame);
      expect(Array.from((await out.recv()).numbers)).toEqual(frame);
      const sum = give8(back, bytes(50, 4));
      expect(Array.from((await out.recv()).numbers)).toEqual(bytes(50, 4));
      await Promise.all([inside, sum]);
    } else {
      // It is no command then.
      await give(code("R"), code("S"));
      await silent();
      expect(starts).toEqual([]);
    }
    await tb.cycles(30);
    expect(out.empty(), "nothing more").toBe(true);
  });
}

describe.each(simulators)("serial_command on %s", (sim) => {
  test("messages and answers, in the stall corners", async () => {
    for (const { source: idle, sink } of stallCorners) await check(sim, idle, sink);
    await check(sim, 0, 0, source("serial_command"), 0);
  });
});

test.each<Fault & { name: string }>([
  { name: "a frame's bytes are commands", from: "quiet || frame_whole) state", to: "quiet || byte_valid) state" },
  { name: "a frame never ends", from: "if (quiet || frame_whole)", to: "if (quiet)" },
  { name: "silence does not end a frame", from: "if (quiet || frame_whole)", to: "if (frame_whole)" },
  { name: "a broken byte is kept", from: "else if (byte_broken)", to: "else if (1'b0)" },
  { name: "bytes behind an image", from: "if (load_over) ended", to: "if (1'b0) ended" },
  { name: "taken while held", from: "ended <= held", to: "ended <= 1'b0" },
  { name: "answers while it loads", from: "&& !loading", to: "" },
  { name: "a status in front of an answer", from: "&& (owed == 4'd0 || !loaded)", to: "" },
  { name: "waits for weights that never come", from: "frame_whole && loaded &&", to: "frame_whole &&" },
  { name: "waits where weights have gone", from: "(owed == 4'd0 || !loaded)", to: "(owed == 4'd0)" },
  {
    name: "waits for a frame that was none",
    from: "state == FRAME && fed && frame_whole",
    to: "state == FRAME && frame_whole",
  },
  { name: "one answer is that to all", from: "- {3'd0, leaves}", to: "- (leaves ? owed : 4'd0)" },
  { name: "never given up", from: "state == LOAD && quiet && !ended", to: "1'b0" },
  { name: "what is no command is one", from: "default: state  <= DROP", to: "default: state  <= COMMAND" },
  {
    name: "the status in the middle of an answer",
    from: "answer && !mine && !amid && !s_axis_tvalid",
    to: "answer && !mine",
  },
  {
    name: "what is read back in the middle of an answer",
    from: "(s_back_tvalid && !mine && !amid && !s_axis_tvalid)",
    to: "(s_back_tvalid && !mine)",
  },
  { name: "a status within what is read back", from: "&& !s_axis_tvalid && !back)", to: "&& !s_axis_tvalid)" },
  {
    name: "what is read back does not end",
    from: "s_back_tready && s_back_tlast) gives <= 1'b0",
    to: "1'b0) gives <= 1'b0",
  },
  { name: "kinds exchanged", from: '(byte_data == "R")', to: '(byte_data != "R")' },
  { name: "held is not told", from: "{held, status}", to: "{1'b0, status}" },
  { name: "a set for memory never ends", from: "BESIDE: if (quiet)", to: "BESIDE: if (1'b0)" },
  { name: "a set for memory is none", from: '"M":     state  <= BESIDE', to: '"M":     state  <= DROP' },
  { name: "silence too early", from: "IDLE_LAST = IDLE - 1", to: "IDLE_LAST = IDLE/2" },
])("serial_command, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const { source: idle, sink } of stallCorners)
      await check("icarus", idle, sink, source("serial_command", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
