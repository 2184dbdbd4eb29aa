#!/usr/bin/env python3
"""Writes dictionary.json of this folder: python3 shared/vectors/make_dictionary.py

Updates of dictionary federations and features of the patches extractor, from the formats and
formulas (docs/federated-extractor.md, docs/protocol.md) in Python's big integers and floats, whose
+ - * / and square root are those of IEEE 754, as JavaScript's are.
"""

import json
import math
import random
import struct

from make_vectors import FOLDER, f32, frame, sha256

SMALL = {
    "schema": 1, "kind": "dictionary", "id": "vector", "title": "Vector", "description": "",
    "input": {"kind": "image", "width": 6, "height": 6, "channels": 1},
    "dictionary": {"size": 3, "filters": 2, "padding": 0, "grid": {"width": 2, "height": 2},
                   "rectifier": 0.1, "contrastFloor": 25.5, "bits": 3},
    "learning": {"rounds": 2, "patches": 300, "leastDeviation": 25.5, "whiteningEpsilon": 0.01,
                 "clip": 6, "inertia": 0.25, "sumBits": 16, "images": 100},
    "federation": {"cohort": 2, "panel": 3, "seed": 5},
    "privacy": {"mode": "plain"},
}


def pack(values, bits, signed) -> bytes:
    shift = 2 ** (bits - 1) - 1 if signed else 0
    number = 0
    for i, value in enumerate(values):
        assert 0 <= value + shift < 2**bits
        number |= value + shift << i * bits
    return number.to_bytes((len(values) * bits + 7) // 8, "little")


def update(round_, fields):
    task = sha256(json.dumps(SMALL, sort_keys=True, separators=(",", ":")).encode())
    base = sha256(b"state %d" % round_)
    values = [value for field, _, _ in fields for value in field]
    payload = b"".join(pack(*field) for field in fields)
    return {"round": round_, "task": SMALL, "taskHash": task, "base": base, "values": values,
            "frame": frame(5, 0, 0, task, base, round_, len(values), payload).hex()}


def features(images, side, weights, size, filters, grid, rectifier, floor):
    """Responses of one image after the other, in the order that the extractor's file says."""
    responses = side - size + 1
    cell = responses // grid
    n = size * size
    out = []
    for image in images:
        sums = [0.0] * (grid * grid * filters)
        for y in range(responses):
            for x in range(responses):
                patch = [image[(y + i // size) * side + x + i % size] for i in range(n)]
                total, squares = sum(patch), sum(p * p for p in patch)
                scale = f32(1 / (math.sqrt((n * squares - total * total) / n) + floor))
                for f in range(filters):
                    product = 0.0
                    for i, pixel in enumerate(patch):
                        product += pixel * weights[i * filters + f]
                    response = product * scale - f32(rectifier)
                    if response > 0:
                        sums[(y // cell * grid + x // cell) * filters + f] += response
        out += [f32(value / (cell * cell)) for value in sums]
    return out


def main():
    rng = random.Random(20261123)
    whole = lambda count, low, high: [rng.randint(low, high) for _ in range(count)]
    largest = 2**15 - 1
    cases = [
        update(1, [([300], 9, False), (whole(45, -largest, largest), 16, True)]),
        update(2, [(whole(2, 0, 511), 9, False), (whole(18, -largest, largest), 16, True)]),
        update(4, [([100], 7, False), (whole(8 * 16, 0, 100), 7, False)]),
        update(7, [([17], 7, False), (whole(8 * 19, 0, 127), 7, False)]),
    ]
    side, size, filters = 7, 4, 3
    images = [[rng.choice([0, 0, rng.randrange(256)]) for _ in range(side * side)] for _ in range(4)]
    weights = [f32(rng.uniform(-2, 2)) for _ in range(size * size * filters)]
    values = features(images, side, weights, size, filters, 2, 0.1, 25.5)
    result = {"cases": cases, "features": {
        "side": side, "size": size, "filters": filters, "grid": 2, "rectifier": 0.1,
        "contrastFloor": 25.5, "pixels": sum(images, []), "weights": weights,
        "values": struct.pack(f"<{len(values)}f", *values).hex()}}
    text = ",\n".join(json.dumps({name: value})[1:-1] for name, value in result.items())
    (FOLDER / "dictionary.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()
