// PNG and JPEG: pixels of 8 bits, channels last. Sizes are read before anything is unpacked.
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { FileError } from "./error.ts";

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

/** Height and width from a PNG's first chunk. */
function pngSize(bytes: Uint8Array): readonly [number, number, depth: number] {
  if (bytes.length < 33) throw bad("the PNG file is cut short", { found: `${bytes.length} bytes` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [view.getUint32(20), view.getUint32(16), bytes[24]!];
}

/** Height and width from a JPEG's frame header. */
function jpegSize(bytes: Uint8Array): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) break;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(at + 5), view.getUint16(at + 7)];
    at += 2 + view.getUint16(at + 2);
  }
  throw bad("the JPEG file has no frame header");
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

/**
 * Reads a PNG or JPEG file of `height` x `width` pixels; another size is refused before it is unpacked. Throws FileError.
 */
export function readPicture(bytes: Uint8Array, [height, width]: readonly [number, number]): Picture {
  const png = isPng(bytes);
  if (!png && !isJpeg(bytes)) throw bad("this is neither a PNG nor a JPEG file");
  const size = png ? pngSize(bytes) : jpegSize(bytes);
  if (size[0] !== height || size[1] !== width)
    throw bad("the picture has another size than the network's input", {
      expected: `${height} x ${width} pixels (height x width)`,
      found: `${size[0]} x ${size[1]}`,
      hint: "resize it before; addernet resizes nothing on its own",
    });
  if (size[2] === 16)
    throw bad("the picture has 16 bits a channel", {
      expected: "8 bits",
      hint: "images of 16 bits are read from .npy",
    });
  try {
    if (png) return picture(height, width, PNG.sync.read(Buffer.from(bytes)).data);
    const memory = { maxResolutionInMP: 64, maxMemoryUsageInMB: 1024 };
    return picture(height, width, jpeg.decode(bytes, { useTArray: true, ...memory }).data);
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
