// A built folder as it lies there: its manifest, its files by their checksums, its integers and images.
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { externalFile } from "../7-emit/emit.ts";
import { type Diagnostic, InputError, inputError } from "../diagnostics/diagnostics.ts";
import type { Fit } from "../files/resize.ts";
import { portLaneBits } from "../index.ts";
import { HOMES } from "../ir/graph.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import type { Verified } from "../verify/verified.ts";
import { probeDesign } from "../verify/verify.ts";
import { DATA_BITS, PAGE, packBits } from "../weights/external.ts";
import type { Console } from "./console.ts";
import { readImages, readText, reason } from "./files.ts";
import { type Opened, openNetwork } from "./network.ts";

const word = z.string().regex(/^[A-Za-z_]\w{0,200}$/);
const count = z.int().min(1);
const stream = z.object({
  stream: word,
  tensor: z.string(),
  shape: z.tuple([count, count, count]),
  offset: z.array(z.int()).optional(),
  channels: count,
  pixels: count,
  lanes: count,
  laneBits: count.max(64),
  signed: z.boolean(),
  beatsPerFrame: count,
});
const section = { layer: z.string(), rows: count, bits: count, first: z.int().min(0), words: count };
const arrayLayout = { pe: count, simd: count, sf: count, nf: count, outer: count, depthwise: z.boolean(), bits: count };
const codeLayout = { bits: count, lanes: count };
const constantsLayout = {
  ...{ lanes: count, multiplierBits: count, biasBits: count, shared: z.boolean() },
  acc: z.object({ min: z.int(), max: z.int() }),
};
const weights = z.object({
  identity: z.string().regex(/^[0-9a-f]{16}$/),
  words: count,
  clocksPerWord: count,
  readBack: z.object({ ask: word, port: word }).optional(),
  sections: z.array(
    z.discriminatedUnion("holds", [
      z.object({ ...section, holds: z.literal("weights"), layout: z.object(arrayLayout) }),
      z.object({ ...section, holds: z.literal("constants"), layout: z.object(constantsLayout) }),
      z.object({ ...section, holds: z.literal("code"), layout: z.object(codeLayout) }),
    ]),
  ),
  external: z
    .object({
      dataBits: z.literal([...DATA_BITS]),
      bytesPerFrame: count,
      ports: z
        .array(z.object({ port: word, bytesPerClock: z.number().positive(), layers: z.array(z.string()) }))
        .min(1),
      binds: z.boolean(),
      decodes: z.boolean(),
      sections: z
        .array(
          z.object({
            ...{ layer: z.string(), rows: count, bits: count, bytes: count },
            offset: z.int().min(0).multipleOf(PAGE),
            layout: z.object(arrayLayout),
            code: z.object({ ...codeLayout, first: z.int().min(0), second: z.int().min(0) }).optional(),
          }),
        )
        .min(1),
    })
    .optional(),
});
const folds = z.record(z.string(), count).optional();
/** What verification needs of a manifest; the rest of it is for other readers. */
const schema = z.object({
  format: z.literal("addernet-rtl/build-1"),
  top: word,
  clocksPerFrame: count,
  latency: z.object({
    first: z.int(),
    last: z.int(),
    early: z.object({ first: z.int(), last: z.int() }).exactOptional(),
    late: z.int().exactOptional(),
    fill: z.int(),
    settling: z.int(),
  }),
  input: stream,
  outputs: z.array(stream.extend({ name: word })).min(1),
  layers: z.array(z.unknown()),
  cells: z.array(z.string()),
  probes: z.array(stream),
  weights: weights.optional(),
  target: z.string().nullish(),
  /** Absent in folders of versions that did not say what was asked for. */
  request: z
    .object({
      fps: z.number().optional(),
      clockMHz: z.number().optional(),
      l1: z.union([z.literal(0), z.literal(1)]).optional(),
      dsp: z.boolean().optional(),
      logits: z.boolean().optional(),
      bandwidth: z.number().positive().optional(),
      memoryBits: z.literal([...DATA_BITS]).optional(),
      memoryPorts: count.optional(),
      swap: z.boolean().optional(),
      readBack: z.boolean().optional(),
      homes: z.union([z.enum(HOMES), z.record(z.string(), z.enum(HOMES))]).optional(),
      ...{ pe: folds, simd: folds, pixels: folds, bands: folds },
      unroll: z.array(z.string()).optional(),
    })
    .optional(),
  checksums: z.record(z.string().regex(/^(integers\.json|(rtl|mem|tb)\/\w[\w.-]*)$/), z.string()),
});
type Manifest = z.infer<typeof schema>;

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

