#!/usr/bin/python3
"""The test double stores what it has copied in a real Strongroom, as an unmodified client of its storage API:
archivematica-double.md 5.3.

The service runs in its embedded default with a client and an upload area; packages lie in a directory. Or both packages
and AIPs lie in S3.
"""

import io
import json
import pathlib
import shutil
import tarfile
import tempfile
import unittest
import urllib.parse
import zipfile

from archivematica import AMSS, Dialogue, Double, call
from clouds import boto_client, radosgw, write_s3_keys
from harness import SHORT_PAUSES, ServiceTest, wait_until
from vault import Vault


def table(*identifiers):
    return "filename,dc.identifier\n" + "".join(f"objects/{n},{one}\n" for n, one in enumerate(identifiers))


def zip_of(metadata):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "hello")
        archive.writestr("sub/\u00e4.txt", "deeper")
        archive.writestr("metadata/metadata.csv", metadata)
    return buffer.getvalue()


class StoringTest(Dialogue, ServiceTest):
    config = SHORT_PAUSES

    def setUp(self):
        super().setUp()
        self.strongroom = self.service(self.config)
        self.api = self.strongroom.api
        self.double = Double(self.directory).start()
        self.addCleanup(self.double.stop)
        self.root = self.directory / "area"
        (self.root / "born-digital").mkdir(parents=True)
        self.settings = {
            "token_url": f"http://127.0.0.1:{self.strongroom.port}/oauth2/token", "api_root_url": self.api.base,
            "client_id": self.api.client_id, "client_secret": self.api.secret, "provider": "filesystem",
            "poll_ms": 100}
        self.double.options(fetch="fs", root=str(self.root), storing=self.settings)
        self.location = self.double.location("born-digital", space="fs")["uuid"]

    def tearDown(self):
        self.assertNotIn("Traceback", self.double.said())
        super().tearDown()

    def put(self, metadata, name="pkg.zip"):
        (self.root / "born-digital" / name).write_bytes(zip_of(metadata))

    def stored(self, metadata, name="pkg.zip", outcome="UPLOADED", **more):
        """A package with these metadata, when the double is done with it."""
        self.put(metadata, name)
        identifier = self.started(name=name, path=f"{self.location}:/{name}", **more)
        shown = wait_until(lambda: (one := self.double.transfer(identifier))["phase"] == "ended" and one, 60)
        self.assertEqual(shown["aip"]["status"], outcome, shown)
        return shown

    def place_of(self, transfer):
        """Space, identifier and version that the storage service has got to know; the bag is there."""
        found = tuple(transfer["aip"]["misc_attributes"][f"wellcome.{name}"]
                      for name in ("space", "external_identifier", "version"))
        bag = self.api.bag(*found)
        self.assertEqual((bag.status, bag.json["version"]), (200, found[2]), bag)
        return found

    def package_of(self, transfer):
        """The members of the package that was sent."""
        content = (self.strongroom.data / "uploads" / transfer["aip"]["path"]).read_bytes()
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
            return {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}

    def callbacks(self):
        return self.double.requests("amss", "POST", "/api/v2/file/*")

    def call_back(self, transfer, ingest, query="?username=test&api_key=ss-key", method="POST", slash="/"):
        body = ingest if isinstance(ingest, bytes) else json.dumps(ingest).encode()
        return call(f"{self.double.amss}/api/v2/file/{transfer['aip']['uuid']}/wellcome_callback{slash}{query}", method, body)


