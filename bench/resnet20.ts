// The published ResNet-20 for CIFAR-10 (ADDERNET_SHARED names the parent of its folder), for the measurements that want it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { networkFiles, planNetwork, readCheckpoint } from "../generator/import/pytorch/index.ts";
import { load, type Result, readNpy, toIntegers } from "../generator/index.ts";
import type { QuantizedNetwork } from "../generator/ir/quantized.ts";
import type { IntTensor, Shape } from "../generator/ir/tensor.ts";
import { root } from "../testbench/nets/build.ts";

const published = join(process.env.ADDERNET_SHARED ?? join(root, "../shared"), "data/resnet20-cifar10");

/** Whether the checkpoint is there. */
export const hasResnet20 = existsSync(published);

export function open<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join("\n"));
  return result.value;
}

/** The first images of its calibration or test set. */
export function cifarImages(set: "calibration" | "test", count: number): IntTensor[] {
  const shape: Shape = [32, 32, 3];
  const { data } = readNpy(readFileSync(join(published, `${set}_images.npy`)));
  return Array.from({ length: count }, (_, i) => ({
    shape,
    data: Int32Array.from(data.subarray(i * 3072, (i + 1) * 3072) as Uint8Array),
  }));
}

/** Its integers, calibrated on 16 images. */
export function resnet20(bits = 4): QuantizedNetwork {
  const { tensors } = readCheckpoint(readFileSync(join(published, "ResNet20-AdderNet.pth")));
  const files = networkFiles(planNetwork(tensors, "resnet20"), "resnet20");
  const text = new TextDecoder().decode(files.get("network.json") as Uint8Array);
  const { graph } = open(load(text, (f) => files.get(f) as Uint8Array));
  return open(toIntegers(graph, cifarImages("calibration", 16), { bits, method: "percentile" }));
}
