// Speed of the golden model, each as a ratio measured in one run: taps a second of one adder layer by a plain nested loop,
// the fast path without its kernels, the kernels, and the kernels on all cores; images a second of LeNet-5 against PyTorch
// where a Python has it, and of any other network.
//
//   npx tsx bench/golden.ts [--rounds 5] [--python /usr/bin/python3] [--network integers.json --images images.npy] [--json]
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import {
  type IntTensor,
  load,
  type QuantizedNetwork,
  type Result,
  readIntegers,
  readNpy,
  toIntegers,
} from "../generator/index.ts";
import { accuracy, createRunner, runBatch, runInteger, sad } from "../golden/index.ts";
import { median } from "./shared.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "/usr/bin/python3" },
    network: { type: "string" },
    images: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const threads = availableParallelism();
const example = (name: string): string => join(import.meta.dirname, "..", "examples", name);

/** Prints a line for people; with --json the results alone are printed, at the end. */
const say = (text: string): void => {
  if (!options.json) console.log(text);
};

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function open<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join("\n"));
  return result.value;
}

function imagesOf(path: string, shape: IntTensor["shape"]): IntTensor[] {
  const { data } = readNpy(readFileSync(path));
  const size = shape[0] * shape[1] * shape[2];
  return Array.from({ length: data.length / size }, (_, i) => ({
    shape,
    data: Int32Array.from(data.subarray(i * size, (i + 1) * size)),
  }));
}

// One layer: 3 x 3 windows over 16 x 16 pixels, 64 channels to 64.
const [SIDE, CHANNELS, KERNEL] = [16, 64, 3];

function layer(bits: number): QuantizedNetwork {
  const max = 2 ** bits - 1;
  const rows = Array.from({ length: CHANNELS }, (_, o) =>
    Int32Array.from({ length: KERNEL * KERNEL * CHANNELS }, (_, k) => (o * 7919 + k * 104729) & max),
  );
  const range = { min: 0, max };
  const shape = [SIDE, SIDE, CHANNELS] as const;
  const edge = { shape, bits, signed: false, scale: 1, zeroPoint: 0, range };
  const list = (v: number) => Array.from({ length: CHANNELS }, () => v);
  return {
    name: "layer",
    input: { name: "x", shape, storage: "uint8", scale: [1], offset: [0] },
    inputEdge: "x",
    edges: { x: edge, y: edge },
    nodes: [
      {
        op: "sad",
        name: "y",
        inputs: ["x"],
        output: "y",
        layers: ["y"],
        path: [],
        overrides: {},
        window: { kernel: [KERNEL, KERNEL], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 },
        weights: { rows, bits, signed: false },
        accRange: sad.layerRange(range, rows),
        requant: { mode: "full", multiplier: list(-3), bias: list(200000), shift: 10, clamp: range },
      },
    ],
    outputs: ["y"],
  };
}

/** The loops that a first version has: output by output, tap by tap. */
function nested(x: ArrayLike<number>, rows: readonly Int32Array[], out: Int32Array): void {
  for (let y = 0; y < SIDE; y++)
    for (let c = 0; c < SIDE; c++)
      for (let o = 0; o < CHANNELS; o++) {
        let sum = 0;
        for (let ky = 0; ky < KERNEL; ky++)
          for (let kx = 0; kx < KERNEL; kx++)
            for (let i = 0; i < CHANNELS; i++) {
              const [iy, ix] = [y + ky - 1, c + kx - 1];
              const inside = iy >= 0 && iy < SIDE && ix >= 0 && ix < SIDE;
              const v = inside ? x[(iy * SIDE + ix) * CHANNELS + i]! : 0;
              sum += Math.abs(v - rows[o]![(ky * KERNEL + kx) * CHANNELS + i]!);
            }
        out[(y * SIDE + c) * CHANNELS + o] = sum;
      }
}

