// Sets of weights that are switched to between frames, over the ways that boards have: registers and the serial line.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { Rand, type SimulatorName } from "../../testbench/lib/index.ts";
import { cellSources } from "../../testbench/nets/build.ts";
import { value } from "../../testbench/nets/drawn.ts";
import { type Fault, otherSet, type Swaps, swaps, type Way } from "../../testbench/nets/sets.ts";
import { folder } from "../../testbench/nets/tools.ts";
import { cases } from "../../testbench/nightly.ts";
import { beatWords } from "../7-emit/beats.ts";
import { portLaneBits } from "../7-emit/verilog.ts";
import { boardTop } from "../device/shell/board.ts";
import { zynqTop } from "../device/shell/zynq.ts";
import { type Design, design, imageOf, load, toIntegers } from "../index.ts";
import { targetOf } from "../targets/index.ts";
import { goldenAnswer, imageBytes, talk } from "../verify/serial.ts";
import { MESSAGES } from "../weights/messages.ts";

const cells = cellSources();
/** What takes minutes. */
const slow = process.env.ADDERNET_SLOW === "1";
const request = { homes: "ram", swap: true } as const;
const zynq = ({ hardware, files }: Design) => zynqTop(hardware, targetOf("pynq-z2"), cells, files);

/** A processor that writes images word by word into registers while its DMA goes on. */
const registers: Way = {
  shell: (d) => zynq(d).files,
  design: (d, dir, files) => ({
    top: zynq(d).module,
    sources: [...files].filter((f) => f.startsWith("rtl/")).map((f) => join(dir, f)),
    params: { MEM_DIR: `${join(dir, "mem")}/` },
    clocks: [{ name: "aclk" }],
  }),
  golden: (d, net, image) => {
    const all = runInteger(net, image, { keep: net.outputs });
    return net.outputs
      .flatMap((name, i) => {
        const { stream } = d.hardware.outputs[i]!;
        return beatWords(all.get(name)!, stream, portLaneBits(stream));
      })
      .join();
  },
  open: async (tb, d, rest) => {
    const bus = tb.axilMaster("s_axil");
    const source = tb.axisSource("s_axis", { pause: rest ?? 0.1 });
    const sink = tb.axisSink("m_axis", { pause: rest ?? 0.2 });
    await tb.reset(tb.signal("aresetn"), { active: 0 });
    // What comes while the accelerator is in reset is dropped.
    await tb.cycles(4);
    const at = zynq(d).registers.find((r) => r.name === "WEIGHTS")!.address;
    const status = async () => Number(await bus.read(at));
    const { input } = d.hardware;
    let bank = 0;
    return {
      offer: (image) => source.sendNowait(beatWords(image, input, portLaneBits(input))),
      answer: async () => (await sink.recv()).tdata.join(),
      load: async (words) => {
        for (const [i, w] of words.entries()) {
          while ((await status()) & 0x80);
          await bus.write(i === words.length - 1 ? at + 4 : at, w);
        }
        let now = await status();
        while (now & 0x82) now = await status();
        // Loaded without an error, and the frames that enter meet another bank than before.
        bank = 1 - bank;
        expect(now & ~0x04, "the register WEIGHTS").toBe(1 | (bank << 3));
      },
    };
  },
};

