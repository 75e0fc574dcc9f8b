// Sends images, and weights, to a board over its serial line and prints, or checks, what it answers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInteger } from "../../../golden/index.ts";
import { type LineStream, lineBytes, lineClass, lineDifference, lineValues } from "../../device/shell/line.ts";
import { type Diagnostic, inputError } from "../../diagnostics/diagnostics.ts";
import type { IntTensor } from "../../ir/tensor.ts";
import { type Image, identityText, partsOf, wordsOf } from "../../weights/image.ts";
import { MESSAGES } from "../../weights/messages.ts";
import { crcOf, readBackFault } from "../../weights/readback.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { type FitArgs, fitOf, readImages, reason } from "../files.ts";
import { fitOptions, imageFiles } from "../options.ts";
import { openImage } from "../weights.ts";

type Stream = LineStream & { readonly shape: readonly [number, number, number] };

/** What `synth` wrote about a board with a serial line. */
interface BoardFolder {
  readonly input: Stream;
  readonly outputs: readonly (Stream & { readonly name: string })[];
  readonly baud: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Each message begins with a byte that says what it is: weights are written at run time. */
  readonly messages: boolean;
  /** Of the weights that it takes; undefined where they are in the bitstream. */
  readonly identity: string | undefined;
  /** What its memories hold can be read back. */
  readonly readsBack: boolean;
}

export interface SendArgs extends FitArgs {
  readonly port: string;
  readonly images?: string | undefined;
  /** Weight image to load first. */
  readonly weights?: string | undefined;
  /** Weight image to compare with what the memories hold. */
  readonly readBack?: string | undefined;
  readonly first: number;
  readonly count: number;
  /** Seconds of silence after which an answer is given up. */
  readonly timeout: number;
  /** integers.json whose golden answers the board's must equal. */
  readonly check?: string | undefined;
}

const boardError = (message: string, hint?: string) =>
  inputError({ code: "AN8101", message, ...(hint ? { hint } : {}) });

function readFolder(dir: string): BoardFolder {
  const read = (name: string): unknown => {
    try {
      return JSON.parse(readFileSync(join(dir, name), "utf8"));
    } catch (e) {
      throw boardError(
        `${join(dir, name)} cannot be read: ${reason(e)}`,
        "name the folder that addernet synth -o wrote",
      );
    }
  };
  const { serial, target } = read("synth.json") as Partial<{ serial: BoardFolder; target: string }>;
  const { input, outputs, weights } = read("manifest.json") as BoardFolder & {
    weights?: { identity: string; readBack?: object };
  };
  if (!serial)
    throw boardError(
      `${dir} is for ${target ?? "a target"}, which has no serial line`,
      "a board with a processor: pynq/ in that folder holds its driver, and on the board python3 addernet.py NAME.json --images X.npy --check golden.npz compares",
    );
  const { baud, bytesIn, bytesOut, messages = false } = serial;
  const readsBack = weights?.readBack !== undefined;
  return { input, outputs, baud, bytesIn, bytesOut, messages, identity: weights?.identity, readsBack };
}

/** As much of serialport's class as is used. */
interface Port {
  open(done: (e: Error | null | undefined) => void): void;
  close(done: () => void): void;
  write(bytes: Uint8Array, done: (e: Error | null | undefined) => void): void;
  on(event: "data", take: (part: Buffer) => void): void;
  off(event: "data", take: (part: Buffer) => void): void;
}

async function openPort(path: string, baudRate: number): Promise<Port> {
  const name = "serialport";
  const { SerialPort } = (await import(name).catch(() => {
    throw boardError(
      "the npm package serialport is not there",
      "npm install serialport, or host/send.py with pyserial",
    );
  })) as { SerialPort: new (options: object) => Port };
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  await new Promise<void>((resolve, reject) =>
    port.open((e) =>
      e
        ? reject(boardError(`${path} cannot be opened: ${e.message}`, "--port names the board's serial port"))
        : resolve(),
    ),
  );
  return port;
}

/** A message, the bytes that answer it, and what to say where they do not come. */
interface Question {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly answer: number;
  /** Seconds of silence after which it is given up, once all is sent. */
  readonly timeout: number;
  readonly hint: string;
}

/** Sends a message and waits for the whole answer; what came before it is not part of it. */
function ask(port: Port, { what, bytes, answer, timeout, hint }: Question): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const late = () =>
      finish(boardError(`${what}: no answer for ${timeout} s, ${length} of ${answer} bytes so far`, hint));
    let timer = setTimeout(late, 1000 * timeout);
    const take = (part: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(late, 1000 * timeout);
      parts.push(part);
      length += part.length;
      if (length >= answer) finish();
    };
    const finish = (error?: Error) => {
      clearTimeout(timer);
      port.off("data", take);
      if (error) reject(error);
      else if (length > answer) reject(boardError(`${what}: ${length - answer} bytes too many`));
      else resolve(Buffer.concat(parts));
    };
    port.on("data", take);
    port.write(bytes, (e) => e && finish(boardError(`${what} cannot be sent: ${e.message}`)));
  });
}

