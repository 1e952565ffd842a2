#!/usr/bin/python3
"""How long it takes to store a bag in three places, durable and read back, beside what common tools need for the same.

usage: bench/ingest.py [--corpora S,M,L100K] [--scale F] [--rounds N] [--hot] [--only] [--yardstick PROGRAM]
                       [--json FILE] [--disk DIR]

Corpora: S (a digitised book, 1.5 GB), M (a born-digital mix, 1 GB), L100K and L (100,000 and a million files of a kilobyte),
XL (one file of 8 GB); --scale makes them smaller. Each round runs every contender once, one after the other, each on a disk
that was made anew: bench/baseline.sh, the service, and, when named, a yardstick: a program that is given the package and three
directories and does the least work there is. Prints medians and ratios, each with its spread, and what was read and written
for each byte of the bag. --hot leaves the package in the page cache.
STRONGROOM_BINARY names another program than the release build.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import corpora
from disk import Disk, drop_caches
from service import Beat, Service

HERE = pathlib.Path(__file__).resolve().parent


def measured(command):
    """Runs a command: wall and processor seconds. The peak of a process that was forked begins with its parent's: none."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    if status:
        sys.exit(f"{command[0]} failed: {status}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "rss": 0}


class Pulse(Beat):
    """A small request again and again while something large goes on: how long it waits."""

    def __init__(self, service, ingest):
        super().__init__(self.ask, 0.02)
        self.service, self.ingest, self.waits = service, ingest, []

    def ask(self):
        for path in (f"/ingests/{self.ingest}", "/ingests?limit=10"):
            begun = time.monotonic()
            self.service.call("GET", path)
            self.waits.append(time.monotonic() - begun)


def store(disk, bag, hot):
    """One ingest by a service that has nothing else to do."""
    mount = disk.fresh()
    service = Service(mount / "data", f'[[sources]]\nname = "packages"\npath = "{bag["package"].parent}"\n')
    try:
        warm_up(bag, hot)
        service.forget_peak()
        cpu, before = service.seconds(), service.bytes()
        begun = time.monotonic()
        ingest = service.begin(bag["identifier"], bag["package"].name, bucket="packages")
        with Pulse(service, ingest) as pulse:
            document = service.end(ingest, 0.02)
        wall = time.monotonic() - begun
        after = service.bytes()
        waits = sorted(pulse.waits)
        return {"wall": wall, "cpu": service.seconds() - cpu, "rss": service.memory("VmHWM"),
                "p99": waits[len(waits) * 99 // 100] * 1000,
                **{name: after[name] - before[name] for name in after}, "steps": steps_of(document)}
    finally:
        service.stop()


def steps_of(document):
    """Seconds from the first to the last event of each step."""
    begun, steps = {}, {}
    for event in document["events"]:
        text, instant = event["description"], seconds_of(event["createdDate"])
        name, _, state = text.split(" - ")[0].rpartition(" ")
        if state == "started":
            begun[name] = instant
        elif state == "succeeded" and name in begun:
            steps[name] = round(instant - begun[name], 3)
    return steps


def seconds_of(instant):
    whole, _, fraction = instant.rstrip("Z").partition(".")
    return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (fraction or "0"))


def warm_up(bag, hot):
    drop_caches()
    if hot:
        with open(bag["package"], "rb") as file:
            while file.read(1 << 24):
                pass


def run_round(disk, bag, options):
    results = {}
    if not options.only:
        mount = disk.fresh()
        warm_up(bag, options.hot)
        results["tools"] = measured([str(HERE / "baseline.sh"), str(bag["package"]), str(mount)])
    if options.yardstick:
        mount = disk.fresh()
        places = [mount / name for name in ("one", "two", "three")]
        for place in places:
            place.mkdir()
        warm_up(bag, options.hot)
        results["yardstick"] = measured([*options.yardstick.split(), str(bag["package"]), *map(str, places)])
    results["strongroom"] = store(disk, bag, options.hot)
    return results


def summary(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def compare(rounds, other, figure):
    """Ratios of the other one to the service, taken within each round."""
    return summary([one[other][figure] / one["strongroom"][figure] for one in rounds])


def report(name, bag, rounds):
    print(f"\n{name}: {bag['files']:,} files, {bag['bytes'] / 1e6:,.0f} MB, {len(rounds)} rounds")
    print(f"{'':12} {'wall, s':>18} {'cpu, s':>8} {'peak, MiB':>10}")
    result = {"files": bag["files"], "bytes": bag["bytes"], "contenders": {}, "ratios": {}}
    for contender in rounds[0]:
        wall = summary([one[contender]["wall"] for one in rounds])
        cpu = summary([one[contender]["cpu"] for one in rounds])
        rss = summary([one[contender]["rss"] for one in rounds])
        print(f"{contender:12} {wall['median']:7.2f} ({wall['least']:.2f}-{wall['most']:.2f}) {cpu['median']:8.2f} {rss['median']:10.0f}")
        result["contenders"][contender] = {"wall": wall, "cpu": cpu, "rss": rss}
    for other in rounds[0]:
        if other == "strongroom":
            continue
        wall, cpu = compare(rounds, other, "wall"), compare(rounds, other, "cpu")
        print(f"{other} / strongroom: wall {wall['median']:.2f} ({wall['least']:.2f}-{wall['most']:.2f}), "
              f"cpu {cpu['median']:.2f} ({cpu['least']:.2f}-{cpu['most']:.2f})")
        result["ratios"][other] = {"wall": wall, "cpu": cpu}
    own = rounds[-1]["strongroom"]
    per_byte = {figure: own[figure] / bag["bytes"] for figure in ("rchar", "wchar", "read_bytes", "write_bytes")}
    print("  for each byte of payload: " + ", ".join(f"{figure} {value:.2f}" for figure, value in per_byte.items()))
    print(f"  small requests meanwhile, p99: {own['p99']:.1f} ms")
    print("  steps, s: " + ", ".join(f"{step} {seconds:.2f}" for step, seconds in own["steps"].items()))
    return {**result, "per_byte": per_byte, "p99": own["p99"], "steps": own["steps"]}


def machine():
    model = next((line.split(": ")[1] for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown").strip()
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release().split("-")[0],
            "memory": int(pathlib.Path("/proc/meminfo").read_text().split()[1]) // 1024}


def commit():
    return subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"], capture_output=True, text=True,
                          check=False).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--corpora", default="S,M,L100K")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hot", action="store_true")
    parser.add_argument("--only", action="store_true", help="without the common tools")
    parser.add_argument("--yardstick")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--disk", help="where the disk's image lies")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-bench-", dir=options.disk))
    results = {"machine": machine(), "commit": commit(), "hot": options.hot, "scale": options.scale, "corpora": {}}
    try:
        for name in options.corpora.split(","):
            package = directory / f"{name}.tar.gz"
            identifier, files, octets = corpora.make(name, package, options.scale)
            bag = {"package": package, "identifier": identifier, "files": files, "bytes": octets}
            disk = Disk.for_bags(octets, files, options.disk)
            try:
                rounds = [run_round(disk, bag, options) for _ in range(options.rounds)]
            finally:
                disk.close()
            package.unlink()
            results["corpora"][name] = report(name, bag, rounds)
            if options.json:
                options.json.write_text(json.dumps(results, indent=1) + "\n")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