export const fault = (message: string, expected?: string): Diagnostic => ({
  code: "AN8007",
  severity: "error",
  message,
  ...(expected ? { expected } : {}),
  hint: "addernet build writes the folder again",
});

/** Why a file of a folder cannot be read; undefined where it can. */
function unreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    return code === "ENOENT" ? `${path} is missing` : `${path} cannot be read: ${reason(e)}`;
  }
}

export function readManifest(dir: string): Manifest {
  const path = join(dir, "manifest.json");
  const wrong = unreadable(path);
  if (wrong) throw new InputError([fault(wrong, "a folder that addernet build wrote")]);
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const { path: at, message } = read.error.issues[0]!;
  throw new InputError([fault(`${path} is not the manifest of a build: ${at.join(".") || "JSON"}: ${message}`)]);
}

const streamOf = (s: z.infer<typeof stream>): HwStream => ({
  name: s.stream,
  ...{ lanes: s.lanes, laneBits: s.laneBits, signed: s.signed },
  ...{ channels: s.channels, pixels: s.pixels, beatsPerFrame: s.beatsPerFrame },
  tensor: { name: s.tensor, shape: s.shape, ...(s.offset ? { offset: s.offset } : {}) },
});

/** The frames of the folder's own bench. */
function benchFrames(text: string, s: HwStream, net: QuantizedNetwork): IntTensor[] {
  const bits = portLaneBits(s);
  const mask = (1n << BigInt(bits)) - 1n;
  const words = text.trim().split("\n");
  const perPixel = s.beatsPerFrame / s.pixels;
  const signed = net.input.storage === "int8";
  const { shape } = s.tensor!;
  return Array.from({ length: Math.floor(words.length / s.beatsPerFrame) }, (_, f) => ({
    shape,
    data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => {
      const c = i % s.channels;
      const beat = f * s.beatsPerFrame + Math.floor(i / s.channels) * perPixel + Math.floor(c / s.lanes);
      const v = Number((BigInt(`0x${words[beat]}`) >> BigInt((c % s.lanes) * bits)) & mask);
      return signed && v >= 2 ** (bits - 1) ? v - 2 ** bits : v;
    }),
  }));
}

/** Bytes of beats, one a line, the lowest byte of each first. */
function bytesOfBeats(text: string, dataBits: number): Uint8Array {
  const lines = text.trim().split("\n");
  const bytes = new Uint8Array((lines.length * dataBits) / 8);
  packBits(
    lines.map((line) => BigInt(`0x${line}`)),
    dataBits,
    bytes,
  );
  return bytes;
}

/** Words of an image, one a line. */
const imageWords = (text: string): Uint32Array =>
  Uint32Array.from(text.trim().split("\n"), (line) => Number.parseInt(line, 16));

/** A folder of `addernet build` or `addernet synth` whose files are as they were written. */
export interface Folder {
  readonly dir: string;
  readonly manifest: Manifest;
  /** Its integers.json, opened. */
  readonly opened: Opened;
  readonly net: QuantizedNetwork;
  readonly hw: Verified;
  /** Paths of the Verilog that is simulated. */
  readonly verilog: readonly string[];
}

