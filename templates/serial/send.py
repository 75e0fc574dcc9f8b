#!/usr/bin/env python3
"""Sends images to the board on its serial line and prints its answers.

    python3 host/send.py --port /dev/ttyUSB1 images.npy [--first N] [--count N]
    python3 host/send.py --port /dev/ttyUSB1 --weights w.bin [images.npy]
    python3 host/send.py --port /dev/ttyUSB1 --read-back w.bin

Needs numpy and pyserial. From Python:

    from send import Board
    with Board("/dev/ttyUSB1") as board:
        answer = board.infer(image)            # stored integers [H, W, C] or [H, W]
        answer["logits"], board.classify(answer)
        answer = board.infer(image, then="w2.bin")   # --swap: a set comes while the image is computed
        board.load("w.bin")                    # weights that are written at run time
        board.compare("w.bin")                 # what the memories hold, in words where it differs (--read-back)
"""

import argparse
import json
import pathlib
import sys
import time
import zlib

import numpy as np

BUILD = pathlib.Path(__file__).resolve().parent.parent


# What is wrong with the last weights, by the error of a status.
REFUSALS = (
    "nothing",
    "another magic",
    "another version of the format",
    "for another network",
    "another number of words",
    "too short or too long",
    "a wrong CRC",
    "wrong weights were read from memory",
)


