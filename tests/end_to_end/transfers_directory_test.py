#!/usr/bin/python3
"""Packages in a watched directory: nothing is configured but that the companions run (cases H5 and A14), one look by
the command, and Archivematica that reads the same directory.

The directory is looked at as it is by default: a file is taken when it has lain still for ten seconds.
"""

import json
import os
import unittest

from companions import BAD, GOOD_ACC, GOOD_CAT, PATIENCE, CompanionTest, catalogued
from archivematica import Double
from harness import SHORT_PAUSES, run, wait_until

LATER = 75
ALL = 'services = ["watch", "monitor", "notify"]\n'
NOT_CONFIGURED = "Archivematica is not configured"


class Directory(CompanionTest):
    @classmethod
    def setUpClass(cls):
        pass  # no S3 server

    def open(self, settings=ALL, **more):
        self.strongroom = self.service(settings + SHORT_PAUSES, **more)
        self.api = self.strongroom.api
        self.area = self.strongroom.data / "transfers"

    def drop(self, name, content, old=False):
        """As programs do it that know what they do: a temporary name first. `old`: it has lain there for a while."""
        file = self.area / name
        hidden = file.with_name("." + file.name)
        hidden.write_bytes(content)
        if old:
            os.utime(hidden, (1_700_000_000, 1_700_000_000))
        hidden.rename(file)
        return file

    def beside(self, key, result):
        """Logs of a package, as files."""
        file = self.area / key
        return [one for one in file.parent.iterdir() if one.name.startswith(f"{file.name}.{result}.")]

    def unconfigured(self, key):
        record = self.delayed(key, operator=True)
        self.assertIn(NOT_CONFIGURED, record["delayed"]["cause"])
        self.assertEqual((record["area"], record["bucket"], record["event"]["name"]), ("local", "local", "Observed"))
        return record

    def keys(self, *_):
        return sorted(str(one.relative_to(self.area)) for one in self.area.rglob("*"))

    # -- the embedded default

    def test_h5_a14_no_settings_at_all(self):
        self.open()
        wait_until(lambda: (self.area / "born-digital-accessions").is_dir(), PATIENCE, what="its directories")
        good, bad, moved = "born-digital/good.zip", "born-digital/bad.zip", "born-digital-accessions/LEMON.zip"
        slow = "born-digital/deep/slow.zip"
        self.drop(good, GOOD_CAT)
        self.drop(bad, BAD)
        elsewhere = self.directory / "finished.zip"
        elsewhere.write_bytes(GOOD_ACC)
        elsewhere.rename(self.area / moved)
        # None of these is a package.
        (self.area / "born-digital" / ".pkg.zip").write_bytes(GOOD_CAT)
        (self.directory / "outside.zip").write_bytes(GOOD_CAT)
        (self.area / "born-digital" / "link.zip").symlink_to(self.directory / "outside.zip")
        (self.area / "born-digital" / "readme.txt").write_text("hello")
        (self.area / "born-digital" / "deep").mkdir()
        content = catalogued("X/1", "0123456789" * 1000)
        with open(self.area / slow, "wb") as file:
            file.write(content[:1000])
            file.flush()
            # Long enough to be looked at, and too short to be blamed.
            record = self.state("received", "checking", key=slow)
            self.wait("a look", lambda one: one["status"]["id"] == "received" and "size" in one, slow)
            file.write(content[1000:])
        for key in (good, moved):
            self.unconfigured(key)
        self.until("the whole file", lambda one: NOT_CONFIGURED in one.get("delayed", {}).get("cause", ""), slow)
        self.assertNotIn("rejected", {one["status"]["id"] for one in self.of_key(slow)})
        self.assertEqual((self.beside(slow, "failed"), record["area"]), ([], "local"))

        record = self.state("rejected", key=bad)
        (log,) = wait_until(lambda: self.beside(bad, "failed"), PATIENCE, what="the failed log")
        self.assertIn("[META-MISSING] ", log.read_text())
        self.assertTrue(log.name.endswith(f".{record['idempotencyKey'][:12]}.log"), log)
        wait_until(lambda: not self.beside(bad, "received"), PATIENCE, what="no notice")
        self.assertEqual({one["key"] for one in self.transfers()}, {good, bad, moved, slow})
        self.assertEqual(len(self.alerts(NOT_CONFIGURED)), 1, self.alerts())
        shown = run("transfers", "list", "--delayed", "--data", str(self.strongroom.data))
        self.assertEqual((shown.returncode, shown.stdout.count(NOT_CONFIGURED)), (0, 3), shown)

        told = run("notify", "born-digital", "--once", "--data", str(self.strongroom.data))
        self.assertEqual(told.returncode, 0, told)
        self.reported(bad, good)

    def reported(self, bad, good):
        done = run("transfers", "monitor", "--once", "--data", str(self.strongroom.data))
        self.assertEqual(done.returncode, 0, done)
        (report,) = sorted((self.strongroom.data / "reports").glob("*.json"))
        text = json.dumps(json.loads(report.read_text()))
        for key in (bad, good):
            self.assertIn("- " + key, text)
        self.assertLessEqual({bad, good}, set(self.keys()), "nothing was stored, nothing goes")

    def test_h5_one_look_by_the_command(self):
        self.open("")
        self.assertEqual(self.strongroom.stop(), 0)
        data = self.strongroom.data

        def watch():
            return run("transfers", "watch", "--once", "--data", str(data))
        self.assertEqual(watch().returncode, 0)
        bad = self.drop("born-digital/bad.zip", BAD, old=True)
        self.assertEqual(watch().returncode, 0)
        (log,) = self.beside("born-digital/bad.zip", "failed")
        self.assertIn("[META-MISSING] ", log.read_text())
        self.assertEqual(self.beside("born-digital/bad.zip", "received"), [])
        self.assertTrue(bad.exists())
        self.drop("born-digital/good.zip", GOOD_CAT, old=True)
        self.assertEqual(watch().returncode, LATER)
        listed = run("transfers", "list", "--json", "--data", str(data))
        states = {one["key"]: one["label"] for one in json.loads(listed.stdout)["results"]}
        self.assertEqual(states, {"born-digital/bad.zip": "rejected", "born-digital/good.zip": "submitting"})
        self.assertEqual(run("transfers", "watch", "--once", "--area", "other", "--data", str(data)).returncode, 2)

    # -- with Archivematica

    def test_a14_f8_archivematica_reads_the_same_directory(self):
        self.area = self.directory / "area"
        for folder in ("born-digital", "born-digital-accessions"):
            (self.area / folder).mkdir(parents=True)
        self.double = Double(self.directory).start()
        self.addCleanup(self.double.stop)
        self.double.options(fetch="fs", root=str(self.area))
        self.write_keys()
        area = self.area
        self.open(f'services = ["watch"]\n[[areas]]\nname = "main"\nroot = "{area}"\nsweepGrace = "1s"\n'
                  'archivematicaPath = "/srv/transfers"\n' + self.archivematica())
        self.area = area
        key, capitals = "born-digital/alice/pkg.zip", "born-digital/PKG.ZIP"
        (area / "born-digital" / "alice").mkdir()
        self.drop(key, GOOD_CAT)
        self.drop(capitals, catalogued("X/1"))
        location = self.double.location("born-digital", space="fs")["uuid"]
        for one, target in ((key, "/alice/pkg.zip"), (capitals, "/PKG.ZIP")):
            record = self.state("processing", key=one)
            (log,) = wait_until(lambda: self.beside(one, "success"), PATIENCE, what="the success log")
            self.assertIn(f"Archivematica transfer ID: {record['archivematica']['transferId']}", log.read_text())
            wait_until(lambda: not self.beside(one, "received"), PATIENCE, what="no notice")
            (post,) = self.posts(record["idempotencyKey"])
            shown = self.double.transfer(record["archivematica"]["transferId"])
            self.assertEqual((shown["path"], shown["failure"]), (location + ":" + target, None))
            self.assertEqual(post.json["type"], "zipfile")
        calls = {one.target for one in self.double.requests("amss") if "/location/" in one.target}
        self.assertEqual(calls, {"/api/v2/location/?space__access_protocol=FS&purpose=TS"})
        self.removed_once_stored(key, capitals)

    def removed_once_stored(self, gone, replaced):
        """F8: the file goes, and another one that came in the place of its neighbour stays."""
        for key, identifier in ((gone, "LE/MON/1"), (replaced, "X/1")):
            self.register("born-digital", identifier, self.one(key)["archivematica"]["transferId"])
            self.until("stored", lambda record: record["status"]["id"] == "stored", key)
        # Nobody takes the newer one: below its key nothing would go while Archivematica copies it.
        self.assertEqual(self.strongroom.stop(), 0)
        newer = catalogued("X/2", "newer")
        self.drop(replaced, newer)
        done = self.command("transfers", "monitor", "--once")
        self.assertEqual(done.returncode, 0, done)
        (report,) = (self.strongroom.data / "reports").glob("*.json")
        (_, stored) = json.loads(report.read_text())["blocks"]
        self.assertEqual(stored["text"]["text"], f"*Stored*\n- {replaced}\n- {gone}")
        self.assertEqual((self.area / replaced).read_bytes(), newer)
        for key in (gone, replaced):
            self.assertEqual(self.beside(key, "success"), [])
        self.assertFalse((self.area / gone).exists())


if __name__ == "__main__":
    unittest.main()
