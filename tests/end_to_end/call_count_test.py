#!/usr/bin/python3
"""How often an ingest asks the system, counted by strace: for each file, and for each bag whatever its size.

What is counted does not depend on how fast the machine is, so that a slow way cannot come back unseen. Two bags that differ in
their number of files give both figures.
"""

import collections
import re
import subprocess
import unittest

from bags import Bag
from harness import ServiceTest, events_of

FEW, MANY = 100, 1000
CALLS = "openat,openat2,rename,renameat,renameat2,fsync,fdatasync,syncfs,unlink,unlinkat,mkdirat,pread64,getdents64,io_uring_enter"
BEGUN = re.compile(r"^\d+ +(\w+)\(")
ENDED = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed>).* = ")


def may_trace():
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(may_trace(), "strace may not look at processes here")
class CallCount(ServiceTest):
    def setUp(self):
        super().setUp()
        self.trace = self.directory / "trace"
        strace = ["strace", "-D", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(self.trace), "--seccomp-bpf"]
        self.strongroom = self.service(prefix=strace)
        self.api = self.strongroom.api

    def traced(self, identifier, files):
        """The calls of one ingest of so many small files: a line each, two where others came in between."""
        payload = {f"data/{number // 50}/{number:04}.txt": b"%d" % number for number in range(files)}
        self.strongroom.place(identifier, Bag(identifier, payload).package())
        begun = self.trace.stat().st_size
        ended = self.api.ended(self.api.ingest("maps", identifier, identifier)["id"], pause=1)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        with open(self.trace, "rb") as trace:
            trace.seek(begun)
            return trace.read().decode("utf-8", "replace").splitlines()

    def calls_of(self, identifier, files):
        """How often it calls what, by name of call."""
        return collections.Counter(found[1] for found in map(BEGUN.match, self.traced(identifier, files)) if found)

    def test_calls_for_each_file_and_for_each_bag(self):
        self.calls_of("first", FEW)  # whatever is done once
        few, many = self.calls_of("few", FEW), self.calls_of("many", MANY)
        each = {call: (many[call] - few[call]) / (MANY - FEW) for call in set(few) | set(many)}
        # Made in three places and read back from three; a little for directories, which hold fifty each, and the catalogue.
        # Sixty-four small ones are read at once.
        most = {"openat": 6.5, "pread64": 0.3, "io_uring_enter": 0.3, "openat2": 0.7, "getdents64": 0.4, "mkdirat": 0.2}
        for call, count in each.items():
            self.assertLessEqual(count, most.get(call, 0.02), f"{call} for each file; all: {each}")
        bag = {call: round(few[call] - each[call] * FEW) for call in few}
        # One barrier a location; the catalogue's transactions, of which progress may add some; descriptions and reports.
        # What is much is begun to be written out before, beside verification.
        self.assertEqual((few["syncfs"], many["syncfs"]), (3, 6))
        most = {"syncfs": 3, "fdatasync": 24, "fsync": 24, "renameat2": 6, "renameat": 6, "unlinkat": 20, "mkdirat": 40}
        for call in most:
            self.assertLessEqual(bag.get(call, 0), most[call], f"{call} for each bag; all: {bag}")

    def test_the_barrier_comes_before_the_version_appears(self):
        lines = self.traced("barred", FEW)
        ends = [(at, found[1]) for at, found in enumerate(map(ENDED.match, lines)) if found]
        barriers = [at for at, call in ends if call == "syncfs"]
        renames = [at for at, line in enumerate(lines) if "renameat2(" in line and '"v1"' in line]
        reads = [(at, int(lines[at].rsplit(" = ", 1)[1].split()[0])) for at, call in ends if call == "io_uring_enter"]
        self.assertEqual((len(barriers), len(renames)), (3, 3), [line for line in lines if "rename" in line])
        self.assertLess(max(barriers), min(renames))
        # And between the two every file of every place is read.
        between = sum(submitted for at, submitted in reads if min(barriers) < at < min(renames) and submitted > 0)
        self.assertGreaterEqual(between, 3 * FEW)


if __name__ == "__main__":
    unittest.main()
