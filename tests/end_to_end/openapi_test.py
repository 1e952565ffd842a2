#!/usr/bin/python3
"""The description of the API is true: valid OpenAPI 3.1, and what a running service answers is what it says.

Every documented answer is asked for and every answer held against its schema, by npm's linter and validator.
"""

import json
import os
import pathlib
import subprocess
import unittest
import zipfile

from bags import Bag, package
from clouds import Cold
from event_stream import Stream
from harness import SHORT_PAUSES, Api, ServiceTest, run, wait_until
from receiver import Receiver

ROOT = pathlib.Path(__file__).resolve().parents[2]
JSON = ("application/json", "application/ld+json")


class OpenApi(ServiceTest):
    def setUp(self):
        super().setUp()
        self.cold = Cold(self.directory)
        self.addCleanup(self.cold.stop)
        self.strongroom = self.service(SHORT_PAUSES + "[subscriptions]\nfirstPause = \"1s\"\n" +
                                       self.new_locations("primary") + self.cold.location() +
                                       self.cold.large_responses("64KiB"), start=False)
        self.cold.make_location(self.strongroom)
        self.strongroom.start().add_client()
        self.api = self.strongroom.api
        self.exchanges = []

    def ask(self, status, method, template, path=None, body=None, headers=None, api=None, **more):
        """An exchange that has to give this status, recorded under its template."""
        answer = (api or self.api).call(method, path or template, body, headers, **more)
        self.assertEqual(answer.status, status, f"{method} {path or template}: {answer}")
        self.record(method, template, answer.status, answer.headers["Content-Type"], answer.body)
        return answer

    def record(self, method, template, status, kind, body):
        document = None
        if kind and kind.split(";")[0] in JSON:
            document = json.loads(body)
        elif kind and kind.startswith("text/plain") and template.startswith(("/healthz", "/management")):
            document = body.decode()
        self.exchanges.append({"method": method, "path": template, "status": status, "type": kind, "body": document})

    def client(self, *options):
        made = json.loads(run("client", "add", "--data", str(self.strongroom.data), "--json", *options).stdout)
        return Api(self.strongroom.port, made["client_id"], made["client_secret"])

    def test_everything_documented(self):
        self.tokens()
        self.ingests()
        self.bags()
        self.events()
        self.subscriptions()
        self.transfers()
        self.public()
        self.refusals()
        lines = self.directory / "exchanges"
        lines.write_text("".join(json.dumps(exchange) + "\n" for exchange in self.exchanges))
        done = subprocess.run(["node", str(ROOT / "tests/node/openapi.mjs"), str(ROOT / "docs/openapi.json"), str(lines)],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def tokens(self):
        for status, answer in ((200, self.api.take_token()), (400, self.api.take_token({"grant_type": "x"})),
                               (401, self.api.take_token(credentials=("nobody", "x")))):
            self.assertEqual(answer.status, status)
            self.record("POST", "/oauth2/token", status, answer.headers["Content-Type"], answer.body)

    def upload(self, name, content):
        return self.ask(201, "PUT", "/uploads/{area}/{path}", f"/uploads/uploads/{name}", content,
                        {"Content-Type": "application/octet-stream"})

    def ingests(self):
        self.receiver = Receiver(200)
        self.addCleanup(self.receiver.close)
        fields = [("Source-Organization", "Harbour Map Room"), ("External-Description", "A chart")]
        good = Bag("x/1", {"data/a.txt": b"hello\n", "data/empty": b""}, fields=fields)
        bad = Bag("y")
        bad.files["data/a.txt"] = b"other"
        self.upload("good", good.package())
        self.upload("long", Bag("long", {f"data/{n}": b"" for n in range(1000)}).package())
        self.upload("bad", bad.package())
        self.ask(409, "PUT", "/uploads/{area}/{path}", "/uploads/uploads/good", b"x",
                 {"Content-Type": "application/octet-stream"})
        self.ask(404, "PUT", "/uploads/{area}/{path}", "/uploads/nowhere/x", b"x")
        self.ask(400, "PUT", "/uploads/{area}/{path}", "/uploads/uploads/a/../x", b"x")
        request = self.api.request("maps", "x/1", "good", callback=self.receiver.url())
        key = {"Idempotency-Key": "one", "Content-Type": "application/json"}
        made = self.ask(201, "POST", "/ingests", body=request, headers=key).json
        self.ask(201, "POST", "/ingests", body=request, headers=key)
        self.ask(422, "POST", "/ingests", body={**request, "space": {"id": "other"}}, headers=key)
        self.ask(400, "POST", "/ingests", body={"space": 1})
        self.ask(415, "POST", "/ingests", body=b"x", headers={"Content-Type": "text/plain"})
        self.api.ended(made["id"], with_callback=True)
        failed = self.ask(201, "POST", "/ingests", body=self.api.request("maps", "y", "bad")).json["id"]
        self.api.ended(failed)
        one, report = "/ingests/{id}", "/ingests/{id}/report"
        for id in (made["id"], failed):
            self.ask(200, "GET", one, f"/ingests/{id}")
            self.ask(200, "GET", report, f"/ingests/{id}/report")
        self.ask(404, "GET", one, "/ingests/none")
        self.ask(404, "GET", report, "/ingests/none/report")
        self.ask(404, "POST", "/ingests/{id}/retry", "/ingests/none/retry")
        self.ask(409, "POST", "/ingests/{id}/retry", f"/ingests/{made['id']}/retry")
        self.ask(202, "POST", "/ingests/{id}/retry", f"/ingests/{failed}/retry")
        self.api.ended(failed)
        self.ask(200, "GET", report, f"/ingests/{failed}/report")
        self.ask(200, "GET", "/ingests", "/ingests?limit=1")
        self.ask(400, "GET", "/ingests", "/ingests?limit=x")
        self.dry_runs()

    def dry_runs(self):
        self.ask(200, "POST", "/ingests", "/ingests?dryRun=true", self.api.request("maps", "y", "bad"))
        # One that takes longer than an answer is waited for.
        large = Bag("large", {"data/z": bytes(192 << 20)}, algorithms=("sha256", "sha512", "sha1", "md5"))
        self.strongroom.place("large", package(dict(sorted(large.files.items(), reverse=True))))
        began = self.ask(202, "POST", "/ingests", "/ingests?dryRun=true", self.api.request("maps", "large", "large"),
                         {"Prefer": "respond-async"}).json
        path = f"/dry-runs/{began['id']}"
        self.ask(202, "GET", "/dry-runs/{id}", path)
        wait_until(lambda: self.api.get(path).status == 200, 120, 0.2)
        self.ask(200, "GET", "/dry-runs/{id}", path)
        self.ask(404, "GET", "/dry-runs/{id}", "/dry-runs/none")

    def bags(self):
        bag = "/bags/{space}/{externalIdentifier}"
        wait_until(lambda: self.api.bag("maps", "x/1").json["replicaLocations"][0]["accessTier"] == "archive")
        tag = self.ask(200, "GET", bag, "/bags/maps/x/1").headers["ETag"]
        self.ask(200, "GET", bag, "/bags/maps/x/1", headers={"Accept": "application/ld+json"})
        self.ask(304, "GET", bag, "/bags/maps/x/1", headers={"If-None-Match": tag})
        self.ask(404, "GET", bag, "/bags/maps/none")
        self.api.ended(self.api.ingest("maps", "long", "long")["id"])
        self.ask(307, "GET", bag, "/bags/maps/long")
        self.ask(200, "GET", bag + "/versions", "/bags/maps/x/1/versions")
        self.ask(400, "GET", bag + "/versions", "/bags/maps/x/1/versions?before=x")
        self.ask(404, "GET", bag + "/versions", "/bags/maps/none/versions")
        content = bag + "/content/{path}"
        tag = self.ask(200, "GET", content, "/bags/maps/x/1/content/data/a.txt").headers["ETag"]
        self.ask(206, "GET", content, "/bags/maps/x/1/content/data/a.txt", headers={"Range": "bytes=1-2"})
        self.ask(304, "GET", content, "/bags/maps/x/1/content/data/a.txt", headers={"If-None-Match": tag})
        self.ask(404, "GET", content, "/bags/maps/x/1/content/data/none")
        self.ask(416, "GET", content, "/bags/maps/x/1/content/data/a.txt", headers={"Range": "bytes=99-"})
        tag = self.ask(200, "GET", bag + "/archive", "/bags/maps/x/1/archive").headers["ETag"]
        self.ask(304, "GET", bag + "/archive", "/bags/maps/x/1/archive", headers={"If-None-Match": tag})
        self.ask(404, "GET", bag + "/archive", "/bags/maps/none/archive")
        restore, url = bag + "/restore", "/bags/maps/x/1/restore"
        made = self.ask(202, "POST", restore, url).json
        self.ask(400, "POST", restore, url + "?location=none")
        self.ask(404, "POST", restore, "/bags/maps/none/restore")
        self.ask(409, "POST", restore, url + "?location=primary")
        self.ask(200, "GET", "/restores/{id}", "/restores/" + made["id"])
        self.ask(404, "GET", "/restores/{id}", "/restores/none")
        wait_until(lambda: self.api.get("/search?suffix=txt").json["results"], what="an index")
        self.ask(200, "GET", "/search", "/search?suffix=txt&limit=1")
        self.ask(400, "GET", "/search", "/search?limit=x")

    def events(self):
        self.ask(202, "POST", "/reindex", body={"space": "maps"})
        self.ask(400, "POST", "/reindex", body={"externalIdentifier": "x"})
        self.ask(404, "POST", "/reindex", body={"space": "maps", "externalIdentifier": "none"})
        self.ask(200, "GET", "/events", "/events?limit=1000")
        self.ask(200, "GET", "/events", "/events?limit=1")
        self.ask(400, "GET", "/events", "/events?after=x")
        self.ask(400, "GET", "/events/stream", "/events/stream?after=x")
        with Stream(self.api, "?after=0") as stream:
            stream.read_until(lambda: stream.ids())
            (kind,) = [line for line in stream.head.split("\r\n") if line.lower().startswith("content-type: ")]
            self.record("GET", "/events/stream", stream.status, kind.split(": ")[1], stream.text)

    def subscriptions(self):
        dead = Receiver(500)
        self.addCleanup(dead.close)
        made = self.ask(201, "POST", "/subscriptions", body={"url": dead.url(), "from": 0, "spaces": ["maps"]}).json
        self.ask(400, "POST", "/subscriptions", body={})
        one, path = "/subscriptions/{id}", f"/subscriptions/{made['id']}"
        wait_until(lambda: "failingSince" in self.api.get(path).json, what="a subscription in trouble")
        self.ask(200, "GET", one, path)
        self.ask(404, "GET", one, "/subscriptions/none")
        self.ask(200, "GET", "/subscriptions")
        self.ask(202, "POST", one + "/retry", path + "/retry")
        self.ask(404, "POST", one + "/retry", "/subscriptions/none/retry")
        self.ask(204, "DELETE", one, path)
        self.ask(404, "DELETE", one, path)

    def transfers(self):
        folder = self.strongroom.data / "transfers/born-digital"
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "bad.zip", "w") as bad:
            bad.writestr("a.txt", "no metadata")
        os.utime(folder / "bad.zip", (1_700_000_000, 1_700_000_000))
        watch = ("transfers", "watch", "--once", "--data", self.strongroom.data)
        self.assertEqual(run(*watch).returncode, 0)
        found = self.ask(200, "GET", "/transfers", "/transfers?limit=1").json["results"]
        self.assertEqual([one["label"] for one in found], ["rejected"])
        self.ask(400, "GET", "/transfers", "/transfers?limit=x")
        one, path = "/transfers/{id}", f"/transfers/{found[0]['id']}"
        self.ask(200, "GET", one, path)
        self.ask(404, "GET", one, "/transfers/none")
        self.ask(200, "GET", one + "/logs/{result}", path + "/logs/failed")
        self.ask(404, "GET", one + "/logs/{result}", path + "/logs/success")
        self.ask(400, "POST", one + "/retry", path + "/retry", {"newSubmission": 1})
        self.ask(404, "POST", one + "/retry", "/transfers/none/retry")
        self.ask(202, "POST", one + "/retry", path + "/retry")
        # Nobody has looked at it again yet.
        reason = {"reason": "a test"}
        self.ask(409, "POST", one + "/retry", path + "/retry")
        self.ask(409, "POST", one + "/dismiss", path + "/dismiss", reason)
        self.assertEqual(run(*watch).returncode, 0)
        self.ask(400, "POST", one + "/dismiss", path + "/dismiss", {})
        self.ask(404, "POST", one + "/dismiss", "/transfers/none/dismiss", reason)
        self.ask(200, "POST", one + "/dismiss", path + "/dismiss", reason)
        records = [{"eventName": "ObjectRemoved:Delete"}, {"eventName": "ObjectCreated:Put"}]
        self.ask(200, "POST", "/transfers/events", body={"Records": records})
        self.ask(400, "POST", "/transfers/events", body={})

    def public(self):
        for path in ("/context.json", "/ontology.ttl", "/openapi.json"):
            tag = self.ask(200, "GET", path, authorise=False).headers["ETag"]
            self.ask(304, "GET", path, headers={"If-None-Match": tag}, authorise=False)
        served = self.api.get("/openapi.json", authorise=False).json
        shipped = json.loads((ROOT / "docs/openapi.json").read_text())
        self.assertEqual(served["servers"], [{"url": self.api.base}])
        self.assertEqual(served["paths"], shipped["paths"])
        for path in ("/healthz", "/management/healthcheck"):
            self.ask(200, "GET", path, authorise=False)
        self.ask(200, "GET", "/metrics")

    def refusals(self):
        """Of every operation: without a token, and without its scope."""
        others = {scope: self.client("--name", scope, "--scope", scope) for scope in ("events:read", "bags:read")}
        document = json.loads((ROOT / "docs/openapi.json").read_text())
        for template, operations in document["paths"].items():
            path = template.replace("{space}", "maps").replace("{externalIdentifier}", "x").replace("{area}", "uploads")
            path = path.replace("{id}", "none").replace("{path}", "data/x")
            for method, operation in operations.items():
                if "403" not in operation["responses"]:
                    continue
                body = b"{}" if method in ("post", "put") else None
                self.ask(401, method.upper(), template, path, body, authorise=False)
                (scope,) = operation["security"][0]["oauth2"]
                other = others["bags:read" if scope == "events:read" else "events:read"]
                self.ask(403, method.upper(), template, path, body, api=other)


if __name__ == "__main__":
    unittest.main()
