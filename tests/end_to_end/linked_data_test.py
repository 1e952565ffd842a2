#!/usr/bin/python3
"""Every kind of document the service gives is right JSON-LD, and its ontology right Turtle. Acceptance case N1.

The documents come from a running service; the npm processors `jsonld` and `n3` judge them.
"""

import json
import pathlib
import subprocess
import unittest

from bags import Bag
from clouds import Cold
from event_stream import Stream
from harness import SHORT_PAUSES, ServiceTest, wait_until
from receiver import Receiver

NODE = pathlib.Path(__file__).resolve().parents[1] / "node"
KINDS = {"AccessToken", "Bag", "DryRun", "Error", "Event", "EventList", "Ingest", "Reindex", "Restore", "ResultList",
         "StoredBag", "Subscription", "Upload", "VerificationReport"}


class LinkedData(ServiceTest):
    def setUp(self):
        super().setUp()
        self.cold = Cold(self.directory)
        self.addCleanup(self.cold.stop)
        config = SHORT_PAUSES + self.new_locations("primary") + self.cold.location()
        self.service = self.service(config, start=False)
        self.cold.make_location(self.service)
        self.service.start().add_client()
        self.api = self.service.api
        self.found = self.directory / "documents"
        self.found.mkdir()
        self.count = 0

    def keep(self, name, answer, url=None):
        """An answer, or the bytes of a document."""
        body = answer if isinstance(answer, bytes) else answer.body
        self.count += 1
        text = json.dumps({"url": url or self.api.base + "/" + name, "document": json.loads(body)})
        (self.found / f"{self.count:02}-{name}.doc.json").write_text(text)
        return json.loads(body)

    def end(self, bag, name, kind="create", **more):
        self.keep("upload", self.api.upload(name, bag.package()))
        ingest = self.keep("accepted", self.api.call("POST", "/ingests", self.api.request("maps", bag.identifier, name,
                                                                                           kind=kind, **more)))
        self.api.ended(ingest["id"], with_callback="callback" in more)
        return ingest["id"]

    def gather(self):
        receiver = Receiver(500, 200)
        self.addCleanup(receiver.close)
        fields = [("Source-Organization", "Harbour Map Room"), ("External-Description", "A chart"),
                  ("Internal-Sender-Identifier", "88412"), ("Internal-Sender-Description", "sheet 1")]
        stored = self.end(Bag("x", fields=fields, tag_algorithms=("md5", "sha256")), "x.tar.gz", callback=receiver.url())
        self.keep("callback", receiver.got()[-1].body)
        self.keep("ingest", self.api.get(f"/ingests/{stored}"))
        self.keep("report", self.api.get(f"/ingests/{stored}/report"))
        bad = Bag("y")
        bad.files["data/a.txt"] = b"other bytes"
        bad.files["data/Thumbs.db"] = b"?"
        failed = self.end(bad, "y.tar.gz")
        self.keep("failed", self.api.get(f"/ingests/{failed}"))
        self.keep("failed-report", self.api.get(f"/ingests/{failed}/report"))
        self.end(Bag("x", {"data/b": b"b"}, fields=fields), "x2.tar.gz", kind="update")
        self.keep("bag", self.api.bag("maps", "x"))
        self.keep("versions", self.api.get("/bags/maps/x/versions?limit=1"))
        self.restore()
        self.keep("ingests", self.api.get("/ingests?limit=2"))
        self.keep("events", self.api.get("/events?limit=1000"))
        self.keep("reindex", self.api.call("POST", "/reindex", {}))
        subscription = self.api.call("POST", "/subscriptions", {"url": receiver.url(), "kinds": ["ingest-update"],
                                                                "spaces": ["maps"]})
        self.keep("subscription", subscription)
        self.keep("subscriptions", self.api.get("/subscriptions"))
        wait_until(lambda: self.api.get("/search?suffix=txt").json["results"], what="an index")
        self.keep("search", self.api.get("/search?suffix=txt"))
        self.keep("token", self.api.take_token())
        self.keep("not-found", self.api.get("/bags/maps/none"))
        self.keep("bad-request", self.api.call("POST", "/ingests", {"space": 1}))
        self.keep("bad-token", self.api.take_token({"grant_type": "nothing"}))
        self.service.place("dry.tar.gz", bad.package())
        dry = self.api.call("POST", "/ingests?dryRun=true", self.api.request("maps", "y", "dry.tar.gz"))
        self.keep("dry-run", dry)
        described = self.directory / "primary" / "_strongroom" / "manifests" / "maps" / "x" / "v1.json"
        self.keep("stored-description", described.read_bytes(), described.as_uri())
        with Stream(self.api, "?after=0") as stream:
            stream.read_until(lambda: len(stream.ids()) > 6)
            for _, _, data in stream.events():
                self.keep("event", data.encode())
        for name in ("context.json", "ontology.ttl"):
            (self.found / name).write_bytes(self.api.get("/" + name, authorise=False).body)

    def restore(self):
        tiers = lambda: [one["accessTier"] for one in self.api.bag("maps", "x").json["replicaLocations"]]  # noqa: E731
        wait_until(lambda: tiers() == ["archive"], what="the archive tier")
        asked = self.keep("restore-asked", self.api.call("POST", "/bags/maps/x/restore"))
        wait_until(lambda: self.cold.pass_time(do="restore").get("POST restore"), what="a request for a restore")
        look = lambda: self.api.get(f"/restores/{asked['id']}")  # noqa: E731
        wait_until(lambda: self.cold.pass_time(do="restore") is not None and look().json["state"] == "ready",
                   what="a restore")
        self.keep("restore", look())

    def test_n1_every_document(self):
        self.gather()
        done = subprocess.run(["node", str(NODE / "linked_data.mjs"), str(self.found)], capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = set(done.stdout.splitlines()[-1].split(": ")[1].split(", "))
        self.assertLessEqual(KINDS - {"DryRun"}, told)


if __name__ == "__main__":
    unittest.main()
