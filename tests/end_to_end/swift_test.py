#!/usr/bin/python3
"""A location and a source in OpenStack Swift, by its S3 interface: what it can do is enough, what it lacks is told.

Swift's S3 knows no condition for writes: nothing is stored until the configuration says `createOnly = "look"`, and then
`strongroom check store` tells that two writers at once are not kept apart. boto3 reads what was stored.
"""

import hashlib
import json
import pathlib
import random
import tempfile
import unittest

from bags import Bag, awkward_payload
from clouds import boto_client, new_name, write_s3_keys
from harness import SHORT_PAUSES, ServiceTest, events_of, run
from swift_s3 import SwiftS3

LARGE = random.Random(9).randbytes((11 << 20) + 3)


class SwiftTest(ServiceTest):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="strongroom-swift-", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.swift = SwiftS3(pathlib.Path(cls.scratch.name) / "swift")
        cls.addClassCleanup(cls.swift.stop)
        cls.keys = write_s3_keys(pathlib.Path(cls.scratch.name) / "keys")
        cls.s3 = boto_client(cls.swift.url)
        cls.addClassCleanup(cls.s3.close)

    def setUp(self):
        super().setUp()
        self.bucket, self.drop = new_name("bags"), new_name("drop")
        for bucket in (self.bucket, self.drop):
            self.s3.create_bucket(Bucket=bucket)

    def place(self, bucket):
        return (f'provider = "amazon-s3"\nbucket = "{bucket}"\nendpoint = "{self.swift.url}"\n'
                f'credentialsFile = "{self.keys}"\n')

    def configured(self, how):
        """A service, not started, whose only location is in Swift; `about()` runs other commands with its configuration."""
        service = self.service(SHORT_PAUSES + '[[locations]]\nname = "swift"\nlabel = "Swift"\nrole = "primary"\n'
                               f'prefix = "arch/"\npartSize = "5MiB"\n{self.place(self.bucket)}{how}'
                               f"[[sources]]\n{self.place(self.drop)}", start=False)
        service.command()  # writes the configuration
        toml = service.data.parent / (service.data.name + ".toml")

        def about(*command):
            return run(*command, "--location", "swift", "--config", str(toml), "--data", str(service.data))
        return service, about

    def keys_below(self, prefix):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def test_a_bag_and_its_update_lie_there(self):
        service, about = self.configured('createOnly = "look"\n')
        self.assertEqual(about("location", "init").returncode, 0)
        service.start()
        service.add_client()
        whole = {**awkward_payload(), "data/large.bin": LARGE}
        first = Bag("sea", whole)
        whole = {**whole, "data/new.txt": b"new\n"}
        line = f"s3://{self.bucket}/arch/maps/sea/v1/data/large.bin {len(LARGE)} data/large.bin"
        second = Bag("sea", whole).fetching([line], set(whole) - {"data/large.bin"})
        for version, kind, bag in (("v1", "create", first), ("v2", "update", second)):
            self.s3.put_object(Bucket=self.drop, Key=f"{version} +\u00e9.tar.gz", Body=bag.package())
            ingest = service.api.ingest("maps", "sea", f"{version} +\u00e9.tar.gz", kind=kind, provider="amazon-s3",
                                        bucket=self.drop)
            ended = service.api.ended(ingest["id"], seconds=120)
            self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
            prefix = f"arch/maps/sea/{version}/"
            self.assertEqual(sorted(self.keys_below(prefix)), sorted(prefix + name for name in bag.files))
            for name, content in bag.files.items():
                held = self.s3.get_object(Bucket=self.bucket, Key=prefix + name)["Body"].read()
                self.assertEqual(hashlib.sha256(held).digest(), hashlib.sha256(content).digest(), name)
        # The large file went up in parts; what comes out is whole.
        head = self.s3.head_object(Bucket=self.bucket, Key="arch/maps/sea/v1/data/large.bin")
        self.assertTrue(head["ETag"].endswith('-3"'), head["ETag"])
        self.assertTrue(service.api.get("/bags/maps/sea/content/data/large.bin").body == LARGE)

    def test_without_conditions_nothing_is_stored_and_why_is_told(self):
        _, about = self.configured("")
        for command, code in ((("location", "init"), 2), (("check", "store"), 1)):
            refused = about(*command)
            self.assertEqual(refused.returncode, code, refused)
            self.assertIn('this store refuses create-only writes: set createOnly = "look" for it',
                          refused.stdout + refused.stderr)
        self.assertEqual(self.keys_below(""), [])

    def test_what_it_lacks_is_told(self):
        _, about = self.configured('createOnly = "look"\n')
        checked = about("check", "store", "--json")
        self.assertEqual(checked.returncode, 0, checked)
        told = [json.loads(line) for line in checked.stdout.splitlines()]
        notes = [line["what"] for line in told if line["outcome"] == "note"]
        for what in ('two writers at one key are not kept apart, for createOnly is "look": nobody else may write here',
                     "it does not tell the SHA-256 of what it stores: copies are compared by reading them"):
            self.assertIn(what, notes)


if __name__ == "__main__":
    unittest.main()
