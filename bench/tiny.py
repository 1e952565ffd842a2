#!/usr/bin/python3
"""How many tiny bags a second can be stored in three places, durable and read back, and how long each of them takes.

usage: bench/tiny.py [--bags N] [--clients 1,4,16,32] [--at-once N] [--json FILE] [--disk DIR]

Every client has one bag on its way at a time: it asks for the ingest over HTTP and waits until the event stream tells that the
bag is registered. Packages of five files, ten kilobytes in all, lie in the upload area already. --at-once is workers.bags.
As root, on a disk made anew. STRONGROOM_BINARY names another program than the release build.
"""

import argparse
import json
import pathlib
import statistics
import threading
import time

import corpora
from disk import Disk
from service import Service


class Arrivals:
    """Follows the event stream; who waits for a bag is told when it is registered."""

    def __init__(self, service):
        self.waiting, self.lock = {}, threading.Lock()
        self.answer = service.ask("GET", "/events/stream?kind=registered-bag")
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def expect(self, identifier):
        arrived = threading.Event()
        with self.lock:
            self.waiting[identifier] = arrived
        return arrived

    def follow(self):
        for line in self.answer:
            if not line.startswith(b"data: "):
                continue
            identifier = json.loads(line[6:])["body"]["externalIdentifier"]
            with self.lock:
                arrived = self.waiting.pop(identifier, None)
            if arrived:
                arrived.set()


def run(disk, bags, clients, at_once):
    mount = disk.fresh()
    uploads = mount / "data" / "uploads"
    uploads.mkdir(parents=True)
    names = corpora.make_tiny(uploads, bags)
    service = Service(mount / "data", f"[workers]\nbags = {at_once}\n" if at_once else "")
    try:
        arrivals = Arrivals(service)
        left, lock, times = list(reversed(names)), threading.Lock(), []

        def client():
            while True:
                with lock:
                    if not left:
                        return
                    name = left.pop()
                arrived = arrivals.expect(name)
                begun = time.monotonic()
                service.begin(name, f"{name}.tar.gz")
                if not arrived.wait(60):
                    raise RuntimeError(f"{name} did not arrive")
                times.append(time.monotonic() - begun)

        cpu, begun = service.seconds(), time.monotonic()
        threads = [threading.Thread(target=client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall = time.monotonic() - begun
        times.sort()
        return {"clients": clients, "bags": len(times), "per_second": len(times) / wall,
                "p50": statistics.median(times) * 1000, "p99": times[len(times) * 99 // 100] * 1000,
                "cpu_per_bag": (service.seconds() - cpu) / len(times) * 1000}
    finally:
        service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--bags", type=int, default=600)
    parser.add_argument("--clients", default="1,4,16,32")
    parser.add_argument("--at-once", type=int, default=0)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--disk")
    options = parser.parse_args()
    disk = Disk(6, options.disk)
    results = []
    try:
        print(f"{'clients':>8} {'bags/s':>8} {'p50, ms':>8} {'p99, ms':>8} {'cpu, ms/bag':>12}")
        for clients in map(int, options.clients.split(",")):
            one = run(disk, options.bags, clients, options.at_once)
            print(f"{clients:8} {one['per_second']:8.1f} {one['p50']:8.1f} {one['p99']:8.1f} {one['cpu_per_bag']:12.2f}", flush=True)
            results.append(one)
    finally:
        disk.close()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
