#!/usr/bin/python3
"""The way of a bag through the real program: asked for, stored in three places, described, versioned.

Acceptance cases A1, A2, D1, D2, D5, F2, G1, J1 to J4, K1, L1 and O5, over loopback, with the embedded defaults. What is
stored is looked at in the file system, not only through the API.
"""

import hashlib
import re
import unittest

from bags import Bag, awkward_payload, package, random_payload
from harness import LABELS, ServiceTest, events_of, wait_until
from holdings import check_absent, check_nothing_left, check_stored, check_version, registered_events

INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
VERIFICATION = "Verification (pre-replicating to archive storage)"


class Journey(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service()
        self.api = self.strongroom.api
        self.uploads = 0

    def store(self, bag, space="maps", kind="create", name=None, **more):
        """Uploads and ingests a bag; the ingest once it has ended."""
        self.uploads += 1
        name = name or f"{bag.identifier} {self.uploads}.tar.gz"
        self.assertEqual(self.api.upload(name, bag.package()).status, 201)
        return self.api.ended(self.api.ingest(space, bag.identifier, name, kind=kind, **more)["id"])

    def test_a1_a_new_ingest_as_it_is_first_answered(self):
        body = self.api.request("maps", "x", "nowhere.tar.gz", callback="http://127.0.0.1:9/cb?k=1")
        answer = self.api.call("POST", "/ingests", body)
        self.assertEqual(answer.status, 201, answer)
        ingest = answer.json
        self.assertEqual(answer.headers["Location"], f"{self.api.base}/ingests/{ingest['id']}")
        self.assertRegex(ingest["id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.assertEqual(next(iter(ingest)), "@context")
        self.assertEqual(ingest["@context"], f"{self.api.base}/context.json")
        self.assertEqual(ingest["type"], "Ingest")
        self.assertEqual(ingest["bag"]["id"], "maps/x")
        self.assertEqual(ingest["bag"]["info"]["externalIdentifier"], "x")
        self.assertNotIn("version", ingest["bag"])
        self.assertNotIn("version", ingest["bag"]["info"])
        self.assertEqual(ingest["status"]["id"], "accepted")
        self.assertEqual(ingest["callback"]["status"]["id"], "processing")
        self.assertEqual(ingest["callback"]["url"], "http://127.0.0.1:9/cb?k=1")
        self.assertEqual(ingest["events"], [])
        self.assertRegex(ingest["createdDate"], INSTANT)
        self.assertNotIn("lastModifiedDate", ingest)
        again = self.api.get(answer.headers["Location"])
        self.assertEqual(again.status, 200)
        self.assertEqual(again.json["id"], ingest["id"])
        self.assertEqual(self.api.show(ingest["id"].upper())["id"], ingest["id"])

    def test_a2_what_may_be_left_out(self):
        request = self.api.request("maps", "x", "nowhere.tar.gz")
        request["callback"] = None
        for answer in (
            self.api.call("POST", "/ingests", request),
            self.api.call("POST", "/ingests/", self.without_types(request) | {"colour": {"deep": ["red"]}}),
        ):
            self.assertEqual(answer.status, 201, answer)
            self.assertNotIn("callback", answer.json)

    def without_types(self, value):
        if isinstance(value, dict):
            return {name: self.without_types(inner) for name, inner in value.items() if name != "type"}
        return value

    def test_f2_k1_l1_the_happy_way(self):
        bag = Bag("x")
        ingest = self.store(bag)
        self.assertEqual(ingest["status"]["id"], "succeeded", ingest)
        self.assertEqual(ingest["bag"]["version"], "v1")
        self.assertEqual(ingest["bag"]["info"]["version"], "v1")
        self.check_event_order(events_of(ingest), f"{bag.size} bytes", len(bag.files))
        dates = [event["createdDate"] for event in ingest["events"]]
        self.assertEqual(dates, sorted(dates))
        for date in dates:
            self.assertRegex(date, INSTANT)
        self.assertEqual(ingest["lastModifiedDate"], dates[-1])
        check_stored(self, self.strongroom, "maps", "x", "v1", bag.files)
        check_nothing_left(self, self.strongroom)

    def check_event_order(self, events, size, count):
        beginning = [
            "Unpacking started",
            f"Unpacking succeeded - Unpacked {size} from {count} files",
            "Detecting bag root started",
            "Detecting bag root succeeded",
            f"{VERIFICATION} started",
            f"{VERIFICATION} succeeded",
            "Assigning bag version started",
            "Assigning bag version succeeded - assigned bag version v1",
        ]
        self.assertEqual(events[: len(beginning)], beginning)
        self.assertEqual(events[-2:], ["Register started", "Register succeeded (completed)"])
        middle = events[len(beginning) : -2]
        for label in LABELS:
            block = [text for text in middle if text.split(" - ")[0].rsplit(" ", 1)[0] in
                     (f"Replicating to {label}", f"Verification ({label})")]
            self.assertEqual(block, [
                f"Replicating to {label} started",
                f"Replicating to {label} succeeded",
                f"Verification ({label}) started",
                f"Verification ({label}) succeeded",
            ])
        aggregating = [text for text in middle if text.startswith("Aggregating replicas")]
        self.assertEqual(aggregating, [
            "Aggregating replicas succeeded - 1 of 3 replicas complete",
            "Aggregating replicas succeeded - 2 of 3 replicas complete",
            "Aggregating replicas succeeded - all replicas complete",
        ])
        self.assertEqual(len(middle), 4 * len(LABELS) + len(aggregating), middle)

    def test_awkward_names_and_many_algorithms(self):
        """Every name comes back as it went in, wherever it is looked for; sha512 is the algorithm shown."""
        bag = Bag("PP/MIA 1", awkward_payload(), algorithms=("sha256", "sha512", "md5"),
                  tag_algorithms=("sha256", "md5"), tag_files={"docs/read me.txt": b"a tag file in a directory\n"})
        ingest = self.store(bag, space="Ærø")
        self.assertEqual(ingest["status"]["id"], "succeeded", events_of(ingest))
        described = check_stored(self, self.strongroom, "Ærø", "PP/MIA 1", "v1", bag.files)
        self.assertEqual(sorted(described["payloadManifests"]), ["md5", "sha256", "sha512"])
        shown = self.api.get("/bags/%C3%86r%C3%B8/PP/MIA%201").json
        self.assertEqual(shown["manifest"]["checksumAlgorithm"], "sha512")
        self.assertEqual(
            [(file["name"], file["size"], file["checksum"]) for file in shown["manifest"]["files"]],
            [(name, len(bag.payload[name]), hashlib.sha512(bag.payload[name]).hexdigest())
             for name in sorted(bag.payload, key=str.encode)])
        check_nothing_left(self, self.strongroom)

    def test_many_files(self):
        bag = Bag("many", random_payload(1, 1500, 400, 3, 2_000_000))
        ingest = self.store(bag)
        self.assertEqual(ingest["status"]["id"], "succeeded", events_of(ingest))
        self.assertIn(" MB from 1,507 files", events_of(ingest)[1])
        check_stored(self, self.strongroom, "maps", "many", "v1", bag.files)

    def test_d1_the_description_of_a_bag(self):
        fields = [
            ("Source-Organization", "Harbour Map Room"),
            ("External-Description", "Chart of the northern approaches"),
            ("Internal-Sender-Identifier", "88412"),
            ("Internal-Sender-Description", "second shelf"),
        ]
        bag = Bag("x", fields=fields, tag_algorithms=("md5",))
        bag.files["manifest-sha256.txt"] = bag.files["manifest-sha256.txt"].split(b" ")[0].upper() + b"  data/a.txt\n"
        bag.seal_tags()
        self.assertEqual(self.store(bag)["status"]["id"], "succeeded")
        answer = self.api.bag("maps", "x")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["ETag"], '"maps/x/v1"')
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        shown = answer.json
        self.assertEqual(next(iter(shown)), "@context")
        self.assertRegex(shown.pop("createdDate"), INSTANT)
        locations = [shown.pop("location"), *shown.pop("replicaLocations")]
        names = sorted(name for name in bag.files if not name.startswith("data/"))
        self.assertEqual(shown, {
            "@context": f"{self.api.base}/context.json",
            "type": "Bag",
            "id": "maps/x",
            "space": {"id": "maps", "type": "Space"},
            "info": {
                "type": "BagInfo",
                "externalIdentifier": "x",
                "externalDescription": "Chart of the northern approaches",
                "internalSenderIdentifier": "88412",
                "internalSenderDescription": "second shelf",
                "sourceOrganisation": "Harbour Map Room",
                "sourceOrganization": "Harbour Map Room",
                "payloadOxum": "6.1",
                "baggingDate": "2024-05-01",
            },
            "manifest": {"type": "BagManifest", "checksumAlgorithm": "sha256", "files": [
                {"type": "File", "name": "data/a.txt", "path": "v1/data/a.txt", "size": 6,
                 "checksum": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}]},
            "tagManifest": {"type": "BagManifest", "checksumAlgorithm": "md5", "files": [
                {"type": "File", "name": name, "path": f"v1/{name}", "size": len(bag.files[name]),
                 "checksum": hashlib.md5(bag.files[name]).hexdigest()} for name in names]},
            "version": "v1",
        })
        for location, name in zip(locations, ("primary", "replica-1", "replica-2"), strict=True):
            self.assertEqual(location["type"], "Location")
            self.assertEqual(location["provider"], {"id": "filesystem", "type": "Provider", "label": "File system"})
            self.assertEqual(location["path"], "maps/x")
            self.assertEqual(location["bucket"], name)
            self.assertEqual(location["accessTier"], "hot")
            self.assertTrue(location["url"].startswith("file:///"), location)
            self.assertTrue(location["url"].endswith("/maps/x"), location)
        plain = Bag("plain")
        self.store(plain)
        self.assertEqual(self.api.bag("maps", "plain").json["info"], {
            "type": "BagInfo", "externalIdentifier": "plain", "payloadOxum": "6.1", "baggingDate": "2024-05-01"})

    def test_d2_d5_three_versions(self):
        bags = [Bag("x", {"data/a.txt": f"text {number}\n".encode()}) for number in (1, 2, 3)]
        for number, bag in enumerate(bags, 1):
            ingest = self.store(bag, kind="create" if number == 1 else "update")
            self.assertEqual(ingest["bag"]["version"], f"v{number}", events_of(ingest))
        for number, bag in enumerate(bags, 1):
            check_stored(self, self.strongroom, "maps", "x", f"v{number}", bag.files)
            self.assertEqual(self.api.bag("maps", "x", f"v{number}").json["version"], f"v{number}")
        self.assertEqual(self.api.bag("maps", "x").json["version"], "v3")
        for text in ("v9", "abc", "v0", "v01", "v99999999999"):
            answer = self.api.bag("maps", "x", text)
            self.assertEqual(answer.status, 404)
            self.assertEqual(answer.json["description"], f"Storage manifest maps/x {text} not found")
        self.assertEqual(self.api.bag("maps", "y").json["description"], "Storage manifest maps/y not found")
        self.assertEqual(self.api.bag("maps", "-y").status, 404)
        answer = self.api.get("/bags/maps/x", headers={"If-None-Match": '"maps/x/v3"'})
        self.assertEqual((answer.status, answer.body), (304, b""))

    def test_j1_j2_create_and_update(self):
        self.assertEqual(self.store(Bag("x"))["bag"]["version"], "v1")
        again = self.store(Bag("x"))
        self.assertEqual(again["status"]["id"], "failed")
        self.assertNotIn("version", again["bag"])
        self.assertEqual(events_of(again)[-1], "Assigning bag version failed - Cannot create new bag: a bag with the "
                         "supplied external identifier already exists in this space")
        nothing = self.store(Bag("y"), kind="update")
        self.assertEqual(nothing["status"]["id"], "failed")
        self.assertEqual(events_of(nothing)[-1], "Assigning bag version failed - Cannot update existing bag: a bag "
                         "with the supplied external identifier does not exist in this space")
        check_absent(self, self.strongroom, "maps", "y", "v1")
        self.assertEqual(self.store(Bag("x"), kind="update")["bag"]["version"], "v2")
        self.assertEqual(self.store(Bag("x"), space="elsewhere")["bag"]["version"], "v1")
        broken = Bag("z")
        broken.files["data/a.txt"] = b"other\n"
        failed = self.store(broken)
        self.assertNotIn("version", failed["bag"])
        self.assertEqual(self.store(Bag("z"))["bag"]["version"], "v1")
        self.assertEqual(registered_events(self.strongroom, "maps", "y", "v1"), 0)
        self.assertEqual(len(self.strongroom.catalogue.registered_bag_events()), 4)
        check_nothing_left(self, self.strongroom)

    def test_j3_o5_the_version_the_caller_believes_in(self):
        self.store(Bag("x"))
        for believed, wanted in (("v1", "v2"), ("v1", None), ("v2", "v3")):
            name = f"believed-{believed}-{wanted}.tar.gz"
            self.api.upload(name, Bag("x").package())
            request = self.api.request("maps", "x", name, kind="update")
            request["bag"] |= {"id": "maps/x", "version": believed}
            answer = self.api.call("POST", "/ingests", request)
            self.assertEqual(answer.status, 201, answer)
            ended = self.api.ended(answer.json["id"])
            if wanted:
                self.assertEqual(ended["bag"]["version"], wanted)
            else:
                self.assertEqual(events_of(ended)[-1], "Assigning bag version failed - The supplied version v1 is not "
                                 "the current version of this bag, which is v2")

    def test_one_bag_at_a_time_in_order(self):
        """J4: updates posted at once become consecutive versions, in the order in which they were accepted."""
        self.store(Bag("x"))
        ids = []
        for number in range(6):
            name = f"update-{number}.tar.gz"
            self.api.upload(name, Bag("x", {"data/a.txt": f"update {number}\n".encode()}).package())
            ids.append(self.api.ingest("maps", "x", name, kind="update")["id"])
        ended = [self.api.ended(each) for each in ids]
        self.assertEqual([ingest["bag"]["version"] for ingest in ended], [f"v{number}" for number in range(2, 8)])
        for earlier, later in zip(ended, ended[1:]):
            self.assertLess(earlier["createdDate"], later["createdDate"])
            self.assertLessEqual(earlier["lastModifiedDate"], later["events"][0]["createdDate"])

    def test_the_shapes_of_a_package(self):
        """G1: a bag one directory down, `./` before each name, plain tar, several gzip members; the same is stored."""
        bag = Bag("x")
        plain = package(bag.files, compress=False)
        half = len(plain) // 1024 * 512
        shapes = {
            "down": package(bag.files, top="some directory/"),
            "dots": package(bag.files, top="./"),
            "plain.tar": plain,
            "members.zip": package_of(plain[:half]) + package_of(plain[half:]),
        }
        for name, content in shapes.items():
            with self.subTest(name):
                self.api.upload(name, content)
                ended = self.api.ended(self.api.ingest(f"shape {name}", "x", name)["id"])
                self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
                check_version(self, self.strongroom, f"shape {name}", "x", "v1", bag.files)

    def test_uploads_are_made_once(self):
        first = self.api.upload("deep/down/one.bin", b"one")
        self.assertEqual(first.status, 201, first)
        self.assertEqual(first.json["type"], "Upload")
        self.assertEqual(first.json["size"], 3)
        self.assertIn(hashlib.sha256(b"one").hexdigest(), first.text)
        second = self.api.upload("deep/down/one.bin", b"two")
        self.assertEqual(second.status, 409, second)
        self.assertEqual((self.strongroom.data / "uploads/deep/down/one.bin").read_bytes(), b"one")

    def test_an_upload_area_serves_amazon_s3_requests(self):
        """http-api.md 4.1: existing clients name provider amazon-s3 and find their package in the upload area."""
        bag = Bag("x")
        self.api.upload("p/x.tar.gz", bag.package())
        ingest = self.api.ingest("maps", "x", "p/x.tar.gz", provider="aws-s3-ia")
        self.assertEqual(ingest["sourceLocation"]["provider"]["id"], "amazon-s3")
        self.assertEqual(self.api.ended(ingest["id"])["status"]["id"], "succeeded")
        check_stored(self, self.strongroom, "maps", "x", "v1", bag.files)
        missing = self.api.ended(self.api.ingest("maps", "y", "p/y.tar.gz", provider="amazon-s3")["id"])
        self.assertEqual(events_of(missing)[-1], "Unpacking failed - There is no archive at s3://uploads/p/y.tar.gz")

    def test_a_file_put_in_the_upload_area_by_hand(self):
        bag = Bag("x")
        self.strongroom.place("by hand/x.tar.gz", bag.package())
        ended = self.api.ended(self.api.ingest("maps", "x", "by hand/x.tar.gz")["id"])
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        wait_until(lambda: (self.strongroom.data / "uploads/by hand/x.tar.gz").exists(), 1, what="the source kept")


def package_of(content):
    import gzip

    return gzip.compress(content, 1, mtime=0)


if __name__ == "__main__":
    unittest.main()
