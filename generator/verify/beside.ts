// Memory beside the chip, in simulation: what lies there, and how it answers.
import type { Axi4MemoryOptions, Tb } from "../../testbench/lib/index.ts";
import { memoryPortNames } from "../7-emit/verilog.ts";
import { bytesPerFrame, externalBytes, externalSections, readerOf } from "../weights/external.ts";
import type { Beside, Verified } from "./verified.ts";

/** Clocks in which a channel rests that moves in `share` of them, evenly. */
function* rests(share: number): Generator<boolean> {
  for (let moved = 0; ; moved -= moved >= 1 ? 1 : 0) {
    moved += share;
    yield moved < 1;
  }
}

/** Normal memory, not cached, bufferable; unprivileged, secure, data (AMBA AXI4, tables A4-5 and A4-6). */
const ACCESS = { arcache: 0b0011, arprot: 0b000 } as const;

/** Memory at all ports of a design, and what checks them: what is written is seen at each. */
export function besideTheChip(
  tb: Tb,
  { ports }: Beside,
  stall: number,
  options: Axi4MemoryOptions | ((port: number) => Axi4MemoryOptions) = {},
) {
  const memories = ports.map(({ name, share }, port) =>
    tb.axi4Memory(name, {
      latency: [8, 24],
      pause: { ar: stall, r: share < 1 ? rests(share) : stall },
      ...(typeof options === "function" ? options(port) : options),
    }),
  );
  const checks = ports.map(({ name }) => tb.axi4Check(name));
  return {
    write: (address: number, bytes: Uint8Array): void => {
      for (const m of memories) m.write(address, bytes);
    },
    bytesRead: (): number => memories.reduce((n, m) => n + m.bytesRead, 0),
    requests: (): number => memories.reduce((n, m) => n + m.accesses.length, 0),
    idle: (): boolean => memories.every((m) => m.idle()),
    /** Nothing may be left of any burst, and each said what kind of access it is. */
    end: (): void => {
      for (const c of checks) c.end();
      for (const { name } of ports)
        for (const [signal, value] of Object.entries(ACCESS)) {
          const s = tb.signal(`${name}_${signal}`);
          if (s.isX || s.value !== value) throw new Error(`${name}_${signal} is ${s.bits}, not ${value}`);
        }
    },
  };
}

/** Bytes read so far, once the readers' buffers are full. */
export async function settled(tb: Tb, memory: ReturnType<typeof besideTheChip>): Promise<number> {
  for (let seen = -1; memory.bytesRead() !== seen || !memory.idle(); await tb.cycles(300)) seen = memory.bytesRead();
  return memory.bytesRead();
}

/** Where the bench puts the weights: not at 0, so that a base that is not looked at shows. */
export const BASE = 0x1230_0000;

/** What a design has there; undefined where nothing is. */
export function besideOf({ weights }: Verified): Beside | undefined {
  if (!weights) return undefined;
  if ("image" in weights) return weights.beside;
  const { external } = weights;
  if (!external) return undefined;
  const sections = externalSections(external);
  return {
    bytes: externalBytes(external),
    bytesPerFrame: bytesPerFrame(external),
    ports: memoryPortNames(external.ports.length).map((name, i) => ({
      name,
      share: Math.min(1, (8 * external.ports[i]!.bytesPerClock) / external.dataBits),
    })),
    binds: external.binds,
    decodes: external.decodes,
    dataBits: external.dataBits,
    sections: sections.map((section, i) => {
      const m = external.memories[i]!;
      const held = (readerOf(m, external).depth * external.dataBits) / 8;
      return {
        ...section,
        port: external.ports.findIndex(({ readers }) => readers.includes(i)),
        ahead: Math.ceil(held / (section.bytes * m.fetched!.bands)),
      };
    }),
  };
}
