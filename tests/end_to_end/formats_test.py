#!/usr/bin/python3
"""One bag in every format of package, made by the programs that depositors have, under names that lie about it.

Acceptance cases G1, G3, G4 and G7: the same files stored and the same word about it, or the reason in a sentence.
"""

import gzip
import subprocess
import unittest
import uuid

from bags import Bag, awkward_payload
from harness import SHORT_PAUSES, ServiceTest, events_of, run
from holdings import check_stored


def filtered(content, *command):
    return subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout


class Formats(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service(SHORT_PAUSES)
        self.api = self.strongroom.api
        self.bag = Bag("a", awkward_payload())

    def zipped(self, *options):
        tree = self.directory / f"tree of {self.bag.identifier}"
        for name, content in self.bag.files.items():
            path = tree / "a" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return filtered(b"", "sh", "-c", f"cd '{tree}' && zip -q -r {' '.join(options)} - a")

    def ended(self, content, identifier="a", name=None):
        name = name or f"{uuid.uuid4()}.tar.gz"
        self.assertIn(self.api.upload(name, content).status, (200, 201, 204))
        return self.api.ended(self.api.ingest("maps", identifier, name)["id"])

    def refused(self, content):
        ended = self.ended(content)
        self.assertEqual(ended["status"]["id"], "failed", events_of(ended))
        return events_of(ended)[-1]

    def test_g1_every_format_gives_the_same(self):
        said = set()
        for name, make in {
            "tar.gz": lambda bag: bag.package("any name/"),
            "dotted": lambda bag: bag.package("./"),
            "tar": lambda bag: bag.package(compress=False),
            "zst": lambda bag: filtered(bag.package(compress=False), "zstd", "-q", "-c"),
            "zst-threads": lambda bag: filtered(bag.package(compress=False), "zstd", "-q", "-c", "-T2", "--long=27"),
            "xz": lambda bag: filtered(bag.package(compress=False), "xz", "-c"),
            "xz-blocks": lambda bag: filtered(bag.package(compress=False), "xz", "-c", "-T2", "--block-size=4096"),
            "bz2": lambda bag: filtered(bag.package(compress=False), "bzip2", "-c"),
            "zip": lambda bag: self.zipped(),
            "zip-stored": lambda bag: self.zipped("-0"),
            "members": lambda bag: b"".join(
                gzip.compress(part, mtime=0) for part in (lambda tar: (tar[:5000], tar[5000:]))(bag.package(compress=False))),
        }.items():
            with self.subTest(name):
                bag = self.bag = Bag(name, awkward_payload())
                ended = self.ended(make(bag), name, f"{name}.lies.pdf")
                self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
                check_stored(self, self.strongroom, "maps", name, "v1", bag.files)
                said.update(event for event in events_of(ended) if event.startswith("Unpacked"))
        self.assertLessEqual(len({event.split(" from ")[0] for event in said}), 1, said)

    def test_g4_g7_what_cannot_be_opened_says_why(self):
        tar = self.bag.package(compress=False)
        for compress in (("zstd", "-q", "-c"), ("xz", "-c"), ("bzip2", "-c")):
            with self.subTest(compress[0]):
                whole = filtered(tar, *compress)
                self.assertIn("Unexpected EOF while unpacking the archive at", self.refused(whole[:-10]))
                self.assertIn("has unexpected data after its end", self.refused(whole + b"more"))
        damaged = bytearray(filtered(tar, "bzip2", "-c"))
        damaged[-3] ^= 1  # of its check value
        self.assertIn("is the bzip2-compression correct?", self.refused(bytes(damaged)))
        self.assertIn("is encrypted", self.refused(self.zipped("-P", "secret")))
        whole = bytearray(self.zipped())
        self.assertIn("Unexpected EOF while unpacking the archive at", self.refused(bytes(whole[:-30])))
        # The first entry's name in its own header, and not in the directory.
        whole[30] ^= 1
        self.assertIn("is it the correct format?", self.refused(bytes(whole)))
        self.assertIn("is it the correct format?", self.refused(b"7z\xbc\xaf\x27\x1c" + bytes(600)))

    def test_a_zip_from_the_command_line(self):
        path = self.directory / "bag.zip"
        path.write_bytes(self.zipped())
        environment = {"STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
                       "STRONGROOM_CLIENT_SECRET": self.api.secret}
        done = run("ingest", str(path), "--space", "maps", "--follow", environment=environment)
        self.assertEqual(done.returncode, 0, done)
        check_stored(self, self.strongroom, "maps", "a", "v1", self.bag.files)


if __name__ == "__main__":
    unittest.main()
