#!/usr/bin/env python3
"""Writes a PyTorch network as network.json and weights.safetensors for the compiler.

    export_pytorch.py module:factory --shape 32,32,3 --scale 1/255 [--checkpoint X.pth] -o DIR
    export_pytorch.py path/to/file.py:factory ...

`factory` is a function without parameters that gives the module, or the module itself. From Python:

    from export_pytorch import InputSpec, export
    export(model, InputSpec(shape=(32, 32, 3), scale=1 / 255), "out", "my_net")

The module is traced with torch.fx in eval mode. Adder layers are recognized by their class name (adder2d, Adder2d,
AdderLinear) and their parameter `adder`; what they compute is checked against -sum |x - w|. What cannot be mapped is
refused by its name (ExportError), and then nothing is written.
"""

import argparse
import copy
import importlib
import importlib.util
import json
import operator
import pathlib
import sys
from dataclasses import dataclass
from typing import Optional, Sequence

import torch
from torch import fx, nn
from torch.nn import functional
from torch.nn.utils import prune

from safetensors_file import safetensors_bytes
from torch_checkpoint import CheckpointError, read_checkpoint

FORMAT = "addernet-rtl/1"
INPUT = "input"
# Of the traced tensors; a size that no layer has, so that a batch axis is told from the others.
BATCH = 3
ADDER_CLASSES = ("adder2d", "Adder2d", "Adder2D", "AdderLinear", "adder_linear")


class ExportError(Exception):
    """The network cannot be mapped; the message names the part that is the cause."""


@dataclass
class InputSpec:
    """What arrives: real value = ((q - zero_point) * scale - mean) / std.

    shape: (height, width, channels), or (values,) for a vector. mean and std: a number or one a channel.
    """

    shape: Sequence[int]
    storage: str = "uint8"
    scale: float = 1.0
    zero_point: int = 0
    mean: Optional[object] = None
    std: Optional[object] = None

    def json(self):
        shape = [int(n) for n in self.shape]
        if len(shape) not in (1, 3) or min(shape) < 1:
            raise ExportError(f"the input's shape is (height, width, channels) or (values,), not {tuple(shape)}")
        if self.storage not in ("uint8", "int8", "uint16"):
            raise ExportError(f"the input's storage is uint8, int8 or uint16, not {self.storage}")
        out = {"name": INPUT, "shape": shape if len(shape) == 3 else [1, 1, *shape], "storage": self.storage}
        out["scale"] = float(self.scale)
        if self.zero_point:
            out["zero_point"] = int(self.zero_point)
        for key in ("mean", "std"):
            value = getattr(self, key)
            if value is not None:
                out[key] = [float(v) for v in value] if isinstance(value, (list, tuple)) else float(value)
        return out

    def example(self):
        generator = torch.Generator().manual_seed(1)
        shape = self.shape if len(self.shape) == 1 else (self.shape[2], self.shape[0], self.shape[1])
        return torch.randn(BATCH, *shape, generator=generator)


# ------------------------------------------------------------------------------------------------------------ weights


def plain_copy(model):
    """A copy in eval mode whose weights are plain parameters: what weight_norm, spectral_norm and pruning compute."""
    # Those keep the computed weight as an attribute, and torch copies no tensor that was computed.
    memo = {}
    for module in model.modules():
        for value in vars(module).values():
            if isinstance(value, torch.Tensor) and not value.is_leaf:
                memo[id(value)] = value.detach().clone()
    try:
        copied = copy.deepcopy(model, memo).cpu().eval()
    except Exception as e:
        raise ExportError(f"{type(model).__name__} cannot be copied: {one_line(e)}") from e
    for path, module in copied.named_modules():
        try:
            with torch.no_grad():
                settle_weights(module)
        except Exception as e:
            raise ExportError(f'the weights of module "{path}" cannot be computed: {one_line(e)}') from e
    return copied


def known_hooks(module):
    names = ("WeightNorm", "SpectralNorm")
    hooks = module._forward_pre_hooks.values()
    return all(isinstance(h, prune.BasePruningMethod) or type(h).__name__ in names for h in hooks)


def settle_weights(module):
    for hook in list(module._forward_pre_hooks.values()):
        if isinstance(hook, prune.BasePruningMethod):
            prune.remove(module, hook._tensor_name)
        elif type(hook).__name__ == "WeightNorm":
            nn.utils.remove_weight_norm(module, hook.name)
        elif type(hook).__name__ == "SpectralNorm":
            nn.utils.remove_spectral_norm(module, hook.name)
    parametrize = getattr(nn.utils, "parametrize", None)
    if parametrize and parametrize.is_parametrized(module):
        for name in list(module.parametrizations):
            parametrize.remove_parametrizations(module, name, leave_parametrized=True)


# ------------------------------------------------------------------------------------------------------------ tracing


def is_adder(module):
    # While a module is traced its attributes give proxies.
    return type(module).__name__ in ADDER_CLASSES and module._parameters.get("adder") is not None


class Sized(fx.Proxy):
    """A value of the graph whose sizes are numbers, as torch's own functions want them."""

    value = None

    @property
    def shape(self):
        return self.value.shape if isinstance(self.value, torch.Tensor) else fx.proxy.Attribute(self, "shape")

    @property
    def ndim(self):
        return self.value.ndim if isinstance(self.value, torch.Tensor) else fx.proxy.Attribute(self, "ndim")

    def size(self, *dim):
        known = isinstance(self.value, torch.Tensor) and all(isinstance(d, int) for d in dim)
        return self.value.size(*dim) if known else self.tracer.create_proxy("call_method", "size", (self, *dim), {})

    def dim(self):
        return self.ndim


