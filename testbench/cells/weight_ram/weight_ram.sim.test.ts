import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Rand, run, type Tb } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

interface Shape {
  ROWS: number;
  BITS: number;
  ONE_PORT?: 1;
  BANKS?: 2;
  READ?: 1;
}

/** Image words of rows by the layout that the cell's header tells. */
function imageOf(rows: readonly bigint[], bits: number): bigint[] {
  if (bits > 16)
    return rows.flatMap((r) =>
      Array.from({ length: Math.ceil(bits / 32) }, (_, k) => (r >> BigInt(32 * k)) & 0xffffffffn),
    );
  let lane = 1;
  while (lane < bits) lane *= 2;
  const per = 32 / lane;
  return Array.from({ length: Math.ceil(rows.length / per) }, (_, w) =>
    rows.slice(w * per, (w + 1) * per).reduce((word, r, i) => word | (r << BigInt(i * lane)), 0n),
  );
}

/** Loads images at the closest distance and at random ones, reads every row back, and sees what goes on. */
async function check(
  sim: Simulator,
  { ROWS, BITS, ONE_PORT, BANKS, READ }: Shape,
  files = sources("weight_ram"),
  netlist = false,
): Promise<void> {
  const rand = new Rand(ROWS * 100 + BITS);
  let lane = 1;
  while (lane < Math.min(BITS, 32)) lane *= 2;
  const apart = BITS > 16 ? 1 : ONE_PORT ? 2 : 32 / lane;
  await run(
    {
      top: "weight_ram",
      sources: [...files],
      params: netlist ? {} : { ROWS, BITS, ONE_PORT: ONE_PORT ?? 0, BANKS: BANKS ?? 1, READ: READ ?? 0 },
    },
    { sim, seed: 4, maxCycles: 200_000 },
    async (tb: Tb) => {
      const s = (name: string) => tb.signal(name);
      s("s_load_tvalid").value = 0;
      s("row").value = 0;
      s("bank").value = 0;
      s("read_back").value = 0;
      let former: bigint[] = [];
      await tb.reset(s("rst"));
      const passed: [bigint, number][] = [];
      tb.clk.onEdge(() => {
        if (s("m_load_tvalid").value === 1) passed.push([s("m_load_tdata").big, s("m_load_tfirst").value]);
      });
      const give = async (word: bigint, first: boolean, pause: number) => {
        s("s_load_tdata").big = word;
        s("s_load_tfirst").value = first ? 1 : 0;
        s("s_load_tvalid").value = 1;
        await tb.cycles(1);
        s("s_load_tvalid").value = 0;
        // What stands there between words means nothing.
        s("s_load_tdata").big = ~word & 0xffffffffn;
        s("s_load_tfirst").value = 1;
        if (pause > 0) await tb.cycles(pause);
      };
      const read = async (rows: readonly bigint[], what: string) => {
        for (const [i, expected] of rows.entries()) {
          s("row").value = i;
          await tb.cycles(2);
          expect(s("word").big, `${what}, row ${i}`).toBe(expected);
        }
      };
      /** The words that requests bring, those of a memory in front among them, up to the request that comes back. */
      const readBack = async (image: readonly bigint[], rows: readonly bigint[], what: string, most = image.length) => {
        const kept = ROWS === 1 && BITS > 16 ? rows[0] : undefined;
        s("read_back").value = 1;
        await tb.cycles(2);
        const ask = async (first: number, word: bigint) => {
          s("s_load_tdata").big = word;
          s("s_load_tfirst").value = first;
          s("s_load_tvalid").value = 1;
          await tb.cycles(1);
          s("s_load_tvalid").value = 0;
          s("s_load_tfirst").value = rand.int(0, 1);
          // What the array asks meanwhile does not matter.
          s("row").value = rand.int(0, ROWS - 1);
          await tb.until(() => passed.length > 0);
          await tb.cycles(rand.int(1, 3));
          return passed.splice(0);
        };
        const other = rand.bits(32);
        expect(await ask(0, other), `${what}, another memory's word`).toEqual([[other, 0]]);
        for (const [i, word] of image.slice(0, most).entries()) {
          expect(await ask(1, rand.bits(32)), `${what}, word ${i}`).toEqual([[word, 0]]);
          // The only row is there all the time.
          if (kept !== undefined) expect(s("word").big, `${what}, behind word ${i}`).toBe(kept);
        }
        if (most === image.length)
          for (let n = 0; n < 2; n++) expect(await ask(1, other), `${what}, its end`).toEqual([[other, 1]]);
        s("read_back").value = 0;
        await tb.cycles(1);
      };
      for (const round of [0, 1, 2]) {
        const rows = Array.from({ length: ROWS }, () => rand.bits(BITS));
        const behind = Array.from({ length: round }, () => rand.bits(32));
        const image = [...imageOf(rows, BITS), ...behind];
        const slow = () => apart - 1 + (round === 1 ? rand.int(0, 3) : 0);
        // An image that breaks off leaves no trace in the next one.
        if (round === 2) await give(image[0]!, true, apart - 1);
        for (const [i, word] of image.entries()) {
          const [old, at] = [former.at(-1 - i), former.length - 1 - i];
          if (old !== undefined) s("row").value = at;
          await give(word, i === 0, slow());
          if (old !== undefined && apart > 1) expect(s("word").big, "read while it is loaded").toBe(old);
        }
        await tb.cycles(apart + 2);
        expect(passed.splice(0), "what goes on").toEqual(behind.map((w, i) => [w, i === 0 ? 1 : 0]));
        if (BANKS) {
          // What was there is read meanwhile; the other bank has the image.
          await read(former, `former image in round ${round}`);
          s("bank").value = 1 - s("bank").value;
          former = rows;
        }
        await read(rows, `image ${round}`);
        if (READ) {
          const own = imageOf(rows, BITS);
          // One that breaks off leaves no trace in the next one.
          await readBack(own, rows, `broken off in round ${round}`, rand.int(0, own.length - 1));
          await readBack(own, rows, `read back in round ${round}`);
          await read(rows, `image ${round} behind that`);
        }
      }
    },
  );
}

