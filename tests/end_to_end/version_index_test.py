#!/usr/bin/python3
"""Versions indexed in DynamoDB beside the catalogue (pipeline.md 16), read there by a client that is not ours."""

import unittest

from bags import Bag
from clouds import boto_client, new_name, write_s3_keys
from dynalite import Dynalite
from faulty_proxy import FaultyProxy
from harness import ServiceTest, events_of, run, wait_until

KEYS = [{"AttributeName": "bag", "KeyType": "HASH"}, {"AttributeName": "version", "KeyType": "RANGE"}]
TYPES = [{"AttributeName": "bag", "AttributeType": "S"}, {"AttributeName": "version", "AttributeType": "N"}]


class VersionIndex(ServiceTest):
    def setUp(self):
        super().setUp()
        self.dynalite = Dynalite(self.directory / "dynalite")
        self.addCleanup(self.dynalite.stop)
        self.proxy = FaultyProxy(self.dynalite.url)
        self.addCleanup(self.proxy.stop)
        self.client = boto_client(self.dynalite.url, "dynamodb", "eu-west-1")
        self.addCleanup(self.client.close)
        self.table = new_name("versions")
        self.client.create_table(TableName=self.table, KeySchema=KEYS, AttributeDefinitions=TYPES,
                                 BillingMode="PAY_PER_REQUEST")

    def config(self, table=None):
        keys = write_s3_keys(self.directory / "keys")
        return (f'[versionIndex]\ntable = "{table or self.table}"\nregion = "eu-west-1"\nendpoint = "{self.proxy.url}"\n'
                f'credentialsFile = "{keys}"\n')

    def rows(self, bag):
        found = self.client.query(TableName=self.table, KeyConditionExpression="bag = :b",
                                  ExpressionAttributeValues={":b": {"S": bag}}, ScanIndexForward=False)
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found["Items"]]

    def ingest(self, service, identifier, payload, kind="create"):
        name = f"{identifier}-{kind}"
        service.place(name, Bag(identifier, payload).package())
        return service.api.ingest("maps", identifier, name, kind=kind)["id"]

    def test_each_version_has_its_row(self):
        service = self.service(self.config())
        for number, kind in ((1, "create"), (2, "update")):
            ended = service.api.ended(self.ingest(service, "b", {"data/a": str(number).encode()}, kind))
            self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        rows = self.rows("maps/b")
        self.assertEqual([row["version"] for row in rows], ["2", "1"])
        listed = service.api.get("/bags/maps/b/versions").json["results"]
        self.assertEqual([one["version"] for one in listed], ["v2", "v1"])
        self.assertEqual([one["createdDate"] for one in listed], [row["createdDate"] for row in rows])
        description = (service.locations()[0] / "_strongroom/manifests/maps/b/v2.json").read_bytes()
        self.assertEqual(int(rows[0]["descriptionSize"]), len(description))
        self.assertEqual(len(rows[0]["locations"]), 3)
        # A catalogue put together again has the same rows, and writes those that are gone.
        service.stop()
        self.client.delete_item(TableName=self.table, Key={"bag": {"S": "maps/b"}, "version": {"N": "1"}})
        for file in service.data.glob("catalogue.*"):
            file.unlink()
        done = run("rebuild", "--from", "primary", "--config", str(self.directory / "data.toml"), "--data",
                   str(service.data))
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.rows("maps/b"), rows)

    def test_an_index_in_trouble_is_waited_for(self):
        service = self.service(self.config())
        self.proxy.server.faults = [{"method": "POST", "match": "", "times": 8, "do": "lose"}]
        ingest = self.ingest(service, "b", {"data/a": b"a"})
        wait_until(lambda: "Register started" in str(service.api.show(ingest)["events"]), 60, what="registering")
        self.assertEqual(service.api.get("/bags/maps/b").status, 404)
        service.kill()
        service.start()
        ended = service.api.ended(ingest, seconds=120)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.assertEqual(len(self.rows("maps/b")), 1)

    def test_another_row_is_a_refusal(self):
        service = self.service(self.config())
        self.client.put_item(TableName=self.table, Item={
            "bag": {"S": "maps/b"}, "version": {"N": "1"}, "ingest": {"S": "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"},
            "createdDate": {"S": "2024-05-01T09:30:00.000000Z"}, "descriptionSha256": {"S": "other"},
            "descriptionSize": {"N": "1"}, "fileCount": {"N": "1"}, "byteCount": {"N": "1"}, "locations": {"L": []}})
        ended = service.api.ended(self.ingest(service, "b", {"data/a": b"a"}))
        self.assertEqual(ended["status"]["id"], "failed")
        self.assertIn("Register failed - another row of maps/b v1 is already in the version index", events_of(ended)[-1])
        self.assertEqual(service.api.get("/bags/maps/b").status, 404)
        self.assertEqual(self.rows("maps/b")[0]["descriptionSha256"], "other")

    def test_a_table_that_is_none_refuses_the_start(self):
        service = self.service(self.config("none-such"), start=False)
        with self.assertRaises(AssertionError) as refused:
            service.start()
        self.assertIn("The version index: DynamoDB answered 400 ResourceNotFoundException", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
