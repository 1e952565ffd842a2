#!/usr/bin/python3
"""The test double of Archivematica and Slack is what the companions' tests believe it to be: archivematica-double.md 7.

Everything goes over HTTP to the program as it is started beside those tests: its answers are compared with the tables of
sections 2 to 6. What it copies lies in a strict S3 server. archivematica_store_test.py has what it stores.
"""

import base64
import concurrent.futures
import http.client
import io
import json
import pathlib
import shutil
import ssl
import tempfile
import time
import unittest
import urllib.parse
import zipfile

from archivematica import AM, AMSS, LOCATIONS, PACKAGE, Dialogue, Double, call
from clouds import boto_client, radosgw
from harness import Answer, free_port, wait_until
from raw import make_certificate
from vault import Object, Vault

NOBODY = "00000000-0000-4000-8000-000000000000"


class DoubleTest(Dialogue, unittest.TestCase):
    """One double for the tests of a class, reset for each; faults of its own fail the test."""

    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.double_directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-double-"))
        cls.addClassCleanup(shutil.rmtree, cls.double_directory, True)
        cls.double = Double(cls.double_directory).start()
        cls.addClassCleanup(cls.double.stop)

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-double-"))
        self.addCleanup(shutil.rmtree, self.directory, True)
        self.double.reset()

    def tearDown(self):
        self.assertNotIn("Traceback", self.double.said())