class Tracer(fx.Tracer):
    """Adder layers are leaves as torch's own layers are; every node knows the module it stands in.

    The example runs through the layers while they are traced, so that sizes are known.
    """

    def __init__(self, example):
        super().__init__()
        self.stack = [""]
        # Where an exception arose; the stack has been left by then.
        self.deepest = None
        self.example, self.values, self.running = example, {}, False

    def proxy(self, node):
        return Sized(node, self)

    def create_proxy(self, *args, **kwargs):
        proxy = super().create_proxy(*args, **kwargs)
        self.running = True
        try:
            with torch.no_grad():
                proxy.value = self.values[proxy.node] = self.run(proxy.node)
        except Exception:
            # Said better when the whole graph runs.
            pass
        finally:
            self.running = False
        return proxy

    def run(self, node):
        if node.op == "placeholder":
            return None if node.args or self.values else self.example.clone()
        known = lambda n: self.values[n]
        args, kwargs = fx.node.map_arg(node.args, known), fx.node.map_arg(node.kwargs, known)
        if node.op == "call_function":
            return node.target(*args, **kwargs)
        if node.op == "call_method":
            return getattr(args[0], node.target)(*args[1:], **kwargs)
        found = self.root
        for part in node.target.split("."):
            found = getattr(found, part)
        return found.forward(*args, **kwargs) if node.op == "call_module" else found

    def getattr(self, attr, attr_val, parameter_proxy_cache):
        return attr_val if self.running else super().getattr(attr, attr_val, parameter_proxy_cache)

    def is_leaf_module(self, m, module_qualified_name):
        return is_adder(m) or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m, forward, args, kwargs):
        if self.running:
            return forward(*args, **kwargs)
        self.stack.append(self.path_of_module(m))
        try:
            return super().call_module(m, forward, args, kwargs)
        except Exception:
            self.deepest = self.deepest or self.stack[-1]
            raise
        finally:
            self.stack.pop()

    def create_node(self, *args, **kwargs):
        node = super().create_node(*args, **kwargs)
        node.meta["path"] = self.stack[-1]
        return node


class Values(fx.Interpreter):
    """Runs the graph and keeps every value, so that equal storages mean shared memory."""

    def __init__(self, module):
        super().__init__(module, garbage_collect_values=False)
        self.before = {}

    def run_node(self, n):
        try:
            if n.op == "call_module":
                # A later layer may write into its input in place.
                self.before[n] = self.fetch_args_kwargs_from_env(n)[0][0].clone()
            result = super().run_node(n)
        except Exception as e:
            raise ExportError(f"{where(n)} cannot be run on the example input: {one_line(e)}") from e
        n.meta["value"] = result
        return result


def one_line(e):
    # torch.fx appends paragraphs about its graph.
    text = " ".join(str(e).split("\n\n")[0].split())
    return text if len(text) < 300 else text[:297] + "..."


def where(node):
    if node.op == "call_module":
        return f'module "{node.target}"'
    inside = node.meta.get("path")
    return f'node "{node.name}"' + (f' in module "{inside}"' if inside else "")


def tensor_of(node):
    value = node.meta.get("value") if isinstance(node, fx.Node) else None
    return value if isinstance(value, torch.Tensor) else None


# ------------------------------------------------------------------------------------------------------------ mapping


def pair(v):
    return (v, v) if isinstance(v, int) else tuple(int(n) for n in v)


def short(v):
    """A pair of equal numbers is one number."""
    a, b = pair(v)
    return a if a == b else [a, b]


def window(kernel, stride=1, padding=0, dilation=1, default_stride=1):
    out = {"kernel": short(kernel)}
    if pair(stride) != pair(default_stride):
        out["stride"] = short(stride)
    if isinstance(padding, str):
        out["padding"] = padding
    elif pair(padding) != (0, 0):
        out["padding"] = short(padding)
    if pair(dilation) != (1, 1):
        out["dilation"] = short(dilation)
    return out


class Call:
    """One node that computes something: its operands, its parameters by name, and how to refuse it."""

    def __init__(self, node, what, inputs, module=None, options=None):
        self.node, self.what, self.inputs, self.module, self.options = node, what, inputs, module, options or {}

    def refuse(self, why):
        raise ExportError(f"{where(self.node)} ({self.what}) cannot be mapped: {why}")

    def need(self, condition, why):
        if not condition:
            self.refuse(why)

    @property
    def x(self):
        return tensor_of(self.inputs[0])

    @property
    def y(self):
        return tensor_of(self.node)

    def map_input(self):
        self.need(self.x.dim() == 4, f"its input has {self.x.dim()} axes, not batch, channels, height, width")

    def vector_input(self):
        self.need(self.x.dim() == 2, f"its input has {self.x.dim()} axes; a dense layer takes batch, values (flatten before it)")


def layer(kind, **fields):
    return {"kind": kind, **fields}


def adder(c, names):
    m, w = c.module, c.module.adder
    for key in ("dilation", "groups"):
        c.need(pair(getattr(m, key, 1)) == (1, 1), f"its {key} is {getattr(m, key, 1)}")
    named = getattr(m, "bias", None)
    bias = next((k for k in ("b", "bias") if isinstance(getattr(m, k, None), torch.Tensor)), None)
    c.need(bias or named is None or named is False, "it has a bias that is no parameter `b` or `bias`")
    if w.dim() == 2:
        c.vector_input()
        out = layer("adder_linear", units=w.shape[0])
    else:
        c.need(w.dim() == 4, f"its parameter adder has {w.dim()} axes")
        c.map_input()
        stride, padding = getattr(m, "stride", 1), getattr(m, "padding", 0)
        c.need(not isinstance(padding, str), f"its padding is {padding}")
        out = layer("adder_conv2d", filters=w.shape[0], **window(tuple(w.shape[2:]), stride, padding))
    check_adder(c, w, bias and getattr(m, bias))
    out["weights"] = names.tensor(f"{c.node.target}.adder", w)
    if bias:
        out["bias"] = names.tensor(f"{c.node.target}.{bias}", getattr(m, bias))
    return out


