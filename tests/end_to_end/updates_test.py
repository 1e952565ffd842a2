#!/usr/bin/python3
"""Updates that take files from earlier versions, over the API of a running service.

Acceptance cases I1 to I7, J1 to J3 and J5: what is accepted, where its bytes then lie, and every refusal in its own words.
"""

import os
import unittest

from bags import Bag, hex_digest
from harness import SHORT_PAUSES, ServiceTest, events_of, wait_until
from holdings import check_absent, check_stored

R = b"r" * 56
VERIFYING = "Verification (pre-replicating to archive storage) failed - "
PREFIX = "s3://primary/maps/t"


def partial(whole, brought, lines, identifier="t", **more):
    """A bag that lists all of `whole`, brings the files `brought` and has these lines in its fetch.txt."""
    return Bag(identifier, whole, **more).fetching(lines, brought)


class Updates(ServiceTest):
    def setUp(self):
        super().setUp()
        names = ("primary", "second", "third")
        self.strongroom = self.service(SHORT_PAUSES + self.new_locations(*names, aliases=["s3://primary/", "s3://old/"]))
        self.vaults = [self.directory / name for name in names]
        self.strongroom.locations = lambda: self.vaults
        self.api = self.strongroom.api
        self.count = 0

    def end(self, bag, kind="update", **more):
        self.count += 1
        name = f"{self.count}.tar.gz"
        self.assertIn(self.api.upload(name, bag.package()).status, (200, 201))
        body = self.api.request("maps", bag.identifier, name, kind=kind)
        body["bag"].update(more)
        answer = self.api.call("POST", "/ingests", body)
        self.assertEqual(answer.status, 201, answer)
        return self.api.ended(answer.json["id"], seconds=240)

    def stored(self, bag, version, kind="update"):
        ended = self.end(bag, kind)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        self.assertEqual(ended["bag"]["version"], version)
        check_stored(self, self.strongroom, "maps", bag.identifier, version, bag.files)
        described = self.api.bag("maps", bag.identifier).json
        return {file["name"]: file for file in described["manifest"]["files"]}

    def refused(self, bag, text, kind="update", step=VERIFYING):
        ended = self.end(bag, kind)
        self.assertEqual(ended["status"]["id"], "failed", events_of(ended))
        # Where one location fails, the others' steps end after it.
        self.assertIn(step + text, [event for event in events_of(ended) if " failed - " in event])

    def first(self):
        self.stored(Bag("t", {"data/r.txt": R, "data/other.txt": b"other"}), "v1", "create")

    def test_i1_i5_each_file_is_named_where_it_lies(self):
        self.first()
        whole = {"data/r.txt": R, "data/n.txt": b"new"}
        files = self.stored(partial(whole, {"data/n.txt"}, [f"{PREFIX}/v1/data/r.txt 56 data/r.txt"]), "v2")
        self.assertEqual((files["data/r.txt"]["path"], files["data/r.txt"]["size"]), ("v1/data/r.txt", 56))
        self.assertEqual(files["data/n.txt"]["path"], "v2/data/n.txt")
        self.assertNotIn("data/other.txt", files)
        old = "fetch.txt does not name the most recent stored copy of: data/r.txt"
        new = f"{PREFIX}/v2/data/n.txt 3 data/n.txt"
        for version in ("v2", "v3", "v9"):
            self.refused(partial(whole, {}, [f"{PREFIX}/{version}/data/r.txt 56 data/r.txt", new]), old)
        # What v2 dropped is still stored, and no longer to be had by that name; a tag file never is.
        for path in ("data/other.txt", "bag-info.txt"):
            self.refused(partial(whole, {"data/n.txt"}, [f"{PREFIX}/v1/{path} - data/r.txt"]), old)
        files = self.stored(partial(whole, {}, [f"{PREFIX}/v1/data/r.txt 56 data/r.txt", new]), "v3")
        self.assertEqual({name: file["path"] for name, file in files.items()},
                         {"data/r.txt": "v1/data/r.txt", "data/n.txt": "v2/data/n.txt"})

    def test_i2_every_way_to_name_the_file(self):
        self.first()
        at = self.api.bag("maps", "t").json["location"]["url"]
        for number, line in enumerate((
                f"{PREFIX}/v1/data/r.txt - data/r.txt",
                f"{PREFIX}/v1/data/r.txt\t56\tdata/r.txt",
                f"file://{self.vaults[2]}/maps/t/v1/data/r.txt 56 data/r.txt",
                f"{at}/v1/data/r.txt 56 data/r.txt",
                "s3://old/maps/t/v1/data/r.txt 56 data/r.txt",
                f"{PREFIX}/v1/data/%72.txt 56 data/r.txt"), 2):
            with self.subTest(line):
                files = self.stored(partial({"data/r.txt": R}, {}, [line]), f"v{number}")
                self.assertEqual(files["data/r.txt"]["path"], "v1/data/r.txt")

    def test_i3_renaming(self):
        self.first()
        files = self.stored(partial({"data/renamed.txt": R}, {}, [f"{PREFIX}/v1/data/r.txt 56 data/renamed.txt"]), "v2")
        self.assertEqual(files["data/renamed.txt"]["path"], "v1/data/r.txt")
        whole = {"data/x.txt": R, "data/y.txt": R}
        files = self.stored(partial(whole, {}, [f"{PREFIX}/v1/data/r.txt 56 {name}" for name in whole]), "v3")
        self.assertEqual({file["path"] for file in files.values()}, {"v1/data/r.txt"})

    def test_i4_nothing_from_elsewhere(self):
        self.first()
        self.stored(Bag("t/b", {"data/r.txt": R}), "v1", "create")
        for url in ("s3://other/maps/t/v1/data/r.txt", "s3://uploads/maps/t/v1/data/r.txt",
                    "http://primary/maps/t/v1/data/r.txt", "s3://primary/digitised/t/v1/data/r.txt",
                    "s3://primary/maps/u/v1/data/r.txt", f"{PREFIX}/v1/data/r.txt?versionId=1",
                    f"{PREFIX}/v01/data/r.txt", f"{PREFIX}/v1/../v1/data/r.txt", f"{PREFIX}/b/v1/data/r.txt"):
            with self.subTest(url):
                self.refused(partial({"data/r.txt": R}, {}, [f"{url} 56 data/r.txt"]),
                             "fetch.txt refers to paths in a mismatched prefix or with a non-S3 URI scheme: data/r.txt")

    def test_i6_digests_and_lost_copies(self):
        self.first()
        unverified = "Unable to verify one file in the bag: data/r.txt"
        line = f"{PREFIX}/v1/data/r.txt 56 data/r.txt"
        self.refused(partial({"data/r.txt": b"R" * 56}, {}, [line]), unverified)
        self.refused(partial({"data/r.txt": R}, {}, [line.replace("56", "57")]), unverified)
        other = partial({"data/r.txt": R}, {}, [line], algorithms=("sha512",))
        files = self.stored(other, "v2")
        self.assertEqual(files["data/r.txt"]["checksum"], hex_digest("sha512", R))
        lost = self.vaults[2] / "maps/t/v1/data/r.txt"
        lost.parent.chmod(0o700)
        lost.unlink()
        self.refused(partial({"data/r.txt": R}, {}, [line]), unverified, step="Verification (third copy) failed - ")
        self.assertIn("file.copy_damaged", self.strongroom.said())
        check_absent(self, self.strongroom, "maps", "t", "v3")

    def test_i7_what_a_fetch_file_may_not_say(self):
        line = f"{PREFIX}/v1/data/r.txt 56 data/r.txt"
        shallow = partial({"data/r.txt": R}, {}, [line])
        self.refused(shallow, "fetch.txt is only allowed in an update", "create")
        self.refused(shallow, "fetch.txt refers to a bag that is not stored: maps/t")
        self.first()
        for lines, text in (
                ([line, f"{PREFIX}/v1/data/r.txt 56 data/q"],
                 "fetch.txt refers to paths that aren't in the bag manifest: data/q"),
                ([line, f"{PREFIX}/v1/bag-info.txt - bag-info.txt"],
                 "Error loading fetch.txt: fetch.txt should not contain tag files: bag-info.txt"),
                ([line, line], "Error loading fetch.txt: fetch.txt contains duplicate paths: data/r.txt")):
            with self.subTest(text):
                self.refused(partial({"data/r.txt": R}, {}, lines), text)
        self.refused(partial({"data/r.txt": R}, {"data/r.txt"}, [line]),
                     "Files referred to in the fetch.txt also appear in the bag: data/r.txt")

    def test_i7_ten_thousand_entries(self):
        # A sanitizer makes everything several times slower, and looks at other things than growth.
        count = 2_000 if os.environ.get("STRONGROOM_SANITIZE") else 10_000
        whole = {f"data/{number:05}.txt": b"%d" % number for number in range(count)}
        self.stored(Bag("many", whole), "v1", "create")
        lines = [f"s3://primary/maps/many/v1/{name} - {name}" for name in whole]
        files = self.stored(partial(whole, {}, lines, identifier="many"), "v2")
        self.assertEqual({file["path"].split("/")[0] for file in files.values()}, {"v1"})
        self.assertEqual(len(files), count)

    def test_j1_creates_and_updates(self):
        step = "Assigning bag version failed - "
        self.refused(Bag("t"), "Cannot update existing bag: a bag with the supplied external identifier does not exist in "
                     "this space", step=step)
        self.stored(Bag("t"), "v1", "create")
        self.refused(Bag("t"), "Cannot create new bag: a bag with the supplied external identifier already exists in this "
                     "space", "create", step=step)
        self.stored(Bag("t"), "v2")

    def test_j2_a_refused_package_takes_no_number(self):
        broken = Bag("t")
        broken.files["data/a.txt"] = b"hellO\n"
        self.refused(broken, "Unable to verify one file in the bag: data/a.txt", "create")
        self.stored(Bag("t"), "v1", "create")

    def test_j3_the_version_that_an_update_builds_on(self):
        self.first()
        self.assertEqual(self.end(Bag("t"), version="v1")["bag"]["version"], "v2")
        ended = self.end(Bag("t"), version="v1")
        self.assertEqual(ended["status"]["id"], "failed")
        self.assertEqual(events_of(ended)[-1], "Assigning bag version failed - The supplied version v1 is not the current "
                         "version of this bag, which is v2")
        # Named before it is there: the update waits for the one before it, and builds on that.
        for name in ("third.tar.gz", "fourth.tar.gz"):
            self.assertEqual(self.api.upload(name, Bag("t").package()).status, 201)
        ahead = self.api.ingest("maps", "t", "third.tar.gz", kind="update")
        body = self.api.request("maps", "t", "fourth.tar.gz", kind="update")
        body["bag"]["version"] = "v3"
        behind = self.api.call("POST", "/ingests", body).json
        self.assertEqual(self.api.ended(ahead["id"])["bag"]["version"], "v3")
        ended = self.api.ended(behind["id"])
        self.assertEqual((ended["status"]["id"], ended["bag"].get("version")), ("succeeded", "v4"), events_of(ended))

    def test_j5_a_number_that_left_something_is_not_given_again(self):
        stranger = self.vaults[1] / "maps" / "t" / "v1" / "data" / "a.txt"
        stranger.parent.mkdir(parents=True)
        stranger.write_bytes(b"something else\n")
        first = self.end(Bag("t"), "create")
        self.assertEqual(first["status"]["id"], "failed")
        self.assertEqual(len(self.api.get(f"/ingests/{first['id']}/report").json["leftovers"]), 1)
        self.stored(Bag("t"), "v2", "create")
        versions = self.api.get("/bags/maps/t/versions").json["results"]
        self.assertEqual([one["version"] for one in versions], ["v2"])
        self.assertEqual(self.api.call("POST", f"/ingests/{first['id']}/retry").status, 202)
        last = wait_until(lambda: next((text for text in events_of(self.api.show(first["id"])) if "Cannot create" in text),
                                       None))
        self.assertTrue(last.startswith("Assigning bag version failed - Cannot create new bag"), last)
        self.assertEqual(stranger.read_bytes(), b"something else\n")


if __name__ == "__main__":
    unittest.main()