function layerSpeeds() {
  const net = layer(8);
  const narrow = createRunner(layer(4));
  const [node] = net.nodes;
  const rows = node && "weights" in node ? node.weights.rows : [];
  const shape = net.edges.x!.shape;
  const image: IntTensor = {
    shape,
    data: Int32Array.from({ length: SIDE * SIDE * CHANNELS }, (_, i) => (i * 31) & 255),
  };
  const small: IntTensor = { shape, data: image.data.map((v) => v & 15) };
  const taps = SIDE * SIDE * CHANNELS * CHANNELS * KERNEL * KERNEL;
  const out = new Int32Array(SIDE * SIDE * CHANNELS);
  const loops = createRunner(net, [], "loops");
  const kernels = createRunner(net);
  const many = (n: number) => Array.from({ length: n }, () => image);
  const ways: [name: string, frames: number, run: (frames: number) => void][] = [
    ["the definition", 1, (n) => many(n).map((x) => runInteger(net, x))],
    ["plain nested loop", 4, (n) => many(n).map((x) => nested(x.data, rows, out))],
    ["fast path without kernels", 8, (n) => many(n).map((x) => loops.run(x))],
    ["kernels, one thread", 400, (n) => many(n).map((x) => kernels.run(x))],
    ["kernels, one thread, 4 bits", 400, (n) => many(n).map(() => narrow.run(small))],
    [`kernels, ${threads} threads`, 4000, (n) => void runBatch(net, many(n), { threads })],
  ];
  for (const [, frames, run] of ways) run(Math.ceil(frames / 4));
  const times = ways.map((): number[] => []);
  for (let r = 0; r < rounds; r++)
    for (const [i, [, frames, run]] of ways.entries()) times[i]!.push(seconds(() => run(frames)) / frames);
  const speeds = ways.map(([name], i) => ({ name, tapsPerSecond: taps / median(times[i]!) }));
  const base = speeds[1]!.tapsPerSecond;
  for (const s of speeds)
    say(
      `${s.name.padEnd(28)} ${(s.tapsPerSecond / 1e9).toFixed(3).padStart(8)} Gtap/s  ${(s.tapsPerSecond / base).toFixed(2).padStart(7)} of the nested loop`,
    );
  return speeds;
}

class Torch {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    const files = [
      example("lenet5-mnist/weights.safetensors"),
      example("mnist/test_images.npy"),
      example("mnist/test_labels.npy"),
    ];
    this.#child = spawn(options.python, [join(import.meta.dirname, "golden-torch.py"), ...files, String(threads)], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#child.on("error", () => {});
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Version and accuracy; undefined where this Python has no PyTorch. */
  async ready(): Promise<{ torch: string; accuracy: number } | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  async seconds(count: number): Promise<number> {
    this.#child.stdin!.write(`${count}\n`);
    return Number((await this.#lines.next()).value);
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

async function lenet5() {
  const folder = example("lenet5-mnist");
  const text = readFileSync(join(folder, "network.json"), "utf8");
  const { graph } = open(load(text, (path) => readFileSync(join(folder, path))));
  const shape = graph.input.shape;
  const net = open(
    toIntegers(graph, imagesOf(example("mnist/calibration_images.npy"), shape).slice(0, 64), {
      bits: 8,
      method: "percentile",
    }),
  );
  const test = imagesOf(example("mnist/test_images.npy"), shape);
  const labels = readNpy(readFileSync(example("mnist/test_labels.npy"))).data;
  const right = accuracy(net, test, labels);
  const COUNT = 10_000;
  const images = Array.from({ length: COUNT }, (_, i) => test[i % test.length]!);
  const wanted = Array.from({ length: COUNT }, (_, i) => labels[i % test.length]!);
  const torch = new Torch();
  const rival = await torch.ready();
  const [one, all, other]: number[][] = [[], [], []];
  for (let r = 0; r < rounds; r++) {
    one!.push(COUNT / seconds(() => accuracy(net, images, wanted, { threads: 1 })));
    all!.push(COUNT / seconds(() => accuracy(net, images, wanted, { threads })));
    if (rival) other!.push(2000 / (await torch.seconds(2000)));
  }
  torch.end();
  const result = {
    accuracy: right,
    oneThread: median(one!),
    allThreads: median(all!),
    ...(rival ? { torch: rival.torch, torchAccuracy: rival.accuracy, torchImages: median(other!) } : {}),
  };
  say("");
  say(
    `LeNet-5, 8 bits: ${result.oneThread.toFixed(0)} images/s on one thread, ${result.allThreads.toFixed(0)} on ${threads}`,
  );
  if (rival)
    say(
      `PyTorch ${rival.torch}, ${threads} threads, batch 200: ${result.torchImages!.toFixed(0)} images/s; golden is ${(result.allThreads / result.torchImages!).toFixed(1)} times as fast`,
    );
  else say(`${options.python} has no PyTorch to compare with`);
  return result;
}

function anyNetwork(file: string, images: string) {
  const net = readIntegers(JSON.parse(readFileSync(file, "utf8")));
  const list = imagesOf(images, net.input.shape);
  const time = seconds(() => accuracy(net, list, []));
  say(`${net.name}: ${list.length} images in ${time.toFixed(2)} s, ${(list.length / time).toFixed(0)} images/s`);
  return { name: net.name, images: list.length, seconds: time };
}

const results = {
  layer: layerSpeeds(),
  lenet5: await lenet5(),
  ...(options.network && options.images ? { network: anyNetwork(options.network, options.images) } : {}),
};
if (options.json) console.log(JSON.stringify(results, null, 2));