/** What is sent for an image. */
function messageOf(image: IntTensor, board: BoardFolder): Uint8Array {
  const bytes = lineBytes(image.data, board.input);
  return board.messages ? Uint8Array.of(MESSAGES.frame, ...bytes) : bytes;
}

const sendImage = (port: Port, image: IntTensor, board: BoardFolder, i: number, timeout: number): Promise<Buffer> =>
  ask(port, {
    what: `image ${i}`,
    bytes: messageOf(image, board),
    answer: board.bytesOut,
    timeout,
    hint: board.messages
      ? "no weights are loaded (--weights), the wrong port, another bitstream, or a folder of another network"
      : "the wrong port, another bitstream, or a folder of another network",
  });

/** What is wrong with the last weights, by the error of a status. */
const REFUSALS = [
  "nothing",
  "another magic",
  "another version of the format",
  "for another network",
  "another number of words",
  "too short or too long",
  "a wrong CRC",
  "wrong weights were read from memory",
] as const;
/** Bits of a status: where the board has its weights in memory beside the device, the highest tells that no set is there. */
const LOADED = 0x01;
const LOADING = 0x02;
const ELSEWHERE = 0x80;

/** Loads a weight image into the board; throws AN8101 where it is not taken. */
async function loadWeights(port: Port, file: string, bytes: Uint8Array, board: BoardFolder, timeout: number) {
  const hint = "the wrong port or another bitstream";
  const status = async () => {
    const [byte] = await ask(port, {
      ...{ what: "status", bytes: Uint8Array.of(MESSAGES.status), answer: 1, timeout, hint },
    });
    return byte!;
  };
  const say = async (message: number, part: Uint8Array) => {
    const seconds = timeout + (10 * part.length) / board.baud;
    const whole = new Uint8Array(part.length + 1);
    whole[0] = message;
    whole.set(part, 1);
    const [answer] = await ask(port, { what: file, bytes: whole, answer: 1, timeout: seconds, hint });
    return answer!;
  };
  const { loaded, beside } = partsOf(bytes);
  // The board may still read its flash.
  const until = Date.now() + 1000 * timeout;
  const busy = beside.length > 0 ? LOADING : LOADING | ELSEWHERE;
  while (((await status()) & busy) !== 0 && Date.now() < until) await new Promise((r) => setTimeout(r, 20));
  if (beside.length > 0 && ((await say(MESSAGES.memory, beside)) & ELSEWHERE) !== 0)
    throw boardError(`${file}: the board refuses the set for its memory: bytes were lost or changed on the line`);
  const answer = await say(MESSAGES.weights, loaded);
  if ((answer & LOADED) === 0 || answer >> 4 !== 0)
    throw boardError(`${file}: the board refuses the weights: ${REFUSALS[(answer >> 4) & 7]}`);
}

/** What the memories of a board hold against an image; the fault in words, undefined where there is none. @param crc by the CRC */
async function compareWeights(
  port: Port,
  { sections, payload }: Pick<Image, "sections" | "payload">,
  timeout: number,
  crc?: "crc",
): Promise<string | undefined> {
  const hint = "the wrong port, or a bitstream built without --read-back";
  const answer = 4 * (crc ? 1 : payload.length + 1);
  const what = crc ? "the CRC of the memories" : "the words of the memories";
  const bytes = Uint8Array.of(crc ? MESSAGES.crc : MESSAGES.readBack);
  const read = wordsOf(Uint8Array.from(await ask(port, { what, bytes, answer, timeout, hint })));
  if (!crc) return readBackFault(sections, payload, read);
  if (read[0] === crcOf(payload)) return undefined;
  return (await compareWeights(port, { sections, payload }, timeout)) ?? "the CRC alone is wrong";
}

/** An image that fits the board of the folder, and its bytes. */
function readWeights(file: string, board: BoardFolder): { readonly bytes: Uint8Array; readonly image: Image } {
  if (!board.messages || board.identity === undefined)
    throw boardError(
      `${file}: this board has its weights in the bitstream`,
      '"home": "ram", or --weights ram of addernet synth',
    );
  const { bytes, image } = openImage(file);
  const identity = identityText(image.identity);
  if (identity !== board.identity)
    throw boardError(
      `${file} is for ${identity} (${image.network}), the board is ${board.identity}`,
      "addernet weights pack --for names the folder of the board",
    );
  return { bytes, image };
}

/** What golden answers, by image and output, in the order of the board's outputs. */
async function golden(file: string, board: BoardFolder, images: readonly IntTensor[], out: Console) {
  const { withLogits } = await import("../../design.ts");
  const { openNetwork } = await import("../network.ts");
  const { integers } = openNetwork(file, out);
  if (!integers)
    throw boardError(`${file} is not in integers`, "--check takes the integers.json that addernet quantize wrote");
  const net = withLogits(integers);
  if (net.outputs.length !== board.outputs.length)
    throw boardError(`${file} has ${net.outputs.length} outputs, the board ${board.outputs.length}: another network`);
  return images.map((image, i) => {
    out.progress("golden answers", i, images.length);
    const all = runInteger(net, image, { keep: net.outputs });
    return net.outputs.map((name) => Array.from(all.get(name)!.data));
  });
}

