#!/usr/bin/env python3
"""Writes the ONNX models that the tests of generator/import/onnx read, with what onnxruntime computes of them.

    /usr/bin/python3 scripts/make-onnx-fixtures.py torch     (Debian's python3-torch: models that PyTorch exports)
    VENV/bin/python scripts/make-onnx-fixtures.py others     (pip install onnx onnxruntime skl2onnx scikit-learn spox)

Each NAME.onnx comes with NAME.json: {"x": stored input, channels first, "outputs": [[...], ...]}. Real input = stored / 64.
"""

import json
import pathlib
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "generator/import/onnx/fixtures"
RNG = np.random.RandomState(3)


# ------------------------------------------------------------------------------------------------------------- PyTorch


def torch_models():
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.manual_seed(1)

    class adder2d(nn.Module):
        """As its authors publish it, with the operators that PyTorch exports."""

        def __init__(self, inputs, outputs, kernel, stride=1, padding=0):
            super().__init__()
            self.k, self.s, self.p = kernel, stride, padding
            self.adder = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))

        def forward(self, x):
            n, _, h, w = x.shape
            size = [(int(v) - self.k + 2 * self.p) // self.s + 1 for v in (h, w)]
            columns = F.unfold(x, self.k, padding=self.p, stride=self.s)
            columns = columns.permute(1, 2, 0).contiguous().view(columns.size(1), -1)
            rows = self.adder.view(self.adder.size(0), -1)
            out = -(rows.unsqueeze(2) - columns.unsqueeze(0)).abs().sum(1)
            return out.view(self.adder.size(0), size[0], size[1], n).permute(3, 0, 1, 2).contiguous()

    class AdderLinear(nn.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.adder = nn.Parameter(torch.randn(outputs, inputs))

        def forward(self, x):
            return -(x.unsqueeze(1) - self.adder.unsqueeze(0)).abs().sum(2)

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.bn = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)
            self.b, self.c = nn.Conv2d(4, 4, 3, padding=1, groups=2), nn.Conv2d(4, 6, 1, stride=2)
            self.fc = nn.Linear(6, 5)

        def forward(self, x):
            x = F.relu(self.bn(self.a(x)))
            x = F.relu(self.b(x) + x)
            return self.fc(self.c(x).mean((2, 3)))

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.mid, self.up = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(7, 2, 1)

        def forward(self, x):
            skip = self.down(x).relu()
            y = F.interpolate(self.mid(F.max_pool2d(skip, 2)).relu(), scale_factor=2)
            return self.up(torch.cat([y, skip], 1)), torch.sigmoid(skip)

    class Activations(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList(nn.Conv2d(2, 2, 1) for _ in range(8))
            self.acts = nn.ModuleList([nn.ReLU6(), nn.LeakyReLU(0.2), nn.PReLU(2), nn.Sigmoid(), nn.Tanh(), nn.Hardtanh(),
                                       nn.Hardswish(), nn.Hardsigmoid()])  # fmt: skip

        def forward(self, x):
            x = (x - 1.5) / 0.75
            for conv, act in zip(self.convs, self.acts):
                x = act(conv(x))
            return torch.argmax(F.adaptive_avg_pool2d(x, 1).flatten(1), 1), x

    class Pools(nn.Module):
        def forward(self, x):
            a = F.avg_pool2d(F.pad(x, (1, 0, 2, 1)), 3, 2, padding=1, count_include_pad=False)
            b = F.max_pool2d(x, (2, 3), stride=(2, 1), padding=(0, 1), dilation=(2, 1))
            return a, b, F.avg_pool2d(x, 2, ceil_mode=True)

    class Vector(nn.Sequential):
        def forward(self, x):
            return super().forward(x.unsqueeze(2).unsqueeze(3).flatten(1))

    def adder_net():
        return nn.Sequential(adder2d(2, 3, 3, 1, 1), nn.BatchNorm2d(3), nn.ReLU(), adder2d(3, 4, 2, 2), nn.Flatten(),
                             AdderLinear(36, 5))  # fmt: skip

    def lenet():
        return nn.Sequential(nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 5), nn.ReLU(),
                             nn.MaxPool2d(2), nn.Flatten(), nn.Linear(24, 12), nn.ReLU(), nn.Linear(12, 10))  # fmt: skip

    models = {
        "torch-lenet": (lenet(), (1, 16, 16), 11),
        "torch-residual": (Residual(), (3, 8, 8), 13),
        "torch-unet": (UNet(), (2, 8, 8), 11),
        "torch-activations": (Activations(), (2, 5, 4), 14),
        "torch-pools": (Pools(), (2, 9, 8), 16),
        "torch-adder": (adder_net(), (2, 6, 6), 12),
        "torch-vector": (Vector(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 3)), (6,), 9),
    }
    for name, (model, shape, opset) in models.items():
        for m in model.modules():
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                m.running_mean.normal_(-1, 1)
                m.running_var.uniform_(0.5, 3)
                nn.init.normal_(m.weight)
        x = torch.from_numpy(stored(shape) / np.float32(64))[None]
        keep = {"keep_initializers_as_inputs": True} if opset == 9 else {}
        training = {"do_constant_folding": False} if name == "torch-residual" else {}
        torch.onnx.export(model.eval(), x, FOLDER / f"{name}.onnx", opset_version=opset, **keep, **training)


