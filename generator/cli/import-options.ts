// Options of `addernet import`.
import { architectures } from "../import/pytorch/architectures.ts";

export const importOptions = {
  list: { describe: "print names, shapes and types of the tensors", type: "boolean", default: false },
  arch: { describe: "architecture; its numbers come from the tensors", choices: [...architectures.keys()] },
  network: { describe: "network file whose tensors the checkpoint holds", type: "string" },
  bind: {
    describe: "with --network: tensor of the network to key of the checkpoint, NAME=KEY",
    type: "string",
    array: true,
  },
  accept: { describe: "with --network: take the suggested keys", type: "boolean", default: false },
  state: { describe: "key of the state dict in a checkpoint that holds several", type: "string" },
  adder: { describe: "adder layers whose weights are kept as .weight, LAYER[,LAYER] or all", type: "string" },
  shape: { describe: "with --arch: the input, HEIGHT,WIDTH,CHANNELS", type: "string" },
  pool: {
    describe: "with --arch of a stack: convolutions with a pool behind them, LAYER[,LAYER] or none",
    type: "string",
  },
  scale: { describe: "with --arch: real value of a stored step, as 1/255", type: "string" },
  mean: { describe: "with --arch: subtracted from each channel, a number or one a channel", type: "string" },
  std: { describe: "with --arch: divides each channel, a number or one a channel", type: "string" },
  name: { describe: "name of the network", type: "string" },
} as const;

export const onnxOptions = {
  shape: { describe: "the input, HEIGHT,WIDTH,CHANNELS, where the model leaves it open", type: "string" },
  scale: importOptions.scale,
  mean: importOptions.mean,
  std: importOptions.std,
  name: importOptions.name,
} as const;