class StorageService(DoubleTest):
    def pages(self, target):
        while target:
            answer = self.amss(target)
            self.assertEqual(answer.status, 200, answer)
            yield answer.json
            target = answer.json["meta"]["next"]

    def test_paging_over_45_locations_visits_all_once(self):
        right = self.double.location("born-digital")["uuid"]
        self.double.locations(number=45)
        first = LOCATIONS + "?space__access_protocol=S3&purpose=TS"
        pages = list(self.pages(first))
        self.assertEqual([len(page["objects"]) for page in pages], [20, 20, 5])
        seen = [one["uuid"] for page in pages for one in page["objects"]]
        self.assertEqual(len(set(seen)), 45)
        self.assertIn(right, [one["uuid"] for one in pages[2]["objects"]])
        self.assertEqual({page["meta"]["total_count"] for page in pages}, {45})
        self.assertEqual(pages[0]["meta"]["next"], first + "&limit=20&offset=20")
        self.assertEqual(pages[1]["meta"]["previous"], first + "&limit=20&offset=0")
        self.assertIsNone(pages[0]["meta"]["previous"])
        self.assertEqual([len(page["objects"]) for page in self.pages(first + "&limit=30")], [30, 15])
        whole = self.amss(LOCATIONS + "?limit=0").json
        self.assertEqual((len(whole["objects"]), whole["meta"]["limit"]), (50, 1000))
        self.assertEqual(self.amss(LOCATIONS + "?limit=x").status, 400)

    def test_credentials_and_addresses(self):
        basic = {"Authorization": "Basic " + base64.b64encode(b"test:ss-key").decode()}
        for headers, query in ((AMSS, ""), (basic, ""), ({}, "?username=test&api_key=ss-key"), (AMSS, "?")):
            self.assertEqual(self.amss(LOCATIONS + query, headers=headers).status, 200, query)
        for headers in ({}, AM, {"Authorization": "ApiKey test:"}, {"Authorization": "Bearer ss-key"}):
            answer = self.amss(LOCATIONS, headers=headers)
            self.assertEqual((answer.status, answer.body), (401, b""))
            self.assertEqual(answer.headers["WWW-Authenticate"], 'Basic Realm="django-tastypie"')
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))
        answer = self.amss("/api/v2/location?purpose=TS")
        self.assertEqual((answer.status, answer.headers["Location"]), (301, LOCATIONS + "?purpose=TS"))
        for path in (f"location/{NOBODY}/", f"space/{NOBODY}/", f"file/{NOBODY}/", "async/7/", "elsewhere/"):
            answer = self.amss("/api/v2/" + path)
            self.assertEqual((answer.status, answer.body), (404, b""), path)
        answer = self.amss("/api/v2/location/no-uuid/")
        self.assertEqual((answer.status, list(answer.json)), (400, ["error"]))
        self.double.credentials(amss={"test": "new"})
        self.assertEqual(self.amss(LOCATIONS).status, 401)
        self.assertEqual(self.amss(LOCATIONS, headers={"Authorization": "ApiKey test:new"}).status, 200)

    def test_filters(self):
        def found(query):
            return [(one["purpose"], one["relative_path"]) for one in self.amss(f"{LOCATIONS}?{query}").json["objects"]]

        sources = [("TS", "born-digital"), ("TS", "born-digital-accessions")]
        archives = [("AS", "born-digital"), ("AS", "born-digital-accessions")]
        self.assertEqual(found("space__access_protocol=S3"), sources)
        self.assertEqual(found("space__access_protocol=FS"), [*sources, ("CP", "currentlyProcessing")])
        self.assertEqual(found("space__access_protocol=WELLCOME"), archives)
        self.assertEqual(found("purpose=AS&relative_path=born-digital"), archives[:1])
        self.assertEqual(len(found("bogus=1")), 7)
        answer = self.amss(LOCATIONS + "?space__bogus=1")
        self.assertEqual(answer.status, 400)
        self.assertIn("does not allow filtering.", answer.json["error"])

    def test_locations_and_spaces(self):
        known = self.double.location("born-digital")
        shown = self.amss(f"{LOCATIONS}{known['uuid']}/").json
        self.assertEqual(set(shown), {"description", "enabled", "path", "pipeline", "purpose", "quota", "relative_path",
                                      "resource_uri", "space", "used", "uuid"})
        self.assertEqual((shown["path"], shown["enabled"]), ("/born-digital", True))
        space = self.amss(shown["space"]).json
        self.assertEqual((space["s3_bucket"], space["access_protocol"]), ("transfer-source", "S3"))
        self.assertEqual(space["aws_secret_access_key"], "CANARY-SPACE-SECRET")
        self.double.locations(spaces=[{"name": "s3", "protocol": "S3", "bucket": "other", "stock_names": True}], locations=[
            {"space": "s3", "purpose": "TS", "relative_path": "/born-digital/", "uuid": "space1-uuid", "enabled": False,
             "path": "/x"}])
        (shown,) = self.amss(LOCATIONS).json["objects"]
        self.assertEqual((shown["relative_path"], shown["enabled"], shown["path"]), ("/born-digital/", False, "/x"))
        self.assertEqual(self.amss(f"{LOCATIONS}space1-uuid/").status, 200)
        space = self.amss(shown["space"]).json
        self.assertEqual((space["bucket"], space["secret_access_key"]), ("other", "CANARY-SPACE-SECRET"))
        self.assertNotIn("s3_bucket", space)

    def test_what_is_made_can_be_read(self):
        made = self.amss("/api/v2/space/", "POST", {"access_protocol": "S3", "path": "/", "s3_bucket": "more"})
        self.assertEqual((made.status, made.headers["Location"]), (201, made.json["resource_uri"]))
        self.assertEqual(self.amss(made.headers["Location"]).json["s3_bucket"], "more")
        body = {"space": made.json["resource_uri"], "relative_path": "sub/dir", "purpose": "TS"}
        location = self.amss(LOCATIONS, "POST", body)
        self.assertEqual(self.amss(location.headers["Location"]).json["path"], "/sub/dir")
        self.assertEqual(self.amss("/api/v2/pipeline/", "POST", {"uuid": NOBODY}).status, 201)
        answer = self.amss("/api/v2/space/")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "POST"))


