"""Makes bags and packs them. The same arguments always give the same bytes.

A Bag is sealed (manifests, tag manifests, oxum) and then a plain mapping of names to bytes, `files`, which a test may
damage as it likes before packing.
"""

import gzip
import hashlib
import io
import random
import tarfile

AWKWARD_NAMES = (
    "data/plan of the harbour.txt",
    "data/Übersicht/Straße nach Ærø.txt",
    "data/cafe\u0301 decomposed.txt",
    "data/地図/第一.txt",
    "data/100% & more.txt",
    "data/-dash/.hidden",
    "data/a'b\"c$d.txt",
    "data/empty",
)


def hex_digest(algorithm, content):
    return hashlib.new(algorithm, content).hexdigest()


class Bag:
    """Payload and bag-info of one bag. Fields given as None are left out; Payload-Oxum is computed unless given."""

    def __init__(self, identifier, payload=None, fields=(), algorithms=("sha256",), tag_algorithms=("sha256",),
                 version="0.97", tag_files=None, oxum=None, date="2024-05-01"):
        self.identifier = identifier
        self.payload = {"data/a.txt": b"hello\n"} if payload is None else dict(payload)
        self.fields = list(fields)
        self.algorithms = algorithms
        self.tag_algorithms = tag_algorithms
        self.version = version
        self.tag_files = dict(tag_files or {})
        self.oxum = oxum
        self.date = date
        self.files = {}
        self.seal()

    def info(self):
        """The fields of bag-info.txt in order; extra ones between the required."""
        octets = sum(len(content) for content in self.payload.values())
        return [
            ("External-Identifier", self.identifier),
            *self.fields,
            ("Bagging-Date", self.date),
            ("Payload-Oxum", self.oxum or f"{octets}.{len(self.payload)}"),
        ]

    def seal(self):
        lines = "".join(f"{label}: {value}\n" for label, value in self.info() if value is not None)
        self.files = {
            "bagit.txt": f"BagIt-Version: {self.version}\nTag-File-Character-Encoding: UTF-8\n".encode(),
            "bag-info.txt": lines.encode(),
            **self.tag_files,
            **self.payload,
        }
        for algorithm in self.algorithms:
            self.files[f"manifest-{algorithm}.txt"] = self.manifest(algorithm, sorted(self.payload))
        self.seal_tags()
        return self

    def seal_tags(self):
        """Makes the tag manifests right again for the tag files as they are now."""
        names = sorted(n for n in self.files if not n.startswith("data/") and not n.startswith("tagmanifest-"))
        for algorithm in self.tag_algorithms:
            self.files[f"tagmanifest-{algorithm}.txt"] = self.manifest(algorithm, names)
        return self

    def fetching(self, lines, brought=()):
        """A partial bag (RFC 8493, 2.2.3): its fetch.txt has these lines, of the payload it brings these files only."""
        self.files["fetch.txt"] = "".join(line + "\n" for line in lines).encode()
        self.seal_tags()
        for name in self.payload:
            if name not in brought:
                del self.files[name]
        return self

    def manifest(self, algorithm, names):
        return "".join(f"{hex_digest(algorithm, self.files[name])}  {name}\n" for name in names).encode()

    @property
    def size(self):
        return sum(len(content) for content in self.files.values())

    def package(self, top="", compress=True):
        return package(self.files, top, compress)


def package(files, top="", compress=True, level=1):
    """A (compressed) POSIX tar of these files, each name behind `top`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(top + name)
            entry.size = len(content)
            entry.mtime = 1_700_000_000
            tar.addfile(entry, io.BytesIO(content))
    plain = buffer.getvalue()
    return gzip.compress(plain, level, mtime=0) if compress else plain


def awkward_payload():
    """A few files whose names need care."""
    return {
        name: b"" if name.endswith("empty") else f"content of {name}\n".encode() * 3 for name in AWKWARD_NAMES
    }


def random_payload(seed, count, small=2000, large=0, large_bytes=1_000_000):
    """`count` small files of up to `small` bytes in directories of a hundred, and `large` ones of `large_bytes`."""
    chance = random.Random(seed)
    payload = {
        f"data/part {number // 100:03}/file {number:06}.bin": chance.randbytes(chance.randint(0, small))
        for number in range(count)
    }
    for number in range(large):
        payload[f"data/large/{number:03}.bin"] = chance.randbytes(large_bytes)
    return payload
