// ResNet-50 of any width with random weights, as a state dict for the importer.
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
