#!/usr/bin/python3
"""Clients at the door: tokens, refusals, a restart in between, and the dialogues of existing programs.

Acceptance cases A3, A4, A5, C1, C2, C3 and M2.
"""

import pathlib
import unittest
import uuid

from bags import Bag
from harness import ServiceTest, events_of
from receiver import Receiver


class Tokens(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service()
        self.api = self.strongroom.api

    def check_unstored(self, answer):
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Pragma"], "no-cache")

    def test_c1_tokens_by_basic_and_by_form(self):
        form = {"grant_type": "client_credentials", "client_id": self.api.client_id, "client_secret": self.api.secret}
        answers = [
            self.api.take_token(),
            self.api.take_token(path="//oauth2/token"),
            self.api.take_token(form, basic=False),
            self.api.take_token(form, basic=False, path="//oauth2/token"),
        ]
        for answer in answers:
            self.assertEqual(answer.status, 200, answer)
            self.check_unstored(answer)
            self.assertEqual(next(iter(answer.json)), "@context")
            self.assertEqual(answer.json["token_type"], "Bearer")
            self.assertEqual(answer.json["expires_in"], 3600)
            self.assertIn("ingests:write", answer.json["scope"].split())
        tokens = [answer.json["access_token"] for answer in answers]
        self.assertEqual(len(set(tokens)), 4)
        for token in tokens:
            self.assertEqual(self.look_with("Bearer " + token).status, 404)
        kept = b"".join(file.read_bytes() for file in pathlib.Path(self.strongroom.data).glob("catalogue*"))
        for hidden in (*tokens, self.api.secret):
            self.assertNotIn(hidden.encode(), kept)

    def look_with(self, authorization):
        """Asks for an ingest that is not there: 404 for those who may ask."""
        headers = {"Authorization": authorization} if authorization else {}
        return self.api.get(f"/ingests/{uuid.UUID(int=0)}", headers=headers, authorise=False)

    def test_c2_refused_credentials(self):
        basic = (self.api.client_id, self.api.secret)
        both = {"grant_type": "client_credentials", "client_id": basic[0], "client_secret": basic[1]}
        for wanted, error, answer in (
            (401, "invalid_client", self.api.take_token(credentials=(basic[0], "wrong"))),
            (401, "invalid_client", self.api.take_token(credentials=("nobody", basic[1]))),
            (401, "invalid_client", self.api.take_token(basic=False)),
            (400, "unsupported_grant_type", self.api.take_token({"grant_type": "password"})),
            (400, "invalid_request", self.api.take_token({})),
            (400, "invalid_request", self.api.take_token(both)),
            (400, "invalid_scope", self.api.take_token({"grant_type": "client_credentials", "scope": "everything"})),
        ):
            with self.subTest(error):
                self.assertEqual(answer.status, wanted, answer)
                self.assertEqual(answer.json["error"], error)
                self.check_unstored(answer)
        narrow = self.api.take_token({"grant_type": "client_credentials", "scope": "bags:read"})
        self.assertEqual(narrow.json["scope"], "bags:read")
        answer = self.look_with("Bearer " + narrow.json["access_token"])
        self.assertEqual(answer.status, 403)
        self.assertEqual(answer.json["description"], "This client lacks the scope ingests:read")

    def test_c3_using_tokens(self):
        token = self.api.take_token().json["access_token"]
        for header in (None, token, "Basic " + token, "Bearer " + "x" * 43):
            answer = self.look_with(header)
            self.assertEqual(answer.status, 401, header)
            self.assertEqual(answer.json["label"], "Unauthorized")
            self.assertTrue(answer.json["description"])
            self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))
        self.assertEqual(self.look_with("bearer " + token).status, 404)
        self.assertEqual(self.strongroom.stop(), 0)
        self.strongroom.start()
        self.assertEqual(self.look_with("Bearer " + token).status, 404)
        self.strongroom.kill()
        self.strongroom.start()
        self.assertEqual(self.look_with("Bearer " + token).status, 404)

    def test_health_needs_no_token(self):
        for path in ("//healthz", "//management/healthcheck", "/healthz", "/management/healthcheck"):
            answer = self.api.get(path, authorise=False)
            self.assertEqual((answer.status, answer.body), (200, b"ok"), path)
        self.assertEqual(self.api.get("/context.json", authorise=False).status, 200)

    def test_a3_a4_a5_refused_requests(self):
        whole = self.api.request("maps", "x", "x.tar.gz")
        for body, kind, status, beginning in (
            (b"hgjh", "application/json", 400, "The request content was malformed:\n"),
            (b"", "application/json", 400, "Request entity expected but not supplied"),
            (b"{}", "text/plain", 415, "The request's Content-Type [text/plain] is not supported. Expected:\n"
             "application/json"),
            (b" " * (2 << 20), "application/json", 413, "The request body is larger than"),
            (b'{"space":{},"space":{}}', "application/json", 400, "The request content was malformed:\n"),
        ):
            answer = self.api.call("POST", "/ingests", body, {"Content-Type": kind})
            self.assertEqual(answer.status, status, answer)
            self.assertTrue(answer.json["description"].startswith(beginning), answer)
        for path in (".ingestType", ".space.id", ".bag.info.externalIdentifier", ".sourceLocation.path"):
            request = self.api.request("maps", "x", "x.tar.gz")
            *way, last = path[1:].split(".")
            inner = request
            for name in way:
                inner = inner[name]
            del inner[last]
            answer = self.api.call("POST", "/ingests", request)
            self.assertEqual(answer.status, 400)
            self.assertEqual(answer.json["description"], f"Invalid value at {path}: Missing required field")
        five = whole | {"callback": {"url": "{uri}"}, "ingestType": {"id": "repair"}, "space": {"id": "a/b"}}
        five["sourceLocation"] = whole["sourceLocation"] | {"provider": {"id": "floppy"}}
        five["bag"] = {"info": {"externalIdentifier": "-x"}}
        answer = self.api.call("POST", "/ingests", five)
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer.json["description"].split("\n"), [
            'Unrecognised value at .sourceLocation.provider.id: got "floppy", valid values are: amazon-s3, '
            "azure-blob-storage, filesystem.",
            "Invalid value at .callback.url: must be an absolute http or https URL.",
            'Invalid value at .ingestType.id: got "repair", valid values are: create, update.',
            "Invalid value at .space.id: must not contain slashes.",
            "Invalid value at .bag.info.externalIdentifier: must begin with a Basic Latin letter or digit, was -x",
        ])
        self.assertEqual(self.strongroom.catalogue.rows("SELECT * FROM ingest"), [])


