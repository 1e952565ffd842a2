#!/usr/bin/python3
"""The documentation is true: its commands run, its example programs work, its lists are complete.

Blocks of a page that begin with ```sh tested are run, in their order, as one script against a real service; the name
of the documented archive is replaced by the address of that service. ```python tested blocks are loaded.
"""

import io
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import unittest

from bags import Bag, package as make_package
from harness import ServiceTest, binary, events_of
from receiver import Receiver

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTED_BASE = "https://archive.example.org/storage/v1"


def page(name):
    return (ROOT / "docs" / name).read_text()


def tested(name, language, part=""):
    """The blocks of a page with this language (and part) behind the word `tested`."""
    blocks = re.findall(rf"^```{language} tested{part and ' ' + part}\n(.*?)^```$", page(name), re.M | re.S)
    assert blocks, f"no tested {language} {part} in {name}"
    return "\n".join(blocks)


def events_in_source():
    """Every event that the program can log."""
    found = set()
    for path in (ROOT / "src").rglob("*.cpp"):
        text = path.read_text()
        call = r'LogLevel::\w+[^";{]*?"([^"]+)"(?:\s*:\s*"([^"]+)")?'
        found.update(event for pair in re.findall(call, text) for event in pair if event)
    return found


class Depositors(ServiceTest):
    def test_the_commands(self):
        service = self.service()
        here = self.directory / "depositor"
        here.mkdir()
        script = "set -euo pipefail\n" + tested("depositors.md", "sh").replace(DOCUMENTED_BASE, service.api.base)
        done = subprocess.run(
            ["bash", "-c", script], cwd=here, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            env={**os.environ, "PATH": f"{binary().parent}:{os.environ['PATH']}", "STRONGROOM_URL": service.api.base,
                 "STRONGROOM_CLIENT_ID": service.api.client_id, "STRONGROOM_CLIENT_SECRET": service.api.secret})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Register succeeded (completed)", done.stdout)
        for identifier, version in (("b12345678", "v1"), ("b87654321", "v2")):
            shown = service.api.bag("maps", identifier)
            self.assertEqual((shown.status, shown.json["version"]), (200, version))
        paths = [file["path"] for file in service.api.bag("maps", "b87654321").json["manifest"]["files"]]
        self.assertEqual(paths, ["v1/data/sheets/0001.txt", "v2/data/sheets/0002.txt"])

    def test_the_check_of_a_signature(self):
        names = {}
        exec(compile(tested("depositors.md", "python"), "depositors.md", "exec"), names)
        is_genuine, secret = names["is_genuine"], "a secret of sixteen"
        service = self.service(f'[callbacks]\nsigningSecret = "{secret}"\n')
        receiver = Receiver(200)
        self.addCleanup(receiver.close)
        service.place("x.tar.gz", Bag("x").package())
        ingest = service.api.ingest("maps", "x", "x.tar.gz", callback=receiver.url())
        self.assertEqual(events_of(service.api.ended(ingest["id"], with_callback=True))[-1], "Callback fulfilled")
        (got,) = receiver.got()
        header = got.headers["Strongroom-Signature"]
        self.assertTrue(is_genuine(header, got.body, secret))
        self.assertFalse(is_genuine(header, got.body + b" ", secret))
        self.assertFalse(is_genuine(header, got.body, "another secret of ours"))
        sent = int(re.match(r"t=(\d+)", header)[1])
        self.assertFalse(is_genuine(header.replace(str(sent), str(sent + 1)), got.body, secret))
        self.assertFalse(is_genuine(header, got.body, secret, tolerance=-1))
        for nonsense in ("", "t=1", "v1=", "t=x,v1=y", ",,"):
            self.assertFalse(is_genuine(nonsense, got.body, secret))

    def test_the_texts_of_failures(self):
        """Every failure of the table happens, with the text that is given there; but for those of the archive's own."""
        service = self.service()
        good, linked = Bag("x"), io.BytesIO()
        with tarfile.open(fileobj=linked, mode="w") as tar:
            link = tarfile.TarInfo("data/link")
            link.type, link.linkname = tarfile.SYMTYPE, "elsewhere"
            tar.addfile(link)
        damaged, grown = Bag("x").files, Bag("x").files
        damaged["data/a.txt"] = b"hellO\n"
        grown["data/Thumbs.db"] = b"?"
        package = bytearray(good.package())
        package[-8:-4] = b"\0\0\0\0"  # the check value of gzip
        happened = [self.failure(service, *case) for case in (
            ("absent", None), ("cut", good.package()[:-100]), ("check", bytes(package)), ("linked", linked.getvalue()),
            ("rootless", make_package({"a": b"a"})), ("damaged", make_package(damaged)), ("grown", make_package(grown)),
            ("other", Bag("y").package()), ("oxum", Bag("x", oxum="6.2").package()),
            ("good", good.package(), "update"))]
        service.place("stored", good.package())
        ended = service.api.ended(service.api.ingest("maps", "x", "stored")["id"])
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        happened.append(self.failure(service, "again", good.package()))
        stored = service.api.bag("maps", "x").json["location"]["url"]
        for name, url in (("stale", f"{stored}/v9/data/a.txt"), ("foreign", "http://elsewhere/a.txt")):
            update = Bag("x").fetching([f"{url} 6 data/a.txt"])
            happened.append(self.failure(service, name, update.package(), "update"))
        documented = re.findall(r"`([^`|]*failed - [^`]*|… is the [^`]*)`", page("depositors.md"))
        self.assertGreater(len(documented), 12)
        for text in documented:
            if re.search("different content|gave up|internal error", text):
                continue
            pattern = re.compile(".*".join(re.escape(part) for part in text.split("…")))
            self.assertTrue(any(pattern.search(event) for event in happened), f"{text}: {happened}")

    def failure(self, service, name, content, kind="create"):
        """The event with which the ingest of this package fails."""
        if content is not None:
            service.place(name, content)
        ended = service.api.ended(service.api.ingest("maps", "x", name, kind=kind)["id"])
        self.assertEqual(ended["status"]["id"], "failed", name)
        return [event for event in events_of(ended) if " failed - " in event][-1]


