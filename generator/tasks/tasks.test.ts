import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TaskOf } from "../ir/task.ts";
import type { FloatTensor } from "../ir/tensor.ts";
import { averagePrecisions, type Corners, decodeBoxes, matchBoxes, meanPrecision, overlapOf } from "./boxes.ts";
import { misfit } from "./fit.ts";
import { decodeImage, psnr } from "./image.ts";
import { decodeMask, IGNORED, maskScore } from "./mask.ts";
import { boxPicture, inputPicture, maskDifference } from "./pictures.ts";

const detector: TaskOf<"boxes"> = {
  kind: "boxes",
  names: ["a", "b"],
  stride: [8, 4],
  scores: { output: "s", channel: 0 },
  centers: { output: "p", channel: 1 },
  sizes: { output: "p", channel: 3 },
  threshold: 0.1,
  overlap: 0.5,
};
const tensor = (shape: number[], data: readonly number[]): FloatTensor => ({ shape, data: Float64Array.from(data) });

describe("boxes", () => {
  test("overlap of two boxes", () => {
    expect(overlapOf([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3);
    expect(overlapOf([0, 0, 1, 1], [2, 2, 3, 3])).toBe(0);
  });

  test("a cell's centre and sizes in strides; sizes are cut; a worse box of the class under a better one goes", () => {
    // Two cells in a row; the second has the same box as the first, of a lower score.
    const s = tensor([1, 2, 2], [2, -9, 1, 0]);
    const p = tensor([1, 2, 5], [0, 0.5, 0, Math.log(2), 9, 0, -0.5, 0, Math.log(2), 9]);
    const outputs = new Map([
      ["s", s],
      ["p", p],
    ]);
    const [first, second, ...more] = decodeBoxes(detector, outputs);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ class: 0, score: 1 / (1 + Math.exp(-2)) });
    const half = 4 * Math.exp(3);
    [0, 4 - half, 8, 4 + half].forEach((v, i) => {
      expect(first!.corners[i]).toBeCloseTo(v);
    });
    expect(second).toMatchObject({ class: 1, score: 0.5 });
  });

  test("average precision: a hit, a miss and a hit of three true boxes", () => {
    const at = (x: number): Corners => [x, 0, x + 10, 10];
    const truth = [[{ class: 0, corners: at(0) }], [0, 20].map((x) => ({ class: 0, corners: at(x) }))];
    const found = [
      [
        { class: 0, score: 0.9, corners: at(1) },
        { class: 0, score: 0.8, corners: at(0) },
      ],
      [{ class: 0, score: 0.7, corners: at(21) }],
    ];
    expect(matchBoxes(found[0]!, truth[0]!)).toEqual([0, -1]);
    const [ap, none] = averagePrecisions(2, found, truth);
    expect(ap).toBeCloseTo((1 + 2 / 3) / 3);
    expect(none).toBeNaN();
    expect(meanPrecision([ap!, none!])).toBe(ap);
    // Half is enough, and the box of another class is none.
    expect(matchBoxes([{ class: 0, score: 1, corners: [0, 0, 10, 5] }], truth[0]!)).toEqual([0]);
    expect(matchBoxes([{ class: 1, score: 1, corners: at(0) }], truth[0]!)).toEqual([-1]);
  });
});

describe("masks", () => {
  const task: TaskOf<"mask"> = { kind: "mask", output: "y", threshold: 0 };
  test("above the threshold, the largest channel, an index", () => {
    expect([...decodeMask(task, tensor([1, 3, 1], [-1, 0, 2]), false)]).toEqual([0, 0, 1]);
    expect([...decodeMask(task, tensor([1, 2, 3], [1, 3, 3, 0, -1, -2]), false)]).toEqual([1, 0]);
    expect([...decodeMask(task, tensor([1, 2, 1], [4, 2]), true)]).toEqual([4, 2]);
  });

  test("intersection over union, of two classes and of more", () => {
    const two = maskScore([Uint8Array.of(1, 1, 0, 0)], [[1, 0, 1, 0]], 2);
    expect(two).toMatchObject({ iou: 1 / 3, dice: 0.5, right: 0.5 });
    const three = maskScore([Uint8Array.of(0, 1, 1, 2)], [[0, 1, 2, IGNORED]], 4);
    expect(three.classes.slice(0, 3)).toEqual([1, 0.5, 0]);
    expect(three.classes[3]).toBeNaN();
    expect(three.iou).toBeCloseTo(0.5);
  });
});

test("images: rounded, clamped; PSNR", () => {
  const task: TaskOf<"image"> = { kind: "image", output: "y", gain: 255, offset: 1 };
  expect([...decodeImage(task, tensor([1, 1, 3], [-1, 0.5, 2]))]).toEqual([0, 129, 255]);
  expect(psnr([10, 20], [10, 25])).toBeCloseTo(10 * Math.log10((255 ** 2 * 2) / 25));
  expect(psnr([1], [1])).toBe(Number.POSITIVE_INFINITY);
});

