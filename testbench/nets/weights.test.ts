// Every layer kind and every shape of graph with its weights in RAM: sized for any weights, and packed.
import { expect, test } from "vitest";
import { packFor, readIntegers, toHardware, withHomes, writeIntegers } from "../../generator/index.ts";
import { cellSources } from "./build.ts";
import { kindFiles, kindIntegers, kindNetwork } from "./kinds.ts";

const cells = cellSources();
const modes = ["full", "pow2", "csd2"] as const;

test.each(kindFiles.flatMap((file) => modes.map((mode) => [file, mode] as const)))("%s in mode %s", (file, mode) => {
  const { graph } = kindNetwork(file);
  const { net } = kindIntegers(graph, 5, { mode });
  for (const l1 of [0, 1] as const) {
    const sized = withHomes(net, "ram");
    const made = toHardware(sized, { fps: 2000, clockMHz: 100, l1 }, cells);
    if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join("\n"));
    const { hardware, files } = made.value;
    const loaded = net.nodes.filter((n) => "weights" in n).length;
    expect(hardware.weights?.memories.length ?? 0).toBe(2 * loaded);
    if (loaded === 0) continue;
    // The file says all that another set is held against, and the set at hand is one.
    const read = readIntegers(JSON.parse(writeIntegers(sized)));
    const { weights } = JSON.parse(files.get("manifest.json")!);
    const image = packFor(read, weights, net);
    expect(image.payload.length).toBe(hardware.weights!.words);
    const words = [...image.payload].map((w) => w.toString(16).padStart(8, "0"));
    expect(
      files
        .get(`tb/${hardware.name}_weights.mem`)!
        .trim()
        .split("\n")
        .slice(-1 - words.length, -1),
    ).toEqual(words);
  }
});
