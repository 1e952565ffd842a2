#!/usr/bin/python3
"""Events sent to others: subscriptions of a running service, over the API and the command line (http-api.md 9.4).

  --kills N   times that the service is killed while it delivers (STRONGROOM_KILLS; 6)
"""

import hashlib
import hmac
import json
import os
import random
import subprocess
import time
import unittest

from bags import Bag
from harness import ServiceTest, binary, option, seed_option, wait_until
from receiver import Receiver

KILLS = option("kills", 6)
SECRET = "a secret of sixteen"
QUICK = f"""
[callbacks]
signingSecret = "{SECRET}"
[subscriptions]
firstPause = "1s"
longestPause = "1s"
"""


class Subscriptions(ServiceTest):
    def start(self, config=QUICK):
        self.strongroom = self.service(config)
        self.api = self.strongroom.api

    def receiver(self, *answers):
        made = Receiver(*answers)
        self.addCleanup(made.close)
        return made

    def fill(self, count, prefix="b", space="maps"):
        ids = []
        for number in range(count):
            name = f"{prefix}{number}"
            self.strongroom.place(name, Bag(name).package())
            ids.append(self.api.ingest(space, name, name)["id"])
        for id in ids:
            self.assertEqual(self.api.ended(id)["status"]["id"], "succeeded")

    def command(self, *arguments, code=0):
        done = subprocess.run([str(binary()), "subscriptions", *arguments], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "STRONGROOM_URL": self.api.base,
                                   "STRONGROOM_CLIENT_ID": self.api.client_id,
                                   "STRONGROOM_CLIENT_SECRET": self.api.secret})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def all_events(self):
        return self.api.get("/events?limit=1000").json["results"]

    def told(self, receiver):
        """The events that came, each where it came first."""
        seen = {}
        for got in receiver.got():
            seen.setdefault(got.json["sequence"], got.json)
        return list(seen.values())

    def test_everything_in_order(self):
        self.start()
        self.fill(3)
        receiver = self.receiver(200)
        said = self.command("add", receiver.url("/hook?key=1"), "--after", "0")
        self.assertRegex(said, r"^subscription [0-9a-f-]{36}: events behind 0 go to http://")
        self.fill(3, "c")
        wait_until(lambda: len(receiver.got()) >= len(self.all_events()), what="every event")
        got = receiver.got()
        self.assertEqual([delivered.json["id"] for delivered in got], [event["id"] for event in self.all_events()])
        for delivered in got:
            self.assertEqual(delivered.headers["Strongroom-Delivery"], delivered.json["id"])
            self.assertEqual(delivered.json["@context"], self.api.base + "/context.json")
            self.assertEqual(delivered.target, "/hook?key=1")
            time_text, signature = (part.split("=")[1] for part in delivered.headers["Strongroom-Signature"].split(","))
            expected = hmac.new(SECRET.encode(), time_text.encode() + b"." + delivered.body, hashlib.sha256).hexdigest()
            self.assertEqual(signature, expected)
        # As a reader of the list sees it, but for the context.
        bodies = [{key: value for key, value in delivered.json.items() if key != "@context"} for delivered in got]
        self.assertEqual(bodies, self.all_events())

    def test_filters_and_the_end(self):
        self.start()
        bags, other = self.receiver(200), self.receiver(200)
        self.command("add", bags.url(), "--kind", "registered-bag", "--space", "maps")
        listed = json.loads(self.command("list", "--json"))["results"]
        self.command("add", other.url(), "--space", "other")
        self.fill(2)
        self.fill(1, "o", "other")
        wait_until(lambda: len(bags.got()) == 2 and len(other.got()) >= 2, what="what was asked for")
        self.assertEqual({event["body"]["externalIdentifier"] for event in self.told(bags)}, {"b0", "b1"})
        self.assertEqual({event["kind"] for event in self.told(bags)}, {"registered-bag"})
        self.assertEqual(self.command("remove", listed[0]["id"]), f"removed subscription {listed[0]['id']}\n")
        self.assertIn("not found", self.command("show", listed[0]["id"], code=3))
        self.fill(1, "d")
        time.sleep(1)
        self.assertEqual(len(bags.got()), 2)

    def test_a_receiver_that_fails_and_comes_back(self):
        self.start()
        receiver = self.receiver(503, 500, 200)
        self.command("add", receiver.url(), "--after", "0")
        self.fill(2)
        wait_until(lambda: len(self.told(receiver)) == len(self.all_events()), what="every event")
        got = receiver.got()
        self.assertEqual([delivered.headers["Strongroom-Attempt"] for delivered in got][:4], ["1", "2", "3", "1"])
        self.assertEqual(len({delivered.json["id"] for delivered in got[:3]}), 1)
        self.assertEqual([event["id"] for event in self.told(receiver)], [event["id"] for event in self.all_events()])

    def test_dead_letters(self):
        self.start(QUICK + 'giveUpAfter = "2s"\n')
        receiver = self.receiver(500)
        self.command("add", receiver.url(), "--after", "0")
        self.fill(1)
        (subscription,) = json.loads(self.command("list", "--json"))["results"]
        id = subscription["id"]
        events = self.all_events()
        wait_until(lambda: self.api.get(f"/subscriptions/{id}").json["deadLetterCount"] == len(events), 60,
                   what="all events given up")
        shown = self.command("show", id)
        self.assertIn("failing since", shown)
        self.assertEqual(shown.count("dead letter "), len(events))
        self.assertIn("got 500", shown)
        self.assertIn("subscription_event_given_up", self.strongroom.said())
        receiver.answers = [200]
        before = len(receiver.got())
        self.assertIn(f"with {len(events)} dead letters", self.command("retry", id))
        wait_until(lambda: self.api.get(f"/subscriptions/{id}").json["deadLetterCount"] == 0, 60, what="no dead letters")
        self.assertEqual([got.json["id"] for got in receiver.got()[before:]], [event["id"] for event in events])

    def test_killed_while_it_delivers(self):
        self.start()
        chance = random.Random(seed_option())
        receiver = self.receiver(200)
        self.command("add", receiver.url(), "--after", "0")
        for number in range(KILLS):
            for each in range(4):
                name = f"k{number}-{each}"
                self.strongroom.place(name, Bag(name).package())
                self.api.ingest("maps", name, name)
            time.sleep(chance.uniform(0, 0.8))
            self.strongroom.kill()
            self.strongroom.start()
        wait_until(lambda: not self.api.get("/ingests?status=accepted,processing").json["results"], 120, 0.1)
        wait_until(lambda: len(self.told(receiver)) == len(self.all_events()), 60, what="every event")
        self.assertEqual(self.told(receiver), [{"@context": self.api.base + "/context.json", **event}
                                               for event in self.all_events()])

    def test_addresses_that_are_not_allowed(self):
        self.start()
        for url in ("http://169.254.169.254/", "http://10.0.0.5/x", "ftp://127.0.0.1/"):
            self.assertIn("Invalid value at .url", self.command("add", url, code=3))
        self.assertIn("must be a whole number", self.command("add", "http://127.0.0.1/", "--after", "x", code=2))


if __name__ == "__main__":
    unittest.main()
