// What the AXI4 agents share: the ports of a bus, the addresses of a burst, and the answers.
import type { Bench } from "./bench.ts";
import type { Signal } from "./signals.ts";

export type Axi4Channel = "aw" | "w" | "b" | "ar" | "r";
export type Axi4BurstType = "FIXED" | "INCR" | "WRAP";
export type Axi4Response = "OKAY" | "EXOKAY" | "SLVERR" | "DECERR";
/** As the two bits of bresp and rresp count them. */
export const AXI4_RESPONSES: readonly Axi4Response[] = ["OKAY", "EXOKAY", "SLVERR", "DECERR"];
export const AXI4_BURSTS: readonly Axi4BurstType[] = ["FIXED", "INCR", "WRAP"];

/** The answer to an access was not OKAY. */
export class Axi4Error extends Error {
  readonly response: Axi4Response;
  constructor(what: string, response: Axi4Response) {
    super(`${what}: the answer is ${response}`);
    this.name = "Axi4Error";
    this.response = response;
  }
}

const FIELDS: Readonly<Record<Axi4Channel, { required: readonly string[]; optional: readonly string[] }>> = {
  aw: {
    required: ["addr"],
    optional: ["id", "len", "size", "burst", "lock", "cache", "prot", "qos", "region", "user"],
  },
  w: { required: ["data"], optional: ["strb", "last", "user"] },
  b: { required: [], optional: ["id", "resp", "user"] },
  ar: {
    required: ["addr"],
    optional: ["id", "len", "size", "burst", "lock", "cache", "prot", "qos", "region", "user"],
  },
  r: { required: ["data"], optional: ["id", "resp", "last", "user"] },
};
export const AXI4_CHANNELS = Object.keys(FIELDS) as readonly Axi4Channel[];
const BY_MASTER: ReadonlySet<Axi4Channel> = new Set(["aw", "w", "ar"]);

/** The signals of one channel; a field that the design does not have is missing. */
export interface Axi4ChannelSignals {
  readonly name: Axi4Channel;
  readonly valid: Signal;
  readonly ready: Signal;
  readonly fields: Readonly<Record<string, Signal>>;
}
export type Axi4Bus = Readonly<Partial<Record<Axi4Channel, Axi4ChannelSignals>>> & {
  /** Bytes of a beat. */
  readonly bytes: number;
};

/**
 * The channels of the bus `<prefix>_awaddr` and so on: reading (ar, r), writing (aw, w, b) or both. An agent that is the
 * `slave` drives ready of aw, w, ar and all of b and r, the `master` the rest, the `monitor` nothing.
 */
export function axi4Bus(tb: Bench, who: string, prefix: string, role: "master" | "slave" | "monitor"): Axi4Bus {
  const bus: Partial<Record<Axi4Channel, Axi4ChannelSignals>> = {};
  const reads = tb.hasPort(`${prefix}_araddr`);
  const writes = tb.hasPort(`${prefix}_awaddr`);
  for (const name of AXI4_CHANNELS) {
    const reading = name === "ar" || name === "r";
    // A bus without any address is a misspelt prefix: the missing read channel says so.
    if (reading ? !reads && writes : !writes) continue;
    const { required, optional } = FIELDS[name];
    const p = (f: string): string => `${name}${f}`;
    const driver = BY_MASTER.has(name) ? "master" : "slave";
    const drives = role === "monitor" ? [] : role === driver ? ["valid", ...required, ...optional] : ["ready"];
    const found = tb.bus<string, string>(who, prefix, {
      required: ["valid", "ready", ...required].map(p),
      optional: optional.map(p),
      drives: drives.map(p),
    });
    const fields: Record<string, Signal> = {};
    for (const f of [...required, ...optional]) if (found[p(f)]) fields[f] = found[p(f)]!;
    bus[name] = { name, valid: found[p("valid")]!, ready: found[p("ready")]!, fields };
  }
  const data = (bus.r ?? bus.w)!.fields.data!;
  if (data.width % 8 || data.width & (data.width - 1))
    throw new TypeError(`${who} ${prefix}: ${data.name} has ${data.width} bits, and a bus 8, 16, 32 and so on`);
  return { ...bus, bytes: data.width / 8 };
}

/** A burst as its address says it. */
export interface Axi4Burst {
  id: number;
  address: number;
  /** 1 to 256. */
  beats: number;
  /** Bytes of a beat. */
  beatBytes: number;
  burst: Axi4BurstType;
  exclusive: boolean;
}

/** Address of beat `i` of a burst. */
export function beatAddress({ address, beats, beatBytes, burst }: Axi4Burst, i: number): number {
  if (burst === "FIXED" || i === 0) return address;
  const aligned = address - (address % beatBytes);
  if (burst === "INCR") return aligned + i * beatBytes;
  const total = beats * beatBytes;
  const low = address - (address % total);
  return low + ((aligned - low + i * beatBytes) % total);
}
/** First and last byte lane that a beat at an address uses. */
export function activeLanes(address: number, beatBytes: number, busBytes: number): [number, number] {
  const first = address % busBytes;
  const start = address - (address % beatBytes);
  return [first, (start % busBytes) + beatBytes - 1];
}

/** What an address channel says at a transfer. Throws a RangeError for an address beyond 2^53. */
export function burstOf({ fields: f }: Axi4ChannelSignals, busBytes: number): Axi4Burst {
  const address = Number(f.addr!.big);
  if (!Number.isSafeInteger(address)) throw new RangeError(`${f.addr!.name}: an address beyond 2^53 is not simulated`);
  return {
    id: f.id ? Number(f.id.big) : 0,
    address,
    beats: (f.len?.value ?? 0) + 1,
    beatBytes: f.size ? 2 ** f.size.value : busBytes,
    burst: AXI4_BURSTS[f.burst?.value ?? 1] ?? "INCR",
    exclusive: (f.lock?.value ?? 0) === 1,
  };
}

/** True where a signal is known and 1. */
export const high = (s: Signal): boolean => !s.isX && s.value === 1;

/** Bytes of a beat into 32-bit words, lowest first. */
export function beatWords(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  for (let k = 0; k < bytes.length; k++) words[k >>> 2]! |= bytes[k]! << (8 * (k & 3));
  return words;
}
export function wordsToBytes(words: Uint32Array, n: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, k) => (words[k >>> 2]! >>> (8 * (k & 3))) & 255);
}

/** A pause of a channel: a probability, or one value a clock. */
export type Axi4Pause = number | Iterable<boolean | number>;
export type Axi4Pauses = Axi4Pause | Partial<Record<Axi4Channel, Axi4Pause>>;

/** For each channel, whether it pauses in this clock; asked once a clock. */
export function pausing(tb: Bench, pauses: Axi4Pauses | undefined): (channel: Axi4Channel) => boolean {
  const of = new Map<Axi4Channel, () => boolean>();
  for (const c of AXI4_CHANNELS) {
    const p =
      pauses !== undefined && typeof pauses === "object" && !(Symbol.iterator in pauses)
        ? pauses[c]
        : (pauses as Axi4Pause);
    if (p === undefined || p === 0) of.set(c, () => false);
    else if (typeof p === "number") {
      if (!(p > 0 && p < 1)) throw new RangeError(`a pause must be from 0 to below 1, not ${p}`);
      of.set(c, () => tb.rand.bool(p));
    } else {
      const sequence = p[Symbol.iterator]();
      // A sequence that has ended pauses no more.
      of.set(c, () => Boolean(sequence.next().value));
    }
  }
  return (channel) => of.get(channel)!();
}