const shapes: Shape[] = [
  { ROWS: 1, BITS: 1 },
  { ROWS: 70, BITS: 1 },
  { ROWS: 19, BITS: 4 },
  { ROWS: 9, BITS: 7 },
  { ROWS: 6, BITS: 16 },
  { ROWS: 5, BITS: 17 },
  { ROWS: 5, BITS: 32 },
  { ROWS: 1, BITS: 64 },
  { ROWS: 7, BITS: 100 },
  { ROWS: 1, BITS: 1, ONE_PORT: 1 },
  { ROWS: 70, BITS: 1, ONE_PORT: 1 },
  { ROWS: 19, BITS: 4, ONE_PORT: 1 },
  { ROWS: 9, BITS: 7, ONE_PORT: 1 },
  { ROWS: 3, BITS: 3, ONE_PORT: 1 },
  { ROWS: 6, BITS: 16, ONE_PORT: 1 },
  { ROWS: 7, BITS: 100, ONE_PORT: 1 },
  { ROWS: 19, BITS: 4, BANKS: 2 },
  { ROWS: 1, BITS: 17, BANKS: 2 },
  { ROWS: 7, BITS: 100, BANKS: 2 },
  { ROWS: 19, BITS: 4, ONE_PORT: 1, BANKS: 2 },
  { ROWS: 7, BITS: 100, ONE_PORT: 1, BANKS: 2 },
  { ROWS: 1, BITS: 1, READ: 1 },
  { ROWS: 70, BITS: 1, READ: 1 },
  { ROWS: 19, BITS: 4, READ: 1 },
  { ROWS: 9, BITS: 7, READ: 1 },
  { ROWS: 6, BITS: 16, READ: 1 },
  { ROWS: 5, BITS: 17, READ: 1 },
  { ROWS: 1, BITS: 64, READ: 1 },
  { ROWS: 7, BITS: 100, READ: 1 },
  { ROWS: 70, BITS: 1, ONE_PORT: 1, READ: 1 },
  { ROWS: 3, BITS: 3, ONE_PORT: 1, READ: 1 },
  { ROWS: 7, BITS: 100, ONE_PORT: 1, READ: 1 },
  { ROWS: 19, BITS: 4, BANKS: 2, READ: 1 },
  { ROWS: 7, BITS: 100, BANKS: 2, READ: 1 },
  { ROWS: 19, BITS: 4, ONE_PORT: 1, BANKS: 2, READ: 1 },
];

