// npm run reference -- --count N --seed S: random PyTorch modules against the compiler's float reference and integers.
import { parseArgs } from "node:util";
import { BITS, compareModules, FLOAT_BOUND, hasTorch, INTEGER_BOUND, python } from "./reference.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "2000" }, seed: { type: "string", default: "1" } },
});
if (!hasTorch()) {
  console.error(`${python} has no torch: scripts/setup --torch installs it`);
  process.exit(1);
}
const shard = 200;
let [networks, outputs, numbers, float, integer, floatOnly, refused, failed] = [0, 0, 0, 0, 0, 0, 0, 0];
const classes = { same: 0, all: 0 };
const layers = new Map<string, number>();
for (let done = 0; done < Number(values.count); done += shard) {
  const c = compareModules(Number(values.seed) + done, Math.min(shard, Number(values.count) - done));
  networks += c.networks;
  outputs += c.outputs;
  numbers += c.values;
  float = Math.max(float, c.float);
  integer = Math.max(integer, c.integer);
  classes.same += c.classes.same;
  classes.all += c.classes.all;
  floatOnly += c.floatOnly;
  refused += c.refused;
  failed += c.differences.length;
  for (const [kind, n] of c.layers) layers.set(kind, (layers.get(kind) ?? 0) + n);
  for (const d of c.differences) console.log(`seed ${d.seed}: ${d.what}`);
  console.log(`${networks} modules, ${failed} differences`);
}
console.log(`${outputs} outputs with ${numbers} values`);
console.log(`float: largest difference ${float.toExponential(1)} of an output's size (bound ${FLOAT_BOUND})`);
console.log(`integers at ${BITS} bits: largest relative error ${integer.toFixed(4)} (bound ${INTEGER_BOUND})`);
console.log(`refused, the order of a flattened map would show: ${refused} modules`);
console.log(`without integers, an activation standing where stage 4 takes none: ${floatOnly} modules`);
console.log(`classes of argmax alike: ${classes.same} of ${classes.all}`);
console.log(
  [...layers]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, n]) => `${kind} ${n}`)
    .join(", "),
);
process.exitCode = failed > 0 ? 1 : 0;
