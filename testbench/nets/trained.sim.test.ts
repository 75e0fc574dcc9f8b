// The networks for masks, boxes and images as hardware, on the images that a script drew. A minute or more each, so that only
// ADDERNET_SLOW=1 asks for them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { load, type Result, readNpy, toHardware, toIntegers } from "../../generator/index.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { cellSources, root } from "./build.ts";
import { folder } from "./tools.ts";

const slow = process.env.ADDERNET_SLOW === "1";
if (!slow) console.warn("nuclei-unet, bccd-detector and super-resolution are simulated with ADDERNET_SLOW=1 only");

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

test.skipIf(!slow).each(["nuclei-unet", "bccd-detector", "super-resolution"])(
  "%s: two images equal golden at every layer boundary, with stalls (needs ADDERNET_SLOW=1)",
  { timeout: 900_000 },
  async (example) => {
    const at = (path: string) => join(root, "examples", example, path);
    const { graph } = value(load(readFileSync(at("network.json"), "utf8"), (path) => readFileSync(at(path))));
    const { shape } = graph.input;
    const { data } = readNpy(readFileSync(at("drawn_images.npy")));
    const size = shape[0] * shape[1] * shape[2];
    const images = Array.from({ length: data.length / size }, (_, i) => ({
      shape,
      data: Int32Array.from(data.subarray(i * size, (i + 1) * size), Number),
    }));
    const net = value(toIntegers(graph, images, { bits: 4, method: "percentile" }));
    const { hardware, files } = value(toHardware(net, { fps: 400, clockMHz: 100 }, cellSources()));
    const design = probeDesign(hardware, folder(files), files.keys());
    const options = { sim: "verilator", seed: 3, sourceStall: 0.2, sinkStall: 0.2 } as const;
    const r = await verify(net, hardware, design, images.slice(0, 2), options);
    expect(r.mismatch).toBeUndefined();
    expect(r.frames).toBe(2);
    // Accumulators and results of every convolution at least.
    expect(r.streams).toBeGreaterThan(2 * net.nodes.filter((n) => "weights" in n).length);
  },
);