test("a task that its outputs cannot serve", () => {
  const shapes: Record<string, readonly [number, number, number]> = { s: [2, 2, 2], p: [2, 2, 5], q: [1, 2, 5] };
  const of = (output: string) => shapes[output]!;
  expect(misfit(detector, of)).toBeUndefined();
  expect(misfit({ ...detector, sizes: { output: "p", channel: 4 } }, of)?.field).toBe("sizes");
  expect(misfit({ ...detector, centers: { output: "q", channel: 0 } }, of)?.field).toBe("centers");
  expect(misfit({ kind: "image", output: "p", gain: 1, offset: 0 }, of)?.field).toBe("output");
  expect(misfit({ kind: "mask", output: "p", threshold: 0, names: ["one"] }, of)?.field).toBe("names");
});

test("pictures stay inside, small maps are enlarged", () => {
  const input = { name: "x", shape: [2, 2, 1], storage: "uint8", scale: [1], offset: [0] } as const;
  const canvas = inputPicture(input, { shape: [2, 2, 1], data: Int32Array.of(1, 2, 3, 4) });
  expect([canvas.height, canvas.width]).toEqual([256, 256]);
  expect([canvas.rgb[0], canvas.rgb.at(-1)]).toEqual([1, 4]);
  boxPicture(canvas, [{ class: 9, corners: [-1e9, -5, 1e9, Number.POSITIVE_INFINITY] }]);
  expect(canvas.rgb.length).toBe(256 * 256 * 3);
  // Right, wrong, missed, without a label.
  const { rgb } = maskDifference(1, 256, new Uint8Array(256).fill(1, 0, 2), new Uint8Array(256).fill(1, 1, 3));
  expect([0, 1, 2, 3].map((p) => [...rgb.subarray(3 * p, 3 * p + 3)])).toEqual([
    [235, 40, 40],
    [255, 255, 255],
    [60, 110, 255],
    [0, 0, 0],
  ]);
});

const python = ["python3", "/usr/bin/python3"].find((p) => spawnSync(p, ["-c", "import numpy"]).status === 0);
if (!python) console.warn("no python3 with numpy: the decoding of the PYNQ driver is not compared");

/** Integers of every kind of output, the same for both. */
function sample() {
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return (state % 255) - 127;
  };
  const list = (n: number) => Array.from({ length: n }, next);
  return { s: list(2 * 3 * 4 * 2), p: list(2 * 3 * 4 * 5) };
}

test.skipIf(!python)("the driver of a Zynq board decodes alike", () => {
  const dir = mkdtempSync(join(tmpdir(), "addernet-tasks-"));
  const scale = 1 / 32;
  const shapes = { s: [3, 4, 2], p: [3, 4, 5] };
  const data = sample();
  const output = (name: "s" | "p") => ({ name, shape: shapes[name], scale, zero_point: 3, argmax: false });
  const tasks = [
    detector,
    { kind: "mask", output: "p", threshold: 0 },
    { kind: "image", output: "s", gain: 100, offset: 7 },
    { kind: "classes", output: "s" },
  ] as const;
  const real = (name: "s" | "p", i: number): FloatTensor => {
    const size = shapes[name].reduce((a, b) => a * b);
    return tensor(
      shapes[name],
      data[name].slice(i * size, (i + 1) * size).map((q) => scale * (q - 3)),
    );
  };
  const reals = (i: number) => new Map([["s", real("s", i)] as const, ["p", real("p", i)] as const]);
  const script = [
    "import json, sys",
    "import numpy as np",
    "from addernet import Layout",
    "data, shapes, out = json.load(open('data.json')), json.load(open('shapes.json')), []",
    "answer = {n: np.array(v).reshape([2] + shapes[n]) for n, v in data.items()}",
    "for k in range(4):",
    "    found = Layout(f'{k}.json').decode(answer)",
    "    out.append([v.tolist() for v in found] if k == 0 else found.tolist())",
    "print(json.dumps(out))",
  ].join("\n");
  try {
    writeFileSync(join(dir, "data.json"), JSON.stringify(data));
    writeFileSync(join(dir, "shapes.json"), JSON.stringify(shapes));
    tasks.forEach((task, k) => {
      writeFileSync(join(dir, `${k}.json`), JSON.stringify({ input: {}, outputs: [output("s"), output("p")], task }));
    });
    const done = spawnSync(python!, ["-c", script], {
      cwd: dir,
      encoding: "utf8",
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONPATH: join(import.meta.dirname, "../../templates/pynq"),
      },
    });
    expect(done.stderr).toBe("");
    const [boxes, masks, images, classes] = JSON.parse(done.stdout);
    for (const i of [0, 1]) {
      const own = decodeBoxes(detector, reals(i)).map((d) => [d.class, d.score, ...d.corners]);
      expect(own.length).toBeGreaterThan(3);
      expect(boxes[i].length).toBe(own.length);
      own.forEach((row, n) => {
        row.forEach((v, c) => {
          expect(boxes[i][n][c]).toBeCloseTo(v, 9);
        });
      });
      expect(masks[i].flat()).toEqual([...decodeMask(tasks[1], real("p", i), false)]);
      expect(images[i].flat(2)).toEqual([...decodeImage(tasks[2], real("s", i))]);
      expect(classes[i]).toBe(real("s", i).data.indexOf(Math.max(...real("s", i).data)));
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
