#!/usr/bin/python3
"""Makes a small but real bag for the demonstration: text, an image, names with blanks and accents.

usage: make_demo_bag.py DIRECTORY

The image is drawn here, pixel by pixel: a chart of an island with depth lines. Python's standard library only.
SOURCE_DATE_EPOCH in the environment gives the bag another date than today's.
"""

import datetime
import hashlib
import math
import os
import pathlib
import struct
import sys
import time
import zlib

IDENTIFIER = "SEA/1887/12"
WIDTH, HEIGHT = 480, 320

LETTER = """\
Den Haag, le 3 décembre 1887

Cher Monsieur,

Veuillez trouver ci-joint la carte des approches du nord, relevée en été.
Les sondes sont en brasses ; l'île « Ærø » est indiquée d'après Sørensen.
"""

CATALOGUE = """\
<?xml version="1.0" encoding="UTF-8"?>
<mets xmlns="http://www.loc.gov/METS/" OBJID="SEA/1887/12" LABEL="Chart of the northern approaches">
  <structMap TYPE="logical"><div TYPE="map" LABEL="Sheet 1"/></structMap>
</mets>
"""


def height(x, y):
    """Metres above the sea of an invented island."""
    u, v = (x - WIDTH * 0.46) / WIDTH, (y - HEIGHT * 0.52) / HEIGHT
    bays = 0.05 * math.sin(9 * math.atan2(v, u) + 1.3) + 0.03 * math.sin(17 * u - 11 * v)
    hill = 90 * math.exp(-((u - 0.06) ** 2 + (v + 0.05) ** 2) * 60)
    return hill + 160 * (0.26 + bays - math.hypot(u * 1.1, v * 0.8))


def colour(x, y):
    level = height(x, y)
    nearest_line = abs(level / 15 - round(level / 15)) * 15
    if abs(level) < 1.6:
        return (70, 50, 30)
    if level > 0:
        shade = min(level / 90, 1.0)
        base = (226 - 60 * shade, 208 - 70 * shade, 160 - 80 * shade)
        return tuple(int(part * (0.9 if nearest_line < 1 else 1)) for part in base)
    depth = min(-level / 110, 1.0)
    base = (205 - 130 * depth, 226 - 90 * depth, 236 - 50 * depth)
    return tuple(int(part * (0.93 if nearest_line < 0.8 else 1)) for part in base)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def draw():
    """A PNG: 8-bit RGB, one filter byte before each line."""
    lines = bytearray()
    for y in range(HEIGHT):
        lines.append(0)
        for x in range(WIDTH):
            lines.extend(colour(x, y))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(lines), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def manifest(files, names):
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(names)).encode()


def bagging_date():
    seconds = float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).date().isoformat()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    payload = {
        "data/METS.xml": CATALOGUE.encode(),
        "data/sheets/0001 Northern approaches.png": draw(),
        "data/correspondence/lettre à Sørensen.txt": LETTER.encode(),
        "data/correspondence/reply (draft).txt": b"Received with thanks.\n",
    }
    octets = sum(map(len, payload.values()))
    info = {
        "Source-Organization": "Harbour Map Room",
        "External-Identifier": IDENTIFIER,
        "External-Description": "Chart of the northern approaches",
        "Internal-Sender-Identifier": "88412",
        "Bagging-Date": bagging_date(),
        "Payload-Oxum": f"{octets}.{len(payload)}",
    }
    files = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in info.items()).encode(),
        "manifest-sha256.txt": manifest(payload, payload),
        **payload,
    }
    files["tagmanifest-sha256.txt"] = manifest(files, files.keys() - payload.keys())
    for name, content in files.items():
        path = pathlib.Path(sys.argv[1]) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