class Dashboard(DoubleTest):
    def test_credentials_and_headers(self):
        for path in ("/api/processing-configuration/", "/api/processing-configuration"):
            answer = self.am(path)
            self.assertEqual(answer.json, {"processing_configurations": [
                "automated", "b_dig_accessions", "born_digital", "default"]})
            self.assertEqual(answer.headers["X-Archivematica-Version"], "1.19.0")
            self.assertTrue(answer.headers["X-Archivematica-ID"])
        answer = self.am("/api/transfer/completed", headers=AMSS)
        self.assertEqual((answer.status, answer.json), (403, {"message": "API key not valid.", "error": True}))
        self.assertNotIn("X-Archivematica-Version", answer.headers)
        self.assertEqual(self.am("/api/transfer/completed?username=test&api_key=am-key", headers={}).status, 200)
        self.double.credentials(refused_host=True)
        answer = self.am("/api/transfer/completed")
        self.assertEqual((answer.status, answer.json["message"]), (403, "Host/IP 127.0.0.1 not authorized."))
        self.double.credentials(refused_host=False)
        answer = self.am("/api/transfer/completed", "POST")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET"))
        self.double.version("1.17.0")
        self.assertEqual(self.am("/api/transfer/completed").headers["X-Archivematica-Version"], "1.17.0")
        self.double.version(None)
        self.assertNotIn("X-Archivematica-Version", self.am("/api/transfer/completed").headers)
        self.double.configurations("default")
        self.assertEqual(self.am("/api/processing-configuration").json, {"processing_configurations": ["default"]})

    def test_packages_that_are_refused(self):
        cannot = {"error": True, "message": 'Parameter "path" cannot be decoded.'}
        for body in (b"hello", b"[]", b"{}", {"path": "???"}, {"path": 5}, {"path": "/w=="}):
            answer = self.post(body=body)
            self.assertEqual((answer.status, answer.json), (400, cannot), body)
        for body in (self.body(type="box"), self.body(name="", path="L:/x"), self.body(name=5, path="L:/x")):
            answer = self.post(body=body)
            self.assertEqual((answer.status, answer.json["message"]), (500, "Package cannot be created"))
        self.double.options(worker_down=True)
        self.assertEqual(self.post().status, 500)
        answer = self.am(PACKAGE)
        self.assertEqual((answer.status, answer.body), (501, b""))
        self.assertEqual(self.double.transfers(), [])

    def test_one_key_one_transfer(self):
        first = self.post("k")
        self.assertEqual(first.status, 202)
        again = self.post("k")
        self.assertEqual((again.status, again.json), (202, first.json))
        changed = self.post("k", self.body(accession="1234"))
        self.assertEqual((changed.status, changed.json["error"]), (422, True))
        self.assertEqual([one["id"] for one in self.double.transfers()], [first.json["id"]])
        self.double.credentials(am={"test": "am-key", "other": "o"})
        other = self.post("k", user={"Authorization": "ApiKey other:o"})
        self.assertNotEqual(other.json, first.json)
        self.double.pass_time(89 * 86400)
        self.assertEqual(self.post("k").json, first.json)
        self.double.pass_time(86400)
        self.assertNotEqual(self.post("k").json, first.json)
        self.assertNotEqual(self.post().json, self.post().json)

    def test_a_key_that_is_pending(self):
        self.double.fault({"pending": 2}, "am", "POST", PACKAGE, times="always")
        self.assertEqual([self.post("k").status for _ in range(4)], [409, 409, 202, 202])
        self.assertEqual(len(self.double.transfers()), 1)
        self.double.clear_faults()
        self.double.fault({"pending": "always"}, "am", "POST", PACKAGE)
        self.assertEqual([self.post("stuck").status for _ in range(5)], [409] * 5)
        self.assertEqual(self.post("stuck", self.body(accession="1")).status, 422)
        self.assertEqual(len(self.double.transfers()), 1)

    def test_many_at_once_with_one_key(self):
        self.double.options(stage_ms=None)
        body = self.body()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.post("k", body), range(24)))
        self.assertEqual({answer.status for answer in answers}, {202})
        self.assertEqual(len({answer.json["id"] for answer in answers}), 1)
        self.assertEqual(len(self.double.transfers()), 1)

    def test_before_1_19_every_post_starts_a_transfer(self):
        self.double.options(no_idempotency=True)
        self.assertNotEqual(self.post("k").json, self.post("k").json)
        self.assertEqual(len(self.double.transfers()), 2)

    def test_a_life_in_steps(self):
        self.double.options(stage_ms=None, transfer_ids=["T-1"])
        self.assertEqual(self.started(), "T-1")
        answer = self.status("T-1")
        self.assertEqual(answer.status, 400)
        self.assertTrue(answer.json["message"].startswith("Unable to determine the status of the unit"))
        self.assertEqual(self.am("/api/v2beta/jobs/T-1").json, [])

        def step():
            (shown,) = self.double.advance("T-1")
            return shown["stage"], self.status("T-1").json["status"]

        self.assertEqual(step(), ("transfer processing", "PROCESSING"))
        self.assertNotIn("sip_uuid", self.status("T-1").json)
        self.assertEqual(step(), ("transfer complete", "COMPLETE"))
        shown = self.status("T-1").json
        self.assertEqual((shown["type"], shown["uuid"], shown["name"]), ("transfer", "T-1", "pkg"))
        sip = shown["sip_uuid"]
        self.assertEqual(self.status(sip, "ingest").status, 400)
        for stage, word in (("ingest processing", "PROCESSING"), ("storing", "PROCESSING"), ("ingest complete", "COMPLETE")):
            self.assertEqual(step(), (stage, "COMPLETE"))
            shown = self.status(sip, "ingest").json
            self.assertEqual((shown["type"], shown["status"]), ("SIP", word))
        self.assertEqual(self.am("/api/transfer/completed").json["results"], ["T-1"])
        self.assertEqual(self.am("/api/ingest/completed").json["results"], [sip])
        self.assertEqual([job["tasks"][0]["exit_code"] for job in self.am(f"/api/v2beta/jobs/{sip}").json], [0, 0])

    def test_stages_of_some_milliseconds(self):
        self.double.options(stage_ms={"copying": 50, "transfer processing": 50, "ingest processing": None})
        identifier = self.started()
        wait_until(lambda: self.double.transfer(identifier)["stage"] == "ingest processing", 30)

    def test_what_nobody_knows(self):
        self.assertEqual(self.status(NOBODY).json, {
            "type": "transfer", "message": f"Cannot fetch unitTransfer with UUID {NOBODY}", "error": True})
        self.assertEqual(self.status(NOBODY, "ingest").json, {
            "type": "SIP", "message": f"Cannot fetch unitSIP with UUID {NOBODY}", "error": True})

    def test_a_person_is_asked(self):
        for more in ({"processing_config": "unknown"}, {"processing_config": "default"}, {"auto_approve": False}):
            identifier = self.started(**more)
            self.assertEqual(self.status(identifier).json["status"], "USER_INPUT", more)
        waiting = self.am("/api/transfer/unapproved").json["results"]
        self.assertEqual(len(waiting), 3)
        answer = self.am(f"/api/transfer/{identifier}/delete/", "DELETE")
        self.assertEqual((answer.status, answer.json), (409, {"removed": False}))
        self.double.advance(identifier)
        self.assertEqual(self.status(identifier).json["status"], "COMPLETE")
        answer = self.am(f"/api/transfer/{identifier}/delete/", "DELETE")
        self.assertEqual((answer.status, answer.json), (200, {"removed": True}))
        self.assertEqual(self.am("/api/transfer/completed").json["results"], [])

    def test_what_a_transfer_is_told(self):
        identifier = self.started()
        sip = self.status(identifier).json["sip_uuid"]
        self.double.tell(identifier, status="FAILED", microservice="Extract zipped transfer")
        shown = self.status(identifier).json
        self.assertEqual((shown["status"], shown["microservice"]), ("FAILED", "Extract zipped transfer"))
        self.double.tell(identifier, status=None, microservice=None)
        self.assertEqual(self.status(identifier).json["status"], "COMPLETE")
        for word in ("USER_INPUT", "REJECTED", "PROCESSING"):
            self.double.tell(sip, status=word)
            self.assertEqual(self.status(sip, "ingest").json["status"], word)
            waiting = self.am("/api/ingest/waiting").json["results"]
            self.assertEqual([one["sip_uuid"] for one in waiting], [sip] if word == "USER_INPUT" else [])
        self.double.tell(identifier, sip_uuid="BACKLOG")
        self.assertEqual(self.status(identifier).json["sip_uuid"], "BACKLOG")
        self.double.tell(identifier, forget=True)
        self.assertEqual(self.status(identifier).json["message"], f"Cannot fetch unitTransfer with UUID {identifier}")

    def test_a_transfer_that_stalls(self):
        self.double.options(stage_ms=None)
        identifier = self.started()
        self.double.advance()
        self.double.tell(identifier, stall=True)
        self.assertEqual(self.double.advance()[0]["stage"], "transfer processing")
        self.double.tell(identifier, stall=False)
        wait_until(lambda: self.double.transfer(identifier)["stage"] == "transfer complete", 30)


