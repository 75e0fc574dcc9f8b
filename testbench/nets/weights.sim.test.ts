// Weights that are written at run time: images over the accelerator's port, loaded again between frames.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Design, design, imageOf } from "../../generator/index.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { type SimulatorName, simulators } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { cellSources } from "./build.ts";
import { value } from "./drawn.ts";
import { type Fault, images, net, otherSet, type Swaps, swaps } from "./sets.ts";
import { folder, tool } from "./tools.ts";

const work = mkdtempSync(join(tmpdir(), "weights-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function write(d: Design, name: string): string {
  const dir = join(work, name);
  for (const [path, text] of d.files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const cells = cellSources();
const requests = {
  narrow: { homes: "ram" },
  wide: {
    homes: "ram",
    l1: 1,
    folds: {
      pe: new Map([
        ["conv", 4],
        ["fc", 5],
      ]),
      simd: new Map([
        ["conv", 9],
        ["fc", 12],
      ]),
    },
  },
  some: {
    homes: new Map([
      ["fc", "ram"],
      ["conv", "ram"],
    ] as const),
    l1: 1,
  },
  swap: { homes: "ram", swap: true },
  back: { homes: "ram", readBack: true },
  coded: { homes: "ram", coded: "all" },
  swapBack: { homes: "ram", swap: true, readBack: true, coded: "all" },
} as const;

describe.each(Object.entries(requests))("weights in ram, %s", (name, request) => {
  const coded = "coded" in request;
  const made = value(design(coded ? otherSet(value(design(net, request, cells)).net) : net, request, cells));
  const dir = write(made, name);
  test("images are coded where that is asked for", () => {
    expect(imageOf("sets", made.hardware.weights!)[1], "version").toBe(coded ? 2 : 1);
  });

  // In Icarus, whose registers begin unknown, every design is compared with golden through resets. Without them for every
  // change: the smallest, for the clocks of folds the widest, and the one that has it all.
  const quick: readonly SimulatorName[] =
    name === "narrow" ? simulators : name === "wide" || name === "swapBack" ? ["verilator"] : [];
  const sims = cases(
    quick,
    simulators.filter((s) => !quick.includes(s)),
  );
  test.each(sims)("equal golden on %s once the image is loaded", async (sim) => {
    for (const stall of [0, 0.4]) {
      const result = await verify(
        made.net,
        made.hardware,
        probeDesign(made.hardware, dir, made.files.keys()),
        images.slice(0, 3),
        {
          ...{ sim, sourceStall: stall, sinkStall: stall },
        },
      );
      expect(result.mismatch).toBeUndefined();
      expect(result.clockFaults).toEqual([]);
    }
  });

  test("a reset at any time forgets the weights, and they are loaded again", async () => {
    const { hardware } = made;
    const design = probeDesign(hardware, dir, made.files.keys());
    const result = await verify(made.net, hardware, design, images.slice(0, 2), {
      sim: "icarus",
      resets: [3, 150, 700],
    });
    expect(result.mismatch).toBeUndefined();
  });

  test("another set has the same identity and fits without a build", () => {
    const other = value(design(otherSet(made.net), request, cells));
    expect(other.hardware.weights!.identity).toBe(made.hardware.weights!.identity);
    expect([...other.files].filter(([path]) => path.startsWith("rtl/"))).toEqual(
      [...made.files].filter(([path]) => path.startsWith("rtl/")),
    );
    expect(imageOf("sets", other.hardware.weights!)).not.toEqual(imageOf("sets", made.hardware.weights!));
  });
});

describe("the stand-alone bench of a build", () => {
  const made = value(design(net, { ...requests.some, benchImages: images.slice(0, 2) }, cells));
  const dir = folder(made.files);
  const make = (...args: string[]) => tool("make", args, dir);

  test("is silent in lint", async () => {
    expect(await make("-s", "lint")).toEqual({ code: 0, stdout: "", output: "" });
  });

  test.each(cases(["sim-icarus"], ["sim-verilator"]))("%s loads the image first and passes", async (sim) => {
    for (const stall of [0, 3]) {
      const { code, output } = await make("-s", sim, `STALL=${stall}`);
      expect(output).toContain("PASS 2 frames\n");
      expect(code).toBe(0);
    }
  });

  test("loads an image in its code, and reads it back", async () => {
    const request = { ...requests.some, coded: "all", readBack: true, benchImages: images.slice(0, 2) } as const;
    const set = otherSet(value(design(net, request, cells)).net);
    const dir = folder(value(design(set, request, cells)).files);
    expect(readFileSync(join(dir, "tb/sets_weights.mem"), "utf8").split("\n")[1]).toBe("00000002");
    expect(await tool("make", ["-s", "lint"], dir)).toEqual({ code: 0, stdout: "", output: "" });
    const { code, output } = await tool("make", ["-s", "sim-icarus"], dir);
    expect(output).toContain("PASS 2 frames\n");
    expect(code).toBe(0);
  });

  test("fails on an image that the accelerator refuses", async () => {
    const file = join(dir, "tb/sets_weights.mem");
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.with(3, "00000000").join("\n"));
    const { code, output } = await make("-s", "sim-icarus");
    expect(output).toMatch(/FAIL the weights are refused: error 3 /);
    expect(code).not.toBe(0);
  });
});

describe("weights that are read back", () => {
  const verified = (files: ReadonlyMap<string, string>, { net, hardware }: Design) =>
    verify(net, hardware, probeDesign(hardware, folder(files), files.keys()), images.slice(0, 1), { sim: "icarus" });

  /** The requests whose designs pass without a fault. */
  const right = new Set<object>();
  // What frames do not show is found all the same: a row that the images at hand do not read, or a bit that rounds away.
  test.each([
    {
      name: "a row of zeros",
      request: requests.back,
      from: "if (here) memory[w_row] <= m_load_tdata[WIDTH-1:0];",
      to: "if (here) memory[w_row] <= (w_row == 2) ? {WIDTH{1'b0}} : m_load_tdata[WIDTH-1:0];",
      says: /^weights read back: conv, weights, row 2 holds 0x0, the image says 0x[0-9a-f]+/,
    },
    {
      name: "a bit of a bank",
      request: requests.swapBack,
      from: "<= m_load_tdata[WIDTH-1:0];\n                    word_q <= memory[r_at",
      to: "<= m_load_tdata[WIDTH-1:0] ^ (w_row == 1);\n                    word_q <= memory[r_at",
      says: /^weights read back: conv, weights, row 1 holds 0x[0-9a-f]+, the image says 0x[0-9a-f]+; \d+ rows differ/,
    },
    {
      name: "a word that is lost on the way back",
      request: requests.back,
      from: "wire        ask    = reading && s_load_tvalid && s_load_tfirst && !all;",
      to: "wire        ask    = reading && s_load_tvalid && s_load_tfirst && !all && !(ROWS > 3 && step == 1);",
      says: /^weights read back: \d+ words are read back, not \d+ and their CRC/,
    },
  ])("fault: $name", async ({ request, from, to, says }) => {
    const made = value(design(net, request, cells));
    if (!right.has(request)) expect((await verified(made.files, made)).mismatch).toBeUndefined();
    right.add(request);
    let places = 0;
    const files = [...made.files].map(([path, text]): [string, string] => {
      if (!/_weight_ram\.v$/.test(path)) return [path, text];
      places += text.split(from).length - 1;
      return [path, text.replaceAll(from, to)];
    });
    expect(places, "places of the fault").toBe(1);
    await expect(verified(new Map(files), made)).rejects.toThrow(says);
  });

  test("are the image's, and without weights at run time there are none", () => {
    const made = value(design(net, requests.back, cells));
    expect(made.hardware.weights!.identity).toBe(value(design(net, requests.narrow, cells)).hardware.weights!.identity);
    const refused = design(net, { readBack: true }, cells);
    expect(refused.ok || refused.diagnostics.map((d) => [d.code, d.option])).toEqual([["AN5004", "--read-back"]]);
  });
});

test.each(cases(["verilator"], ["icarus"]))("sets that are loaded between frames on %s", async (sim) => {
  const loads = sim === "verilator" ? 40 : 6;
  const { met } = await swaps({ request: requests.wide, sim, loads, sets: 9, apart: 1500 });
  expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
});

describe("sets that are switched to while frames are inside", () => {
  const wide = { ...requests.wide, swap: true };

  test.each(
    cases(
      [["verilator", "wide", wide, 40]],
      [
        ["icarus", "narrow", requests.swap, 8],
        ["verilator", "narrow", requests.swap, 40],
      ],
    ),
  )("on %s, %s", async (sim, _, request, loads) => {
    const { met } = await swaps({ request, sim, loads, sets: 9, apart: 1500 });
    expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
  });

  const slow = process.env.ADDERNET_SLOW === "1";
  // A thousand of them, half without a rest at either end, take some minutes.
  test.runIf(slow).each([
    ["verilator", 0, 500],
    ["verilator", undefined, 500],
    ["icarus", 0, 100],
  ] as const)("on %s, rest %s, %i times", async (sim, rest, loads) => {
    const { met, frames } = await swaps({ request: requests.swap, sim, loads, sets: 9, apart: 1500, rest });
    console.info(`${loads} sets loaded, ${met} met by ${frames} frames`);
    expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
  });

  const short: Swaps = { request: requests.swap, sim: "verilator", loads: 12, sets: 9, apart: 200, rest: 0 };
  // Some faults only keep a set from its turn: then the run does not end.
  test("the run that finds faults passes without one", async () => {
    expect((await swaps(short)).frames).toBeGreaterThan(12);
  });

  const noticed = async ({ file, from, to }: Fault) => {
    await expect(swaps({ ...short, fault: { file, from, to } })).rejects.toThrow(
      /^(?!places of the fault|Verilator cannot build)/,
    );
  };
  test.each<Fault & { name: string }>(
    cases<Fault & { name: string }>(
      [
        {
          name: "a memory switches a beat early",
          file: /_frame_bank\.v$/,
          from: "wire                  ends    = move && last;",
          to: "reg near; always @(posedge clk) near <= move; wire ends = move && !last && near;",
        },
        {
          name: "the constants' bank rests",
          file: /sets_conv\.v$/,
          from: ".bank(requantize_bank), .word",
          to: ".bank(1'b0), .word",
        },
      ],
      [
        {
          name: "a memory switches a beat late",
          file: /_frame_bank\.v$/,
          from: "frame == swap_at || (ends && frame_n == swap_at)",
          to: "frame == swap_at && move",
        },
      ],
    ),
  )("fault: $name", noticed);
  test.runIf(slow).each<Fault & { name: string }>([
    { name: "the gate stays open", file: /_weights_swap\.v$/, from: "loaded && !pending", to: "loaded" },
    { name: "the bank that is read is written", file: /_weight_ram\.v$/, from: "{w_row, !bank}", to: "{w_row, bank}" },
    {
      name: "a third set does not wait",
      file: /_weights_swap\.v$/,
      from: "settled && !pending && !load_open",
      to: "!pending && !load_open",
    },
  ])("fault: $name", noticed);
});
