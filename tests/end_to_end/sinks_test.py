#!/usr/bin/python3
"""Outgoing events published to topics (pipeline.md 15): read from a subscribed queue by a client that is not ours.

  --kills N   times that the service is killed while it publishes (STRONGROOM_KILLS; 6)
"""

import json
import random
import re
import time
import unittest

from bags import Bag
from clouds import MessageServer
from harness import SHORT_PAUSES, ServiceTest, events_of, option, run, seed_option, wait_until

KILLS = option("kills", 6)
SEED = seed_option()


class Sinks(ServiceTest):
    def setUp(self):
        super().setUp()
        self.messages = MessageServer(self.directory)
        self.addCleanup(self.messages.stop)
        self.got = []

    def start(self, *sinks):
        config = SHORT_PAUSES + "".join(f"[[sinks]]\n{sink}{self.messages.access()}" for sink in sinks)
        self.strongroom = self.service(config)
        self.api = self.strongroom.api
        # A sink begins with what happens once it is there.
        for number in range(len(sinks)):
            self.wait_for_metric(r"strongroom_topic_sequence\{.*\}", number)

    def wait_for_metric(self, pattern, number):
        def there():
            return len(re.findall(pattern, self.api.get("/metrics").text)) > number
        wait_until(there, 30, what="the sinks")

    def store(self, identifier, payload=None):
        self.strongroom.place(identifier, Bag(identifier, payload or {"data/a": b"a"}).package())
        ended = self.api.ended(self.api.ingest("maps", identifier, identifier)["id"])
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def read(self, queue):
        """Appends (message id, body) of what is in the queue to `got`."""
        for message in self.messages.receive(queue):
            self.got.append((message["MessageAttributes"]["strongroom-message-id"]["Value"], json.loads(message["Message"])))
        return self.got

    def names(self, queue):
        self.read(queue)
        found = []
        for _, body in self.got:
            if not found or found[-1] != body["externalIdentifier"]:
                found.append(body["externalIdentifier"])
        return found

    def test_registered_bags_and_ingests(self):
        bags, bag_queue = self.messages.topic("bags")
        ingests, ingest_queue = self.messages.topic("ingests.fifo")
        self.start(f'name = "bags"\ntopic = "{bags}"\n',
                   f'name = "ingests"\ntopic = "{ingests}"\nkinds = ["ingest-update"]\nspaces = ["maps", "books"]\n')
        self.store("b/1")
        wait_until(lambda: self.read(bag_queue), 30, what="a notice")
        (id, body), = self.got
        self.assertEqual(body, {"space": "maps", "externalIdentifier": "b/1", "version": "v1",
                                "type": "RegisteredBagNotification"})
        events = self.api.get("/events?kind=registered-bag").json["results"]
        self.assertEqual(id, events[0]["id"])
        told = []
        wait_until(lambda: told.extend(self.messages.receive(ingest_queue)) or len(told) > 3, 30, what="notices")
        last = json.loads(told[-1]["Message"])
        self.assertEqual((last["type"], last["bag"]["id"]), ("Ingest", "maps/b/1"))
        groups = {form.get("MessageGroupId") for form in self.messages.published(ingests)}
        self.assertEqual(len(groups), 1)
        # What is stored already is told once more by a reindex.
        self.api.call("POST", "/reindex", {})
        wait_until(lambda: len(self.read(bag_queue)) == 2, 30, what="another notice")
        self.assertNotEqual(self.got[0][0], self.got[1][0])

    def test_a_topic_that_is_away_and_a_service_that_dies(self):
        random.seed(SEED)
        topic, queue = self.messages.topic("bags")
        self.start(f'name = "bags"\ntopic = "{topic}"\n')
        self.messages.server.stop()
        for number in range(3):
            self.store(f"away-{number}")
        wait_until(lambda: "event=topic_behind" in self.strongroom.said(), 30, what="a complaint")
        self.messages.server.start()
        wanted = [f"away-{number}" for number in range(3)]
        wait_until(lambda: self.names(queue) == wanted, 60, what="everything that was missed")
        for kill in range(KILLS):
            self.store(f"killed-{kill}")
            wanted.append(f"killed-{kill}")
            time.sleep(random.uniform(0, 0.05))
            self.strongroom.kill()
            self.strongroom.start()
        wait_until(lambda: self.names(queue) == wanted, 60, what=f"everything, with seed {SEED}")
        self.assertLess(len(self.got), 2 * len(wanted))

    def test_what_a_topic_refuses_holds_up_nothing(self):
        topic, queue = self.messages.topic("ingests")
        self.start(f'name = "ingests"\ntopic = "{topic}"\nkinds = ["ingest-update", "registered-bag"]\n')
        self.messages.refuse("Unpacking started")
        self.store("b")
        def has_bag():
            return any(body["type"] == "RegisteredBagNotification" for _, body in self.read(queue))
        wait_until(has_bag, 30, what="what is behind the refused")
        self.assertIn("event=notice_refused sink=ingests", self.strongroom.said())
        self.assertRegex(self.api.get("/metrics").text,
                         r'strongroom_topic_notices_total\{outcome="refused",topic="ingests"\} [1-9]')

    def test_a_topic_that_cannot_be_is_told_at_the_start(self):
        service = self.service('[[sinks]]\nname = "bags"\ntopic = "bags"\n', start=False)
        service.command()
        done = run("check", "config", "--config", str(self.directory / "data.toml"), "--data", str(service.data))
        self.assertEqual(done.returncode, 2, done)
        self.assertIn('sinks[1].topic = "bags": must be a topic of SNS such as', done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
