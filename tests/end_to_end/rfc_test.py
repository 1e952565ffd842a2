#!/usr/bin/python3
"""The examples of RFC 002, as it prints them: requests, bags and documents, field for field.

Acceptance cases O1 to O5. Three locations stand for the RFC's: a primary one that its fetch.txt calls by the bucket's
name, and two replicas. Where a document differs from the RFC's, the row of http-api.md 8 that says so stands beside it.
"""

import hashlib
import json
import unittest
import uuid

from bags import Bag, hex_digest
from harness import SHORT_PAUSES, ServiceTest, events_of
from holdings import check_stored
from receiver import Receiver

BUCKET = "wellcomecollection-storage-access"
BOOK = "b24923333"
BOOK_FIELDS = [
    ("Source-Organization", "Intranda GmbH"),
    ("Contact-Email", "support@intranda.com"),
    ("External-Description", "A account of a voyage to New South Wales"),
    ("Internal-Sender-Identifier", "170131"),
    ("Internal-Sender-Description", "12324_b_b24923333"),
]
AIP = "a2870a2d-5111-403f-b092-45c569ef9476"


def book_payload():
    payload = {f"data/{BOOK}.xml": b"<mets>anchor</mets>\n"}
    for volume in ("001", "002"):
        payload[f"data/{BOOK}_{volume}.xml"] = f"<mets>volume {volume}</mets>\n".encode()
        for page in ("001", "002"):
            payload[f"data/objects/{BOOK}_{volume}_{page}.jp2"] = hashlib.sha256(f"{volume} {page}".encode()).digest() * 30
            payload[f"data/alto/{BOOK}_{volume}_{page}.xml"] = f"<alto>{volume} {page}</alto>\n".encode()
    return payload


def partial(identifier, whole, brought, fetched, fields):
    """A bag whose manifests list all of `whole`, that brings the files `brought` and fetches the others: name -> version."""
    lines = [f"s3://{BUCKET}/digitised/{identifier}/{version}/{name} - {name}" for name, version in fetched.items()]
    return Bag(identifier, whole, fields, date="2016-08-07").fetching(lines, brought)


def without(document, *names):
    return {name: value for name, value in document.items() if name not in names}


