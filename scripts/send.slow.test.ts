// `addernet send` and host/send.py on a pseudo terminal: a board of a few lines of Python that takes images and gives golden answers.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHardware } from "../generator/compile.ts";
import { design, withLogits } from "../generator/design.ts";
import { boardTop } from "../generator/device/shell/board.ts";
import { writeIntegers } from "../generator/index.ts";
import { targetOf } from "../generator/targets/index.ts";
import { goldenAnswer, imageBytes } from "../generator/verify/serial.ts";
import { payloadOf, readImage, wordsOf, writeImage } from "../generator/weights/image.ts";
import { cellSources, exampleNet, images, root } from "../testbench/nets/build.ts";
import { pythonWith } from "../testbench/nets/third-party.ts";

const require = createRequire(import.meta.url);
const ready =
  process.platform !== "win32" && spawnSync("python3", ["-c", "import pty"]).status === 0 && hasPackage("serialport");
if (!ready) console.warn("no python3 or no serialport: the host script is not run");

/** Bytes of an image's words of weights. */
const payloadBytes = (image: Uint8Array): number[] => [
  ...new Uint8Array(Uint32Array.from(payloadOf(wordsOf(image))).buffer),
];

function hasPackage(name: string): boolean {
  try {
    require(name);
    return true;
  } catch {
    return false;
  }
}

/** Takes images by their length and answers each from the table; an image that it does not know stays unanswered. */
const board = `
import json, os, pty, sys, tty, zlib
facts = json.load(open(sys.argv[1]))
table = {bytes(image): bytes(answer) for image, answer in facts["table"]}
weights = bytes(facts.get("weights", []))
held = bytearray(facts.get("held", []))
loaded = False
master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)

def take(length):
    data = b""
    while len(data) < length:
        data += os.read(master, length - len(data))
    return data

while True:
    if weights:
        message = take(1)
        if message == b"W":
            loaded = take(len(weights)) == weights
        # What the memories hold, from the line with the damage that a test asks for: a cell that is stuck.
        if message in b"RC":
            words = bytes(held) + zlib.crc32(held).to_bytes(4, "little")
            os.write(master, words if message == b"R" else words[-4:])
            continue
        if message == b"!":
            held[take(1)[0]] ^= 1
            continue
        if message != b"F":
            os.write(master, bytes([1 if loaded else 0x60 if message == b"W" else 0]))
            continue
    image = take(facts["bytesIn"])
    answer = table.get(image, b"")
    for at in range(0, len(answer), 7):
        os.write(master, answer[at:at + 7])
`;
/** That board as a process; its port. */
async function start(facts: string): Promise<string> {
  const child = spawn("python3", ["-c", board, facts], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return new Promise((resolve) => child.stdout!.once("data", (d: Buffer) => resolve(String(d).trim())));
}
const children: ReturnType<typeof spawn>[] = [];
const python = pythonWith("numpy", "serial");
const dir = mkdtempSync(join(tmpdir(), "addernet-host-"));
let port = "";
let expected: string[];

beforeAll(async () => {
  if (!ready) return;
  const net = withLogits(exampleNet("tiny-mnist"));
  const built = toHardware(net, { fps: 1000, clockMHz: 12 }, cellSources());
  if (!built.ok) throw new Error("no build");
  const { hardware: hw, files } = built.value;
  const top = boardTop(hw, targetOf("icebreaker"), 12, cellSources(), files.keys());
  const { bytesIn, bytesOut } = top;
  writeFileSync(join(dir, "manifest.json"), files.get("manifest.json")!);
  writeFileSync(join(dir, "synth.json"), JSON.stringify({ serial: { baud: 115200, bytesIn, bytesOut } }));
  const shown = images("test", 3);
  const answers = shown.map((i) => goldenAnswer(net, hw, i));
  const table = shown.map((i, k) => [imageBytes(hw, i), answers[k]]);
  writeFileSync(join(dir, "board.json"), JSON.stringify({ bytesIn, table }));
  expected = answers.map((a, i) => {
    const bytes = Buffer.from(a);
    const logits = Array.from({ length: 10 }, (_, k) => bytes.readIntLE(k * 4, 4));
    const [first, second] = hw.outputs.map((o) => o.name);
    return `image ${i}: class ${bytes.at(-1)}; ${first} ${logits.join(" ")}; ${second} ${bytes.at(-1)}`;
  });
  const quantized = exampleNet("tiny-mnist");
  writeFileSync(join(dir, "integers.json"), writeIntegers(quantized));
  writeFileSync(join(dir, "other.json"), writeIntegers(exampleNet("tiny-mnist", { bits: 5 })));
  port = await start(join(dir, "board.json"));
});
afterAll(() => {
  for (const child of children) child.kill();
  rmSync(dir, { recursive: true, force: true });
});

const send = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, "scripts/addernet.mjs"), "send", ...args], { encoding: "utf8" });
const mnist = join(root, "examples/mnist/test_images.npy");