class Faults(DoubleTest):
    def test_an_answer_without_an_effect(self):
        self.double.fault({"status": 503, "headers": {"Retry-After": "7"}, "body": "later"}, "am", "POST", PACKAGE)
        answer = self.post("k")
        self.assertEqual((answer.status, answer.headers["Retry-After"], answer.body), (503, "7", b"later"))
        self.assertEqual(self.double.transfers(), [])
        self.assertEqual(self.post("k").status, 202)
        seen = self.double.requests("am", "POST", PACKAGE)
        self.assertEqual([(one.status, bool(one.fault)) for one in seen], [(503, True), (202, False)])
        self.assertEqual(seen[0].body, seen[1].body)
        self.assertEqual([one.headers["idempotency-key"] for one in seen], ["k", "k"])

    def test_an_answer_after_the_effect(self):
        self.double.fault({"after": {"status": 503}}, "am", "POST", PACKAGE)
        self.assertEqual(self.post("k").status, 503)
        (one,) = self.double.transfers()
        self.assertEqual(self.post("k").json["id"], one["id"])

    def test_no_answer(self):
        for when, transfers in (("before", 0), ("after", 1)):
            self.double.fault({"drop": when}, "am", "POST", PACKAGE)
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
                self.post("k")
            self.assertEqual(len(self.double.transfers()), transfers)
        self.assertEqual([one.status for one in self.double.requests()], [None, None])

    def test_a_late_answer(self):
        self.double.fault({"delay_ms": 300}, "amss")
        start = time.monotonic()
        self.assertEqual(self.amss(LOCATIONS).status, 200)
        self.assertGreaterEqual(time.monotonic() - start, 0.3)

    def test_other_bytes(self):
        for text in ("<html>log in</html>", "{}", '{"error":true,"message":"m"}', "not JSON"):
            self.double.fault({"raw": text}, "am", "POST", PACKAGE)
            answer = self.post()
            self.assertEqual((answer.status, answer.body.decode()), (202, text))
        self.assertEqual(self.double.transfers(), [])
        self.double.fault({"raw": "<html>"}, "amss")
        answer = self.amss(LOCATIONS)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/html; charset=utf-8"))

    def test_a_port_that_is_closed(self):
        kept = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(self.double.am).port, timeout=10)
        self.addCleanup(kept.close)
        kept.request("GET", "/api/transfer/completed", headers=AM)
        self.assertEqual(Answer(kept.getresponse()).status, 200)
        kept.auto_open = False
        self.double.fault({"refuse_connections": True}, "am")
        with self.assertRaises((http.client.HTTPException, ConnectionError)):
            kept.request("GET", "/api/transfer/completed", headers=AM)
            kept.getresponse()
        with self.assertRaises(ConnectionRefusedError):
            self.post()
        self.assertEqual(self.amss(LOCATIONS).status, 200)
        self.double.clear_faults()
        self.assertEqual(self.post().status, 202)
        self.assertEqual(len(self.double.requests("am")), 2)

    def test_which_requests_are_meant(self):
        self.double.fault({"status": 500}, "amss", "GET", LOCATIONS, skip=1, times=2)
        self.double.fault({"status": 502}, "amss", "GET", "/api/v2/*", times="always")
        self.assertEqual([self.amss(LOCATIONS + "?purpose=TS").status for _ in range(5)], [502, 500, 500, 502, 502])
        self.assertEqual(self.amss(f"/api/v2/space/{NOBODY}/").status, 502)
        self.assertEqual(self.amss("/api/v2/pipeline/", "POST", {}).status, 201)
        self.assertEqual(self.am("/api/transfer/completed").status, 200)
        self.double.clear_faults()
        self.assertEqual(self.amss(LOCATIONS).status, 200)
        for rule in ({}, {"action": {}}, {"action": {"explode": 1}}, {"action": {"drop": "often"}},
                     {"service": "pm", "action": {"status": 500}}):
            self.assertEqual(call(self.double.control_url + "/control/faults", "POST", rule).status, 400, rule)


