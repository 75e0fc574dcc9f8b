// PNG and JPEG: pixels of 8 bits, channels last. Sizes are read before anything is unpacked.
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { FileError } from "./error.ts";
import { type Fit, resize } from "./resize.ts";

export interface Picture {
  readonly height: number;
  readonly width: number;
  /** 1 for gray, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

const bad = (message: string, parts: { expected?: string; found?: string; hint?: string } = {}): FileError =>
  new FileError({ code: "picture", message, ...parts });

export const isPng = (bytes: Uint8Array): boolean =>
  [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10].every((b, i) => bytes[i] === b);
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** What stands in front of the pixels. */
interface Head {
  readonly height: number;
  readonly width: number;
  readonly depth: number;
  /** Camera data, whose tag of orientation says how a picture is to be turned. */
  readonly exif?: Uint8Array | undefined;
  /** A JPEG whose samples are red, green and blue as they stand. */
  readonly rgb?: boolean;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function pngHead(bytes: Uint8Array): Head {
  if (bytes.length < 33) throw bad("the PNG file is cut short", { found: `${bytes.length} bytes` });
  const view = viewOf(bytes);
  const head = { height: view.getUint32(20), width: view.getUint32(16), depth: bytes[24]! };
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x65584966) return { ...head, exif: bytes.subarray(at + 8, at + 8 + size) };
    at += 12 + size;
  }
  return head;
}

const EXIF = "Exif\0\0";
const startsWith = (bytes: Uint8Array, text: string): boolean =>
  [...text].every((c, i) => bytes[i] === c.charCodeAt(0));

function jpegHead(bytes: Uint8Array): Head {
  const view = viewOf(bytes);
  let exif: Uint8Array | undefined;
  /** What a marker says of colours: JFIF's are luma and chroma, Adobe's may be red, green and blue. */
  let stated: boolean | undefined;
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) break;
    const size = view.getUint16(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + size);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const names = [6, 9, 12].map((k) => body[k]);
      const rgb = body[5] === 3 && (stated ?? startsWith(Uint8Array.from(names as number[]), "RGB"));
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), depth: body[0]!, exif, rgb };
    }
    if (marker === 0xe0 && startsWith(body, "JFIF\0")) stated = false;
    if (marker === 0xee && startsWith(body, "Adobe")) stated ??= body[11] === 0;
    if (marker === 0xe1 && startsWith(body, EXIF)) exif = body.subarray(EXIF.length);
    at += 2 + size;
  }
  throw bad("the JPEG file has no frame header");
}

/** The orientation of camera data, 1 for a picture that is upright; 1 too where it cannot be read. */
function orientationOf(exif: Uint8Array): number {
  const little = startsWith(exif, "II");
  if (exif.length < 10 || (!little && !startsWith(exif, "MM"))) return 1;
  const view = viewOf(exif);
  const first = view.getUint32(4, little);
  if (first + 2 > exif.length) return 1;
  const entries = view.getUint16(first, little);
  for (let i = 0, at = first + 2; i < entries && at + 12 <= exif.length; i++, at += 12)
    if (view.getUint16(at, little) === 0x112) return view.getUint16(at + 8, little);
  return 1;
}

/** One channel where all three are alike. */
function picture(height: number, width: number, rgba: Uint8Array): Picture {
  const count = height * width;
  let gray = true;
  for (let i = 0; i < count; i++) {
    if (rgba[4 * i + 3] !== 255)
      throw bad("the picture is transparent in places", { hint: "save it without an alpha channel" });
    gray &&= rgba[4 * i] === rgba[4 * i + 1] && rgba[4 * i] === rgba[4 * i + 2];
  }
  const channels = gray ? 1 : 3;
  const data = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) for (let c = 0; c < channels; c++) data[i * channels + c] = rgba[4 * i + c]!;
  return { height, width, channels, data };
}

/** Pixels that are unpacked at most of a picture that is resized. */
const MOST_PIXELS = 64e6;

/**
 * Reads a PNG or JPEG file of `height` x `width` pixels. Another size becomes that as `fit` says; without it, it is refused
 * before it is unpacked. Throws FileError.
 */
export function readPicture(bytes: Uint8Array, wanted: readonly [number, number], fit?: Fit): Picture {
  const png = isPng(bytes);
  if (!png && !isJpeg(bytes)) throw bad("this is neither a PNG nor a JPEG file");
  const head = png ? pngHead(bytes) : jpegHead(bytes);
  const { height, width, exif } = head;
  const other = height !== wanted[0] || width !== wanted[1];
  if (other && !fit)
    throw bad("the picture has another size than the network's input", {
      expected: `${wanted[0]} x ${wanted[1]} pixels (height x width)`,
      found: `${height} x ${width}`,
      hint: "--resize bilinear, or another filter, resizes it; without this option nothing is resized",
    });
  if (height === 0 || width === 0 || height * width > MOST_PIXELS)
    throw bad("the picture has a size that is not resized", {
      expected: `1 to ${MOST_PIXELS / 1e6} million pixels`,
      found: `${height} x ${width}`,
    });
  if (exif && orientationOf(exif) > 1)
    throw bad("the picture lies turned or mirrored in its file", {
      expected: "orientation 1 in its Exif data, or none",
      found: `orientation ${orientationOf(exif)}`,
      hint: "save it upright: some programs turn such pictures and some do not",
    });
  if (head.depth === 16)
    throw bad("the picture has 16 bits a channel", {
      expected: "8 bits",
      hint: "images of 16 bits are read from .npy",
    });
  const unpacked = () => {
    if (png) return picture(height, width, PNG.sync.read(Buffer.from(bytes)).data);
    const colours = head.rgb ? { colorTransform: false } : {};
    const memory = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 1024 };
    return picture(height, width, jpeg.decode(bytes, { useTArray: true, ...memory, ...colours }).data);
  };
  try {
    const read = unpacked();
    if (!other) return read;
    const data = resize(read.data, [height, width], read.channels, wanted, fit!);
    return { height: wanted[0], width: wanted[1], channels: read.channels, data };
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw bad("the picture cannot be read", { found: error instanceof Error ? error.message : String(error) });
  }
}

/** A PNG file of 8 bits a channel. @param rgb red, green, blue of each pixel, rows from the top */
export function writePng(height: number, width: number, rgb: Uint8Array): Uint8Array {
  const image = new PNG({ width, height });
  for (let p = 0; p < height * width; p++) image.data.set([rgb[3 * p]!, rgb[3 * p + 1]!, rgb[3 * p + 2]!, 255], 4 * p);
  return PNG.sync.write(image, { colorType: 2 });
}
