// `addernet send` and host/send.py on a pseudo terminal: a board of a few lines of Python that takes images and gives golden answers.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHardware } from "../generator/compile.ts";
import { withLogits } from "../generator/design.ts";
import { boardTop } from "../generator/device/shell/board.ts";
import { writeIntegers } from "../generator/index.ts";
import { targetOf } from "../generator/targets/index.ts";
import { goldenAnswer, imageBytes } from "../generator/verify/serial.ts";
import { cellSources, exampleNet, images, root } from "../testbench/nets/build.ts";
import { pythonWith } from "../testbench/nets/third-party.ts";

const require = createRequire(import.meta.url);
const ready =
  process.platform !== "win32" && spawnSync("python3", ["-c", "import pty"]).status === 0 && hasPackage("serialport");
if (!ready) console.warn("no python3 or no serialport: the host script is not run");

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
import json, os, pty, sys, tty
facts = json.load(open(sys.argv[1]))
table = {bytes(image): bytes(answer) for image, answer in facts["table"]}
master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)
while True:
    image = b""
    while len(image) < facts["bytesIn"]:
        image += os.read(master, facts["bytesIn"] - len(image))
    answer = table.get(image, b"")
    for at in range(0, len(answer), 7):
        os.write(master, answer[at:at + 7])
`;
const python = pythonWith("numpy", "serial");
const dir = mkdtempSync(join(tmpdir(), "addernet-host-"));
let child: ReturnType<typeof spawn> | undefined;
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
  child = spawn("python3", ["-c", board, join(dir, "board.json")], { stdio: ["ignore", "pipe", "inherit"] });
  port = await new Promise<string>((resolve) => child!.stdout!.once("data", (d: Buffer) => resolve(String(d).trim())));
});
afterAll(() => {
  child?.kill();
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