class Slack(DoubleTest):
    def section(self, text="x", count=1):
        return {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}] * count}

    def send(self, payload, path=""):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        answer = call(self.double.slack_url + path, "POST", body, {"Content-Type": "application/json"})
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        return answer.status, answer.body.decode()

    def test_what_slack_checks(self):
        taken = [{"text": "hello"}, self.section(count=50), self.section("x" * 3000), self.section("\U0001f6a8" * 1500),
                 self.section("x" * 2600, 5)]
        for payload in taken:
            self.assertEqual(self.send(payload), (200, "ok"))
        self.assertEqual(self.double.slack(), taken)
        for payload, text in ((b"hello", "invalid_payload"), (b"[]", "invalid_payload"), ({"text": ""}, "no_text"),
                              ({"blocks": []}, "no_text"), (self.section(count=51), "invalid_blocks"),
                              (self.section(""), "invalid_blocks"), (self.section("x" * 3001), "invalid_blocks"),
                              (self.section("\U0001f6a8" * 1501), "invalid_blocks"),
                              ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
                              ({"blocks": [{"type": "tune"}]}, "invalid_blocks"),
                              (self.section("x" * 2601, 5), "msg_blocks_too_long")):
            self.assertEqual(self.send(payload), (400, text), str(payload)[:100])
        self.assertEqual(self.send({"text": "hello"}, "X"), (404, "no_service"))
        self.assertEqual(self.double.slack(), taken)

    def test_what_slack_refuses_with(self):
        for status, text in ((403, "action_prohibited"), (410, "channel_is_archived"), (429, "rate_limited"),
                             (500, "rollup_error")):
            self.double.fault({"status": status}, "slack")
            self.assertEqual(self.send({"text": "hello"}), (status, text))
        self.double.fault({"status": 429, "headers": {"Retry-After": "30"}}, "slack")
        answer = call(self.double.slack_url, "POST", {"text": "hello"})
        self.assertEqual((answer.headers["Retry-After"], answer.body), ("30", b"rate_limited"))
        self.assertEqual(self.double.slack(), [])


