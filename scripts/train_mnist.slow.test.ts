import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSafetensors } from "../generator/files/safetensors.ts";

const python = "/usr/bin/python3";
const images = join(import.meta.dirname, "../examples/mnist");
const hasTorch = spawnSync(python, ["-c", "import torch"]).status === 0;
if (!hasTorch) console.warn(`${python} has no torch: training is not tested`);

test.skipIf(!hasTorch)(
  `a short training lowers the loss and writes readable weights (needs ${python} with torch)`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), "train-"));
    try {
      for (const kind of ["images", "labels"]) {
        copyFileSync(join(images, `calibration_${kind}.npy`), join(dir, `train_${kind}.npy`));
        copyFileSync(join(images, `test_${kind}.npy`), join(dir, `test_${kind}.npy`));
      }
      const out = join(dir, "weights.safetensors");
      const script = join(import.meta.dirname, "train_mnist.py");
      const args = [script, "--net", "tiny", "--epochs", "4", "--batch", "16", "--data", dir, "--out", out];
      const run = spawnSync(python, args, { encoding: "utf8" });
      expect(run.stderr).toBe("");
      const losses = [...run.stdout.matchAll(/^epoch \d+\/4 {2}loss ([\d.]+)/gm)].map(([, loss]) => Number(loss));
      expect(losses).toHaveLength(4);
      expect(losses[3]).toBeLessThan(0.7 * losses[0]!);
      // Guessing gives 10 %.
      expect(Number(/^test ([\d.]+) %$/m.exec(run.stdout)![1])).toBeGreaterThan(50);

      const file = openSafetensors(readFileSync(out));
      expect(file.shape("conv1.adder")).toEqual([8, 1, 3, 3]);
      expect(file.shape("fc.adder")).toEqual([10, 256]);
      expect(file.names()).toEqual(
        expect.arrayContaining(["bn3.weight", "bn3.bias", "bn3.running_mean", "bn3.running_var"]),
      );
      for (const name of file.names()) expect(file.read(name).data.every(Number.isFinite)).toBe(true);
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);

test.skipIf(!hasTorch)(
  `the adder layer's sums and gradients are their definitions (needs ${python} with torch)`,
  () => {
    const code = `
import torch, sys
sys.path.insert(0, sys.argv[1])
from adder_torch import Adder2d, AdderLinear, NegativeL1
torch.manual_seed(0)
layer = Adder2d(2, 3, 3, stride=2, padding=1)
x = torch.randn(2, 2, 5, 5)
padded = torch.nn.functional.pad(x, (1, 1, 1, 1))
y = layer(x)
for n in range(2):
    for o in range(3):
        for i in range(3):
            for j in range(3):
                window = padded[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                assert torch.allclose(y[n, o, i, j], -(window - layer.adder[o]).abs().sum(), atol=1e-4)
x, w, g = torch.randn(700, 7).requires_grad_(), torch.randn(4, 7).requires_grad_(), torch.randn(700, 4)
NegativeL1.apply(x, w, 0.2).backward(g)
difference = x.detach().unsqueeze(1) - w.detach()
assert torch.allclose(x.grad, ((-difference).clamp(-1, 1) * g.unsqueeze(2)).sum(1), atol=1e-4)
whole = (difference * g.unsqueeze(2)).sum(0)
assert torch.allclose(w.grad, whole * 0.2 * whole.numel() ** 0.5 / whole.norm(), atol=1e-4)
print("fine")
`;
    const run = spawnSync(python, ["-c", code, import.meta.dirname], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout.trim()).toBe("fine");
  },
);