def expand(code, length):
    """The words of a coded image's weights, `length` of them (docs/weights.md). ValueError for what is no code."""
    code, out, at = [int(w) for w in code], [], 0
    try:
        while at < len(code):
            bits, count = code[at] & 31, code[at] >> 5
            at += 1
            if bits == 0:
                out += code[at : at + count]
                at += count
                continue
            per_row, zeros = (code[at] & 0xFFFF) + 1, code[at] >> 16 & 31
            common, second = code[at + 1] & 0xFFFF, code[at + 1] >> 16
            at += 2
            held = have = 0
            words, value, place = -(-count * (per_row * bits + zeros) // 32), 0, 0
            end = len(out) + words
            if end > length:
                break
            for _ in range(count):
                for _ in range(per_row):
                    # Two bits and a field at most.
                    while have < 18 and at < len(code):
                        held, have, at = held | code[at] << have, have + 32, at + 1
                    if held & 1 == 0:
                        field, used = common, 1
                    elif held & 2 == 0:
                        field, used = second, 2
                    else:
                        field, used = held >> 2 & ((1 << bits) - 1), 2 + bits
                    if used > have:
                        raise IndexError
                    held, have = held >> used, have - used
                    value, place = value | field << place, place + bits
                    while place >= 32:
                        out.append(value & 0xFFFFFFFF)
                        value, place = value >> 32, place - 32
                place += zeros
                while place >= 32:
                    out.append(value & 0xFFFFFFFF)
                    value, place = value >> 32, place - 32
            # What was taken beyond the section's last word is given back.
            at -= have // 32
            if place:
                out.append(value)
    except IndexError:
        raise ValueError("the code ends before its last weight") from None
    if len(out) != length:
        raise ValueError(f"a code of {len(out)} words where the header says {length}")
    return np.array(out, "<u4")


def _image(path):
    """A weight image: its parts, each with a CRC, identity, sections, bytes of the weights. ValueError for what is none."""
    data = pathlib.Path(path).read_bytes()
    if len(data) < 28 or len(data) % 4 != 0 or data[:4] != b"ADNW":
        raise ValueError(f"{path} is not a complete weight image")
    # What the accelerator loads; behind it, where the board has weights in its memory, the set for that.
    version, directory, length = (int.from_bytes(data[at : at + 4], "little") for at in (4, 16, 20))
    # Coded weights have a word more in the header, the number of words of their code.
    head, words = (28, int.from_bytes(data[24:28], "little")) if version == 2 else (24, length)
    directory *= 4
    end = head + directory + 4 * words + 4
    parts = [part for part in (data[:end], data[end:]) if part]
    payload = data[head + directory : end - 4]
    if version not in (1, 2) or end > len(data):
        raise ValueError(f"{path} is not a complete weight image")
    if version == 2:
        payload = expand(np.frombuffer(payload, "<u4"), length).tobytes()
    # The CRC is that of the plain image, which the board makes of it.
    plain = data[:4] + b"\1\0\0\0" + data[8:24] + data[head : head + directory] + payload + data[end - 4 : end]
    if any(zlib.crc32(p[:-4]) != int.from_bytes(p[-4:], "little") for p in (plain, *parts[1:])):
        raise ValueError(f"{path} is not a complete weight image")
    sections = json.loads(data[head : head + directory].decode())["sections"]
    return parts, data[15:7:-1].hex(), sections, payload


def row_differences(sections, held, image):
    """Lines that name the memories whose words are not the image's, the first row of each; held, image: bytes."""

    def rows(data, s):
        words = np.frombuffer(data, "<u4")[s["first"] : s["first"] + s["words"]].tolist()
        if s["bits"] > 16:
            parts = -(-s["bits"] // 32)
            return [sum(words[r * parts + k] << (32 * k) for k in range(parts)) for r in range(s["rows"])]
        lane = 1 << (s["bits"] - 1).bit_length()
        per = 32 // lane
        return [words[r // per] >> (r % per * lane) & ((1 << lane) - 1) for r in range(s["rows"])]

    lines = []
    for s in sections:
        pairs = list(zip(rows(held, s), rows(image, s)))
        wrong = [r for r, (h, w) in enumerate(pairs) if h != w]
        if wrong:
            h, w = pairs[wrong[0]]
            lines.append(
                f"{s['layer']}, {s['holds']}, row {wrong[0]} holds 0x{h:x}, the image says 0x{w:x}; "
                f"{len(wrong)} of {s['rows']} rows differ"
            )
    if not lines and held != image:
        lines.append("bits of words that hold no row are not as in the image")
    return lines


class Board:
    """A board behind a serial port. @param build the folder that `addernet synth -o` wrote; timeout in seconds."""

    def __init__(self, port, build=BUILD, timeout=2.0):
        import serial

        build = pathlib.Path(build)
        manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
        line = json.loads((build / "synth.json").read_text(encoding="utf-8"))["serial"]
        self.input, self.outputs = manifest["input"], manifest["outputs"]
        self.bytes_in, self.bytes_out = line["bytesIn"], line["bytesOut"]
        # Each message begins with a byte that says what it is where weights are written at run time.
        self.messages = line.get("messages", False)
        self.weights = manifest.get("weights", {}).get("identity")
        self.reads_back = "readBack" in manifest.get("weights", {})
        self.swaps = manifest.get("weights", {}).get("swap", False)
        self.line = serial.Serial(port, line["baud"], timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()

    def infer(self, image, then=None):
        """Outputs by name, [H, W, C] integers. ValueError for an image of another shape, TimeoutError for silence.

        then: a weight image that is sent right behind the image (of a build with --swap). It is loaded while the image is
        computed, which meets the former set; the next one meets the new set. RuntimeError where the board refuses it: the
        former set stays in use.
        """
        parts, payload = self._own(then) if then is not None else (None, None)
        if parts is not None and not self.swaps:
            raise ValueError("this board was built without --swap: it takes weights between two images (load)")
        values = np.asarray(image)
        shape = tuple(self.input["shape"])
        if values.dtype.kind not in "iu":
            raise ValueError("images are stored integers")
        if values.shape != shape and not (shape[2] == 1 and values.shape == shape[:2]):
            raise ValueError(f"the image has the shape {values.shape}, not {shape}")
        lane = self.input["portLaneBits"] // 8
        flat = values.reshape(-1).astype(np.int64)
        data = np.stack([(flat >> (8 * b)) & 255 for b in range(lane)], axis=1).astype(np.uint8)
        message = (b"F" if self.messages else b"") + data.tobytes()
        if parts is None:
            answer = self._ask(message, self.bytes_out)
        else:
            # The status comes behind the answer.
            answer = self._ask_long(message + b"W" + parts[0], self.bytes_out + 1)
            self._taken(answer[-1], then, payload)
            answer = answer[:-1]
        return self._outputs(np.frombuffer(answer, dtype=np.uint8).astype(np.int64))

    def status(self):
        """Bits: 0 loaded, 1 loading, 4 to 6 error of the last weights, 7 the flash is being read, or no set is in the board's memory."""
        return self._ask(b"S", 1)[0]

    def load(self, path):
        """Loads a weight image (addernet weights pack). ValueError where it is none of this board's, RuntimeError
        where the board refuses it or its memories do not hold it (of a build with --read-back), TimeoutError for silence."""
        parts, payload = self._own(path)
        until = time.monotonic() + self.line.timeout
        while self.status() & (0x02 if len(parts) > 1 else 0x82) and time.monotonic() < until:
            time.sleep(0.02)
        if len(parts) > 1 and self._say(b"M" + parts[1]) & 0x80:
            raise RuntimeError("the board refuses the set for its memory: bytes were lost or changed on the line")
        self._taken(self._say(b"W" + parts[0]), path, payload)

    def _taken(self, status, path, payload):
        """Raises RuntimeError where a status says that an image was refused, or the memories do not hold it."""
        if not status & 1 or status >> 4:
            raise RuntimeError(f"the board refuses the weights: {REFUSALS[status >> 4 & 7]}")
        if self.reads_back and self.crc() != zlib.crc32(payload):
            lines = self.compare(path)
            raise RuntimeError(f"the memories do not hold the weights: {lines[0] if lines else 'the CRC alone is wrong'}")

    def _own(self, path):
        """The parts of a weight image of this board, and the bytes of its weights. ValueError where it is none."""
        if not self.messages:
            raise ValueError("this board has its weights in the bitstream")
        parts, identity, self._sections, payload = _image(path)
        if identity != self.weights:
            raise ValueError(f"{path} is for {identity}, the board is {self.weights}")
        return parts, payload

    def crc(self):
        """CRC-32 of what the memories hold. ValueError where they cannot be read back, TimeoutError for silence."""
        self._readable()
        return int.from_bytes(self._ask(b"C", 4), "little")

    def read_back(self, size):
        """The bytes that the memories hold, `size` of them, in the order of an image. RuntimeError for a wrong CRC."""
        self._readable()
        timeout, self.line.timeout = self.line.timeout, self.line.timeout + 10 * size / self.line.baudrate
        try:
            data = self._ask(b"R", size + 4)
        finally:
            self.line.timeout = timeout
        if zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
            raise RuntimeError("what was read back has a wrong CRC: the line is disturbed")
        return data[:-4]

    def compare(self, path):
        """Lines that say where the memories do not hold what a weight image says; none where they do."""
        _, payload = self._own(path)
        return row_differences(self._sections, self.read_back(len(payload)), payload)

    def _readable(self):
        if not self.reads_back:
            raise ValueError("this board was built without --read-back")

    def _say(self, message):
        """The status that answers a long message."""
        return self._ask_long(message, 1)[0]

    def _ask_long(self, message, length):
        """The answer to a long message: silence begins to count when all of it is sent."""
        timeout = self.line.timeout
        self.line.timeout = timeout + 10 * len(message) / self.line.baudrate
        try:
            return self._ask(message, length)
        finally:
            self.line.timeout = timeout

    def _ask(self, message, length):
        self.line.reset_input_buffer()
        self.line.write(message)
        self.line.flush()
        answer = self.line.read(length)
        if len(answer) < length:
            raise TimeoutError(f"no answer for {self.line.timeout} s, {len(answer)} of {length} bytes so far")
        return answer

    def _outputs(self, data):
        outputs, at = {}, 0
        for o in self.outputs:
            lane, count = o["portLaneBits"] // 8, int(np.prod(o["shape"]))
            rows = data[at : at + count * lane].reshape(count, lane)
            at += count * lane
            values = sum(rows[:, b] << (8 * b) for b in range(lane))
            if o["signed"]:
                values -= (values >> (8 * lane - 1)) << (8 * lane)
            outputs[o["name"]] = values.reshape(o["shape"])
        return outputs

    def classify(self, outputs):
        """The class: the last output where it is one value, else the place of its largest."""
        last = outputs[self.outputs[-1]["name"]].reshape(-1)
        return int(last[0] if last.size == 1 else last.argmax())


def main():
    parser = argparse.ArgumentParser(description="sends images to the board and prints its answers")
    parser.add_argument("images", nargs="?", help="stored integers (.npy), [N, H, W, C] or [N, H, W]")
    parser.add_argument("--port", required=True)
    parser.add_argument("--weights", help="weight image (from addernet weights pack) to load first")
    parser.add_argument("--read-back", metavar="IMAGE", help="weight image to compare with what the board's memories hold")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=2.0)
    args = parser.parse_args()
    if args.images is None and args.weights is None and args.read_back is None:
        parser.error("images, --weights, --read-back or several of them")
    images = [] if args.images is None else np.load(args.images)
    if args.images is None:
        args.first, args.count = 0, 0
    elif not 0 <= args.first < args.first + args.count <= len(images):
        sys.exit(f"{args.images} does not hold images {args.first} to {args.first + args.count - 1}")
    try:
        with Board(args.port, timeout=args.timeout) as board:
            if args.weights:
                board.load(args.weights)
                print(f"loaded {args.weights}")
            if args.read_back:
                lines = board.compare(args.read_back)
                if lines:
                    sys.exit("\n".join(lines))
                print(f"the memories hold {args.read_back}")
            for i in range(args.first, args.first + args.count):
                outputs = board.infer(images[i])
                values = "; ".join(f"{n} {' '.join(map(str, v.reshape(-1)))}" for n, v in outputs.items())
                print(f"image {i}: class {board.classify(outputs)}; {values}")
    except (OSError, RuntimeError, TimeoutError, ValueError) as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main()
