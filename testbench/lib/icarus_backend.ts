import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { type Backend, type LogEntry, MEMORY_WORDS, type Start } from "./backend.ts";
import type { IcarusModel } from "./build/icarus.ts";
import { WRAPPER } from "./build/wrapper.ts";
import { BuildError } from "./design.ts";
import { ARGUMENT_WORDS, COMMAND, FLAG, FOUND, G, H, STATUS } from "./layout.ts";
import { loadNative } from "./native_library.ts";

interface Host {
  create(words: number): number;
  map(fd: number, words: number): unknown;
  scrub(memory: unknown, words: number): number;
  wait(memory: unknown, acks: number, pid: number): number;
  run(memory: unknown, pid: number): number;
  post(memory: unknown): void;
}

interface Region {
  fd: number;
  pointer: unknown;
  memory: Uint32Array;
}

const hosts = new Map<string, { host: Host; free: Region[] }>();

function load(path: string): { host: Host; free: Region[] } {
  let h = hosts.get(path);
  if (!h) {
    const so = loadNative(path);
    h = {
      host: {
        create: so.func("int tbh_create(uint32_t)"),
        map: so.func("void *tbh_map(int, uint32_t)"),
        scrub: so.func("int tbh_scrub(void *, uint32_t)"),
        wait: so.func("int tbh_wait(void *, uint32_t, int)"),
        run: so.func("int tbh_run(void *, int)"),
        post: so.func("void tbh_post(void *)"),
      },
      free: [],
    };
    hosts.set(path, h);
  }
  return h;
}

/** The simulator ended before the bench did. */
export class SimulatorDied extends Error {
  constructor(how: string, output: string) {
    super(`vvp ended ${how}${output ? `; it printed:\n${output}` : ""}`);
    this.name = "SimulatorDied";
  }
}

/** Starts vvp on a model. */
export async function openIcarus(model: IcarusModel, { prepare, waves }: Start): Promise<Backend> {
  const { host, free } = load(join(model.runtime, "host.so"));
  const region = free.pop() ?? create(host);
  const { memory, pointer } = region;
  prepare(memory);

  // A file, not a pipe: a full pipe would block vvp while the bench waits for it.
  const dir = mkdtempSync(join(tmpdir(), "tb-vvp-"));
  const path = join(dir, "out");
  const out = openSync(path, "w");
  const log = openSync(path, "r");
  rmSync(dir, { recursive: true, force: true });

  const args = ["-N", `-M${model.runtime}`, "-mtb_vpi", model.program, ...(waves ? [`+tb_dump=${waves}`] : [])];
  const child = spawn("vvp", args, {
    stdio: ["ignore", out, out, region.fd],
    env: {
      ...process.env,
      TB_FD: "3",
      TB_WORDS: `${MEMORY_WORDS}`,
      TB_PARENT: `${process.pid}`,
      ...(waves ? { TB_DUMP: "1" } : {}),
    },
  });
  closeSync(out);
  let exit: { code: number | null; signal: string | null } | undefined;
  const exited = new Promise<void>((resolve) => {
    child.on("exit", (code, signal) => {
      exit = { code, signal };
      resolve();
    });
    child.on("error", () => resolve());
  });
  const { pid } = child;
  if (pid === undefined) {
    closeSync(log);
    free.push(region);
    await exited;
    throw new BuildError(
      "vvp was not found on PATH; the test bench library needs Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
    );
  }

  let consumed = 0;
  const readText = (): string => {
    const size = fstatSync(log).size;
    if (size <= consumed) return "";
    const b = Buffer.alloc(size - consumed);
    const n = readSync(log, b, 0, b.length, consumed);
    consumed += n;
    return b.toString("utf8", 0, n);
  };
  const parser = new LogParser();
  const died = (): SimulatorDied => {
    const entries = parser.take(readText());
    const how = exit ? (exit.signal ? `by ${exit.signal}` : `with status ${exit.code}`) : "by itself";
    return new SimulatorDied(how, entries.map((e) => e.text).join("\n"));
  };

  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    if (!exit) {
      memory[H.COMMAND] = COMMAND.QUIT;
      host.post(pointer);
      // Waves are written at a proper end; a simulator that hangs gets no second chance.
      const timer = setTimeout(() => child.kill("SIGKILL"), waves ? 5000 : 500);
      await exited;
      clearTimeout(timer);
    }
    closeSync(log);
    if (host.scrub(pointer, MEMORY_WORDS) === 0) free.push(region);
  };

  const ready = (): void => {
    if (host.wait(pointer, 0, pid) !== 0) throw died();
  };
  try {
    ready();
    if (memory[H.STATUS] === STATUS.ENDED) throw died();
  } catch (e) {
    await close();
    throw e;
  }

  const command = (what: number): void => {
    memory[H.COMMAND] = what;
    if (memory[H.STATUS] === STATUS.ENDED || host.run(pointer, pid) !== 0) throw died();
  };
  // Gives the place of the answer.
  const ask = (what: number, path: string): number => {
    const g = memory[H.ARGUMENT]!;
    const text = Buffer.from(`${WRAPPER}.${model.top}${path ? `.${path}` : ""}`, "utf8");
    if (text.length > 4 * (ARGUMENT_WORDS - G.DATA)) throw new RangeError(`no path has ${text.length} bytes`);
    memory[g + G.BYTES] = text.length;
    new Uint8Array(memory.buffer, memory.byteOffset + 4 * (g + G.DATA), text.length).set(text);
    command(what);
    return g;
  };

  return {
    sim: "icarus",
    memory,
    run() {
      if (memory[H.STATUS] === STATUS.ENDED || host.run(pointer, pid) !== 0) throw died();
      if (memory[H.STATUS] === STATUS.ENDED) throw died();
    },
    find(path) {
      const g = ask(COMMAND.FIND, path);
      const kind = memory[g + G.FOUND]!;
      if (kind === FOUND.NOTHING) return undefined;
      if (kind === FOUND.SCOPE) return { kind: "scope" };
      const bound = (k: number): number => memory[g + k]! | 0;
      return {
        kind: "signal",
        id: memory[g + G.ID]!,
        width: memory[g + G.WIDTH]!,
        dims: kind === FOUND.ARRAY ? [[bound(G.LEFT), bound(G.RIGHT)]] : [],
        constant: (memory[g + G.FLAGS]! & FLAG.CONSTANT) !== 0,
        forceable: true,
      };
    },
    names(path) {
      const g = ask(COMMAND.LIST, path);
      const bytes = new Uint8Array(memory.buffer, memory.byteOffset + 4 * (g + G.DATA), memory[g + G.BYTES]!);
      return Buffer.from(bytes).toString("utf8").split("\n").filter(Boolean);
    },
    command,
    writeCoverage: () => false,
    takeLog: () => (memory[H.LOG_BYTES]! > consumed ? parser.take(readText()) : []),
    finish() {
      // One more time step, a picosecond long, lets the last edge take effect.
      if (memory[H.STATUS] !== STATUS.RUNNING || closed) return;
      const cycles = memory.slice(H.CLOCK_TABLE, H.PORTS);
      const now = [memory[H.NOW_LO]!, memory[H.NOW_HI]!] as const;
      memory[H.WANT_SETTLED] = 1;
      if (host.run(pointer, pid) !== 0) throw died();
      memory.set(cycles, H.CLOCK_TABLE);
      memory[H.NOW_LO] = now[0];
      memory[H.NOW_HI] = now[1];
    },
    close,
  };
}