describe.each(simulators)("weight_ram on %s", (sim) => {
  test.each(shapesOn(sim, shapes))(
    "$ROWS rows of $BITS bits, one port: $ONE_PORT, banks: $BANKS, read back: $READ",
    (shape) => check(sim, shape),
  );
});

test.each<Fault & { name: string; shape: Shape }>([
  {
    name: "rows in the wrong order",
    shape: { ROWS: 19, BITS: 4 },
    from: "m_load_tdata >> (LANE % 32)",
    to: "m_load_tdata << (LANE % 32)",
  },
  {
    name: "a row too many of a word",
    shape: { ROWS: 19, BITS: 4 },
    from: "STEP_LAST = STEPS - 1",
    to: "STEP_LAST = STEPS - 2",
  },
  {
    name: "the only row leaves",
    shape: { ROWS: 1, BITS: 64, READ: 1 },
    from: "assign r_row = 1'b0;\n            assign word  = read;",
    to: "assign r_row = reading ? w_row : row;\n            assign word  = read;",
  },
  { name: "parts go to one place", shape: { ROWS: 7, BITS: 100 }, from: "step == i[STEP_BITS-1:0]", to: "1'b1" },
  {
    name: "a word too many is taken",
    shape: { ROWS: 6, BITS: 16 },
    from: "FOLLOW   = WORDS - 1",
    to: "FOLLOW   = WORDS",
  },
  {
    name: "the first word behind is not marked",
    shape: { ROWS: 6, BITS: 16 },
    from: "&& !ask : !passed;",
    to: "&& !ask : 1'b0;",
  },
  {
    name: "a new image does not begin at the first row",
    shape: { ROWS: 7, BITS: 100 },
    from: "w_row <= {ROW_BITS{1'b0}};",
    to: "w_row <= w_row;",
  },
  {
    name: "the row of a word is that of this clock",
    shape: { ROWS: 19, BITS: 4, ONE_PORT: 1 },
    from: "lane <= row[SIDE_LOG-1:0];\n            assign r_row = reading ? w_row : row[A_BITS-1:SIDE_LOG];\n            wire [LANE-1:0] shifted = read >> {lane,",
    to: "lane <= row[SIDE_LOG-1:0];\n            assign r_row = reading ? w_row : row[A_BITS-1:SIDE_LOG];\n            wire [LANE-1:0] shifted = read >> {~lane,",
  },
  {
    name: "the bank that is read is written",
    shape: { ROWS: 19, BITS: 4, BANKS: 2 },
    from: "{w_row, !bank}",
    to: "{w_row, bank}",
  },
  {
    name: "the bank of a word is that of this clock",
    shape: { ROWS: 19, BITS: 4, ONE_PORT: 1, BANKS: 2 },
    from: "(bank != b[0])",
    to: "(bank == b[0])",
  },
  {
    name: "the memory is written where it is read",
    shape: { ROWS: 19, BITS: 4, ONE_PORT: 1 },
    from: "we ? w_row : r_row",
    to: "r_row",
  },
  {
    name: "rows of the array are read back",
    shape: { ROWS: 19, BITS: 4, READ: 1 },
    from: "r_row = reading ? w_row : row;",
    to: "r_row = row;",
  },
  {
    name: "rows beyond the last are read back",
    shape: { ROWS: 19, BITS: 4, ONE_PORT: 1, READ: 1 },
    from: "assign lane_in = gone_q ? {M_BITS{1'b0}} : read;",
    to: "assign lane_in = read | {M_BITS{gone_q}};",
  },
  {
    name: "read back goes on where the last one broke off",
    shape: { ROWS: 7, BITS: 100, READ: 1 },
    from: "|| opens) begin",
    to: ") begin",
  },
  {
    name: "the first part of each row alone is read back",
    shape: { ROWS: 7, BITS: 100, READ: 1 },
    from: "wide[{step, 5'd0} +: 32]",
    to: "wide[31:0]",
  },
  {
    name: "a word too many is read back",
    shape: { ROWS: 7, BITS: 100, READ: 1 },
    from: "(walks && row_next && row_last)",
    to: "(walks && row_next && row_last && begun && !ask)",
  },
  {
    name: "a word that passes is an answer",
    shape: { ROWS: 6, BITS: 16, READ: 1 },
    from: "reading && s_load_tvalid && s_load_tfirst && !all",
    to: "reading && s_load_tvalid && !all",
  },
  {
    name: "reading back loads",
    shape: { ROWS: 6, BITS: 16, READ: 1 },
    from: "s_load_tvalid && !reading && (s_load_tfirst",
    to: "s_load_tvalid && (s_load_tfirst",
  },
])("weight_ram, mutant: $name", async ({ shape, from, to }) => {
  await expect(check("icarus", shape, sources("weight_ram", { from, to }))).rejects.toThrow();
});

