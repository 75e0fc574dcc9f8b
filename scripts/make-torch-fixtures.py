#!/usr/bin/env python3
"""Writes the PyTorch checkpoints that the tests of generator/import/pytorch read.

    /usr/bin/python3 scripts/make-torch-fixtures.py        (Debian: apt-get install python3-torch)

Each NAME.pth comes with NAME.json: {key: {"shape": [...], "data": [...]}} as PyTorch itself sees it.
"""

import collections
import json
import pathlib

import torch

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "generator/import/pytorch/fixtures"


def save(name, state, value=None, zipped=True):
    torch.save(state if value is None else value, FOLDER / f"{name}.pth", _use_new_zipfile_serialization=zipped)
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
    torch.save(torch.nn.Linear(1, 1), FOLDER / "whole-module.pth")


if __name__ == "__main__":
    main()
