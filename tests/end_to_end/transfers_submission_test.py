#!/usr/bin/python3
"""Packages handed to an Archivematica that does wrong what it can, and followed from there: acceptance cases E of the
companions, as far as they can be seen from outside. Their numbers stand in the names.
"""

import threading
import unittest
import urllib.parse

from archivematica import PACKAGE
from clouds import new_name
from companions import (ACCEPTED, BAD, EVENT_TIME, KEY, PATIENCE, CompanionTest, catalogued, path_of)
from harness import wait_until

PREFIX = '[[prefixes]]\nprefix = "{0}/"\nflavour = "catalogued"\nprocessingConfig = "born_digital"\nspace = "{0}"\n'


class Submitting(CompanionTest):
    def no_transfer(self, key):
        self.assertEqual((self.tags(key), self.logs("success", key)), ({}, []))
        self.assertEqual(len(self.logs("failed", key)), 1)

    def test_e2_locations(self):
        names = ("one", "two", "three", "four", "five")
        good = [("L1", "/one/"), ("L2", "/two"), ("L3", "three")]

        def places():
            self.place_spaces(s3=self.bucket, elsewhere="another-bucket")
            self.place_locations(*good, ("L4", "four", {"space": "elsewhere"}), ("L5", "five", {"enabled": False}))
        self.begin(more="".join(PREFIX.format(name) for name in names), prepare=places)
        for name in names:
            self.upload(f"{name}/pkg.zip", catalogued(name))
        for name in names[:3]:
            self.accepted(f"{name}/pkg.zip")
        lost = [f"{name}/pkg.zip" for name in names[3:]]
        keys = {}
        for key in lost:
            keys[key] = self.failed("no-location", key)["idempotencyKey"]
            wait_until(lambda: self.logs("failed", key), PATIENCE, what="the failed log")
            self.no_transfer(key)
        told = {one["problem"] for one in self.alerts("transfer source")}
        self.assertLessEqual({"location of main/four", "location of main/five"}, told)
        self.assertEqual(len(self.posts()), 3)
        self.place_locations(*good, ("L4", "four"), ("L5", "five"))
        for key in lost:
            self.retry(key)
            record = self.state(*ACCEPTED, key=key)
            wait_until(lambda: self.logs("success", key), PATIENCE, what="the success log")
            self.assertEqual(record["idempotencyKey"], keys[key])
            self.assertEqual(len(self.posts(keys[key])), 1)

    def test_e4_refusals(self):
        self.begin()
        refusals = ({"raw": '{"error":true,"message":"of a reason"}'}, {"status": 400}, {"status": 422})
        for n, refusal in enumerate(refusals):
            key = f"born-digital/{n}.zip"
            self.double.fault(refusal, "am", "POST", PACKAGE)
            self.upload(key, catalogued(f"X/{n}"))
            self.failed("archivematica-refused", key)
            wait_until(lambda: self.logs("failed", key), PATIENCE, what="the failed log")
            self.no_transfer(key)
            self.pass_time()
        self.assertIn("of a reason", self.log("failed", "born-digital/0.zip"))
        self.assertEqual(len(self.alerts("refused")), 3)
        self.assertEqual((len(self.posts()), self.double.transfers()), (3, []))

    def test_e5_answers_that_say_nothing(self):
        actions = [{"status": 408}, {"pending": 1}, {"status": 425}, {"status": 429}, {"status": 500}, {"status": 503},
                   {"raw": "<html>log in</html>"}, {"raw": "{}"}, {"drop": "before"}, {"drop": "after"},
                   {"after": {"status": 503}}, {"after": {"raw": "{}"}}]
        # The look-ups come first.
        self.begin(prepare=lambda: self.double.fault({"refuse_connections": True}, "amss"))
        keys = [f"born-digital/{n}.zip" for n in range(len(actions))]
        for key in keys:
            self.upload(key, catalogued(key))
        for key in keys:
            self.delayed(key, operator=False)
        self.double.clear_faults()
        self.double.fault({"status": 500}, "amss")
        self.retry(keys[0])
        self.wait("a second attempt", lambda record: record.get("delayed", {}).get("attempts", 0) >= 2, keys[0])
        self.assertEqual(self.posts(), [])

        self.double.clear_faults()
        for action in actions:
            self.double.fault(action, "am", "POST", PACKAGE)
        self.push(*keys)
        for key in keys:
            record = self.state(*ACCEPTED, key=key)
            wait_until(lambda: self.logs("success", key), PATIENCE, what="the success log")
            posts = self.posts(record["idempotencyKey"])
            self.assertEqual(len({one.body for one in posts}), 1, posts)
            self.assertEqual(self.tags(key)["TransferId"], record["archivematica"]["transferId"])
            self.assertEqual(len(self.logs("success", key)), 1)
        self.assertEqual(len([one for one in self.posts() if one.fault]), len(actions))
        shown = {one["id"]: one["name"] for one in self.double.transfers()}
        self.assertEqual(sorted(shown.values()), sorted(key.rpartition("/")[2] for key in keys), "one transfer each")

    def test_e6_credentials_and_addresses(self):
        self.begin(prepare=lambda: self.write_keys(storageService="wrong"))
        self.upload("born-digital/first.zip", catalogued("X/1"))
        self.assertIn("401", self.delayed("born-digital/first.zip", operator=True)["delayed"]["cause"])
        self.write_keys()
        self.retry("born-digital/first.zip")
        self.accepted("born-digital/first.zip")
        for status, headers in ((404, {}), (302, {"Location": self.double.slack_url})):
            key = f"born-digital/{status}.zip"
            self.double.fault({"status": status, "headers": headers}, "am", "POST", PACKAGE)
            self.upload(key, catalogued(f"X/{status}"))
            self.assertIn(str(status), self.delayed(key, operator=True)["delayed"]["cause"])
            self.retry(key)
            self.state(*ACCEPTED, key=key)
        self.assertEqual(self.double.requests("slack"), [])

        before = len(self.alerts())
        self.write_keys(dashboard="wrong")
        keys = [f"born-digital/{n}.zip" for n in range(10)]
        for key in keys:
            self.upload(key, catalogued(key))
        for key in keys:
            self.assertIn("403", self.delayed(key, operator=True)["delayed"]["cause"])
            for log in self.logs("delayed", key) + self.logs("received", key):
                self.assertIn("nothing needs to be done", self.text(log))
        self.assertEqual(len(self.alerts()) - before, 1, self.alerts())
        self.write_keys()
        self.push(*keys)
        self.assertEqual(len(self.double.transfers()), 13)

    def test_e7_a_location_on_the_second_page(self):
        places = [(f"L{n}", f"other-{n}") for n in range(24)] + [("L24", "born-digital")]
        self.begin(prepare=lambda: self.place_locations(*places), forget=False)
        self.upload()
        self.accepted()
        (post,) = self.posts()
        self.assertEqual(post.json["path"], path_of("L24:/pkg.zip"))
        self.assertTrue([one for one in self.double.requests("amss") if "offset=20" in one.target])

    def test_e8_killed_between_the_answer_and_its_record(self):
        self.begin()
        # Archivematica has taken it, and its answer is on the way for as long as anybody lives.
        self.double.fault({"delay_ms": 600_000}, "am", "POST", PACKAGE)
        self.upload()
        (transfer,) = wait_until(self.double.transfers, PATIENCE, what="a transfer")
        self.strongroom.kill()
        self.strongroom.start()
        self.api.token = None
        self.assertEqual(self.one()["status"]["id"], "submitting")
        # What the dead one held would be free after five minutes.
        self.write("UPDATE transfer SET lease_until = NULL")
        record = self.until("an acceptance", lambda one: one["status"]["id"] in ACCEPTED)
        wait_until(lambda: self.logs("success"), PATIENCE, what="the success log")
        self.assertEqual([one["id"] for one in self.double.transfers()], [transfer["id"]])
        self.assertEqual(record["archivematica"]["transferId"], transfer["id"])
        first, second = self.posts()
        self.assertEqual((first.body, first.headers["idempotency-key"]),
                         (second.body, second.headers["idempotency-key"]))
        self.assertEqual((len(self.logs("success")), self.tags()["TransferId"]), (1, transfer["id"]))

    def test_e8_e15_what_follows_an_acceptance(self):
        self.begin(gate=True, double={"options": {"transfer_ids": ["T-0", "T-1", "T-2", "T-3", "T-4"]}})
        keys = [f"born-digital/{n}.zip" for n in range(5)]
        # E8: tags, and then the log, cannot be written for a while.
        self.gate.fail("PUT", "0.zip[?]tagging")
        self.gate.fail("PUT", "1.zip.success")
        # E15: what Archivematica says of the transfers.
        status = "/api/transfer/status/T-{}/"
        self.double.options(stage_ms={"copying": None, "transfer processing": None})
        self.double.fault({"status": 500}, "am", "GET", status.format(4))
        self.double.fault({"status": 401}, "am", "GET", status.format(4), times=4)
        for n, key in enumerate(keys):
            self.upload(key, catalogued(f"X/{n}"))
            self.state("accepted", key=key)
        for key in keys[2:]:
            self.accepted(key)
        self.assertEqual((self.tags(keys[0]), [self.logs("success", key) for key in keys[:2]]), ({}, [[], []]))
        self.gate.mend()
        for key in keys[:2]:
            self.until("the success log", lambda _: self.logs("success", key), key)
            self.accepted(key)
            self.assertEqual(self.one(key)["status"]["id"], "accepted", "400 says nothing")

        self.double.tell("T-2", status="PROCESSING")
        self.until("processing", lambda record: record["status"]["id"] == "processing", keys[2])
        self.double.tell("T-3", status="FAILED", microservice="Extract zipped transfer")
        self.until("failure", lambda record: record["status"]["id"] == "failed", keys[3])
        record = self.failed("archivematica-failed", keys[3])
        self.assertIn("Extract zipped transfer", record["reason"]["description"])
        wait_until(lambda: self.logs("failed", keys[3]), PATIENCE, what="the failed log")
        self.assertEqual(len(self.logs("success", keys[3])), 1)
        self.assertIn("Archivematica transfer ID: T-3", self.log("failed", keys[3]))
        self.assertEqual(self.order(record).status, 409)
        # 500 and 401 changed nothing; 401 is told.
        self.until("the alert", lambda _: self.alerts("(401)"), keys[4])
        self.assertEqual(self.one(keys[4])["status"]["id"], "accepted")
        self.double.tell("T-4", status="COMPLETE")
        sip = self.double.transfer("T-4")["sip_uuid"]
        self.double.tell(sip, status="PROCESSING")
        self.until("the ingest", lambda record: record["archivematica"].get("sipId") == sip, keys[4])
        self.assertEqual(self.one(keys[4])["status"]["id"], "processing")
        self.double.tell("T-2", status="USER_INPUT")
        self.until("waiting", lambda record: record["archivematica"].get("status") == "USER_INPUT", keys[2])
        self.assertEqual(self.one(keys[2])["status"]["id"], "processing")

        # A bag after all.
        self.register("born-digital", "X/3", "T-3")
        self.assertEqual(self.state("stored", key=keys[3])["label"], "stored v1")
        self.assertEqual(len(self.posts()), len(keys))

    def test_e10_another_package_in_its_place(self):
        self.begin(gate=True)
        other = catalogued("LE/MON/2", "another")
        # Beside the service: as archivists do it, at the worst moment.
        moments = {"before": None, "between reads": ("GET", 1), "before the POST": ("HEAD", 2), "tagging": ("PUT", 1)}
        for n, (moment, request) in enumerate(moments.items()):
            key = f"born-digital/{n}.zip"
            arrived = threading.Event()
            newer = []

            def replace(key=key, newer=newer, arrived=arrived):
                newer.append(self.put(key, other)[0])
                arrived.set()

            def gate_at(method, turn, key=key, replace=replace):
                # Reads and tags are of the package alone; those of its logs have longer names.
                again = (lambda: gate_at(method, turn - 1)) if turn > 1 else replace
                self.gate.before(method, urllib.parse.quote(key) + r"([?]|$)", again)

            if request:
                gate_at(*request)
            etag, _ = self.put(key, catalogued("LE/MON/1"))
            if not request:
                replace()
            self.tell(self.record(key, etag=etag))
            self.assertTrue(arrived.wait(PATIENCE), moment)
            if moment == "tagging":
                older = self.state(*ACCEPTED, key=key)
                wait_until(lambda: self.logs("success", key), PATIENCE, what="the success log")
                self.assertEqual(self.tags(key), {}, "of another package")
            else:
                older = self.failed("replaced", key)
                self.assertEqual(self.posts(older["idempotencyKey"]), [], moment)
                self.assertEqual(self.logs("failed", key) + self.logs("success", key), [], moment)
            self.tell(self.record(key, "0002", etag=newer[0]))
            record = self.wait("the newer one", lambda one: one["id"] != older["id"] and "archivematica" in one, key)
            wait_until(lambda: len(self.logs("success", key)) == (2 if moment == "tagging" else 1), PATIENCE,
                       what="its log")
            self.assertEqual(self.tags(key)["TransferId"], record["archivematica"]["transferId"])
            self.assertEqual(self.tags(key)["CatalogueIdentifier"], "LE/MON/2")

    def test_e10_an_older_version(self):
        bucket = new_name("versions")
        self.begin(bucket=bucket)
        self.boto.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        first, second = self.put(), self.put(body=catalogued("LE/MON/2", "another"))
        self.assertNotEqual(first[1], second[1])
        self.tell(self.record(sequencer="0002", etag=second[0], version=second[1]))
        record = self.accepted()
        self.assertEqual((record["versionId"], record["identifiers"]["catalogueIdentifier"]), (second[1], "LE/MON/2"))
        self.tell(self.record(etag=first[0], version=first[1]))
        self.failed("replaced")
        self.assertEqual(len(self.posts()), 1)

    def test_e11_a_processing_configuration_is_missing(self):
        self.begin(prepare=lambda: self.double.configurations("automated", "default"))
        self.upload()
        record = self.delayed(operator=True)
        self.assertIn("born_digital", record["delayed"]["cause"])
        told = [one["problem"] for one in self.alerts("born_digital")]
        self.assertEqual((self.posts(), told.count("processing configuration born_digital")), ([], 1))
        self.double.configurations("automated", "born_digital", "default")
        self.retry()
        self.accepted()

    def test_e12_the_location_changes(self):
        self.begin(prepare=lambda: self.place_locations(("L1", "born-digital")))
        lost, unsent = "born-digital/lost.zip", "born-digital/unsent.zip"
        self.double.fault({"after": {"status": 503}}, "am", "POST", PACKAGE)
        self.upload(lost, catalogued("X/1"))
        self.delayed(lost, operator=False)
        self.double.fault({"refuse_connections": True}, "am")
        self.upload(unsent, catalogued("X/2"))
        self.delayed(unsent, operator=False)
        self.place_locations(("L2", "born-digital"))
        self.double.clear_faults()
        for key in (lost, unsent):
            self.retry(key)
            self.state(*ACCEPTED, key=key)
        paths = [(one.json["name"], one.json["path"]) for one in self.posts()]
        self.assertEqual(paths, [("lost.zip", path_of("L1:/lost.zip"))] * 2 +
                         [("unsent.zip", path_of("L2:/unsent.zip"))])

    def test_e14_nothing_goes_while_archivematica_copies(self):
        self.begin()
        self.double.options(fetch="s3", s3=self.s3.access, stage_ms={"copying": None})
        self.upload()
        self.accepted()
        (shown,) = self.double.transfers()
        self.assertEqual(shown["listed"], [KEY], "no notice was there when it listed")
        # Whose key begins with that of the first.
        longer = KEY + ".zip"
        self.upload(longer, BAD)
        self.state("rejected", key=longer)
        wait_until(lambda: self.logs("failed", longer), PATIENCE, what="the failed log")
        self.pass_time()
        self.upload("born-digital/zzz.zip", BAD)
        self.rejected("META-MISSING", key="born-digital/zzz.zip")
        self.assertEqual(len(self.logs("received", longer)), 1)
        self.double.advance()
        self.until("processing", lambda record: record["status"]["id"] == "processing")
        self.until("no notice", lambda _: not self.logs("received", longer), longer)
        (shown,) = self.double.transfers()
        self.assertEqual((shown["failure"], [one["key"] for one in shown["copied"]]), (None, [KEY]))

    def test_e14_logs_in_a_place_of_their_own(self):
        self.begin(more='[feedback]\nlayout = "separate"\n')
        self.double.options(fetch="s3", s3=self.s3.access)
        self.upload()
        record = self.state(*ACCEPTED)
        log = f"feedback/{KEY}.success.{EVENT_TIME}.{record['idempotencyKey'][:12]}.log"
        wait_until(lambda: sorted(self.keys()) == [KEY, log], PATIENCE, what="one log, elsewhere")
        (shown,) = self.double.transfers()
        self.assertEqual(shown["listed"], [KEY])


if __name__ == "__main__":
    unittest.main()
