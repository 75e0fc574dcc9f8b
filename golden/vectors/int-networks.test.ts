// Whole integer networks against the integers of another implementation.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openNpz, readNpy } from "../../generator/files/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { accuracy, classOf, runBatch, runInteger } from "../index.ts";
import { chwToHwc, fileBytes, projectPath, sharedData } from "./files.ts";
import { type IntNetworkJson, loadIntNetwork } from "./load-int-network.ts";

const copies = ["lenet5-mnist-int_4b_qat_po2", "lenet5-mnist-int_4b_ptq_mse_m8", "tiny-mnist-int_4b_ptq_mse_m8"];
const tags = ["4b_ptq_mse_m8", "4b_qat_m16", "4b_qat_po2", "8b_ptq_max_m16", "8b_ptq_max_m8", "8b_qat_po2"];

const networks: [name: string, path: string][] = copies.map((n) => [n, `golden/vectors/networks/${n}`]);
if (sharedData)
  for (const net of ["lenet5-mnist", "tiny-mnist"])
    for (const tag of tags)
      if (!copies.includes(`${net}-int_${tag}`))
        networks.push([`${net}-int_${tag}`, `${sharedData}/${net}/int_${tag}`]);

const pixels = readNpy(fileBytes("examples/mnist/test_images.npy"));
const labels = readNpy(fileBytes("examples/mnist/test_labels.npy")).data;
const images: IntTensor[] = Array.from({ length: 1000 }, (_, i) => ({
  shape: [28, 28, 1],
  data: Int32Array.from(pixels.data.subarray(i * 784, (i + 1) * 784)),
}));

describe.each(networks)("%s", (_, path) => {
  const json = JSON.parse(readFileSync(projectPath(`${path}.json`), "utf8")) as IntNetworkJson & {
    test_accuracy: number;
  };
  const arrays = openNpz(fileBytes(`${path}.npz`));
  const net = loadIntNetwork(json, arrays);

  /** Edge or accumulator of this network for each trace of the file. */
  const traces = arrays
    .names()
    .filter((n) => n.startsWith("trace16."))
    .map((n) => [n, n.replace("trace16.", "").replace(/\.rq$/, "")] as const);

  test.runIf(json.tag.includes("po2"))("the multipliers of the layers are signed powers of two", () => {
    for (const node of net.nodes)
      if (node.op === "sad") {
        expect(node.requant.mode).toBe("pow2");
        for (const m of node.requant.multiplier) expect(Number.isInteger(Math.log2(Math.abs(m)))).toBe(true);
      }
  });

  test("all traces of 16 images, by both paths", () => {
    expect(traces.length).toBeGreaterThan(6);
    const fast = runBatch(net, images.slice(0, 16), { keep: traces.map(([, name]) => name) });
    const plain = images.slice(0, 2).map((x) => runInteger(net, x, { keep: "all" }));
    for (const [trace, name] of traces) {
      const want = arrays.read(trace);
      const size = want.data.length / 16;
      for (let i = 0; i < 16; i++) {
        const frame = chwToHwc(Array.from(want.data.subarray(i * size, (i + 1) * size)), want.shape.slice(1));
        expect(Array.from(fast.get(name)![i]!.data), `${name} of image ${i}`).toEqual(frame);
        if (i < 2) expect(Array.from(plain[i]!.get(name)!.data), `${name} of image ${i}, plain`).toEqual(frame);
      }
    }
  });

  test("the logits and the accuracy of 1,000 images", () => {
    const logits = runBatch(net, images).get(net.outputs[0]!)!;
    expect(logits.flatMap((t) => Array.from(t.data))).toEqual(Array.from(arrays.read("test_logits_int").data));
    const right = logits.filter((t, i) => classOf(t) === labels[i]).length;
    expect(right / 1000).toBeCloseTo(json.test_accuracy, 6);
    expect(accuracy(net, images.slice(0, 50), labels)).toBe(
      logits.slice(0, 50).filter((t, i) => classOf(t) === labels[i]).length / 50,
    );
  });
});
