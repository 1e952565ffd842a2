#!/usr/bin/python3
"""The catalogue put together again from one location, on a running service's own data. Acceptance case K6."""

import json
import pathlib
import random
import shutil
import subprocess
import time
import unittest
import urllib.parse

from bags import Bag, awkward_payload
from harness import SHORT_PAUSES, ServiceTest, binary, events_of, option, run, seed_option
from holdings import check_stored, tree

PREFIX = "s3://primary/maps/t"
KILLS = option("kills", 8)


class Rebuild(ServiceTest):
    def setUp(self):
        super().setUp()
        names = ("primary", "second", "third")
        self.strongroom = self.service(SHORT_PAUSES + self.new_locations(*names, aliases=["s3://primary/"]))
        self.vaults = [self.directory / name for name in names]
        self.strongroom.locations = lambda: self.vaults
        self.api = self.strongroom.api
        self.ids = []

    def end(self, bag, space="maps", kind="create", wanted="succeeded"):
        name = f"{len(self.ids)}.tar.gz"
        self.assertIn(self.api.upload(name, bag.package()).status, (200, 201))
        ended = self.api.ended(self.api.ingest(space, bag.identifier, name, kind=kind)["id"])
        self.assertEqual(ended["status"]["id"], wanted, events_of(ended))
        self.ids.append(ended["id"])
        return ended

    def fill(self):
        """Several bags, one of them with versions that take files from each other; one ingest that failed."""
        self.end(Bag("t", {"data/r.txt": b"r" * 56, "data/old.txt": b"old"}))
        whole = {"data/renamed.txt": b"r" * 56, "data/n.txt": b"new"}
        self.end(Bag("t", whole).fetching([f"{PREFIX}/v1/data/r.txt 56 data/renamed.txt"], {"data/n.txt"}),
                 kind="update")
        lines = [f"{PREFIX}/v1/data/r.txt 56 data/renamed.txt", f"{PREFIX}/v2/data/n.txt - data/n.txt"]
        self.end(Bag("t", whole).fetching(lines), kind="update")
        self.end(Bag("a/b c/9", awkward_payload(), algorithms=("sha256", "sha512"), tag_algorithms=("sha256", "md5")))
        self.end(Bag("t"), space="digitised")
        broken = Bag("bad", {"data/a": b"a"})
        broken.files["data/a"] = b"b"
        self.end(broken, wanted="failed")

    def paths(self):
        for bag, versions in (("maps/t", 3), ("maps/a/b c/9", 1), ("digitised/t", 1)):
            path = "/bags/" + urllib.parse.quote(bag)
            yield path
            yield path + "/versions"
            for version in range(1, versions + 1):
                yield f"{path}?version=v{version}"
        yield "/bags/maps/bad"
        yield "/context.json"
        yield "/ontology.ttl"

    def answers(self):
        found = {}
        for path in self.paths():
            answer = self.api.get(path)
            # An error tells the request it answers, which is another one each time.
            found[path] = (answer.status, answer.headers["ETag"], answer.body if answer.status == 200 else b"")
        return found

    def lose(self):
        """The catalogue and all that lies beside it, as when the disk with the data directory is gone."""
        self.assertEqual(self.strongroom.stop(), 0)
        for path in self.strongroom.data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def where(self):
        return ["--data", str(self.strongroom.data), "--config", str(self.strongroom.data.parent / "data.toml")]

    def rebuild(self, source="third", *more):
        return run("rebuild", *self.where(), "--from", source, *more)

    def serve_again(self):
        self.strongroom.start()
        self.strongroom.add_client()
        self.api.token = None

    def test_k6_from_the_third_copy_alone(self):
        self.fill()
        before = self.answers()
        ingests = {id: self.api.show(id) for id in self.ids}
        stored = [tree(vault) for vault in self.vaults]
        refused = self.rebuild()
        self.assertEqual((refused.returncode, refused.stdout), (2, ""), refused)
        self.assertIn("a service is running", refused.stderr)

        self.lose()
        stray = self.vaults[2] / "maps" / "t" / "v7" / "data" / "stray"
        stray.parent.mkdir(parents=True)
        stray.write_text("?")
        for vault in self.vaults[:2]:
            vault.rename(str(vault) + "-away")
        done = self.rebuild()
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stdout.splitlines()[:2], ["not registered: maps/t v7", "  there is no description"])
        self.assertIn("restored 5 versions with ", done.stdout)
        for vault in self.vaults[:2]:
            pathlib.Path(str(vault) + "-away").rename(vault)
        stray.unlink()
        stray.parent.rmdir()
        stray.parent.parent.rmdir()
        self.assertEqual([tree(vault) for vault in self.vaults], stored)

        self.serve_again()
        self.assertEqual(self.answers(), before)
        for id, ingest in ingests.items():
            answer = self.api.get(f"/ingests/{id}")
            if ingest["status"]["id"] == "failed":
                self.assertEqual(answer.status, 404)
                continue
            again = answer.json
            for member in ("id", "ingestType", "space", "bag", "status", "sourceLocation", "createdDate"):
                self.assertEqual(again[member], ingest[member], member)
            count = len(again["events"])
            self.assertEqual(again["events"], ingest["events"][:count])
            self.assertEqual(events_of(again)[-1], "Register started")
        # What was lost with the catalogue is not told as if it had been: a rebuild says so in the audit log.
        audit = run("audit", "export", *self.where())
        self.assertIn("catalogue.rebuilt", audit.stdout)

        for bag, space, version in ((Bag("t", {"data/z": b"z"}), "maps", "v8"), (Bag("a/b c/9"), "maps", "v2"),
                                    (Bag("bad"), "maps", "v1")):
            kind = "create" if version == "v1" else "update"
            ended = self.end(bag, space, kind)
            self.assertEqual(ended["bag"]["version"], version)
            check_stored(self, self.strongroom, space, bag.identifier, version, bag.files)
            described = self.api.bag(space, bag.identifier).json
            self.assertGreater(described["createdDate"], ingests[self.ids[0]]["createdDate"])

    def test_what_does_not_agree_is_told_and_left_alone(self):
        self.fill()
        self.lose()
        described = self.vaults[2] / "_strongroom" / "manifests" / "digitised" / "t" / "v1.json"
        described.chmod(0o644)
        described.write_text(described.read_text().replace('"size":', '"size":1', 1))
        taken = self.vaults[2] / "maps" / "t" / "v1" / "data" / "r.txt"
        taken.parent.chmod(0o755)
        taken.unlink()
        held = tree(self.vaults[2])
        done = self.rebuild("third", "--json")
        self.assertEqual(done.returncode, 1, done)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        told = {(line["bag"], line["version"]): line for line in lines[:-1]}
        self.assertEqual({key for key, line in told.items() if line["outcome"] == "restored"}, {("maps/a/b c/9", "v1")})
        self.assertEqual(told["maps/t", "v1"]["faults"], ["data/r.txt: is missing"])
        for version in ("v2", "v3"):
            self.assertEqual(told["maps/t", version]["faults"],
                             ["data/renamed.txt: is taken from v1/data/r.txt, which is missing"])
        self.assertEqual(told["digitised/t", "v1"]["faultCount"], len(told["digitised/t", "v1"]["faults"]))
        self.assertEqual((lines[-1]["versions"], lines[-1]["unregistered"]), (1, 4))
        self.assertEqual(tree(self.vaults[2]), held)
        again = self.rebuild("second")
        self.assertEqual(again.returncode, 2, again)
        self.assertIn("was rebuilt before and is in service", again.stderr)

        # Begun anew from a healthy copy, all is there.
        self.strongroom.data.joinpath("catalogue.sqlite").unlink()
        done = self.rebuild("second")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("restored 5 versions with ", done.stdout)
        wrong = self.rebuild("fourth")
        self.assertEqual(wrong.returncode, 2, wrong)
        self.assertIn("there is no such location; there are: primary, second, third", wrong.stderr)

    def test_killed_and_begun_again(self):
        for number in range(30):
            self.end(Bag(f"b/{number}", {f"data/{n}": bytes([n]) * 100 for n in range(30)}))
        paths = [f"/bags/maps/b/{number}" for number in range(30)]
        before = [self.api.get(path).body for path in paths]
        self.lose()
        chance = random.Random(seed_option())
        killed = 0
        for attempt in range(1, KILLS + 1):
            process = subprocess.Popen([str(binary()), "rebuild", *self.where(), "--from", "second"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 0.05 * attempt))
            process.kill()
            if process.wait() < 0:
                killed += 1
            else:
                break
        self.assertGreater(killed, 0)
        done = self.rebuild("second")
        if done.returncode != 0:
            self.assertIn("is in service", done.stderr)
        self.serve_again()
        self.assertEqual([self.api.get(path).body for path in paths], before)


if __name__ == "__main__":
    unittest.main()