# ------------------------------------------------------------------------------------------------------------- others


def weights(*shape):
    return RNG.randn(*shape).astype(np.float32)


def text_model(name, text, shape, **tensors):
    """A model in ONNX's own text form, with its constants."""
    import onnx
    from onnx import numpy_helper, parser

    model = parser.parse_model(text)
    model.graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in tensors.items())
    onnx.save(model, FOLDER / f"{name}.onnx")
    return shape


def head(opset, domains=""):
    return f'<ir_version: 8, opset_import: ["" : {opset}{domains}]>'


def other_models():
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    ints = lambda *v: np.array(v, np.int64)
    text_model("text-auto-pad", head(17) + """
      net (float[1, 2, 7, 9] x) => (float[1, 3, 4, 5] y) {
        a = Conv <auto_pad = "SAME_UPPER", strides = [2, 2], kernel_shape = [3, 4]> (x, w, b)
        c = Conv <auto_pad = "SAME_LOWER", kernel_shape = [2, 2]> (a, v)
        y = Clip (c, zero)
      }""", (2, 7, 9), w=weights(3, 2, 3, 4), b=weights(3), v=weights(3, 3, 2, 2), zero=np.float32(0))  # fmt: skip
    text_model("text-nhwc", head(13) + """
      net (float[N, 5, 6, 3] x) => (float[N, 4] y) {
        t = Transpose <perm = [0, 3, 1, 2]> (x)
        c = Conv <dilations = [2, 1], pads = [2, 1, 2, 1]> (t, w)
        r = Relu (c)
        m = ReduceMean <axes = [2, 3], keepdims = 0> (r)
        p = MatMul (m, v)
        y = Add (p, b)
      }""", (3, 5, 6), w=weights(4, 3, 3, 3), v=weights(4, 4), b=weights(4))  # fmt: skip
    text_model("text-affine", head(18) + """
      net (float[1, 2, 4, 4] x) => (float[1, 2, 4, 4] y) {
        a = Sub (x, mean)
        b = Div (a, std)
        c = Mul (gain, b)
        d = Sub (one, c)
        e = LeakyRelu <alpha = 0.125> (d)
        f = Add (e, offset)
        y = Sum (f, e, x)
      }""", (2, 4, 4), mean=weights(1, 2, 1, 1), std=np.abs(weights(2, 1, 1)) + 0.5, gain=np.float32(0.7), one=np.float32(1),
      offset=weights(1, 2, 1, 1))  # fmt: skip
    text_model("text-reshape", head(13) + """
      net (float[1, 2, 4, 3] x) => (float[1, 5] y, float[1, 1] z) {
        s = Shape (x)
        n = Gather <axis = 0> (s, first)
        u = Unsqueeze (n, axis)
        target = Concat <axis = 0> (u, rest)
        f = Reshape (x, target)
        y = Gemm <alpha = 0.5, beta = 2.0, transB = 1> (f, w, b)
        i = ArgMax <axis = 1> (y)
        z = Cast <to = 1> (i)
      }""", (2, 4, 3), first=np.array(0, np.int64), axis=ints(0), rest=ints(-1), w=weights(5, 24), b=weights(5))  # fmt: skip
    text_model("text-resize", head(19) + """
      net (float[1, 2, 3, 4] x) => (float[1, 2, 6, 12] y, float[1, 2, 5, 6] z) {
        y = Resize <mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"> (x, , , sizes)
        z = Pad (x, pads, zero, axes)
      }""", (2, 3, 4), sizes=ints(1, 2, 6, 12), pads=ints(1, 0, 1, 2), zero=np.float32(0), axes=ints(2, 3))  # fmt: skip
    text_model("text-old", head(7) + """
      net (float[1, 2, 4, 4] x) => (float[1, 3] y) {
        u = Upsample <mode = "nearest", scales = [1.0, 1.0, 2.0, 2.0]> (x)
        c = Conv (u, w)
        b = BatchNormalization <epsilon = 0.001> (c, g, o, m, v)
        q = PRelu (b, slope)
        d = Dropout <ratio = 0.5> (q)
        p = GlobalMaxPool (d)
        f = Flatten (p)
        y = Gemm <transB = 1, broadcast = 1> (f, k, o)
      }""".replace(", broadcast = 1", ""), (2, 4, 4), w=weights(3, 2, 3, 3), g=weights(3), o=weights(3), m=weights(3),
      v=np.abs(weights(3)) + 0.5, slope=np.abs(weights(3, 1, 1)), k=weights(3, 3))  # fmt: skip
    text_model("text-types", head(13) + """
      net (float[1, 1, 4, 4] x) => (float[1, 2, 4, 4] y) {
        w = Cast <to = 1> (half)
        t = Transpose <perm = [3, 2, 0, 1]> (hwio)
        a = Conv <pads = [1, 1, 1, 1]> (x, t)
        y = Conv (a, w)
      }""", (1, 4, 4), half=weights(2, 2, 1, 1).astype(np.float16), hwio=weights(3, 3, 1, 2))  # fmt: skip
    text_model("text-l1", head(13) + """
      net (float[1, 3, 5, 5] x) => (float[1, 4, 3, 3] y) {
        p = Pad (x, pads)
        a0 = Gather <axis = 2> (p, rows)
        a1 = Gather <axis = 4> (a0, rows)
        a2 = Transpose <perm = [0, 2, 4, 1, 3, 5]> (a1)
        a3 = Reshape (a2, columns)
        d = Sub (a3, w)
        e = ReduceL1 <axes = [2], keepdims = 0> (d)
        f = Neg (e)
        g = Reshape (f, image)
        y = Transpose <perm = [0, 3, 1, 2]> (g)
      }""", (3, 5, 5), pads=ints(0, 0, 1, 1, 0, 0, 1, 1), rows=np.array([[0, 2, 4], [1, 3, 5], [2, 4, 6]], np.int64).T.copy(),
      columns=ints(9, 1, 27), w=weights(1, 4, 27), image=ints(1, 3, 3, 4))  # fmt: skip
    text_model("text-joins", head(18) + """
      net (float[1, 2, 4, 4] x) => (float[1, 4] y, float[1, 6, 4, 4] c) {
        a = Conv (x, w)
        r = HardSigmoid <alpha = 0.16666667, beta = 0.5> (a)
        b = Sum (a, r, x)
        n = Identity (x)
        c = Concat <axis = -3> (b, n, r)
        m = ReduceMean <keepdims = 1> (c, axes)
        f = Squeeze (m, axes)
        y = Gemm <transB = 0> (f, v, o)
      }""", (2, 4, 4), w=weights(2, 2, 1, 1), axes=ints(2, 3), v=weights(6, 4), o=weights(1, 4))  # fmt: skip
    text_model("text-l1-vector", head(13) + """
      net (float[1, 5] x) => (float[1, 2] y) {
        u = Unsqueeze (x, one)
        d = Sub (w, u)
        a = Abs (d)
        s = ReduceSum <keepdims = 0> (a, two)
        n = Neg (s)
        b = Add (n, o)
        t = Sub (b, v)
        q = Abs (t)
        z = ReduceSum <keepdims = 1> (q, one)
        m = Neg (z)
        y = Concat <axis = 1> (m, m)
      }""", (5,), one=ints(1), two=ints(2), w=weights(1, 3, 5), o=weights(3), v=weights(3).reshape(1, 3))  # fmt: skip
    # Weights that are stored as integers with scales, one a channel and one of all.
    q = RNG.randint(-127, 128, (3, 2, 3, 3)).astype(np.int8)
    text_model("text-dequantized", head(13) + """
      net (float[1, 2, 5, 5] x) => (float[1, 4] y) {
        w = DequantizeLinear <axis = 0> (q, s, z)
        c = Conv (x, w)
        f = Flatten (c)
        v = DequantizeLinear (k, t, u)
        y = MatMul (f, v)
      }""", (2, 5, 5), q=q, s=np.array([0.01, 0.02, 0.005], np.float32), z=np.zeros(3, np.int8),
      k=RNG.randint(0, 256, (27, 4)).astype(np.uint8), t=np.float32(0.01), u=np.uint8(131))  # fmt: skip
    # External data, two tensors in one file.
    w, b = weights(3, 2, 3, 3), weights(3)
    node = helper.make_node("Conv", ["x", "w", "b"], ["y"], name="conv", kernel_shape=[3, 3])
    graph = helper.make_graph(
        [node], "external", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 5, 5])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 3, 3])],
        [numpy_helper.from_array(w, "w"), numpy_helper.from_array(b, "b")])  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, FOLDER / "external.onnx", save_as_external_data=True, location="external.data", size_threshold=0)
    sklearn_model()
    spox_model()
    larger_maps()
    quantized_pairs()


