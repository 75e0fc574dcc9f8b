// VGG-small for CIFAR-10 with random weights, of any width and size of its images: files of a network.
//
//   npx tsx bench/vgg-small.ts FOLDER            the whole network, 4.7 M weights
//   npx tsx bench/vgg-small.ts FOLDER 16 32      16 channels in the first layer, images of 32 x 32
//
// Then, for a board with an SDRAM:
//
//   npx addernet synth FOLDER/network.json --target ulx3s-85f --fps 1 --bands conv3=16,conv4=16 -o build
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FORMAT } from "../generator/1-parse/schema.ts";
import { writeNpy } from "../generator/files/npy.ts";
import { writeSafetensors } from "../generator/files/safetensors.ts";
import { Rand } from "../testbench/lib/index.ts";

type Tensors = Parameters<typeof writeSafetensors>[0];

/** Calibration images. */
const IMAGES = 2;

/**
 * Six adder convolutions (width, width, 2 width, ... 4 width), a maximum of 2 x 2 behind each second one, and a linear layer of 10
 * classes. The first layer and the last one stay in ROM, the largest in between go to memory beside the chip.
 * @param width channels of the first layer, 128 in the published network; @param size height and width of an image
 */
export function vggSmallFiles(width = 128, size = 32): ReadonlyMap<string, Uint8Array> {
  const rand = new Rand(7);
  const tensors = new Map<string, unknown>();
  const tensor = (name: string, shape: readonly number[], value: () => number) =>
    tensors.set(name, {
      dtype: "float32",
      shape: [...shape],
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value),
    });
  /** Sums of distances lie `each` below zero for a tap, so that half of the results are above it. */
  const norm = (name: string, channels: number, taps: number, each: number) => {
    tensor(`${name}.weight`, [channels], () => 0.5 + rand.float());
    tensor(`${name}.bias`, [channels], () => rand.float() - 0.5);
    tensor(`${name}.running_mean`, [channels], () => -taps * each * (0.9 + 0.2 * rand.float()));
    tensor(`${name}.running_var`, [channels], () => (0.1 * taps) ** 2 * (0.5 + rand.float()));
  };
  const layers: object[] = [];
  let from = 3;
  [1, 1, 2, 2, 4, 4].forEach((times, i) => {
    const filters = times * width;
    const name = `conv${i + 1}`;
    tensor(`${name}.adder`, [filters, from, 3, 3], () => rand.int(-128, 127) / 64);
    norm(`bn${i + 1}`, filters, 9 * from, i === 0 ? 2.2 : 1.05);
    layers.push(
      {
        ...{ name, kind: "adder_conv2d", filters, kernel: 3, padding: 1, weights: `${name}.adder` },
        home: i < 2 ? "rom" : "external",
      },
      { name: `bn${i + 1}`, kind: "batch_norm" },
      { name: `relu${i + 1}`, kind: "relu" },
    );
    if (i % 2 === 1) layers.push({ name: `pool${(i + 1) / 2}`, kind: "max_pool2d", kernel: 2 });
    from = filters;
  });
  const taps = from * (size / 8) ** 2;
  tensor("fc.adder", [10, taps], () => rand.int(-128, 127) / 64);
  layers.push(
    { name: "flatten", kind: "flatten" },
    { name: "fc", kind: "adder_linear", units: 10, weights: "fc.adder", home: "external" },
    { name: "class", kind: "argmax" },
  );
  const network = {
    ...{ format: FORMAT, name: "vgg_small", input: { shape: [size, size, 3], storage: "uint8", scale: 1 / 64 } },
    quantization: { calibration: "images.npy", bits: 4, method: "max" },
    weights: "weights.safetensors",
    layers,
  };
  const images = Uint8Array.from({ length: IMAGES * size * size * 3 }, () => rand.int(0, 255));
  return new Map([
    ["network.json", new TextEncoder().encode(JSON.stringify(network, undefined, 1))],
    ["weights.safetensors", writeSafetensors(tensors as unknown as Tensors)],
    ["images.npy", writeNpy({ dtype: "uint8", shape: [IMAGES, size, size, 3], data: images } as never)],
  ]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, width, size] = process.argv.slice(2);
  if (!folder) throw new Error("npx tsx bench/vgg-small.ts FOLDER [WIDTH [SIZE]]");
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of vggSmallFiles(Number(width ?? 128), Number(size ?? 32)))
    writeFileSync(join(folder, name), bytes);
  console.log(`${folder}: network.json, weights.safetensors, images.npy`);
}
