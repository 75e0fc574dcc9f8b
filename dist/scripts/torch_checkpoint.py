"""Reads what torch.save wrote as data: tensors, dictionaries, lists and plain values; nothing in the file is imported or run.

torch.load needs every name of the file on a list of its own (weights_only) or runs what the file says; training
checkpoints hold scores, arguments and optimizers beside the weights, which become Opaque here.
"""

import io
import pickle
import zipfile
from collections import OrderedDict

import torch

MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "QInt8Storage": torch.int8,
    "QUInt8Storage": torch.uint8,
    "QInt32Storage": torch.int32,
}


class CheckpointError(Exception):
    """The file cannot be read; the message says why."""


class Opaque:
    """Stands for whatever is no tensor, container or plain value."""

    def __new__(cls, *_args, **_kwargs):
        return object.__new__(cls)

    def __init__(self, *_args, **_kwargs):
        pass

    def ignore(self, *_args):
        pass

    __setstate__ = __setitem__ = append = extend = add = ignore


class Name(str):
    """A name of torch's that is an argument of the calls below."""


def rebuild(storage, offset, size, stride, *_rest):
    if not isinstance(storage, torch.Tensor):
        raise CheckpointError("a tensor without a storage")
    # Checks that the view lies in the storage.
    return storage.as_strided(tuple(size), tuple(stride), offset)


def rebuild_quantized(storage, offset, size, stride, quantizer, *_rest):
    """The real values (q - zero point) * scale."""
    q = rebuild(storage, offset, size, stride).double()
    scheme, scale, zero = quantizer[:3]
    if scheme == "per_tensor_affine":
        return (q - zero) * scale
    if scheme != "per_channel_affine":
        raise CheckpointError("a tensor that is quantized in a way of its own")
    shape = [-1 if axis == quantizer[3] else 1 for axis in range(q.dim())]
    return (q - zero.double().view(shape)) * scale.double().view(shape)


CALLS = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "Size"): tuple,
    ("torch._utils", "_rebuild_tensor"): rebuild,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild,
    ("torch._utils", "_rebuild_parameter"): lambda data, *_rest: data,
    ("torch._utils", "_rebuild_qtensor"): rebuild_quantized,
}


class DataUnpickler(pickle.Unpickler):
    def __init__(self, file, storage=None):
        super().__init__(file)
        self.storage = storage

    def find_class(self, module, name):
        if module in ("torch", "torch.storage") and (name in STORAGES or name.startswith("per_")):
            return Name(name)
        return CALLS.get((module, name), Opaque)

    def persistent_load(self, pid):
        tag, name, key, _place, count, *view = pid
        if tag != "storage" or self.storage is None or name not in STORAGES:
            raise CheckpointError("it refers to something that is no storage")
        flat = self.storage(key, STORAGES[name], count)
        if view and view[0] is not None:
            _, offset, size = view[0]
            return flat[offset : offset + size]
        return flat


def read_zip(file):
    archive = zipfile.ZipFile(file)
    names = archive.namelist()
    found = [n for n in names if n == "data.pkl" or n.count("/") == 1 and n.endswith("/data.pkl")]
    if not found or any(n.endswith("constants.pkl") for n in names):
        raise CheckpointError("it is no file of torch.save but another archive (TorchScript?)")
    prefix = found[0][: -len("data.pkl")]
    if prefix + "byteorder" in names and archive.read(prefix + "byteorder") == b"big":
        raise CheckpointError("its numbers are big endian")
    known = {}

    def storage(key, dtype, _count):
        if (key, dtype) not in known:
            data = bytearray(archive.read(f"{prefix}data/{key}"))
            known[key, dtype] = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
        return known[key, dtype]

    return DataUnpickler(io.BytesIO(archive.read(found[0])), storage).load()


def read_old(file, size):
    """The format before 1.6: pickles of a mark, a version, the system, the value and the storages' keys; then numbers."""
    if DataUnpickler(file).load() != MAGIC:
        raise CheckpointError("it is no file of torch.save")
    DataUnpickler(file).load()
    system = DataUnpickler(file).load()
    if isinstance(system, dict) and not system.get("little_endian", True):
        raise CheckpointError("its numbers are big endian")
    known = {}

    def storage(key, dtype, count):
        if key not in known:
            if not isinstance(count, int) or not 0 <= count <= size:
                raise CheckpointError("a storage claims more numbers than the file has bytes")
            known[key] = torch.zeros(count, dtype=dtype)
        return known[key]

    value = DataUnpickler(file, storage).load()
    for key in DataUnpickler(file).load():
        file.read(8)
        flat = known[key]
        data = bytearray(file.read(flat.numel() * flat.element_size()))
        if data:
            flat.copy_(torch.frombuffer(data, dtype=flat.dtype))
    return value


def read_checkpoint(path):
    """The value in a file of torch.save. Raises CheckpointError."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            zipped = file.read(4) == b"PK\3\4"
            file.seek(0)
            return read_zip(file) if zipped else read_old(file, size)
    except CheckpointError:
        raise
    except Exception as e:
        # A damaged pickle can fail in any way.
        raise CheckpointError(f"{type(e).__name__}: {e}") from e
