#!/usr/bin/python3
"""`strongroom bag validate`: bags on this machine, as directories and as packages, with no service running."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from bags import Bag, awkward_payload, random_payload
from harness import run

VALID, INVALID, UNREADABLE = 0, 1, 2


class Validate(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="strongroom-")
        self.addCleanup(held.cleanup)
        self.directory = pathlib.Path(held.name)

    def laid(self, bag, name="bag"):
        """The bag as a directory."""
        for path, content in bag.files.items():
            file = self.directory / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return self.directory / name

    def validate(self, code, *arguments):
        done = run("bag", "validate", *map(str, arguments))
        self.assertEqual(done.returncode, code, done)
        return done.stdout

    def rules(self, *arguments, code=INVALID):
        found = json.loads(self.validate(code, "--json", *arguments))
        return [(one["rule"], one["kind"], one.get("path")) for one in found["findings"]]

    def test_a_valid_bag_in_every_form(self):
        bag = Bag("a", awkward_payload(), algorithms=("sha256", "sha512"), tag_algorithms=("md5",))
        tar = self.directory / "bag.tar"
        tar.write_bytes(bag.package("a/", compress=False))
        forms = [self.laid(bag), tar]
        for name, *command in (("gz", "gzip"), ("zst", "zstd", "-q"), ("xz", "xz"), ("bz2", "bzip2")):
            forms.append(self.directory / f"bag.tar.{name}")
            forms[-1].write_bytes(subprocess.run([*command, "-c", str(tar)], stdout=subprocess.PIPE, check=True).stdout)
        forms.append(self.directory / "bag.zip")
        subprocess.run(["zip", "-q", "-r", str(forms[-1]), "bag"], cwd=self.directory, check=True)
        before = {path: path.stat().st_mtime_ns for path in self.directory.rglob("*")}
        for form in forms:
            with self.subTest(form.name):
                for rules in ("bagit", "archive"):
                    told = json.loads(self.validate(VALID, "--json", "--rules", rules, form))
                    self.assertEqual((told["valid"], told["fileCount"], told["byteCount"]), (True, len(bag.files), bag.size))
        self.assertEqual({path: path.stat().st_mtime_ns for path in self.directory.rglob("*")}, before)
        self.assertEqual(self.validate(VALID, *forms).count(": valid, "), len(forms))
        self.assertEqual(self.validate(VALID, "--quiet", *forms), "")

    def test_every_kind_of_damage(self):
        for name, change, wanted in (
                ("a byte", lambda files: files.update({"data/a.txt": b"hellO\n"}), ("K1", "data/a.txt")),
                ("a file less", lambda files: files.pop("data/a.txt"), (None, "data/a.txt")),
                ("a file more", lambda files: files.update({"data/more": b"?"}), (None, "data/more")),
                ("a tag file", lambda files: files.update({"bag-info.txt": files["bag-info.txt"] + b"A: b\n"}),
                 (None, "bag-info.txt")),
                ("no declaration", lambda files: files.pop("bagit.txt"), (None, None))):
            with self.subTest(name):
                bag = Bag("a")
                change(bag.files)
                package = self.directory / f"{name}.tar.gz"
                package.write_bytes(bag.package())
                directory = self.laid(bag, name)
                for form in (directory, package):
                    found = self.rules(form)
                    self.assertTrue(any(wanted[0] in (None, rule) and wanted[1] in (None, path)
                                        for rule, _, path in found), found)
                self.assertIn("not valid", self.validate(INVALID, directory))

    def test_what_cannot_be_read_is_no_verdict(self):
        good = self.laid(Bag("a"))
        done = run("bag", "validate", str(good), str(self.directory / "absent"), str(good))
        self.assertEqual(done.returncode, UNREADABLE)
        self.assertEqual(done.stdout.count(": valid, "), 2)
        self.assertIn("absent", done.stderr)

    def test_links_are_no_files(self):
        bag = self.laid(Bag("a"))
        os.symlink("a.txt", bag / "data" / "link")
        self.assertIn(("P3", "forbidden-entry", "data/link"), self.rules(bag))

    def test_damaged_packages_say_so(self):
        package = self.directory / "cut.tar.gz"
        package.write_bytes(Bag("a").package()[:-100])
        self.assertEqual([found[:2] for found in self.rules(package)], [("P2", "truncated-archive")])

    def test_warnings_and_the_archives_own_rules(self):
        nameless = self.laid(Bag(None, fields=[("Source-Organization", "Map Room")]), "nameless")
        self.validate(VALID, nameless)
        self.validate(INVALID, "--rules", "archive", nameless)
        starred = Bag("a")
        starred.files["manifest-sha256.txt"] = starred.files["manifest-sha256.txt"].replace(b"  data", b" *data")
        odd = self.laid(starred.seal_tags(), "odd")
        told = json.loads(self.validate(VALID, "--json", odd))
        self.assertGreater(told["warningCount"], 0)
        self.validate(INVALID, "--strict", odd)

    def test_many_files(self):
        bag = Bag("many", random_payload(7, 20_000, small=200), algorithms=("sha512",))
        package = self.directory / "many.tar.gz"
        package.write_bytes(bag.package())
        told = json.loads(self.validate(VALID, "--json", package))
        self.assertEqual(told["fileCount"], len(bag.files))


if __name__ == "__main__":
    unittest.main()