def zip_of(files, encrypted=False):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    content = bytearray(buffer.getvalue())
    if encrypted:  # as the bit in its headers says
        for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            content[content.index(mark) + offset] |= 1
    return bytes(content)


GOOD = {"a.txt": "hello", "metadata/metadata.csv": "filename,dc.identifier\nobjects/,LE/MON/1\n"}


class Copying(DoubleTest):
    """From a strict S3 server, and from a directory."""

    def setUp(self):
        super().setUp()
        self.vault = Vault()
        self.addCleanup(self.vault.stop)
        self.s3 = boto_client(self.vault.url)
        self.addCleanup(self.s3.close)
        self.s3.create_bucket(Bucket="transfer-source")
        self.double.options(fetch="s3", s3={"endpoint": self.vault.url, "access_key": radosgw.ACCESS_KEY,
                                            "secret_key": radosgw.SECRET_KEY})

    def put(self, key, content=None):
        self.s3.put_object(Bucket="transfer-source", Key=key, Body=zip_of(GOOD) if content is None else content)

    def ended(self, identifier):
        shown = wait_until(lambda: (one := self.double.transfer(identifier))["phase"] == "ended" and one, 30)
        return shown, [one["key"] for one in shown["copied"]]

    def test_what_lies_beside_a_package_comes_along(self):
        self.put("born-digital/p\u00e4g +%.zip")
        self.put("born-digital/p\u00e4g +%.zip.success.x.log", b"log")
        self.put("born-digital/p\u00e4.zip", b"another")
        shown, copied = self.ended(self.started(name="p\u00e4g +%.zip"))
        self.assertEqual(copied, ["born-digital/p\u00e4g +%.zip", "born-digital/p\u00e4g +%.zip.success.x.log"])
        self.assertEqual((shown["status"], shown["stage"]), ("COMPLETE", "ingest complete"))
        self.assertEqual((shown["identifiers"], shown["directory_made"]), (["LE/MON/1"], False))

    def test_more_objects_than_a_page_has(self):
        self.put("born-digital/pkg.zip")
        for number in range(1001):
            self.vault.held.buckets["transfer-source"][f"born-digital/pkg.zip.{number}"] = Object(b"", "STANDARD", None, None)
        self.assertEqual(len(self.ended(self.started())[0]["listed"]), 1002)

    def test_a_listed_object_that_goes_fails_the_transfer(self):
        self.double.options(stage_ms={"copying": None})
        for gone, left in (("pkg.zip.received.log", ["born-digital/pkg.zip"]), ("pkg.zip", [])):
            self.put("born-digital/pkg.zip")
            self.put("born-digital/pkg.zip.received.log", b"log")
            identifier = self.started()
            listed = wait_until(lambda: self.double.transfer(identifier)["listed"], 30)
            self.assertEqual(listed, ["born-digital/pkg.zip", "born-digital/pkg.zip.received.log"])
            self.vault.held.buckets["transfer-source"].pop("born-digital/" + gone)  # a server that cannot delete
            self.double.advance(identifier)
            shown, copied = self.ended(identifier)
            self.assertEqual((shown["failure"]["unit"], copied), ("copy", left))
            answer = self.status(identifier)
            self.assertEqual(answer.status, 400)
            self.assertTrue(answer.json["message"].startswith("Unable to determine"), answer)

    def test_an_extension_in_capitals_copies_nothing(self):
        self.put("born-digital/PKG.ZIP")
        identifier = self.started(name="PKG.ZIP")
        shown, copied = self.ended(identifier)
        self.assertEqual((shown["listed"], copied, shown["directory_made"]), (["born-digital/PKG.ZIP"], [], True))
        shown = self.status(identifier).json
        self.assertEqual((shown["status"], shown["microservice"]), ("FAILED", "Extract zipped transfer"))
        (_, failed) = self.am(f"/api/v2beta/jobs/{identifier}").json
        self.assertEqual((failed["status"], failed["tasks"][0]["exit_code"]), ("FAILED", 1))

    def test_a_nested_path_copies_the_other_object(self):
        self.put("born-digital/x.zip", zip_of(GOOD | {"metadata/metadata.csv": "dc.identifier\nOTHER\n"}))
        self.put("born-digital/born-digital/x.zip")
        location = self.double.location("born-digital")["uuid"]
        shown, copied = self.ended(self.started(name="x.zip", path=f"{location}:/born-digital/x.zip"))
        self.assertEqual((copied, shown["identifiers"]), (["born-digital/x.zip"], ["OTHER"]))
        shown, copied = self.ended(self.started(name="x.zip", path=f"{location}:/deep/born-digital/x.zip"))
        self.assertEqual((copied, shown["failure"]["unit"]), ([], "copy"))

    def test_what_cannot_be_opened_fails(self):
        whole = zip_of(GOOD)
        for content, reason in ((zip_of(GOOD, encrypted=True), "encrypted"), (whole[:-10], "broken"), (b"no zip", "broken"),
                                (whole.replace(b"hello", b"hallo"), "broken"), (b"", "broken")):
            self.put("born-digital/pkg.zip", content)
            shown, copied = self.ended(self.started())
            self.assertEqual((copied, shown["status"]), (["born-digital/pkg.zip"], "FAILED"), content[:20])
            self.assertEqual(shown["microservice"], "Extract zipped transfer")
            self.assertIn(f"the zip is {reason}", shown["failure"]["reason"])

    def test_what_is_not_there_has_no_job(self):
        self.double.options(s3={"endpoint": self.vault.url, "access_key": "wrong", "secret_key": "wrong"})
        self.put("born-digital/pkg.zip")
        for name in ("none.zip", "pkg.zip"):
            identifier = self.started(name=name)
            self.assertEqual(self.ended(identifier)[0]["failure"]["unit"], "copy")
            self.assertEqual(self.status(identifier).status, 400)

    def test_from_a_directory(self):
        self.double.options(fetch="fs", root=str(self.directory / "area"))
        (self.directory / "area/born-digital/sub").mkdir(parents=True)
        (self.directory / "area/born-digital/sub/pkg.zip").write_bytes(zip_of(GOOD))
        (self.directory / "area/born-digital/sub/pkg.zip.log").write_bytes(b"log")
        location = self.double.location("born-digital", space="fs")["uuid"]
        shown, copied = self.ended(self.started(path=f"{location}:/sub/pkg.zip"))
        self.assertEqual((copied, shown["status"]), (["born-digital/sub/pkg.zip"], "COMPLETE"))


