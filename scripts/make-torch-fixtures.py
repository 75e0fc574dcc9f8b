#!/usr/bin/env python3
"""Writes the PyTorch checkpoints that the tests of generator/import/pytorch read.

    /usr/bin/python3 scripts/make-torch-fixtures.py        (Debian: apt-get install python3-torch)

Each NAME.pth comes with NAME.json: {key: {"shape": [...], "data": [...]}} as PyTorch itself sees it.
"""

import collections
import json
import pathlib
import pickle

import numpy
import torch

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "generator/import/pytorch/fixtures"


def save(name, state, value=None, zipped=True, protocol=2):
    path = FOLDER / f"{name}.pth"
    torch.save(state if value is None else value, path, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
    describe(name, state)


def describe(name, state):
    plain = {k: {"shape": list(t.shape), "data": t.double().flatten().tolist()} for k, t in state.items()}
    (FOLDER / f"{name}.json").write_text(json.dumps(plain, separators=(",", ":")) + "\n")


def network():
    net = torch.nn.Sequential(
        collections.OrderedDict(conv=torch.nn.Conv2d(2, 3, (2, 1)), bn=torch.nn.BatchNorm2d(3), fc=torch.nn.Linear(3, 2))
    )
    return net.state_dict()


def views():
    """Every way in which a tensor can differ from its storage, and every type."""
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
    return collections.OrderedDict(
        base=base,
        transposed=base.t(),
        slice=base[1:3, 2:5],
        stepped=base[::2, 1::3],
        scalar=torch.tensor(3.5, dtype=torch.float64),
        empty=torch.zeros(0, 3),
        half=torch.tensor([1.5, -0.0009765625, 65504.0, 6e-8]).half(),
        bfloat16=torch.tensor([1.5, -3.0e38, 1e-30]).bfloat16(),
        int64=torch.tensor([-(2**40), 7]),
        int32=torch.tensor([-(2**31), 7], dtype=torch.int32),
        int16=torch.tensor([-300, 7], dtype=torch.int16),
        int8=torch.tensor([-128, 7], dtype=torch.int8),
        uint8=torch.tensor([255, 7], dtype=torch.uint8),
        bool=torch.tensor([True, False]),
        parameter=torch.nn.Parameter(torch.tensor([0.25, -1.0])),
    )


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    net = network()
    for zipped, suffix in ((True, "zip"), (False, "legacy")):
        save(f"network-{suffix}", net, zipped=zipped)
        save(f"views-{suffix}", views(), zipped=zipped)
        prefixed = collections.OrderedDict((f"module.{k}", t) for k, t in net.items())
        wrapped = {"epoch": 3, "arch": "net", "best": 0.5, "state_dict": prefixed}
        save(f"wrapped-{suffix}", net, wrapped, zipped=zipped)
    for protocol in (2, 4, 5):
        save(f"protocol{protocol}-legacy", net, zipped=False, protocol=protocol)
    training = {"epoch": 3, "best_prec1": numpy.float64(91.5), "args": torch.nn.Module(), "state_dict": net}
    training["optimizer"] = torch.optim.SGD([net["conv.weight"]], 0.1).state_dict()
    save("training-zip", net, training)
    save("averaged-zip", net, torch.optim.swa_utils.AveragedModel(Parts(net)).state_dict())
    compiled = collections.OrderedDict((f"module._orig_mod.{k}", t) for k, t in net.items())
    save("compiled-zip", net, {"model": compiled, "scaler": {"scale": torch.tensor(2.0)}})
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    module.register_buffer("kept", torch.tensor([1.0]))
    module.register_buffer("left_out", torch.tensor([1.0]), persistent=False)
    save("whole-module", module.state_dict(), module)
    quantized()
    arrays = {k: t.numpy() for k, t in views().items() if t.dtype != torch.bfloat16 and k != "parameter"}
    # In Fortran's order, and not the machine's order of bytes.
    arrays["fortran"], arrays["big"] = numpy.asfortranarray(arrays["base"]), arrays["base"].astype(">f4")
    arrays = {k: numpy.asfortranarray(a) if k == "fortran" else a.copy() for k, a in arrays.items()}
    plain = {k: torch.from_numpy(numpy.array(a, a.dtype.newbyteorder("="), order="C")) for k, a in arrays.items()}
    for protocol in (0, 2, 4, 5):
        (FOLDER / f"numpy{protocol}.pth").write_bytes(pickle.dumps(arrays, protocol=protocol))
        describe(f"numpy{protocol}", plain)
    save("numpy-zip", plain, {"state_dict": arrays})


class Parts(torch.nn.Module):
    """A module with the names of a state dict."""

    def __init__(self, state):
        super().__init__()
        for name, value in state.items():
            at, *path = self, *name.split(".")
            for part in path[:-1]:
                if not hasattr(at, part):
                    at.add_module(part, torch.nn.Module())
                at = getattr(at, part)
            at.register_buffer(path[-1], value)


def quantized():
    """Integers with scales: of a whole tensor and a channel, alone and as a quantized layer keeps them."""
    x = torch.arange(-6, 6, dtype=torch.float32).reshape(3, 4) / 4
    whole = torch.quantize_per_tensor(x, 0.125, 3, torch.quint8)
    scales, zeros = torch.tensor([0.25, 0.125, 0.5], dtype=torch.float64), torch.tensor([0, -1, 2])
    channels = torch.quantize_per_channel(x, scales, zeros, 0, torch.qint8)
    columns = torch.quantize_per_channel(x.t().contiguous(), scales, zeros, 1, torch.qint8)
    state = {"whole": whole, "channels": channels, "columns": columns, "wide": torch.quantize_per_tensor(x, 0.5, 0, torch.qint32)}
    value = {**state, "fc._packed_params._packed_params": (whole, torch.ones(3)), "fc._packed_params.dtype": torch.qint8}
    real = {k: t.dequantize() for k, t in state.items()}
    save("quantized-zip", {**real, "fc.weight": real["whole"], "fc.bias": torch.ones(3)}, value)


if __name__ == "__main__":
    main()