def larger_maps():
    """Pixel shuffle in both orders, transposed convolutions in all their forms."""
    rng = np.random.RandomState(7)
    weights = lambda *shape: rng.randn(*shape).astype(np.float32)
    text_model("text-shuffle", head(13) + """
      net (float[1, 8, 3, 4] x) => (float[1, 6, 12, 16] y) {
        d = DepthToSpace <blocksize = 2, mode = "CRD"> (x)
        e = DepthToSpace <blocksize = 2> (x)
        c = Concat <axis = 1> (d, e)
        t = ConvTranspose <strides = [2, 2], pads = [1, 1, 1, 1], output_padding = [1, 1], group = 2> (c, w, b)
        y = Relu (t)
      }""", (8, 3, 4), w=weights(4, 3, 3, 3), b=weights(6))  # fmt: skip
    text_model("text-transposed", head(13) + """
      net (float[1, 2, 4, 5] x) => (float[1, 3, 8, 15] y, float[1, 4, 9, 14] z) {
        y = ConvTranspose <strides = [2, 3], auto_pad = "SAME_LOWER"> (x, w, b)
        t = ConvTranspose <dilations = [2, 1], pads = [1, 0, 0, 1]> (x, v)
        z = ConvTranspose <strides = [2, 3], output_shape = [9, 14]> (t, u)
      }""", (2, 4, 5), w=weights(2, 3, 3, 4), b=weights(3), v=weights(2, 3, 2, 2), u=weights(3, 4, 3, 3))  # fmt: skip


