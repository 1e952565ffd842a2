#!/usr/bin/python3
"""Callbacks, with a real host that answers as it was told: acceptance cases L5, L6 and M3.

The pauses between attempts are set to a second.
"""

import socket
import unittest

from bags import Bag
from harness import SHORT_PAUSES, ServiceTest, events_of
from receiver import Receiver


class Callbacks(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service(SHORT_PAUSES)
        self.api = self.strongroom.api
        self.api.upload("x.tar.gz", Bag("x").package())
        self.spaces = 0

    def ingest(self, url, succeeds=True):
        """Stores the bag in a new space (or fails to); the ingest when its callback has ended."""
        self.spaces += 1
        ingest = self.api.ingest(f"space {self.spaces}", "x", "x.tar.gz" if succeeds else "none.tar.gz", callback=url)
        ended = self.api.ended(ingest["id"], with_callback=True)
        self.assertEqual(ended["status"]["id"], "succeeded" if succeeds else "failed", events_of(ended))
        outcomes = [text for text in events_of(ended) if text.startswith("Callback")]
        self.assertEqual(len(outcomes), 1, outcomes)
        self.assertEqual(events_of(ended)[-1], outcomes[0])
        return ended, outcomes[0]

    def receiver(self, *answers):
        receiver = Receiver(*answers)
        self.addCleanup(receiver.close)
        return receiver

    def test_l5_delivered(self):
        for status in (200, 201, 204):
            for succeeds in (True, False):
                receiver = self.receiver(status)
                ended, outcome = self.ingest(receiver.url("/done?job=1&x=%20y"), succeeds)
                self.assertEqual(outcome, "Callback fulfilled")
                self.assertEqual(ended["callback"]["status"]["id"], "succeeded")
                (got,) = receiver.got()
                self.assertEqual((got.method, got.target), ("POST", "/done?job=1&x=%20y"))
                self.assertEqual(got.headers["Content-Type"], "application/json")
                self.assertRegex(got.headers["User-Agent"], r"^Strongroom/\d")
                self.assertEqual(got.attempt, 1)
                self.assertNotIn("Strongroom-Signature", got.headers)
                self.assertEqual(next(iter(got.json)), "@context")
                self.assertEqual(got.json["id"], ended["id"])
                self.assertEqual(got.json["status"]["id"], ended["status"]["id"])
                self.assertEqual(got.json["callback"]["status"]["id"], "processing")
                self.assertEqual(got.json["events"], ended["events"][:-1])
                if succeeds:
                    self.assertEqual(got.json["bag"]["info"]["version"], "v1")

    def test_l6_twice_refused_then_taken(self):
        receiver = self.receiver(503, 503, 200)
        ended, outcome = self.ingest(receiver.url())
        self.assertEqual(outcome, "Callback fulfilled")
        self.assertEqual(ended["callback"]["status"]["id"], "succeeded")
        got = receiver.got()
        self.assertEqual([each.attempt for each in got], [1, 2, 3])
        self.assertEqual(len({each.delivery for each in got}), 1)
        self.assertEqual(len({each.body for each in got}), 1)

    def test_l6_never_taken(self):
        receiver = self.receiver(404)
        ended, outcome = self.ingest(receiver.url())
        self.assertEqual(outcome, f"Callback failed for: {ended['id']}, got 404 Not Found!")
        self.assertEqual(ended["callback"]["status"]["id"], "failed")
        self.assertEqual([each.attempt for each in receiver.got()], [1, 2, 3, 4, 5])

    def test_m3_unauthorised(self):
        ended, outcome = self.ingest(self.receiver(401).url())
        self.assertEqual(outcome, f"Callback failed for: {ended['id']}, got 401 Unauthorized!")

    def test_l6_a_redirect_is_not_followed(self):
        elsewhere = self.receiver(200)
        receiver = self.receiver((302, {"Location": elsewhere.url()}))
        ended, outcome = self.ingest(receiver.url())
        self.assertEqual(outcome, f"Callback failed for: {ended['id']}, got 302 Found!")
        self.assertEqual(elsewhere.got(), [])

    def test_l6_no_listener(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else can take the port
            ended, outcome = self.ingest(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        self.assertEqual(outcome, f"Callback failed for: {ended['id']} (connection refused)")

    def test_a_dead_callback_host_does_not_hold_up_the_next_version(self):
        receiver = self.receiver(503, 503, 503, 200)
        first = self.api.ingest("same", "x", "x.tar.gz", callback=receiver.url())
        second = self.api.ingest("same", "x", "x.tar.gz", kind="update")
        self.assertEqual(self.api.ended(second["id"])["status"]["id"], "succeeded")
        self.assertEqual(self.api.ended(first["id"], with_callback=True)["callback"]["status"]["id"], "succeeded")

    def test_l7_forbidden_addresses(self):
        for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "10.0.0.5"):
            answer = self.api.call("POST", "/ingests", self.api.request(
                "maps", "x", "x.tar.gz", callback=f"http://{host}/"))
            self.assertEqual(answer.status, 400, answer)
            self.assertIn("Invalid value at .callback.url: the address ", answer.json["description"])


if __name__ == "__main__":
    unittest.main()
