"""The safetensors format, written with nothing but PyTorch and NumPy."""

import json
import struct
from collections import OrderedDict

import torch


def safetensors_bytes(tensors):
    """Length of the header (8 bytes), JSON header, values: float64 where a tensor has it, float32 else."""
    header, parts, at = OrderedDict(), [], 0
    for name, tensor in tensors.items():
        dtype, stored = ("F64", "<f8") if tensor.dtype == torch.float64 else ("F32", "<f4")
        data = tensor.detach().cpu().numpy().astype(stored).tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(parts)
