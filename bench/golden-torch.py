"""LeNet-5 of adder layers in PyTorch: unfold and cdist, two threads. Reads a count on each line, prints the seconds it took.

Usage: golden-torch.py weights.safetensors test_images.npy test_labels.npy threads
"""
import json
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

BATCH = 200


def tensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        body = file.read()
    return {
        name: torch.from_numpy(np.frombuffer(body[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).copy())
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def conv(x, w, padding):
    side = x.shape[2] + 2 * padding - w.shape[2] + 1
    windows = F.unfold(x, w.shape[2:], padding=padding).transpose(1, 2)
    sums = -torch.cdist(windows.reshape(-1, windows.shape[2]), w.flatten(1), p=1)
    return sums.reshape(len(x), side * side, len(w)).transpose(1, 2).reshape(len(x), len(w), side, side)


def lenet5(t, x):
    def norm(x, n):
        part = [t[f"bn{n}.{name}"] for name in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *part)

    x = F.max_pool2d(F.relu(norm(conv(x, t["conv1.adder"], 2), 1)), 2)
    x = F.max_pool2d(F.relu(norm(conv(x, t["conv2.adder"], 0), 2)), 2).flatten(1)
    x = F.relu(norm(-torch.cdist(x, t["fc1.adder"], p=1), 3))
    x = F.relu(norm(-torch.cdist(x, t["fc2.adder"], p=1), 4))
    return norm(-torch.cdist(x, t["fc3.adder"], p=1), 5)


def main():
    weights, images, labels, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    t = tensors(weights)
    x = torch.from_numpy(np.load(images).reshape(-1, 1, 28, 28).astype(np.float32) / 64)
    labels = np.load(labels).reshape(-1)
    with torch.no_grad():
        classes = torch.cat([lenet5(t, part).argmax(1) for part in x.split(BATCH)]).numpy()
        print(json.dumps({"torch": torch.__version__, "accuracy": float((classes == labels[: len(classes)]).mean())}), flush=True)
        for line in sys.stdin:
            count = int(line)
            start = time.perf_counter()
            for done in range(0, count, BATCH):
                first = done % (len(x) - BATCH + 1)
                lenet5(t, x[first : first + BATCH])
            print(time.perf_counter() - start, flush=True)


main()
