// Internal signals by path on a core in another style: a processor whose program and registers only the inside shows.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Design, run, type SimulatorName, simulators, type Tb } from "./index.ts";

const board: Design = { top: "cpu_board", sources: [join(import.meta.dirname, "fixtures/mini_cpu.v")] };

// ---- an assembler and a model
const OPS = ["nop", "add", "sub", "xor", "addi", "ld", "st", "bnz", "halt"] as const;
type Op = (typeof OPS)[number];
type Instruction = [op: Op, rd?: number, ra?: number, third?: number];
const encode = ([op, rd = 0, ra = 0, third = 0]: Instruction): number => {
  const low =
    op === "bnz" ? ra & 0x1ff : (ra << 6) | (op === "add" || op === "sub" || op === "xor" ? third << 3 : third & 63);
  return (OPS.indexOf(op) << 12) | (rd << 9) | low;
};
/** State after the program has halted. */
function execute(program: readonly Instruction[], regs: readonly number[], memory: readonly number[]) {
  const [r, m] = [[...regs], [...memory]];
  let [pc, instructions, branches] = [0, 0, 0];
  for (;;) {
    const [op, rd = 0, ra = 0, third = 0] = program[pc]!;
    instructions++;
    const a = r[ra]!;
    const set = (v: number): void => {
      r[rd] = v & 0xffff;
    };
    if (op === "add") set(a + r[third]!);
    if (op === "sub") set(a - r[third]!);
    if (op === "xor") set(a ^ r[third]!);
    if (op === "addi") set(a + third);
    if (op === "ld") set(m[(a + third) & 31]!);
    if (op === "st") m[(a + third) & 31] = r[rd]!;
    if (op === "halt") return { r, m, instructions, branches };
    const jump = op === "bnz" && r[rd] !== 0;
    if (jump) branches++;
    pc += jump ? ra : 1;
  }
}
// Sums five words, with forwarding, loads, stores and a loop in it.
const program: Instruction[] = [
  ["addi", 1, 0, 5],
  ["xor", 2, 2, 2],
  ["xor", 3, 3, 3],
  ["ld", 4, 3, 8],
  ["add", 2, 2, 4],
  ["addi", 3, 3, 1],
  ["addi", 1, 1, -1],
  ["bnz", 1, -4],
  ["st", 2, 3, 20],
  ["sub", 5, 2, 4],
  ["halt"],
];

async function load(tb: Tb, regs: readonly number[], memory: readonly number[]): Promise<void> {
  await tb.reset(tb.dut.rst_n!, { active: 0 });
  const cpu = tb.dut.u_cpu!;
  for (let k = 0; k < 64; k++) cpu.imem![k]!.value = k < program.length ? encode(program[k]!) : 0x8000;
  regs.forEach((v, k) => {
    cpu.u_regs!.regs![k]!.value = v;
  });
  memory.forEach((v, k) => {
    tb.signal(`u_cpu.dmem[${k}]`).value = v;
  });
  await tb.rising();
}

