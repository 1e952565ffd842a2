#!/usr/bin/python3
"""What is refused, and with which words: samples of cases G3 to G8 and H1 to H9 through the real API.

Each row is a bag with one fault. The last step event is compared with the text of the specification; nothing of the bag
may be stored anywhere, and no event may announce it. The whole tables are tested in tests/bagit and tests/archive.
"""

import gzip
import io
import tarfile
import unittest

from bags import Bag, package
from harness import ServiceTest, events_of
from holdings import check_absent, check_nothing_left

UNPACKING = "Unpacking failed - "
VERIFYING = "Verification (pre-replicating to archive storage) failed - "


def changed(bag=None, seal=True, **files):
    """A bag whose files are replaced, added, or removed (None), afterwards; tag manifests made right unless told."""
    bag = bag or Bag("x")
    for name, content in files.items():
        if content is None:
            bag.files.pop(name)
        else:
            bag.files[name] = content
    return bag.seal_tags() if seal else bag


def with_files(files, **more):
    return changed(**more, **files)


def info_without(label):
    bag = Bag("x")
    lines = [line for line in bag.files["bag-info.txt"].splitlines(True) if not line.startswith(label.encode())]
    return with_files({"bag-info.txt": b"".join(lines)}, bag=bag)


def info_plus(line, seal=True):
    return with_files({"bag-info.txt": Bag("x").files["bag-info.txt"] + line}, seal=seal)


THREE = {f"data/{letter}.txt": letter.encode() for letter in "abc"}

REFUSED = [
    ("H2 changed payload", with_files({"data/a.txt": b"hellO\n"}), "Unable to verify one file in the bag: data/a.txt"),
    ("H2 missing payload", with_files({"data/a.txt": None}), "Unable to verify one file in the bag: data/a.txt"),
    ("H2 three files", with_files({name: b"?" for name in THREE}, bag=Bag("x", THREE)),
     "Unable to verify 3 files in the bag: data/a.txt, data/b.txt, data/c.txt"),
    ("H2 tag file", info_plus(b"Contact-Name: nobody\n", seal=False),
     "Unable to verify one file in the bag: bag-info.txt"),
    ("H3 one extra", with_files({"x.txt": b"x"}, seal=False),
     "Bag contains a file which is not referenced in the manifest: /x.txt"),
    ("H3 two extra", with_files({"x.txt": b"x", "y.txt": b"y"}, seal=False),
     "Bag contains 2 files which are not referenced in the manifest: /x.txt, /y.txt"),
    ("H3 system file", with_files({"data/.DS_Store": b"x"}),
     "Bag contains a file which is not referenced in the manifest: /data/.DS_Store"),
    ("H4 no bag-info", with_files({"bag-info.txt": None}), "Error loading bag-info.txt: no such file!"),
    ("H4 no oxum", info_without("Payload-Oxum"),
     "Error loading bag-info.txt: Missing key in bag-info.txt: Payload-Oxum"),
    ("H4 no identifier", info_without("External-Identifier"),
     "Error loading bag-info.txt: Missing key in bag-info.txt: External-Identifier"),
    ("H4 no date", info_without("Bagging-Date"),
     "Error loading bag-info.txt: Missing key in bag-info.txt: Bagging-Date"),
    ("H4 bad oxum", Bag("x", oxum="abc"),
     "Error loading bag-info.txt: Unable to parse Payload-Oxum in bag-info.txt: abc"),
    ("H4 bad date", Bag("x", date="2023-02-29"),
     "Error loading bag-info.txt: Unable to parse Bagging-Date in bag-info.txt: 2023-02-29"),
    ("H4 bad identifier", Bag("/a"), "Error loading bag-info.txt: Unable to parse External-Identifier in bag-info.txt: "
     "External identifier cannot start with a slash, was /a"),
    ("H4 bad line", info_plus(b"no colon here\n"),
     "Error loading bag-info.txt: Unable to parse the following lines in bag-info.txt: no colon here"),
    ("H5 two values", info_plus(b"External-Identifier: y\n"),
     "Error loading bag-info.txt: Multiple values for External-Identifier in bag-info.txt: x, y"),
    ("H6 other identifier", Bag("X"), "External identifier in bag-info.txt does not match request: X is not x"),
    ("H6 oxum files", Bag("x", oxum="6.2"),
     "Payload-Oxum has the wrong number of payload files: 2, but bag manifest has 1"),
    ("H6 oxum bytes", Bag("x", oxum="7.1"),
     "Payload-Oxum has the wrong octetstream sum: 7 bytes, but bag actually contains 6 bytes"),
    ("H7 one line", with_files({"bagit.txt": b"BagIt-Version: 0.97\n"}),
     "Error loading Bag Declaration (bagit.txt): expected 2 lines, got 1"),
    ("H8 weak", Bag("x", algorithms=("md5",)),
     "Payload manifests only use deprecated checksums: add a payload manifest using SHA-256 or SHA-512"),
    ("H8 no manifest", Bag("x", algorithms=()), "Could not find any payload manifests in the bag"),
    ("H9 duplicate", with_files({"manifest-sha256.txt": Bag("x").files["manifest-sha256.txt"] * 2}),
     "Error loading manifest-sha256.txt: Manifest contains duplicate paths: data/a.txt"),
    ("I7 fetch in create", with_files({"fetch.txt": b"file:///nowhere/data/b.txt 1 data/b.txt\n"}),
     "fetch.txt is only allowed in an update"),
]

