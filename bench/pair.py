#!/usr/bin/python3
"""Two bags at once beside the same two one after the other: what the disk phase of one gains from the processor phase of the other.

usage: bench/pair.py [--corpus S] [--scale F] [--rounds N] [--at-once N] [--disk DIR]

Each round stores a bag and then its twin, and both at once, each time on a disk made anew, the packages cold. As root.
--at-once is workers.bags. STRONGROOM_BINARY names another program than the release build.
"""

import argparse
import pathlib
import shutil
import statistics
import tempfile
import time

import corpora
from disk import Disk, drop_caches
from service import Service


def store(disk, directory, names, together, at_once):
    """Wall seconds, processor seconds and peak MiB."""
    mount = disk.fresh()
    config = f'[[sources]]\nname = "packages"\npath = "{directory}"\n'
    if at_once:
        config += f"[workers]\nbags = {at_once}\n"
    service = Service(mount / "data", config)
    try:
        drop_caches()
        service.forget_peak()
        cpu, begun = service.seconds(), time.monotonic()
        for group in [names] if together else [[name] for name in names]:
            for ingest in [service.begin(name, f"{name}.tar.gz", bucket="packages") for name in group]:
                service.end(ingest, 0.02)
        return time.monotonic() - begun, service.seconds() - cpu, service.memory("VmHWM")
    finally:
        service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--corpus", default="S")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=0)
    parser.add_argument("--disk")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-bench-", dir=options.disk))
    try:
        names, octets = ["first", "second"], 0
        for name in names:
            _, files, octets = corpora.make(options.corpus, directory / f"{name}.tar.gz", options.scale, name)
        disk = Disk.for_bags(octets, files, options.disk, len(names))
        try:
            rounds = [[store(disk, directory, names, together, options.at_once) for together in (False, True)]
                      for _ in range(options.rounds)]
        finally:
            disk.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for at, what in enumerate(("one after the other", "at once")):
        walls = sorted(one[at][0] for one in rounds)
        print(f"{what:20} {statistics.median(walls):7.2f} s ({walls[0]:.2f}-{walls[-1]:.2f}), processor "
              f"{statistics.median(one[at][1] for one in rounds):.2f} s, peak {max(one[at][2] for one in rounds):.0f} MiB")
    gains = sorted(apart[0] / together[0] for apart, together in rounds)
    print(f"at once is {statistics.median(gains):.2f} times as fast ({gains[0]:.2f}-{gains[-1]:.2f})")


if __name__ == "__main__":
    main()
