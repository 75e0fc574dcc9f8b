// addernet quantize: writes a network in integers.
import { join } from "node:path";
import type { ChoiceFound } from "../../compile.ts";
import { writeIntegers } from "../../integer-file.ts";
import { defineCommand, done } from "../command.ts";
import { choiceNote, integersOf, openNetwork } from "../network.ts";
import { forceOption, network, outOption, quantizeOptions } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";
import { columns } from "../table.ts";

export const command = defineCommand({
  positionals: { network },
  options: { ...quantizeOptions, o: outOption, force: forceOption },
  run(args, out) {
    const dir = args.o;
    checkFolder(dir, "quantize", args.force);
    const errors = new Map<string, number>();
    let chosen: ChoiceFound | undefined;
    const net = integersOf(args.network, openNetwork(args.network, out), args, out, {
      onMultipliers: (node, error) => errors.set(node, error),
      onMethod: (found) => {
        chosen = found;
      },
    });
    out.progress(`writing ${dir}`, 0, 0);
    writeFolder(dir, new Map([["integers.json", writeIntegers(net)]]), "quantize", args.force);
    const rows = net.nodes.map((n) => {
      const e = net.edges[n.output]!;
      return [
        n.name,
        n.op,
        `${e.bits}${e.signed ? " signed" : ""}`,
        e.scale.toPrecision(5),
        String(e.zeroPoint),
        `${e.range.min}..${e.range.max}`,
        errors.has(n.name) ? `${(100 * errors.get(n.name)!).toFixed(2)} %` : "",
      ];
    });
    for (const l of columns([["node", "op", "bits", "scale", "zero", "range", "multiplier off by"], ...rows]))
      out.line(l);
    out.line();
    if (chosen) out.line(choiceNote(chosen));
    out.line(`wrote ${join(dir, "integers.json")}`);
    const multiplierErrors = Object.fromEntries(errors);
    return done({
      file: join(dir, "integers.json"),
      name: net.name,
      nodes: net.nodes.length,
      multiplierErrors,
      ...(chosen ? { chosen } : {}),
    });
  },
});