class Examples(ServiceTest):
    def setUp(self):
        super().setUp()
        config = SHORT_PAUSES + self.new_locations("primary", "glacier", "azure", aliases=[f"s3://{BUCKET}/"])
        area = self.directory / "source-bucket"
        area.mkdir()
        config += f'[[uploads]]\nname = "source-bucket"\npath = "{area}"\n'
        self.strongroom = self.service(config)
        self.strongroom.locations = lambda: [self.directory / name for name in ("primary", "glacier", "azure")]
        self.api = self.strongroom.api

    def request(self, space, identifier, kind="create", callback=None, path="source-path/source-bag.tar.gz"):
        """As the RFC prints it."""
        return self.api.request(space, identifier, path, kind=kind, callback=callback, provider="amazon-s3",
                                bucket="source-bucket")

    def store(self, space, bag, version, top=""):
        """Uploads, asks, waits; the bag as it is then described."""
        path = f"{bag.identifier}-{version}.tar.gz"
        self.assertEqual(self.api.upload(path, bag.package(top), area="source-bucket").status, 201)
        kind = "create" if version == "v1" else "update"
        answer = self.api.call("POST", "/ingests", self.request(space, bag.identifier, kind, path=path))
        self.assertEqual(answer.status, 201, answer)
        ended = self.api.ended(answer.json["id"])
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.assertEqual(ended["bag"]["version"], version)
        check_stored(self, self.strongroom, space, bag.identifier, version, bag.files)
        return self.api.bag(space, bag.identifier).json

    def test_o1_the_request_for_a_new_bag(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.assertEqual(
            self.api.upload("source-path/source-bag.tar.gz", Bag("x").package(), area="source-bucket").status, 201)
        callback = receiver.url("/callback?id={id}")
        answer = self.api.call("POST", "/ingests", self.request("maps", "x", callback=callback))
        self.assertEqual(answer.status, 201, answer)
        made = answer.json
        # "Location of a new ingest": absolute.
        self.assertEqual(answer.headers["Location"], f"{self.api.base}/ingests/{made['id']}")
        ended = self.api.ended(made["id"], with_callback=True)
        self.assertEqual(receiver.got()[0].target, f"/callback?id={made['id']}")
        # "version of an ingest": in both places; everything else as printed, with the date of the last event beside it.
        self.assertEqual(without(ended, "events", "createdDate", "lastModifiedDate"), {
            "@context": f"{self.api.base}/context.json",
            "id": made["id"],
            "type": "Ingest",
            "ingestType": {"id": "create", "type": "IngestType"},
            "space": {"id": "maps", "type": "Space"},
            "bag": {"id": "maps/x", "type": "Bag", "version": "v1",
                    "info": {"type": "BagInfo", "externalIdentifier": "x", "version": "v1"}},
            "status": {"id": "succeeded", "type": "Status"},
            "sourceLocation": {"type": "Location", "provider": {"type": "Provider", "id": "amazon-s3"},
                               "bucket": "source-bucket", "path": "source-path/source-bag.tar.gz"},
            "callback": {"type": "Callback", "url": callback, "status": {"id": "succeeded", "type": "Status"}},
        })
        for event in ended["events"]:
            self.assertEqual(set(event), {"type", "createdDate", "description"})
            self.assertEqual(event["type"], "IngestEvent")

    def expected(self, space, bag, paths, tag_algorithm, info, version):
        """The RFC's document of a bag, without its date. `paths`: name -> version that holds the file."""

        def location(name):
            # "provider of Azure copies", "label": these locations are directories.
            url = f"file://{self.directory / name}/{space}/{bag.identifier}"
            return {"type": "Location", "provider": {"type": "Provider", "id": "filesystem", "label": "File system"},
                    "bucket": name, "path": f"{space}/{bag.identifier}", "url": url, "accessTier": "hot"}

        def files(names, algorithm):
            content = bag.payload | bag.files
            return [{"type": "File", "name": name, "path": f"{paths.get(name, version)}/{name}",
                     "size": len(content[name]), "checksum": hex_digest(algorithm, content[name])}
                    for name in sorted(names, key=str.encode)]

        return {
            "@context": f"{self.api.base}/context.json",
            "type": "Bag",
            "id": f"{space}/{bag.identifier}",
            "space": {"id": space, "type": "Space"},
            "info": {"type": "BagInfo", "externalIdentifier": bag.identifier, **info},
            "manifest": {"type": "BagManifest", "checksumAlgorithm": "sha256", "files": files(bag.payload, "sha256")},
            "tagManifest": {"type": "BagManifest", "checksumAlgorithm": tag_algorithm,
                            "files": files([n for n in bag.files if not n.startswith("data/")], tag_algorithm)},
            "location": location("primary"),
            "replicaLocations": [location("glacier"), location("azure")],
            "version": version,
        }

    def book_info(self, bag):
        octets = sum(map(len, bag.payload.values()))
        return {
            "externalDescription": "A account of a voyage to New South Wales",
            "internalSenderIdentifier": "170131",  # correctly spelt
            "internalSenderDescription": "12324_b_b24923333",
            "sourceOrganisation": "Intranda GmbH",
            "sourceOrganization": "Intranda GmbH",  # both spellings
            "payloadOxum": f"{octets}.{len(bag.payload)}",  # a string
            "baggingDate": "2016-08-07",
        }

    def test_o2_o3_a_book_and_what_is_corrected_in_it(self):
        first = Bag(BOOK, book_payload(), BOOK_FIELDS, date="2016-08-07")
        shown = self.store("digitised", first, "v1", top=f"{BOOK}/")
        self.assertEqual(without(shown, "createdDate"),
                         self.expected("digitised", first, {}, "sha256", self.book_info(first), "v1"))

        alto, anchor = f"data/alto/{BOOK}_001_001.xml", f"data/{BOOK}.xml"
        corrected = first.payload | {alto: b"<alto>corrected</alto>\n"}
        second = partial(BOOK, corrected, {alto}, {name: "v1" for name in corrected if name != alto}, BOOK_FIELDS)
        shown = self.store("digitised", second, "v2", top=f"{BOOK}/")
        held = {name: "v1" for name in corrected} | {alto: "v2"}
        self.assertEqual(without(shown, "createdDate"),
                         self.expected("digitised", second, held, "sha256", self.book_info(second), "v2"))

        newest = corrected | {anchor: b"<mets>the anchor, corrected</mets>\n"}
        third = partial(BOOK, newest, {anchor}, {n: v for n, v in held.items() if n != anchor}, BOOK_FIELDS)
        shown = self.store("digitised", third, "v3", top=f"{BOOK}/")
        held |= {anchor: "v3"}
        self.assertEqual(without(shown, "createdDate"),
                         self.expected("digitised", third, held, "sha256", self.book_info(third), "v3"))
        for location in self.strongroom.locations():
            stored = location / "digitised" / BOOK
            self.assertEqual((stored / "v3" / anchor).read_bytes(), newest[anchor])
            self.assertEqual((stored / "v1" / anchor).read_bytes(), first.payload[anchor])
            self.assertFalse((stored / "v3" / "data" / "objects").exists())
        self.versions_are_listed()

    def versions_are_listed(self):
        listed = self.api.get(f"/bags/digitised/{BOOK}/versions")
        self.assertEqual(listed.json, {
            "@context": f"{self.api.base}/context.json",
            "type": "ResultList",
            "results": [
                {"type": "Bag", "id": f"digitised/{BOOK}", "version": version,
                 "createdDate": self.api.bag("digitised", BOOK, version).json["createdDate"],
                 "url": f"{self.api.base}/bags/digitised/{BOOK}?version={version}",
                 **({"latest": True} if version == "v3" else {})}
                for version in ("v3", "v2", "v1")
            ],
        })
        before = self.api.get(f"/bags/digitised/{BOOK}/versions?before=v3").json["results"]
        self.assertEqual([one["version"] for one in before], ["v2", "v1"])
        self.assertNotIn("latest", json.dumps(before))
        for one in listed.json["results"]:
            self.assertEqual(self.api.get(one["url"]).json["version"], one["version"])

    def test_o4_a_born_digital_package(self):
        bag = Bag(AIP, {
            f"data/METS.{AIP}.xml": b"<mets/>\n",
            "data/objects/Disc_1/HEART.WRI": b"1\xbe\x00\x00" * 64,
            "data/logs/transfers/filenameChanges.log": b"",
        }, [("External-Description", "AIP title")], tag_algorithms=("md5",), date="2016-08-07")
        shown = self.store("born-digital", bag, "v1", top=f"./GC253_1046-{AIP}/")
        # "location.path of an AIP": space and identifier; "versions inside the bag document": absent.
        self.assertEqual(without(shown, "createdDate"), self.expected(
            "born-digital", bag, {}, "md5",
            {"externalDescription": "AIP title", "payloadOxum": "264.3", "baggingDate": "2016-08-07"}, "v1"))

    def test_o5_an_update_that_names_its_bag_and_version(self):
        self.store("maps", Bag("x"), "v1")
        for believed, wanted in (("v1", "v2"), ("v1", None), ("v2", "v3")):
            path = f"{uuid.uuid4()}.tar.gz"
            self.api.upload(path, Bag("x", {"data/a.txt": path.encode()}).package(), area="source-bucket")
            request = self.request("maps", "x", "update", path=path)
            request["bag"] |= {"id": "maps/x", "version": believed}
            ended = self.api.ended(self.api.call("POST", "/ingests", request).json["id"])
            if wanted:
                self.assertEqual(ended["bag"]["version"], wanted)
                continue
            self.assertEqual(events_of(ended)[-1], "Assigning bag version failed - The supplied version v1 is not the "
                             "current version of this bag, which is v2")
            self.assertNotIn("version", ended["bag"])
            self.assertEqual(self.api.bag("maps", "x", "v3").status, 404)


if __name__ == "__main__":
    unittest.main()
