#!/usr/bin/python3
"""The ways out for bytes: one file of a stored version, the whole bag as a package, and `strongroom bag get`.

Acceptance cases D4 and E1 to E5. Packages are unpacked by GNU tar and checked by coreutils, as others would.

  --trips N   bags that go in and come out again (STRONGROOM_TRIPS; 600, under sanitizers 60)
"""

import gzip
import http.client
import io
import json
import os
import subprocess
import tarfile
import time
import unittest
import urllib.parse

from bags import Bag, awkward_payload, random_payload
from harness import SHORT_PAUSES, ServiceTest, binary, events_of, option, wait_until
from holdings import tree
from stand_in import StandIn

PREFIX = "s3://primary/maps"
KILLS = option("kills", 6)
# A sanitizer takes several times as long.
ROUND_TRIPS = option("trips", 60 if os.environ.get("STRONGROOM_SANITIZE") else 200)


def check_bag(test, directory):
    """Complete and valid, by its own manifests and nothing of ours: every listed file is there, no other one is."""
    names = {os.fsdecode(name) for name in tree(directory)}
    for prefix, listed in (("manifest-", "data/"), ("tagmanifest-", None)):
        manifests = [name for name in names if name.startswith(prefix) and "/" not in name]
        test.assertTrue(manifests)
        for manifest in manifests:
            program = manifest.removeprefix(prefix).removesuffix(".txt") + "sum"
            if (directory / manifest).read_bytes():
                done = subprocess.run([program, "--check", "--strict", "--quiet", manifest], cwd=directory,
                                      capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
                test.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            lines = (directory / manifest).read_text().splitlines()
            told = {line.split(None, 1)[1] for line in lines}
            if listed:
                test.assertEqual(told, {name for name in names if name.startswith(listed)})
            else:
                test.assertEqual(told, {n for n in names if not n.startswith(("data/", "tagmanifest-"))})


class Content(ServiceTest):
    def setUp(self):
        super().setUp()
        names = ("primary", "second", "third")
        self.strongroom = self.service(SHORT_PAUSES + self.new_locations(*names, aliases=["s3://primary/"]))
        self.vaults = [self.directory / name for name in names]
        self.api = self.strongroom.api
        self.count = 0

    def stored(self, bag, kind="create", space="maps", package=None):
        self.count += 1
        name = f"{self.count}.tar.gz"
        self.assertIn(self.api.upload(name, package or bag.package()).status, (200, 201))
        ended = self.api.ended(self.api.ingest(space, bag.identifier, name, kind=kind)["id"], seconds=240)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
        return ended

    def two_versions(self):
        """Of E1: v2 fetches `a` from v1, and renamed, and brings a new `b`."""
        first = Bag("x", {"data/a.txt": b"the first", "data/b.txt": b"old"})
        self.stored(first)
        whole = {"data/a.txt": b"the first", "data/b.txt": b"new", "data/c.txt": b"the first"}
        lines = [f"{PREFIX}/x/v1/data/a.txt 9 data/a.txt", f"{PREFIX}/x/v1/data/a.txt 9 data/c.txt"]
        second = Bag("x", whole).fetching(lines, {"data/b.txt"})
        self.stored(second, "update")
        return first, second, Bag("x", whole)

    def content(self, bag, name, version=None, **more):
        path = f"/bags/maps/{urllib.parse.quote(bag)}/content/{urllib.parse.quote(name)}"
        return self.api.get(path + (f"?version={version}" if version else ""), **more)

    def archive(self, bag, version=None, space="maps"):
        return self.api.get(f"/bags/{space}/{urllib.parse.quote(bag)}/archive" + (f"?version={version}" if version else ""))

    def unpacked(self, package, name="out"):
        directory = self.directory / name
        directory.mkdir()
        subprocess.run(["tar", "-xzf", "-", "-C", str(directory)], input=package, check=True)
        (top,) = directory.iterdir()
        return top

    def run_get(self, *arguments, check=0):
        done = subprocess.run([str(binary()), "bag", "get", *map(str, arguments)], cwd=self.directory,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, env=self.environment())
        self.assertEqual(done.returncode, check, done.stdout + done.stderr)
        return done.stdout if check == 0 else done.stderr

    def cut_off(self, path):
        """What comes of an answer that breaks off."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/storage/v1" + path, headers={"Authorization": f"Bearer {self.api.token}"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        came = b""
        with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
            while True:
                piece = answer.read1(1 << 16)
                came += piece
                if not piece and (answer.length or 0) > 0:
                    raise http.client.IncompleteRead(b"")
                self.assertTrue(piece, "the answer came to its end")
        return came

    def environment(self):
        return {**os.environ, "STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
                "STRONGROOM_CLIENT_SECRET": self.api.secret}

    # -- the API

    def test_e1_files_of_their_versions(self):
        _, second, _ = self.two_versions()
        described = {file["name"]: file for part in ("manifest", "tagManifest")
                     for file in self.api.bag("maps", "x").json[part]["files"]}
        for name, content in {**second.files, "data/a.txt": b"the first", "data/c.txt": b"the first"}.items():
            with self.subTest(name):
                answer = self.content("x", name)
                self.assertEqual((answer.status, answer.body), (200, content))
                self.assertEqual(answer.headers["ETag"], f'"{described[name]["checksum"]}"')
                self.assertEqual(answer.headers["Content-Length"], str(len(content)))
                head = self.api.call("HEAD", f"/bags/maps/x/content/{name}")
                self.assertEqual((head.status, head.body), (200, b""))
                self.assertEqual(head.headers["Content-Length"], str(len(content)))
        self.assertEqual(self.content("x", "data/b.txt", "v1").body, b"old")
        missing = self.content("x", "data/none")
        self.assertEqual((missing.status, missing.json["description"]), (404, "File data/none not found in maps/x v2"))

    def test_e2_parts(self):
        self.stored(Bag("x", {"data/ten": b"0123456789", "data/empty": b""}))
        for asked, status, body, told in (("bytes=0-3", 206, b"0123", "bytes 0-3/10"), ("bytes=-4", 206, b"6789", "bytes 6-9/10"),
                                          ("bytes=6-", 206, b"6789", "bytes 6-9/10"), ("bytes=0-1,3-4", 200, b"0123456789", None),
                                          ("bytes=10-", 416, None, "bytes */10")):
            answer = self.content("x", "data/ten", headers={"Range": asked})
            self.assertEqual((answer.status, answer.headers["Content-Range"]), (status, told), asked)
            if body is not None:
                self.assertEqual((answer.body, answer.headers["Content-Length"]), (body, str(len(body))))
        empty = self.content("x", "data/empty")
        self.assertEqual((empty.status, empty.body, empty.headers["Content-Length"]), (200, b"", "0"))

    def test_e3_awkward_names(self):
        payload = {**awkward_payload(), "data/a b+c%41.txt": b"plus", "data/é.txt": b"composed"}
        self.stored(Bag("a/b c", payload))
        for name, content in payload.items():
            answer = self.content("a/b c", name)
            self.assertEqual((answer.status, answer.body), (200, content), name)
        self.assertEqual(self.content("a/b c", "data/e\u0301.txt").status, 404)
        for path in ("/bags/maps/a/b%20c/content/../bag-info.txt", "/bags/maps/a/b%20c/content/%2e%2e/%2e%2e/%2e%2e/data.toml"):
            self.assertEqual(self.api.get(path).status, 404)

    def test_e4_what_a_location_cannot_give(self):
        large = os.urandom(3_000_000)
        self.stored(Bag("x", {"data/large": large, "data/small": b"small"}))
        stored = self.vaults[0] / "maps" / "x" / "v1" / "data"
        stored.chmod(0o755)
        (stored / "small").unlink()
        self.assertEqual(self.content("x", "data/small").body, b"small")
        self.assertIn("file.copy_unusable", self.strongroom.said())
        (stored / "large").chmod(0o644)
        with open(stored / "large", "r+b") as file:
            file.seek(1_500_000)
            file.write(bytes([large[1_500_000] ^ 1]))
        self.assertLess(len(self.cut_off("/bags/maps/x/content/data/large")), len(large))
        # A part that is right is given; the package breaks off and is no whole gzip.
        self.assertEqual(self.content("x", "data/large", headers={"Range": "bytes=0-99"}).body, large[:100])
        with self.assertRaises(EOFError):
            gzip.decompress(self.cut_off("/bags/maps/x/archive"))
        told = self.api.get("//metrics").text
        self.assertRegex(told, r'strongroom_copies_unusable_total\{fault="damaged",location="primary"\} 2')
        self.assertRegex(told, r'strongroom_copies_unusable_total\{fault="missing",location="primary"\} 1')
        self.assertEqual(self.strongroom.said().count("event=file.copy_damaged"), 2, "each once")
        # The command tells it, and keeps what is right for when the copy is mended.
        self.assertIn("data/large", self.run_get("maps/x", check=1))
        with open(stored / "large", "r+b") as file:
            file.write(large)
        self.run_get("maps/x", "--verify")
        self.assertEqual(self.content("x", "data/large").body, large)
        self.assertEqual(self.strongroom.said().count("event=file.copy_whole_again"), 1, "what was mended")

    def test_e5_packages(self):
        first, _, whole = self.two_versions()
        answer = self.archive("x")
        self.assertEqual(answer.headers["Content-Type"], "application/gzip")
        self.assertEqual(answer.headers["Content-Disposition"], "attachment; filename*=UTF-8''x-v2.tar.gz")
        self.assertEqual(self.archive("x", "v2").body, answer.body)
        top = self.unpacked(answer.body)
        self.assertEqual(top.name, "x-v2")
        check_bag(self, top)
        self.assertEqual({os.fsdecode(k): v for k, v in tree(top).items()}, whole.files)
        old = self.unpacked(self.archive("x", "v1").body, "old")
        self.assertEqual({os.fsdecode(k): v for k, v in tree(old).items()}, first.files)
        self.stored(whole, space="other", package=answer.body)
        self.stored(Bag("PP/MIA 1"))
        self.assertEqual(self.unpacked(self.archive("PP/MIA 1").body, "mia").name, "PP_MIA 1-v1")

    def test_round_trips(self):
        """What went in comes out byte for byte, for bags of all kinds."""
        bags = []
        for number in range(ROUND_TRIPS):
            count = 1 + number * 7 if number < 25 else 1 + number % 5
            bags.append(Bag(f"r{number}", random_payload(number, count, 3000), version="1.0" if number % 2 else "0.97",
                            algorithms=("sha256", "sha512") if number % 3 else ("sha256",),
                            tag_files={"a/notes": b"n", "zz": b"z"}))
            self.strongroom.place(f"r{number}", bags[-1].package())
            self.api.ingest("maps", f"r{number}", f"r{number}")
        wait_until(lambda: not self.api.get("/ingests?status=accepted,processing&limit=1").json["results"], 600, 0.2)
        for bag in bags:
            self.assertEqual(self.in_package(self.archive(bag.identifier).body, f"{bag.identifier}-v1/"), bag.files)

    def in_package(self, package, top):
        """The files of a package, read by Python's own readers."""
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(package))) as tar:
            return {member.name.removeprefix(top): tar.extractfile(member).read() for member in tar}

    # -- the command

    def test_bag_get(self):
        _, _, whole = self.two_versions()
        said = self.run_get("maps/x", "--verify")
        self.assertEqual(said, "x-v2: v2, 7 files, " + said.split(", ")[2] + ", complete and valid\n")
        got = self.directory / "x-v2"
        check_bag(self, got)
        self.assertEqual({os.fsdecode(k): v for k, v in tree(got).items()}, whole.files)
        self.assertFalse((self.directory / "x-v2.part").exists())
        self.assertIn("is there already", self.run_get("maps/x", check=2))
        told = json.loads(self.run_get("maps/x@v1", "--out", self.directory / "old", "--json"))
        self.assertEqual((told["version"], told["fileCount"], told["verified"]), ("v1", 6, False))
        self.run_get("maps/x", "--version", "v1", "--out", self.directory / "old.tar.gz", "--verify")
        self.assertEqual((self.directory / "old.tar.gz").read_bytes(), self.archive("x", "v1").body)
        for asked, told in (("maps/none", "Storage manifest maps/none not found"),
                            ("maps/x@v9", "Storage manifest maps/x v9 not found")):
            self.assertIn(told, self.run_get(asked, check=3))
            self.assertIn(told, self.run_get(asked, "--out", "no.tar.gz", check=3))
        self.assertIn("must be SPACE/IDENTIFIER", self.run_get("x", check=2))
        self.assertFalse((self.directory / "no.tar.gz.part").exists())

    def test_bag_get_goes_on_where_it_stopped(self):
        bag = Bag("x", random_payload(5, 300, 3000, large=3, large_bytes=20_000_000))
        self.stored(bag)
        self.stored(Bag("x", {"data/other": b"?"}), "update")
        command = [str(binary()), "bag", "get", "maps/x@v1", "--out", str(self.directory / "got")]
        for number in range(KILLS):
            came = self.bytes_below("got.part")
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment())
            wait_until(lambda came=came: process.poll() is not None or self.bytes_below("got.part") > came + number * 1_000_000, 60,
                       0.001)
            process.kill()
            self.assertNotEqual(process.wait(), 0, "it was faster than this test")
        # The service goes away in the middle, too.
        came = self.bytes_below("got.part")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.environment())
        wait_until(lambda: process.poll() is not None or self.bytes_below("got.part") > came, 60, 0.001)
        self.strongroom.kill()
        time.sleep(1)
        self.strongroom.start()
        said, _ = process.communicate(timeout=180)
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual({os.fsdecode(k): v for k, v in tree(self.directory / "got").items()}, bag.files)

    def bytes_below(self, name):
        total = 0
        for path in (self.directory / name).rglob("*"):
            try:
                total += path.stat().st_size
            except FileNotFoundError:
                pass
        return total

    def test_another_version_is_not_mixed_in(self):
        self.two_versions()
        part = self.directory / "got.part"
        part.mkdir()
        (part / "download.json").write_text('{"id":"maps/x","version":"v1"}')
        self.assertIn("holds an unfinished download of maps/x v1", self.run_get("maps/x@v2", "--out", "got", check=2))
        # Without a version it is the one that was begun.
        self.assertIn("v1, 6 files", self.run_get("maps/x", "--out", "got"))

    def test_hostile_names_are_refused(self):
        """Of a service that names files outside of the bag nothing is taken."""
        for name in ("../outside", "data/../../outside", "/outside", "data//x", ""):
            file = {"type": "File", "name": name, "path": "v1/x", "size": 1, "checksum": "0" * 64}
            bag = {"id": "maps/x", "version": "v1", "manifest": {"checksumAlgorithm": "sha256", "files": [file]},
                   "tagManifest": {"checksumAlgorithm": "sha256", "files": []}}
            hostile = StandIn(lambda path, query, bag=bag: bag)
            self.addCleanup(hostile.close)
            done = subprocess.run([str(binary()), "bag", "get", "maps/x", "--out", "got"], cwd=self.directory, timeout=60,
                                  capture_output=True, text=True,
                                  env={**os.environ, **hostile.environment})
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("the service names a file outside of the bag", done.stderr)
            self.assertFalse((self.directory / "outside").exists() or (self.directory / "got").exists())

    def test_damage_on_the_way_is_noticed(self):
        self.stored(Bag("x", {"data/a": b"right"}))
        part = self.directory / "got.part"
        (part / "pieces").mkdir(parents=True)
        (part / "download.json").write_text('{"id":"maps/x","version":"v1"}')
        (part / "pieces" / "0").write_bytes(b"wro")
        self.assertIn("other bytes than the archive's checksum says", self.run_get("maps/x", "--out", "got", check=1))
        self.run_get("maps/x", "--out", "got")
        self.assertEqual((self.directory / "got" / "data" / "a").read_bytes(), b"right")


if __name__ == "__main__":
    unittest.main()
