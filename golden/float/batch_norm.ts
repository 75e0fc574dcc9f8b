// y = gamma * (x - mean) / sqrt(variance + eps) + beta of each channel. Batch normalization at inference, arXiv:1502.03167.
import { type FloatLayer, perValue, weightsOf } from "./layer.ts";

export const batchNorm: FloatLayer<{ readonly eps: number }> = (node, [x]) => {
  const [gamma, beta, mean] = [weightsOf(node, "gamma"), weightsOf(node, "beta"), weightsOf(node, "mean")];
  const eps = node.attrs.eps;
  const deviation = weightsOf(node, "variance").map((v) => Math.sqrt(v + eps));
  return perValue(node, x!, (v, c) => (gamma[c]! * (v - mean[c]!)) / deviation[c]! + beta[c]!);
};
