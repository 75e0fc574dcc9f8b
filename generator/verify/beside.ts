// Memory beside the chip, in simulation: what lies there, and how it answers.
import type { Axi4MemoryOptions, Tb } from "../../testbench/lib/index.ts";
import { memoryPortNames } from "../7-emit/verilog.ts";
import { bytesPerFrame, type ExternalSection, externalBytes, externalSections, readerOf } from "../weights/external.ts";
import type { Beside, BesideSection, Verified } from "./verified.ts";

/** @param more of a section: its port, and what its reader holds */
export function besideSections(
  sections: readonly ExternalSection[],
  dataBits: number,
  more: (section: number) => Pick<BesideSection, "port" | "ahead">,
): BesideSection[] {
  return sections.map((s, i) => {
    const wrong = noCode(s, dataBits);
    return { offset: s.offset, bytes: s.bytes, ...more(i), ...(wrong === undefined ? {} : { wrong }) };
  });
}

/** Codes that no decoder takes: with the commonest weight alone it ends too early, without the two commonest too late. */
function noCode({ bytes, rows, bits, code }: ExternalSection, dataBits: number): 0x00 | 0xff | undefined {
  if (!code) return undefined;
  const weights = (rows * bits) / code.bits;
  if (weights * (2 + code.bits) > 8 * bytes) return 0xff;
  return 8 * bytes - weights >= dataBits ? 0x00 : undefined;
}

/** Clocks in which a channel rests that moves in `share` of them, evenly. */
function* rests(share: number): Generator<boolean> {
  for (let moved = 0; ; moved -= moved >= 1 ? 1 : 0) {
    moved += share;
    yield moved < 1;
  }
}

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
    idle: (): boolean => memories.every((m) => m.idle()),
    /** Nothing may be left of any burst. */
    end: (): void => {
      for (const c of checks) c.end();
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
    sections: besideSections(sections, external.dataBits, (i) => {
      const m = external.memories[i]!;
      const held = (readerOf(m, external).depth * external.dataBits) / 8;
      return {
        port: external.ports.findIndex(({ readers }) => readers.includes(i)),
        ahead: Math.ceil(held / (sections[i]!.bytes * m.fetched!.bands)),
      };
    }),
  };
}