/** Opens a folder; AN8007 where a file that its manifest has a checksum of is missing or changed. */
export function openFolder(dir: string, out: Console): Folder {
  out.progress(`reading ${dir}`, 0, 0);
  const m = readManifest(dir);
  const verilog = [...Object.keys(m.checksums).filter((f) => /^rtl\/.*\.v$/.test(f)), `tb/${m.top}_probe.v`];
  const image = m.weights && `tb/${m.top}_weights.mem`;
  const external = m.weights?.external;
  const beside = external && externalFile({ name: m.top });
  const unknown = [...verilog, "integers.json", ...(image ? [image] : []), ...(beside ? [beside] : [])].filter(
    (f) => m.checksums[f] === undefined,
  );
  const wrong = [
    ...unknown.map((f) => fault(`${join(dir, "manifest.json")} has no checksum of ${f}`)),
    ...Object.entries(m.checksums).flatMap(([f, sum]) => {
      const path = join(dir, f);
      const lost = unreadable(path);
      if (lost) return [fault(lost)];
      const found = createHash("sha256").update(readText(path)).digest("hex");
      return found === sum ? [] : [fault(`${path} differs from what addernet build wrote`)];
    }),
  ];
  if (wrong.length > 0) throw new InputError(wrong);
  const opened = openNetwork(join(dir, "integers.json"), out);
  const net = opened.integers;
  if (!net) throw new InputError([fault(`${join(dir, "integers.json")} holds no integers`)]);
  const hw: Verified = {
    name: m.top,
    interval: m.clocksPerFrame,
    latency: m.latency,
    input: streamOf(m.input),
    outputs: m.outputs.map((o) => ({ name: o.name, stream: streamOf(o) })),
    streams: m.probes.map(streamOf),
    blocks: m.layers,
    ...(image
      ? {
          weights: {
            image: imageWords(readText(join(dir, image))),
            step: m.weights!.clocksPerWord,
            ...(m.weights!.readBack ? { readBack: true, sections: m.weights!.sections } : {}),
            ...(external && beside
              ? {
                  beside: {
                    bytes: bytesOfBeats(readText(join(dir, beside)), external.dataBits),
                    bytesPerFrame: external.bytesPerFrame,
                    ports: external.ports.map(({ port, bytesPerClock }) => ({
                      name: port,
                      share: Math.min(1, (8 * bytesPerClock) / external.dataBits),
                    })),
                    binds: external.binds,
                    decodes: external.decodes,
                    dataBits: external.dataBits,
                    sections: external.sections.map((s) => ({
                      ...s,
                      port: external.ports.findIndex(({ layers }) => layers.includes(s.layer)),
                    })),
                  },
                }
              : {}),
          },
        }
      : {}),
  };
  const files = Object.keys(m.checksums).length;
  out.line(`${files} files are as addernet build wrote them`);
  return { dir, manifest: m, opened, net, hw, verilog };
}

/** Options that choose a design mean nothing where it is built already. */
export function refuseDesignOptions(dir: string, args: object): void {
  for (const option of [
    "fps",
    "pe",
    "simd",
    "pixels",
    "bands",
    "unroll",
    "weights",
    "coded",
    "bandwidth",
    "memory-bits",
    "memory-ports",
    "swap",
    "read-back",
    "l1",
    "target",
    "calibration",
  ] as const)
    if ((args as Record<string, unknown>)[option] !== undefined)
      throw inputError({
        code: "AN7001",
        message: `--${option} has no effect on ${dir}: the folder is already built`,
        expected: "a network file, or no such option",
      });
}

/** The images given, or else those of the folder's own bench. */
export function folderImages(
  { dir, net, hw }: Folder,
  images: string | undefined,
  count: number,
  fit?: Fit,
): IntTensor[] {
  const frames = join(dir, `tb/${hw.name}_in.mem`);
  if (images) return readImages(images, net.input, count, fit);
  return existsSync(frames) ? benchFrames(readText(frames), hw.input, net).slice(0, count) : [];
}

/** SHA-256 of its files, which are as they were written. */
export const folderSums = ({ manifest }: Folder) => Object.entries(manifest.checksums);

/** What of a folder is simulated. */
export const folderBench = ({ dir, hw, verilog }: Folder) => probeDesign(hw, resolve(dir), verilog);