class Storing(StoringTest):
    def test_a_whole_store(self):
        shown = self.stored(table("LE/MON/1"), accession="19&20")
        self.assertEqual(self.place_of(shown), ("born-digital", "LE/MON/1", "v1"))
        aip, transfer = shown["aip"]["uuid"], shown["id"]
        self.assertEqual((aip, shown["ingest_type"]), (shown["sip_uuid"], "create"))
        self.assertEqual((shown["status"], shown["ingest_status"]), ("COMPLETE", "COMPLETE"))

        # The way there: a token before every call.
        calls = [(one["method"], urllib.parse.urlsplit(one["url"]).path, one["status"]) for one in shown["calls"]]
        token = ("POST", "/oauth2/token", 200)
        self.assertEqual(set(calls[::2]), {token})
        self.assertNotIn(token, calls[1::2])
        path = shown["aip"]["path"]
        self.assertEqual(calls[1:6:2], [("PUT", "/storage/v1/uploads/uploads/" + path, 201),
                                        ("GET", "/storage/v1/bags/born-digital/LE/MON/1", 404),
                                        ("POST", "/storage/v1/ingests", 201)])
        digits = aip.replace("-", "")
        directories = "/".join(digits[at:at + 4] for at in range(0, 32, 4))
        self.assertEqual(path, f"born-digital/{directories}/pkg-{aip}.tar.gz")

        # The package.
        top, files = f"./pkg-{aip}/", self.package_of(shown)
        self.assertTrue(all(name.startswith(top) for name in files), list(files))
        names = {name.removeprefix(top) for name in files}
        mets = f"data/objects/submissionDocumentation/transfer-pkg-{transfer}/METS.xml"
        self.assertLessEqual({"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-md5.txt", "data/objects/a.txt",
                              "data/objects/sub/\u00e4.txt", f"data/METS.{aip}.xml", mets}, names)
        self.assertTrue(any(name.startswith("data/logs/") for name in names))
        self.assertIn(b"BagIt-Version: 0.97\n", files[top + "bagit.txt"])
        self.assertIn(b"\n<dc:identifier>LE/MON/1</dc:identifier>\n", files[top + f"data/METS.{aip}.xml"])
        self.assertIn(b'<mets:altRecordID TYPE="Accession ID">19&amp;20</mets:altRecordID>', files[top + mets])
        info = dict(line.split(": ", 1) for line in files[top + "bag-info.txt"].decode().splitlines())
        self.assertEqual(set(info), {"External-Identifier", "Bag-Software-Agent", "External-Description",
                                     "Internal-Sender-Identifier", "Bagging-Date", "Payload-Oxum"})
        self.assertEqual((info["External-Identifier"], info["Internal-Sender-Identifier"]), ("LE/MON/1", aip))
        bag = self.api.bag("born-digital", "LE/MON/1").json
        self.assertEqual(bag["tagManifest"]["checksumAlgorithm"], "md5")
        self.assertTrue(any(one["name"].endswith(f"-{transfer}/METS.xml") for one in bag["manifest"]["files"]))

        # What the storage service says.
        file = call(f"{self.double.amss}/api/v2/file/{aip}/", headers=AMSS).json
        self.assertEqual((file["status"], file["current_path"], file["uuid"]), ("UPLOADED", path, aip))
        self.assertEqual(file["misc_attributes"]["wellcome.version"], "v1")
        self.assertEqual(file["size"], (self.strongroom.data / "uploads" / path).stat().st_size)
        task = call(self.double.amss + "/api/v2/async/1/", headers=AMSS).json
        self.assertEqual((task["completed"], task["was_error"], task["result"]["status"]), (True, False, "UPLOADED"))

    def test_the_callback_decides(self):
        self.double.options(storing={"poll_ms": 600_000})
        shown = self.stored(table("LE/MON/1"))
        self.assertEqual(self.place_of(shown)[2], "v1")
        (got,) = self.callbacks()
        self.assertEqual((got.status, got.json["status"]["id"]), (200, "succeeded"))
        self.assertEqual(got.target,
                         f"/api/v2/file/{shown['aip']['uuid']}/wellcome_callback/?username=test&api_key=ss-key")
        self.assertEqual(shown["calls"][-1]["method"], "POST")
        (callback,) = shown["aip"]["callbacks"]
        self.assertEqual((callback["status"], callback["answer"], callback["expected"]), ("succeeded", 200, True))
        ended = self.api.ended(got.json["id"], with_callback=True)
        self.assertEqual(ended["callback"]["status"]["id"], "succeeded")

    def test_polling_decides_when_callbacks_do_not_arrive(self):
        self.double.options(callback_down=True)
        shown = self.stored(table("LE/MON/1"))
        self.assertEqual(self.place_of(shown)[2], "v1")
        self.assertEqual([one.status for one in self.callbacks()], [503] * 5)
        self.assertEqual(shown["calls"][-1], {"method": "GET", "url": shown["ingest_url"], "status": 200})
        self.assertEqual(self.api.show(shown["ingest_url"].rpartition("/")[2])["callback"]["status"]["id"], "failed")

    def test_the_same_again_is_an_update(self):
        first, second = self.stored(table("LE/MON/1")), self.stored(table("LE/MON/1"))
        self.assertEqual((first["ingest_type"], second["ingest_type"]), ("create", "update"))
        self.assertEqual(self.place_of(second), ("born-digital", "LE/MON/1", "v2"))

    def test_identifiers(self):
        for metadata, more, place in (
                (table("A/B/C", "A/B/D"), {}, ("born-digital", "A/B")),
                (table("A B/C"), {"processing_config": "b_dig_accessions"}, ("born-digital-accessions", "A B/C")),
                (table("AA/1", "AB/1"), {"accession": "1234"}, ("born-digital-accessions", "1234")),
                (table(""), {"accession": "77", "processing_config": "b_dig_accessions"},
                 ("born-digital-accessions", "77")),
                (table("archivematica-dev/TEST/1"), {}, ("testing", "archivematica-dev/TEST/1")),
                (table(""), {"accession": "archivematica-dev/TEST/2"}, ("testing", "archivematica-dev/TEST/2"))):
            self.assertEqual(self.place_of(self.stored(metadata, **more)), (*place, "v1"))

    def test_without_any_identifier_nothing_is_sent(self):
        for metadata in (table(""), table("AA/1", "AB/1"), "filename\nobjects/\n"):
            shown = self.stored(metadata, outcome="FAIL")
            self.assertEqual((shown["calls"], shown["ingest_status"]), ([], "FAILED"))
            self.assertEqual((shown["ingest_microservice"], shown["failure"]["reason"]),
                             ("Store AIP", "the AIP has no identifier"))
        task = call(self.double.amss + "/api/v2/async/3/", headers=AMSS).json
        self.assertEqual((task["was_error"], task["error"]), (True, "the AIP has no identifier"))

    def test_an_ingest_that_fails(self):
        self.double.options(storing={"manifests": {"payload": ["md5"], "tag": ["md5"]}, "poll_ms": 600_000})
        shown = self.stored(table("LE/MON/1"), outcome="FAIL")
        self.assertTrue(any("only use deprecated checksums" in text for text in shown["aip"]["events"]), shown)
        self.assertEqual([one["status"] for one in shown["aip"]["callbacks"]], ["failed"])
        self.assertEqual(shown["aip"]["misc_attributes"], {})
        self.assertEqual(self.status(shown["sip_uuid"], "ingest").json["status"], "FAILED")
        self.assertEqual(self.api.bag("born-digital", "LE/MON/1").status, 404)

    def test_an_archive_that_refuses(self):
        for settings, text in (({"client_secret": "wrong"}, "no token: 401"), ({"bucket": "attic"}, "not taken: 404"),
                               ({"api_root_url": self.api.base + "/x"}, "not taken: 404"),
                               ({"token_url": self.api.base}, "no token: 404")):
            self.double.options(storing={**self.settings, "bucket": "uploads", **settings})
            shown = self.stored(table("LE/MON/1"), outcome="FAIL")
            self.assertIn(text, shown["failure"]["reason"])
        self.double.options(storing={**self.settings, "bucket": "uploads"})
        shown = self.stored(table("-x"), outcome="FAIL")
        self.assertIn("no ingest: 400", shown["failure"]["reason"])
        self.assertIn("must begin with a Basic Latin letter or digit", shown["failure"]["reason"])

    def test_other_ways_to_the_archive(self):
        """Straight into the directory of the upload area; another location; other manifests."""
        self.double.locations(locations=[{"space": "fs", "purpose": "TS", "relative_path": "born-digital", "uuid": "L"},
                                         {"space": "wellcome", "purpose": "AS", "relative_path": "/elsewhere/"}])
        self.location = "L"
        self.double.options(storing={"upload_root": str(self.strongroom.data / "uploads"),
                                     "manifests": {"payload": ["sha512"], "tag": ["sha512"]},
                                     "aip_locations": {"born_digital": "elsewhere"}})
        shown = self.stored(table("LE/MON/1"))
        self.assertEqual(self.place_of(shown), ("elsewhere", "LE/MON/1", "v1"))
        self.assertTrue(shown["aip"]["path"].startswith("elsewhere/"))
        self.assertEqual(self.api.bag("elsewhere", "LE/MON/1").json["manifest"]["checksumAlgorithm"], "sha512")
        self.assertNotIn("PUT", [one["method"] for one in shown["calls"]])

    def test_a_late_callback_that_says_failed(self):
        late = {"id": "i", "status": {"id": "failed"}, "events": [{"description": "late"}]}
        for expected in (False, True):
            self.double.options(second_callback=expected)
            shown = self.stored(table("LE/MON/1"))
            self.assertEqual(self.call_back(shown, late).status, 200)
            shown = self.double.transfer(shown["id"])
            self.assertEqual((shown["aip"]["status"], shown["ingest_status"]), ("UPLOADED", "COMPLETE"))
            self.assertEqual([(one["status"], one["expected"]) for one in shown["aip"]["callbacks"]],
                             [("succeeded", True), ("failed", expected)])
            self.assertNotIn("late", shown["aip"]["events"])

    def test_what_callbacks_are_answered(self):
        shown = self.stored(table("LE/MON/1"))
        good = json.loads(self.callbacks()[0].body)
        for word in ("succeeded", "failed", "processing", "something"):
            answer = self.call_back(shown, good | {"status": {"id": word}})
            self.assertEqual(answer.status, 200, answer)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        answer = self.call_back(shown, good, query="")
        self.assertEqual((answer.status, answer.body), (401, b""))
        answer = self.call_back(shown, good, method="GET")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "POST"))
        without = good | {"bag": {"info": {"externalIdentifier": "x"}}}
        for body in (b"hello", b"[]", without):
            answer = self.call_back(shown, body)
            self.assertEqual((answer.status, list(answer.json)), (500, ["error_message"]), body)
        answer = self.call_back(shown, good, slash="")
        self.assertEqual(answer.status, 301)
        self.assertTrue(answer.headers["Location"].endswith("/wellcome_callback/?username=test&api_key=ss-key"))
        self.assertEqual(self.call_back({"aip": {"uuid": shown["id"]}}, good).status, 404)
        self.assertEqual(self.double.transfer(shown["id"])["aip"]["status"], "UPLOADED")


