#!/usr/bin/python3
"""The RFC's own shape on real servers: packages in S3, a warm primary in S3, copies in S3 and in Azure Blob Storage.

Stored bytes are compared by clients that are not ours: boto3, and one for Azure beside its emulator.
"""

import hashlib
import io
import json
import pathlib
import tarfile
import tempfile
import unittest
import urllib.parse

from bags import Bag
from clouds import Clouds, new_name
from harness import SHORT_PAUSES, ServiceTest, events_of, run, wait_until

LARGE = bytes(range(256)) * (80 << 10)  # 20 MiB: several parts, several blocks
NAMES = {"data/a file.txt": b"hello\n", "data/\u00c9t\u00e9/+(x)*'!~#?.txt": b"reserved", "data/empty": b"",
         "data/large.bin": LARGE}


def lines_of(completed):
    return [json.loads(line) for line in completed.stdout.splitlines()]


class CloudTest(ServiceTest):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="strongroom-clouds-", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.clouds = Clouds(pathlib.Path(cls.scratch.name))
        cls.addClassCleanup(cls.clouds.stop)
        cls.s3 = cls.clouds.boto()

    def setUp(self):
        super().setUp()
        self.primary, self.cold, self.away = new_name("primary"), new_name("cold"), new_name("away")
        self.drop = new_name("drop")
        for bucket in (self.primary, self.cold, self.drop):
            self.s3.create_bucket(Bucket=bucket)
        self.blobs = self.clouds.blobs(self.away)
        self.blobs.create()

    def config(self, cold="", away=""):
        return (SHORT_PAUSES +
                '[[locations]]\nname = "primary"\nlabel = "primary location"\nrole = "primary"\n'
                f'storageClass = "STANDARD_IA"\n{self.clouds.s3_place(self.primary)}'
                f'[[locations]]\nname = "cold"\nlabel = "Amazon Glacier"\nprefix = "arch/"\n'
                f'{self.clouds.s3_place(self.cold)}{cold}'
                f'[[locations]]\nname = "away"\nlabel = "Azure"\naccessTier = "cool"\n{self.clouds.azure_place(self.away)}'
                f'{away}'
                f'[[sources]]\n{self.clouds.s3_place(self.drop)}')

    def started(self, **more):
        service = self.service(self.config(**more), start=False)
        service.command()  # writes the configuration
        self.toml = str(service.data.parent / (service.data.name + ".toml"))
        for name in ("primary", "cold", "away"):
            done = run("location", "init", "--location", name, "--config", self.toml, "--data", str(service.data))
            self.assertEqual(done.returncode, 0, done)
        service.start()
        service.add_client()
        return service

    def ingest(self, service, bag, kind="create", name="bag.tar.gz"):
        self.s3.put_object(Bucket=self.drop, Key=name, Body=bag.package())
        body = service.api.request("maps", bag.identifier, name, kind=kind, provider="amazon-s3", bucket=self.drop)
        answer = service.api.call("POST", "/ingests", body)
        self.assertEqual(answer.status, 201, answer)
        return service.api.ended(answer.json["id"], seconds=240)

    def stored_in_s3(self, bucket, prefix):
        """Name below the prefix -> bytes, as boto3 has them."""
        found = {}
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                body = self.s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
                found[entry["Key"][len(prefix):]] = body
        return found

    def stored_in_azure(self, prefix):
        return {name[len(prefix):]: self.blobs.get(name)[1] for name in self.blobs.names(prefix)}

    def check_everywhere(self, identifier, version, files):
        prefix = f"maps/{identifier}/{version}/"
        for found in (self.stored_in_s3(self.primary, prefix), self.stored_in_s3(self.cold, "arch/" + prefix),
                      self.stored_in_azure(prefix)):
            self.assertEqual(sorted(found), sorted(files))
            for name, content in files.items():
                self.assertEqual(hashlib.sha256(found[name]).digest(), hashlib.sha256(content).digest(), name)

    def test_a_bag_and_its_update_go_from_s3_to_three_places(self):
        service = self.started()
        first = Bag("sea", NAMES)
        ended = self.ingest(service, first)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.check_everywhere("sea", "v1", first.files)
        head = self.s3.head_object(Bucket=self.primary, Key="maps/sea/v1/data/large.bin")
        self.assertEqual(head.get("StorageClass"), "STANDARD_IA")

        # The update brings one file, and takes the others from the primary by their s3:// URLs.
        whole = dict(NAMES, **{"data/a file.txt": b"hello again\n"})
        lines = [f"s3://{self.primary}/maps/sea/v1/{urllib.parse.quote(name)} {len(content)} {name}"
                 for name, content in NAMES.items() if name != "data/a file.txt"]
        second = Bag("sea", whole).fetching(lines, ["data/a file.txt"])
        ended = self.ingest(service, second, "update", "second.tar.gz")
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.check_everywhere("sea", "v2", second.files)

        document = service.api.bag("maps", "sea").json
        self.assertEqual(document["location"]["provider"]["id"], "amazon-s3")
        self.assertEqual(document["location"]["accessTier"], "cool")
        self.assertEqual({entry["provider"]["id"] for entry in document["replicaLocations"]},
                         {"amazon-s3", "azure-blob-storage"})
        exported = service.api.get("/bags/maps/sea/archive?version=v2")
        self.assertEqual(exported.status, 200, exported)
        with tarfile.open(fileobj=io.BytesIO(exported.body)) as archive:
            names = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
        for name, content in whole.items():
            self.assertIn(content, [value for key, value in names.items() if key.endswith(name)], name)

    def test_what_is_missing_or_wrong_is_told(self):
        service = self.started()
        body = service.api.request("maps", "x", "nothing.tar.gz", provider="amazon-s3", bucket=self.drop)
        ended = service.api.ended(service.api.call("POST", "/ingests", body).json["id"])
        self.assertEqual(ended["status"]["id"], "failed")
        self.assertIn(f"Unpacking failed - There is no archive at s3://{self.drop}/nothing.tar.gz", events_of(ended))
        refused = service.api.call("POST", "/ingests", service.api.request("maps", "x", "y", provider="amazon-s3",
                                                                           bucket="attic"))
        self.assertEqual(refused.status, 400)
        self.assertIn(f"configured amazon-s3 buckets are: {self.drop}.", refused.text)
        # Somebody else's object at a final key: nothing is overwritten.
        self.s3.put_object(Bucket=self.cold, Key="arch/maps/t/v1/data/a.txt", Body=b"not ours")
        ended = self.ingest(service, Bag("t"))
        self.assertEqual(ended["status"]["id"], "failed", events_of(ended))
        self.assertEqual(self.stored_in_s3(self.cold, "arch/maps/t/v1/data/a.txt"), {"": b"not ours"})

    def test_registered_versions_are_moved_to_archive_tiers(self):
        service = self.started(cold='archiveTo = "GLACIER"\narchiveBy = "copy"\n', away='archiveTo = "archive"\n')
        bag = Bag("sea", NAMES)
        ended = self.ingest(service, bag)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

        def tiers():
            document = service.api.bag("maps", "sea").json
            return [document["location"]["accessTier"]] + [one["accessTier"] for one in document["replicaLocations"]]

        wait_until(lambda: tiers() == ["cool", "archive", "archive"], 60, what="the archive tiers")
        for name in bag.files:
            head = self.s3.head_object(Bucket=self.cold, Key=f"arch/maps/sea/v1/{name}")
            self.assertEqual(head["StorageClass"], "GLACIER", name)
        # The description stays readable, everywhere.
        self.assertIn(b"sea", self.blobs.get("_strongroom/manifests/maps/sea/v1.json")[1])
        self.assertEqual(self.blobs.get("maps/sea/v1/bagit.txt")[0], 409)
        # Readers and updates take the copy that can be read; the tag has changed with the tiers.
        self.assertEqual(service.api.get("/bags/maps/sea/content/data/a%20file.txt").body, NAMES["data/a file.txt"])
        self.assertIn(";2", service.api.bag("maps", "sea").headers["ETag"])
        self.check_attested(service, len(bag.files))
        whole = dict(NAMES, **{"data/a file.txt": b"hello again\n"})
        lines = [f"s3://{self.cold}/arch/maps/sea/v1/{urllib.parse.quote(name)} {len(content)} {name}"
                 for name, content in NAMES.items() if name != "data/a file.txt"]
        second = Bag("sea", whole).fetching(lines, ["data/a file.txt"])
        ended = self.ingest(service, second, "update", "second.tar.gz")
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def check_attested(self, service, files):
        """What nobody can read is not said to be checked."""
        for name, tier in (("cold", "GLACIER"), ("away", "archive")):
            done = run("check", "store", "--location", name, "--config", self.toml, "--data", str(service.data), "--json",
                       seconds=300)
            self.assertEqual(done.returncode, 0, done)
            notes = [line["what"] for line in lines_of(done) if line["outcome"] == "note"]
            self.assertIn(f"registered versions are moved to {tier}: their copies here were read back and verified before "
                          "that, and since then they are attested by the provider, not checked; `strongroom bag restore "
                          f"SPACE/IDENTIFIER --location {name}` makes them readable", notes)
            self.assertIn(f"{files} of the first {files} stored files cannot be read without a restore: attested, not checked",
                          notes)

    def test_a_service_that_dies_goes_on_where_it_was(self):
        service = self.started()
        payload = {f"data/{n}.txt": f"file {n}".encode() * 100 for n in range(300)}
        bag = Bag("many", payload)
        self.s3.put_object(Bucket=self.drop, Key="many.tar.gz", Body=bag.package())
        body = service.api.request("maps", "many", "many.tar.gz", provider="amazon-s3", bucket=self.drop)
        ingest = service.api.call("POST", "/ingests", body).json["id"]
        for step in (20, 120, 250):
            def far_enough():
                keys = self.s3.list_objects_v2(Bucket=self.primary, Prefix="maps/many/v1/").get("KeyCount", 0)
                return keys >= step or service.api.show(ingest)["status"]["id"] == "succeeded"
            wait_until(far_enough, 60, what=f"{step} files in the primary")
            service.kill()
            service.start()
        ended = service.api.ended(ingest, seconds=240)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.check_everywhere("many", "v1", bag.files)

    def test_every_location_keeps_what_it_is_given(self):
        service = self.started()
        done = run("check", "store", "--config", self.toml, "--data", str(service.data), "--json", seconds=300)
        self.assertEqual(done.returncode, 0, done)
        told = lines_of(done)
        self.assertEqual({line["location"] for line in told}, {"primary", "cold", "away"})
        self.assertIn("objects are stored as STANDARD_IA", [line["what"] for line in told])
        for line in told:
            self.assertIn(line["outcome"], ("ok", "note"), line)
        service.stop()
        self.clouds.s3_keys.rename(str(self.clouds.s3_keys) + ".away")
        self.addCleanup(lambda: self.clouds.s3_keys.with_name("s3-keys.away").rename(self.clouds.s3_keys))
        without = run("check", "store", "--location", "primary", "--config", self.toml, "--data", str(service.data))
        self.assertEqual(without.returncode, 1, without)
        self.assertIn("the file of credentials cannot be read", without.stdout)

    def test_a_bucket_that_is_no_location_refuses_the_start(self):
        service = self.service(self.config(), start=False)
        with self.assertRaises(AssertionError) as refused:
            service.start()
        self.assertIn("strongroom location init --location primary", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