def check_adder(c, w, bias):
    """A class of the right name may compute something else."""
    x = c.before
    if w.dim() == 2:
        y = -torch.cdist(x, w, p=1)
    else:
        stride, padding = pair(getattr(c.module, "stride", 1)), pair(getattr(c.module, "padding", 0))
        rows = functional.unfold(x, tuple(w.shape[2:]), padding=padding, stride=stride).transpose(1, 2)
        y = -torch.cdist(rows.contiguous(), w.flatten(1), p=1)
        y = y.transpose(1, 2).reshape(x.shape[0], w.shape[0], *c.y.shape[2:]) if y[0].numel() == c.y[0].numel() else None
    if y is not None and bias is not None:
        y = y + (bias if w.dim() == 2 else bias.view(1, -1, 1, 1))
    same = y is not None and y.shape == c.computed.shape and torch.allclose(y, c.computed, rtol=1e-3, atol=1e-3)
    c.need(same, "it does not compute -sum |x - w|, as its name says")


def conv2d(c, names):
    m = c.module
    c.map_input()
    zero = not isinstance(m.padding, str) and pair(m.padding) == (0, 0)
    c.need(m.padding_mode == "zeros" or zero, f"its padding_mode is {m.padding_mode}; only zeros are known")
    padding = "same" if m.padding == "same" else 0 if m.padding == "valid" else m.padding
    out = layer("conv2d", filters=m.out_channels, **window(m.kernel_size, m.stride, padding, m.dilation))
    if m.groups != 1:
        out["groups"] = m.groups
    return weighted(c, names, out)


def conv_transpose(c, names):
    m = c.module
    c.map_input()
    reach = tuple(d * (k - 1) for d, k in zip(pair(m.dilation), pair(m.kernel_size)))
    c.need(all(p <= n for p, n in zip(pair(m.padding), reach)), f"its padding {m.padding} crops more than its kernel reaches")
    out = layer("conv_transpose2d", filters=m.out_channels, **window(m.kernel_size, m.stride, m.padding, m.dilation))
    if pair(m.output_padding) != (0, 0):
        out["output_padding"] = short(m.output_padding)
    if m.groups != 1:
        out["groups"] = m.groups
    return weighted(c, names, out)


def linear(c, names):
    c.vector_input()
    return weighted(c, names, layer("linear", units=c.module.out_features))


def weighted(c, names, out):
    out["weights"] = names.tensor(f"{c.node.target}.weight", c.module.weight)
    if c.module.bias is not None:
        out["bias"] = names.tensor(f"{c.node.target}.bias", c.module.bias)
    return out


def batch_norm(c, names):
    m, path = c.module, c.node.target
    c.need(m.running_mean is not None and m.running_var is not None, "it keeps no running mean and variance")
    c.need(0 < m.eps <= 1, f"its eps is {m.eps}")
    c.need(c.x.dim() in (2, 4), f"its input has {c.x.dim()} axes")
    one = torch.ones_like(m.running_mean)
    out = layer(
        "batch_norm",
        gamma=names.tensor(f"{path}.weight", one if m.weight is None else m.weight),
        beta=names.tensor(f"{path}.bias", one * 0 if m.bias is None else m.bias),
        mean=names.tensor(f"{path}.running_mean", m.running_mean),
        variance=names.tensor(f"{path}.running_var", m.running_var),
    )
    if m.eps != 1e-5:
        out["eps"] = m.eps
    return out


def max_pool(c, _names):
    o = c.options
    c.map_input()
    c.need(not o.get("return_indices", False), "it returns indices")
    stride = o.get("stride") or o["kernel_size"]
    out = layer("max_pool2d", **window(o["kernel_size"], stride, o.get("padding", 0), o.get("dilation", 1), o["kernel_size"]))
    return {**out, **({"ceil_mode": True} if o.get("ceil_mode", False) else {})}


def avg_pool(c, _names):
    o = c.options
    c.map_input()
    c.need(o.get("divisor_override") is None, f"its divisor_override is {o.get('divisor_override')}")
    stride, padding = o.get("stride") or o["kernel_size"], o.get("padding", 0)
    out = layer("avg_pool2d", **window(o["kernel_size"], stride, padding, 1, o["kernel_size"]))
    if o.get("ceil_mode", False):
        out["ceil_mode"] = True
    if not o.get("count_include_pad", True) and pair(padding) != (0, 0):
        out["count_padding"] = False
    return out


