# Writes resize.pillow.json: what Pillow (up to 12; first measured with 11.3) makes of pictures drawn here.
#   pip install "pillow<13" && python generator/files/resize.pillow.py > generator/files/resize.pillow.json
import hashlib
import json

from PIL import Image, ImageOps

FILTERS = {n: getattr(Image.Resampling, n.upper()) for n in ("nearest", "box", "bilinear", "bicubic", "lanczos")}
SIZES = [((5, 7), (3, 4)), ((5, 7), (11, 9)), ((1, 1), (4, 5)), ((3, 3), (1, 1)), ((28, 28), (32, 32)), ((40, 23), (8, 8)),
         ((8, 40), (8, 8)), ((17, 9), (17, 4)), ((31, 97), (50, 30)), ((48, 64), (10, 10))]


def drawn(height, width, channels):
    """Hard edges and all values: 3 i^2 + 7 i, and 0 or 255 in each third row."""
    values = [(3 * i * i + 7 * i) % 256 for i in range(height * width * channels)]
    row = width * channels
    return bytes(255 * (v & 1) if i // row % 3 == 0 else v for i, v in enumerate(values))


cases = []
for (h, w), (rows, columns) in SIZES:
    for channels, mode in ((1, "L"), (3, "RGB")):
        image = Image.frombytes(mode, (w, h), drawn(h, w, channels))
        for name, f in FILTERS.items():
            for crop in (False, True):
                got = ImageOps.fit(image, (columns, rows), f) if crop else image.resize((columns, rows), f)
                cases.append([h, w, channels, rows, columns, name, crop, hashlib.sha256(got.tobytes()).hexdigest()[:16]])
print("[\n" + ",\n".join("  " + json.dumps(c) for c in cases) + "\n]")
