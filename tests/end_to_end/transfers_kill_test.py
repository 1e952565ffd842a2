#!/usr/bin/python3
"""`kill -9` of what watches over packages, at random moments of their way (case H2): of the service that does it
itself, and of `strongroom transfers watch` beside it.

Rounds of three packages: a good one, a bad one, and one with its extension in capitals. Those who announce them repeat
what was not answered, as S3 does. In the end each package has one final state and one final log, each good one exactly
one transfer in Archivematica and the right tags, and no notice is left. What Archivematica copied was whole: it lists
what lies beside a package, and fails when some of it goes.

  --kills N   how many, half of them of each kind (STRONGROOM_KILLS; 50, under sanitizers 10)
  --seed N    the same again
"""

import collections
import http.client
import os
import random
import subprocess
import time
import unittest
import urllib.request

from archivematica import PACKAGE
from bags import Bag
from companions import ACCEPTED, BAD, KEY, PATIENCE, CompanionTest, catalogued
from harness import binary, events_of, free_port, option, seed_option, wait_until

KILLS = option("kills", 10 if os.environ.get("STRONGROOM_SANITIZE") else 50)
SEED = seed_option()
KILLS_A_ROUND = 2
HELD = "SELECT number, fence, state FROM transfer WHERE lease_until IS NOT NULL"


class Watcher:
    """`strongroom transfers watch` as a process of its own."""

    def __init__(self, service):
        self.data, self.log = service.data, service.data.parent / "watch.log"
        self.metrics_port = free_port()
        self.process = None

    def start(self):
        config = self.data.parent / (self.data.name + ".toml")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(binary()), "transfers", "watch", "--config", str(config), "--data", str(self.data),
                 "--metrics", f"127.0.0.1:{self.metrics_port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        if self.process is not None:
            assert self.process.poll() is None, self.log.read_text(errors="replace")[-4000:]
            self.process.kill()
            self.process.wait()
            self.process = None

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=20) as answer:
            return answer.read().decode()

    def stop(self, seconds=60):
        process, self.process = self.process, None
        process.terminate()
        return process.wait(seconds)