describe.skipIf(!ready)("addernet send", () => {
  test("prints class and logits of every image", () => {
    const r = send(dir, "--port", port, "--images", mnist, "--count", "3");
    expect(r.stderr).toBe("");
    expect(r.stdout.trimEnd().split("\n")).toEqual(expected);
  });

  test.skipIf(!python)("host/send.py prints the same", () => {
    mkdirSync(join(dir, "host"), { recursive: true });
    copyFileSync(join(root, "templates/serial/send.py"), join(dir, "host/send.py"));
    const host = (...args: string[]) =>
      spawnSync(python!, [join(dir, "host/send.py"), "--port", port, mnist, ...args], { encoding: "utf8" });
    const r = host("--count", "3");
    expect(r.stderr).toBe("");
    expect(r.stdout.trimEnd().split("\n")).toEqual(expected);
    expect(host("--first", "7", "--timeout", "0.2")).toMatchObject({
      status: 1,
      stderr: "no answer for 0.2 s, 0 of 41 bytes so far\n",
    });
    expect(host("--first", "1000").stderr).toContain("does not hold images");
  });

  test("--check compares with the golden model", () => {
    const right = send(dir, "--port", port, "--images", mnist, "--count", "2", "--check", join(dir, "integers.json"));
    expect(right).toMatchObject({ status: 0, stderr: "" });
    expect(right.stdout).toContain("2 of 2 answers equal golden's");
    const wrong = send(dir, "--port", port, "--images", mnist, "--count", "2", "--check", join(dir, "other.json"));
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toMatch(/error AN8101: image 0 differs from golden: \w+\[0\] is -?\d+, golden has -?\d+/);
    const file = join(root, "examples/tiny-mnist/network.json");
    expect(send(dir, "--port", port, "--images", mnist, "--check", file).stderr).toContain("is not in integers");
  });

  test("a board that does not answer, a port that is not there, images that are not there", () => {
    const silent = send(dir, "--port", port, "--images", mnist, "--first", "7", "--timeout", "0.2");
    expect(silent.status).toBe(1);
    expect(silent.stderr).toContain("error AN8101: image 7: no answer for 0.2 s, 0 of 41 bytes so far\n");
    const gone = send(dir, "--port", join(dir, "tty"), "--images", mnist);
    expect(gone.status).toBe(1);
    expect(gone.stderr).toMatch(/tty cannot be opened: .*No such file/);
    expect(send(dir, "--port", port, "--images", mnist, "--first", "1000").stderr).toContain("does not hold images");
  });
});

