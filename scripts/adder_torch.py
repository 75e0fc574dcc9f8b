"""Adder layers for PyTorch: y[o] = -sum |x - w[o]|, with the gradients of AdderNet (Chen et al., CVPR 2020)."""

import math

import torch
from torch import nn
from torch.nn import functional

# Rows of one step of the input's gradient: the operands then stay in the cache.
CHUNK = 512


class NegativeL1(torch.autograd.Function):
    """x [rows, taps] and w [outputs, taps] to -sum |x - w| [rows, outputs].

    Gradients: of w (x - w) g, the whole scaled to eta sqrt(n) / ||.||; of x hardtanh(w - x) g.
    """

    @staticmethod
    def forward(ctx, x, w, eta):
        ctx.save_for_backward(x, w)
        ctx.eta = eta
        return torch.cdist(x, w, p=1).neg_()

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        grad_x = input_gradient(x, w, g) if ctx.needs_input_grad[0] else None
        grad_w = None
        if ctx.needs_input_grad[1]:
            grad_w = g.t() @ x - w * g.sum(0).unsqueeze(1)
            grad_w *= ctx.eta * math.sqrt(grad_w.numel()) / grad_w.norm().clamp_min(1e-12)
        return grad_x, grad_w, None


def input_gradient(x, w, g):
    """sum over o of clamp(w[o] - x, -1, 1) g[:, o], without a tensor of rows x outputs x taps."""
    grad = torch.zeros_like(x)
    step = torch.empty(min(CHUNK, x.shape[0]), x.shape[1], dtype=x.dtype)
    for start in range(0, x.shape[0], CHUNK):
        rows = slice(start, start + CHUNK)
        part, total = x[rows], grad[rows]
        for o in range(w.shape[0]):
            difference = torch.sub(w[o], part, out=step[: len(part)]).clamp_(-1, 1)
            total.addcmul_(difference, g[rows, o : o + 1])
    return grad


class AdderLinear(nn.Module):
    """Weights `adder` [outputs, inputs], initially N(0, 1)."""

    def __init__(self, inputs, outputs, eta=0.2):
        super().__init__()
        self.eta = eta
        self.adder = nn.Parameter(torch.randn(outputs, inputs))

    def forward(self, x):
        return NegativeL1.apply(x, self.adder, self.eta)


class Adder2d(nn.Module):
    """Weights `adder` [outputs, inputs, kernel, kernel], initially N(0, 1); padding is a real zero."""

    def __init__(self, inputs, outputs, kernel, stride=1, padding=0, eta=0.2):
        super().__init__()
        self.kernel, self.stride, self.padding, self.eta = kernel, stride, padding, eta
        self.adder = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))

    def forward(self, x):
        size = [(n + 2 * self.padding - self.kernel) // self.stride + 1 for n in x.shape[2:]]
        windows = functional.unfold(x, self.kernel, padding=self.padding, stride=self.stride)
        rows = windows.transpose(1, 2).reshape(-1, windows.shape[1])
        y = NegativeL1.apply(rows, self.adder.flatten(1), self.eta)
        return y.view(x.shape[0], -1, y.shape[1]).transpose(1, 2).reshape(x.shape[0], -1, *size)