class StoringInS3(StoringTest):
    """Packages, and AIPs on their way, in a strict S3 server: as it is at Wellcome, but for the server."""

    def setUp(self):
        self.vault = Vault()
        self.addCleanup(self.vault.stop)
        self.s3 = boto_client(self.vault.url)
        self.addCleanup(self.s3.close)
        for bucket in ("transfer-source", "ingests"):
            self.s3.create_bucket(Bucket=bucket)
        keys_directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-keys-"))
        self.addCleanup(shutil.rmtree, keys_directory, True)
        keys = write_s3_keys(keys_directory / "keys")
        self.config += (f'[[sources]]\nprovider = "amazon-s3"\nbucket = "ingests"\nendpoint = "{self.vault.url}"\n'
                        f'credentialsFile = "{keys}"\n')
        super().setUp()
        access = {"endpoint": self.vault.url, "access_key": radosgw.ACCESS_KEY, "secret_key": radosgw.SECRET_KEY}
        self.double.options(fetch="s3", s3=access, storing={"provider": "amazon-s3", "store": access, "bucket": "ingests"})
        self.location = self.double.location("born-digital")["uuid"]

    def put(self, metadata, name="pkg.zip"):
        self.s3.put_object(Bucket="transfer-source", Key=f"born-digital/{name}", Body=zip_of(metadata))

    def test_a_whole_store(self):
        shown = self.stored(table("LE/MON/1"), name="a name.zip")
        self.assertEqual(self.place_of(shown), ("born-digital", "LE/MON/1", "v1"))
        self.assertNotIn("PUT", [one["method"] for one in shown["calls"]])
        path = shown["aip"]["path"]
        self.assertTrue(path.endswith(f"/a name-{shown['sip_uuid']}.tar.gz"), path)
        self.assertEqual(self.s3.head_object(Bucket="ingests", Key=path)["ContentLength"], shown["aip"]["size"])
        source = self.api.show(shown["ingest_url"].rpartition("/")[2])["sourceLocation"]
        self.assertEqual((source["provider"]["id"], source["bucket"], source["path"]), ("amazon-s3", "ingests", path))


if __name__ == "__main__":
    unittest.main()