/** Not ok where an answer is not golden's. */
async function sendCommand(dir: string, args: SendArgs, out: Console): Promise<Outcome> {
  const board = readFolder(dir);
  const { shape } = board.input;
  const storage = board.input.signed ? "int8" : board.input.portLaneBits > 8 ? "uint16" : "uint8";
  const weights = args.weights === undefined ? undefined : readWeights(args.weights, board);
  const held = args.readBack === undefined ? undefined : readWeights(args.readBack, board);
  if (held && !board.readsBack)
    throw boardError(`${dir} was built without --read-back`, "addernet synth ... --weights ram --read-back");
  if (args.images === undefined && weights === undefined && held === undefined)
    throw boardError("there is nothing to send", "--images, --weights, --read-back or several of them");
  const all =
    args.images === undefined
      ? []
      : readImages(
          args.images,
          { name: "input", shape, storage, scale: [1], offset: [0] },
          args.first + args.count,
          fitOf(args),
        );
  const images = all.slice(args.first, args.first + args.count);
  if (args.images !== undefined && images.length < args.count)
    throw boardError(`${args.images} does not hold images ${args.first} to ${args.first + args.count - 1}`);
  const wanted = args.check === undefined ? undefined : await golden(args.check, board, images, out);
  const port = await openPort(args.port, board.baud);
  const results: object[] = [];
  const diagnostics: Diagnostic[] = [];
  /** Of the weights. */
  let faults = 0;
  try {
    if (weights) {
      out.progress(`loading ${args.weights}`, 0, 0);
      await loadWeights(port, args.weights!, weights.bytes, board, args.timeout);
      const fault = board.readsBack && (await compareWeights(port, weights.image, args.timeout, "crc"));
      if (fault) throw boardError(`${args.weights}: the memories do not hold the weights: ${fault}`);
      out.line(`loaded ${args.weights}: ${weights.bytes.length} bytes`);
    }
    if (held) {
      out.progress("reading the weights back", 0, 0);
      const fault = await compareWeights(port, held.image, args.timeout);
      if (fault)
        diagnostics.push({
          code: "AN8101",
          severity: "error",
          message: `the memories do not hold ${args.readBack}: ${fault}`,
        });
      else out.line(`the memories hold ${args.readBack}`);
    }
    faults = diagnostics.length;
    for (const [k, image] of images.entries()) {
      const i = args.first + k;
      out.progress("images", k, images.length);
      const values = lineValues(await sendImage(port, image, board, i, args.timeout), board.outputs);
      const winner = lineClass(values);
      out.line(
        `image ${i}: class ${winner}; ${board.outputs.map((o, n) => `${o.name} ${values[n]!.join(" ")}`).join("; ")}`,
      );
      const fault =
        wanted &&
        lineDifference(
          values,
          wanted[k]!,
          board.outputs.map((o) => o.name),
        );
      if (fault)
        diagnostics.push({ code: "AN8101", severity: "error", message: `image ${i} differs from golden: ${fault}` });
      results.push({
        image: i,
        class: winner,
        outputs: Object.fromEntries(board.outputs.map((o, n) => [o.name, values[n]])),
        ...(wanted ? { equal: !fault } : {}),
      });
    }
  } finally {
    await new Promise<void>((resolve) => port.close(() => resolve()));
  }
  const different = diagnostics.length - faults;
  if (wanted) out.line(`${images.length - different} of ${images.length} answers equal golden's`);
  const result = {
    ...(weights ? { weights: { file: args.weights, bytes: weights.bytes.length } } : {}),
    images: results,
    ...(held ? { readBack: { file: args.readBack, equal: faults === 0 } } : {}),
    ...(wanted ? { different } : {}),
  };
  return { ok: diagnostics.length === 0, result, diagnostics };
}

export const command = defineCommand({
  positionals: {
    folder: { describe: "folder written by addernet synth -o", type: "string", demandOption: true },
  },
  options: {
    port: { describe: "the board's serial port (/dev/ttyUSB1, COM4)", type: "string", demandOption: true },
    images: { describe: `images, stored integers (${imageFiles})`, type: "string" },
    ...fitOptions,
    weights: { describe: "weight image (from addernet weights pack) to load first", type: "string" },
    "read-back": {
      describe: "weight image to compare, word by word, with what the board's memories hold",
      type: "string",
    },
    first: { describe: "number of the first image to send, counted from 0", type: "number", default: 0 },
    count: { describe: "number of images", type: "number", default: 1 },
    timeout: { describe: "seconds of silence after which to stop waiting for an answer", type: "number", default: 2 },
    check: { describe: "integers.json: compare the answers with the golden model", type: "string" },
  },
  run: (args, out) => sendCommand(args.folder, args, out),
});