describe("over the registers of a Zynq board", () => {
  test.each(cases([["verilator", 30, "all"]], [["icarus", 6, "none"]]))(
    "on %s, %i sets, coded: %s",
    async (sim, loads, coded) => {
      const { met } = await swaps({
        request: { ...request, coded },
        way: registers,
        sim,
        loads,
        sets: 9,
        apart: 500,
        loadClocks: 12_000,
      });
      expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
    },
  );

  test.runIf(slow).each([0, undefined])("a thousand times, half of them at rest %s", async (rest) => {
    const o = { request, way: registers, sim: "verilator", loads: 500, sets: 9, apart: 1500, rest } as const;
    const { met, frames } = await swaps({ ...o, loadClocks: 12_000 });
    console.info(`500 sets loaded over registers, ${met} met by ${frames} frames`);
    expect(met, "sets that frames met").toBeGreaterThan(250);
  });

  const short: Swaps = {
    ...{ request, way: registers, sim: "verilator", loads: 8, sets: 9, apart: 200, rest: 0, loadClocks: 9000 },
  };
  test.runIf(slow).each<Fault & { name: string }>([
    {
      name: "a memory switches a beat late",
      file: /_frame_bank\.v$/,
      from: "frame == swap_at || (ends && frame_n == swap_at)",
      to: "frame == swap_at && move",
    },
    {
      name: "a word that waits is overwritten",
      file: /axil_weights\.v$/,
      from: "if (m_axis_tready) m_axis_tvalid",
      to: "m_axis_tvalid",
    },
    {
      name: "the last word is none",
      file: /axil_weights\.v$/,
      from: "m_axis_tlast  <= done_last",
      to: "m_axis_tlast  <= 1'b0",
    },
    {
      name: "the status is that of the loader",
      file: /_weights_swap\.v$/,
      from: "assign status    = {load_status[6:4], swap_bank",
      to: "assign status    = {load_status[6:4], 1'b0",
    },
    { name: "the gate stays open", file: /_weights_swap\.v$/, from: "loaded && !pending", to: "loaded" },
  ])("fault: $name", async ({ file, from, to }) => {
    await expect(swaps({ ...short, fault: { file, from, to } })).rejects.toThrow(
      /^(?!places of the fault|Verilator cannot build)/,
    );
  });
});

/** A network of 115,200 clocks a frame: longer than a set of it takes over the line, so that it is switched to inside of one. */
const long = (() => {
  const rand = new Rand(11);
  const real = (...shape: number[]): unknown =>
    shape.length === 0 ? rand.int(-40, 40) / 10 : Array.from({ length: shape[0]! }, () => real(...shape.slice(1)));
  const text = JSON.stringify({
    format: "addernet-rtl/1",
    name: "line",
    input: { shape: [24, 24, 1], scale: 0.015625 },
    layers: [
      { name: "conv", kind: "adder_conv2d", filters: 8, kernel: 5, padding: 2, weights: real(8, 1, 5, 5) },
      { name: "pool", kind: "avg_pool2d", kernel: 12 },
      { name: "flat", kind: "flatten" },
      { name: "fc", kind: "adder_linear", units: 5, weights: real(5, 32) },
    ],
  });
  const images = Array.from({ length: 4 }, () => ({
    shape: [24, 24, 1] as const,
    data: Int32Array.from({ length: 576 }, () => rand.int(0, 255)),
  }));
  return { net: value(toIntegers(value(load(text, () => new Uint8Array())).graph, images, { bits: 4 })), images };
})();