class Dialogues(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service()
        self.api = self.strongroom.api
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def test_m2_the_archivematica_storage_plugin(self):
        """A token before each call; the bag looked for first; a callback with a key in its query; then polling."""
        identifier = "PP/MDM/A/3/1a"
        bag = Bag(identifier, {"data/METS.xml": b"<mets/>\n"}, tag_algorithms=("md5",), version="0.97")
        package = bag.package(top="./PP_MDM_A_3_1a-" + str(uuid.uuid4()) + "/")
        self.strongroom.place("born-digital/package.tar.gz", package)
        wanted = ["v1", "v2"]
        for kind, status in (("create", 404), ("update", 200)):
            self.api.token = None
            self.assertEqual(self.api.get("/bags/born-digital/PP/MDM/A/3/1a").status, status)
            self.api.token = None
            callback = self.receiver.url("/api/v2/file/1234/store_aip_callback?username=u&api_key=s3cr3t")
            answer = self.api.call("POST", "/ingests", self.api.request(
                "born-digital", identifier, "born-digital/package.tar.gz", kind=kind, provider="amazon-s3",
                callback=callback))
            self.assertEqual(answer.status, 201, answer)
            self.api.token = None
            at_once = self.api.get(answer.headers["Location"])
            self.assertEqual(at_once.status, 200)
            self.assertIn(at_once.json["callback"]["status"]["id"], ("processing", "succeeded"))
            self.assertEqual(at_once.json["callback"]["url"], callback)
            ended = self.api.ended(answer.json["id"], with_callback=True)
            self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
            self.assertEqual(ended["bag"]["info"]["version"], wanted.pop(0))
            for event in ended["events"]:
                self.assertEqual(event["type"], "IngestEvent")
                self.assertTrue(event["description"])
            (got,) = self.receiver.got(ended["id"])
            self.assertEqual(got.target, "/api/v2/file/1234/store_aip_callback?username=u&api_key=s3cr3t")
        self.assertNotIn("s3cr3t", self.strongroom.said())


if __name__ == "__main__":
    unittest.main()
