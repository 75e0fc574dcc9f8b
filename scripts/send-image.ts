// Sends images to a board and prints its answers: the class and the outputs of each image.
//
//   npx tsx scripts/send-image.ts DIR --port /dev/ttyUSB1 --images images.npy [--first N] [--count N]
//
// DIR is the output folder of `addernet synth`. Images are stored integers, [N, H, W, C] or [N, H, W]. The line is
// opened by the npm package serialport, which npm installs where it has a build for the machine.

import { readFileSync } from "node:fs";
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

const sizeOf = (s: Stream): number => s.shape.reduce((a, b) => a * b, 1);

function stop(message: string, code = 1): never {
  console.error(message);
  process.exit(code);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string" },
    images: { type: "string" },
    first: { type: "string", default: "0" },
    count: { type: "string", default: "1" },
    timeout: { type: "string", default: "2" },
  },
});
const [dir] = positionals;
if (!dir || !values.port || !values.images)
  stop("usage: send-image.ts DIR --port DEVICE --images FILE.npy [--first N] [--count N] [--timeout SECONDS]", 2);
const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as Manifest;
const { serial } = JSON.parse(readFileSync(join(dir, "synth.json"), "utf8")) as Synth;
if (!serial) stop(`${dir} is for a board without a serial line`);
const images = readNpy(readFileSync(values.images));
const size = sizeOf(manifest.input);
const lane = manifest.input.portLaneBits / 8;
const first = Number(values.first);
const end = first + Number(values.count);
if (!(first >= 0 && end <= images.data.length / size))
  stop(`${values.images} does not hold images ${first} to ${end - 1}`);

const { SerialPort } = await import("serialport").catch(() =>
  stop("the npm package serialport is not installed: npm install"),
);
const port = new SerialPort({ path: values.port, baudRate: serial.baud, autoOpen: false });
await new Promise<void>((resolve) =>
  port.open((e) => (e ? stop(`${values.port} cannot be opened: ${e.message}`) : resolve())),
);
try {
  for (let i = first; i < end; i++) {
    const answer = await ask(message(i), i);
    console.log(`image ${i}: ${describe(answer)}`);
  }
} catch (e) {
  console.error((e as Error).message);
  process.exitCode = 1;
} finally {
  await new Promise<void>((resolve) => port.close(() => resolve()));
}

/** The bytes of an image: its values in order, the lowest byte first. */
function message(i: number): Buffer {
  const bytes = Buffer.alloc(serial!.bytesIn);
  for (let k = 0; k < size; k++) {
    const v = Number(images.data[i * size + k]);
    for (let b = 0; b < lane; b++) bytes[k * lane + b] = (v >> (8 * b)) & 255;
  }
  return bytes;
}

/** Sends an image and waits for the whole answer; what came before it is not part of it. */
function ask(bytes: Buffer, i: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const late = () =>
      finish(new Error(`image ${i}: no answer for ${values.timeout} s, ${length} of ${serial!.bytesOut} bytes so far`));
    let timer = setTimeout(late, 1000 * Number(values.timeout));
    const take = (part: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(late, 1000 * Number(values.timeout));
      parts.push(part);
      length += part.length;
      if (length >= serial!.bytesOut) finish();
    };
    const finish = (error?: Error) => {
      clearTimeout(timer);
      port.off("data", take);
      if (error) reject(error);
      else if (length > serial!.bytesOut) reject(new Error(`image ${i}: ${length - serial!.bytesOut} bytes too many`));
      else resolve(Buffer.concat(parts));
    };
    port.on("data", take);
    port.write(bytes, (e) => e && finish(e));
  });
}

/** The class, then the outputs of an answer by name. */
function describe(answer: Buffer): string {
  let at = 0;
  const outputs = manifest.outputs.map((o) => {
    const bytes = o.portLaneBits / 8;
    const list = Array.from({ length: sizeOf(o) }, () => {
      const v = o.signed ? answer.readIntLE(at, bytes) : answer.readUIntLE(at, bytes);
      at += bytes;
      return v;
    });
    return { name: o.name, list };
  });
  const last = outputs.at(-1)!.list;
  const winner = last.length === 1 ? last[0]! : last.indexOf(Math.max(...last));
  return `class ${winner}; ${outputs.map((o) => `${o.name} ${o.list.join(" ")}`).join("; ")}`;
}