# What a page for root on a real machine calls, and a test must not.
STAND_INS = """
set -euo pipefail
systemctl() { :; }
chown() { :; }
runuser() { shift 3; "$@"; }
"""


class Operators(ServiceTest):
    def run_script(self, service, part=""):
        script = STAND_INS + tested("operators.md", "sh", part)
        script = script.replace("/var/lib/strongroom", str(service.data)).replace("/var/backups", f"{self.directory}/backups")
        done = subprocess.run(["bash", "-c", script], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, env={**os.environ, "PATH": f"{binary().parent}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def store(self, service, identifier, status="succeeded"):
        ended = service.api.ended(service.api.ingest("maps", identifier, identifier)["id"])
        self.assertEqual(ended["status"]["id"], status, events_of(ended))
        return ended

    def test_a_client(self):
        said = self.run_script(self.service())
        self.assertIn("client_id:     goobi-", said)
        self.assertIn("spaces:        digitised\n", said)

    def test_backup_and_restore(self):
        service = self.service()
        for identifier in ("before", "after"):
            service.place(identifier, Bag(identifier).package())
        self.store(service, "before")
        self.run_script(service, "backup")
        self.store(service, "after")
        service.stop()
        self.run_script(service, "restore")
        service.start()
        self.assertEqual(service.api.bag("maps", "before").status, 200)
        # What came after the backup is not known, is not overwritten, and can be stored under the next number.
        self.assertEqual(service.api.bag("maps", "after").status, 404)
        kept = [location / "maps/after/v1/data/a.txt" for location in service.locations()]
        made = [file.stat().st_ino for file in kept]
        refused = self.store(service, "after", "failed")
        self.assertRegex(events_of(refused)[-1], "Register failed - a different description of .* is already stored")
        self.store(service, "after")
        self.assertEqual(service.api.bag("maps", "after").json["version"], "v2")
        self.assertEqual([file.stat().st_ino for file in kept], made)

    def test_rebuild(self):
        service = self.service()
        service.place("x", Bag("x").package())
        self.store(service, "x")
        described = service.api.bag("maps", "x").body
        service.stop()
        self.assertIn("restored one version with 5 files", self.run_script(service, "rebuild"))
        service.start()
        service.add_client()
        service.api.token = None
        self.assertEqual(service.api.bag("maps", "x").body, described)

    def test_a_destroyed_location(self):
        service = self.service()
        service.place("x", Bag("x").package())
        self.store(service, "x")
        service.stop()
        good, lost = service.locations()[:2]
        marker = (lost / "_strongroom/location.json").read_bytes()
        shutil.rmtree(lost)
        shutil.copytree(good, lost, ignore=shutil.ignore_patterns("location.json", "staging"))
        with self.assertRaises(AssertionError):
            service.start()
        (lost / "_strongroom/location.json").write_bytes(marker)
        service.start()
        service.place("y", Bag("y").package())
        self.store(service, "y")
        self.assertTrue((lost / "maps/x/v1/data/a.txt").exists() and (lost / "maps/y/v1/data/a.txt").exists())

    def test_checking_copies(self):
        service = self.service()
        service.place("x", Bag("x").package())
        self.store(service, "x")
        (script,) = re.findall(r"^```sh\n(cd /mnt/disk-b/bags\n.*?)^```$", page("operators.md"), re.M | re.S)
        location = service.locations()[1]
        script = script.replace("/mnt/disk-b/bags", str(location))
        self.assertEqual(subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout, "")
        file = location / "maps/x/v1/data/a.txt"
        file.chmod(0o644)
        file.write_bytes(b"hellO\n")
        said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout
        self.assertIn("DAMAGED: ./maps/x/v1/manifest-sha256.txt", said)

    def test_every_event_of_the_log_is_explained(self):
        section = re.search(r"^## The log\n(.*?)^## ", page("operators.md"), re.M | re.S)[1]
        explained = {name for row in re.findall(r"^\| (`[^|]*) \|", section, re.M) for name in re.findall("`([^`]+)`", row)}
        events = events_in_source()
        self.assertGreater(len(events), 25)
        self.assertEqual(sorted(events - explained), [], "logged, but not in docs/operators.md")

    def test_every_metric_is_explained(self):
        told = set(re.findall(r'"(strongroom_[a-z_]+)"', (ROOT / "src/ports/metrics.hpp").read_text()))
        self.assertGreater(len(told), 10)
        explained = set(re.findall(r"^\| `(strongroom_[a-z_]+)` \|", page("operators.md"), re.M))
        self.assertEqual(told, explained)

    def test_every_threat_has_its_tests(self):
        rows = [row for row in page("security.md").splitlines() if row.startswith("| ") and row.count("|") == 4]
        rows = [row for row in rows if not row.startswith("| Threat ")]
        self.assertGreater(len(rows), 20)
        for row in rows:
            tests = re.findall("`([^`]+)`", row.split("|")[3])
            self.assertTrue(tests, row)
            text = None
            for name in tests:
                if "/" in name:
                    text = (ROOT / name).read_text()
                else:
                    self.assertIn(name, text, row)


if __name__ == "__main__":
    unittest.main()
