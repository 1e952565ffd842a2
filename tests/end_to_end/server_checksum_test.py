#!/usr/bin/python3
"""How a copy at a provider is verified before its version is registered, and what that asks of the provider
(pipeline.md 8.2, cases N2, N4).

The provider is a strict S3 server that counts its requests, computes the digests of what it stores, anew when a byte of
it becomes another, and can be told to tell none.
"""

import json
import unittest

from bags import Bag
from clouds import Cold
from harness import SHORT_PAUSES, ServiceTest, events_of

LARGE = bytes(range(256)) * (48 << 10)  # 12 MiB: three parts
PAYLOAD = {"data/large.bin": LARGE, **{f"data/{n:02}.txt": f"sheet {n}".encode() for n in range(20)}}


class CopiesAtProviders(ServiceTest):
    def setUp(self):
        super().setUp()
        self.cold = Cold(self.directory)
        self.addCleanup(self.cold.stop)

    def started(self, verify):
        config = SHORT_PAUSES + self.new_locations("primary") + self.cold.location(f'partSize = "5MiB"\n{verify}')
        service = self.service(config, start=False)
        self.cold.make_location(service)
        service.start()
        service.add_client()
        return service

    def ingest(self, service, bag):
        """How it ended, and the requests that the provider had for that."""
        service.place("bag.tar.gz", bag.package())
        self.cold.pass_time(do="nothing")
        ended = service.api.ended(service.api.ingest("maps", bag.identifier, "bag.tar.gz")["id"], seconds=120)
        return ended, self.cold.pass_time(do="nothing")

    def stored(self, service, bag):
        ended, counts = self.ingest(service, bag)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        held = self.cold.s3.list_objects_v2(Bucket=self.cold.bucket, Prefix=f"maps/{bag.identifier}/v1/")["Contents"]
        self.assertEqual({entry["Key"].split("/v1/")[1]: entry["Size"] for entry in held},
                         {name: len(content) for name, content in bag.files.items()})
        return counts

    def verified_by(self, bag):
        """As the description says that lies in the location itself."""
        key = next(entry["Key"] for entry in self.cold.s3.list_objects_v2(
            Bucket=self.cold.bucket, Prefix=f"_strongroom/manifests/maps/{bag.identifier}/")["Contents"])
        document = json.loads(self.cold.s3.get_object(Bucket=self.cold.bucket, Key=key)["Body"].read())
        return {one["label"]: one["verify"] for one in document["locations"]}

    def test_n2_every_file_is_written_once_and_read_back_once(self):
        bag = Bag("sea", PAYLOAD)
        counts = self.stored(self.started(""), bag)
        files = len(bag.files)
        # Beside the files there are the description, the marker of the location, and what proves create-only writes.
        self.assertIn(counts["GET object"] - files, range(8), counts)
        self.assertIn(counts["PUT object"] - (files - 1), range(4), counts)
        self.assertEqual((counts["POST uploads"], counts["PUT uploadId"], counts["POST uploadId"]), (1, 3, 1), counts)
        self.assertEqual(self.verified_by(bag)["Amazon Glacier"], "full")

    def test_n4_what_the_provider_computed_is_not_read_back(self):
        bag = Bag("sea", PAYLOAD)
        counts = self.stored(self.started('verify = "server-checksum"\n'), bag)
        self.assertLess(counts["GET object"], 8, counts)
        self.assertGreaterEqual(counts["HEAD object"], len(bag.files) + 1, counts)
        self.assertEqual(self.verified_by(bag), {"primary copy": "full", "Amazon Glacier": "server-checksum"})

    def test_n4_what_it_did_not_compute_is_read_back(self):
        service = self.started('verify = "server-checksum"\n')
        self.cold.pass_time(do="forget checksums")
        bag = Bag("sea", PAYLOAD)
        self.assertIn(self.stored(service, bag)["GET object"] - len(bag.files), range(8))

    def test_n4_a_flipped_byte_is_found(self):
        service = self.started('verify = "server-checksum"\n')
        for identifier, name in (("small", "data/07.txt"), ("large", "data/large.bin")):
            self.cold.pass_time(do="rot", match=f"{identifier}/v1/{name}")
            ended, _ = self.ingest(service, Bag(identifier, PAYLOAD))
            self.assertEqual(ended["status"]["id"], "failed", events_of(ended))
            self.assertTrue(any("Amazon Glacier" in text and name in text for text in events_of(ended)), events_of(ended))
            self.assertEqual(service.api.get(f"/bags/maps/{identifier}").status, 404)


if __name__ == "__main__":
    unittest.main()
