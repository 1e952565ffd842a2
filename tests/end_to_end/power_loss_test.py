#!/usr/bin/python3
"""Loss of power at random moments (CORRECTNESS 1.8): what `kill -9` cannot show, since the page cache survives it.

The data directory lies on an ext4 of its own. At a random moment the file system is shut down without writing its
journal, the process is killed, the file system repaired and mounted, and the service started on what it takes for a new
boot. Whatever a client had been told before - a stored upload, an accepted ingest, a success, a callback - must be true
afterwards, and everything unfinished must end well. What it says while the power is gone counts for nothing: a machine
without power says nothing, but here the process lives on for a moment, and an fsync that was under way may return
without having written. The second test has the locations on a disk of their own, which
loses power as well.

  --losses N   how many in all (STRONGROOM_LOSSES; 30)      --seed N   the same again
"""

import http.client
import random
import threading
import time
import unittest

from bags import Bag, random_payload
from disks import Disk, Machine
from harness import ServiceTest, events_of, option, seed_option
from holdings import check_nothing_left, check_stored, check_version
from receiver import Receiver

LOSSES = option("losses", 30)
SEED = seed_option()
BAGS = 3  # asked for in each run


def power_on(disks):
    """The first lie within the last: unmounted in this order, mounted in the other."""
    for disk in disks:
        disk.unmount()
    for disk in reversed(disks):
        disk.repair()
        disk.mount()


class Told:
    """What the service has said to its clients about one ingest."""

    def __init__(self, space, bag):
        self.space = space
        self.bag = bag
        self.id = None
        self.succeeded = False


class Witness(Receiver):
    """Knows which callbacks came while there was power."""

    def __init__(self, power):
        super().__init__()
        self.power = power

    def take(self, got):
        got.had_power = self.power.is_set()
        return super().take(got)

    def heard(self, ingest):
        return [got for got in self.got(ingest) if got.had_power]


class PowerLoss(ServiceTest):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.machine = Machine(self)
        self.power = threading.Event()
        self.power.set()
        self.receiver = Witness(self.power)
        self.addCleanup(self.receiver.close)
        self.bags = [Bag("x", random_payload(seed, 150, 3000, 2, 700_000)) for seed in range(BAGS)]
        self.packages = [bag.package() for bag in self.bags]
        self.all = []
        self.late = 0

    def test_one_disk(self):
        disk = Disk(self, self.directory / "disk", 8192)
        self.campaign([disk], (LOSSES + 1) // 2)

    def test_locations_on_another_disk(self):
        disk = Disk(self, self.directory / "disk", 4096)
        locations = Disk(self, self.directory / "disk" / "data" / "locations", 8192)
        self.campaign([locations, disk], LOSSES // 2)

    def campaign(self, disks, losses):
        service = self.service("[storage]\nminFree = \"64MiB\"\n", name="disk/data", prefix=self.machine.prefix)
        service.log = self.directory / "service.log"
        began = time.monotonic()
        told = self.run_until_cut(service, "undisturbed", None, disks)
        usual = time.monotonic() - began
        self.settle(service, told)
        for number in range(losses):
            told = self.run_until_cut(service, f"run {number}", self.chance.uniform(0.0, usual * 1.1), disks)
            power_on(disks)
            self.power.set()
            self.machine.boot()
            service.start()
            self.settle(service, told)
        for told in self.all:
            check_version(self, service, told.space, "x", "v1", told.bag.files)
        check_nothing_left(self, service)
        self.check_all(service)
        self.assertEqual(service.stop(), 0)
        for disk in disks:
            disk.unmount()
        print(f"power_loss_test: {losses} losses of power, {len(self.all)} bags stored, "
              f"{self.late} of them after a loss", flush=True)

    def check_all(self, service):
        """Also what was accepted while the answer was lost with the power: each stored, each announced once."""
        ingests = service.catalogue.rows("SELECT status FROM ingest")
        self.assertEqual({status for (status,) in ingests}, {"succeeded"})
        announced = service.catalogue.registered_bag_events()
        self.assertEqual(len(announced), len(set(announced)))
        self.assertEqual(len(announced), len(ingests))
        self.assertGreaterEqual(len(announced), len(self.all))

    def run_until_cut(self, service, name, moment, disks):
        """Asks for some bags; cuts the power after `moment` seconds (never when None). What the clients were told."""
        told = [Told(f"{name} {number}", bag) for number, bag in enumerate(self.bags)]
        client = threading.Thread(target=self.ask, args=(service, name, told))
        client.start()
        if moment is not None:
            time.sleep(moment)
            self.power.clear()
            for disk in disks:
                disk.lose_power()
            time.sleep(self.chance.choice((0.0, 0.0, 0.01, 0.1)))  # let it run into errors, or not
            service.kill()
        client.join(180)
        self.assertFalse(client.is_alive(), "the client hangs")
        return told

    def ask(self, service, name, told):
        """A client: uploads, asks, looks until all has succeeded or the service is gone."""
        try:
            for number, one in enumerate(told):
                upload = f"{name}/{number}.tar.gz"
                if service.api.upload(upload, self.packages[number]).status != 201:
                    return
                body = service.api.request(one.space, "x", upload, callback=self.receiver.url())
                answer = service.api.call("POST", "/ingests", body)
                if answer.status != 201 or not self.power.is_set():
                    return
                one.id = answer.json["id"]
            while not all(one.succeeded for one in told):
                for one in told:
                    answer = service.api.get(f"/ingests/{one.id}")
                    stored = answer.status == 200 and answer.json["status"]["id"] == "succeeded"
                    if stored and service.api.bag(one.space, "x").status == 200 and self.power.is_set():
                        one.succeeded = True
                time.sleep(0.005)
        except (OSError, http.client.HTTPException):
            return  # the power went; what was told until then counts

    def settle(self, service, told):
        """Nothing that was told is lost; all that was accepted is stored in the end."""
        for one in told:
            if one.id is None:
                continue
            ingest = service.api.show(one.id)
            if one.succeeded or self.receiver.heard(one.id):
                self.assertEqual(ingest["status"]["id"], "succeeded", f"a success was lost: {events_of(ingest)}")
                self.assertEqual(service.api.bag(one.space, "x").status, 200, "a stored bag was lost")
                check_stored(self, service, one.space, "x", "v1", one.bag.files)
            else:
                self.late += 1
        for one in told:
            if one.id is None:
                continue
            ended = service.api.ended(one.id, 180, with_callback=True)
            self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
            self.assertEqual(ended["callback"]["status"]["id"], "succeeded", events_of(ended))
            # Also one that came in the moment between our saying that the power is gone and its going.
            self.assertEqual(len({got.delivery for got in self.receiver.got(one.id)}), 1)
            check_stored(self, service, one.space, "x", "v1", one.bag.files)
            self.all.append(one)


if __name__ == "__main__":
    unittest.main()