class Kills(CompanionTest):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.hits = collections.Counter()
        self.good, self.bad = {}, []

    def test_h2_the_service_itself(self):
        self.start(("watch",))
        self.campaign(self.strongroom)
        self.assertEqual(self.strongroom.stop(), 0)

    def test_h2_a_watcher_beside_it(self):
        self.start(())
        watcher = Watcher(self.strongroom)
        self.addCleanup(watcher.kill)
        watcher.start()
        self.campaign(watcher)
        metrics = watcher.metrics()
        for remote in ("dashboard", "area main"):
            self.assertIn(f'strongroom_transfer_calls_total{{outcome="succeeded",remote="{remote}"}}', metrics)
        self.assertEqual(watcher.stop(), 0)

    def test_a_stop_waits_for_no_answer(self):
        """The double answers two minutes late; nobody who is told to stop waits for that (transfers.md 1.1)."""
        for services in (("watch",), ()):
            self.start(services)
            watcher = self.strongroom if services else Watcher(self.strongroom)
            if not services:
                self.addCleanup(watcher.kill)
                watcher.start()
            self.double.fault({"delay_ms": 120_000}, "am", "POST", PACKAGE)
            self.upload(KEY, catalogued())
            wait_until(self.posts, PATIENCE, what="the POST")
            self.assertEqual(watcher.stop(60), 0)
            self.double.clear_faults()
            watcher.start()
            self.api.token = None
            self.wait("an answer or a delay", lambda record: record["status"]["id"] in ACCEPTED or "delayed" in record)
            self.push(KEY)
            self.assertEqual(len(self.double.transfers()), 1)
            watcher.stop(60)
            self.double.stop()

    def start(self, services):
        self.begin(services, area='sweepEvery = "1s"\nsweepGrace = "0s"\nadopt = "start"\n')
        self.double.options(fetch="s3", s3=self.s3.access)

    # -- rounds

    def campaign(self, victim):
        began = time.monotonic()
        self.round(0)
        self.wait_for_end()
        usual = time.monotonic() - began
        for number in range(1, KILLS // 2 // KILLS_A_ROUND + 1):
            self.round(number)
            for _ in range(KILLS_A_ROUND):
                time.sleep(self.chance.uniform(0, min(usual, 3)))
                self.kill(victim)
        self.wait_for_end()
        self.check()
        shown = ", ".join(f"{state} {count}" for state, count in sorted(self.hits.items()))
        print(f"transfers_kill_test: {KILLS // 2} kills, {len(self.good)} good packages; in hand: {shown}", flush=True)

    def kill(self, victim):
        victim.kill()
        catalogue = self.strongroom.catalogue
        held = catalogue.rows(HELD) if self.strongroom.process else catalogue.rows_of_the_dead((HELD,))[0]
        self.hits.update([state for _, _, state in held] or ["nothing"])
        victim.start()
        self.api.token = None
        # Its holds would run out after five minutes.
        for number, fence, _ in held:
            self.write(f"UPDATE transfer SET lease_until = NULL WHERE number = {number} AND fence = {fence}")

    def round(self, number):
        good, bad, capitals = (f"born-digital/{number}-{name}" for name in ("good.zip", "bad.zip", "CAPITALS.ZIP"))
        self.good.update({good: f"G/{number}", capitals: f"C/{number}"})
        self.bad.append(bad)
        for key, body in ((good, catalogued(f"G/{number}")), (bad, BAD), (capitals, catalogued(f"C/{number}"))):
            etag, _ = self.put(key, body)
            # One in three announcements is lost.
            if self.chance.random() < 0.67:
                self.announce(self.record(key, etag=etag))

    def announce(self, record):
        def told():
            try:
                return self.api.call("POST", "/transfers/events", {"Records": [record]}).status == 200
            except (OSError, http.client.HTTPException):
                return False
        wait_until(told, PATIENCE, 0.1, "an answer to an announcement")

    # -- the end

    def wait_for_end(self):
        def open_ones():
            logs = self.keys("born-digital/")
            undone = [key for key in self.good if not self.has(logs, key, "success")]
            undone += [key for key in self.bad if not self.has(logs, key, "failed")]
            return undone + [key for key in logs if ".received." in key or ".delayed." in key]

        def done():
            if not open_ones():
                return True
            self.pass_time()
            return False
        try:
            wait_until(done, PATIENCE, 0.5, "an end of all packages")
        except AssertionError as late:
            shown = [(one["key"], one["label"], one["events"]) for key in open_ones() for one in self.of_key(key)]
            raise AssertionError(f"{late}: {open_ones()} {shown}") from None

    def has(self, keys, key, result):
        return any(one.startswith(f"{key}.{result}.") for one in keys)

    def check(self):
        keys, transfers = self.keys(), {one["id"]: one for one in self.double.transfers()}
        names = collections.Counter(one["name"] for one in transfers.values())
        wanted = {key: key.removesuffix(".ZIP") + ".zip" if key.endswith(".ZIP") else key for key in self.good}
        self.assertEqual(names, collections.Counter(key.rpartition("/")[2] for key in wanted.values()), "one each")
        self.assertEqual({one["failure"] and one["failure"]["reason"] for one in transfers.values()}, {None})
        for key, identifier in self.good.items():
            record = self.state(*ACCEPTED, key=key)
            self.assertEqual(len(self.of_key(key)), 1, self.of_key(key))
            transfer = record["archivematica"]["transferId"]
            self.assertEqual(transfers[transfer]["identifiers"], [identifier])
            self.assertEqual({one.body for one in self.posts(record["idempotencyKey"])},
                             {self.posts(record["idempotencyKey"])[0].body})
            self.assertEqual([one for one in keys if one.startswith(key + ".")], self.logs("success", key))
            self.assertEqual(len(self.logs("success", key)), 1)
            for one in {key, wanted[key], *self.logs("success", key)}:
                tags = self.tags(one)
                self.assertEqual((tags["TransferId"], tags["CatalogueIdentifier"]), (transfer, identifier), one)
            self.assertIn("Archivematica transfer ID: " + transfer, self.log("success", key))
        for key in self.bad:
            (record,) = self.of_key(key)
            self.assertEqual((record["status"]["id"], self.tags(key)), ("rejected", {}))
            self.assertEqual(len(self.logs("failed", key)), 1)
            self.assertEqual([one for one in keys if one.startswith(key + ".")], self.logs("failed", key))
        self.store(transfers)

    def store(self, transfers):
        """One bag that holds them all, so that each comes to its end."""
        place = "data/objects/submissionDocumentation/transfer-pkg-{}/METS.xml"
        self.strongroom.place("all", Bag("all", {place.format(one): b"<mets/>" for one in transfers}).package())
        ended = self.api.ended(self.api.ingest("born-digital", "all", "all")["id"], PATIENCE)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        for key in self.good:
            self.until("stored", lambda record: record["label"] == "stored v1", key)


if __name__ == "__main__":
    unittest.main()
