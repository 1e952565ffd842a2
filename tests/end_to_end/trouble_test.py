#!/usr/bin/python3
"""Trouble that an operator can mend, and what the service does meanwhile (pipeline.md 2.4, CORRECTNESS 1.9, 1.11, N3).

Full disks, locations that cannot be written, a source that is gone, a location that is not the one it was. Needs root:
disks of our own, and immutable directories, since mode bits mean nothing to root.
"""

import json
import subprocess
import unittest
import uuid

from bags import Bag, random_payload
from disks import Disk, command
from harness import ServiceTest, events_of, run, wait_until
from holdings import check_absent, check_nothing_left, check_stored


class Trouble(ServiceTest):
    def begin(self, service, space="maps", bag=None):
        bag = bag or Bag("x", random_payload(5, 60, 3000, 2, 500_000))
        service.place("x.tar.gz", bag.package())
        return service.api.ingest(space, "x", "x.tar.gz")["id"], bag

    def wait_for_retrying(self, service, ingest, beginning):
        """Until an event begins so; the ingest is then still processing, and nothing of it is visible."""

        def look():
            shown = service.api.show(ingest)
            self.assertIn(shown["status"]["id"], ("accepted", "processing"), events_of(shown))
            return [text for text in events_of(shown) if text.startswith(beginning)]

        try:
            (text,) = wait_until(look, 60, 0.05, f"an event {beginning}…")
        except AssertionError as late:
            raise AssertionError(f"{late}: {events_of(service.api.show(ingest))}") from None
        self.assertEqual(service.api.bag("maps", "x").status, 404)
        return text

    def ends_well(self, service, ingest, bag):
        ended = service.api.ended(ingest, 180)
        events = events_of(ended)
        self.assertEqual(ended["status"]["id"], "succeeded", events)
        self.assertEqual(len(events), len(set(events)), events)
        check_stored(self, service, "maps", "x", "v1", bag.files)
        check_nothing_left(self, service)

    def test_no_room_to_work(self):
        """Less than storage.minFree left where the catalogue lies: no step writes, and the reason is recorded."""
        disk = Disk(self, self.directory / "disk", 512)
        service = self.service('[storage]\nminFree = "64MiB"\n', name="disk/data")
        service.log = self.directory / "service.log"
        ballast = disk.fill(leave_mebibytes=48)
        ingest, bag = self.begin(service)
        text = self.wait_for_retrying(service, ingest, "Unpacking retrying")
        self.assertEqual(text, "Unpacking retrying - full disk")
        ballast.unlink()
        self.ends_well(service, ingest, bag)
        service.stop()

    def test_a_location_runs_full(self):
        disk = Disk(self, self.directory / "data" / "locations" / "replica-1", 64)
        service = self.service()
        bag = Bag("x", random_payload(6, 100, 3000, 12, 1_000_000))
        ballast = disk.fill(leave_mebibytes=5)
        ingest, bag = self.begin(service, bag=bag)
        text = self.wait_for_retrying(service, ingest, "Replicating to replica-1 retrying - ")
        self.assertEqual(text, "Replicating to replica-1 retrying - full disk")
        ballast.unlink()
        self.ends_well(service, ingest, bag)
        service.stop()

    def test_a_location_that_is_read_only(self):
        disk = Disk(self, self.directory / "data" / "locations" / "replica-2", 128)
        service = self.service()
        disk.read_only(True)
        ingest, bag = self.begin(service)
        self.wait_for_retrying(service, ingest, "Replicating to replica-2 retrying - ")
        disk.read_only(False)
        self.ends_well(service, ingest, bag)
        service.stop()

    def test_a_location_that_cannot_be_written(self):
        service = self.service()
        barred = service.locations()[1] / "_strongroom"
        for directory in (barred / "staging", barred):
            if directory.exists():
                command("chattr", "+i", str(directory))
                self.addCleanup(subprocess.run, ["chattr", "-i", str(directory)], capture_output=True)
        ingest, bag = self.begin(service)
        text = self.wait_for_retrying(service, ingest, "Replicating to replica-1 retrying - ")
        self.assertNotIn(str(self.directory), text)
        command("chattr", "-i", str(barred))
        if (barred / "staging").exists():
            command("chattr", "-i", str(barred / "staging"))
        self.ends_well(service, ingest, bag)

    def test_a_final_directory_that_cannot_be_written(self):
        """The copy is made and read back, but cannot be moved to its place."""
        service = self.service()
        space = service.locations()[2] / "maps"
        space.mkdir(parents=True)
        command("chattr", "+i", str(space))
        self.addCleanup(subprocess.run, ["chattr", "-i", str(space)], capture_output=True)
        ingest, bag = self.begin(service)
        self.wait_for_retrying(service, ingest, "Verification (replica-2) retrying - ")
        command("chattr", "-i", str(space))
        self.ends_well(service, ingest, bag)

    def test_an_unfinished_run_keeps_its_locations(self):
        """CORRECTNESS 1.10: a configuration that lacks one of them is refused at start, naming the ingest."""
        service = self.service()
        space = service.locations()[2] / "maps"
        space.mkdir(parents=True)
        command("chattr", "+i", str(space))
        self.addCleanup(subprocess.run, ["chattr", "-i", str(space)], capture_output=True)
        ingest, bag = self.begin(service)
        self.wait_for_retrying(service, ingest, "Verification (replica-2) retrying - ")
        service.stop()
        file = self.directory / "fewer.toml"
        file.write_text("".join(f'[[locations]]\nname = "{path.name}"\npath = "{path}"\nrole = "{role}"\n' for path, role in
                                zip(service.locations(), ("primary", "replica"))))
        self.refused_start(service, ingest, "not configured", config=file)
        command("chattr", "-i", str(space))
        service.start()
        self.ends_well(service, ingest, bag)

    def test_a_source_that_is_gone(self):
        service = self.service()
        first, _ = self.begin(service, "first")
        self.assertEqual(service.api.ended(first)["status"]["id"], "succeeded")
        (service.data / "uploads" / "x.tar.gz").unlink()
        ended = service.api.ended(service.api.ingest("maps", "x", "x.tar.gz")["id"])
        self.assertEqual(ended["status"]["id"], "failed")
        self.assertEqual(events_of(ended)[-1], "Unpacking failed - There is no archive at file://uploads/x.tar.gz")
        check_absent(self, service, "maps", "x", "v1")

    def test_different_content_is_never_overwritten(self):
        """K2: something else lies where the version would go; it stays as it is, and nothing becomes visible."""
        service = self.service()
        bag = Bag("x")
        version = service.locations()[1] / "maps" / "x" / "v1"
        for name, content in bag.files.items():
            (version / name).parent.mkdir(parents=True, exist_ok=True)
            (version / name).write_bytes(content)
        stranger = version / "data" / "a.txt"
        stranger.write_bytes(b"something else\n")
        ingest, _ = self.begin(service, bag=bag)
        ended = service.api.ended(ingest)
        self.assertEqual(ended["status"]["id"], "failed")
        failures = [text for text in events_of(ended) if " failed - " in text and "another location" not in text]
        self.assertEqual(failures, ["Replicating to replica-1 failed - different content is already stored at "
                                    "maps/x/v1/data/a.txt"])
        self.assertEqual(stranger.read_bytes(), b"something else\n")
        self.assertEqual(service.api.bag("maps", "x").status, 404)
        self.assertFalse((service.locations()[0] / "maps" / "x" / "v1").exists())
        self.assertEqual(service.catalogue.registered_bag_events(), [])
        # What lies there keeps the number from being given to anybody else, and the operator sees it.
        (leftover,) = service.api.get(f"/ingests/{ingest}/report").json["leftovers"]
        self.assertEqual((leftover["locationLabel"], leftover["prefix"]), ("replica-1", "maps/x/v1/"))
        held = [version / name for name in bag.files]
        self.assertEqual(leftover["fileCount"], len(held))
        self.assertEqual(leftover["byteCount"], sum(file.stat().st_size for file in held))
        self.assertIn("strongroom_leftover_versions 1", service.api.get("/metrics").text)

    def test_identical_content_is_taken_for_what_it_is(self):
        """K2: the very files lie there already; they are kept, not written again."""
        service = self.service()
        bag = Bag("x")
        version = service.locations()[1] / "maps" / "x" / "v1"
        for name, content in bag.files.items():
            (version / name).parent.mkdir(parents=True, exist_ok=True)
            (version / name).write_bytes(content)
        before = {name: (version / name).stat() for name in bag.files}
        ingest, _ = self.begin(service, bag=bag)
        self.ends_well(service, ingest, bag)
        for name, was in before.items():
            now = (version / name).stat()
            self.assertEqual((now.st_ino, now.st_mtime_ns), (was.st_ino, was.st_mtime_ns), name)

    def test_unexpected_content_is_refused(self):
        """K2: a file that is not part of the version lies where the version would go."""
        service = self.service()
        bag = Bag("x")
        version = service.locations()[1] / "maps" / "x" / "v1"
        for name, content in (bag.files | {"data/more.txt": b"more"}).items():
            (version / name).parent.mkdir(parents=True, exist_ok=True)
            (version / name).write_bytes(content)
        ingest, _ = self.begin(service, bag=bag)
        events = events_of(service.api.ended(ingest))
        self.assertIn("Replicating to replica-1 failed - unexpected content is already stored at "
                      "maps/x/v1/data/more.txt", events)
        self.assertEqual(service.api.bag("maps", "x").status, 404)

    def refused_start(self, service, *words, config=None):
        more = ["--config", str(config)] if config else []
        done = run("serve", "--data", str(service.data), "--listen", f"127.0.0.1:{service.port}", *more, seconds=30)
        self.assertNotEqual(done.returncode, 0, done)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_a_location_that_is_another(self):
        service = self.service()
        service.stop()
        marker = service.locations()[1] / "_strongroom" / "location.json"
        text = marker.read_text()
        marker.chmod(0o644)
        marker.write_text(text.replace(json.loads(text)["uuid"], str(uuid.uuid4())))
        self.refused_start(service, "replica-1")
        marker.write_text(text)
        service.start()
        service.stop()
        marker.unlink()
        self.refused_start(service, "replica-1")

    def test_a_location_that_is_not_mounted(self):
        """An empty directory where a disk should be: refused, and nothing is written into it."""
        disk = Disk(self, self.directory / "data" / "locations" / "replica-2", 128)
        service = self.service()
        ingest, bag = self.begin(service)
        self.ends_well(service, ingest, bag)
        service.stop()
        disk.unmount()
        self.refused_start(service, "replica-2")
        self.assertEqual(list(disk.mount_point.iterdir()), [])
        disk.mount()
        service.start()
        check_stored(self, service, "maps", "x", "v1", bag.files)
        service.stop()


if __name__ == "__main__":
    unittest.main()