FOLDED = [("External-Description", "first line\n  second line")]

ACCEPTED = [
    ("H1 BagIt 1.0", Bag("x", version="1.0")),
    ("H1 both", Bag("x", algorithms=("sha256", "sha512"), tag_algorithms=("sha256", "sha512"))),
    ("H1 md5 beside", Bag("x", algorithms=("md5", "sha256"), tag_algorithms=("md5",))),
    ("H1 sha512 only", Bag("x", algorithms=("sha512",))),
    ("H1 empty payload", Bag("x", {})),
    ("H1 tag directory", Bag("x", tag_files={"docs/readme.txt": b"read me\n"})),
    ("H3 listed system file", Bag("x", {"data/.DS_Store": b"x"})),
    ("H5 folded", Bag("x", fields=FOLDED)),
    ("H5 repeated", Bag("x", fields=[("Contact-Name", "a"), ("Contact-Name", "b: c"), ("External-Identifier", "x")])),
]


def tar_with(*entries):
    """A tar.gz of the bag x and these (name, type, link) entries."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in Bag("x").files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, kind, link in entries:
            entry = tarfile.TarInfo(name)
            entry.type = kind
            entry.linkname = link
            tar.addfile(entry, io.BytesIO(b"") if kind == tarfile.REGTYPE else None)
    return gzip.compress(buffer.getvalue(), 1, mtime=0)


def whole():
    return Bag("x").package()


def damaged_check_value():
    content = bytearray(whole())
    content[-8] ^= 1
    return bytes(content)


BAD_FORMAT = "Error trying to unpack the archive at {loc} - is it the correct format?"
TOO_SHORT = "Unexpected EOF while unpacking the archive at {loc} - is it the correct format?"

UNPACKABLE = [
    ("G3 text", b"this is no archive\n" * 50, BAD_FORMAT),
    ("G3 empty", b"", BAD_FORMAT),
    ("G3 gzip of text", gzip.compress(b"text" * 500), BAD_FORMAT),
    ("G4 cut", whole()[:-40], TOO_SHORT),
    ("G4 tar cut", gzip.compress(package(Bag("x").files, compress=False)[:1800]),
     TOO_SHORT),
    ("G4 check value", damaged_check_value(),
     "Error trying to unpack the archive at {loc} - is the gzip-compression correct?"),
    ("G4 more", whole() + b"more", "The archive at {loc} has unexpected data after its end"),
    ("G5 twice", tar_with(("./data/a.txt", tarfile.REGTYPE, "")),
     "The archive at {loc} is malformed or has a duplicate entry (data/a.txt)"),
    ("G6 above", tar_with(("../evil", tarfile.REGTYPE, "")), "The archive at {loc} contains an unsafe name (../evil)"),
    ("G6 absolute", tar_with(("/abs", tarfile.REGTYPE, "")), "The archive at {loc} contains an unsafe name (/abs)"),
    ("G6 symbolic link", tar_with(("l", tarfile.SYMTYPE, "/etc")),
     "The archive at {loc} contains a symbolic link (l): only files and directories are allowed"),
    ("G6 hard link", tar_with(("l", tarfile.LNKTYPE, "bagit.txt")),
     "The archive at {loc} contains a hard link (l): only files and directories are allowed"),
    ("G6 fifo", tar_with(("f", tarfile.FIFOTYPE, "")),
     "The archive at {loc} contains a FIFO (f): only files and directories are allowed"),
]

ROOTLESS = [
    ("G8 none", package({"notes.txt": b"x"}), "there is no bagit.txt at the top of the archive or one directory down"),
    ("G8 too deep", Bag("x").package(top="a/b/"),
     "there is no bagit.txt at the top of the archive or one directory down"),
    ("G8 two", package({f"{top}/{name}": content for top in "ab" for name, content in Bag("x").files.items()}),
     "there are several bags in the archive: a, b"),
    ("G8 beside", package({"notes.txt": b"x", **{"b/" + name: content for name, content in Bag("x").files.items()}}),
     "there are files beside the bag directory b: notes.txt"),
]


class Acceptance(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service()
        self.api = self.strongroom.api

    def ends(self, cases):
        """Posts all packages, each in a space of its own, then waits: (case, space, ended ingest)."""
        posted = []
        for number, (name, content) in enumerate(cases):
            space = f"case {number}"
            self.assertEqual(self.api.upload(f"{number}.tar.gz", content).status, 201)
            posted.append((name, space, self.api.ingest(space, "x", f"{number}.tar.gz")["id"]))
        return [(name, space, self.api.ended(ingest, 120)) for name, space, ingest in posted]

    def check_refusals(self, cases, beginning):
        texts = [text for _, _, text in cases]
        for number, (name, space, ended) in enumerate(self.ends([(name, content) for name, content, _ in cases])):
            with self.subTest(name):
                self.assertEqual(ended["status"]["id"], "failed", events_of(ended))
                wanted = beginning + texts[number].replace("{loc}", f"file://uploads/{number}.tar.gz")
                self.assertEqual(events_of(ended)[-1], wanted)
                self.assertNotIn("version", ended["bag"])
                check_absent(self, self.strongroom, space, "x", "v1")
        self.assertEqual(self.strongroom.catalogue.registered_bag_events(), [])
        check_nothing_left(self, self.strongroom)

    def test_bags_that_are_refused(self):
        self.check_refusals([(name, bag.package(), text) for name, bag, text in REFUSED], VERIFYING)

    def test_packages_that_cannot_be_unpacked(self):
        self.check_refusals(UNPACKABLE, UNPACKING)
        self.assertFalse((self.strongroom.data / "evil").exists() or (self.strongroom.data / "working/evil").exists())

    def test_packages_without_one_bag(self):
        self.check_refusals(ROOTLESS, "Detecting bag root failed - ")

    def test_bags_that_are_accepted(self):
        for name, _, ended in self.ends([(name, bag.package()) for name, bag in ACCEPTED]):
            with self.subTest(name):
                self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def test_h5_a_folded_value_keeps_its_line_break(self):
        ((_, space, _),) = self.ends([("folded", Bag("x", fields=FOLDED).package())])
        self.assertEqual(self.api.bag(space, "x").json["info"]["externalDescription"], "first line\nsecond line")


if __name__ == "__main__":
    unittest.main()
