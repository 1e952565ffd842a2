#!/usr/bin/python3
"""`strongroom bag create`: bags made in place and as packages, with no service running; and what cannot be made."""

import json
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

from bags import awkward_payload, random_payload
from harness import run

MADE, REFUSED = 0, 2


class Create(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="strongroom-")
        self.addCleanup(held.cleanup)
        self.directory = pathlib.Path(held.name)

    def laid(self, payload, name="scans"):
        """The payload of a bag as a plain directory."""
        top = self.directory / name
        top.mkdir()
        for path, content in payload.items():
            file = top / path.removeprefix("data/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return top

    def contents(self, directory):
        return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}

    def create(self, code, *arguments):
        done = run("bag", "create", *map(str, arguments))
        self.assertEqual(done.returncode, code, done)
        return done.stdout if code == MADE else done.stderr

    def check(self, bag, files):
        """Complete and valid, by BagIt and by the archive, and by coreutils."""
        done = run("bag", "validate", "--json", "--rules", "archive", "--strict", str(bag))
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(json.loads(done.stdout)["fileCount"], files)

    def test_in_place(self):
        payload = awkward_payload()
        scans = self.laid(payload)
        inodes = {path.name: path.stat().st_ino for path in scans.rglob("*") if path.is_file()}
        said = self.create(MADE, scans, "--id", "b1", "--info", "Source-Organization=Map Room", "--info", "Contact=a",
                           "--info", "Contact=b=c")
        self.assertIn(f"made a bag: {scans}, {len(payload)} files, ", said)
        self.check(scans, len(payload) + 4)
        made = self.contents(scans)
        self.assertEqual({name: content for name, content in made.items() if name.startswith("data/")}, payload)
        info = made["bag-info.txt"].decode().splitlines()
        self.assertEqual(info[:4], ["External-Identifier: b1", "Source-Organization: Map Room", "Contact: a",
                                    "Contact: b=c"])
        self.assertIn(f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}", info)
        # Moved, not copied; and nothing left beside it.
        self.assertEqual({path.name: path.stat().st_ino for path in (scans / "data").rglob("*") if path.is_file()}, inodes)
        self.assertEqual(os.listdir(self.directory), ["scans"])

    def test_names_that_manifests_must_encode(self):
        scans = self.laid({"data/100%.txt": b"1", "data/100%25.txt": b"2", "data/line\nfeed": b"3", "data/cr\rhere": b"4",
                           "data/data/data.txt": b"5"})
        self.create(MADE, scans, "--id", "b1", "--algorithm", "sha512", "--algorithm", "md5")
        done = run("bag", "validate", "--json", "--strict", str(scans))
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(b"data/line%0Afeed\n", (scans / "manifest-md5.txt").read_bytes())
        self.assertIn(b"data/100%2525.txt\n", (scans / "manifest-sha512.txt").read_bytes())

    def test_as_a_package(self):
        payload = random_payload(3, 300)
        scans = self.laid(payload)
        before = self.contents(scans)
        package = self.directory / "b1.tar.gz"
        said = json.loads(self.create(MADE, scans, "--id", "b1", "--to", package, "--json"))
        self.assertEqual(said, {"path": str(package), "fileCount": len(payload),
                                "byteCount": sum(map(len, payload.values()))})
        self.assertEqual(self.contents(scans), before)
        self.check(package, len(payload) + 4)
        with tarfile.open(package) as tar:
            self.assertEqual({name.split("/")[0] for name in tar.getnames()}, {"scans"})
        self.assertIn("is there already", self.create(REFUSED, scans, "--id", "b1", "--to", package))
        self.assertIn(".tar.gz", self.create(REFUSED, scans, "--id", "b1", "--to", self.directory / "b1.zip"))
        self.assertEqual(sorted(os.listdir(self.directory)), ["b1.tar.gz", "scans"])

    def test_the_bag_verifies_with_coreutils(self):
        scans = self.laid(random_payload(5, 50))
        self.create(MADE, scans, "--id", "b1")
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            subprocess.run(["sha256sum", "--quiet", "--strict", "-c", manifest], cwd=scans, check=True)

    def test_an_empty_directory(self):
        scans = self.laid({})
        self.create(MADE, scans, "--id", "b1")
        self.check(scans, 4)

    def test_from_inside(self):
        scans = self.laid({"data/a": b"a"})
        here = os.getcwd()
        os.chdir(scans)
        try:
            self.create(MADE, ".", "--id", "b1")
        finally:
            os.chdir(here)
        self.check(scans, 5)

    def test_what_is_refused_changes_nothing(self):
        scans = self.laid({"data/a": b"a"})
        before = self.contents(scans)
        for wanted, *arguments in (("--id", scans, "--id", "/b1"), ("--info", scans, "--id", "b1", "--info", "no value"),
                                   ("--info", scans, "--id", "b1", "--info", "A: b=c"),
                                   ("from --id", scans, "--id", "b1", "--info", "external-identifier=b2"),
                                   ("is not a directory", self.directory / "absent", "--id", "b1"),
                                   ("--algorithm", scans, "--id", "b1", "--algorithm", "crc32")):
            with self.subTest(wanted):
                self.assertIn(wanted, self.create(REFUSED, *arguments))
        os.symlink("a", scans / "link")
        self.assertIn("no links", self.create(REFUSED, scans, "--id", "b1"))
        os.unlink(scans / "link")
        (scans / "blank ").write_bytes(b"")
        self.assertIn("ends in a blank", self.create(REFUSED, scans, "--id", "b1"))
        os.unlink(scans / "blank ")
        self.assertEqual(self.contents(scans), before)
        self.assertEqual(os.listdir(self.directory), ["scans"])
        self.create(MADE, scans, "--id", "b1")
        made = self.contents(scans)
        self.assertIn("is a bag already", self.create(REFUSED, scans, "--id", "b1"))
        self.assertEqual(self.contents(scans), made)

    def test_a_run_that_was_ended_is_taken_up(self):
        # Between the two renames: the directory is inside of the bag that is to get its name.
        scans = self.laid({"data/a": b"a"})
        self.create(MADE, scans, "--id", "b1")
        whole = self.contents(scans)
        os.rename(scans, self.directory / ".scans.new-bag")
        self.assertIn("finished", self.create(MADE, scans, "--id", "b1"))
        self.assertEqual(self.contents(scans), whole)
        # Before the first: what is left is made anew.
        other = self.laid({"data/a": b"a"}, "other")
        left = self.directory / ".other.new-bag"
        left.mkdir()
        (left / "manifest-sha256.txt").write_text("half of a line")
        self.create(MADE, other, "--id", "b2")
        self.check(other, 5)
        self.assertEqual(sorted(os.listdir(self.directory)), ["other", "scans"])


if __name__ == "__main__":
    unittest.main()
