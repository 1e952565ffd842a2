#!/usr/bin/python3
"""The stream of events of the real program: acceptance cases L1 to L4, and of C4 and C5 what concerns events.

  --cuts N   times that a consumer is cut off at a random place (STRONGROOM_CUTS; 1000, under sanitizers 200)
  --seed N   of all chance (STRONGROOM_SEED)
"""

import json
import os
import random
import threading
import time
import unittest

from bags import Bag
from event_stream import Stream
from harness import ServiceTest, option, run, seed_option, wait_until

# A sanitizer takes several times as long.
CUTS = option("cuts", 200 if os.environ.get("STRONGROOM_SANITIZE") else 1000)
SEED = seed_option()
CONTEXT = "/context.json"


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        (line,) = [line for line in status if line.startswith("VmRSS:")]
    return int(line.split()[1]) << 10


def threads(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        (line,) = [line for line in status if line.startswith("Threads:")]
    return int(line.split()[1])


class Events(ServiceTest):
    def fill(self, service, bags, prefix="b"):
        """Bags stored side by side; the ids of their ingests."""
        api = service.api
        ids = []
        for number in range(bags):
            name = f"{prefix}{number:03}"
            service.place(f"{name}.tar.gz", Bag(name).package())
            ids.append(api.ingest("maps", name, f"{name}.tar.gz")["id"])
        for ingest in ids:
            self.assertEqual(api.ended(ingest)["status"]["id"], "succeeded")
        return ids

    def pages(self, api, query="", limit=7):
        """Every event of the list, page after page."""
        path = f"/events?{query}limit={limit}"
        while path:
            answer = api.get(path)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(next(iter(answer.json)), "@context")
            yield from answer.json["results"]
            path = answer.json.get("next", "").removeprefix(api.base)

    def all_ids(self, api):
        return [event["sequence"] for event in self.pages(api, limit=1000)]

    def test_l1_what_is_told(self):
        service = self.service()
        api = service.api
        (ingest,) = self.fill(service, 1, "x")
        service.place("bad.tar.gz", b"no package")
        failed = api.ingest("maps", "bad", "bad.tar.gz")["id"]
        self.assertEqual(api.ended(failed)["status"]["id"], "failed")
        events = list(self.pages(api))
        registered = [event for event in events if event["kind"] == "registered-bag"]
        body = {"space": "maps", "externalIdentifier": "x000", "version": "v1", "type": "RegisteredBagNotification"}
        self.assertEqual([event["body"] for event in registered], [body])
        self.assertNotIn("reindex", registered[0])
        for one in (ingest, failed):
            told = [event["body"] for event in events if event["body"].get("id") == one]
            self.assertEqual(told[0]["status"]["id"], "accepted")
            self.assertEqual(told[0]["events"], [])
            shown = api.show(one)
            shown.pop("@context")
            self.assertEqual(told[-1], shown)
            # Each as it was then: the history grows, and the earlier part stays what it was.
            for before, after in zip(told, told[1:]):
                self.assertEqual(after["events"][: len(before["events"])], before["events"])

    def test_l2_a_reader_beside_several_workers(self):
        service = self.service("[workers]\nbags = 4\n")
        api = service.api
        seen, after, done = [], 0, threading.Event()
        faults = []

        def poll():
            nonlocal after
            last_round = False
            while True:
                answer = api.get(f"/events?after={after}&limit=7").json
                seen.extend(event["sequence"] for event in answer["results"])
                if answer["lastSequence"] < after:
                    faults.append("lastSequence fell")
                after = answer["lastSequence"]
                if last_round and not answer["results"]:
                    return
                last_round = done.is_set()

        reader = threading.Thread(target=poll)
        reader.start()
        try:
            self.fill(service, 40)
        finally:
            done.set()
            reader.join(60)
        self.assertEqual(faults, [])
        self.assertEqual(seen, self.all_ids(api))
        self.assertEqual(seen, sorted(set(seen)))
        kinds = {event["kind"] for event in self.pages(api, "kind=registered-bag&space=maps&")}
        self.assertEqual(kinds, {"registered-bag"})
        self.assertEqual(len(list(self.pages(api, "kind=registered-bag&space=maps&"))), 40)
        self.assertEqual(list(self.pages(api, "space=atlas&")), [])
        self.assertEqual(api.get("/events?after=x").status, 400)

    def test_c4_c5_a_reader_of_one_space(self):
        service = self.service()
        self.fill(service, 1)
        done = run("client", "add", "--data", str(service.data), "--name", "atlas", "--scope", "events:read", "--space",
                   "atlas", "--json")
        made = json.loads(done.stdout)
        all_of = self.all_ids(service.api)
        token = service.api.take_token(credentials=(made["client_id"], made["client_secret"])).json["access_token"]
        mine = {"Authorization": "Bearer " + token}
        answer = service.api.get("/events", headers=mine)
        self.assertEqual(answer.json["results"], [])
        self.assertEqual(answer.json["lastSequence"], all_of[-1])
        self.assertEqual(service.api.get("/events?space=maps", headers=mine).status, 403)
        with Stream(service.api, "?after=0", token=token) as stream:
            stream.read_until(lambda: b"retry: 3000\n\n" in stream.text)
            self.assertFalse(stream.read(1))
            self.assertEqual(stream.ids(), [])

    def test_l3_from_any_place_and_live(self):
        service = self.service()
        api = service.api
        self.fill(service, 2)
        all_of = self.all_ids(api)
        for place in range(0, all_of[-1] + 1):
            with Stream(api, "?after=1", last_event_id=place) as stream:
                wanted = [one for one in all_of if one > place]
                stream.read_until(lambda: len(stream.ids()) >= len(wanted) and b"retry" in stream.text)
                self.assertEqual(stream.ids(), wanted)
        self.assertEqual(stream.status, 200)
        self.assertIn("Content-Type: text/event-stream", stream.head)
        self.assertNotIn("Content-Encoding", stream.head)
        with Stream(api) as stream:  # from now on only
            stream.read_until(lambda: b"retry" in stream.text)
            service.place("y.tar.gz", Bag("y").package())
            posted = time.monotonic()
            ingest = api.ingest("maps", "y", "y.tar.gz")["id"]
            stream.read_until(stream.ids)
            self.assertLess(time.monotonic() - posted, 5)
            self.assertEqual(api.ended(ingest)["status"]["id"], "succeeded")
            told = [one for one in self.all_ids(api) if one > all_of[-1]]
            stream.read_until(lambda: len(stream.ids()) >= len(told))
            self.assertEqual(stream.ids(), told)
            listed = list(self.pages(api, f"after={all_of[-1]}&", 1000))
            for (sequence, kind, data), event in zip(stream.events(), listed):
                self.assertTrue(data.startswith('{"@context":"' + api.base + CONTEXT + '",'), data)
                streamed = json.loads(data)
                streamed.pop("@context")
                self.assertEqual(streamed, event)
                self.assertEqual((sequence, kind), (event["sequence"], event["kind"]))
        self.assertEqual(api.call("HEAD", "/events/stream").status, 200)
        self.assertEqual(api.get("/events/stream", headers={"Last-Event-ID": "x"}).status, 400)

    def test_l3_silence_revocation_and_stop(self):
        service = self.service()
        api = service.api
        silent = Stream(api)
        began = time.monotonic()
        silent.read_until(lambda: b"\n:\n\n" in silent.text, 18, "a comment within 15 s")
        self.assertLess(time.monotonic() - began, 16)
        self.assertTrue(run("client", "disable", api.client_id, "--data", str(service.data)).returncode == 0)
        silent.read_until(lambda: silent.ended, 10, "the end after the token is gone")
        silent.close()
        service.add_client("another")
        api.token = None
        stopped = [Stream(api) for _ in range(20)]
        for stream in stopped:
            stream.read_until(lambda stream=stream: b"retry" in stream.text)
        asked = time.monotonic()
        service.stop(25)
        self.assertLess(time.monotonic() - asked, 20)  # not the half minute that requests under way would have
        for stream in stopped:
            stream.read_until(lambda stream=stream: stream.ended)
            stream.close()

    def test_l3_events_of_another_process(self):
        service = self.service()
        with Stream(service.api) as stream:
            stream.read_until(lambda: b"retry" in stream.text)
            other = self.service(name="data-other", start=False, client=False)
            other.data = service.data  # a second process on the same directory
            other.start()
            other.api.client_id, other.api.secret = service.api.client_id, service.api.secret
            other.place("o.tar.gz", Bag("o").package())
            ingest = other.api.ingest("maps", "o", "o.tar.gz")["id"]
            stream.read_until(stream.ids, 10)
            other.api.ended(ingest)
            wanted = self.all_ids(service.api)
            stream.read_until(lambda: len(stream.ids()) >= len(wanted))
            self.assertEqual(stream.ids(), wanted)
            other.stop()

    def test_l3_a_consumer_cut_off_at_random(self):
        chance = random.Random(SEED)
        service = self.service()
        api = service.api
        api.token = api.take_token().json["access_token"]
        self.fill(service, 10)
        writer = threading.Thread(target=self.fill, args=(service, 25, "w"))
        writer.start()
        seen, duplicates, kept, last, rounds, after_the_end = {}, 0, 0, 0, 0, 0
        # However slowly events come: so many cuts, and some of them when there are no new ones any more.
        while rounds < CUTS or after_the_end < 50:
            rounds += 1
            after_the_end += bool(last)
            if last and kept >= last:
                kept = chance.randrange(0, last)  # restored from its own backup
            with Stream(api, last_event_id=kept) as stream:
                for _ in range(chance.randint(1, 3)):
                    stream.read(chance.random() * 0.02)
                for sequence, _, data in stream.events()[: chance.randint(0, 200)]:
                    event = json.loads(data)["id"]
                    duplicates += sequence in seen
                    self.assertEqual(seen.setdefault(sequence, event), event)
                    if chance.random() < 0.01:
                        break  # killed before it kept its place
                    self.assertGreater(sequence, kept)
                    kept = sequence
            if not last and not writer.is_alive():
                last = self.all_ids(api)[-1]
        writer.join()
        wanted = self.all_ids(api)
        with Stream(api, last_event_id=kept) as stream:
            rest = [one for one in wanted if one > kept]
            stream.read_until(lambda: len(stream.ids()) >= len(rest))
            for sequence, _, data in stream.events():
                self.assertEqual(seen.setdefault(sequence, json.loads(data)["id"]), json.loads(data)["id"])
        self.assertEqual(sorted(seen), wanted)
        self.assertGreater(duplicates, 0)

    def test_l3_readers_that_do_not_read(self):
        """A thousand silent streams, and some that never take a byte while thousands of events come."""
        service = self.service("[events]\nmaxStreams = 3000\n")
        api = service.api
        api.token = api.take_token().json["access_token"]
        self.fill(service, 20)
        before, threads_before = resident(service.pid), threads(service.pid)
        idle = [Stream(api) for _ in range(1000)]
        for stream in idle:
            stream.read_until(lambda stream=stream: b"retry" in stream.text)
        with_idle = resident(service.pid)
        self.assertEqual(threads(service.pid), threads_before)
        for stream in idle:
            stream.close()
        stuck = [Stream(api, "?after=0", receive_buffer=4096) for _ in range(50)]
        told = 0
        for _ in range(400):
            answer = api.call("POST", "/reindex")
            self.assertEqual(answer.status, 202, answer)
            told += answer.json["bagVersions"]
        wait_until(lambda: sum(1 for event in self.pages(api, "kind=registered-bag&", 1000)
                               if "reindex" in event) == told, 60, 0.5, "the end of reindexing")
        after = resident(service.pid)
        print(f"events_test: RSS {before >> 20} MiB, {with_idle >> 20} with 1000 idle streams, {after >> 20} with 50 "
              f"that take nothing after {told} events", flush=True)
        # A sanitizer keeps memory for itself: the figures would be its own.
        if not os.environ.get("STRONGROOM_SANITIZE"):
            self.assertLess(with_idle - before, 48 << 20)
            self.assertLess(after - before, 64 << 20)
        self.assertEqual(api.get("/events").status, 200)
        for stream in stuck:
            stream.close()

    def test_streams_are_bounded(self):
        service = self.service("[events]\nmaxStreams = 4\n")
        api = service.api
        streams = []
        for _ in range(3):  # one after the other: which of them is refused is no chance
            streams.append(Stream(api))
            streams[-1].read_until(lambda: streams[-1].head is not None)
        self.assertEqual([stream.status for stream in streams], [200, 200, 503])  # one client has half of them
        self.assertIn("Retry-After: 5", streams[2].head)
        streams[0].reset()
        wait_until(lambda: api.get("/metrics").text.count("strongroom_event_streams 1\n"), 10)
        with Stream(api) as again:
            again.read_until(lambda: again.head is not None)
            self.assertEqual(again.status, 200)
        streams[1].close()
        streams[2].close()

    def test_l4_reindex(self):
        service = self.service()
        api = service.api
        for version in (1, 2):
            for name in ("b", "a", "c/d"):
                service.place("x.tar.gz", Bag(name, {"data/a.txt": f"{version}\n".encode()}).package())
                ingest = api.ingest("maps", name, "x.tar.gz", kind="create" if version == 1 else "update")
                self.assertEqual(api.ended(ingest["id"])["status"]["id"], "succeeded")
        wanted = [(name, version) for name in ("a", "b", "c/d") for version in ("v1", "v2")]
        first = self.emitted_by(api, api.call("POST", "/reindex", {}), 6)
        self.assertEqual(first, wanted)
        # By the command line, of one space and of one bag.
        environment = {"STRONGROOM_URL": api.base, "STRONGROOM_CLIENT_ID": api.client_id,
                       "STRONGROOM_CLIENT_SECRET": api.secret}
        done = run("reindex", "maps/c/d", "--json", environment=environment)
        self.assertEqual((done.returncode, json.loads(done.stdout)["bagVersions"]), (0, 2), done)
        self.assertEqual(run("reindex", "maps", environment=environment).returncode, 0)
        self.assertIn("will emit 0 versions again", run("reindex", "atlas", environment=environment).stdout)
        self.assertEqual(run("reindex", "maps/unknown", environment=environment).returncode, 3)
        wait_until(lambda: len(self.reindexed(api, 0)) == 6 + 2 + 6)
        # Killed at once, again and again: everything at least once, in order.
        for _ in range(10):
            last = self.all_ids(api)[-1]
            self.assertEqual(api.call("POST", "/reindex", {"space": "maps"}).status, 202)
            service.kill()
            service.start()
            wait_until(lambda last=last: len(self.reindexed(api, last)) >= 6)
            self.assertEqual(self.reindexed(api, last), wanted)
        for body, status in (({"externalIdentifier": "x"}, 400), ({"space": "maps", "externalIdentifier": "x"}, 404)):
            self.assertEqual(api.call("POST", "/reindex", body).status, status)
        token = api.take_token({"grant_type": "client_credentials", "scope": "events:read"}).json["access_token"]
        self.assertEqual(api.call("POST", "/reindex", {}, {"Authorization": "Bearer " + token}).status, 403)
        audit = run("audit", "export", "--data", str(service.data)).stdout
        self.assertEqual(audit.count('"action":"reindex.requested"'), 14)

    def reindexed(self, api, after):
        return [(event["body"]["externalIdentifier"], event["body"]["version"])
                for event in self.pages(api, f"kind=registered-bag&after={after}&", 1000) if event.get("reindex")]

    def emitted_by(self, api, answer, count):
        self.assertEqual(answer.status, 202, answer)
        self.assertEqual(next(iter(answer.json)), "@context")
        self.assertEqual((answer.json["type"], answer.json["bagVersions"]), ("Reindex", count))
        wait_until(lambda: len(self.reindexed(api, 0)) == count)
        return self.reindexed(api, 0)


if __name__ == "__main__":
    unittest.main()