def quantized_pairs():
    """QuantizeLinear and DequantizeLinear around the input, whose values are steps of the scale, and on weights."""
    rng = np.random.RandomState(8)
    text_model("text-quantized", head(13) + """
      net (float[1, 2, 5, 5] x) => (float[1, 3, 3, 3] y) {
        q = QuantizeLinear (x, step, zero)
        a = DequantizeLinear (q, step, zero)
        k = QuantizeLinear <axis = 0> (w, s, z)
        v = DequantizeLinear <axis = 0> (k, s, z)
        y = Conv (a, v, b)
      }""", (2, 5, 5), step=np.float32(1 / 64), zero=np.uint8(0), w=rng.randn(3, 2, 3, 3).astype(np.float32),
      s=np.array([0.03, 0.02, 0.05], np.float32), z=np.zeros(3, np.int8), b=rng.randn(3).astype(np.float32))  # fmt: skip


def sklearn_model():
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.neural_network import MLPRegressor

    x = RNG.rand(40, 6) * 4
    net = MLPRegressor(hidden_layer_sizes=(5,), activation="tanh", max_iter=30, random_state=1).fit(x, x.sum(1) - 3 * x[:, 0])
    model = convert_sklearn(net, initial_types=[("x", FloatTensorType([None, 6]))], target_opset=15)
    (FOLDER / "sklearn-mlp.onnx").write_bytes(model.SerializeToString())


def spox_model():
    import spox.opset.ai.onnx.v17 as op
    from spox import Tensor, argument, build

    x = argument(Tensor(np.float32, (1, 3, 6, 6)))
    y = op.relu(op.conv(x, op.const(weights(4, 3, 3, 3)), pads=[1, 1, 1, 1], strides=[2, 2]))
    y = op.concat([y, op.hard_swish(y)], axis=1)
    y = op.average_pool(y, kernel_shape=[2, 2], pads=[1, 0, 0, 1], count_include_pad=1)
    y = op.global_average_pool(y)
    y = op.reshape(y, op.const(np.array([1, -1], np.int64)))
    model = build({"x": x}, {"y": op.gemm(y, op.const(weights(8, 3)), op.const(weights(3)))})
    (FOLDER / "spox.onnx").write_bytes(model.SerializeToString())


def stored(shape):
    return np.random.RandomState(5).randint(0, 256, shape).astype(np.uint8)


def results(names="*"):
    import onnx
    import onnxruntime

    for path in sorted(FOLDER.glob(f"{names}.onnx")):
        # As the model says, nothing fused into less precise kernels.
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        info = session.get_inputs()[0]
        shape = tuple(n if isinstance(n, int) else 1 for n in info.shape[1:])
        q = stored((shape[2], *shape[:2]) if path.stem == "text-nhwc" else shape)
        x = (q.transpose(1, 2, 0) if path.stem == "text-nhwc" else q)[None].astype(np.float32) / 64
        outputs = [y.astype(np.float64).flatten().tolist() for y in session.run(None, {info.name: x})]
        onnx.checker.check_model(onnx.load(path))
        text = json.dumps({"x": q.flatten().tolist(), "outputs": outputs}, separators=(",", ":"))
        path.with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:] == ["torch"]:
        torch_models()
    elif sys.argv[1:] == ["others"]:
        other_models()
        results()
    else:
        sys.exit(__doc__)
