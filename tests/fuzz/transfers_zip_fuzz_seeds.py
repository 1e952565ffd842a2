#!/usr/bin/python3
"""Seeds of transfers_zip_fuzz: small packages of every form and compression, and bare compressed members behind the byte
that chooses the method, all made by other programs than ours.

usage: transfers_zip_fuzz_seeds.py DIRECTORY
"""

import bz2
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib

FILES = {
    "metadata/metadata.csv": b"filename,dc.identifier\nobjects/,WT/B/9/2/2\n",
    "metadata/rights.csv": b"file,basis\n" + b"objects/a.txt,copyright\n" * 20,
    "a.txt": b"hello\n",
}


def zip_of(method=zipfile.ZIP_STORED, streamed=False, comment=b"", files=tuple(FILES.items()), zip64=False):
    class Pipe(io.BytesIO):
        """Cannot go back, so that sizes follow the content."""

        def seekable(self):
            return not streamed

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        packed.comment = comment
        for name, content in files:
            with packed.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as entry:
                entry.write(content)
    return buffer.getvalue()


def by_7zip(*options):
    """The same packed by 7-Zip; nothing where it is not installed."""
    if not shutil.which("7zz"):
        return b""
    with tempfile.TemporaryDirectory() as directory:
        for name, content in FILES.items():
            path = pathlib.Path(directory, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        subprocess.run(
            ["7zz", "a", "-tzip", *options, "package.zip", *FILES], cwd=directory, check=True, stdout=subprocess.DEVNULL
        )
        return pathlib.Path(directory, "package.zip").read_bytes()


def zip64_end(package):
    """With the end records of zip64, which need not be there."""
    end = package.rfind(b"PK\5\6")
    count, size, begin = (int.from_bytes(package[end + a : end + b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    wide = b"PK\6\6" + (44).to_bytes(8, "little") + b"\x2d\0\x2d\0" + bytes(8)
    wide += b"".join(number.to_bytes(8, "little") for number in (count, count, size, begin))
    locator = b"PK\6\7" + bytes(4) + end.to_bytes(8, "little") + b"\1\0\0\0"
    return package[:end] + wide + locator + b"PK\5\6" + bytes(4) + b"\xff" * 12 + b"\0\0"


def data_of(package):
    """The data of the first member."""
    packed = int.from_bytes(package[18:22], "little")
    begin = 30 + int.from_bytes(package[26:28], "little") + int.from_bytes(package[28:30], "little")
    return package[begin : begin + packed]


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    plain = zip_of()
    unmarked = zip_of(files=(("caf#$.txt", b"x"), ("na%.txt", b"y"))).replace(b"#$", "é".encode()).replace(b"%", b"\x8b")
    deflate64 = by_7zip("-mm=Deflate64")
    text = FILES["metadata/rights.csv"]
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    seeds = {
        "stored": plain,
        "deflated": zip_of(zipfile.ZIP_DEFLATED, comment=b"a comment"),
        "bzip2": zip_of(zipfile.ZIP_BZIP2),
        "lzma": zip_of(zipfile.ZIP_LZMA),
        "deflate64": deflate64,
        "streamed": zip_of(zipfile.ZIP_DEFLATED, streamed=True),
        "zip64": zip64_end(zip_of(zipfile.ZIP_DEFLATED, zip64=True)),
        "twice": zip_of(files=(*FILES.items(), ("metadata/metadata.csv", b"again"))),
        "marked": zip_of(files=(("objects/é.txt", b"x"),)),
        "unmarked": unmarked,
        "nul": zip_of(files=(("nul#.txt", b"x"),)).replace(b"nul#", b"nul\0"),
        "encrypted": by_7zip("-psecret"),
        "aes": by_7zip("-psecret", "-mem=AES256"),
        "ppmd": by_7zip("-mm=PPMd"),
        "foreign": b"#!/bin/sh\n" + plain + b"\0" * 30,
        "truncated": plain[:-10],
        "spanned": b"PK\7\b" + plain,
        "empty-zip": b"PK\5\6" + bytes(18),
        # The first byte modulo 6 chooses among 0, 8, 9, 12, 14, 93.
        "data-deflate": b"\1" + raw.compress(text) + raw.flush(),
        "data-deflate64": b"\2" + data_of(deflate64),
        "data-bzip2": b"\3" + bz2.compress(text),
        "data-lzma": b"\4" + data_of(zip_of(zipfile.ZIP_LZMA)),
    }
    for name, content in seeds.items():
        if content:
            (directory / name).write_bytes(content)


if __name__ == "__main__":
    main()
