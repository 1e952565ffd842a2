#!/usr/bin/python3
"""What the ways out of a large bag cost: its description, its newest files and the whole of it as a package.

usage: bench/ways_out.py [--files N] [--rounds N] [DIRECTORY]

Makes a bag of N files of 10 bytes and one of 64 MiB below DIRECTORY (a temporary one, unless given), stores it, and asks for
its description (plain, gzip, read slowly), for files by name and for the package, N times each. Prints the time to the first
byte, the whole time, how much the service's memory grew by, and how long a small request had to wait meanwhile at most.
STRONGROOM_BINARY names another program than the release build.
"""

import argparse
import hashlib
import io
import pathlib
import random
import shutil
import statistics
import tarfile
import tempfile
import time

from service import Beat, Service

LARGE = 64 << 20


class Packer:
    """Writes a bag into a package, file by file."""

    def __init__(self, path):
        self.tar = tarfile.open(path, "w:gz", compresslevel=1)
        self.manifest = io.BytesIO()
        self.octets = self.count = 0

    def add(self, name, content):
        entry = tarfile.TarInfo("bag/" + name)
        entry.size = len(content)
        self.tar.addfile(entry, io.BytesIO(content))

    def payload(self, name, content):
        self.add(name, content)
        self.manifest.write(f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
        self.octets += len(content)
        self.count += 1

    def finish(self):
        tags = {
            "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": (f"External-Identifier: large\nBagging-Date: 2026-01-01\n"
                             f"Payload-Oxum: {self.octets}.{self.count}\n").encode(),
            "manifest-sha256.txt": self.manifest.getvalue(),
        }
        lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in tags.items())
        for name, content in {**tags, "tagmanifest-sha256.txt": lines.encode()}.items():
            self.add(name, content)
        self.tar.close()


def pack(path, files):
    packer = Packer(path)
    for number in range(files):
        packer.payload(f"data/{number // 1000:04}/{number:07}.txt", b"%010d" % number)
    packer.payload("data/large.bin", hashlib.shake_128(b"large").digest(LARGE))
    packer.finish()


class Watch(Beat):
    """Asks for something small again and again, and looks at the memory, while something else is going on."""

    def __init__(self, service):
        super().__init__(self.look, 0.005)
        self.service, self.waits = service, []
        self.before = self.peak = service.memory()

    def look(self):
        begun = time.monotonic()
        self.service.ask("GET", "/ingests?limit=1").read()
        self.waits.append(time.monotonic() - begun)
        self.peak = max(self.peak, self.service.memory())


def measure(service, path, headers=None, slowly=False):
    """First byte and whole in seconds, bytes, growth in MiB, longest wait of others in ms."""
    with Watch(service) as watch:
        begun = time.monotonic()
        answer = service.ask("GET", path, headers=headers)
        assert answer.status in (200, 206), answer.status
        size = len(answer.read(1))
        first = time.monotonic() - begun
        while piece := answer.read(1 << 20):
            size += len(piece)
            if slowly:
                time.sleep(0.05)
        whole = time.monotonic() - begun
    return first, whole, size, watch.peak - watch.before, max(watch.waits) * 1000


def show(what, rows):
    first, whole, size, growth, wait = (statistics.median(column) for column in zip(*rows))
    print(f"{what:24} {first * 1000:9.1f} {whole:9.2f} {size / (1 << 20):9.1f} {growth:9.1f} {wait:9.1f}", flush=True)


def run(directory, files, rounds):
    data = directory / "data"
    (data / "uploads").mkdir(parents=True)
    print(f"packing {files:,} files", flush=True)
    pack(data / "uploads/bag.tar.gz", files)
    service = Service(data)
    try:
        begun = time.monotonic()
        service.end(service.begin("large", "bag.tar.gz"), 0.2)
        print(f"stored in three locations in {time.monotonic() - begun:.1f} s\n")
        print(f"{'medians':24} {'first, ms':>9} {'whole, s':>9} {'MiB':>9} {'grew, MiB':>9} {'others, ms':>10}")
        chance = random.Random(1)
        names = [f"{number // 1000:04}/{number:07}.txt" for number in (chance.randrange(files) for _ in range(rounds))]
        bag = "/bags/bench/large"
        show("description", [measure(service, bag) for _ in range(rounds)])
        show("description, gzip", [measure(service, bag, {"Accept-Encoding": "gzip"}) for _ in range(rounds)])
        show("description, slow reader", [measure(service, bag, slowly=True)])
        show("one small file", [measure(service, f"{bag}/content/data/{name}") for name in names])
        show("one file of 64 MiB", [measure(service, f"{bag}/content/data/large.bin") for _ in range(rounds)])
        show("its last 1 MiB", [measure(service, f"{bag}/content/data/large.bin", {"Range": f"bytes=-{1 << 20}"})
                                for _ in range(rounds)])
        show("the whole as tar.gz", [measure(service, f"{bag}/archive")])
    finally:
        service.stop()


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("directory", nargs="?")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-bench-", dir=options.directory))
    try:
        run(directory, options.files, options.rounds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