function create(host: Host): Region {
  const fd = host.create(MEMORY_WORDS);
  const pointer = fd < 0 ? null : host.map(fd, MEMORY_WORDS);
  if (pointer === null) throw new BuildError("cannot get shared memory for the simulator");
  return { fd, pointer, memory: new Uint32Array(koffi.view(pointer, MEMORY_WORDS * 4)) };
}

const KINDS: Record<string, LogEntry["kind"]> = {
  F: "finish",
  S: "stop",
  X: "fatal",
  E: "error",
  W: "warning",
  I: "info",
};

/** Takes the simulator's output apart: \x01…\x02 are the VPI module's marks, all else is the design's. */
export class LogParser {
  #partial = "";
  #unmarked: LogEntry[] = [];
  #last = 0;

  take(text: string): LogEntry[] {
    const out: LogEntry[] = [];
    const lines = (s: string): void => {
      const parts = (this.#partial + s).split("\n");
      this.#partial = parts.pop()!;
      for (const p of parts) {
        const e: LogEntry = { time: this.#last, kind: "display", text: p };
        this.#unmarked.push(e);
        out.push(e);
      }
    };
    const time = (ps: string): number => {
      const ns = Number(ps) / 1000;
      for (const e of this.#unmarked) e.time = ns;
      this.#unmarked = [];
      this.#last = ns;
      return ns;
    };
    let at = 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are control characters so that no design prints them.
    for (const m of text.matchAll(/\x01(\w)(\d+)(?:\x03([^\x03]*)\x03(\d+)\x03([^\x03]*)\x03([^\x02]*))?\x02/g)) {
      lines(text.slice(at, m.index));
      at = m.index + m[0].length;
      const ns = time(m[2]!);
      const kind = KINDS[m[1]!];
      if (kind) {
        const fallback = kind === "stop" || kind === "finish" ? `$${kind}` : "";
        out.push({ time: ns, kind, text: m[6] || fallback, file: m[3] ?? "", line: Number(m[4]), scope: m[5] ?? "" });
      }
    }
    lines(text.slice(at));
    if (this.#partial && text.endsWith("\x02")) {
      const e: LogEntry = { time: this.#last, kind: "display", text: this.#partial };
      this.#partial = "";
      out.push(e);
    }
    return out;
  }
}