class Program(DoubleTest):
    def test_runs_repeat_by_seed(self):
        def ids(double):
            body = self.body(path="x:/y")
            found = [call(double.am + PACKAGE, "POST", body, AM).json["id"] for _ in range(2)]
            return [*found, *(one["uuid"] for one in double.control("GET", "locations")["locations"])]

        doubles = [self.double]
        for seed in (1, 2):
            directory = self.directory / str(seed)
            directory.mkdir()
            doubles.append(Double(directory, seed=seed).start())
            self.addCleanup(doubles[-1].stop)
        found = [ids(double) for double in doubles]
        self.assertEqual(found[0], found[1])
        self.assertFalse(set(found[0]) & set(found[2]))
        self.double.reset()
        self.assertEqual(self.double.requests(), [])
        self.assertEqual(ids(self.double), found[0])

    def test_its_clock_can_be_moved(self):
        self.double.control("POST", "clock", {"now": "2030-01-01T00:00:00Z"})
        self.double.pass_time(86400)
        self.assertTrue(self.am("/api/transfer/completed").headers["Date"].startswith("Wed, 02 Jan 2030 00:"))
        self.assertTrue(self.double.requests()[0].time.startswith("2030-01-02T00:"))

    def test_it_ends_with_its_input(self):
        self.assertEqual(Double(self.directory).start().stop(), 0)

    def test_the_configuration_has_other_defaults(self):
        port = free_port()
        config = {"ports": {"am": port}, "seed": 5, "configurations": ["only"], "version": None,
                  "options": {"no_idempotency": True}, "credentials": {"am": {"u": "k"}},
                  "locations": {"spaces": [{"name": "s", "protocol": "FS"}], "locations": []}}
        (self.directory / "other").mkdir()
        other = Double(self.directory / "other", config).start()
        self.addCleanup(other.stop)
        for _ in range(2):
            self.assertEqual(other.am, f"http://127.0.0.1:{port}")
            answer = call(other.am + "/api/processing-configuration", headers={"Authorization": "ApiKey u:k"})
            self.assertEqual(answer.json, {"processing_configurations": ["only"]})
            self.assertEqual(call(other.amss + LOCATIONS, headers=AMSS).json["meta"]["total_count"], 0)
            other.configurations("changed")
            other.reset()

    def test_https(self):
        certificate, key = make_certificate(self.directory, "double")
        (self.directory / "tls").mkdir()
        double = Double(self.directory / "tls", tls=(certificate, key)).start()
        self.addCleanup(double.stop)
        self.assertTrue(all(url.startswith("https://") for url in (double.am, double.amss, double.slack_url)))
        double.fault({"refuse_connections": True}, "am")
        double.clear_faults()
        context = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection("127.0.0.1", urllib.parse.urlsplit(double.am).port, context=context)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/processing-configuration", headers=AM)
        self.assertEqual(Answer(connection.getresponse()).status, 200)


if __name__ == "__main__":
    unittest.main()
