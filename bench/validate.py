#!/usr/bin/python3
"""How fast `strongroom bag validate` checks bags, beside `sha256sum -c`, which does half of the work: it does not look for
files that no manifest lists, nor at the tag files, nor at anything but digests.

usage: bench/validate.py [--rounds N] [--small FILES] [--large MIB] [--beside COMMAND] [--entries N] [DIRECTORY]

Makes two bags below DIRECTORY (a temporary one, unless given): many files of 1 KB, and few of 64 MiB; then runs both programs
in turn, N times each, with the page cache warm and, as root, cold. Prints the medians, their ratio, and the peak memory.
COMMAND is another validator, which is given the bag's directory as its last argument. --entries measures nothing but time and
peak memory of validating a package of that many entries, empty files.
STRONGROOM_BINARY names another program than the release build.
"""

import argparse
import hashlib
import os
import pathlib
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRONGROOM = os.environ.get("STRONGROOM_BINARY", str(ROOT / "build/release/strongroom"))
DROP = pathlib.Path("/proc/sys/vm/drop_caches")


def content(seed, size):
    """Bytes that are the same in every run, and do not compress."""
    return hashlib.shake_128(str(seed).encode()).digest(size)


def make(directory, name, count, size):
    """A bag of `count` files of `size` bytes, a thousand to a directory; with a package of it."""
    bag = directory / name
    for at in range(count):
        place = bag / f"{at // 1000:04}"
        if at % 1000 == 0:
            place.mkdir(parents=True)
        with open(place / f"{at:07}.bin", "wb") as file:
            if size <= 1 << 20:
                file.write(content(at, size))
            else:
                block = content(at, 1 << 20)
                for _ in range(size >> 20):
                    file.write(block)
    package = directory / f"{name}.tar.gz"
    subprocess.run([STRONGROOM, "bag", "create", str(bag), "--id", name], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["tar", "-czf", str(package), "-C", str(directory), name], check=True)
    return bag, package


def measure(command, cwd, cold):
    """Wall seconds, processor seconds and peak MiB of one run."""
    os.sync()
    if cold:
        DROP.write_text("3\n")
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make_entries(path, count):
    """A bag in a tar of `count` entries, all but two of them empty payload files; nothing of it is held in memory."""
    line = hashlib.sha256(b"").hexdigest().encode() + b"  data/%05d/%08d\n"
    declaration = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = range(count - 2)
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT))
    header[:100] = bytes(100)
    header[148:156] = b" " * 8
    rest, blank = bytes(header[100:]), sum(header)
    with open(path, "wb") as file:
        compressor = subprocess.Popen(["gzip", "-1", "-n"], stdin=subprocess.PIPE, stdout=file)
        out = compressor.stdin
        for name, size, pieces in (("bagit.txt", len(declaration), [declaration]),
                                   ("manifest-sha256.txt", len(payload) * len(line % (0, 0)),
                                    (line % (at // 1000, at) for at in payload))):
            entry = tarfile.TarInfo(f"bag/{name}")
            entry.size = size
            out.write(entry.tobuf(tarfile.GNU_FORMAT))
            for piece in pieces:
                out.write(piece)
            out.write(bytes(-size % 512))
        for at in payload:
            name = b"bag/data/%05d/%08d" % (at // 1000, at)
            block = name.ljust(100, b"\0") + rest
            out.write(block[:148] + b"%06o\0 " % (blank + sum(name)) + block[156:])
        out.write(bytes(1024))
        out.close()
        if compressor.wait():
            sys.exit("bench: gzip failed")


def measure_entries(directory, count):
    package = directory / "entries.tar.gz"
    make_entries(package, count)
    wall, cpu, peak = measure([STRONGROOM, "bag", "validate", "--quiet", str(package)], directory, False)
    print(f"{count:,} entries: {wall:.1f} s, processor {cpu:.1f} s, peak {peak:.0f} MiB")


def compare(name, bag, package, options, cold):
    commands = {
        "sha256sum -c": (["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], bag),
        "validate directory": ([STRONGROOM, "bag", "validate", "--quiet", str(bag)], bag.parent),
        "validate package": ([STRONGROOM, "bag", "validate", "--quiet", str(package)], bag.parent),
    }
    if options.beside:
        commands[options.beside.split()[0].rsplit("/", 1)[-1]] = ([*options.beside.split(), str(bag)], bag.parent)
    runs = {what: [] for what in commands}
    for _ in range(options.rounds):
        for what, (command, cwd) in commands.items():
            runs[what].append(measure(command, cwd, cold))
    base = statistics.median(run[0] for run in runs["sha256sum -c"])
    for what, measured in runs.items():
        walls = sorted(run[0] for run in measured)
        wall = statistics.median(walls)
        print(f"{name:<22} {'cold' if cold else 'hot':<5} {what:<19} {wall:8.2f} {walls[0]:8.2f} {walls[-1]:8.2f} "
              f"{statistics.median(run[1] for run in measured):8.2f} {base / wall:8.2f} "
              f"{max(run[2] for run in measured):8.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", type=int, default=100_000, metavar="FILES", help="files of 1 KB; else 100,000")
    parser.add_argument("--large", type=int, default=2048, metavar="MIB", help="in files of 64 MiB; else 2,048")
    parser.add_argument("--beside", metavar="COMMAND", help="another validator")
    parser.add_argument("--entries", type=int, metavar="N", help="only a package of so many entries")
    parser.add_argument("directory", nargs="?", help="where there is room; else $TMPDIR")
    options = parser.parse_args()
    if not os.access(STRONGROOM, os.X_OK):
        sys.exit(f"bench: {STRONGROOM} is not there: ./dev build makes it")
    with tempfile.TemporaryDirectory(prefix="strongroom-bench-", dir=options.directory) as held:
        directory = pathlib.Path(held)
        if options.entries:
            measure_entries(directory, options.entries)
            return
        bags = [(f"{options.small} x 1 KB", *make(directory, "small", options.small, 1000)),
                (f"{options.large // 64} x 64 MiB", *make(directory, "large", options.large // 64, 64 << 20))]
        print(f"{'bag':<22} {'cache':<5} {'program':<19} {'wall s':>8} {'least':>8} {'most':>8} {'cpu s':>8} {'speed':>8} "
              f"{'MiB':>8}")
        for name, bag, package in bags:
            compare(name, bag, package, options, cold=False)
            if os.access(DROP, os.W_OK):
                compare(name, bag, package, options, cold=True)


if __name__ == "__main__":
    main()
