// The registers beside an accelerator with AXI4-Lite: one list from which the top's constants, the driver, the IP-XACT
// memory map and the documentation are made. templates/axil_control.v holds the ones that change.

import type { IpField, IpRegister } from "../../7-emit/ip-component.ts";
import { portLaneBits } from "../../7-emit/verilog.ts";
import type { HwGraph, HwStream } from "../../ir/hardware.ts";

/** "ADNT". */
export const MAGIC = 0x41444e54;
/** Raised with every change of an address or a meaning. */
const MAP_VERSION = 2;

export interface Register {
  readonly name: string;
  /** In bytes. A register of 64 bits has its low word here and its high word at the address above. */
  readonly address: number;
  readonly access: "ro" | "rw";
  readonly bits: 32 | 64;
  /** Of a constant. */
  readonly value?: number;
  readonly meaning: string;
  /** Named bits, lowest first; default: one value of all bits. */
  readonly fields?: readonly IpField[];
}

/** A register whose bits have names; its meaning lists them. */
function ofBits(r: Omit<Register, "meaning" | "bits">, names: readonly (readonly [string, string])[]): Register {
  const fields = names.map(([name, meaning], bit) => ({ name, bit, bits: 1, meaning }));
  return { ...r, bits: 32, fields, meaning: fields.map((f) => `bit ${f.bit}: ${f.meaning}`).join("; ") };
}

/** What does not depend on the network, in axil_control's order. */
const controlRegisters: readonly Register[] = [
  ofBits({ name: "CONTROL", address: 0x10, access: "rw" }, [
    ["HOLD", "hold the accelerator in reset; clears counters and STATUS, drops what the input sends"],
  ]),
  ofBits({ name: "STATUS", address: 0x14, access: "ro" }, [
    ["BUSY", "a part of a frame is inside"],
    ["TLAST_MISPLACED", "tlast of the input came within a frame"],
    ["HELD", "held in reset"],
  ]),
  { name: "FRAMES_IN", address: 0x18, access: "ro", bits: 32, meaning: "whole frames taken since the reset" },
  { name: "FRAMES_OUT", address: 0x1c, access: "ro", bits: 32, meaning: "whole frames given since the reset" },
  {
    name: "IN_STALL",
    address: 0x20,
    access: "ro",
    bits: 64,
    meaning: "clocks in which an input beat waited for the accelerator; read the low word first",
  },
  {
    name: "OUT_STALL",
    address: 0x28,
    access: "ro",
    bits: 64,
    meaning: "clocks in which an output beat waited to be taken; read the low word first",
  },
  {
    name: "BUSY",
    address: 0x30,
    access: "ro",
    bits: 64,
    meaning: "clocks with a part of a frame inside; read the low word first",
  },
];

/** What axil_weights adds where weights are loaded. */
export const WEIGHTS_ADDRESS = 0x38;
const weightsRegisters: readonly Register[] = [
  {
    name: "WEIGHTS",
    address: WEIGHTS_ADDRESS,
    access: "rw",
    bits: 32,
    meaning:
      "read: what the loader is at, written: a word of a weight image, lost while FULL; only where layers are in RAM",
    fields: [
      { name: "LOADED", bit: 0, bits: 1, meaning: "a whole image is in place" },
      { name: "LOADING", bit: 1, bits: 1, meaning: "an image is being read" },
      { name: "SWITCHING", bit: 2, bits: 1, meaning: "frames of the former set are inside; only with --swap" },
      {
        name: "BANK",
        bit: 3,
        bits: 1,
        meaning: "of the frames that enter: it changes with each set; only with --swap",
      },
      { name: "ERROR", bit: 4, bits: 3, meaning: "what was wrong with the last image, see docs/weights.md" },
      { name: "FULL", bit: 7, bits: 1, meaning: "a word waits to be taken" },
    ],
  },
  {
    name: "WEIGHTS_LAST",
    address: WEIGHTS_ADDRESS + 4,
    access: "rw",
    bits: 32,
    meaning: "written: the last word of an image; reads as zero; only where layers are in RAM",
  },
];

/** What axil_readback adds where the memories are read back. */
export const READBACK_ADDRESS = 0x50;
const readBackRegisters: readonly Register[] = [
  {
    name: "READ_BACK",
    address: READBACK_ADDRESS,
    access: "rw",
    bits: 32,
    meaning:
      "written: 1 reads the words of the weights and their CRC back, 2 the CRC alone; read: how far that is; only with --read-back",
    fields: [
      { name: "BUSY", bit: 0, bits: 1, meaning: "under way, or a word waits" },
      { name: "VALID", bit: 1, bits: 1, meaning: "a word waits in READ_BACK_WORD" },
      { name: "LAST", bit: 2, bits: 1, meaning: "it is the CRC, the last one" },
    ],
  },
  {
    name: "READ_BACK_WORD",
    address: READBACK_ADDRESS + 4,
    access: "ro",
    bits: 32,
    meaning: "the word that waits; reading takes it; only with --read-back",
  },
];

/** What axil_memory adds where weights are in external memory. */
export const MEMORY_ADDRESS = 0x58;
const memoryRegisters: readonly Register[] = [
  {
    name: "MEMORY_BASE",
    address: MEMORY_ADDRESS,
    access: "rw",
    bits: 32,
    meaning: "where the external part of the weights' image lies; only where layers are in external memory",
    fields: [
      { name: "ERROR", bit: 0, bits: 1, meaning: "read: the bus has answered with an error; written: ignored" },
      {
        name: "ABORTED",
        bit: 1,
        bits: 11,
        meaning: "read: frames that ended for want of weights, modulo 2^11; written: ignored",
      },
      { name: "PAGE", bit: 12, bits: 20, meaning: "the address, a multiple of 4096, read when an image is loaded" },
    ],
  },
  {
    name: "MEMORY_STALLS",
    address: MEMORY_ADDRESS + 4,
    access: "ro",
    bits: 32,
    meaning: "clocks in which a layer waited for weights, modulo 2^32; only where layers are in external memory",
  },
];

