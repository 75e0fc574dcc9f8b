// What runs on a Zynq board beside the bitstream: the network's facts for the driver, and a notebook that uses it.

import { portLaneBits } from "../../7-emit/verilog.ts";
import { printableJson } from "../../diagnostics/print.ts";
import type { HwGraph, HwStream } from "../../ir/hardware.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import { renamed } from "../../tasks/fit.ts";
import { identityText } from "../../weights/image.ts";
import { shapeOf } from "./registers.ts";
import type { ZynqTop } from "./zynq.ts";

/** Name of the accelerator in the block design. */
export const INSTANCE = "accelerator";

/** @param driver text of templates/pynq/addernet.py */
export function pynqFiles(g: HwGraph, net: QuantizedNetwork, top: ZynqTop, driver: string): Map<string, string> {
  const stream = (s: HwStream, beatBits: number) => ({
    shape: shapeOf(s),
    lanes: s.lanes,
    lane_bits: portLaneBits(s),
    signed: s.signed,
    beats: s.beatsPerFrame,
    beat_bits: beatBits,
  });
  const facts = {
    format: "addernet-rtl/pynq-1",
    name: g.name,
    network: top.network,
    ...(g.weights ? { weights: identityText(g.weights.identity) } : {}),
    ...(g.weights?.external ? { external: true } : {}),
    instance: INSTANCE,
    input: {
      ...stream(g.input, top.beatBitsIn),
      storage: net.input.storage,
      scale: net.input.scale,
      offset: net.input.offset,
    },
    outputs: g.outputs.map((o, i) => {
      const name = net.outputs[i]!;
      const edge = net.edges[name]!;
      return {
        name: o.name,
        // As `addernet infer -o OUT.npz` names it.
        layer: name,
        ...stream(o.stream, top.beatBitsOut),
        scale: edge.scale,
        zero_point: edge.zeroPoint,
        argmax: net.nodes.some((n) => n.output === name && n.op === "argmax"),
      };
    }),
    ...(net.task ? { task: renamed(net.task, (edge) => g.outputs[net.outputs.indexOf(edge)]!.name) } : {}),
    registers: Object.fromEntries(
      top.registers.map(({ name, address, bits, value }) => [
        name,
        { address, bits, ...(value === undefined ? {} : { value }) },
      ]),
    ),
  };
  return new Map([
    ["pynq/addernet.py", driver],
    [`pynq/${g.name}.json`, `${printableJson(facts)}\n`],
    [`pynq/${g.name}.ipynb`, `${printableJson(notebook(g))}\n`],
  ]);
}

/** A notebook in nbformat 4.5. */
function notebook(g: HwGraph): object {
  const lines = (text: string) => text.split("\n").map((l, i, all) => (i < all.length - 1 ? `${l}\n` : l));
  const markdown = (id: string, text: string) => ({ cell_type: "markdown", id, metadata: {}, source: lines(text) });
  const code = (id: string, text: string) => ({
    cell_type: "code",
    id,
    metadata: {},
    execution_count: null,
    outputs: [],
    source: lines(text),
  });
  const shape = shapeOf(g.input).join(", ");
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
      language_info: { name: "python" },
    },
    cells: [
      markdown(
        "about",
        `# ${g.name}\n\nCopy the folder \`pynq\` to the board: \`addernet.py\`, \`${g.name}.json\`, \`${g.name}.bit\` and \`${g.name}.hwh\`.`,
      ),
      code("load", `import numpy as np\nfrom addernet import Accelerator\n\nnet = Accelerator("${g.name}.json")`),
      ...(g.weights
        ? [
            markdown("weights", `Weights: \`addernet weights pack NETWORK --for BUILD -o ${g.name}_weights.bin\`.`),
            code("weights-load", `net.load("${g.name}_weights.bin")`),
          ]
        : []),
      markdown("images", `Images are stored integers [n, ${shape}]; \`net.quantize\` makes them from real values.`),
      code("infer", 'images = np.load("images.npy")[:10]\nanswer = net.infer(images)\nnet.classes(answer)'),
      code("outputs", "{name: values.reshape(len(values), -1) for name, values in answer.items()}"),
      markdown("speed", "Counters since the last reset, in clocks of the accelerator."),
      code("counters", "net.counters()"),
      markdown(
        "check",
        "Against the golden model: `addernet infer BUILD/integers.json --images images.npy -o golden.npz` writes what must come out.",
      ),
      code("check-all", 'net.check(np.load("images.npy")[:10], np.load("golden.npz"))'),
      markdown("stalls", "What holds the images up, from the counters."),
      code("stalls-now", "print(net.stalls())"),
      code("close", "net.reset()\nnet.close()"),
    ],
  };
}
