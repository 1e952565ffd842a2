#!/usr/bin/python3
"""The whole way of a package, with everything on it real but Archivematica and Slack, whose double does what they do:
an archivist's upload, its notification, the checks, Archivematica that copies from S3 and stores an AIP in the same
Strongroom (three copies, the primary in S3), the callback, the report, the deletion, and the notification of the bag.
A copy that is damaged keeps its package (F9).
Then the same with answers that are lost, and the test package that operators send on that way (case G2).
"""

import json
import re
import unittest
import urllib.parse

from archivematica import PACKAGE
from clouds import new_name, radosgw
from companions import KEY, PATIENCE, CompanionTest, accession, catalogued
from harness import wait_until

LEMON = "born-digital-accessions/LEMON_1234.zip"


class Journey(CompanionTest):
    # The double's own Storage Service has its key in the address of the callback that it asks for.
    canaries = ("am-key", radosgw.SECRET_KEY)

    def embark(self, area=""):
        """The service with its primary location, its packages and its AIPs in S3; the double that stores there."""
        primary, ingests = new_name("primary"), new_name("ingests")
        self.primary = primary
        for bucket in (primary, ingests):
            self.boto.create_bucket(Bucket=bucket)
        copies = self.new_locations("first", "second")
        copies = copies.replace('role = "primary"\naliases = []\n', 'role = "replica"\n')
        more = ('[[locations]]\nname = "main"\nlabel = "primary location"\nrole = "primary"\n' + self.in_s3(primary) +
                copies + "[[sources]]\n" + self.in_s3(ingests) +
                f'[monitor]\nwebhookFile = "{self.directory}/slack"\nschedule = "15 6 1 1 *"\n')
        service = self.begin(("watch", "monitor", "notify"), more=more, start=False, area=area)
        (self.directory / "slack").write_text(self.double.slack_url + "\n")
        self.canaries = (*self.canaries, urllib.parse.urlsplit(self.double.slack_url).path)
        service.command()  # writes the configuration
        made = self.command("location", "init", "--location", "main")
        self.assertEqual(made.returncode, 0, made)
        service.start()
        service.add_client()
        self.wait_for_sweep("main")
        wait_until(lambda: 'strongroom_topic_sequence{topic="born-digital"}' in self.api.get("/metrics").text, PATIENCE,
                   what="the listener")
        self.double.options(fetch="s3", s3=self.s3.access, storing={
            "token_url": f"http://127.0.0.1:{service.port}/oauth2/token", "api_root_url": self.api.base,
            "client_id": self.api.client_id, "client_secret": self.api.secret, "provider": "amazon-s3",
            "store": self.s3.access, "bucket": ingests, "poll_ms": 100})

    def in_s3(self, bucket):
        return (f'provider = "amazon-s3"\nbucket = "{bucket}"\nendpoint = "{self.s3.url}"\n'
                f'credentialsFile = "{self.s3.keys}"\n')

    def stored(self, key, bag, version="v1"):
        record = self.until(f"stored {version}", lambda one: one["label"] == f"stored {version}", key)
        self.assertEqual((record["bag"]["id"], record["bag"]["version"]), (bag, version))
        self.assertNotIn("note", record["bag"])
        (transfer,) = [one for one in self.double.transfers() if one["id"] == record["archivematica"]["transferId"]]
        wait_until(lambda: self.double.transfer(transfer["id"])["phase"] == "ended", PATIENCE, what="the AIP")
        shown = self.double.transfer(transfer["id"])
        self.assertEqual((shown["aip"]["status"], shown["failure"]), ("UPLOADED", None))
        self.assertEqual(shown["aip"]["misc_attributes"]["wellcome.version"], version)
        space, _, identifier = bag.partition("/")
        self.assertEqual(self.api.bag(space, identifier, version).status, 200)
        return record

    def monitor(self):
        done = self.command("transfers", "monitor", "--once")
        self.assertEqual(done.returncode, 0, done)
        return ["\n".join(block["text"]["text"] for block in payload["blocks"]) for payload in self.double.slack()]

    def test_a1_a2_f1_a_package_and_an_accession(self):
        self.embark()
        self.upload()
        self.upload(LEMON, accession())
        self.stored(KEY, "born-digital/LE/MON/1")
        record = self.stored(LEMON, "born-digital-accessions/1234")
        self.assertEqual(len(self.double.requests("amss", "POST", "/api/v2/file/*")), 2, "callbacks")
        bag = self.api.bag("born-digital", "LE/MON/1").json
        self.assertEqual(bag["location"]["provider"]["id"], "amazon-s3")
        self.assertEqual(len(bag["replicaLocations"]), 2)
        told = [one["description"] for one in self.one(LEMON)["events"]]
        self.assertEqual([text.split()[0] for text in told[:4]], ["Received", "Being", "All", "Accepted"], told)
        self.assertEqual(told[-1].split()[:2], ["Stored", "as"])

        # Only bags of the space that others wait for are told of.
        notices = self.strongroom.data / "notify"
        files = wait_until(lambda: list(notices.glob("*.json")), PATIENCE, what="a notification")
        self.assertEqual([json.loads(file.read_text())["identifier"] for file in files], ["LE/MON/1"])

        self.assertEqual(self.order(record).status, 409)
        before = self.keys()
        dry = self.command("transfers", "monitor", "--once", "--dry-run")
        self.assertEqual((dry.returncode, self.double.slack(), self.keys()), (0, [], before), dry)
        (report,) = self.monitor()
        self.assertIn("in Archivematica in the last 14 days", report)
        self.assertIn(f"*Stored*\n- {LEMON}\n- {KEY}", report)
        self.assertEqual(self.keys(), [], "packages and their logs")
        second = self.monitor()[1]
        self.assertTrue(second.startswith("Nothing happened in Archivematica in the last "), second)

    def test_f9_a_copy_that_is_damaged_keeps_its_package(self):
        """A reader finds it out; nothing goes before the copy was put back and has been read whole."""
        self.embark()
        self.upload()
        self.stored(KEY, "born-digital/LE/MON/1")
        kept = self.keys()
        files = self.api.bag("born-digital", "LE/MON/1").json["manifest"]["files"]
        file = max(files, key=lambda one: one["size"])
        held = "born-digital/LE/MON/1/" + file["path"]
        whole = self.boto.get_object(Bucket=self.primary, Key=held)["Body"].read()
        name = urllib.parse.quote("/bags/born-digital/LE/MON/1/content/" + file["name"])
        self.put(held, whole[:-1], bucket=self.primary)
        self.assertEqual(self.api.get(name).body, whole, "from another copy at the end")
        told = wait_until(lambda: re.findall("event=file.copy_damaged .*", self.strongroom.said()), PATIENCE)
        self.assertEqual(len(told), 1)
        self.assertIn("location=main", told[0])
        self.strongroom.stop()
        self.strongroom.start()
        wait_until(lambda: 'strongroom_damaged_files{location="main"} 1' in self.api.get("/metrics").text, PATIENCE,
                   what="the number of damaged files")
        wait_until(lambda: re.search("event=operator_alert .*copies in main", self.strongroom.said()), PATIENCE,
                   what="the alert")
        (report,) = self.monitor()
        self.assertIn(f"*In progress*\n- {KEY} (`", report)
        self.assertIn("a required copy is not there, verified and whole", report)
        self.assertNotIn("*Stored*", report)
        self.assertEqual(set(kept) - set(self.keys()), set(), "removed")

        self.put(held, whole, bucket=self.primary)
        self.assertEqual(self.api.get(name).body, whole)
        wait_until(lambda: "event=file.copy_whole_again" in self.strongroom.said(), PATIENCE, what="the good copy")
        report = self.monitor()[1]
        self.assertIn(f"*Stored*\n- {KEY}", report)
        self.assertNotIn("*In progress*", report)
        self.assertEqual(self.keys(), [])

    def test_f3_what_is_not_stored(self):
        """The report of what others have to look after; nothing of it is deleted."""
        self.embark()
        bad, delayed = "born-digital/bad & <old>.zip", "born-digital/delayed.zip"
        self.upload(bad, b"not a ZIP archive")
        self.rejected("ZIP-NOT-ZIP", key=bad)
        self.double.fault({"status": 403}, "am", "POST", PACKAGE, times="always")
        self.upload(delayed)
        self.delayed(delayed, operator=True)
        before = [key for key in self.keys() if ".received." not in key]
        self.double.fault({"status": 500}, "slack")
        (report,) = self.monitor()
        self.assertIn("\n- born-digital/bad &amp; &lt;old&gt;.zip - ", report)
        self.assertIn(f"\n- {delayed} - ", report)
        self.assertNotIn("*Stored*", report)
        self.assertEqual([key for key in self.keys() if ".received." not in key], before)

    def test_e5_storms_end_without_anybody(self):
        """Each POST meets another fault; they are tried again after half a minute, and each becomes one bag once."""
        self.embark()
        storms = [{"drop": "after"}, {"drop": "before"}, {"pending": 1}, {"status": 503}, {"after": {"status": 500}},
                  {"status": 429, "headers": {"Retry-After": "1"}}]
        for storm in storms:
            self.double.fault(storm, "am", "POST", PACKAGE)
        names = [f"storm-{n}" for n in range(len(storms))]
        for name in names:
            self.upload(f"born-digital/{name}.zip", catalogued(name, name))
        for name in names:
            record = self.stored(f"born-digital/{name}.zip", f"born-digital/{name}")
            self.assertEqual(len({one.body for one in self.posts(record["idempotencyKey"])}), 1, name)
            self.assertEqual(len(self.logs("success", f"born-digital/{name}.zip")), 1)
        self.assertEqual(len([one for one in self.posts() if one.fault]), len(storms))
        self.assertEqual(sorted(one["name"] for one in self.double.transfers()), [f"{name}.zip" for name in names])

    def test_g2_the_test_package(self):
        self.embark('sweepEvery = "1s"\nsweepGrace = "0s"\n')
        for version in ("v1", "v2"):
            with self.hurry():
                done = self.command("transfers", "start-test", "--wait=10min", seconds=700)
            self.assertEqual(done.returncode, 0, done)
            bag = self.api.bag("testing", "archivematica-dev/TEST/1")
            self.assertEqual((bag.status, bag.json["version"]), (200, version))


if __name__ == "__main__":
    unittest.main()
