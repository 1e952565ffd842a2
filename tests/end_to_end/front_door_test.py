#!/usr/bin/python3
"""The front door with the real program: lists, keys, reports, retries, metrics and the audit log.

Acceptance cases A11, B3, B4, C4, C5 and J6, and a client library that others wrote (requests with requests-oauthlib).
"""

import concurrent.futures
import hashlib
import json
import os
import re
import time
import unittest
import urllib.parse
import urllib.request

from requests_oauthlib import OAuth2Session
from oauthlib.oauth2 import BackendApplicationClient

from bags import Bag, package
from harness import ServiceTest, events_of, free_port, run, wait_until
from receiver import Receiver


class FrontDoor(ServiceTest):
    def setUp(self):
        super().setUp()
        self.management = free_port()
        self.strongroom = self.service(f'[metrics]\naddress = "127.0.0.1:{self.management}"\n')
        self.api = self.strongroom.api

    def broken_bag(self, identifier):
        """Three damaged files, one that nobody lists, and a wrong sum of bytes."""
        bag = Bag(identifier, payload={f"data/{name}.txt": name.encode() for name in "abc"}, oxum="4.3")
        files = bag.files
        for name in "abc":
            files[f"data/{name}.txt"] = b"?"
        files["data/extra"] = b""
        return files

    def store(self, identifier, **more):
        self.strongroom.place(f"{identifier}.tar.gz", Bag(identifier).package())
        return self.api.ended(self.api.ingest("maps", identifier, f"{identifier}.tar.gz", **more)["id"])

    def audit(self):
        done = run("audit", "export", "--data", str(self.strongroom.data))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a11_twenty_at_once_are_one(self):
        self.strongroom.place("x.tar.gz", Bag("x").package())
        body = self.api.request("maps", "x", "x.tar.gz")
        headers = {"Idempotency-Key": "k1"}
        self.api.get("/ingests")  # takes the token
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.api.call("POST", "/ingests", body, headers), range(20)))
        self.assertEqual({answer.status for answer in answers}, {201})
        self.assertEqual(len({answer.headers["Location"] for answer in answers}), 1)
        self.assertEqual(sum("Idempotency-Replayed" in answer.headers for answer in answers), 19)
        self.assertEqual({answer.json["status"]["id"] for answer in answers}, {"accepted"})
        self.assertEqual(len(self.api.get("/ingests").json["results"]), 1)

    def test_b3_pages_while_others_arrive(self):
        made = set()
        for number in range(25):
            made.add(self.api.ingest(("maps", "books")[number % 2], f"b{number}", "absent.tar.gz")["id"])
        seen, page = [], self.api.get("/ingests?limit=10")
        while True:
            self.assertEqual(page.status, 200, page)
            seen += [ingest["id"] for ingest in page.json["results"]]
            if "next" not in page.json:
                break
            self.api.ingest("maps", f"late{len(seen)}", "absent.tar.gz")
            page = self.api.get(page.json["next"])
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(set(seen), made)
        self.assertEqual(len(self.api.get("/ingests?space=books&limit=1000").json["results"]), 12)

    def test_b4_a_report_names_everything(self):
        self.strongroom.place("x.tar.gz", package(self.broken_bag("x")))
        ingest = self.api.ended(self.api.ingest("maps", "x", "x.tar.gz")["id"])
        self.assertEqual(ingest["status"]["id"], "failed")
        report = self.api.get(f"/ingests/{ingest['id']}/report").json
        self.assertEqual(report["status"]["id"], "failed")
        (stage,) = report["stages"]
        self.assertEqual(stage["name"], "Verification (pre-replicating to archive storage)")
        self.assertEqual(stage["outcome"], "failed")
        found = [problem["rule"] for problem in stage["problems"]]
        self.assertEqual(found, ["K1", "K1", "K1", "L2", "M1"])
        self.assertEqual(report["problemCount"], 5)
        self.assertEqual([p["path"] for p in stage["problems"][:3]], ["data/a.txt", "data/b.txt", "data/c.txt"])
        for problem in stage["problems"][:3]:
            self.assertEqual(problem["actual"], hashlib.sha256(b"?").hexdigest())
            self.assertIn("expected", problem)

    def test_j6_a_failed_ingest_is_retried(self):
        receiver = Receiver(200, 200)
        self.addCleanup(receiver.close)
        ingest = self.api.ingest("maps", "x", "x.tar.gz", callback=receiver.url())
        failed = self.api.ended(ingest["id"], with_callback=True)
        self.assertEqual(events_of(failed)[-2], "Unpacking failed - There is no archive at file://uploads/x.tar.gz")
        self.strongroom.place("x.tar.gz", Bag("x").package())
        answer = self.api.call("POST", f"/ingests/{ingest['id']}/retry")
        self.assertEqual((answer.status, answer.json["retrying"], answer.json["status"]["id"]), (202, True, "failed"))
        stored = wait_until(
            lambda: (lambda shown: shown if shown["status"]["id"] == "succeeded" and
                     shown["callback"]["status"]["id"] == "succeeded" else None)(self.api.show(ingest["id"])),
            what="the retried ingest to succeed")
        self.assertEqual(events_of(stored)[: len(events_of(failed))], events_of(failed))
        self.assertIn("Retry requested", events_of(stored))
        first, second = receiver.got()
        self.assertNotEqual(first.headers["Strongroom-Delivery"], second.headers["Strongroom-Delivery"])
        again = self.api.call("POST", f"/ingests/{ingest['id']}/retry")
        self.assertEqual(again.status, 409)
        attempts = self.api.get(f"/ingests/{ingest['id']}/report").json["callbackAttempts"]
        self.assertEqual([attempt["outcome"] for attempt in attempts], ["succeeded", "succeeded"])
        self.assertEqual([stage["run"] for stage in self.api.get(f"/ingests/{ingest['id']}/report").json["stages"]],
                         [1, 2, 2, 2, 2])

    def test_the_audit_log_tells_who_did_what(self):
        self.assertEqual(self.store("x")["status"]["id"], "succeeded")
        actions = [record["action"] for record in self.audit()]
        self.assertEqual(actions, ["client.added", "ingest.requested", "version.registered", "ingest.ended"])
        requested = self.audit()[1]
        self.assertEqual(requested["agent"], self.api.client_id)
        self.assertIn("maps/x", requested["object"])
        verified = run("audit", "verify", "--data", str(self.strongroom.data))
        self.assertEqual(verified.returncode, 0, verified.stderr)

    def test_metrics(self):
        self.store("x")
        answer = self.api.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertIn('strongroom_ingests{status="succeeded"} 1', answer.text)
        self.assertIn("strongroom_oldest_unfinished_ingest_seconds 0", answer.text)
        self.assertRegex(answer.text, r'strongroom_step_seconds_count\{step="unpack"\} 1')
        size = sum(file.stat().st_size for file in (self.strongroom.locations()[0] / "maps/x/v1").rglob("*") if file.is_file())
        for direction in ("written", "read"):
            told = re.search(rf'strongroom_location_bytes_total\{{direction="{direction}",location="primary"\}} (\d+)', answer.text)
            self.assertGreaterEqual(int(told[1]), size)
        self.assertRegex(answer.text, r'strongroom_http_requests_total\{route="POST /ingests",status="2xx"\} 1')
        self.assertEqual(self.api.get("/metrics", authorise=False).status, 401)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=10) as told:
            self.assertIn('strongroom_ingests{status="succeeded"} 1', told.read().decode())
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{self.management}/storage/v1/ingests", timeout=10)
        self.assertEqual(refused.exception.code, 404)

    def test_c5_every_answer_names_its_context(self):
        ingest = self.store("x")["id"]
        context = self.api.base + "/context.json"
        for path in ("/ingests", f"/ingests/{ingest}", f"/ingests/{ingest}/report", "/bags/maps/x", "/ingests/nothing",
                     "/nothing", "/ingests?limit=0"):
            self.assertEqual(self.api.get(path).json["@context"], context, path)
        self.assertEqual(self.api.take_token({"grant_type": "x"}).json["@context"], context)
        for path in ("/context.json", "/ontology.ttl"):
            self.assertEqual(self.api.get(path, authorise=False).status, 200)

    def test_a_client_library_that_others_wrote(self):
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback in clear
        self.addCleanup(os.environ.pop, "OAUTHLIB_INSECURE_TRANSPORT")
        session = OAuth2Session(client=BackendApplicationClient(client_id=self.api.client_id))
        session.fetch_token(token_url=f"{self.api.base}/oauth2/token", client_id=self.api.client_id,
                            client_secret=self.api.secret)
        self.addCleanup(session.close)
        uploaded = session.put(f"{self.api.base}/uploads/uploads/x.tar.gz", data=Bag("x").package())
        self.assertEqual(uploaded.status_code, 201, uploaded.text)
        created = session.post(f"{self.api.base}/ingests", json=self.api.request("maps", "x", "x.tar.gz"))
        self.assertEqual(created.status_code, 201, created.text)
        deadline = time.monotonic() + 60
        while (ingest := session.get(created.headers["Location"]).json())["status"]["id"] in ("accepted", "processing"):
            self.assertLess(time.monotonic(), deadline, ingest)
        self.assertEqual(ingest["status"]["id"], "succeeded")
        bag = session.get(f"{self.api.base}/bags/maps/{urllib.parse.quote('x')}")
        self.assertEqual((bag.status_code, bag.json()["version"]), (200, "v1"))
        self.assertEqual(bag.headers["ETag"].removeprefix("W/"), '"maps/x/v1"')


if __name__ == "__main__":
    unittest.main()