describe.each(simulators)("inside a processor, %s", (sim) => {
  test("a program goes in and its registers come out, through memories and generate blocks", async () => {
    await run(board, { sim, maxCycles: 1000 }, async (tb) => {
      const regs = [0, ...Array.from({ length: 7 }, () => tb.rand.int(0, 0xffff))];
      const memory = Array.from({ length: 32 }, () => tb.rand.int(0, 0xffff));
      const expected = execute(program, regs, memory);
      await load(tb, regs, memory);
      const cpu = tb.dut.u_cpu!;
      tb.dut.run!.value = 1;
      let last = 0;
      const off = tb.clk.onEdge(() => {
        if (cpu.taken!.value) last = cpu.target!.value;
      });
      await tb.until(() => tb.dut.halted!.value);
      await tb.cycles(2);
      off();
      expect(Array.from({ length: 8 }, (_, k) => cpu.u_regs!.regs![k]!.value)).toEqual(expected.r);
      expect(Array.from({ length: 32 }, (_, k) => tb.signal(`u_cpu.dmem[${k}]`).value)).toEqual(expected.m);
      expect(cpu.g_count![1]!.count!.value).toBe(expected.instructions);
      expect(cpu.g_count![2]!.count!.value).toBe(expected.branches);
      expect(tb.signal("u_cpu.g_count[2].g_last.last_target").value).toBe(last);
      expect((cpu.g_count as unknown as { length: number }).length).toBe(3);
      // What is wider than a word, and parameters.
      expect(Number(tb.dut.trace!.big & 0xffffn)).toBe(tb.dut.pc!.value);
      expect(tb.dut.trace!.width).toBe(100);
      expect([cpu.ROM_WORDS!.value, tb.signal("u_cpu.HALT").value]).toEqual([64, 8]);
    });
  });

  test("reads see what registers see at the edge, writes reach the design just after it", async () => {
    await run(board, { sim, maxCycles: 100 }, async (tb) => {
      await load(tb, Array(8).fill(0), Array(32).fill(0));
      const pc = tb.signal("u_cpu.pc");
      for (let k = 0; k < 64; k++) tb.signal(`u_cpu.imem[${k}]`).value = 0;
      tb.dut.run!.value = 1;
      await tb.rising();
      const before = pc.value;
      await tb.rising();
      expect(pc.value).toBe(before + 1);
      pc.value = 40;
      expect(pc.value).toBe(before + 1);
      await tb.readOnly();
      // The edge counted, and the write came after it; logic behind it follows at once.
      expect([pc.value, tb.dut.pc!.value]).toEqual([40, 40]);
      expect(() => {
        pc.value = 3;
      }).toThrow(/read-only/);
      await tb.rising();
      expect(pc.value).toBe(40);
      await tb.rising();
      expect(pc.value).toBe(41);
      // Wide and narrow, negative and by words.
      const trace = tb.signal("trace");
      trace.big = -1n;
      await tb.readOnly();
      expect(trace.big).toBe(2n ** 100n - 1n);
      await tb.rising();
      trace.setWords([1, 2, 3, 0xff]);
      await tb.readOnly();
      expect([...trace.words()]).toEqual([1, 2, 3, 15]);
    });
  });

  test("force holds a register or a wire, release lets it go as Verilog says", async () => {
    await run(board, { sim, maxCycles: 200 }, async (tb) => {
      await load(tb, Array(8).fill(7), Array(32).fill(3));
      tb.dut.run!.value = 1;
      const cpu = tb.dut.u_cpu!;
      const [pc, taken, wb] = [cpu.pc!, cpu.taken!, cpu.wb_data!];
      pc.force(9);
      await tb.cycles(5);
      expect([pc.value, tb.dut.pc!.value, cpu.ir!.value]).toEqual([9, 9, encode(program[9]!)]);
      // A register keeps its value until the design assigns it.
      tb.dut.run!.value = 0;
      await tb.rising();
      pc.release();
      await tb.cycles(3);
      expect(pc.value).toBe(9);
      tb.dut.run!.value = 1;
      await tb.cycles(2);
      expect(pc.value).toBe(10);
      // A wire goes back to its driver at once.
      tb.dut.run!.value = 0;
      await tb.rising();
      taken.force(1);
      await tb.readOnly();
      expect([taken.value, cpu.g_count![2]!.hit!.value]).toEqual([1, 1]);
      await tb.rising();
      const branches = cpu.g_count![2]!.count!.value;
      await tb.cycles(3);
      expect(cpu.g_count![2]!.count!.value).toBe(branches + 3);
      taken.release();
      await tb.readOnly();
      expect([taken.value, cpu.g_count![2]!.hit!.value]).toEqual([0, 0]);
      await tb.rising();
      // One more clock had taken the forced value.
      expect(cpu.g_count![2]!.count!.value).toBe(branches + 4);
      wb.force(0x1234);
      await tb.rising();
      wb.force(0x4321);
      await tb.readOnly();
      expect(wb.value).toBe(0x4321);
    });
  });

  test("an array of two dimensions", async () => {
    await run(board, { sim, maxCycles: 200 }, async (tb) => {
      await load(tb, Array(8).fill(0), Array(32).fill(0));
      tb.dut.run!.value = 1;
      await tb.until(() => tb.signal("u_cpu.slot").value === 3);
      const history = tb.dut.u_cpu!.history!;
      // Icarus knows the eight elements only, in the order of their declaration.
      const element = (i: number, j: number): number =>
        (sim === "icarus" ? history[2 * i + j - 1]! : history[i]![j]!).value;
      expect([0, 1, 2].map((k) => [element(k, 1), element(k, 2)])).toEqual([
        [OPS.indexOf("addi"), 1],
        [OPS.indexOf("xor"), 2],
        [OPS.indexOf("xor"), 3],
      ]);
      if (sim !== "icarus") expect(tb.signal("u_cpu.history[2][2]").value).toBe(3);
    });
  });

  test("what is not there is refused with what is", async () => {
    await run(board, { sim }, async (tb) => {
      await tb.rising();
      const cpu = tb.dut.u_cpu!;
      expect(() => tb.dut.u_cpv).toThrow(/^cpu_board has no port u_cpv; its ports are clk, .*; inside it are .*u_cpu/);
      expect(() => cpu.pcc).toThrow(/^u_cpu has no pcc; it has .*\bpc\b/);
      expect(() => cpu.g_count![3]).toThrow(
        "u_cpu.g_count has no block 3; there are g_count[0], g_count[1], g_count[2]",
      );
      expect(() => cpu.u_regs!.regs![8]).toThrow("u_cpu.u_regs.regs has the elements 0 to 7, not 8");
      expect(() => tb.signal("u_cpu")).toThrow("u_cpu of cpu_board is a scope or an array, not a signal");
      expect(() => {
        cpu.ROM_WORDS!.value = 3;
      }).toThrow("u_cpu.ROM_WORDS is a parameter: it cannot be written");
      expect(() => cpu.ROM_WORDS!.force(3)).toThrow(/is a parameter/);
      expect(() => cpu.imem![0]!.force(3)).toThrow(/element of an array/);
      expect(() => tb.dut.run!.force(1)).toThrow("run is a port: drive it, or force the signal inside the design");
      expect(() => {
        cpu.pc!.value = 65536;
      }).toThrow("65536 does not fit into u_cpu.pc (16 bits)");
    });
  });

  test("X inside is seen where the simulator has it", async () => {
    await run(board, { sim }, async (tb) => {
      await tb.rising();
      const first = tb.signal("u_cpu.imem[0]");
      expect(first.isX).toBe(sim === "icarus");
      if (first.isX) expect(() => first.value).toThrow(/u_cpu\.imem\[0\] is x{16}: reading an unknown value/);
    });
  });

  test("after the run its signals are dead", async () => {
    let kept: (() => number) | undefined;
    await run(board, { sim }, async (tb) => {
      const pc = tb.signal("u_cpu.pc");
      kept = () => pc.value;
      await tb.rising();
    });
    expect(kept).toThrow(/after the end of its run/);
  });
});