describe("over the serial line of a board, after the flash", () => {
  const clocksPerBit = 4;
  const converse = async ({ sim, loads, fault }: { sim: SimulatorName; loads: number; fault?: Fault }) => {
    const asked = { ...request, target: "icebreaker", fps: 100, logits: false, coded: "all" } as const;
    const d = value(design(otherSet(value(design(long.net, asked, cells)).net), asked, cells));
    const top = boardTop(d.hardware, d.target!, 12, cells, d.files.keys());
    let broken = 0;
    const files = [...d.files, ...top.files].map(([path, text]): [string, string] => {
      if (!fault?.file.test(path)) return [path, text];
      broken += text.split(fault.from).length - 1;
      return [path, text.replaceAll(fault.from, fault.to)];
    });
    if (fault) expect(broken, "places of the fault").toBeGreaterThan(0);
    const dir = folder(files);
    const sources = readdirSync(join(dir, "rtl")).map((f) => join(dir, "rtl", f));
    const params = { MEM_DIR: `${join(dir, "mem")}/`, CLKS_PER_BIT: clocksPerBit };
    const sets = [d.net, ...Array.from({ length: 4 }, () => otherSet(d.net))];
    const bytes = sets.map((n) => {
      const words = imageOf("line", value(design(n, asked, cells)).hardware.weights!);
      expect(words[1], "a coded image").toBe(2);
      return new Uint8Array(words.buffer);
    });
    const golden = sets.map((n) => long.images.map((image) => goldenAnswer(n, d.hardware, image)));
    for (let i = 0; i < long.images.length; i++)
      expect(new Set(golden.map((g) => g[i]!.join())).size, "sets give different results").toBe(sets.length);
    const seen = { inside: 0, refused: 0, met: 0 };
    const options = { sim, clocksPerBit, bytesOut: top.bytesOut, button: 1, maxCycles: 400_000 * (loads + 4) };
    await talk(
      d.hardware,
      { top: top.module, sources, params },
      { ...options, flash: { at: 0x100000 } },
      async (ask, tb, send, recv) => {
        Object.assign(seen, { inside: 0, refused: 0, met: 0 });
        let [set, bank] = [0, 1];
        const pick = () => tb.rand.int(0, long.images.length - 1);
        const status = async () => {
          await send([MESSAGES.status]);
          return recv();
        };
        expect(await status(), "the set of the flash").toBe(0x09);
        for (let n = 0; n < loads; n++) {
          const image = pick();
          const next = (set + tb.rand.int(1, sets.length - 1)) % sets.length;
          const damaged = n % 4 === 2;
          const sent = bytes[next]!.slice();
          if (damaged) sent[sent.length - 6]! ^= 1 << tb.rand.int(0, 7);
          // A set right behind a frame, whose answer is of the former one.
          const answer = (async () => {
            const got: number[] = [];
            while (got.length < top.bytesOut) got.push(await recv());
            return got;
          })();
          let answered = false;
          void answer.then(() => {
            answered = true;
          });
          await send([MESSAGES.frame, ...imageBytes(d.hardware, long.images[image]!), MESSAGES.weights, ...sent]);
          if (!answered) seen.inside++;
          expect(await answer, `frame in front of set ${n}`).toEqual(golden[set]![image]);
          if (damaged) seen.refused++;
          else {
            [set, bank] = [next, 1 - bank];
            seen.met++;
          }
          expect(await recv(), `status behind set ${n}`).toBe((damaged ? 0x61 : 0x01) | (bank << 3));
          const behind = pick();
          if (n % 2 === 0) expect(await ask(long.images[behind]!)).toEqual(golden[set]![behind]);
        }
        // A reset forgets it all: the flash has the first set.
        tb.signal("button").value = 0;
        await tb.cycles(20);
        tb.signal("button").value = 1;
        await tb.cycles(200);
        expect(await ask(long.images[0]!)).toEqual(golden[0]![0]);
        expect(await status()).toBe(0x09);
      },
    );
    return seen;
  };

  test.each(cases([["verilator", 6]], [["icarus", 1]]))(
    "sets right behind frames, damaged ones among them, on %s",
    async (sim, loads) => {
      const seen = await converse({ sim, loads });
      expect(seen.inside, "sets that were whole before the frame's answer").toBe(loads);
      expect(seen.met).toBeGreaterThan(loads / 2);
    },
  );

  test.runIf(slow).each<Fault & { name: string }>([
    {
      name: "the status comes before the answer",
      file: /serial_command\.v$/,
      from: "&& (owed == 4'd0 || !loaded)",
      to: "",
    },
    {
      name: "a memory follows in the middle of a frame",
      file: /_frame_bank\.v$/,
      from: "if (frame == swap_at || (ends && frame_n == swap_at)) bank",
      to: "bank",
    },
    {
      name: "a damaged set is switched to",
      file: /_weights_loader\.v$/,
      from: "s_axis_tdata == ~crc",
      to: "s_axis_tdata != 32'd0",
    },
  ])("fault: $name", async ({ file, from, to }) => {
    await expect(converse({ sim: "verilator", loads: 4, fault: { file, from, to } })).rejects.toThrow(
      /^(?!places of the fault|Verilator cannot build)/,
    );
  });
});
