"""Runs an AdderNet accelerator on a Zynq board with PYNQ.

    from addernet import Accelerator
    net = Accelerator("NAME.json")            # loads NAME.bit, which lies beside it with NAME.hwh
    answer = net.infer(images)                # uint8 images [n, H, W, C]: stored integers
    answer = net.infer(net.quantize(real))    # real values
    answer["logits"], net.classes(answer)
    net.decode(answer)                        # masks, boxes or images, where the network's file tells its task
    net.check(images, np.load("golden.npz"))  # differences from the golden model, in words
    net.stalls()                              # what holds the images up, in words
    net.check_weights()                       # where the memories do not hold the image that was loaded (--read-back)

    python3 addernet.py NAME.json --images X.npy --check golden.npz

compares answers with what `addernet infer BUILD/integers.json --images X.npy -o golden.npz` wrote, says what differs first
and what the counters say of the speed; the exit code is 1 where anything differs.

The JSON file says what the accelerator takes and gives; the compiler wrote it beside the bitstream. Packing and
unpacking need numpy alone, so they can be tried on any machine: Layout("NAME.json").
"""

import argparse
import json
import pathlib
import sys
import time
import zlib

import numpy as np

STORAGE = {"uint8": np.uint8, "int8": np.int8, "uint16": np.uint16}


