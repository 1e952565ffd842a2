#!/usr/bin/python3
"""`strongroom transfers examine`: transfer packages checked on the archivist's own machine, with no service running."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import zipfile

from harness import run

TAKEN, REJECTED, UNREADABLE = 0, 1, 2
CATALOGUED = "filename,dc.identifier\nobjects/,LE/MON/1\n"
ACCESSION = "filename,collection_reference,accession_number\nobjects/,LEMON,1234\n"
RIGHTS = "file,basis\nobjects/a.txt,policy\n"


class Examine(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="strongroom-")
        self.addCleanup(held.cleanup)
        self.directory = pathlib.Path(held.name)

    def package(self, name="pkg.zip", metadata=CATALOGUED, rights=RIGHTS, more=()):
        path = self.directory / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("a.txt", "payload")
            for file, text in (("metadata/metadata.csv", metadata), ("metadata/rights.csv", rights), *more):
                if text is not None:
                    made.writestr(file, text)
        return path

    def examine(self, code, *arguments):
        done = run("transfers", "examine", *map(str, arguments))
        self.assertEqual(done.returncode, code, done)
        return done.stdout

    def codes(self, *arguments, code=REJECTED):
        return [one["code"] for one in json.loads(self.examine(code, "--json", *arguments))["findings"]]

    def test_a_package_that_would_be_taken(self):
        told = self.examine(TAKEN, self.package())
        for number in range(1, 7):
            self.assertIn(f"== Check {number}: ", told)
        self.assertTrue(told.endswith("Result: would be taken, 0 problems, 0 warnings. It becomes the bag LE/MON/1 in the "
                                      "space born-digital.\n"), told)
        found = json.loads(self.examine(TAKEN, "--json", self.package()))
        self.assertEqual(found, {"path": str(self.directory / "pkg.zip"), "key": "born-digital/pkg.zip", "accepted": True,
                                 "identifier": "LE/MON/1", "space": "born-digital", "problems": 0, "warnings": 0,
                                 "findings": []})
        self.assertEqual(self.examine(TAKEN, "--quiet", self.package()), "")

    def test_an_accession(self):
        package = self.package("1234.zip", ACCESSION, None)
        self.assertIn("the bag 1234 in the space born-digital-accessions", self.examine(TAKEN, "--flavour", "accession", package))
        self.assertEqual(self.codes(package), ["W-NO-RIGHTS", "META-COLUMNS"])

    def test_all_problems_at_once_with_lines_and_samples(self):
        package = self.package(metadata="filename,dc.identifier\nobjects/,A\nobjects/,B\n",
                               rights="file,basis\nobjects/a.txt,licence\nobjects/b.txt,policy\n", more=[("metadata/x", "x")])
        found = json.loads(self.examine(REJECTED, "--json", package))
        self.assertEqual([(one["code"], one.get("line")) for one in found["findings"]],
                         [("META-EXTRA-FILE", None), ("RIGHTS-BASIS", 2), ("RIGHTS-NOT-IN-PACKAGE", 3), ("META-ROWS", 2)])
        told = self.examine(REJECTED, package)
        self.assertIn("[RIGHTS-BASIS] metadata/rights.csv line 2, column basis: ", told)
        self.assertRegex(told, r"(?m)^  WRONG:  ")
        self.assertRegex(told, r"(?m)^  RIGHT:  ")
        self.assertTrue(told.endswith("Result: would be REJECTED, 4 problems, 0 warnings.\n"), told)

    def test_what_is_no_package(self):
        cut = self.package("cut.zip")
        cut.write_bytes(cut.read_bytes()[:-10])
        self.assertEqual(self.codes(cut), ["ZIP-TRUNCATED"])
        text = self.directory / "text.zip"
        text.write_text("no zip file")
        self.assertEqual(self.codes(text), ["ZIP-NOT-ZIP"])
        (self.directory / "empty.zip").write_bytes(b"")
        self.assertEqual(self.codes(self.directory / "empty.zip"), ["ZIP-EMPTY"])
        self.examine(UNREADABLE, self.directory / "absent.zip")
        (self.directory / "pkg.tar.gz").write_bytes(b"x")
        self.examine(UNREADABLE, self.directory / "pkg.tar.gz")
        # One that is bad does not keep others from being examined.
        told = self.examine(REJECTED, text, self.package("good.zip"))
        self.assertEqual(len(re.findall(r"(?m)^Result: ", told)), 2)

    def test_deflate64_as_windows_writes_it(self):
        folder = self.directory / "content"
        (folder / "metadata").mkdir(parents=True)
        (folder / "metadata/metadata.csv").write_text(CATALOGUED)
        (folder / "metadata/rights.csv").write_text(RIGHTS)
        (folder / "a.txt").write_text("payload " * 1000)
        package = self.directory / "windows.zip"
        subprocess.run(["7zz", "a", "-tzip", "-mm=Deflate64", "-bso0", "-bsp0", package, "."], cwd=folder, check=True)
        self.assertEqual(self.codes(package, code=TAKEN), [])


if __name__ == "__main__":
    unittest.main()
