// Pictures as PNG in data URIs: what a page without a network can show.
import { zlibSync } from "fflate";
import { crc32 } from "../files/crc32.ts";
import type { Picture } from "./data.ts";

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

/** The bytes of a PNG file. */
export function pngOf({ width, height, channels, samples }: Picture): Uint8Array {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head[8] = 8;
  head[9] = channels === 3 ? 2 : 0;
  const rows = new Uint8Array(height * (1 + width * channels));
  for (let y = 0; y < height; y++)
    rows.set(samples.slice(y * width * channels, (y + 1) * width * channels), y * (1 + width * channels) + 1);
  const parts = [
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", head),
    chunk("IDAT", zlibSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

export function pngUri(p: Picture): string {
  let text = "";
  for (const b of pngOf(p)) text += String.fromCharCode(b);
  return `data:image/png;base64,${btoa(text)}`;
}