test("names with dots in the design's type are checked by the compiler", async () => {
  const typed: Design<"rst_n" | "run" | "u_cpu.pc" | "u_cpu.u_regs.WE"> = { top: board.top, sources: board.sources };
  await run(typed, { sim: "icarus" }, async (tb) => {
    await tb.reset(tb.dut.rst_n, { active: 0 });
    expect(tb.dut.u_cpu.pc.value).toBe(0);
    // @ts-expect-error: no such name in the type
    expect(() => tb.dut.u_cpu.pd).toThrow(/has no pd/);
    // @ts-expect-error: nor a misspelt property of a signal
    expect(tb.dut.u_cpu.u_regs.WE.valeu).toBeUndefined();
  });
});

test("a bench that looks at ports alone runs on the model that it always ran on", async () => {
  const { readdirSync, mkdtempSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { vi } = await import("vitest");
  const dir = mkdtempSync(join(tmpdir(), "tb-inside-"));
  vi.stubEnv("ADDERNET_CACHE", dir);
  try {
    const models = (): number => readdirSync(dir).filter((f) => f.startsWith("model-")).length;
    const look = (sim: SimulatorName, name: string, bench: (tb: Tb) => Promise<void>) =>
      run(board, { sim, name }, bench);
    await look("verilator", "ports", (tb) => tb.cycles(3));
    expect(models()).toBe(1);
    await look("verilator", "inside", async (tb) => {
      expect(tb.signal("u_cpu.pc").width).toBe(16);
      await tb.rising();
    });
    // The bench started again on a second model, and that is used from then on.
    expect(models()).toBe(2);
    await look("verilator", "inside", async (tb) => {
      expect(tb.signal("u_cpu.slot").width).toBe(2);
      await tb.rising();
    });
    await look("verilator", "ports", (tb) => tb.cycles(3));
    expect(models()).toBe(2);
  } finally {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true, force: true });
  }
});
