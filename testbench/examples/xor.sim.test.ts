// The tutorial does what it says: all its commands with their output, and XOR in hardware.
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { load, readNpy, toHardware, toIntegers } from "../../generator/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { realInput, runFloat, runInteger } from "../../golden/index.ts";
import { simulators } from "../lib/index.ts";
import { cellSources, root } from "../nets/build.ts";
import { folder, tool } from "../nets/tools.ts";

const dir = join(root, "examples/xor");
const text = (file: string) => readFileSync(join(dir, file), "utf8");

/** Times differ from run to run; latency, estimates and the number of files are no matter of this page. */
const plain = (output: string): string =>
  output
    .trimEnd()
    .replace(/, [\d.]+ s$/gm, "")
    .replace(/(latency|after) \d+ clocks( \(predicted \d+\))?/g, "$1 some clocks")
    .replace(/\d+ to its first/g, "some to its first")
    .replace(/^estimated logic: .*$/gm, "estimated logic")
    .replace(/wrote \d+ files/g, "wrote files");

/** Commands of the page with the output below them. */
function commands(): { command: string; output: string }[] {
  const blocks = [...text("README.md").matchAll(/^```console\n(.*?)^```/gms)].map((m) => m[1]!);
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((part) => {
      const [command, ...output] = part.split("\n");
      return { command: command!, output: output.join("\n") };
    });
}

test("the page's commands print what it shows", { timeout: 600_000 }, async () => {
  const cwd = folder();
  symlinkSync(join(root, "examples"), join(cwd, "examples"));
  const all = commands();
  expect(all.length).toBeGreaterThan(10);
  for (const { command, output } of all) {
    const [program, ...args] = command.split(" ");
    const result = await (program === "npx"
      ? tool(process.execPath, [join(root, "scripts/addernet.mjs"), ...args.slice(1)], cwd)
      : tool(program!, args, cwd));
    expect(plain(result.output), command).toBe(plain(output));
    expect(result.code, command).toBe(0);
  }
});

test("the page shows the network file's layers", () => {
  const page = text("README.md");
  const layers = text("network.json")
    .split("\n")
    .filter((line) => line.includes('"kind"'));
  expect(layers.length).toBe(4);
  for (const line of layers) expect(page).toContain(line.trim());
});

test("XOR of all four inputs in real numbers, in integers and in both simulators", async () => {
  const loaded = load(text("network.json"), () => new Uint8Array());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { graph } = loaded.value;
  const inputs: IntTensor[] = [0, 1, 2, 3].map((i) => ({ shape: [1, 1, 2], data: Int32Array.of(i >> 1, i & 1) }));
  const wanted = [0, 1, 1, 0];
  const stored = readNpy(readFileSync(join(dir, "inputs.npy")));
  expect([...stored.data].map(Number)).toEqual(inputs.flatMap((t) => [...t.data]));
  expect([...readNpy(readFileSync(join(dir, "labels.npy"))).data].map(Number)).toEqual(wanted);
  expect(inputs.map((x) => runFloat(graph, realInput(graph.input, x)).get("answer")!.data[0])).toEqual(wanted);

  const net = toIntegers(graph, inputs, { bits: 4 });
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  expect(inputs.map((x) => runInteger(net.value, x, { keep: "all" }).get("answer")!.data[0])).toEqual(wanted);

  const built = toHardware(net.value, { clockMHz: 100 }, cellSources());
  if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
  const { hardware, files } = built.value;
  expect(hardware.blocks.flatMap((b) => b.instances).filter((i) => i.cell === "axis_sad")).toHaveLength(2);
  for (const sim of simulators) {
    const design = probeDesign(hardware, folder(files), files.keys());
    const r = await verify(net.value, hardware, design, inputs, { sim });
    expect(r.mismatch).toBeUndefined();
    expect(r.outputs).toEqual(wanted.map((v) => [v]));
  }
});
