// ResNet-50 of any width with random weights, as a state dict for the importer.

import { FORMAT } from "../generator/1-parse/schema.ts";
import { writeSafetensors } from "../generator/files/safetensors.ts";
import type { planNetwork } from "../generator/import/pytorch/index.ts";
import { Rand } from "../testbench/lib/index.ts";

type State = Parameters<typeof planNetwork>[0];
type Tensor = State extends ReadonlyMap<string, infer T> ? T : never;

/** A state dict of ResNet-50 with `width` channels behind the first layer (64 in the published one); the same every time. */
export function resnet50State(width: number): State {
  const rand = new Rand(50);
  const state = new Map<string, Tensor>();
  const tensor = (name: string, shape: readonly number[], value: () => number) =>
    state.set(name, {
      dtype: "float32",
      shape: [...shape],
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value),
    } as unknown as Tensor);
  const weight = () => rand.int(-128, 127) / 64;
  const norm = (name: string, channels: number, taps: number) => {
    tensor(`${name}.weight`, [channels], () => 0.5 + rand.float());
    tensor(`${name}.bias`, [channels], () => rand.float() - 0.5);
    // Sums of distances lie far below zero.
    tensor(`${name}.running_mean`, [channels], () => -taps * (0.9 + 0.2 * rand.float()));
    tensor(`${name}.running_var`, [channels], () => taps * (0.5 + rand.float()));
  };
  const conv = (
    name: string,
    kind: "adder" | "weight",
    shape: readonly [number, number, number, number],
    bn: string,
  ) => {
    tensor(`${name}.${kind}`, shape, weight);
    norm(bn, shape[0], shape[1] * shape[2] * shape[3]);
  };
  conv("conv1", "weight", [width, 3, 7, 7], "bn1");
  let from = width;
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const inner = width * 2 ** stage;
    for (let i = 0; i < blocks; i++) {
      const name = `layer${stage + 1}.${i}`;
      conv(`${name}.conv1`, "adder", [inner, from, 1, 1], `${name}.bn1`);
      conv(`${name}.conv2`, "adder", [inner, inner, 3, 3], `${name}.bn2`);
      conv(`${name}.conv3`, "adder", [4 * inner, inner, 1, 1], `${name}.bn3`);
      if (i === 0) conv(`${name}.downsample.0`, "adder", [4 * inner, from, 1, 1], `${name}.downsample.1`);
      from = 4 * inner;
    }
  });
  const classes = Math.ceil((1000 * width) / 64);
  conv("fc", "weight", [classes, from, 1, 1], "bn2");
  return state;
}

/** Layers with weights of the last residual block and behind it. */
export const LAST_LAYERS = ["conv1", "conv2", "conv3", "fc"] as const;

/**
 * The last residual block of ResNet-50 with the mean and the linear layer behind it, at their full size: 7 x 7 x 2048 in,
 * 1000 classes out; or one of its layers alone. Files of a network, with random weights.
 */
export function lastBlockFiles(only?: (typeof LAST_LAYERS)[number]): ReadonlyMap<string, Uint8Array> {
  const all = resnet50State(64);
  const block = "layer4.2.";
  const tensors = new Map(
    [...all]
      .filter(([name]) => name.startsWith(block) || name === "fc.weight")
      .map(([name, t]): [string, Tensor] => [name.replace(block, ""), t]),
  );
  const conv = (n: number, filters: number, kernel: number) => [
    {
      ...{ name: `conv${n}`, kind: "adder_conv2d", filters, kernel, padding: (kernel - 1) / 2 },
      weights: `conv${n}.adder`,
    },
    { name: `bn${n}`, kind: "batch_norm" },
  ];
  const parts = {
    conv1: [...conv(1, 512, 1), { name: "relu1", kind: "relu" }],
    conv2: [...conv(2, 512, 3), { name: "relu2", kind: "relu" }],
    conv3: conv(3, 2048, 1),
    fc: [{ name: "fc", kind: "conv2d", filters: 1000, kernel: 1, weights: "fc.weight" }],
  };
  const behind = [
    { name: "add", kind: "add", inputs: ["bn3", "x"] },
    { name: "relu3", kind: "relu" },
    { name: "avgpool", kind: "global_avg_pool" },
  ];
  const size = only === "fc" ? 1 : 7;
  const network = {
    ...{ format: FORMAT, name: only ?? "last_block" },
    input: { name: "x", shape: [size, size, only && /[23]$/.test(only) ? 512 : 2048], scale: 1 / 64 },
    weights: "weights.safetensors",
    layers: only ? parts[only] : [...parts.conv1, ...parts.conv2, ...parts.conv3, ...behind, ...parts.fc],
  };
  // A file holds no array that no layer reads.
  const read = only ? new RegExp(`^(${only}|${only.replace("conv", "bn")})[.]`) : /./;
  return new Map([
    ["network.json", new TextEncoder().encode(JSON.stringify(network))],
    [
      "weights.safetensors",
      writeSafetensors(
        new Map([...tensors].filter(([name]) => read.test(name))) as unknown as Parameters<typeof writeSafetensors>[0],
      ),
    ],
  ]);
}
