// Sends images to a board and prints its answers; Linux and macOS.
//
//   npx tsx scripts/send-image.ts DIR --port /dev/ttyUSB1 --images images.npy [--first N] [--count N]
//
// DIR is the output folder of `addernet synth`. Images are stored integers, [N, H, W, C] or [N, H, W].

import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readNpy } from "../generator/files/index.ts";

interface Stream {
  readonly portLaneBits: number;
  readonly shape: readonly number[];
  readonly signed: boolean;
}
interface Manifest {
  readonly input: Stream;
  readonly outputs: readonly (Stream & { readonly name: string })[];
}
interface Synth {
  readonly serial?: { readonly baud: number; readonly bytesIn: number; readonly bytesOut: number };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string" },
    images: { type: "string" },
    first: { type: "string", default: "0" },
    count: { type: "string", default: "1" },
  },
});
const [dir] = positionals;
if (!dir || !values.port || !values.images) {
  console.error("usage: send-image.ts DIR --port DEVICE --images FILE.npy [--first N] [--count N]");
  process.exit(2);
}
const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as Manifest;
const { serial } = JSON.parse(readFileSync(join(dir, "synth.json"), "utf8")) as Synth;
if (!serial) {
  console.error(`${dir} is for a board without a serial line`);
  process.exit(1);
}
const images = readNpy(readFileSync(values.images));
const size = manifest.input.shape.reduce((a, b) => a * b, 1);
const lane = manifest.input.portLaneBits / 8;

const flag = process.platform === "darwin" ? "-f" : "-F";
execFileSync("stty", [
  flag,
  values.port,
  String(serial.baud),
  "raw",
  "-echo",
  "cs8",
  "-cstopb",
  "-parenb",
  "min",
  "0",
  "time",
  "20",
]);
const port = openSync(values.port, constants.O_RDWR | constants.O_NOCTTY);
try {
  for (let i = Number(values.first); i < Number(values.first) + Number(values.count); i++) {
    const message = Buffer.alloc(serial.bytesIn);
    for (let k = 0; k < size; k++) {
      const v = Number(images.data[i * size + k]);
      for (let b = 0; b < lane; b++) message[k * lane + b] = (v >> (8 * b)) & 255;
    }
    for (let at = 0; at < message.length; ) at += writeSync(port, message, at);
    const answer = Buffer.alloc(serial.bytesOut);
    for (let at = 0; at < answer.length; ) {
      const got = readSync(port, answer, at, answer.length - at, null);
      if (got === 0) throw new Error(`image ${i}: no answer for two seconds, ${at} of ${answer.length} bytes so far`);
      at += got;
    }
    console.log(`image ${i}: ${describe(answer)}`);
  }
} finally {
  closeSync(port);
}

/** The outputs of an answer by name. */
function describe(answer: Buffer): string {
  let at = 0;
  return manifest.outputs
    .map((o) => {
      const bytes = o.portLaneBits / 8;
      const list = Array.from({ length: o.shape.reduce((a, b) => a * b, 1) }, () => {
        const v = o.signed ? answer.readIntLE(at, bytes) : answer.readUIntLE(at, bytes);
        at += bytes;
        return v;
      });
      return `${o.name} ${list.join(" ")}`;
    })
    .join("; ");
}