/** Words of a stream's description, a block of 0x20 bytes. */
const streamWords: readonly (readonly [name: string, meaning: string, value: (s: HwStream) => number])[] = [
  ["HEIGHT", "rows of the tensor", (s) => shapeOf(s)[0]],
  ["WIDTH", "columns", (s) => shapeOf(s)[1]],
  ["CHANNELS", "channels", (s) => shapeOf(s)[2]],
  ["LANES", "values in a beat", (s) => s.lanes],
  ["LANE_BITS", "bits of a lane: values padded to bytes, lane 0 lowest", portLaneBits],
  ["VALUE_BITS", "bits that carry the value", (s) => s.laneBits],
  ["SIGNED", "1: two's complement", (s) => (s.signed ? 1 : 0)],
  ["BEATS", "beats of a frame", (s) => s.beatsPerFrame],
];
const STREAM_BYTES = 0x20;
const GENERAL = 0x40;
const INPUT = 0x60;

export const shapeOf = (s: HwStream): readonly [number, number, number] => s.tensor?.shape ?? [1, s.pixels, s.channels];

export interface ShellFacts {
  /** First 64 bits of the hash of the design. */
  readonly network: readonly [low: number, high: number];
  /** Bits of a beat at the DMA. */
  readonly beatBitsIn: number;
  readonly beatBitsOut: number;
}

/** All registers, by rising address. */
export function registers(
  g: Pick<HwGraph, "input" | "outputs" | "interval"> & {
    readonly weights?: { readonly external?: unknown; readonly readBack?: true };
  },
  facts: ShellFacts,
): Register[] {
  const constant = (name: string, address: number, value: number, meaning: string): Register => ({
    name,
    address,
    access: "ro",
    bits: 32,
    value,
    meaning,
  });
  const stream = (prefix: string, address: number, s: HwStream, what: string) =>
    streamWords.map(([name, meaning, value], i) =>
      constant(`${prefix}_${name}`, address + 4 * i, value(s), `${what}: ${meaning}`),
    );
  return [
    constant("MAGIC", 0x00, MAGIC, 'the letters "ADNT"'),
    constant("VERSION", 0x04, MAP_VERSION, "version of this map"),
    constant("NETWORK_LO", 0x08, facts.network[0], "hash of the accelerator's Verilog and memories, low word"),
    constant("NETWORK_HI", 0x0c, facts.network[1], "high word"),
    ...controlRegisters,
    ...(g.weights ? weightsRegisters : []),
    ...(g.weights?.readBack ? readBackRegisters : []),
    ...(g.weights?.external ? memoryRegisters : []),
    constant("CLOCKS_PER_FRAME", GENERAL, g.interval, "scheduled clocks between frames"),
    constant("OUTPUTS", GENERAL + 4, g.outputs.length, "outputs; their frames leave one after another"),
    constant("BEAT_BITS_IN", GENERAL + 8, facts.beatBitsIn, "bits of an input beat at the DMA"),
    constant("BEAT_BITS_OUT", GENERAL + 12, facts.beatBitsOut, "bits of an output beat at the DMA"),
    ...stream("IN", INPUT, g.input, "input"),
    ...g.outputs.flatMap((o, i) =>
      stream(`OUT${i}`, INPUT + STREAM_BYTES * (i + 1), o.stream, `output ${i} (${o.name})`),
    ),
  ];
}

/** The constants as axil_control takes them: words 0 to 3, then one for each address from 0x40. */
export function constantWords(map: readonly Register[]): number[] {
  const at = new Map(map.map((r) => [r.address, r.value ?? 0]));
  const last = Math.max(...at.keys());
  const word = (address: number) => at.get(address) ?? 0;
  return [
    ...[0, 4, 8, 12].map(word),
    ...Array.from({ length: (last - GENERAL) / 4 + 1 }, (_, i) => word(GENERAL + 4 * i)),
  ];
}

/** The map as IP-XACT has it: a register of 64 bits is two of 32, NAME and NAME_HI. */
export function ipRegisters(map: readonly Register[]): IpRegister[] {
  const whole = (meaning: string): IpField[] => [{ name: "VALUE", bit: 0, bits: 32, meaning }];
  return map.flatMap(({ name, address, access, bits, meaning, value, fields }): IpRegister[] => {
    const low = { name, address, access, meaning, value, fields: fields ?? whole(meaning) };
    if (bits === 32) return [low];
    const high = `high word of ${name}, as it was when the low word was read`;
    return [low, { name: `${name}_HI`, address: address + 4, access, meaning: high, fields: whole(high) }];
  });
}

const hex = (n: number, digits: number): string => `0x${(n >>> 0).toString(16).padStart(digits, "0")}`;

/** The map as a table in Markdown; the values where the network is known. */
export function registerTable(map: readonly Register[], values: boolean): string {
  return [
    `| Address | Register | Access | Bits |${values ? " Value |" : ""} Meaning |`,
    `|---|---|---|---|${values ? "---|" : ""}---|`,
    ...map.map((r) => {
      const value = r.value === undefined ? "" : r.value > 0xffff ? hex(r.value, 8) : String(r.value);
      return `| ${hex(r.address, 2)} | ${r.name} | ${r.access} | ${r.bits} |${values ? ` ${value} |` : ""} ${r.meaning} |`;
    }),
  ].join("\n");
}
