// What is drawn: numbers without constraints, which network.ts turns into a legal network. So every recipe is a network,
// and a smaller recipe is a smaller network.
import fc from "fast-check";

const up = (max: number) => fc.integer({ min: 1, max });
const upTo = (max: number) => fc.integer({ min: 0, max });
const seed = fc.noShrink(fc.integer({ min: 0, max: 0xffffffff }));

const step = fc.record({
  /** Which kind, among those that are possible. */
  kind: upTo(9999),
  /** Which tensor it reads: 0 the last one, then the earlier ones. */
  from: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: upTo(7) }),
  /** How many inputs a join has, at most. */
  arity: fc.integer({ min: 2, max: 4 }),
  kernel: fc.oneof(
    { weight: 7, arbitrary: fc.tuple(up(5), up(5)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(9, 11), fc.constantFrom(1, 9, 11)) },
  ),
  stride: fc.tuple(up(4), up(4)),
  dilation: fc.tuple(up(3), up(3)),
  padding: fc.tuple(upTo(3), upTo(3), upTo(3), upTo(3)),
  /** How padding is written: none, one number, two, four, same, valid. */
  margin: upTo(5),
  /** How plain the window is: 0 neither stride nor dilation, 1 stride, 2 dilation, 3 both. */
  motion: upTo(3),
  groups: upTo(5),
  channels: up(17),
  bias: fc.boolean(),
  flag: fc.boolean(),
  number: upTo(100),
  /** Size of the weights: see sizes in network.ts. */
  size: upTo(9),
  bits: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 4, nil: undefined }),
  pe: upTo(99),
  simd: upTo(99),
  /** Several pixels a beat, where drawn and possible. */
  pixels: upTo(99),
  seed,
});

export const recipe = fc.record({
  height: up(9),
  width: up(9),
  channels: up(17),
  storage: fc.constantFrom("uint8" as const, "int8" as const, "uint16" as const),
  /** How stored values become real ones. */
  meaning: upTo(5),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  /** An inner result that leaves the network too; 0 for none. */
  extra: upTo(12),
  layout: fc.constantFrom("pytorch" as const, "channels_last" as const),
  bits: fc.integer({ min: 2, max: 8 }),
  joinBits: fc.integer({ min: 2, max: 8 }),
  productBits: fc.integer({ min: 2, max: 8 }),
  multiplierBits: fc.constantFrom(16, 4, 8, 24),
  mode: fc.constantFrom("full" as const, "pow2" as const, "csd2" as const),
  method: fc.constantFrom("max" as const, "percentile" as const, "mse" as const),
  l1: fc.constantFrom(0 as const, 1 as const),
  /** Clocks a frame that the design is asked for. */
  clocks: fc.constantFrom(1000, 100, 300, 2000, 10, 1),
  /** What the last layer is, where it can be. */
  last: fc.constantFrom("", "", "", "pad", "upsample", "flatten", "argmax", "add", "concat"),
  /** The input leaves the network as well. */
  inputToo: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
  /** What the source says with tlast. */
  tlast: fc.constantFrom("right" as const, "low" as const, "high" as const, "random" as const),
  /** Resets at random clocks of the first frames. */
  resets: fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 2 }),
  /** A network of many lanes takes a simulator a minute: few of them. */
  large: fc.integer({ min: 0, max: 19 }).map((n) => n === 19),
  frames: up(4),
  calibration: up(3),
  sourceStall: fc.constantFrom(0, 0.3, 0.5, 0.8),
  sinkStall: fc.constantFrom(0, 0.3, 0.5, 0.8),
  seed,
  /** Layers whose weights are loaded before the frames. Here and below: what is drawn above stays what it was. */
  loaded: fc.constantFrom("none" as const, "none" as const, "none" as const, "some" as const, "all" as const),
  dsp: fc.boolean(),
  /** Where all that is loaded is on the chip: two banks, and another image while frames go on. */
  swap: fc.boolean(),
  /** What is loaded is read back: before the frames, while they go on, and behind them. That takes longer than they do. */
  readBack: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
  /** Ports to memory beside the chip, where so many layers have weights there. */
  ports: fc.constantFrom(1, 1, 2, 3),
});

export type Step = Parameters<Parameters<(typeof step)["map"]>[0]>[0];
export type Recipe = Parameters<Parameters<(typeof recipe)["map"]>[0]>[0];