describe.skipIf(!ready)("a board whose weights are written at run time", () => {
  const folder = join(dir, "loaded");
  let [port, first] = ["", ""];
  beforeAll(async () => {
    const request = { target: "icebreaker", fps: 1000, homes: "ram", readBack: true, swap: true } as const;
    const made = design(exampleNet("tiny-mnist"), request, cellSources());
    if (!made.ok) throw new Error("no build");
    const { net, hardware: hw, files } = made.value;
    const { bytesIn, bytesOut, weights } = boardTop(hw, targetOf("icebreaker"), 12, cellSources(), files.keys());
    mkdirSync(join(folder, "host"), { recursive: true });
    copyFileSync(join(root, "templates/serial/send.py"), join(folder, "host/send.py"));
    writeFileSync(join(folder, "manifest.json"), files.get("manifest.json")!);
    const serial = { baud: 115200, bytesIn, bytesOut, messages: true };
    writeFileSync(join(folder, "synth.json"), JSON.stringify({ serial }));
    const image = weights!.image;
    writeFileSync(join(folder, "w.bin"), image);
    // Of the same network, but not what the board takes; and of another one.
    const other = readImage(image);
    writeFileSync(join(folder, "refused.bin"), writeImage({ ...other, payload: other.payload.map((w) => w ^ 1) }));
    writeFileSync(join(folder, "other.bin"), writeImage({ ...other, identity: other.identity ^ 1n }));
    const shown = images("test", 1)[0]!;
    const answer = goldenAnswer(net, hw, shown);
    const table = [[imageBytes(hw, shown), answer]];
    writeFileSync(
      join(folder, "board.json"),
      JSON.stringify({ bytesIn, table, weights: [...image], held: payloadBytes(image) }),
    );
    first = `image 0: class ${answer.at(-1)}; `;
    port = await start(join(folder, "board.json"));
  });
  const file = (name: string) => join(folder, name);

  test("takes a weight image, and frames behind it", () => {
    const r = send(folder, "--port", port, "--weights", file("w.bin"), "--images", mnist);
    expect(r.stderr).toBe("");
    expect(r.stdout).toContain(`loaded ${file("w.bin")}: `);
    expect(r.stdout).toContain(first);
  });

  test("says why it has refused one; another network's is not sent", () => {
    const load = (...args: string[]) => send(folder, "--port", port, ...args);
    expect(load("--weights", file("refused.bin")).stderr).toContain("the board refuses the weights: a wrong CRC");
    expect(load("--weights", file("other.bin")).stderr).toMatch(/other\.bin is for \w+ \(tiny\), the board is \w+/);
    expect(load().stderr).toContain("there is nothing to send");
    expect(send(dir, "--port", port, "--weights", file("w.bin")).stderr).toContain("its weights in the bitstream");
  });

  test("tells what its memories hold, and names the row that differs", () => {
    const ok = send(folder, "--port", port, "--read-back", file("w.bin"));
    expect(ok.stderr).toBe("");
    expect(ok.stdout).toContain(`the memories hold ${file("w.bin")}`);
    // A bit of the fifth byte is stuck: the row is found when the words are read back, and when an image has been loaded.
    writeFileSync(port, Uint8Array.of(0x21, 4));
    const names = /, weights, row \d+ holds 0x[0-9a-f]+, the image says 0x[0-9a-f]+/;
    const wrong = send(folder, "--port", port, "--read-back", file("w.bin"));
    expect(wrong.stderr).toMatch(names);
    expect(wrong.status).toBe(1);
    expect(send(folder, "--port", port, "--weights", file("w.bin")).stderr).toMatch(names);
    if (python) {
      const host = (...args: string[]) =>
        spawnSync(python, [file("host/send.py"), "--port", port, ...args], { encoding: "utf8" });
      expect(host("--read-back", file("w.bin")).stderr).toMatch(names);
      expect(host("--weights", file("w.bin")).stderr).toMatch(names);
    }
    writeFileSync(port, Uint8Array.of(0x21, 4));
    if (python)
      expect(
        spawnSync(python, [file("host/send.py"), "--port", port, "--read-back", file("w.bin")], { encoding: "utf8" })
          .stdout,
      ).toBe(`the memories hold ${file("w.bin")}\n`);
    expect(send(dir, "--port", port, "--read-back", file("w.bin")).stderr).toContain("its weights in the bitstream");
  });

  test.skipIf(!python)("a set right behind an image, from Python", () => {
    const script = `
import sys
import numpy as np
sys.path.insert(0, sys.argv[1] + "/host")
from send import Board
image = np.load(sys.argv[3])[0]
with Board(sys.argv[2]) as board:
    print("image 0: class", board.classify(board.infer(image, then=sys.argv[1] + "/w.bin")))
    try:
        board.infer(image, then=sys.argv[1] + "/refused.bin")
    except RuntimeError as e:
        print(e)
    board.swaps = False
    try:
        board.infer(image, then=sys.argv[1] + "/w.bin")
    except ValueError as e:
        print(e)
`;
    const r = spawnSync(python!, ["-c", script, folder, port, mnist], { encoding: "utf8" });
    expect(r.stderr).toBe("");
    expect(r.stdout.split("\n")).toEqual([
      first.slice(0, -2),
      "the board refuses the weights: a wrong CRC",
      "this board was built without --swap: it takes weights between two images (load)",
      "",
    ]);
  });

  test.skipIf(!python)("and so does host/send.py", () => {
    const host = (...args: string[]) =>
      spawnSync(python!, [file("host/send.py"), "--port", port, ...args], { encoding: "utf8" });
    const r = host("--weights", file("w.bin"), mnist);
    expect(r.stderr).toBe("");
    expect(r.stdout).toContain(first);
    expect(host("--weights", file("refused.bin")).stderr).toBe("the board refuses the weights: a wrong CRC\n");
    expect(host("--weights", file("other.bin")).stderr).toMatch(/is for \w{16}, the board is \w{16}\n/);
  });
});
