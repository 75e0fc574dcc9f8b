// Yosys puts every memory with fixed contents where the hardware graph tells it to.
import { expect, test } from "vitest";
import { cases } from "../nightly.ts";
import { exampleBuild, rtlOf } from "./build.ts";
import { folder, tool } from "./tools.ts";

/** The parameter of a memory's place, by the memory's name in a cell. */
const memories: Readonly<Record<string, string>> = {
  weights: "MEM_STYLE",
  "g_shared.sums": "SUM_STYLE",
  constants: "MEM_STYLE",
};

/** Places by the memories' names; with `turned` each is told the other place. */
function placesOf(b: ReturnType<typeof exampleBuild>, turned: boolean): Map<string, string> {
  const places = new Map<string, string>();
  for (const [k, i] of b.hardware.blocks.flatMap((block) => block.instances.map((each) => [block, each] as const)))
    for (const [memory, style] of Object.entries(memories)) {
      const place = i.params[style];
      if (typeof place !== "string" || (memory === "constants") !== (i.cell === "axis_requant")) continue;
      places.set(
        `u_${k.name}.${i.name.replace(`u_${k.name}_`, "u_")}.${memory}`,
        (place === "block") !== turned ? "block" : "logic",
      );
    }
  return places;
}

const turn = (text: string): string =>
  text.replace(/_STYLE\("(block|logic)"\)/g, (_, s) => `_STYLE("${s === "block" ? "logic" : "block"}")`);

for (const [family, l1, turned] of cases(
  [
    ["ice40", 1, false],
    ["ecp5", 0, true],
  ],
  [
    ["ice40", 1, true],
    ["ecp5", 0, false],
  ],
))
  test(`tiny-mnist on ${family}${turned ? ", every memory in the other place" : ""}`, async () => {
    const b = exampleBuild("tiny-mnist", { bits: 8, fps: 2000, l1, family });
    const top = b.hardware.name;
    const wanted = placesOf(b, turned);
    expect(new Set(wanted.values())).toEqual(new Set(["block", "logic"]));
    const files = [...b.files].map(
      ([path, text]) => [path, turned && path.startsWith("rtl/") ? turn(text) : text] as const,
    );
    const script = `read_verilog ${rtlOf(b).join(" ")}; synth_${family} -top ${top} -run begin:map_ffram`;
    const { code, output } = await tool("yosys", ["-p", script], folder(files));
    expect(code).toBe(0);
    const found = new Map<string, string>();
    for (const [, name] of output.matchAll(/^mapping memory \w+\.(\S+) via /gm)) found.set(name!, "block");
    for (const [, name] of output.matchAll(/^using FF mapping for memory \w+\.(\S+)/gm)) found.set(name!, "logic");
    expect(new Map([...wanted.keys()].map((name) => [name, found.get(name)]))).toEqual(wanted);
  });
