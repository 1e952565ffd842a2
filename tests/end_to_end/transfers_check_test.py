#!/usr/bin/python3
"""The self-check says what is missing and what to do about it (transfers.md 15, cases H3 and H4), and the test package
goes where it should (13, G1), with the double of Archivematica and a real S3 server.
"""

import io
import json
import signal
import struct
import subprocess
import unittest
import zipfile
import zlib

from companions import PATIENCE, CompanionTest
from harness import binary, free_port

OTHER_TEST, MISSING, USAGE, LATER = 3, 1, 2, 75
TEST_KEY = "born-digital/test_package.zip"
CANARIES = ("am-key", "ss-key", "CANARY")


class Check(CompanionTest):
    def setUp(self):
        super().setUp()
        self.begin()

    def write_keys(self, **keys):
        super().write_keys(**keys)
        for file in (self.directory / "dashboard-key", self.directory / "storageService-key", self.s3.keys):
            file.chmod(0o600)

    def check(self, code, *options):
        """Items of the check: {what: item}. The text of it says the same, and neither holds a secret."""
        done = self.command("transfers", "check", "--json", *options)
        self.assertEqual(done.returncode, code, done)
        found = json.loads(done.stdout)
        text = self.command("transfers", "check")
        self.assertEqual(text.returncode, code, text)
        for item in found["items"]:
            if item["status"] == "MISSING":
                self.assertIn(f"MISSING  {item['number']} {item['what']}: ", text.stdout)
                self.assertTrue(item["advice"])
        self.assertEqual(sum(item["status"] == "MISSING" for item in found["items"]), found["missing"])
        # H4: whatever is wrong, it is told without the keys.
        for canary in CANARIES:
            self.assertNotIn(canary, done.stdout + done.stderr + text.stdout + text.stderr)
        return {item["what"]: item for item in found["items"]}

    def missing(self, *options):
        """What is missing, when something is: {what: found}."""
        items = self.check(MISSING, *options)
        return {what: item["found"] for what, item in items.items() if item["status"] == "MISSING"}

    def test_h3_a_good_set_up(self):
        for versions in (None, "Enabled"):
            if versions:
                self.boto.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": versions})
            items = self.check(0, "--write-probe")
            self.assertEqual({item["status"] for what, item in items.items() if not what.startswith("writing")}, {"ok"},
                             items)
            self.assertEqual(sorted({item["number"] for item in items.values()}), list(range(1, 10)))
            self.assertIn("keeps versions" if versions else "keeps no versions",
                          items["area main"]["found"])
            self.assertIn(items["writing into area main"]["status"], ("ok", "warning"))
            left = self.boto.list_object_versions(Bucket=self.bucket)
            self.assertEqual(left.get("Versions", []) + left.get("DeleteMarkers", []), [])
        self.assertEqual((self.posts(), self.double.slack()), ([], []))

    def test_h3_keys_that_are_not_accepted(self):
        self.write_keys(storageService="wrong")
        missing = self.missing()
        self.assertEqual(list(missing), ["Archivematica's Storage Service"])
        self.assertIn("(401)", missing["Archivematica's Storage Service"])
        self.write_keys(dashboard="wrong")
        self.assertIn("user or the key", self.missing()["Archivematica's dashboard"])
        self.write_keys()
        self.double.credentials(refused_host=True)
        self.assertIn("does not allow this machine", self.missing()["Archivematica's dashboard"])
        self.double.credentials(refused_host=False)
        (self.directory / "dashboard-key").write_text("\n")
        self.assertIn("its file is empty", self.missing()["archivematica.dashboard.apiKey"])

    def test_h3_files_that_others_may_read(self):
        (self.directory / "storageService-key").chmod(0o644)
        items = self.check(0)
        self.assertEqual(items["archivematica.dashboard.apiKey"]["status"], "ok")
        self.assertEqual(items["archivematica.storageService.apiKey"]["status"], "warning")
        self.assertIn("chmod", items["archivematica.storageService.apiKey"]["advice"])

    def test_h3_locations_that_do_not_fit(self):
        self.place_spaces(s3="another-bucket")
        missing = self.missing()
        self.assertEqual(sorted(missing),
                         ["location of main: born-digital-accessions/", "location of main: born-digital/"])
        self.assertIn("same path in another bucket: bucket another-bucket", missing["location of main: born-digital/"])
        self.place_spaces(s3=self.bucket)
        self.place_locations(("11111111-1111-4111-8111-111111111111", "/born-digital/"),
                             ("22222222-2222-4222-8222-222222222222", "born-digital"),
                             ("33333333-3333-4333-8333-333333333333", "accessions"))
        items = self.check(MISSING)
        self.assertEqual(items["location of main: born-digital/"]["status"], "warning")
        self.assertIn("11111111", items["location of main: born-digital/"]["found"])
        self.assertIn("same bucket with another path", items["location of main: born-digital-accessions/"]["found"])

    def test_h3_e7_locations_over_many_pages(self):
        self.double.locations(number=45)
        self.assertIn("45 transfer sources", self.check(0)["Archivematica's Storage Service"]["found"])

    def test_h3_a_configuration_that_is_absent(self):
        self.double.configurations("default", "born_digital")
        missing = self.missing()
        self.assertEqual(list(missing), ["processing configuration b_dig_accessions"])
        self.assertIn("it has: born_digital, default", missing["processing configuration b_dig_accessions"])

    def test_h3_an_older_archivematica(self):
        self.double.version("1.17.0")
        version = self.check(0)["version of Archivematica"]
        self.assertEqual(version["status"], "warning")
        self.assertIn("1.17.0", version["found"])

    def test_h3_nobody_there(self):
        for name in ("dashboard", "storageService"):
            self.reconfigure(f'[archivematica.{name}]\nurl = "{getattr(self.double, self.double_of(name))}"',
                             f'[archivematica.{name}]\nurl = "http://127.0.0.1:{free_port()}"')
        missing = self.missing()
        self.assertEqual(sorted(missing), ["Archivematica's Storage Service", "Archivematica's dashboard"])
        self.assertIn("cannot be reached", missing["Archivematica's dashboard"])

    def test_h3_an_area_that_is_not_there(self):
        self.reconfigure(f'bucket = "{self.bucket}"', 'bucket = "no-such-bucket-anywhere"')
        self.assertIn("area main", self.missing())

    def test_h3_feedback_that_would_be_copied(self):
        for prefix in ("born-digital/logs/", "feedback"):
            self.reconfigure("", f'[feedback]\nlayout = "separate"\nprefix = "{prefix}"\n')
            for command in (("transfers", "check"), ("transfers", "watch", "--once")):
                self.assertEqual(self.command(*command).returncode, USAGE, prefix)
            self.restore()
        self.reconfigure("", '[feedback]\nlayout = "separate"\nprefix = "logs/"\n')
        self.assertIn("below logs/", self.check(0, "--write-probe")["configuration"]["found"])

    # -- start-test

    def test_g3_waiting_ends_with_a_signal(self):
        command = [str(binary()), "transfers", "start-test", "--wait", "--config", str(self.toml()), "--data",
                   str(self.strongroom.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
            self.assertIn("uploaded main: ", waiting.stdout.readline())
            waiting.send_signal(signal.SIGINT)
            self.assertEqual(waiting.wait(20), LATER)
            self.assertIn("nobody has noticed it", waiting.stderr.read())

    def test_a_test_that_fails_there(self):
        self.double.options(stage_ms={"copying": 50, "transfer processing": None})
        command = [str(binary()), "transfers", "start-test", "--wait=2min", "--config", str(self.toml()), "--data",
                   str(self.strongroom.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
            self.assertIn("uploaded main: ", waiting.stdout.readline())
            etag = self.boto.head_object(Bucket=self.bucket, Key=TEST_KEY)["ETag"].strip('"')
            self.tell(self.record(TEST_KEY, etag=etag))
            transfer = self.accepted(TEST_KEY)["archivematica"]["transferId"]
            self.double.tell(transfer, status="FAILED", microservice="Scan for viruses")
            self.until("failed", lambda record: record["status"]["id"] == "failed", TEST_KEY)
            self.assertEqual(waiting.wait(30), MISSING)
            said = waiting.stdout.read()
            self.assertIn("@@ Logging starts at", said)
            self.assertIn("All checks passed", said)
            self.assertIn("Scan for viruses", waiting.stderr.read())

    def test_g3_a_test_that_is_rejected(self):
        """Its twin's place is taken, so that it cannot go on its way."""
        self.put("born-digital/TEST.zip", b"somebody else's")
        command = [str(binary()), "transfers", "start-test", "--wait=10min", "--key", "born-digital/TEST.ZIP",
                   "--config", str(self.toml()), "--data", str(self.strongroom.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
            self.assertIn("uploaded main: ", waiting.stdout.readline())
            etag = self.boto.head_object(Bucket=self.bucket, Key="born-digital/TEST.ZIP")["ETag"].strip('"')
            self.tell(self.record("born-digital/TEST.ZIP", etag=etag))
            said, complained = waiting.communicate(timeout=PATIENCE)
        self.assertEqual(waiting.returncode, MISSING, complained)
        self.assertIn("[KEY-CASE] ", said)
        self.assertIn("Result: REJECTED", said)

    def test_g1_the_test_package(self):
        self.double.options(stage_ms={"copying": None})
        done = self.command("transfers", "start-test", "--json")
        self.assertEqual(done.returncode, 0, done)
        told = json.loads(done.stdout)
        self.assertEqual((told["area"], told["key"]), ("main", "born-digital/test_package.zip"))
        body = self.boto.get_object(Bucket=self.bucket, Key=told["key"])
        self.assertEqual(body["ETag"].strip('"'), told["eTag"])
        with zipfile.ZipFile(io.BytesIO(body["Body"].read())) as package:
            self.assertIsNone(package.testzip())
            self.assertEqual([one.compress_type for one in package.infolist()], [zipfile.ZIP_STORED] * 2)
            self.assertEqual(package.namelist(), ["metadata/metadata.csv", "test-image.png"])
            self.assertEqual(package.read("metadata/metadata.csv"),
                             b"filename,dc.identifier,wellcome.storageSpace\n"
                             b"objects/,archivematica-dev/TEST/1,testing\n")
            self.decode(package.read("test-image.png"))
        self.tell(self.record(told["key"], etag=told["eTag"]))
        record = self.accepted(told["key"])
        self.assertEqual([one["code"] for one in record["findings"]], ["W-NO-RIGHTS"])
        refused = self.command("transfers", "start-test")
        self.assertEqual(refused.returncode, OTHER_TEST, refused)
        self.assertEqual(self.boto.head_object(Bucket=self.bucket, Key=told["key"])["ETag"].strip('"'), told["eTag"])
        other = json.loads(self.command("transfers", "start-test", "--json", "--key", "born-digital/x.zip").stdout)
        self.assertNotEqual(other["eTag"], told["eTag"])

    def decode(self, png):
        """As a decoder reads it."""
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        chunks, at = {}, 8
        while at < len(png):
            (size,) = struct.unpack(">I", png[at:at + 4])
            body = png[at + 4:at + 8 + size]
            self.assertEqual(struct.unpack(">I", png[at + 8 + size:at + 12 + size])[0], zlib.crc32(body))
            chunks[body[:4]] = body[4:]
            at += 12 + size
        width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        self.assertEqual((rest, list(chunks)), ([8, 2, 0, 0, 0], [b"IHDR", b"IDAT", b"IEND"]))
        self.assertEqual(len(zlib.decompress(chunks[b"IDAT"])), height * (1 + 3 * width))

    # -- other configurations of the command; the service goes on with its own

    def toml(self):
        return self.strongroom.data.parent / (self.strongroom.data.name + ".toml")

    def reconfigure(self, before, after):
        text = self.toml().read_text()
        if not hasattr(self, "first"):
            self.first = text
        self.assertIn(before, text)
        self.toml().write_text(text.replace(before, after, 1) if before else text + after)

    def restore(self):
        self.toml().write_text(self.first)

    @staticmethod
    def double_of(name):
        return {"dashboard": "am", "storageService": "amss"}[name]


if __name__ == "__main__":
    unittest.main()
