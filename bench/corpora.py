"""The bags that are measured: packages of generated files, the same bytes from the same arguments.

What real collections are made of, in the proportions that matter to a program: how many files, how large, and how well they
compress, because a page image leaves nothing for gzip to do, a photograph is its slowest case, and text its usual one.
"""

import gzip
import hashlib
import io
import random
import subprocess
import tarfile

MIB = 1 << 20
SEED = 20260101
CHUNK = 256 << 10


class Content:
    """Stretches of a few MiB of each kind, cut at places that depend on the file; each piece is marked as that file's."""

    def __init__(self):
        chance = random.Random(SEED)
        stored = hashlib.shake_128(b"stored").digest(32 * MIB)
        words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(4000)]
        prose = " ".join(chance.choices(words, weights=[1 / (rank + 3) for rank in range(4000)], k=900_000)).encode()
        lines = "".join(f'  <String ID="s{at:06}" CONTENT="{chance.choice(words)}" HPOS="{chance.randrange(4000)}" '
                        f'VPOS="{chance.randrange(6000)}"/>\n' for at in range(70_000)).encode()
        # Twice as many of sixteen values and none of sixteen others: nothing repeats, and Huffman codes save a little.
        skewed = bytes(at if at < 240 else (at - 240) * 7 for at in range(256))
        self.kinds = {"stored": stored, "photograph": stored.translate(skewed), "text": prose[: 4 * MIB], "xml": lines[: 4 * MIB]}

    def pieces(self, kind, size, key):
        pool = self.kinds[kind]
        mark = hashlib.sha256(key.encode()).digest()[:16]
        at = int.from_bytes(mark, "big") % len(pool)
        while size > 0:
            length = min(size, CHUNK)
            piece = pool[at:at + length]
            piece += pool[:length - len(piece)]
            yield (mark + piece[16:]) if length >= 16 else piece
            at = (at + length) % len(pool)
            size -= length


def pages(scale):
    """S: a digitised book: page images that gzip cannot shrink, their text, one METS."""
    chance = random.Random(SEED + 1)
    count = max(1, int(300 * scale))
    yield "data/b0001_mets.xml", "xml", 100_000 + 900 * count
    for page in range(count):
        yield f"data/objects/b0001_{page:04}.jp2", "stored", chance.randint(4_200_000, 5_800_000)
        yield f"data/alto/b0001_{page:04}.xml", "xml", chance.randint(12_000, 28_000)


def mixed(scale):
    """M: a born-digital mix: sizes from bytes to hundreds of MiB, a gigabyte in all, in folders with blanks."""
    chance = random.Random(SEED + 2)
    count = max(5, int(5000 * scale))
    weights = [chance.lognormvariate(0, 2) for _ in range(count)]
    unit = 1e9 * scale / sum(weights)
    for at, weight in enumerate(weights):
        kind, endings = chance.choice([("text", ("txt", "eml", "html")), ("photograph", ("jpg", "pdf", "mp4")),
                                       ("stored", ("zip", "docx"))])
        folders = "/".join(f"{chance.choice(('Letters', 'Photos', 'Work'))} {chance.randint(1, 9)}"
                           for _ in range(chance.randint(1, 4)))
        yield f"data/{folders}/file {at:05}.{chance.choice(endings)}", kind, max(1, int(weight * unit))


def records(count):
    """L: many records of about a kilobyte, a hundred to a folder."""
    chance = random.Random(SEED + 3)
    for at in range(count):
        yield f"data/{at // 10_000:03}/{at // 100 % 100:02}/record_{at:07}.json", "text", chance.randint(600, 1450)


def master(scale):
    """XL: one huge file."""
    yield "data/video/master.mkv", "stored", int(8e9 * scale)


def tiny(number):
    """Five files of text, ten kilobytes in all."""
    chance = random.Random(SEED + 4 + number)
    for at in range(5):
        yield f"data/file{at}.txt", "text", chance.randint(1500, 2500)


CORPORA = {"S": pages, "M": mixed, "L100K": lambda scale: records(int(100_000 * scale)),
           "L": lambda scale: records(int(1_000_000 * scale)), "XL": master}


class Packer:
    """Tar entries into a compressor."""

    def __init__(self, stream, root):
        self.tar, self.root = tarfile.open(fileobj=stream, mode="w|", format=tarfile.GNU_FORMAT), root

    def add(self, name, size, pieces):
        entry = tarfile.TarInfo(f"{self.root}/{name}")
        entry.size, entry.mode = size, 0o644
        self.tar.addfile(entry, _Pieces(pieces))

    def close(self):
        self.tar.close()


class _Pieces(io.RawIOBase):
    """What tarfile reads from."""

    def __init__(self, pieces):
        self.pieces, self.held = iter(pieces), b""

    def read(self, size=-1):
        while len(self.held) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.held += piece
        out, self.held = self.held[:size], self.held[size:]
        return out


def write_bag(stream, content, root, files):
    """Tag files first, as most tools do; returns the number of payload files and bytes."""
    files = list(files)
    lines, octets = [], 0
    for name, kind, size in files:
        digest = hashlib.sha256()
        for piece in content.pieces(kind, size, f"{root}/{name}"):
            digest.update(piece)
        lines.append(f"{digest.hexdigest()}  {name}\n")
        octets += size
    tags = {"bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": f"External-Identifier: {root}\nBagging-Date: 2026-01-01\nPayload-Oxum: {octets}.{len(files)}\n",
            "manifest-sha256.txt": "".join(lines)}
    tags["tagmanifest-sha256.txt"] = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
                                             for name, text in tags.items())
    packer = Packer(stream, root)
    for name, text in tags.items():
        packer.add(name, len(text.encode()), [text.encode()])
    for name, kind, size in files:
        packer.add(name, size, content.pieces(kind, size, f"{root}/{name}"))
    packer.close()
    return len(files), octets


def make(name, path, scale=1.0, identifier=None):
    """The package of a corpus; returns (identifier, files, bytes)."""
    identifier = identifier or f"bench-{name.lower()}"
    with open(path, "wb") as file:
        compressor = subprocess.Popen(["gzip", "-n", "-6"], stdin=subprocess.PIPE, stdout=file)
        count, octets = write_bag(compressor.stdin, Content(), identifier, CORPORA[name](scale))
        compressor.stdin.close()
        if compressor.wait():
            raise RuntimeError("gzip failed")
    return identifier, count, octets


def make_tiny(directory, count):
    """Packages tiny000000.tar.gz and so on; their names are their identifiers."""
    content = Content()
    names = []
    for number in range(count):
        identifier = f"tiny{number:06}"
        buffer = io.BytesIO()
        write_bag(buffer, content, identifier, tiny(number))
        (directory / f"{identifier}.tar.gz").write_bytes(gzip.compress(buffer.getvalue(), 6, mtime=0))
        names.append(identifier)
    return names
