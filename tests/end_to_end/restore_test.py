#!/usr/bin/python3
"""Versions in an archive tier made readable again (http-api.md 9.5): asked for by an operator, followed, taken back.

The provider is a strict S3 server that refuses to read what is archived and was not restored (case E4).
"""

import json
import os
import unittest

from bags import Bag
from clouds import Cold
from harness import SHORT_PAUSES, ServiceTest, events_of, run, wait_until

PAYLOAD = {f"data/{n:03}.txt": f"sheet {n}".encode() for n in range(300)}


class Restores(ServiceTest):
    def setUp(self):
        super().setUp()
        self.cold = Cold(self.directory)
        self.addCleanup(self.cold.stop)
        config = SHORT_PAUSES + self.new_locations("primary") + self.cold.location()
        self.strongroom = self.service(config, start=False)
        self.cold.make_location(self.strongroom)
        self.strongroom.start()
        self.strongroom.add_client()
        self.api = self.strongroom.api

    def store(self, bag, kind="create"):
        name = f"{bag.identifier}-{kind}.tar.gz"
        self.strongroom.place(name, bag.package())
        ended = self.api.ended(self.api.ingest("maps", bag.identifier, name, kind=kind)["id"], seconds=120)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def wait_for_tier(self, identifier, version):
        def tiers():
            return [one["accessTier"] for one in self.api.bag("maps", identifier, version).json["replicaLocations"]]
        wait_until(lambda: tiers() == ["archive"], 60, what="the archive tier")

    def lose_primary(self, identifier):
        (self.directory / "primary" / "maps" / identifier).rename(self.directory / "lost")

    def content(self, identifier, name, version):
        return self.api.get(f"/bags/maps/{identifier}/content/{name}?version={version}")

    def look(self, restore):
        return self.api.get(f"/restores/{restore['id']}").json

    def test_e4_a_version_of_which_only_the_archived_copy_is_left(self):
        self.store(Bag("sea", PAYLOAD))
        first = self.api.bag("maps", "sea").json
        changed = dict(PAYLOAD, **{"data/000.txt": b"another sheet"})
        lines = [f"{first['location']['url']}/v1/{name} {len(content)} {name}"
                 for name, content in PAYLOAD.items() if name != "data/000.txt"]
        self.store(Bag("sea", changed).fetching(lines, ["data/000.txt"]), "update")
        for version in ("v1", "v2"):
            self.wait_for_tier("sea", version)
        self.lose_primary("sea")
        refused = self.content("sea", "data/001.txt", "v2")
        self.assertEqual(refused.status, 503, refused)
        self.assertIn("data/001.txt is only held in an archive tier and must be restored first",
                      refused.json["description"])
        asked = self.api.call("POST", "/bags/maps/sea/restore?location=cold")
        self.assertEqual(asked.status, 202, asked)
        restore = asked.json
        self.assertEqual((restore["version"], restore["locationLabel"]), ("v2", "Amazon Glacier"))
        self.assertEqual(self.api.call("POST", "/bags/maps/sea/restore").json["id"], restore["id"])
        wait_until(lambda: self.look(restore)["state"] == "waiting", 60, what="everything asked for")
        self.assertEqual(self.look(restore)["filesReady"], 0)
        self.assertEqual(self.content("sea", "data/001.txt", "v2").status, 503)
        self.strongroom.kill()
        counts = self.cold.pass_time(do="restore")
        self.assertEqual(counts["POST restore"], restore["filesTotal"])
        self.strongroom.start()
        wait_until(lambda: self.look(restore)["state"] == "ready", 60, what="everything ready")
        ready = self.look(restore)
        self.assertEqual(ready["filesReady"], ready["filesTotal"])
        self.assertNotIn("POST restore", self.cold.pass_time(do="nothing"))
        # What v2 has of v1 as well, but not what it has replaced.
        self.assertEqual(self.content("sea", "data/001.txt", "v2").body, b"sheet 1")
        self.assertEqual(self.content("sea", "data/000.txt", "v2").body, b"another sheet")
        self.assertEqual(self.content("sea", "data/000.txt", "v1").status, 503)
        self.assertEqual(self.api.get("/bags/maps/sea/archive").status, 200)
        self.cold.pass_time(do="expire")
        self.assertEqual(self.content("sea", "data/001.txt", "v2").status, 503)

    def test_a_provider_that_is_down_keeps_nobody_from_reading(self):
        self.store(Bag("b", {"data/a": b"a"}))
        self.strongroom.stop()
        self.cold.vault.stop()
        self.strongroom.start(seconds=90)
        self.assertIn("event=location_unreachable", self.strongroom.said())
        self.assertEqual(self.content("b", "data/a", "v1").body, b"a")
        # What is to be written there waits, and is written once the provider is back.
        self.strongroom.place("c", Bag("c").package())
        ingest = self.api.ingest("maps", "c", "c")["id"]
        wait_until(lambda: "replicat" in str(self.api.show(ingest)["events"]), 60, what="the replication to begin")
        self.assertEqual(self.api.show(ingest)["status"]["id"], "processing")
        self.cold.vault.start()
        ended = self.api.ended(ingest, seconds=120)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.wait_for_tier("c", "v1")

    def test_at_the_command_line(self):
        self.store(Bag("b", {"data/a": b"a"}))
        environment = {**os.environ, "STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
                       "STRONGROOM_CLIENT_SECRET": self.api.secret}
        self.wait_for_tier("b", "v1")
        first = run("bag", "restore", "maps/b@v1", environment=environment)
        self.assertEqual(first.returncode, 0, first)
        self.assertRegex(first.stdout, r"^maps/b@v1 v1 in Amazon Glacier: 0 of \d files can be read")
        def asked():
            return "POST restore" in self.cold.pass_time(do="restore")
        wait_until(asked, 60, what="the provider to be asked")
        self.cold.pass_time(do="restore")
        last = run("bag", "restore", "maps/b", "--location", "cold", "--wait", "--json", environment=environment)
        self.assertEqual(last.returncode, 0, last)
        self.assertEqual(json.loads(last.stdout)["state"], "ready")
        self.assertIn("all files can be read until", run("bag", "restore", "maps/b", environment=environment).stdout)
        for arguments, complaint in ((["maps/none"], "not found"), (["maps/b@v7"], "not found"),
                                     (["maps/b", "--location", "attic"], "valid values are: cold, primary"),
                                     (["maps/b", "--location", "primary"], "is not in an archive tier of primary")):
            done = run("bag", "restore", *arguments, environment=environment)
            self.assertEqual(done.returncode, 3, done)
            self.assertIn(complaint, done.stderr)
        self.assertEqual(run("bag", "restore", "b", environment=environment).returncode, 2)


if __name__ == "__main__":
    unittest.main()
