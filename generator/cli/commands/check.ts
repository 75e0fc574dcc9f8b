// addernet check: reads a network file and prints its layers.
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { openNetwork } from "../network.ts";
import { network } from "../options.ts";
import { columns } from "../table.ts";
import { watch } from "../watch.ts";

export function check(path: string, out: Console): Outcome {
  const { graph, integers } = openNetwork(path, out);
  const layers = graph
    ? graph.nodes.map((n) => ({
        name: n.name,
        kind: n.kind,
        inputs: [...n.inputs],
        shape: [...n.shape],
        parameters: Object.values(n.tensors).reduce((a, t) => a + t.data.length, 0),
      }))
    : integers!.nodes.map((n) => ({
        name: n.name,
        kind: n.op,
        inputs: [...n.inputs],
        shape: [...integers!.edges[n.output]!.shape],
        parameters: "weights" in n ? n.weights.rows.reduce((a, r) => a + r.length, 0) : 0,
      }));
  const net = graph ?? integers!;
  out.line(`${net.name}: ${layers.length} layers, input ${net.input.shape.join(" x ")} ${net.input.storage}`);
  out.line();
  for (const l of columns([
    ["layer", "kind", "inputs", "shape", "parameters"],
    ...layers.map((n) => [n.name, n.kind, n.inputs.join(", "), n.shape.join(" x "), String(n.parameters)]),
  ]))
    out.line(l);
  out.line();
  out.line(`${layers.reduce((a, l) => a + l.parameters, 0)} parameters; outputs ${net.outputs.join(", ")}`);
  return done({ name: net.name, input: net.input, layers, outputs: net.outputs });
}

export const command = defineCommand({
  positionals: { network },
  options: {
    watch: {
      describe: "check again whenever the file or its weights change, until interrupted",
      type: "boolean",
      default: false,
    },
  },
  async run(args, out) {
    if (!args.watch) return check(args.network, out);
    await watch(args.network, () => check(args.network, out), out);
    return done();
  },
});
