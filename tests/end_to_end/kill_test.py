#!/usr/bin/python3
"""`kill -9` of the real process in every step of real ingests (CORRECTNESS 7, cases K4 and K5).

Rounds of two ingests are disturbed by three kills, half of them at random moments, half aimed at the step that
was hit least so far. The step of a kill is read from the catalogue as the dead process left it. In the end every ingest
has succeeded, once: three identical copies, one registered-bag event, one callback outcome from one delivery, no event
twice. The campaign fails when a step was never hit, or when resuming took as long as waiting for a lease.

  --kills N   how many (STRONGROOM_KILLS; 50, 15 under sanitizers)      --seed N   the same again
"""

import collections
import os
import random
import shutil
import time
import unittest

from bags import Bag, random_payload
from harness import ServiceTest, events_of, option, seed_option, wait_until
from holdings import check_nothing_left, check_stored
from receiver import Receiver

KILLS = option("kills", 15 if os.environ.get("STRONGROOM_SANITIZE") else 50)
SEED = seed_option()
STEPS = ("unpack", "find_root", "verify", "assign_version", "replicate", "confirm", "commit", "register", "notify")
KILLS_A_ROUND = 3  # a step may lose its worker three times before it is slowed down (CORRECTNESS 2.2)
ROUNDS_A_DIRECTORY = 20
RESUMED_WITHIN = 20  # seconds: far from an undisturbed restart, and farther from the 60 of a lease
RUNNING = "SELECT s.step FROM step s JOIN ingest i ON i.id = s.ingest WHERE s.state = 'running' AND i.has_work = 1"
DELIVERING = "SELECT count(*) FROM delivery WHERE state = 1"
FENCES = "SELECT i.uuid, b.fence, i.has_work FROM ingest i JOIN bag b ON b.id = i.bag"


class Kills(ServiceTest):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.receiver = Receiver(before_answer=lambda _: time.sleep(0.02))
        self.addCleanup(self.receiver.close)
        self.hits = collections.Counter()
        self.kills = 0
        self.slowest = 0.0
        self.bags = [Bag("x", random_payload(seed, 500, 4000, 4, 1_500_000)) for seed in (1, 2)]
        self.packages = [bag.package() for bag in self.bags]

    def test_campaign(self):
        rounds = 0
        while self.kills < KILLS or self.unhit():
            self.assertLess(rounds, 40 + 3 * KILLS, f"never hit: {self.unhit()}; hits: {dict(self.hits)}")
            if rounds % ROUNDS_A_DIRECTORY == 0:
                service = self.fresh(rounds)
            self.round(service, rounds)
            rounds += 1
        self.end(service)
        shown = ", ".join(f"{step} {self.hits[step]}" for step in (*STEPS, "between"))
        print(f"kill_test: {self.kills} kills in {rounds} rounds; by step: {shown}; "
              f"slowest from start to resumed work {self.slowest:.1f} s", flush=True)

    def unhit(self):
        return [step for step in STEPS if not self.hits[step]]

    def fresh(self, rounds):
        """A new data directory: the old one is checked as a whole and removed, so that campaigns fit on a disk."""
        if self.services:
            self.end(self.services.pop())
        service = self.service(name=f"data-{rounds}")
        for number, package in enumerate(self.packages):
            service.place(f"{number}.tar.gz", package)
        self.stored = 0
        began = time.monotonic()
        posted = self.post(service, f"undisturbed {rounds}", same_bag=False)
        for ingest_id, *_ in posted:
            service.api.ended(ingest_id, 180, with_callback=True)
        self.usual = time.monotonic() - began
        self.check(service, posted)
        return service

    def end(self, service):
        check_nothing_left(self, service)
        self.assertEqual(len(service.catalogue.registered_bag_events()), self.stored)
        self.assertEqual(service.stop(), 0)
        shutil.rmtree(service.data)

    def post(self, service, space, same_bag):
        """Two ingests: of two bags, or of one bag with the second as an update: (id, space, version, bag)."""
        second = (space, "update", "v2", 1) if same_bag else (space + " too", "create", "v1", 1)
        plan = [(space, "create", "v1", 0), second]
        posted = []
        for place, kind, version, number in plan:
            made = service.api.ingest(place, "x", f"{number}.tar.gz", kind=kind, callback=self.receiver.url())
            posted.append((made["id"], place, version, self.bags[number]))
        return posted

    def round(self, service, number):
        posted = self.post(service, f"round {number}", same_bag=number % 3 == 2)
        for _ in range(KILLS_A_ROUND):
            if not self.disturb(service):
                break
        self.check(service, posted)

    def disturb(self, service):
        """Kills and starts again; False when all had ended before the moment came."""
        if self.chance.random() < 0.5:
            time.sleep(self.chance.uniform(0, self.usual))
        elif not self.aim(service, min(STEPS, key=lambda step: (self.hits[step], self.chance.random()))):
            return False
        service.kill()
        running, delivering, fences = service.catalogue.rows_of_the_dead((RUNNING,), (DELIVERING,), (FENCES,))
        steps = {step for (step,) in running} | ({"notify"} if delivering[0][0] else set())
        unfinished = {uuid: fence for uuid, fence, has_work in fences if has_work}
        self.hits.update(steps or {"between"})
        self.kills += 1
        began = time.monotonic()
        service.start()
        service.api.token = None
        self.wait_for_resumed(service, unfinished)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return bool(unfinished or delivering[0][0])

    def aim(self, service, step):
        """Looks without a pause until the step runs. False when everything ended first."""
        connection = service.catalogue.connect()
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                if step == "notify":
                    if connection.execute(DELIVERING).fetchone()[0]:
                        return True
                elif connection.execute(RUNNING + " AND s.step = ?", (step,)).fetchone():
                    return True
                if not connection.execute("SELECT 1 FROM ingest WHERE has_work = 1").fetchone() and (
                    not connection.execute("SELECT 1 FROM delivery WHERE state <> 2").fetchone()
                ):
                    return False
            raise AssertionError(f"neither did {step} run, nor did everything end")
        finally:
            connection.close()

    def wait_for_resumed(self, service, unfinished):
        """Until a bag with unfinished work was claimed anew: its fence has risen."""
        if unfinished:
            wait_until(
                lambda: any(unfinished.get(uuid, fence) < fence for uuid, fence, _ in service.catalogue.rows(FENCES)),
                RESUMED_WITHIN, what="resumed work")

    def check(self, service, posted):
        for ingest_id, space, version, bag in posted:
            ended = service.api.ended(ingest_id, 180, with_callback=True)
            events = events_of(ended)
            self.assertEqual(ended["status"]["id"], "succeeded", events)
            self.assertEqual(ended["bag"]["version"], version, events)
            self.assertEqual(len(events), len(set(events)), f"an event twice: {events}")
            self.assertEqual(ended["callback"]["status"]["id"], "succeeded")
            self.assertEqual(events[-1], "Callback fulfilled")
            self.assertEqual(events[-2], "Register succeeded (completed)")
            got = self.receiver.got(ingest_id)
            self.assertEqual(len({each.delivery for each in got}), 1, "deliveries of one run")
            self.assertEqual(len({each.body for each in got}), 1, "bodies of one delivery")
            self.assertEqual(len(service.catalogue.deliveries(ingest_id)), 1)
            check_stored(self, service, space, "x", version, bag.files)
            self.stored += 1


if __name__ == "__main__":
    unittest.main()
