// Several networks in one design: one simulator model instead of many.
import { join } from "node:path";
import { type Build, outputPort, portLaneBits } from "../../generator/index.ts";
import type { HwStream } from "../../generator/ir/hardware.ts";
import type { AxisFrame, Design } from "../lib/index.ts";
import { rtlOf } from "./build.ts";
import { folder } from "./tools.ts";

const wires = ["tdata", "tvalid", "tready", "tlast"] as const;

/** Streams at the ports of a network's top, in and out. */
const portsOf = ({ hardware }: Build): [port: string, stream: HwStream, into: boolean][] => [
  ["s_axis", hardware.input, true],
  ...hardware.outputs.map(({ stream }, i): [string, HwStream, boolean] => [outputPort(hardware, i), stream, false]),
];

/**
 * A top with an instance of each network; the ports of network `n` are its own with `n_` in front. The networks' names
 * must differ. The files live as long as the test file.
 */
export function sideBySide(builds: readonly Build[], top = "side_by_side"): Design {
  const dirs = builds.map((b) => folder(b.files));
  const declared = builds.flatMap((b) =>
    portsOf(b).flatMap(([port, s, into]) =>
      wires.map((w) => {
        const bits = w === "tdata" ? `[${s.lanes * portLaneBits(s) - 1}:0] ` : "";
        return `${into === (w !== "tready") ? "input " : "output"} wire ${bits}${b.hardware.name}_${port}_${w}`;
      }),
    ),
  );
  const instances = builds.map(({ hardware: { name } }, i) => {
    const connected = portsOf(builds[i]!).flatMap(([port]) => wires.map((w) => `.${port}_${w}(${name}_${port}_${w})`));
    return `    ${name} #(.MEM_DIR(DIR_${i})) u_${name} (.clk(clk), .rst(rst), ${connected.join(", ")});`;
  });
  const verilog = `module ${top} #(${builds.map((_, i) => `parameter DIR_${i} = ""`).join(", ")}) (
    input wire clk, input wire rst,
    ${declared.join(",\n    ")}
);
${instances.join("\n")}
endmodule
`;
  return {
    top,
    sources: [
      ...builds.flatMap((b, i) => rtlOf(b).map((f) => join(dirs[i]!, f))),
      join(folder([["top.v", verilog]]), "top.v"),
    ],
    params: Object.fromEntries(dirs.map((dir, i) => [`DIR_${i}`, `${dir}/mem/`])),
  };
}

/** Values of a frame received at a network's output, in HWC order. Throws where the frame has another length. */
export function unpackFrame(frame: AxisFrame, s: HwStream): number[] {
  if (frame.length !== s.beatsPerFrame)
    throw new Error(`${s.name}: a frame of ${frame.length} beats instead of ${s.beatsPerFrame}`);
  const bits = portLaneBits(s);
  const perPixel = s.beatsPerFrame / s.pixels;
  const beats = frame.tdata;
  return Array.from({ length: s.pixels * s.channels }, (_, i) => {
    const c = i % s.channels;
    const beat = beats[Math.floor(i / s.channels) * perPixel + Math.floor(c / s.lanes)]!;
    const lane = beat >> BigInt((c % s.lanes) * bits);
    return Number(s.signed ? BigInt.asIntN(bits, lane) : BigInt.asUintN(bits, lane));
  });
}
