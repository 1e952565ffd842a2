#!/usr/bin/python3
"""Packages in a bucket of S3 noticed and answered by the real program, and what people see of them: acceptance cases
A, E1, E3 and H1 of the companions. Their numbers stand in the names.
"""

import concurrent.futures
import json
import threading
import unittest

from archivematica import LOCATIONS, PACKAGE
from clouds import MessageServer, new_name
from companions import (ACCEPTED, BAD, EVENT_TIME, GOOD_ACC, GOOD_CAT, KEY, PATIENCE, CompanionTest, catalogued,
                        idempotency_key, path_of)
from harness import Service, run, wait_until

LEMON = "born-digital-accessions/LEMON_1234.zip"


class Noticing(CompanionTest):
    def test_a1_e1_h1_a_catalogued_package(self):
        self.begin(bucket="transfer-source", double={"options": {"transfer_ids": ["T-1"]}}, forget=False)
        self.assertEqual(self.upload(), {"@context": self.transfers_context(), "type": "TransferEventReceipt",
                                         "accepted": 1, "known": 0, "ignored": 0, "malformed": []})
        record = self.accepted()
        (post,) = self.posts()
        location = self.double.location("born-digital")["uuid"]
        self.assertEqual(post.json, {"name": "pkg.zip", "type": "zipfile", "path": path_of(f"{location}:/pkg.zip"),
                                     "processing_config": "born_digital", "auto_approve": True})
        key = "95719fbf88fa66a947e7db0d695c2976ecf0669ab2b3dcdd4106dfb105f37465"
        self.assertEqual(key, idempotency_key("transfer-source", KEY))
        tags = {"TransferId": "T-1", "ProcessingConfig": "born_digital", "CatalogueIdentifier": "LE/MON/1",
                "S3EventTime": EVENT_TIME}
        self.assertEqual(self.tags(), tags)
        log = f"{KEY}.success.{EVENT_TIME}.95719fbf88fa.log"
        self.assertEqual(self.keys(), [KEY, log])
        self.assertEqual(self.tags(log), tags)
        lines = self.text(log).split("\n")
        self.assertRegex(lines[0], r"^@@ Logging starts at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d @@$")
        self.assertRegex(lines[-1], r"^@@ Logging ends at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d @@$")
        self.assertIn("Archivematica transfer ID: T-1", lines)
        self.assertTrue([line for line in lines if line.startswith("Result: ACCEPTED, ")], lines)
        head = self.boto.head_object(Bucket=self.bucket, Key=log)
        self.assertEqual(head["ContentType"], "text/plain; charset=utf-8")

        # E1: the calls, those of the self-check included, whose answers still serve; each with its credentials.
        requests = [one for one in self.double.requests() if one.target != "/"]  # which is asked for its clock
        calls = [(one.service, one.method, one.target) for one in requests
                 if not one.target.startswith(("/api/transfer/", "/api/ingest/"))]
        space = next(one["uuid"] for one in self.double.locations()["spaces"] if one["protocol"] == "S3")
        listing = ("amss", "GET", f"{LOCATIONS}?space__access_protocol=S3&purpose=TS")
        one_space = ("amss", "GET", f"/api/v2/space/{space}/")
        self.assertEqual(set(calls), {("am", "GET", "/api/processing-configuration/"), ("am", "POST", PACKAGE), listing,
                                      one_space})
        self.assertEqual((calls[-1][1], calls.count(one_space)), ("POST", calls.count(listing)))
        for one in requests:
            self.assertEqual(one.headers["authorization"],
                             "ApiKey test:" + ("ss-key" if one.service == "amss" else "am-key"), one)
        self.assertEqual((post.headers["content-type"], post.headers["idempotency-key"]), ("application/json", key))

        # H1: the record.
        self.assertEqual((record["type"], record["area"], record["bucket"], record["key"], record["flavour"]),
                         ("Transfer", "main", self.bucket, KEY, "catalogued"))
        self.assertEqual(record["event"], {"name": "ObjectCreated:Put", "time": EVENT_TIME, "sequencer": "0001",
                                           "source": "http"})
        self.assertEqual((record["idempotencyKey"], record["identifiers"]), (key, {"catalogueIdentifier": "LE/MON/1"}))
        self.assertEqual([one["code"] for one in record["findings"]], ["W-NO-RIGHTS"])
        self.assertEqual(record["logs"], [{"result": "success", "bucket": self.bucket, "key": log}])
        told = [one["description"] for one in record["events"]]
        self.assertEqual([text.split()[0] for text in told[:4]], ["Received", "Being", "All", "Accepted"], told)
        shown = self.api.get(f"/transfers/{record['id']}/logs/success")
        self.assertEqual((shown.text, shown.headers["Content-Type"]), ("\n".join(lines), "text/plain; charset=utf-8"))
        kinds = self.api.get("/events?kind=transfer-update").json["results"]
        self.assertEqual({one["body"]["id"] for one in kinds}, {record["id"]})

        # Of no use to anybody else.
        for text in ("am-key", "ss-key", "CANARY-SPACE-SECRET"):
            self.assertNotIn(text, self.strongroom.said() + json.dumps(record) + "\n".join(lines))

    def transfers_context(self):
        return self.api.get("/transfers").json["@context"]

    def test_a2_an_accession(self):
        self.begin()
        self.upload(LEMON, GOOD_ACC)
        self.accepted(LEMON)
        (post,) = self.posts()
        self.assertEqual((post.json["processing_config"], post.json["accession"]), ("b_dig_accessions", "1234"))
        tags = self.tags(LEMON)
        self.assertEqual((tags["AccessionNumber"], tags["ProcessingConfig"]), ("1234", "b_dig_accessions"))
        self.assertNotIn("CatalogueIdentifier", tags)

    def test_a3_an_encoded_key(self):
        self.begin(bucket="transfer-bucket")
        key = "born-digital/package name.zip"
        self.put(key)
        self.assertEqual(self.tell(self.record(raw_key="born-digital%2Fpackage+name.zip"))["accepted"], 1)
        record = self.accepted(key)
        self.assertEqual(record["idempotencyKey"], "acdd628607261d3c630d9b3b2d7ba1effc0d73df771788c5149112b5dbc61ed9")
        self.assertEqual(self.keys(), [key, f"{key}.success.2026-07-31T08:00:00.000Z.acdd62860726.log"])

    def test_a5_at_one_moment_to_two_instances(self):
        self.begin()
        other = Service(self.strongroom.data, self.strongroom.config)
        self.services.append(other)
        other.start()
        other.api.client_id, other.api.secret = self.api.client_id, self.api.secret
        keys = [f"born-digital/{n}.zip" for n in range(5)]
        records = [self.record(key, etag=self.put(key, catalogued(key))[0]) for key in keys]
        apis = [self.api, other.api] * 2
        for api in apis[:2]:
            api.get("/transfers")  # so that each has its token
        together = threading.Barrier(len(apis))

        def tell(api):
            receipts = []
            for record in records:
                together.wait(PATIENCE)
                receipts.append(api.call("POST", "/transfers/events", {"Records": [record]}).json)
            return receipts
        with concurrent.futures.ThreadPoolExecutor(len(apis)) as pool:
            told = list(pool.map(tell, apis))
        for n, key in enumerate(keys):
            outcomes = sorted((receipts[n]["accepted"], receipts[n]["known"]) for receipts in told)
            self.assertEqual(outcomes, [(0, 1)] * 3 + [(1, 0)], key)
            self.accepted(key)  # with one POST and one log
        self.assertEqual((len(self.transfers()), len(self.double.transfers())), (len(keys), len(keys)))

    def test_a6_targets(self):
        second = new_name("second")
        self.boto.create_bucket(Bucket=second)
        self.second = second
        self.begin(more=self.second_area)
        self.place_spaces(s3=self.bucket, other=second)
        self.place_locations(("space1-uuid", "born-digital"), ("L", "born-digital", {"space": "other"}))
        self.upload("born-digital/test1.zip")
        self.upload("born-digital/alice/test1.zip", bucket=second)
        self.accepted("born-digital/test1.zip")
        record = self.state(*ACCEPTED, key="born-digital/alice/test1.zip")
        self.assertEqual((record["area"], record["bucket"]), ("second", second))
        posts = sorted((one.json["path"], one.json["name"]) for one in self.posts())
        self.assertEqual(posts, [("TDovYWxpY2UvdGVzdDEuemlw", "test1.zip"),
                                 ("c3BhY2UxLXV1aWQ6L3Rlc3QxLnppcA==", "test1.zip")])

    @property
    def second_area(self):
        return (f'[[areas]]\nname = "second"\nbucket = "{self.second}"\nendpoint = "{self.s3.url}"\n'
                f'credentialsFile = "{self.s3.keys}"\n')

    def test_a7_one_of_two_cannot_be_read_for_a_while(self):
        self.begin(gate=True)
        first, second = "born-digital/first.zip", "born-digital/second.zip"
        tags = [self.put(key, catalogued(key))[0] for key in (first, second)]
        self.gate.fail("GET", "first.zip", 503)
        records = [self.record(key, str(n), etag=tag) for n, (key, tag) in enumerate(zip((first, second), tags))]
        self.assertEqual(self.tell(*records)["accepted"], 2)
        self.accepted(second)
        self.assertNotIn(self.one(first)["status"]["id"], ACCEPTED)
        self.delayed(first, operator=False)
        self.gate.mend()
        self.retry(first)
        self.accepted(first)

    def test_a9_what_is_no_package(self):
        self.begin(gate=True)
        keys = ["born-digital/readme.txt", "born-digital/pkg.zip.success.x.log", "born-digital/a.tar.gz",
                "born-digital/x.zip/"]
        for key in keys:
            self.put(key, b"hello")
        receipt = self.tell(*(self.record(key, str(n)) for n, key in enumerate(keys)),
                            self.record(event="ObjectRemoved:Delete"), self.record(bucket="another"))
        self.assertEqual((receipt["accepted"], receipt["ignored"]), (0, 6))
        good = "born-digital/good.zip"
        self.upload(good)
        self.accepted(good)
        self.assertEqual(len(self.transfers()), 1)
        self.assertEqual(sorted(self.keys()), sorted([*keys, good, *self.logs("success", good)]))
        self.assertEqual([one for key in keys for one in self.gate.seen(key)], [])

    def test_a10_an_extension_in_capitals(self):
        self.begin()
        self.double.options(fetch="s3", s3=self.s3.access)
        original, twin = "born-digital/PKG.ZIP", "born-digital/PKG.zip"
        self.upload(original)
        record = self.accepted(original)
        (post,) = self.posts()
        location = self.double.location("born-digital")["uuid"]
        self.assertEqual((post.json["name"], post.json["path"]), ("PKG.zip", path_of(f"{location}:/PKG.zip")))
        self.assertEqual(self.boto.get_object(Bucket=self.bucket, Key=twin)["Body"].read(), GOOD_CAT)
        self.assertEqual(self.tags(twin), self.tags(original))
        (shown,) = self.double.transfers()
        self.assertEqual((shown["status"], shown["copied"][0]["key"], shown["failure"]), ("COMPLETE", twin, None))
        self.assertEqual(self.keys(original)[1:], self.logs("success", original))
        # The twin's own notification.
        etag = self.boto.head_object(Bucket=self.bucket, Key=twin)["ETag"]
        receipt = self.tell(self.record(twin, "0002", etag=etag.strip('"')))
        self.assertEqual((receipt["accepted"], receipt["known"]), (0, 1))
        self.assertEqual([one["id"] for one in self.transfers()], [record["id"]])

        # Something else is there already.
        original, foreign = "born-digital/OTHER.Zip", "born-digital/OTHER.zip"
        etag, _ = self.put(foreign, b"somebody else's")
        self.upload(original)
        self.rejected("KEY-CASE", key=original)
        self.assertEqual(self.boto.head_object(Bucket=self.bucket, Key=foreign)["ETag"].strip('"'), etag)
        self.assertEqual((self.tags(foreign), len(self.posts())), ({}, 1))

    def test_a11_other_forms_of_notifications(self):
        self.begin()
        answer = self.api.call("POST", "/transfers/events", {"Service": "Amazon S3", "Event": "s3:TestEvent"})
        self.assertEqual((answer.status, answer.json["accepted"], answer.json["malformed"]), (200, 0, []))
        self.assertEqual(self.transfers(), [])
        etag, _ = self.put()
        inner = json.dumps({"Records": [self.record(etag=etag)]})
        answer = self.api.call("POST", "/transfers/events", {"Type": "Notification", "Message": inner})
        self.assertEqual((answer.status, answer.json["accepted"]), (200, 1))
        self.accepted()
        other = "born-digital/other.zip"
        self.upload(other, catalogued("X/1"), event="s3:ObjectCreated:Put")
        record = self.accepted(other)
        self.assertEqual(record["idempotencyKey"], idempotency_key(self.bucket, other, "s3:ObjectCreated:Put"))

    def test_a11_a_queue(self):
        messages = MessageServer(self.directory)
        self.addCleanup(messages.stop)
        url = messages.sqs.create_queue(QueueName="packages")["QueueUrl"]
        self.begin(area=f'region = "eu-west-1"\nsqsQueueUrl = "{url}"\n')
        messages.sqs.send_message(QueueUrl=url, MessageBody='{"Service":"Amazon S3","Event":"s3:TestEvent"}')
        messages.sqs.send_message(QueueUrl=url, MessageBody="hello")
        etag, _ = self.put()
        inner = json.dumps({"Records": [self.record(etag=etag)]})
        messages.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"Type": "Notification", "Message": inner}))
        record = self.accepted()
        self.assertEqual(record["event"]["source"], "sqs")
        wait_until(lambda: not messages.server.held.queues["packages"], PATIENCE, what="an empty queue")
        self.assertEqual(len(self.transfers()), 1)
        wait_until(lambda: self.alerts("notification"), PATIENCE, what="an alert of the message that is none")

    def test_a12_malformed_records(self):
        self.begin()
        keys = [f"born-digital/{n}.zip" for n in range(3)]
        records = [self.record(key, etag=self.put(key, catalogued(key))[0]) for key in keys]
        del records[1]["s3"]["object"]["sequencer"]
        receipt = self.tell(*records)
        self.assertEqual((receipt["accepted"], [one["index"] for one in receipt["malformed"]]), (2, [1]))
        self.assertIn("sequencer", receipt["malformed"][0]["description"])
        for key in (keys[0], keys[2]):
            self.accepted(key)
        self.assertEqual(self.of_key(keys[1]), [])
        self.assertEqual(len(self.alerts("sequencer")), 1)
        letters = json.loads(self.command("notify", "dead-letters", "list", "--json").stdout)["messages"]
        self.assertEqual([one["source"] for one in letters], ["http"])
        receipt = self.tell(self.record(keys[1], time="../../x"))
        self.assertEqual((receipt["accepted"], len(receipt["malformed"])), (0, 1))
        for body in (b"[]", b"hello"):
            answer = self.api.call("POST", "/transfers/events", body, {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 400, answer)
        good = json.dumps({"Records": [self.record("born-digital/9.zip")]}).encode()
        headers = {"Content-Type": "application/json"}
        self.assertEqual(self.api.call("POST", "/transfers/events", good, headers, authorise=False).status, 401)
        headers["Authorization"] = self.limited("transfers:read")
        self.assertEqual(self.api.call("POST", "/transfers/events", good, headers).status, 403)
        self.assertEqual(len(self.transfers()), 2)

    def test_a13_a_notification_that_was_lost(self):
        self.begin(area='sweepEvery = "1s"\nsweepGrace = "0s"\n')
        etag, _ = self.put()
        record = self.accepted()
        self.assertEqual(record["event"]["name"], "Observed")
        receipt = self.tell(self.record(etag=etag))
        self.assertEqual((receipt["accepted"], receipt["known"]), (0, 1))
        again = self.one()
        self.assertEqual((again["id"], again["idempotencyKey"]), (record["id"], record["idempotencyKey"]))
        self.assertEqual(len(self.posts()), 1)


class Steering(CompanionTest):
    def test_h1_lists(self):
        self.begin(services=())
        keys = [f"born-digital/{n:03}.zip" for n in range(120)]
        self.assertEqual(self.tell(*(self.record(key) for key in keys))["accepted"], 120)
        self.assertEqual(self.tell(*(self.record(key) for key in keys))["known"], 120)
        seen, url, pages = [], "/transfers?limit=50", 0
        while url:
            answer = self.api.get(url)
            self.assertEqual((answer.status, answer.json["type"]), (200, "ResultList"))
            seen += [one["key"] for one in answer.json["results"]]
            url, pages = answer.json.get("next"), pages + 1
        self.assertEqual((sorted(seen), pages), (keys, 3))
        self.assertEqual(self.api.get("/transfers?status=lost").status, 400)
        for path in ("/transfers/nothing", "/transfers/5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"):
            self.assertEqual(self.api.get(path).status, 404)
        listed = self.command("transfers", "list", "--json", "--limit", "200")
        self.assertEqual(listed.returncode, 0, listed)
        self.assertEqual(json.loads(listed.stdout)["results"], self.transfers("?limit=200"))
        through = run("transfers", "list", "--json", "--limit", "200", environment={
            "STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
            "STRONGROOM_CLIENT_SECRET": self.api.secret})
        self.assertEqual((through.returncode, json.loads(through.stdout)["results"]), (0, self.transfers("?limit=200")))

    def test_h1_e3_orders(self):
        self.begin(double={"options": {"transfer_ids": ["T-1"]}})
        good, bad, astray = KEY, "born-digital/bad.zip", "Born-Digital/pkg.zip"
        self.upload(good)
        self.accepted(good)
        self.upload(bad, BAD)
        record = self.rejected("META-MISSING", key=bad)
        self.upload(astray)
        self.rejected("KEY-PREFIX", key=astray)
        self.assertIn("born-digital/", self.log("failed", astray))
        self.upload("unknown/pkg.zip")
        self.rejected("KEY-PREFIX", key="unknown/pkg.zip")
        self.assertEqual(len(self.posts()), 1)

        # Filters.
        self.assertEqual({one["key"] for one in self.transfers("?status=rejected")}, {bad, astray, "unknown/pkg.zip"})
        self.assertEqual([one["key"] for one in self.transfers("?identifier=LE/MON/1")][-1], good)
        self.assertEqual([one["key"] for one in self.transfers("?transferId=T-1")], [good])
        self.assertEqual(self.transfers("?delayed=true"), [])
        self.assertEqual(len(self.transfers("?unresolved=true&status=rejected")), 3)

        # Checked again, with the same outcome.
        self.assertEqual(self.order(record).status, 202)
        self.wait("another check", lambda one: [event["description"] for event in one["events"]].count(
            "Rejected: 1 problem was found") == 2, bad)
        self.rejected("META-MISSING", key=bad)

        for body in ({}, {"reason": " "}):
            self.assertEqual(self.order(record, "dismiss", body).status, 400)
        answer = self.order(record, "dismiss", {"reason": "made by mistake"})
        self.assertEqual((answer.status, answer.json["dismissed"]["reason"]), (200, "made by mistake"), answer)
        self.assertNotIn(bad, [one["key"] for one in self.transfers("?unresolved=true")])
        self.assertIn(bad, self.keys(), "nothing is deleted")

        # Stored is stored.
        self.register("born-digital", "LE/MON/1", "T-1")
        stored = self.state("stored")
        self.assertEqual((stored["label"], stored["bag"]["id"], stored["bag"]["version"]),
                         ("stored v1", "born-digital/LE/MON/1", "v1"))
        self.assertEqual(self.order(stored).status, 409)
        refused = self.command("transfers", "retry", stored["id"])
        self.assertEqual(refused.returncode, 1, refused)
        shown = self.command("transfers", "show", stored["id"], "--json")
        self.assertEqual(json.loads(shown.stdout)["label"], "stored v1")
        log = self.command("transfers", "log", record["id"])
        self.assertEqual((log.returncode, log.stdout), (0, self.log("failed", bad) + "\n"))
        # Nobody tries again what nobody may.
        for path in (f"/transfers/{stored['id']}", "/transfers"):
            self.assertEqual(self.api.get(path, headers={"Authorization": self.limited("bags:read")}).status, 403)


if __name__ == "__main__":
    unittest.main()
