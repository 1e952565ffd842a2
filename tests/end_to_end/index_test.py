#!/usr/bin/python3
"""A search server kept up to date: documents, faults, deaths, the commands (search-index.md).

  --kills N   times that the service is killed while it writes (STRONGROOM_KILLS; 6)
"""

import json
import pathlib
import random
import re
import subprocess
import time
import unittest

from bags import Bag
from harness import ServiceTest, binary, events_of, option, run, seed_option, wait_until
from receiver import Receiver
from search_server import Refusal, SearchServer, basic

KILLS = option("kills", 6)
INDEXES = ("storage_ingests", "storage_bags", "storage_files")
DEFINITIONS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "search-index"


def milliseconds(instant):
    """Of an instant of the API."""
    whole, _, fraction = instant.rstrip("Z").partition(".")
    seconds = int(time.mktime(time.strptime(whole + " UTC", "%Y-%m-%dT%H:%M:%S %Z"))) - time.timezone
    return seconds * 1000 + int((fraction + "000")[:3])


class Index(ServiceTest):
    def setUp(self):
        super().setUp()
        self.count = 0

    def begin(self, create=True, settings="", locations=True, **server):
        """A search server, its indexes, and a service that writes to it."""
        self.server = SearchServer(**server)
        self.addCleanup(self.server.close)
        places = self.new_locations("primary", "second", aliases=["s3://primary/"]) if locations else ""
        self.configuration = f'[index]\nurl = "{self.server.url}"\n{settings}\n{places}'
        self.strongroom = self.service(self.configuration)
        self.api = self.strongroom.api
        if create:
            self.command("create")

    def command(self, name, code=0):
        done = run("index", name, "--data", str(self.strongroom.data), "--config", str(self.directory / "data.toml"), "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout) if code < 2 else done.stderr

    def stored(self, bag, space="maps", kind="create", status="succeeded", **more):
        self.count += 1
        name = f"{self.count}.tar.gz"
        self.strongroom.place(name, bag.package())
        ended = self.api.ended(self.api.ingest(space, bag.identifier, name, kind=kind, **more)["id"],
                               with_callback="callback" in more)
        self.assertEqual(ended["status"]["id"], status, events_of(ended))
        return ended

    def caught_up(self):
        def look():
            state = self.command("status")
            return state["position"] == state["lastSequence"]
        wait_until(look, pause=0.1, what="a search server that knows everything")

    def test_documents_are_those_of_the_specification(self):
        self.begin()
        receiver = Receiver(200)
        self.addCleanup(receiver.close)
        room = ("Source-Organization", "Harbour Map Room")
        payload = {"data/a b.TIF": b"aa", "data/foo.JAR": b"f", "data/.abcdef": b"x", "data/no..bmp": b"n"}
        first = self.stored(Bag("PP/MIA 1", payload, fields=[room, ("External-Description", "Carta")], date="2024-05-02"),
                            callback=receiver.url("/done?key=secret"))
        lines = ["s3://primary/maps/b2/v1/data/old.txt 1 data/old.txt"]
        self.stored(Bag("b2", {"data/old.txt": b"o"}))
        self.stored(Bag("b2", {"data/old.txt": b"o", "data/new.txt": b"new"}).fetching(lines, {"data/new.txt"}), kind="update")
        failed = self.stored(Bag("bad", oxum="7.9"), status="failed")
        self.caught_up()

        ingests = self.server.documents("storage_ingests")
        shown = self.api.show(first["id"])
        written = ingests[first["id"]]
        self.assertEqual(written["callback"]["url"], receiver.url("/done?***"))
        self.assertEqual({**written, "callback": shown["callback"]}, {k: v for k, v in shown.items() if k != "@context"})
        self.assertEqual(self.server.versions("storage_ingests")[first["id"]], milliseconds(shown["lastModifiedDate"]))
        self.assertNotIn("failureDescriptions", written)
        told = ingests[failed["id"]]["failureDescriptions"]
        self.assertEqual(told, ", ".join(text for text in events_of(failed) if "failed" in text))
        self.assertIn("failed", told)

        bag = self.api.bag("maps", "PP/MIA 1").json
        self.assertEqual(self.server.documents("storage_bags")["maps/PP/MIA 1"], {
            "id": "maps/PP/MIA 1", "space": "maps", "version": 1, "createdDate": bag["createdDate"],
            "info": {"externalIdentifier": "PP/MIA 1", "payloadOxum": "5.4", "baggingDate": "2024-05-02",
                     "sourceOrganisation": "Harbour Map Room", "externalDescription": "Carta"},
            "location": {"provider": "filesystem", "bucket": "primary", "path": "maps/PP/MIA 1"},
            "replicaLocations": [{"provider": "filesystem", "bucket": "second", "path": "maps/PP/MIA 1"}],
            "filesCount": 4, "filesTotalSize": 5})
        update = self.server.documents("storage_bags")["maps/b2"]
        self.assertEqual((update["version"], update["filesCount"], update["filesTotalSize"]), (2, 2, 4))
        self.assertEqual(self.server.versions("storage_bags"), {"maps/PP/MIA 1": 1, "maps/b2": 2})

        files = self.server.documents("storage_files")
        below = f"file://{self.directory}/primary/maps/"
        self.assertEqual(files[below + "PP/MIA%201/v1/data/a%20b.TIF"], {
            "space": "maps", "externalIdentifier": "PP/MIA 1",
            "location": {"bucket": "primary", "key": "maps/PP/MIA 1/v1/data/a b.TIF"},
            "name": "data/a b.TIF", "suffix": "tif", "size": 2,
            "checksum": {"algorithm": "sha256", "value": bag["manifest"]["files"][1]["checksum"]},
            "createdDate": bag["createdDate"]})
        suffixes = {document["name"]: document.get("suffix") for document in files.values()}
        self.assertEqual(suffixes, {"data/a b.TIF": "tif", "data/foo.JAR": "jar", "data/.abcdef": None, "data/no..bmp": "bmp",
                                    "data/old.txt": "txt", "data/new.txt": "txt"})
        self.assertEqual({id[len(below):] for id in files if "/b2/" in id}, {"b2/v1/data/old.txt", "b2/v2/data/new.txt"})
        self.assertEqual(self.server.versions("storage_files")[below + "b2/v2/data/new.txt"],
                         milliseconds(self.api.bag("maps", "b2").json["createdDate"]))

    def test_nothing_is_written_before_the_indexes_are_there(self):
        self.begin(create=False)
        self.stored(Bag("a"))
        wait_until(lambda: "`strongroom index create` makes it" in self.strongroom.said(), what="a line about the index")
        self.assertEqual([path for method, path, _ in self.server.requests if method != "HEAD"], [])
        self.assertEqual(self.command("create"),
                         {"indexes": [{"name": name, "created": True} for name in INDEXES]})
        for name in INDEXES:
            definition = json.loads((DEFINITIONS / f"{name.split('_')[1]}.json").read_text())
            self.assertEqual(self.server.mappings[name], definition["mappings"])
        self.caught_up()
        self.assertEqual(set(self.server.documents("storage_bags")), {"maps/a"})
        # Once more: what is there stays, and what it lacks is added.
        del self.server.mappings["storage_bags"]["properties"]["filesCount"]
        self.assertEqual(self.command("create"), {"indexes": [{"name": name, "created": False} for name in INDEXES]})
        self.assertIn("filesCount", self.server.mappings["storage_bags"]["properties"])
        self.server.mappings["storage_bags"]["properties"]["filesCount"] = {"type": "keyword"}
        self.assertIn("cannot be changed from type", self.command("create", code=3))

    def test_a_busy_server_is_asked_again(self):
        self.begin()
        answers = [Refusal(429, "es_rejected_execution_exception", "too many"), "cut", "lost",
                   Refusal(503, "unavailable", "no master")]

        def next_fault(*_):
            if not answers and not self.server.bulks[1:]:
                self.server.busy = 2
            return answers.pop(0) if answers else None
        self.server.faults = [next_fault]
        self.stored(Bag("a", {f"data/{n}.txt": b"x" for n in range(20)}))
        self.caught_up()
        self.assertEqual(answers, [])
        self.assertEqual(len(self.server.documents("storage_files")), 20)
        said = self.strongroom.said()
        for text in ("answered 429", "broke off", "answered 503", "the queue is full"):
            self.assertIn(text, said)
        self.assertIn("event=index_not_written", said)
        self.assertEqual(self.command("refused"), {"refused": []})

    def test_what_is_refused_holds_up_nobody(self):
        self.begin()
        del self.server.mappings["storage_bags"]["properties"]["filesTotalSize"]
        long = "data/" + "é" * 100 + ".txt"  # 600 bytes and more in a URL: more than an id may have
        self.stored(Bag("a", {long: b"x", **{f"data/{n:02}.txt": b"y" for n in range(40)}}))
        self.stored(Bag("b"))
        self.caught_up()
        self.assertEqual(len(self.server.documents("storage_files")), 41)
        refused = self.command("refused")["refused"]
        self.assertEqual([one["index"] for one in refused], ["storage_bags", "storage_bags", "storage_files"])
        self.assertEqual([one["id"] for one in refused[:2]], ["maps/a", "maps/b"])
        self.assertIn("strict_dynamic_mapping_exception", refused[0]["reason"])
        self.assertIn("id is too long", refused[2]["reason"])
        self.assertGreater(refused[0]["sequence"], 0)
        self.assertEqual(self.command("status")["refused"], 3)
        shown = run("index", "refused", "--data", str(self.strongroom.data), "--config", str(self.directory / "data.toml"))
        self.assertEqual(len(shown.stdout.splitlines()), 3)
        self.assertIn("\tstorage_bags\tmaps/a\tstrict_dynamic_mapping_exception", shown.stdout)
        # Mended and written again, they are refused no longer.
        self.command("create")
        self.command("rebuild")
        wait_until(lambda: self.command("status")["refused"] == 1, what="two documents that are taken")
        self.caught_up()
        self.assertEqual(self.server.documents("storage_bags")["maps/a"]["filesTotalSize"], 41)

    def test_batches_are_bounded(self):
        self.begin(body_max=200_000)
        self.stored(Bag("many", {f"data/{n:04}.txt": b"x" for n in range(2500)}))
        self.caught_up()
        self.assertEqual(len(self.server.documents("storage_files")), 2500)
        sizes = [size for method, path, size in self.server.requests if path == "/_bulk"]
        self.assertLessEqual(max(sizes), 5 << 20)
        self.assertLessEqual(max(self.server.bulks), 1000)
        # The server takes less at once than it is given first: the batch is cut in two, and nothing is refused.
        self.assertTrue(any(size > 200_000 for size in sizes))
        self.assertEqual(self.command("refused"), {"refused": []})

    def test_a_rebuild_writes_everything_again(self):
        self.begin()
        first = self.stored(Bag("a"))
        self.stored(Bag("bad", oxum="7.9"), status="failed")
        self.caught_up()
        before = {name: self.server.documents(name) for name in INDEXES}
        self.assertEqual(self.command("status")["refused"], 0)
        for name in INDEXES:
            self.server.drop(name)
        self.assertIn("`strongroom index create` makes it", self.command("rebuild", code=3))
        self.command("create")
        done = self.command("rebuild")
        self.assertEqual((done["ingests"], done["bagVersions"], done["refused"]), (2, 1, 0))
        wait_until(lambda: {name: self.server.documents(name) for name in INDEXES} == before, what="everything again")
        # An index that is newer stays what it is.
        newer = {**before["storage_ingests"][first["id"]], "retrying": True}
        self.server.stored["storage_ingests"][first["id"]] = (1 << 50, newer)
        self.assertEqual(self.command("rebuild")["refused"], 0)
        self.assertEqual(self.server.documents("storage_ingests")[first["id"]], newer)
        recorded = run("audit", "export", "--data", str(self.strongroom.data)).stdout
        self.assertEqual(recorded.count("reindex.requested"), 2)

    def test_killed_at_random_it_misses_nothing(self):
        chance = random.Random(seed_option())
        self.begin(locations=False)
        stored = []
        for kill in range(KILLS):
            stored.append(f"k{kill}")
            self.stored(Bag(stored[-1], {f"data/{n:03}.txt": b"x" for n in range(300)}))
            delay = chance.random() * 0.3
            self.server.faults = [lambda *_: time.sleep(delay) or chance.choice([None, None, "lost"])]
            time.sleep(chance.random() * 0.5)
            self.strongroom.kill()
            self.server.faults = []
            self.strongroom.start()
        self.caught_up()
        self.assertEqual(set(self.server.documents("storage_bags")), {f"maps/{name}" for name in stored})
        self.assertEqual(len(self.server.documents("storage_files")), 300 * KILLS)
        self.assertEqual(len(self.server.documents("storage_ingests")), KILLS)
        for document in self.server.documents("storage_ingests").values():
            self.assertEqual(document["status"]["id"], "succeeded")

    def test_credentials(self):
        self.begin(settings='username = "archive"\npassword = "sesame"', credentials=basic("archive", "sesame"))
        self.stored(Bag("a"))
        self.caught_up()
        self.server.credentials = "ApiKey abc=="
        self.assertIn("check index.username and index.password", self.command("create", code=3))
        file = self.directory / "data.toml"
        text = file.read_text()
        file.write_text(re.sub(r'username.*\npassword.*', 'apiKey = "abc=="', text))
        self.assertEqual(len(self.command("create")["indexes"]), 3)
        printed = run("check", "config", "--config", str(file), "--data", str(self.strongroom.data)).stdout
        self.assertNotIn("abc==", printed)
        self.assertIn("# index.apiKey is set", printed)

    def test_without_a_server(self):
        self.strongroom = self.service(client=False)
        done = subprocess.run([str(binary()), "index", "status", "--data", str(self.strongroom.data)], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no search server is configured: set index.url", done.stderr)


if __name__ == "__main__":
    unittest.main()