def adaptive_avg_pool(c, _names):
    c.map_input()
    size, out = tuple(c.x.shape[2:]), tuple(c.y.shape[2:])
    if out == (1, 1):
        return layer("global_avg_pool")
    steps = tuple(n // k for n, k in zip(size, out))
    c.need(all(n % k == 0 for n, k in zip(size, out)), f"its output of {out} does not divide its input of {size} evenly")
    return layer("avg_pool2d", kernel=short(steps))


def mean_axes(node):
    """Axes of the map that a mean takes, by their place in batch, channels, height, width; None for another node."""
    named = node.target == "mean" if node.op == "call_method" else node.target is torch.mean
    x = tensor_of(node.args[0] if node.args else node.kwargs.get("input"))
    if not named or x is None:
        return None
    dims = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
    dims = [dims] if isinstance(dims, int) else dims
    if not isinstance(dims, (list, tuple)) or not all(isinstance(d, int) for d in dims):
        return None
    return sorted(d % x.dim() for d in dims)


def mean(c, _names):
    c.need(c.options.get("dtype") is None, "it changes the type of its values")
    axes = mean_axes(c.node)
    # Of three axes one was a single pixel or has become one.
    if axes in ([2], [3]) and (c.x.dim() == 3 or absorbed(c.inputs[0])):
        return layer("global_avg_pool")
    c.map_input()
    c.need(axes in ([2], [3], [2, 3]), "a mean is known over height and width only")
    if axes == [2, 3]:
        return layer("global_avg_pool")
    # One axis after the other is one mean over both.
    if absorbed(c.node):
        return None
    return layer("avg_pool2d", kernel=[1, int(c.x.shape[3])] if axes == [3] else [int(c.x.shape[2]), 1])


def absorbed(node):
    """A mean over one axis whose readers all take the mean over the other one."""
    axes = mean_axes(node) if isinstance(node, fx.Node) else None
    if axes not in ([2], [3]) or tensor_of(node).dim() not in (3, 4) or not node.users:
        return False
    before = tensor_of(node.all_input_nodes[0])
    if before.dim() != 4:
        return False
    keep = tensor_of(node).dim() == 4
    rest = ([3] if axes == [2] else [2]) if keep else [2]
    # With kept axes the readers may name either; only the other one makes the mean of both.
    return all(mean_axes(user) == rest for user in node.users)


def reshape(c, _names):
    """None where nothing changes."""
    x, y = c.x, c.y
    if y.shape == x.shape:
        return None
    if y.dim() == 2 and y.shape[0] == BATCH and x.shape[0] == BATCH:
        return None if x.shape[:2] == y.shape and x.numel() == y.numel() else layer("flatten")
    # Axes of one pixel come and go; what is left keeps its order.
    kept = lambda t: [n for n in t.shape[2:] if n != 1]
    if min(x.dim(), y.dim()) >= 2 and y.dim() <= 4 and x.shape[:2] == y.shape[:2] and kept(x) == kept(y) and pixels_stay(x, y):
        return None
    c.refuse(f"from {tuple(x.shape)} to {tuple(y.shape)}; only the flattening of each image is known")


def pixels_stay(x, y):
    """A map read again with four axes has height and width where they were."""
    return y.dim() < 4 or x.dim() == 2 or x.shape == y.shape or not [n for n in y.shape[2:] if n != 1]


def add(c, _names):
    c.need(c.options.get("alpha", 1) == 1, f"its alpha is {c.options.get('alpha')}")
    c.need(len(c.inputs) == 2 and all(tensor_of(i) is not None for i in c.inputs), "an operand is no layer's result")
    a, b = (tensor_of(i) for i in c.inputs)
    c.need(a.shape == b.shape, f"its operands of {tuple(a.shape)} and {tuple(b.shape)} are not of one shape")
    return layer("add")


def concat(c, _names):
    dim = c.options.get("dim", 0)
    c.need(dim in (1, 1 - c.y.dim()), f"its dim is {dim}; channels are joined (dim 1)")
    return layer("concat")


def simple(kind):
    return lambda c, _names: layer(kind)


def leaky(c, _names):
    slope = c.options.get("negative_slope", 0.01)
    c.need(0 <= slope <= 1, f"its negative_slope is {slope}, not between 0 and 1")
    return layer("leaky_relu", slope=slope)


def parametric(c, names):
    w = c.module.weight
    out = layer("parametric_relu", slope=names.tensor(f"{c.node.target}.weight", w))
    return {**out, **({"shared": True} if w.numel() == 1 else {})}


def randomized(c, _names):
    return layer("randomized_relu", lower=c.module.lower, upper=c.module.upper)


def hard_tanh(c, _names):
    limits = (c.options.get("min_val", -1), c.options.get("max_val", 1))
    c.need(limits in ((-1, 1), (0, 6)), f"its limits are {limits}; -1 and 1, or 0 and 6, are known")
    return layer("hard_tanh" if limits == (-1, 1) else "relu6")


def dropout(c, _names):
    c.need(not c.options.get("training", True) or c.module is not None, "it drops values at inference too (training=True)")
    return None


def alias(_c, _names):
    return None


def cast(c, _names):
    """To another device or type: float32 and float64 hold the values that they are given."""
    c.need(c.y.dtype in (torch.float32, torch.float64), f"its result is of type {c.y.dtype}, which rounds the values")
    return None


def clamp(c, _names):
    low, high = c.options.get("min"), c.options.get("max")
    known = {(0, None): "relu", (0, 6): "relu6", (-1, 1): "hard_tanh"}
    c.need((low, high) in known, f"its limits are {low} and {high}; 0 upwards, 0 and 6, or -1 and 1, are known")
    return layer(known[(low, high)])


def argmax(c, _names):
    dim = c.options.get("dim")
    c.need(
        c.x.dim() in (2, 4) and dim in (1, 1 - c.x.dim()),
        f"its dim is {dim} of {tuple(c.x.shape)}; the largest channel is known",
    )
    return layer("argmax")


def softmax(c, _names):
    c.refuse("softmax is not computed in hardware; return the logits, whose order is the same, or their argmax")


def norm(c, _names):
    c.refuse(
        "it divides each image by a size of its own, and hardware has constants; train with BatchNorm2d, whose values are "
        "constants; in front of an argmax an L2 norm changes nothing: leave it out"
    )


def instance_norm(c, names):
    """With the statistics of training it is a batch norm; else it takes those of each image."""
    if not c.module.track_running_stats:
        norm(c, names)
    return batch_norm(c, names)


def upsample(c, _names):
    o = c.options
    c.map_input()
    c.need(o.get("mode", "nearest") in ("nearest", "nearest-exact"), f"its mode is {o.get('mode')}; nearest is known")
    size, out = c.x.shape[2:], c.y.shape[2:]
    c.need(all(n % k == 0 for n, k in zip(out, size)), f"its output of {tuple(out)} is no multiple of its input")
    return layer("upsample", factor=short(tuple(n // k for n, k in zip(out, size))))


def pixel_shuffle(c, _names):
    c.map_input()
    return layer("depth_to_space", block=int(c.options["upscale_factor"]))


def zero_pad(c, _names):
    o = c.options
    c.map_input()
    c.need(o.get("mode", "constant") == "constant" and not o.get("value"), "only padding with zeros is known")
    sides = [int(n) for n in o["pad"]]
    c.need(len(sides) in (2, 4) and min(sides) >= 0, f"its sides are {tuple(sides)}")
    left, right, top, bottom = sides if len(sides) == 4 else [*sides, 0, 0]
    return layer("pad", padding=[top, left, bottom, right])


# Class of a module: rule, and the attributes that it reads as options.
POOL = ("kernel_size", "stride", "padding", "ceil_mode")
MODULES = {
    nn.Conv2d: (conv2d, ()),
    nn.ConvTranspose2d: (conv_transpose, ()),
    nn.Linear: (linear, ()),
    nn.BatchNorm1d: (batch_norm, ()),
    nn.BatchNorm2d: (batch_norm, ()),
    nn.ReLU: (simple("relu"), ()),
    nn.ReLU6: (simple("relu6"), ()),
    nn.LeakyReLU: (leaky, ("negative_slope",)),
    nn.PReLU: (parametric, ()),
    nn.RReLU: (randomized, ()),
    nn.Sigmoid: (simple("sigmoid"), ()),
    nn.Tanh: (simple("tanh"), ()),
    nn.Hardtanh: (hard_tanh, ("min_val", "max_val")),
    nn.Hardsigmoid: (simple("hard_sigmoid"), ()),
    nn.Hardswish: (simple("hard_swish"), ()),
    nn.MaxPool2d: (max_pool, (*POOL, "dilation", "return_indices")),
    nn.AvgPool2d: (avg_pool, (*POOL, "count_include_pad", "divisor_override")),
    nn.AdaptiveAvgPool2d: (adaptive_avg_pool, ()),
    nn.Upsample: (upsample, ("mode",)),
    nn.UpsamplingNearest2d: (upsample, ()),
    nn.PixelShuffle: (pixel_shuffle, ("upscale_factor",)),
    nn.ZeroPad2d: (zero_pad, ()),
    nn.Flatten: (reshape, ()),
    nn.Dropout: (dropout, ()),
    nn.Dropout2d: (dropout, ()),
    nn.Dropout3d: (dropout, ()),
    nn.AlphaDropout: (dropout, ()),
    nn.Identity: (alias, ()),
    nn.InstanceNorm1d: (instance_norm, ()),
    nn.InstanceNorm2d: (instance_norm, ()),
    nn.GroupNorm: (norm, ()),
    nn.LayerNorm: (norm, ()),
    nn.LocalResponseNorm: (norm, ()),
    nn.Softmax: (softmax, ()),
    nn.Softmax2d: (softmax, ()),
    nn.LogSoftmax: (softmax, ()),
}

# Functions and methods: rule, number of operands, and the names of the parameters behind them in order.
MAX_POOL = (max_pool, 1, ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"))
AVG_POOL = (avg_pool, 1, ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"))
RELU = (simple("relu"), 1, ("inplace",))
ADD = (add, 2, ("alpha",))
CONCAT = (concat, 1, ("dim",))
DROPOUT = (dropout, 1, ("p", "training", "inplace"))
RESHAPE = (reshape, 1, None)
CAST = (cast, 1, None)
CLAMP = (clamp, 1, ("min", "max"))
ARGMAX = (argmax, 1, ("dim", "keepdim"))
SOFTMAX = (softmax, 1, None)
NORM = (norm, 1, None)
MEAN = (mean, 1, ("dim", "keepdim", "dtype"))
SIGMOID, TANH = (simple("sigmoid"), 1, ()), (simple("tanh"), 1, ())
FUNCTIONS = {
    functional.relu: RELU,
    torch.relu: RELU,
    torch.relu_: RELU,
    functional.relu6: (simple("relu6"), 1, ("inplace",)),
    functional.leaky_relu: (leaky, 1, ("negative_slope", "inplace")),
    functional.hardtanh: (hard_tanh, 1, ("min_val", "max_val", "inplace")),
    functional.hardsigmoid: (simple("hard_sigmoid"), 1, ("inplace",)),
    functional.hardswish: (simple("hard_swish"), 1, ("inplace",)),
    functional.sigmoid: SIGMOID,
    torch.sigmoid: SIGMOID,
    functional.tanh: TANH,
    torch.tanh: TANH,
    functional.max_pool2d: MAX_POOL,
    torch.max_pool2d: MAX_POOL,
    functional.avg_pool2d: AVG_POOL,
    functional.adaptive_avg_pool2d: (adaptive_avg_pool, 1, ("output_size",)),
    functional.interpolate: (
        upsample,
        1,
        ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias"),
    ),
    functional.pixel_shuffle: (pixel_shuffle, 1, ("upscale_factor",)),
    functional.pad: (zero_pad, 1, ("pad", "mode", "value")),
    functional.dropout: DROPOUT,
    functional.dropout2d: DROPOUT,
    functional.dropout3d: DROPOUT,
    torch.flatten: RESHAPE,
    torch.reshape: RESHAPE,
    torch.squeeze: RESHAPE,
    torch.unsqueeze: RESHAPE,
    torch.detach: CAST,
    torch.clone: CAST,
    torch.clamp: CLAMP,
    torch.argmax: ARGMAX,
    torch.softmax: SOFTMAX,
    torch.log_softmax: SOFTMAX,
    functional.normalize: NORM,
    functional.group_norm: NORM,
    functional.layer_norm: NORM,
    functional.instance_norm: NORM,
    functional.local_response_norm: NORM,
    torch.norm: NORM,
    functional.softmax: SOFTMAX,
    functional.log_softmax: SOFTMAX,
    torch.mean: MEAN,
    torch.add: ADD,
    operator.add: ADD,
    operator.iadd: ADD,
    torch.cat: CONCAT,
}
if hasattr(torch, "concat"):
    FUNCTIONS[torch.concat] = CONCAT
METHODS = {
    "relu": RELU,
    "relu_": RELU,
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "add": ADD,
    "add_": ADD,
    "view": RESHAPE,
    "reshape": RESHAPE,
    "flatten": RESHAPE,
    "squeeze": RESHAPE,
    "unsqueeze": RESHAPE,
    "mean": MEAN,
    "clamp": CLAMP,
    "clamp_": CLAMP,
    "argmax": ARGMAX,
    "norm": NORM,
    "softmax": SOFTMAX,
    "log_softmax": SOFTMAX,
    **{name: CAST for name in ("contiguous", "clone", "detach", "float", "double", "to", "type", "type_as", "cpu", "cuda")},
}


def of_shapes(node):
    """Whether a value of the graph comes from shapes and constants alone: the same for every image."""
    if not isinstance(node, fx.Node) or tensor_of(node) is not None:
        return not isinstance(node, fx.Node)
    if node.op == "call_method" and node.target in ("size", "dim", "ndimension", "numel"):
        return all(of_shapes(i) for i in node.all_input_nodes[1:])
    if node.op == "call_function" and node.target is getattr and node.args[1] in ("shape", "ndim", "dtype", "device"):
        return True
    return node.op == "call_function" and all(of_shapes(i) for i in node.all_input_nodes)


def resolved(value):
    """Sizes that the graph computes, as numbers."""
    return fx.node.map_arg(value, lambda n: n if tensor_of(n) is not None else n.meta.get("value", n))


def call_of(node, modules):
    """The rule of a node and the call that it is given."""
    if node.op == "call_module":
        module = modules[node.target]
        what = type(module).__name__
        c = Call(node, what, list(node.args[:1]), module)
        # Hooks change what a layer computes behind the graph's back.
        c.need(not module._forward_hooks and not module._forward_pre_hooks, "it has hooks")
        c.need(len(node.args) == 1 and not node.kwargs, "it is called with more than its input")
        if is_adder(module):
            return adder, c
        c.need(type(module) in MODULES, f"there is no rule for {type(module).__module__}.{what}")
        rule, attributes = MODULES[type(module)]
        c.options = {key: getattr(module, key) for key in attributes}
        if isinstance(module, nn.ZeroPad2d):
            c.options["pad"] = module.padding
        return rule, c
    what = node.target if node.op == "call_method" else getattr(node.target, "__name__", str(node.target))
    found = METHODS.get(node.target) if node.op == "call_method" else FUNCTIONS.get(node.target)
    c = Call(node, what, [])
    c.need(node.op != "get_attr", "a parameter or buffer outside of a layer")
    c.need(found is not None, f"there is no rule for {what}")
    rule, operands, names = found
    args, kwargs = list(node.args), dict(node.kwargs)
    for key in ("input", "tensors", "other"):
        if key in kwargs and len(args) < operands:
            args.append(kwargs.pop(key))
    c.inputs = list(args[0]) if isinstance(args[0], (list, tuple)) else args[:operands]
    c.need(all(isinstance(i, (fx.Node, int, float)) for i in c.inputs), "an operand is no layer's result")
    others = [i for i in node.all_input_nodes if i not in c.inputs]
    # Of the same type as another tensor: that one's values do not matter.
    c.need(rule is cast or all(of_shapes(i) for i in others), "a parameter is computed from the values of an image")
    args, kwargs = resolved(args), resolved(kwargs)
    c.need(rule is add or all(tensor_of(i) is not None for i in c.inputs), "an operand is no layer's result")
    if names is not None:
        c.need(len(args) - operands <= len(names), "it has parameters of no known name")
        c.options = {**dict(zip(names, args[operands:])), **kwargs}
        unknown = [key for key in c.options if key not in names]
        c.need(not unknown, f"its parameter {', '.join(unknown)} is not known")
    return rule, c


def writes_in_place(node, modules):
    if node.op == "call_module":
        return getattr(modules[node.target], "inplace", False)
    if node.op == "call_method":
        return node.target.endswith("_") and not node.target.endswith("__")
    named = getattr(node.target, "__name__", "")
    rule = FUNCTIONS.get(node.target) if node.op == "call_function" else None
    position = rule[1] + rule[2].index("inplace") if rule and rule[2] and "inplace" in rule[2] else None
    flag = node.kwargs.get("inplace", position is not None and len(node.args) > position and node.args[position])
    return bool(flag) or node.target in (operator.iadd, operator.imul, operator.isub) or named.endswith("_")


def check_in_place(nodes, modules):
    """The graph's edges are values: nobody may read what was overwritten since."""
    place = {node: i for i, node in enumerate(nodes)}
    storage = {node: tensor_of(node).storage().data_ptr() for node in nodes if tensor_of(node) is not None}
    for node in nodes:
        if node not in storage or not node.all_input_nodes or not writes_in_place(node, modules):
            continue
        changed = node.all_input_nodes[0]
        for later in nodes[place[node] + 1 :]:
            for read in later.all_input_nodes:
                if place[read] < place[node] and storage.get(read) == storage.get(changed):
                    raise ExportError(
                        f"{where(node)} overwrites its input in place, and {where(later)} reads it afterwards; "
                        "use the result instead, or inplace=False"
                    )


class Names:
    """Unique names of layers, and the tensors that go into the weights file."""

    def __init__(self):
        self.taken, self.tensors = {INPUT}, {}

    def layer(self, wanted):
        name, n = wanted, 1
        while name in self.taken:
            name, n = f"{wanted}_{n}", n + 1
        self.taken.add(name)
        return name

    def tensor(self, name, value):
        if not torch.isfinite(value).all():
            raise ExportError(f'tensor "{name}" holds NaN or infinity')
        self.tensors[name] = value.detach()
        return name


def wanted_name(node, what):
    if node.op == "call_module":
        return node.target
    path = node.meta.get("path")
    base = what.strip("_")
    base = "add" if base == "iadd" else base
    return f"{path}.{base}" if path else base


def plan(model, spec):
    """Layers and tensors of a module. Raises ExportError."""
    # Of the whole module: those of its parts are found where the parts are called.
    if model._forward_hooks or model._forward_pre_hooks and not known_hooks(model):
        raise ExportError(f"{type(model).__name__} has hooks, which change what it computes")
    model = plain_copy(model)
    # The weights' precision is that of the run.
    dtype = next((p.dtype for p in model.parameters()), torch.float32)
    example = spec.example().to(dtype)
    tracer = Tracer(example)
    try:
        graph = tracer.trace(model)
    except Exception as e:
        place = f'module "{tracer.deepest}"' if tracer.deepest else f"the forward of {type(model).__name__}"
        raise ExportError(f"{place} cannot be traced: {one_line(e)}") from e
    module = fx.GraphModule(model, graph)
    modules, nodes = dict(model.named_modules()), list(graph.nodes)
    inputs = [n for n in nodes if n.op == "placeholder" and not n.args]
    if len(inputs) != 1:
        raise ExportError(f"the network has {len(inputs)} inputs; one is known")
    # Rules first: the message about an unknown layer is better than what running it may say.
    for node in nodes:
        if node.op == "call_module" and not is_adder(modules[node.target]) and type(modules[node.target]) not in MODULES:
            call_of(node, modules)
    values = Values(module)
    try:
        with torch.no_grad():
            values.run(example.clone(), enable_io_processing=False)
    except ExportError as e:
        raise ExportError(one_line(e)) from e.__cause__
    check_in_place(nodes, modules)

    needed = set()
    pending = list(nodes[-1].all_input_nodes)
    while pending:
        node = pending.pop()
        if node not in needed:
            needed.add(node)
            pending += node.all_input_nodes
    names, layers, result, flat, dense = Names(), [], {inputs[0]: INPUT}, {}, set()
    for node in nodes:
        if node not in needed or node.op == "placeholder":
            continue
        if node.op != "get_attr" and tensor_of(node) is None:
            # Sizes; whoever uses them is judged by the shapes that come out.
            continue
        rule, c = call_of(node, modules)
        c.before = values.before.get(node)
        if rule is adder:
            with torch.no_grad():
                c.computed = c.module(c.before.clone())
        with torch.no_grad():
            fields = rule(c, names)
        carried = [flat[i] for i in c.inputs if i in flat]
        if fields is None:
            result[node] = result[c.inputs[0]]
            if carried:
                flat[node] = carried[0]
            if c.inputs[0] in dense:
                dense.add(node)
            continue
        kind = fields["kind"]
        if kind == "concat" and carried:
            c.refuse("it joins flattened maps; join the maps and flatten the result")
        if kind == "argmax" and carried:
            c.refuse("it looks for the largest value of a flattened map, whose order on the stream is another; take it from a dense layer")
        if kind == "add" and carried and (len(set(carried)) > 1 or not all(i in flat or i in dense for i in c.inputs)):
            c.refuse("it joins a flattened map with values of another order; join the maps and flatten the result")
        if kind in ("linear", "adder_linear"):
            dense.add(node)
        elif carried:
            flat[node] = carried[0]
        elif kind == "flatten" and c.x.shape[1] > 1 and c.x.shape[2:].numel() > 1:
            # Weights behind it, and dense layers that meet it, are permuted; the order itself cannot leave the network.
            flat[node] = tuple(c.x.shape[1:])
        elif all(i in dense for i in c.inputs):
            dense.add(node)
        name = names.layer(wanted_name(node, c.what))
        reads = [result[i] for i in c.inputs]
        previous = layers[-1]["name"] if layers else INPUT
        layers.append({"name": name, **({} if reads == [previous] else {"inputs": reads}), **fields})
        layers[-1] = {"name": name, "kind": kind, **layers[-1]}
        result[node] = name

    returned = nodes[-1].args[0]
    if isinstance(returned, dict):
        returned = list(returned.values())
    returned = list(returned) if isinstance(returned, (list, tuple)) else [returned]
    if not all(isinstance(r, fx.Node) and r in result for r in returned):
        raise ExportError("the network returns something that is no tensor")
    for r in returned:
        if r in flat:
            raise ExportError(f'"{result[r]}" leaves the network as a flattened map, whose order on the stream is another; return the map itself')
    outputs = [result[r] for r in returned]
    if not layers:
        raise ExportError("the network has no layers")
    return layers, outputs, names.tensors


def export(model, input_spec, out_dir, name):
    """Writes network.json and weights.safetensors to `out_dir`; gives the path of network.json.

    model: a module, taken in eval mode; it is not changed. input_spec: InputSpec. name: the network's name.
    Raises ExportError, before anything is written, naming what cannot be mapped.
    """
    head = {"format": FORMAT, "name": name, "description": "exported from PyTorch", "input": input_spec.json()}
    layers, outputs, tensors = plan(model, input_spec)
    if tensors:
        head["weights"] = "weights.safetensors"
    head["layout"] = "pytorch"
    if outputs != [layers[-1]["name"]]:
        head["outputs"] = outputs
    fields = "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items())
    lines = ",\n".join(f"    {json.dumps(one)}" for one in layers)
    text = f'{{\n{fields}  "layers": [\n{lines}\n  ]\n}}\n'
    weights = safetensors_bytes(tensors)
    out = pathlib.Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    if tensors:
        (out / "weights.safetensors").write_bytes(weights)
    (out / "network.json").write_text(text, encoding="utf-8")
    return out / "network.json"


# ------------------------------------------------------------------------------------------------------------ command


def find_model(text):
    where_, _, attribute = text.rpartition(":")
    if not where_ or not attribute:
        raise ExportError(f'"{text}" is not module:factory')
    if where_.endswith(".py"):
        path = pathlib.Path(where_).resolve()
        sys.path.insert(0, str(path.parent))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if not path.exists() or spec is None:
            raise ExportError(f"there is no file {where_}")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        sys.path.insert(0, "")
        try:
            module = importlib.import_module(where_)
        except ModuleNotFoundError as e:
            raise ExportError(f"{where_} cannot be imported: {e}") from e
    if not hasattr(module, attribute):
        raise ExportError(f"{where_} has no {attribute}")
    found = getattr(module, attribute)
    model = found if isinstance(found, nn.Module) else found()
    if not isinstance(model, nn.Module):
        raise ExportError(f"{text} gives {type(model).__name__}, not a torch.nn.Module")
    return model


WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "params")
AVERAGED = ("ema", "model_ema", "state_dict_ema", "ema_state_dict", "swa_model")
PREFIXES = ("module.", "_orig_mod.", "model.", "net.")


def read_state(path, named=None):
    """The tensors of a checkpoint by name, those under the key `named` if given. No code in the file is run."""
    try:
        state = read_checkpoint(path)
    except (CheckpointError, OSError) as e:
        raise ExportError(f"{path} cannot be read as a state dict: {one_line(e)}") from e
    if named is not None:
        if not isinstance(state, dict) or not isinstance(state.get(named), dict):
            raise ExportError(f"{path} holds no state dict under {named}")
        state = state[named]
    for _ in range(4):
        inside = [k for k in (*WRAPPERS, *AVERAGED) if isinstance(state, dict) and isinstance(state.get(k), dict)]
        if len(inside) > 1:
            raise ExportError(f"{path} holds several state dicts: name one with --state ({', '.join(inside)})")
        if not inside:
            break
        state = state[inside[0]]
    if not isinstance(state, dict):
        raise ExportError(f"{path} holds no state dict; write one with torch.save(net.state_dict(), path)")
    return {k: v for k, v in state.items() if isinstance(k, str) and isinstance(v, torch.Tensor)}


def without_prefix(state, wanted):
    """The state with the names that the module knows: wrappers put prefixes before all of them."""
    for _ in range(4):
        prefix = next((p for p in PREFIXES if any(k.startswith(p) for k in state)), None)
        # AveragedModel counts beside the module it wraps.
        rest = {k: v for k, v in state.items() if k != "n_averaged"}
        if wanted & state.keys() or prefix is None or not all(k.startswith(prefix) for k in rest):
            break
        state = {k[len(prefix) :]: v for k, v in rest.items()}
    return state


def load_checkpoint(model, path, named=None):
    state = without_prefix(read_state(path, named), model.state_dict().keys())
    try:
        model.load_state_dict(state)
    except RuntimeError as e:
        raise ExportError(f"{path} does not fit the module: {one_line(e)}") from e


def number(text):
    """Also a fraction, as 1/255."""
    a, slash, b = text.partition("/")
    return float(a) / float(b) if slash else float(a)


def numbers(text):
    values = [number(t) for t in text.split(",")]
    return values[0] if len(values) == 1 else values


def main():
    parser = argparse.ArgumentParser(description="writes a PyTorch network for the compiler")
    parser.add_argument("model", help="module:factory or path/to/file.py:factory")
    parser.add_argument("--checkpoint", help="state dict of torch.save")
    parser.add_argument("--state", help="key of the state dict in a checkpoint that holds several")
    parser.add_argument("--shape", required=True, help="height,width,channels, or the values of a vector")
    parser.add_argument("--storage", choices=("uint8", "int8", "uint16"), default="uint8")
    parser.add_argument("--scale", type=number, default=1.0, help="real value of a stored step, as 1/255")
    parser.add_argument("--zero-point", type=int, default=0, help="stored value that means 0")
    parser.add_argument("--mean", type=numbers, help="one number, or one a channel: a,b,c")
    parser.add_argument("--std", type=numbers, help="one number, or one a channel: a,b,c")
    parser.add_argument("--name", help="name of the network; default: the factory's")
    parser.add_argument("-o", "--out", required=True, help="folder to write")
    args = parser.parse_args()
    try:
        shape = [int(n) for n in args.shape.split(",")]
        spec = InputSpec(shape, args.storage, args.scale, args.zero_point, args.mean, args.std)
        model = find_model(args.model)
        if args.checkpoint:
            load_checkpoint(model, args.checkpoint, args.state)
        path = export(model, spec, args.out, args.name or args.model.rpartition(":")[2])
    except (ExportError, ValueError) as e:
        print(f"export_pytorch: {e}", file=sys.stderr)
        return 1
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
