#!/usr/bin/python3
"""What the service stores at providers is read back by other people's programs, and what those put there is ingested.

Ceph's gateway for S3, Microsoft's emulator for Azure; boto3 and rclone before them (other_clients.py). Every file is compared
by its SHA-256, with what was deposited and with the same version in a directory beside it.
"""

import hashlib
import io
import json
import os
import pathlib
import random
import tarfile
import tempfile
import unittest
import urllib.parse

from bags import Bag, awkward_payload
from clouds import Clouds, new_name
from harness import SHORT_PAUSES, ServiceTest, events_of, run
from holdings import tree
from other_clients import Boto, Rclone

# Several parts and several blocks, and nothing that could be compressed.
LARGE = random.Random(8).randbytes((11 << 20) + 7)
PAYLOAD = {**awkward_payload(), "data/+(x)*'!~#?;&=.txt": b"reserved\n", "data/large.bin": LARGE}
# A key that each client has to encode in its own right way.
KEY = "2024/p\u00e4ck chen + 1 (final)/{}.tar.gz"


def digests(files):
    return {os.fsdecode(name): hashlib.sha256(content).hexdigest() for name, content in files.items()}


class OtherClientsTest(ServiceTest):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="strongroom-clouds-", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.clouds = Clouds(pathlib.Path(cls.scratch.name))
        cls.addClassCleanup(cls.clouds.stop)
        cls.s3 = cls.clouds.boto()
        cls.addClassCleanup(cls.s3.close)

    def setUp(self):
        super().setUp()
        self.primary, self.away, self.drop, self.yard = (new_name(kind) for kind in ("primary", "away", "drop", "yard"))
        for bucket in (self.primary, self.drop):
            self.s3.create_bucket(Bucket=bucket)
        for container in (self.away, self.yard):
            self.clouds.blobs(container).create()
        self.desk = self.directory / "desk"
        config = (SHORT_PAUSES + '[[locations]]\nname = "s3"\nlabel = "S3"\nrole = "primary"\npartSize = "5MiB"\n' +
                  self.clouds.s3_place(self.primary) +
                  '[[locations]]\nname = "azure"\nlabel = "Azure"\nprefix = "arch/"\n' +
                  self.clouds.azure_place(self.away) +
                  f'[[locations]]\nname = "desk"\nlabel = "desk"\npath = "{self.desk}"\n'
                  f"[[sources]]\n{self.clouds.s3_place(self.drop)}[[sources]]\n{self.clouds.azure_place(self.yard)}")
        service = self.service(config, start=False)
        service.command()  # writes the configuration
        toml = str(service.data.parent / (service.data.name + ".toml"))
        for name in ("s3", "azure", "desk"):
            done = run("location", "init", "--location", name, "--config", toml, "--data", str(service.data))
            self.assertEqual(done.returncode, 0, done)
        service.start()
        service.add_client()
        self.api = service.api

    def ingest(self, bag, key, kind="create", provider="amazon-s3", bucket=None):
        body = self.api.request("maps", bag.identifier, key, kind=kind, provider=provider, bucket=bucket or self.drop)
        answer = self.api.call("POST", "/ingests", body)
        self.assertEqual(answer.status, 201, answer)
        return self.api.ended(answer.json["id"], seconds=120)

    def stored(self, bag, key, **more):
        ended = self.ingest(bag, key, **more)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def package(self, bag):
        file = self.directory / f"{bag.identifier}-{len(bag.files)}.tar.gz"
        file.write_bytes(bag.package())
        return file

    def readers(self):
        """Name, client, and what stands in front of every key."""
        return (("boto3", Boto(self.s3, self.primary), ""), ("rclone", Rclone.of_s3(self.clouds, self.primary), ""),
                ("rclone, Azure", Rclone.of_azure(self.clouds, self.away), "arch/"))

    def check_readable(self, bag, version):
        """Every client has exactly the names and bytes of the directory's copy, which are those of the package."""
        path = f"maps/{bag.identifier}/{version}/"
        wanted = digests(bag.files)
        self.assertEqual(digests(tree(self.desk / path)), wanted)
        for name, client, prefix in self.readers():
            with self.subTest(client=name, version=version):
                into = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
                client.get_all(prefix + path, into)
                self.assertEqual(digests(tree(into)), wanted)

    def exported(self, bag):
        """The files of the latest version, by each of the service's ways out."""
        answer = self.api.get(f"/bags/maps/{bag.identifier}/archive")
        self.assertEqual(answer.status, 200, answer)
        with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
            archived = {entry.name.partition("/")[2]: archive.extractfile(entry).read() for entry in archive if entry.isfile()}
        into = self.directory / f"got-{bag.identifier}"
        done = run("bag", "get", f"maps/{bag.identifier}", "--out", str(into), "--verify", environment={
            "STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
            "STRONGROOM_CLIENT_SECRET": self.api.secret})
        self.assertEqual(done.returncode, 0, done)
        return digests(archived), digests(tree(into))

    def content(self, bag, name):
        answer = self.api.get(f"/bags/maps/{bag.identifier}/content/{urllib.parse.quote(name)}")
        self.assertEqual(answer.status, 200, answer)
        return answer.body

    def test_what_is_stored_is_read_by_other_clients(self):
        bag = Bag("sea", PAYLOAD)
        Boto(self.s3, self.drop).put(self.package(bag), "sea.tar.gz")
        self.stored(bag, "sea.tar.gz")
        self.check_readable(bag, "v1")
        # What the service gives out of the providers is what was deposited.
        for found in self.exported(bag):
            self.assertEqual(found, digests(bag.files))
        for name, content in PAYLOAD.items():
            self.assertTrue(self.content(bag, name) == content, name)

    def test_packages_that_other_clients_put_are_ingested(self):
        azure = {"provider": "azure-blob-storage", "bucket": self.yard}
        writers = (("boto", Boto(self.s3, self.drop), {}), ("rclone", Rclone.of_s3(self.clouds, self.drop), {}),
                   ("rclone-azure", Rclone.of_azure(self.clouds, self.yard), azure))
        for name, client, place in writers:
            with self.subTest(client=name):
                bag = Bag(name, {**awkward_payload(), "data/large.bin": LARGE})
                client.put(self.package(bag), KEY.format(name))
                self.stored(bag, KEY.format(name), **place)
                self.assertEqual(digests(tree(self.desk / f"maps/{name}/v1")), digests(bag.files))
        # They went up as large files do.
        head = self.s3.head_object(Bucket=self.drop, Key=KEY.format("boto"))
        self.assertIn("-3", head["ETag"])

    def test_an_update_fetches_what_is_stored_and_nothing_that_others_put_elsewhere(self):
        first = Bag("sea", {"data/large.bin": LARGE, "data/a \u00e9.txt": b"old\n"})
        Boto(self.s3, self.drop).put(self.package(first), "first.tar.gz")
        self.stored(first, "first.tar.gz")
        whole = {"data/large.bin": LARGE, "data/b.txt": b"new\n"}
        size = len(LARGE)
        # The same bytes, put by somebody else: into the source, and beside the version in the location itself.
        source, beside = Boto(self.s3, self.drop), Boto(self.s3, self.primary)
        large = self.directory / "large.bin"
        large.write_bytes(LARGE)
        source.put(large, "maps/sea/v1/data/large.bin")
        beside.put(large, "maps/sea/v1/data/other.bin")
        rclone = Rclone.of_s3(self.clouds, self.drop)
        for url, finding in ((f"s3://{self.drop}/maps/sea/v1/data/large.bin", "refers to paths in a mismatched prefix"),
                             (f"s3://{self.primary}/maps/sea/v1/data/other.bin",
                              "does not name the most recent stored copy of")):
            with self.subTest(url=url):
                refused = Bag("sea", whole).fetching([f"{url} {size} data/large.bin"], ["data/b.txt"])
                rclone.put(self.package(refused), "refused.tar.gz")
                ended = self.ingest(refused, "refused.tar.gz", "update")
                self.assertEqual(ended["status"]["id"], "failed", events_of(ended))
                self.assertIn(finding, json.dumps(events_of(ended)))

        second = Bag("sea", whole).fetching([f"s3://{self.primary}/maps/sea/v1/data/large.bin {size} data/large.bin"],
                                            ["data/b.txt"])
        rclone.put(self.package(second), "second.tar.gz")
        self.stored(second, "second.tar.gz", kind="update")
        self.check_readable(second, "v2")
        for found in self.exported(second):
            self.assertEqual({name: digest for name, digest in found.items() if name in whole or name.startswith("data/")},
                             digests(whole))


if __name__ == "__main__":
    unittest.main()