/** Yosys' models of the cells of an iCE40, where Debian puts them. */
const models = "/usr/share/yosys/ice40/cells_sim.v";

/** The cell as Yosys makes it for an iCE40 UltraPlus, with its SPRAMs, and Yosys' models of what is in it. */
function synthesized({ ROWS, BITS, BANKS, READ }: Shape, folder: string): string[] {
  const [text] = sources("weight_ram").map((f) => readFileSync(f, "utf8"));
  const own = Object.entries({ ROWS, BITS, ONE_PORT: 1, BANKS: BANKS ?? 1, READ: READ ?? 0 }).reduce(
    (t, [name, n]) => t.replace(new RegExp(`(parameter integer ${name} *= )\\d+`), `$1${n}`),
    text!,
  );
  const base = `r${ROWS}_b${BITS}_${BANKS ?? 1}`;
  writeFileSync(join(folder, `${base}.v`), own);
  const script = `read_verilog ${base}.v; synth_ice40 -top weight_ram; select -assert-min ${BANKS ?? 1} t:SB_SPRAM256KA; select -assert-none t:SB_RAM40_4K; write_verilog -noattr ${base}_net.v`;
  const { status, stderr } = spawnSync("yosys", ["-q", "-p", script], { cwd: folder, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const netlist = readFileSync(join(folder, `${base}_net.v`), "utf8");
  // Delays are none of a simulation by clocks; of the rest what the netlist has.
  const [before, ...modules] = readFileSync(models, "utf8")
    .replace(/^\s*\(\*[^\n]*\*\)\s*$/gm, "")
    .replace(/^\s*specify\b[\s\S]*?\bendspecify\b/gm, "")
    .split(/^(?=module )/m);
  const used = modules.filter((m) => new RegExp(`\\b${/^module (\w+)/.exec(m)![1]}\\b`).test(netlist));
  const kept = used.map((m) => m.slice(0, m.indexOf("endmodule") + 9)).join("\n");
  writeFileSync(join(folder, `${base}_all.v`), `\`define NO_ICE40_DEFAULT_ASSIGNMENTS\n${before}\n${kept}\n${netlist}`);
  return [join(folder, `${base}_all.v`)];
}

describe.skipIf(!existsSync(models))("weight_ram in SPRAM (needs yosys)", () => {
  const folder = mkdtempSync(join(tmpdir(), "spram-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each<Shape>([
    { ROWS: 19, BITS: 4 },
    { ROWS: 5, BITS: 40 },
    { ROWS: 19, BITS: 4, BANKS: 2, READ: 1 },
  ])("$ROWS rows of $BITS bits, banks: $BANKS: the primitive does what the body does", async (shape) => {
    await check("icarus", { ...shape, ONE_PORT: 1 }, synthesized(shape, folder), true);
  });
});
