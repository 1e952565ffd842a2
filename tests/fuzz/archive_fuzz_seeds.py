#!/usr/bin/python3
"""Seeds of archive_fuzz: small packages of every form and oddity, made by other programs than ours.

usage: archive_fuzz_seeds.py DIRECTORY
"""

import bz2
import gzip
import io
import lzma
import pathlib
import sys
import tarfile
import zipfile

FILES = {"b/bagit.txt": b"BagIt-Version: 1.0\n", "b/data/a.txt": b"hello\n" * 20, "b/data/empty": b""}


def tar_of(form, files=FILES, special=False):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        if special:
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
                entry = tarfile.TarInfo(f"b/{kind.decode()}")
                entry.type, entry.linkname = kind, "data/a.txt"
                tar.addfile(entry)
    # Without the padding of Python's records: two blocks of zeros end a tar.
    blocks = buffer.getvalue().rstrip(b"\0")
    return blocks + b"\0" * (-len(blocks) % 512 + 1024)


def zip_of(method, streamed=False, comment=b""):
    class Pipe(io.BytesIO):
        """Cannot go back, so that sizes follow the content."""

        def seekable(self):
            return not streamed

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        packed.comment = comment
        for name, content in FILES.items():
            with packed.open(zipfile.ZipInfo(name), "w", force_zip64=streamed) as entry:
                entry.write(content)
    return buffer.getvalue()


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    long_name = {"b/data/" + "n" * 140 + "/é": b"x"}
    plain = tar_of(tarfile.USTAR_FORMAT)
    seeds = {
        "ustar": plain,
        "gnu": tar_of(tarfile.GNU_FORMAT, long_name),
        "pax": tar_of(tarfile.PAX_FORMAT, long_name),
        "special": tar_of(tarfile.USTAR_FORMAT, special=True),
        "unsafe": tar_of(tarfile.USTAR_FORMAT, {"../evil": b"", "/abs": b"", "a/./b": b"", "a": b"", "a/b": b""}),
        "gzip": gzip.compress(plain, mtime=0),
        "gzip-members": gzip.compress(plain[:700], mtime=0) + gzip.compress(plain[700:], mtime=0),
        "gzip-padded": gzip.compress(plain, mtime=0) + b"\0" * 64,
        "bzip2": bz2.compress(plain),
        "xz": lzma.compress(plain),
        "zip-stored": zip_of(zipfile.ZIP_STORED),
        "zip-deflated": zip_of(zipfile.ZIP_DEFLATED, comment=b"a comment"),
        "zip-streamed": zip_of(zipfile.ZIP_DEFLATED, streamed=True),
    }
    for name, content in seeds.items():
        (directory / name).write_bytes(content)


if __name__ == "__main__":
    main()
