#!/usr/bin/env python3
"""Writes the known-answer files of this folder: python3 shared/vectors/make_vectors.py

An independent implementation of the frames and rules in Python's standard library, written from the
formats and formulas (docs/protocol.md), not from the TypeScript code: big integers and exact
fractions where that one uses typed arrays. The tests of shared/src/codec and shared/src/rules must
reproduce every byte. Bytes are hexadecimal; latents are integers; f32 values are written exactly.
"""

import hashlib
import json
import math
import random
import struct
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
KINDS = {"update": 1, "step": 2, "model": 3, "bits": 4}
RULES = {"sign-vote": 1, "fedavg": 2}
ZERO = "00" * 32


def crc32c(data: bytes) -> int:
    """Bit by bit, polynomial 0x1EDC6F41 reflected (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def frame(kind, rule, flags, task, base, round_, parameters, payload) -> bytes:
    head = struct.pack(
        "<4sBBBB32s32sIII", b"FHBN", 1, kind, rule, flags,
        bytes.fromhex(task), bytes.fromhex(base), round_, parameters, len(payload),
    )
    assert len(head) == 84
    return head + payload + struct.pack("<I", crc32c(head + payload))


def f32(x: float) -> float:
    return struct.unpack("<f", struct.pack("<f", x))[0]


# --- seeds and coins ---------------------------------------------------------------------------


def derive_seed(parent, *path) -> str:
    text = json.dumps([parent, *path], separators=(",", ":"))
    return sha256(text.encode())[:32]


def coins(seed: str):
    """xoroshiro128+ (Blackman & Vigna 2018: 24, 16, 37); heads where bit 31 of a draw is set."""
    mask = (1 << 64) - 1
    rotl = lambda x, k: ((x << k) | (x >> (64 - k))) & mask
    w = [int(seed[at : at + 8], 16) for at in (0, 8, 16, 24)]
    s0, s1 = w[0] << 32 | w[1], w[2] << 32 | w[3]
    while True:
        yield ((s0 + s1) >> 31) & 1
        s1 ^= s0
        s0, s1 = rotl(s0, 24) ^ s1 ^ ((s1 << 16) & mask), rotl(s1, 37)


def signs_to_bytes(values, coin_seed: str) -> bytes:
    """One bit a value, least significant first; a zero takes the next coin."""
    coin = coins(coin_seed)
    number = 0
    for i, value in enumerate(values):
        if value > 0 or (value == 0 and next(coin)):
            number |= 1 << i
    return number.to_bytes((len(values) + 7) // 8, "little")


def bytes_to_signs(data: bytes, count: int):
    number = int.from_bytes(data, "little")
    return [1 if number >> i & 1 else -1 for i in range(count)]


# --- rules -------------------------------------------------------------------------------------


def sign_vote(name, seed, round_, rounds, server_step, latents, locals_):
    n = len(latents)
    round_seed = derive_seed(seed, "round", round_)
    clients = []
    for c, local in enumerate(locals_):
        client_seed = derive_seed(round_seed, "client", f"client-{c}")
        drift = [Fraction(x) - Fraction(h, 2**15) for x, h in zip(local, latents)]
        payload = signs_to_bytes(drift, derive_seed(client_seed, "vote-coin"))
        clients.append({"client": f"client-{c}", "seed": client_seed, "local": local,
                        "ties": sum(d == 0 for d in drift), "payload": payload.hex()})
    sums = [0] * n
    for client in clients:
        for i, vote in enumerate(bytes_to_signs(bytes.fromhex(client["payload"]), n)):
            sums[i] += vote
    step = signs_to_bytes(sums, derive_seed(round_seed, "step-coin"))
    exact = server_step * (0.1 + 0.45 * (1 + math.cos(math.pi * (round_ - 1) / rounds))) * 2**15
    assert abs(exact % 1 - 0.5) > 1e-6, "too near a half to tell"
    distance = max(1, round(exact))
    after = [max(-32767, min(32767, h + distance * s))
             for h, s in zip(latents, bytes_to_signs(step, n))]
    return {"name": name, "taskSeed": seed, "round": round_, "rounds": rounds,
            "serverStep": server_step, "latents": latents, "roundSeed": round_seed,
            "clients": clients, "sums": sums, "distance": distance, "step": step.hex(),
            "after": after}


def away_from_zero(x: Fraction) -> int:
    size = math.floor(abs(x) + Fraction(1, 2))
    return -size if x < 0 else size


def fedavg(name, round_, locals_):
    n = len(locals_[0])
    units = [[away_from_zero(Fraction(x) * 2**24) for x in local] for local in locals_]
    sums = [sum(u[i] for u in units) for i in range(n)]
    after = [away_from_zero(Fraction(s, len(locals_))) for s in sums]
    step = struct.pack(f"<{n}f", *[a / 2**24 for a in after])
    return {"name": name, "round": round_,
            "clients": [{"local": x, "payload": struct.pack(f"<{n}f", *x).hex()} for x in locals_],
            "sums": sums, "step": step.hex(), "after": after}


# --- files -------------------------------------------------------------------------------------


def model_file(name, task, round_, fraction, latents):
    payload = struct.pack(f"<{len(latents)}{'h' if fraction == 15 else 'i'}", *latents)
    data = frame(KINDS["model"], 0, fraction, task, ZERO, round_, len(latents), payload)
    return {"name": name, "taskHash": task, "round": round_, "fraction": fraction,
            "latents": latents, "file": data.hex(), "sha256": sha256(data)}


def bits_file(name, rows, labels, classes):
    cols = len(rows[0])
    payload = struct.pack("<II", cols, classes)
    for row in rows:
        payload += sum(bit << c for c, bit in enumerate(row)).to_bytes((cols + 7) // 8, "little")
    payload += struct.pack(f"<{len(labels)}H", *labels)
    data = frame(KINDS["bits"], 0, 0, ZERO, ZERO, 0, len(rows), payload)
    return {"name": name, "rows": ["".join(map(str, row)) for row in rows], "labels": labels,
            "classes": classes, "file": data.hex(), "sha256": sha256(data)}


def round_frame(kind, name, rule, task, base, round_, parameters, payload):
    data = frame(KINDS[kind], RULES[rule], 0, task, base, round_, parameters, payload)
    return {"name": name, "rule": rule, "taskHash": task, "baseHash": base, "round": round_,
            "parameters": parameters, "payload": payload.hex(), "frame": data.hex(),
            "sha256": sha256(data)}


def broken_frames(good: bytes):
    """What a decoder must answer to damage of a good frame of kind `update`."""

    def patched(at, data, seal=True):
        body = bytearray(good)
        body[at : at + len(data)] = data
        if seal:
            body[-4:] = struct.pack("<I", crc32c(bytes(body[:-4])))
        return bytes(body)

    cases = [
        ("nothing", b"", "frame-truncated"),
        ("a header cut short", good[:83], "frame-truncated"),
        ("no checksum", good[:-4], "frame-truncated"),
        ("one byte missing", good[:-1], "frame-truncated"),
        ("one byte too many", good + b"\0", "frame-corrupt"),
        ("another magic", patched(0, b"FHBM"), "frame-corrupt"),
        ("another version", patched(4, b"\x02"), "frame-corrupt"),
        ("another kind", patched(5, b"\x02"), "frame-corrupt"),
        ("a payload length beyond the end", patched(80, b"\xff\xff\xff\xff"), "frame-truncated"),
        ("a payload length too small", patched(80, b"\0\0\0\0"), "frame-corrupt"),
        ("a flipped payload bit", patched(84, bytes([good[84] ^ 1]), False), "frame-corrupt"),
        ("a flipped round bit", patched(72, bytes([good[72] ^ 1]), False), "frame-corrupt"),
        ("a flipped checksum bit", patched(len(good) - 1, bytes([good[-1] ^ 128]), False),
         "frame-corrupt"),
    ]
    return [{"name": n, "frame": data.hex(), "code": code} for n, data, code in cases]


def write(name: str, groups: dict) -> None:
    """One case a line."""
    parts = [f'"{group}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]"
             for group, cases in groups.items()]
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")


def main() -> None:
    rng = random.Random(20260101)
    task, base = sha256(b"a task"), sha256(b"a base model")

    crc = [("32 zero bytes", bytes(32)), ("32 bytes of ones", b"\xff" * 32),
           ("ascending", bytes(range(32))), ("descending", bytes(range(31, -1, -1))),
           ("check value", b"123456789"), ("nothing", b"")]
    rfc = [0x8A9136AA, 0x62A8AB43, 0x46DD794E, 0x113FDB5C, 0xE3069283, 0]
    assert [crc32c(data) for _, data in crc] == rfc, "this script disagrees with RFC 3720"

    plain = [("empty payload", "update", 1, 0, task, base, 1, 0, b""),
             ("one byte", "step", 2, 0, task, base, 2, 8, b"\xa5"),
             ("largest numbers", "model", 255, 255, "ff" * 32, "ff" * 32, 2**32 - 1, 2**32 - 1,
              rng.randbytes(33)),
             ("no hashes", "bits", 0, 0, ZERO, ZERO, 0, 3, rng.randbytes(100))]
    frames = []
    for name, kind, rule, flags, t, b, r, p, payload in plain:
        data = frame(KINDS[kind], rule, flags, t, b, r, p, payload)
        frames.append({"name": name, "kind": kind, "rule": rule, "flags": flags, "taskHash": t,
                       "baseHash": b, "round": r, "parameters": p, "payload": payload.hex(),
                       "frame": data.hex()})
    good = frame(KINDS["update"], 1, 0, task, base, 7, 40, b"\x12\x34\x56\x78\x9a")
    write("frame", {
        "crc32c": [{"name": n, "bytes": d.hex(), "crc": c} for (n, d), c in zip(crc, rfc)],
        "frames": frames, "broken": broken_frames(good)})

    for kind in ("update", "step"):
        write(kind, {"cases": [
            round_frame(kind, "13 signs", "sign-vote", task, base, 3, 13, b"\xc4\x1e"),
            round_frame(kind, "64 signs", "sign-vote", task, base, 50, 64, rng.randbytes(8)),
            round_frame(kind, "three fp32 latents", "fedavg", task, base, 1, 3,
                        struct.pack("<3f", 0.25, -1.0, 2.0**-24))]})

    write("model", {"cases": [
        model_file("int16", task, 0, 15, [0, 1, -1, 32767, -32767, 3277, -3277]),
        model_file("int32", task, 12, 24, [0, 1, -1, 2**24, -(2**24), 1234567]),
        model_file("no latents", task, 1, 15, [])]})

    write("bits", {"cases": [
        bits_file("11 bits", [[rng.randrange(2) for _ in range(11)] for _ in range(3)],
                  [0, 9, 4], 10),
        bits_file("130 bits", [[rng.randrange(2) for _ in range(130)] for _ in range(2)],
                  [256, 0], 257)]})

    def near(latents, spread, ties):
        """Local latents around the global ones, in [-1, 1]; a share of them unmoved."""
        return [h / 2**15 if rng.random() < ties
                else f32(max(-1, min(1, h / 2**15 + rng.uniform(-spread, spread))))
                for h in latents]

    small = [0, 100, -100, 32767, -32767, 32700, -32700, 5]
    ones = [[h / 2**15 + d / 2**16 if abs(h) < 32767 else h / 2**15 - math.copysign(2**-16, h)
             for h, d in zip(small, drift)]
            for drift in ([1, 1, 1, 1, -1, -1, -1, -1], [1, 1, -1, 1, -1, 1, -1, 1],
                          [1, -1, -1, 1, -1, 1, -1, -1])]
    wide = [rng.randrange(-32767, 32768) for _ in range(45)]
    write("sign-vote", {"cases": [
        sign_vote("three clients, no ties", 1, 1, 50, 0.01, small, ones),
        sign_vote("clips at both ends", 2, 2, 50, 0.01, [32767, -32767, 32760, -32760, 7],
                  [[f32(1.0), -1.0, 1.0, -1.0, 1.0]]),
        sign_vote("four clients, ties at clients and in the sum", 3, 26, 50, 0.03, wide,
                  [near(wide, 0.05, 0.4) for _ in range(4)]),
        sign_vote("last round, smallest step", 4, 30, 30, 0.0001, wide,
                  [near(wide, 0.01, 0.0) for _ in range(5)])]})

    tenth = [f32(x) for x in (0.1, -0.1, 1.0, -1.0, 0.0, 1 / 3, -2 / 3, 2.0**-25, -(2.0**-25),
                              3 * 2.0**-25, 2.0**-26, -(2.0**-140))]
    write("fedavg", {"cases": [
        fedavg("one client: its latents to 24 bits", 1, [tenth]),
        fedavg("two clients: halves go away from zero", 2,
               [[2.0**-24, -(2.0**-24), 1.0, 0.5], [0.0, 0.0, -1.0, 0.25]]),
        fedavg("seven clients", 9,
               [[f32(rng.uniform(-1, 1)) for _ in range(29)] for _ in range(7)])]})


if __name__ == "__main__":
    main()
