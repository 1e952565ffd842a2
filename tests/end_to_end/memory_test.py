#!/usr/bin/python3
"""Memory does not depend on the number of files (CORRECTNESS 4.1): peak of the real process for 100 and for many files.

  --files N   in the large bag (STRONGROOM_FILES; 20000)
"""

import random
import unittest

from bags import Bag, random_payload
from harness import ServiceTest, events_of, option, peak
from holdings import check_stored

FILES = option("files", 20_000)
BOUND = 256 << 20
GROWTH = 64 << 20
LARGE_BOUND = 112 << 20


class Memory(ServiceTest):
    def peak_for(self, files):
        service = self.service(name=f"data-{files}")
        bag = Bag("x", random_payload(3, files, 400), algorithms=("sha256", "md5"))
        service.place("x.tar.gz", bag.package())
        ended = service.api.ended(service.api.ingest("maps", "x", "x.tar.gz")["id"], 600)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        shown = service.api.bag("maps", "x").json
        self.assertEqual(len(shown["manifest"]["files"]), files)
        reached = peak(service.pid)
        check_stored(self, service, "maps", "x", "v1", bag.files)
        service.stop()
        return reached

    def test_a_bag_of_many_files(self):
        few = self.peak_for(100)
        many = self.peak_for(FILES)
        print(f"memory_test: peak {few >> 20} MiB for 100 files, {many >> 20} MiB for {FILES}", flush=True)
        self.assertLess(many, BOUND)
        self.assertLess(many - few, GROWTH)

    def test_several_bags_of_large_files(self):
        """Buffers are used again by the next file, the next place and the next bag."""
        service = self.service(name="data-large")
        payload = {f"data/{number}": random.Random(number).randbytes(4 << 20) for number in range(20)}
        for name in ("first", "second", "third"):
            service.place(name, Bag(name, payload).package())
            ended = service.api.ended(service.api.ingest("maps", name, name)["id"], 600)
            self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        reached = peak(service.pid)
        print(f"memory_test: peak {reached >> 20} MiB for three bags of files of 4 MiB", flush=True)
        self.assertLess(reached, LARGE_BOUND)


if __name__ == "__main__":
    unittest.main()
