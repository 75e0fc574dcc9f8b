// infer in the terms of a task: metric, pictures, and the same from a file of integers.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeNpy } from "../../files/index.ts";
import { main } from "../cli.ts";

const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "infer-"));
  process.chdir(dir);
});
afterEach(() => {
  process.chdir(home);
  rmSync(dir, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  let stdout = "";
  let stderr = "";
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((s) => {
      if (name === "stdout") stdout += s;
      else stderr += s;
      return true;
    }),
  );
  try {
    return { code: await main(argv), stdout, stderr };
  } finally {
    for (const s of spies) s.mockRestore();
  }
}
const json = async (...argv: string[]) => JSON.parse((await run(...argv, "--json")).stdout);

const array = (file: string, shape: number[], data: number[]) =>
  writeFileSync(file, writeNpy({ dtype: "uint8", shape, data: Uint8Array.from(data) }));

/** y = a x - b for each channel, on an input of one channel. */
function network(task: object | undefined, channels: readonly (readonly [a: number, b: number])[]): void {
  const net = {
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [2, 2, 1], scale: 1 / 255 },
    quantization: { calibration: "x.npy" },
    layers: [
      {
        name: "y",
        kind: "conv2d",
        filters: channels.length,
        kernel: 1,
        weights: channels.map(([a]) => [[[a]]]),
        bias: channels.map(([, b]) => -b),
      },
    ],
    ...(task ? { task } : {}),
  };
  writeFileSync("n.json", JSON.stringify(net));
  array("x.npy", [2, 2, 2], [0, 100, 200, 255, 255, 0, 0, 0]);
}
const picture = (file: string) => PNG.sync.read(readFileSync(join("p", file)));

test("a mask: intersection over union, pictures, the same from integers.json", async () => {
  network({ kind: "mask", threshold: 0.1 }, [[1, 0.5]]);
  // Answers are 0 0 1 1 and 1 0 0 0.
  array("l.npy", [2, 2, 2], [0, 7, 1, 1, 0, 0, 0, 0]);
  const args = ["--images", "x.npy", "--labels", "l.npy"];
  const got = await run("infer", "n.json", ...args, "--pictures", "p");
  expect(got.stderr).toBe("");
  expect(got.stdout).toContain("integer IoU 50.00 %, Dice 66.67 %, right pixels 75.00 % on 2 images");
  expect(readdirSync("p").filter((f) => f.endsWith(".png"))).toEqual(
    [0, 1].flatMap((i) => ["answer", "difference", "input"].map((what) => `${i}-${what}.png`)),
  );
  const { width, height, data } = picture("0-difference.png");
  expect([width, height]).toEqual([256, 256]);
  // Top right is missed.
  expect([...data.subarray(4 * 255, 4 * 256)]).toEqual([60, 110, 255, 255]);
  await run("quantize", "n.json", "-o", "q");
  const first = await json("infer", "n.json", ...args);
  expect(first).toMatchObject({ task: "mask", iou: 0.5, right: 0.75 });
  expect(await json("infer", "q/integers.json", ...args)).toEqual(first);
  expect(await json("infer", "n.json", "--float", ...args)).toMatchObject({ iou: 0.5, mode: "float" });
  // Pictures of a folder are replaced, files of others are not.
  expect((await run("infer", "n.json", ...args, "--count", "1", "--pictures", "p")).code).toBe(0);
  expect(readdirSync("p").filter((f) => f.startsWith("1-"))).toEqual([]);
  writeFileSync("mine.txt", "");
  expect((await run("infer", "n.json", ...args, "--pictures", ".")).stderr).toContain("AN7002");
});

test("an image: PSNR of samples, --task instead of the file", async () => {
  network(undefined, [[1, 0]]);
  array("l.npy", [2, 2, 2], [0, 100, 200, 255, 255, 0, 0, 10]);
  const args = ["infer", "n.json", "--images", "x.npy", "--labels", "l.npy", "--task", "image"];
  const { psnr } = await json(...args, "--float", "--count", "2");
  expect(psnr).toBe(null);
  array("l.npy", [2, 2, 2], [0, 100, 200, 245, 255, 0, 0, 10]);
  expect((await json(...args)).psnr).toBeCloseTo(10 * Math.log10((255 * 255 * 4) / 100), 1);
});

test("boxes: of the right cell, drawn, in the result", async () => {
  const task = {
    kind: "boxes",
    names: ["cell"],
    stride: 1,
    scores: { channel: 0 },
    centers: { channel: 1 },
    sizes: { channel: 3 },
  };
  network(task, [
    [16, 8],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  writeFileSync("l.json", JSON.stringify([[["cell", 1, 1, 2, 2]], [[0, 0, 0, 1, 1]]]));
  const got = await json("infer", "n.json", "--images", "x.npy", "--labels", "l.json", "--pictures", "p");
  expect(got.map50).toBe(1);
  expect(got.boxes[1][0].corners.map((v: number) => Math.round(v))).toEqual([0, 0, 1, 1]);
  expect(got.classes).toEqual([{ name: "cell", ap50: 1 }]);
  expect([...picture("1-difference.png").data.subarray(0, 3)]).toEqual([0, 200, 60]);
});

test("labels that are not the images'", async () => {
  network({ kind: "mask" }, [
    [1, 0],
    [0, 0],
    [2, 0.5],
  ]);
  array("l.npy", [2, 2, 2], [0, 1, 2, 255, 0, 0, 0, 3]);
  const said = async () => (await run("infer", "n.json", "--images", "x.npy", "--labels", "l.npy")).stderr;
  expect(await said()).toContain("3 in label 1");
  array("l.npy", [1, 2, 2], [0, 1, 2, 255]);
  expect(await said()).toContain("labels of 2 images");
  network({ kind: "image" }, [
    [1, 0],
    [0, 0],
  ]);
  expect(await said()).toContain("AN3008");
});