class Layout:
    """What the beats of an image and of its answer hold."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.facts = json.loads(self.path.read_text(encoding="utf-8"))
        self.input = self.facts["input"]
        self.outputs = self.facts["outputs"]

    def quantize(self, real):
        """Stored integers of real values [..., H, W, C]: (x - offset[c]) / scale[c], a half rounded up, clamped."""
        scale = np.asarray(self.input["scale"], dtype=np.float64)
        offset = np.asarray(self.input["offset"], dtype=np.float64)
        q = np.floor((np.asarray(real, dtype=np.float64) - offset) / scale + 0.5)
        limits = np.iinfo(STORAGE[self.input["storage"]])
        return np.clip(q, limits.min, limits.max).astype(STORAGE[self.input["storage"]])

    def stored(self, images):
        """Images as [n, H, W, C] in the input's own integers; refuses reals and values that it cannot store."""
        images = np.asarray(images)
        shape = tuple(self.input["shape"])
        if images.dtype.kind not in "iu":
            raise TypeError("images are stored integers; quantize() makes them from real values")
        if images.shape == shape:
            images = images[np.newaxis]
        flat = shape[2] == 1 and images.shape[1:] == shape[:2]
        if images.shape[1:] != shape and not flat or len(images) == 0:
            raise ValueError(f"images have the shape {images.shape}, not [n, {', '.join(map(str, shape))}]")
        limits = np.iinfo(STORAGE[self.input["storage"]])
        if images.min() < limits.min or images.max() > limits.max:
            raise ValueError(f"images hold values outside {limits.min} to {limits.max}")
        return images.reshape((-1,) + shape).astype(STORAGE[self.input["storage"]])

    @staticmethod
    def _beats(stream):
        """Beats of a pixel."""
        return -(-stream["shape"][2] // stream["lanes"])

    def pack(self, image):
        """The bytes of one image's beats, as the DMA sends them."""
        s = self.input
        height, width, channels = s["shape"]
        pixels = np.asarray(image).reshape(height * width, channels).astype(np.int64)
        beats, lanes, lane = self._beats(s), s["lanes"], s["lane_bits"] // 8
        padded = np.zeros((height * width, beats * lanes), dtype=np.int64)
        padded[:, :channels] = pixels
        values = padded.reshape(height * width * beats, lanes)
        data = np.zeros((values.shape[0], s["beat_bits"] // 8), dtype=np.uint8)
        for byte in range(lane):
            data[:, byte : lanes * lane : lane] = (values >> (8 * byte)) & 255
        return data.reshape(-1)

    def unpack(self, data):
        """The outputs by name, each [H, W, C] as integers, from the bytes that the DMA received."""
        data = np.asarray(data, dtype=np.uint8)
        at, answer = 0, {}
        for s in self.outputs:
            height, width, channels = s["shape"]
            beats, lanes, lane = self._beats(s), s["lanes"], s["lane_bits"] // 8
            size = s["beats"] * s["beat_bits"] // 8
            rows = data[at : at + size].reshape(s["beats"], -1)[:, : lanes * lane].astype(np.int64)
            at += size
            values = sum(rows[:, byte::lane] << (8 * byte) for byte in range(lane))
            if s["signed"]:
                values -= (values >> (8 * lane - 1)) << (8 * lane)
            pixels = values.reshape(height * width, beats * lanes)[:, :channels]
            answer[s["name"]] = pixels.reshape(height, width, channels)
        return answer

    def differences(self, answer, expected):
        """Lines that name, of each wrong image, the first output and the first value that differ; none where all are equal.

        answer: as infer gives it; expected: the same under the names of outputs or of the network's layers, of as many
        images or more. Raises ValueError where an output is missing there or has another shape.
        """
        wanted = {}
        for s in self.outputs:
            key = next((k for k in (s["name"], s.get("layer")) if k in expected), None)
            if key is None:
                raise ValueError(f"the expected answers have no output {s['name']}: another network's")
            got, want = answer[s["name"]], np.asarray(expected[key])
            if len(want) < len(got) or want[: len(got)].size != got.size:
                raise ValueError(f"{key}: expected answers of the shape {want.shape}, the board's are {got.shape}")
            wanted[s["name"]] = want[: len(got)].reshape(got.shape)
        lines = []
        for i in range(len(next(iter(answer.values())))):
            for s in self.outputs:
                got, want = answer[s["name"]][i], wanted[s["name"]][i]
                if not (got == want).all():
                    at = tuple(int(k) for k in np.argwhere(got != want)[0])
                    count = int((got != want).sum())
                    lines.append(
                        f"image {i}: {s['name']}{list(at)} is {int(got[at])}, golden {int(want[at])}; "
                        f"{count} of {got.size} values of this output differ"
                    )
                    break
        return lines

    def real(self, name, values):
        """Real values of an output's integers."""
        s = next(s for s in self.outputs if s["name"] == name)
        return s["scale"] * (np.asarray(values, dtype=np.float64) - s["zero_point"])

    def classes(self, answer):
        """Class of each image: the argmax output where the network has one, else the largest of the last output."""
        index = [s["name"] for s in self.outputs if s["argmax"]]
        if index:
            return answer[index[0]].reshape(-1)
        last = answer[self.outputs[-1]["name"]]
        return last.reshape(last.shape[0], -1).argmax(axis=1)

    def decode(self, answer):
        """The answer in the terms of the network's task, as `addernet infer` gives it.

        classes: [n] indices; mask: uint8 [n, H, W], a class for each pixel; boxes: for each image an array of rows
        (class, score, x1, y1, x2, y2) in pixels of the input, best first; image: uint8 [n, H, W, C].
        """
        task = self.facts.get("task")
        if task is None:
            raise ValueError("the network's file did not tell what its outputs are for")
        if task["kind"] == "boxes":
            names = {task[key]["output"] for key in ("scores", "centers", "sizes")}
            real = {name: self.real(name, answer[name]) for name in names}
            count = len(next(iter(real.values())))
            return [self._boxes(task, {name: values[i] for name, values in real.items()}) for i in range(count)]
        name = task["output"]
        real = self.real(name, answer[name])
        index = next(s for s in self.outputs if s["name"] == name)["argmax"]
        if task["kind"] == "classes":
            flat = real.reshape(len(real), -1)
            return flat[:, 0].astype(np.int64) if flat.shape[1] == 1 else flat.argmax(axis=1)
        if task["kind"] == "mask":
            if index:
                return real[..., 0].astype(np.uint8)
            many = real.shape[-1] > 1
            return (real.argmax(axis=-1) if many else real[..., 0] > task["threshold"]).astype(np.uint8)
        return np.clip(np.floor(real * task["gain"] + task["offset"] + 0.5), 0, 255).astype(np.uint8)

    @staticmethod
    def _boxes(task, real):
        """Boxes of one image from the real values [H, W, C] of its outputs."""

        def read(key, count):
            place = task[key]
            return real[place["output"]][..., place["channel"] : place["channel"] + count]

        scores = 1 / (1 + np.exp(-read("scores", len(task["names"]))))
        height, width = scores.shape[:2]
        down, right = task["stride"]
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        centers, sizes = read("centers", 2), np.exp(np.clip(read("sizes", 2), -3, 3)) / 2
        x, y = right * (x + centers[..., 0]), down * (y + centers[..., 1])
        w, h = right * sizes[..., 0], down * sizes[..., 1]
        corners = np.stack([x - w, y - h, x + w, y + h], -1).reshape(-1, 4)
        found = []
        for c in range(len(task["names"])):
            score = scores[..., c].ravel()
            order = np.argsort(-score, kind="stable")
            order = order[score[order] >= task["threshold"]]
            while len(order):
                best, order = order[0], order[1:]
                found.append([c, score[best], *corners[best]])
                a, b = corners[best], corners[order]
                overlap = np.maximum(np.minimum(a[2:], b[:, 2:]) - np.maximum(a[:2], b[:, :2]), 0).prod(axis=1)
                union = (a[2:] - a[:2]).prod() + (b[:, 2:] - b[:, :2]).prod(axis=1) - overlap
                order = order[~(overlap / union > task["overlap"])]
        found.sort(key=lambda row: -row[1])
        return np.array(found).reshape(-1, 6)

    @property
    def bytes_in(self):
        return self.input["beats"] * self.input["beat_bits"] // 8

    @property
    def bytes_out(self):
        return sum(s["beats"] * s["beat_bits"] // 8 for s in self.outputs)


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


class WeightsImage:
    """A set of weights as `addernet weights pack` writes it (docs/weights.md).

    `words` go over the accelerator's port; `beside`, bytes, is what it reads from memory in each frame (none: empty).
    """

    def __init__(self, path):
        """Raises ValueError for bytes that are no image, or a damaged one."""
        data = pathlib.Path(path).read_bytes()
        if len(data) < 28 or len(data) % 4 != 0 or data[:4] != b"ADNW":
            raise ValueError(f"{path}: not a weight image")
        words = np.frombuffer(data, "<u4")
        version, directory, payload = int(words[1]), int(words[4]), int(words[5])
        if version not in (1, 2):
            raise ValueError(f"{path}: version {version} of the format; this driver reads versions 1 and 2")
        # Coded weights have a word more in the header, the number of words of their code.
        head, length = (6, payload) if version == 1 else (7, int(words[6]))
        end = head + directory + length + 1
        if len(words) < end:
            raise ValueError(f"{path}: {len(words)} words where its header says {end}")
        if version == 1:
            plain = words[:end]
        else:
            try:
                plain = expand(words[7 + directory : end - 1], payload)
            except ValueError as e:
                raise ValueError(f"{path}: {e}") from None
            plain = np.concatenate([words[:6], words[7 : 7 + directory], plain, words[end - 1 : end]]).astype("<u4")
            plain[1] = 1
        # The CRC is that of the plain image, which the accelerator makes of it.
        if zlib.crc32(plain[:-1].tobytes()) != int(words[end - 1]):
            raise ValueError(f"{path}: its CRC is wrong")
        about = json.loads(data[4 * head : 4 * (head + directory)].decode())
        self.external = about.get("external")
        pages = max(-(-(s["offset"] + s["bytes"]) // 4096) for s in self.external) if self.external else 0
        size = 4096 * pages + 4 if pages else 0
        if len(data) != 4 * end + size:
            raise ValueError(f"{path}: {len(data)} bytes where its header and directory say {4 * end + size}")
        self.beside = np.frombuffer(data[4 * end : 4 * end + 4096 * pages], np.uint8)
        if pages and zlib.crc32(self.beside) != int(words[-1]):
            raise ValueError(f"{path}: the CRC of its part for external memory is wrong")
        words = words[:end]
        self.words = words
        self.identity = f"{int(words[3]):08x}{int(words[2]):08x}"
        self.network = about["network"]
        self.sections = about["sections"]
        self.payload = plain[6 + directory : -1]


    def rows(self, section, payload):
        """Rows of a memory as integers, of the words of this image's weights or of others in their order."""
        words = [int(w) for w in payload[section["first"] : section["first"] + section["words"]]]
        bits, count = section["bits"], section["rows"]
        if bits > 16:
            parts = -(-bits // 32)
            return [sum(words[r * parts + k] << (32 * k) for k in range(parts)) for r in range(count)]
        lane = 1 << (bits - 1).bit_length()
        per = 32 // lane
        return [words[r // per] >> (r % per * lane) & ((1 << lane) - 1) for r in range(count)]

    def differences(self, held):
        """Lines that name the memories that do not hold this image, the first row of each. held: words in its order."""
        lines = []
        for s in self.sections:
            pairs = list(zip(self.rows(s, held), self.rows(s, self.payload)))
            wrong = [r for r, (h, w) in enumerate(pairs) if h != w]
            if wrong:
                h, w = pairs[wrong[0]]
                lines.append(
                    f"{s['layer']}, {s['holds']}, row {wrong[0]} holds 0x{h:x}, the image says 0x{w:x}; "
                    f"{len(wrong)} of {s['rows']} rows differ"
                )
        if not lines and not np.array_equal(np.asarray(held, np.uint32), self.payload):
            lines.append("bits of words that hold no row are not as in the image")
        return lines


class DmaError(RuntimeError):
    """The DMA stopped with an error of its own."""


class MemoryFault(RuntimeError):
    """Weights could not be read from memory: images ended without an answer. The accelerator goes on with the next ones."""


# Error bits of a channel's status register (AXI DMA, PG021).
DMA_FAULTS = {
    0x10: "internal error: a length of zero, or more beats before tlast than were asked for",
    0x20: "slave error: memory refused an access",
    0x40: "decode error: an address without memory",
}


class Accelerator(Layout):
    """The accelerator in the device. Loads the bitstream and checks that it is this network's.

    batch: images that one DMA transfer sends; their answers come back one transfer each.
    timeout: seconds for each image.
    """

    def __init__(self, path, overlay=None, timeout=5.0, batch=16):
        super().__init__(path)
        import pynq

        if overlay is None:
            overlay = pynq.Overlay(str(self.path.with_suffix(".bit")))
        self.overlay = overlay
        self.control = getattr(overlay, self.facts["instance"])
        self.dma = overlay.dma
        self.timeout = timeout
        # The DMA counts bytes of a transfer in 26 bits.
        self.batch = max(1, min(int(batch), ((1 << 26) - 1) // self.bytes_in))
        self._weights = self._memory = None
        self._in = pynq.allocate(shape=(self.batch * self.bytes_in,), dtype=np.uint8)
        self._out = pynq.allocate(shape=(self.bytes_out,), dtype=np.uint8)
        for name in ("MAGIC", "VERSION", "NETWORK_LO", "NETWORK_HI"):
            want, have = self.facts["registers"][name]["value"], self.read(name)
            if want != have:
                raise RuntimeError(f"register {name} is 0x{have:08x}, not 0x{want:08x}: the bitstream is another's")

    def read(self, name):
        """A register by name; 64-bit counters whole."""
        r = self.facts["registers"][name]
        low = self.control.read(r["address"])
        return low if r["bits"] == 32 else low | self.control.read(r["address"] + 4) << 32

    def load(self, image):
        """Loads a WeightsImage (or the path of one); needed before the first image.

        Raises ValueError for an image of another network or layout, RuntimeError where the accelerator refuses it or
        has no layers in RAM. What the accelerator reads from memory is put there. Images that are inside finish with the weights that they began with.
        With --swap images are computed meanwhile (`infer` in another thread), and a set that is refused leaves the former one in use.
        """
        if not isinstance(image, WeightsImage):
            image = WeightsImage(image)
        if "WEIGHTS" not in self.facts["registers"]:
            raise RuntimeError("this accelerator has its weights in the bitstream")
        if image.identity != self.facts["weights"]:
            raise ValueError(f"the image is for {image.identity} ({image.network}), the accelerator is {self.facts['weights']}")
        if image is not self._weights and self.facts.get("external"):
            # Images that are inside still read the old set: the new one has a place of its own.
            memory = self._place(image.beside)
        else:
            memory = self._memory
        try:
            self._load(image, memory)
        except Exception:
            if memory is not self._memory:
                # What may have been loaded in part reads nothing: the accelerator says that no weights are in place.
                memory.freebuffer()
            raise
        if memory is not self._memory and self._memory is not None:
            self._memory.freebuffer()
        self._memory = memory
        self._weights = image

    def _place(self, data):
        """A buffer in memory that the accelerator reads, with the bytes; whole pages from a multiple of 4096 on."""
        import pynq

        buffer = pynq.allocate(shape=(len(data),), dtype=np.uint8)
        at = buffer.device_address
        if at % 4096 or at + len(data) > 1 << 32:
            buffer.freebuffer()
            raise RuntimeError(f"the buffer for weights lies at 0x{at:x}, not at a multiple of 4096 below 4 GiB")
        buffer[:] = data
        # The accelerator reads past the processor's caches.
        buffer.flush()
        return buffer

    def _load(self, image, memory):
        if memory is not None:
            self.control.write(self.facts["registers"]["MEMORY_BASE"]["address"], memory.device_address)
        window = self.facts["registers"]["WEIGHTS"]["address"]
        full, loading = 0x80, 0x02
        words = image.words.tolist()
        for i, word in enumerate(words):
            self._until(lambda: not self.control.read(window) & full, "the accelerator does not take weights")
            self.control.write(window + 4 if i == len(words) - 1 else window, word)
        self._until(lambda: not self.control.read(window) & (full | loading), "the weights do not come into place")
        status = self.control.read(window)
        if not status & 1 or status >> 4 & 7:
            raise RuntimeError(f"the accelerator refuses the weights: error {status >> 4 & 7}")
        if "READ_BACK" in self.facts["registers"] and self.weights_crc() != zlib.crc32(image.payload.tobytes()):
            lines = image.differences(self.read_weights())
            raise RuntimeError(f"the memories do not hold the weights: {lines[0] if lines else 'the CRC alone is wrong'}")

    def weights_crc(self):
        """CRC-32 of what the memories hold, in the order of an image's weights. Images wait until it has been read.

        Raises RuntimeError where the accelerator was built without --read-back.
        """
        return self._read_back(2)[-1]

    def read_weights(self):
        """The words that the memories hold, in the order of an image's weights. Images wait meanwhile.

        Raises RuntimeError where the accelerator was built without --read-back, or for a wrong CRC.
        """
        *words, crc = self._read_back(1)
        held = np.array(words, "<u4")
        if zlib.crc32(held.tobytes()) != crc:
            raise RuntimeError("what was read back has a wrong CRC")
        return held

    def check_weights(self, image=None):
        """Lines that say where the memories do not hold an image, by default the one that was loaded last; none where they do."""
        image = self._weights if image is None else image
        if image is None:
            raise RuntimeError("no image has been loaded")
        if not isinstance(image, WeightsImage):
            image = WeightsImage(image)
        return image.differences(self.read_weights())

    def _read_back(self, kind):
        if "READ_BACK" not in self.facts["registers"]:
            raise RuntimeError("this accelerator was built without --read-back")
        at = self.facts["registers"]["READ_BACK"]["address"]
        busy, valid, last = 1, 2, 4
        # What another program has asked for and not taken is in the way.
        while self.control.read(at) & busy:
            self._until(lambda: self.control.read(at) & valid or not self.control.read(at) & busy, "the weights do not come back")
            self.control.read(at + 4)
        self.control.write(at, kind)
        words, status = [], 0
        while not status & last:
            self._until(lambda: self.control.read(at) & valid, "the weights do not come back")
            status = self.control.read(at)
            words.append(self.control.read(at + 4))
        return words

    def counters(self):
        return {name: self.read(name) for name in ("FRAMES_IN", "FRAMES_OUT", "IN_STALL", "OUT_STALL", "BUSY")}

    def check(self, images, expected):
        """Runs the images; lines that say what differs from `expected`, see `differences`. None where all are equal."""
        return self.differences(self.infer(images), expected)

    def stalls(self):
        """What holds the images up, in a sentence, from STATUS and the counters since the last reset."""
        status = self.read("STATUS")
        c = self.counters()
        given = f"{c['FRAMES_IN']} images taken, {c['FRAMES_OUT']} answers given"
        if "MEMORY_BASE" in self.facts["registers"] and self.read("MEMORY_BASE") & 1:
            return (
                f"the memory with weights has answered with an error since they were loaded, or a code in it is wrong: "
                f"images ended without an answer {self._aborted()} times; {given}"
            )
        if status & 4:
            return f"the accelerator is held in reset (CONTROL is 1); {given}"
        if status & 2:
            return f"tlast came within an image: the DMA sent a wrong length, not {self.bytes_in} bytes an image; {given}"
        if c["FRAMES_IN"] == 0 and not status & 1:
            return "no beat of an image arrived: the DMA does not send"
        if c["FRAMES_IN"] == c["FRAMES_OUT"] == 0:
            return f"a part of an image is inside: its other beats did not arrive, or not all weights; {given}"
        busy = max(1, c["BUSY"])
        output, inputs = c["OUT_STALL"] / busy, c["IN_STALL"] / busy
        shares = f"{100 * output:.0f} % of the busy clocks an output beat waited, {100 * inputs:.0f} % an input beat; {given}"
        if output > 0.1:
            return f"the output waits to be taken, DMA or host are slower than the accelerator: {shares}"
        if inputs > 0.1:
            clocks = self.facts["registers"]["CLOCKS_PER_FRAME"]["value"]
            return f"the input waits for the accelerator, which takes an image every {clocks} clocks: {shares}"
        return f"the accelerator waits for images, DMA or host send more slowly than it computes: {shares}"

    def reset(self):
        """Empties accelerator and DMA, also in the middle of a frame; clears the counters; loads the weights again."""
        control = self.facts["registers"]["CONTROL"]["address"]
        self.control.write(control, 1)
        # Bit 2 of the DMA's control register resets both of its channels and clears itself.
        self.dma.mmio.write(0x00, 4)
        if self._memory is not None:
            # What the accelerator has asked of the memory is answered meanwhile, and dropped.
            time.sleep(0.001)
        self._until(lambda: not self.dma.mmio.read(0x00) & 4, "the DMA does not leave its reset")
        self.control.write(control, 0)
        self.dma.sendchannel.start()
        self.dma.recvchannel.start()
        if self._weights is not None:
            self.load(self._weights)

    def infer(self, images):
        """Outputs by name, [n, H, W, C] integers, of stored images [n, H, W, C].

        Raises MemoryFault where weights could not be read from memory; the images may simply be sent again. TimeoutError and
        DmaError: the accelerator has been reset.
        """
        images = self.stored(images)
        answers = []
        for at in range(0, len(images), self.batch):
            try:
                answers += self._transfer(images[at : at + self.batch])
            except TimeoutError as e:
                # The reset clears the counters, which tell what stood still.
                cause = self.stalls()
                self.reset()
                raise TimeoutError(f"{e}; {cause}") from e
            except DmaError:
                self.reset()
                raise
        return {s["name"]: np.stack([a[s["name"]] for a in answers]) for s in self.outputs}

    def _transfer(self, images):
        """Answers to images that one transfer sends; the accelerator waits while an answer's buffer is read."""
        size = len(images) * self.bytes_in
        self._in[:size] = np.concatenate([self.pack(image) for image in images])
        self._in.flush()
        answers, before = [], self._aborted()
        for i in range(len(images)):
            self.dma.recvchannel.transfer(self._out)
            if i == 0:
                self.dma.sendchannel.transfer(self._in, nbytes=size)
            self._wait(self.dma.recvchannel, "answer")
            self._out.invalidate()
            answers.append(self.unpack(self._out))
        self._wait(self.dma.sendchannel, "take the images")
        if self._aborted() != before:
            raise MemoryFault(
                "the memory with weights answered with an error, or a code in it is wrong: some of the "
                f"{len(images)} images sent together ended without an answer"
            )
        return answers

    def _aborted(self):
        """Images that ended for want of weights, modulo 2048; 0 where none are in external memory."""
        return self.read("MEMORY_BASE") >> 1 & 2047 if "MEMORY_BASE" in self.facts["registers"] else 0

    def _wait(self, channel, what):
        def done():
            for other, name in ((self.dma.sendchannel, "sending"), (self.dma.recvchannel, "receiving")):
                if other.error:
                    status = self.dma.mmio.read(0x04 if name == "sending" else 0x34)
                    faults = [text for bit, text in DMA_FAULTS.items() if status & bit]
                    raise DmaError(f"the DMA stopped {name}: {'; '.join(faults) or f'status 0x{status:08x}'}")
            return channel.idle

        self._until(done, f"the accelerator does not {what}")

    def _until(self, done, message):
        end = time.monotonic() + self.timeout
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"{message} within {self.timeout} s")

    def close(self):
        self._in.freebuffer()
        self._out.freebuffer()
        if self._memory is not None:
            self._memory.freebuffer()


def main(args):
    p = argparse.ArgumentParser(description="Runs images on the board and compares the answers with the golden model's.")
    p.add_argument("network", help="NAME.json, beside NAME.bit and NAME.hwh")
    p.add_argument("--images", required=True, help=".npy of stored integers [n, H, W, C]")
    p.add_argument("--check", required=True, help=".npz that addernet infer BUILD/integers.json --images X -o wrote")
    p.add_argument("--count", type=int, help="images to run; default: all")
    p.add_argument("--weights", help="weight image, for layers in RAM")
    p.add_argument("--read-back", action="store_true", help="compare what the memories hold with that image")
    p.add_argument("--timeout", type=float, default=5.0, help="seconds for each image")
    o = p.parse_args(args)
    images, expected = np.load(o.images)[: o.count], np.load(o.check)
    net = Accelerator(o.network, timeout=o.timeout)
    try:
        if o.weights:
            net.load(o.weights)
            if o.read_back:
                held = net.check_weights()
                for line in held:
                    print(line)
                if held:
                    return 1
                print(f"the memories hold {o.weights}")
        wrong = net.check(images, expected)
        for line in wrong:
            print(line)
        print(f"{len(images) - len(wrong)} of {len(images)} answers equal golden's")
        print(net.stalls())
    except (TimeoutError, DmaError, MemoryFault, ValueError, TypeError) as e:
        print(e, file=sys.stderr)
        return 1
    finally:
        net.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
