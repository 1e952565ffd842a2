#!/usr/bin/python3
"""Searching a running service, over the API and the command line (http-api.md 9.3)."""

import json
import os
import subprocess
import unittest
import urllib.parse

from bags import Bag
from harness import SHORT_PAUSES, Api, ServiceTest, binary, events_of, run, wait_until


class Search(ServiceTest):
    def setUp(self):
        super().setUp()
        names = ("primary", "second")
        self.strongroom = self.service(SHORT_PAUSES + self.new_locations(*names, aliases=["s3://primary/"]))
        self.api = self.strongroom.api
        self.count = 0

    def stored(self, bag, space="maps", kind="create"):
        self.count += 1
        name = f"{self.count}.tar.gz"
        self.strongroom.place(name, bag.package())
        ended = self.api.ended(self.api.ingest(space, bag.identifier, name, kind=kind)["id"])
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def fill(self):
        room = ("Source-Organization", "Harbour Map Room")
        self.stored(Bag("PP/MIA 1", {"data/a.tif": b"a", "data/notes.txt": b"n"},
                        fields=[room, ("External-Description", "Carta Náutica")]))
        self.stored(Bag("b2", {"data/sheets/0001.jp2": b"j", "data/sheets/0002.jp2": b"k"}, fields=[room]))
        lines = ["s3://primary/maps/b2/v1/data/sheets/0001.jp2 1 data/sheets/0001.jp2"]
        whole = {"data/sheets/0001.jp2": b"j", "data/sheets/0003.JP2": b"l"}
        self.stored(Bag("b2", whole, fields=[room]).fetching(lines, {"data/sheets/0003.JP2"}), kind="update")
        self.stored(Bag("o", {"data/a.tif": b"a"}), space="other")
        self.caught_up()

    def caught_up(self):
        last = self.api.get("/events?limit=1000").json["lastSequence"]
        wait_until(lambda: self.api.get("/search?limit=1").json["indexedTo"] >= last, what="an index that has caught up")

    def found(self, **query):
        answer = self.api.get("/search?" + urllib.parse.urlencode(query))
        self.assertEqual(answer.status, 200, answer)
        return [f'{result["id"]}@{result["version"]}' for result in answer.json["results"]]

    def test_every_filter(self):
        self.fill()
        everything = ["other/o@v1", "maps/b2@v2", "maps/b2@v1", "maps/PP/MIA 1@v1"]
        self.assertEqual(self.found(), everything)
        self.assertEqual(self.found(q="harbour"), everything[1:])
        self.assertEqual(self.found(q="nautica harbour"), ["maps/PP/MIA 1@v1"])
        self.assertEqual(self.found(space="other"), ["other/o@v1"])
        self.assertEqual(self.found(identifierPrefix="PP/MIA"), ["maps/PP/MIA 1@v1"])
        self.assertEqual(self.found(latest="true"), ["other/o@v1", "maps/b2@v2", "maps/PP/MIA 1@v1"])
        self.assertEqual(self.found(suffix="jp2"), ["maps/b2@v2", "maps/b2@v1"])
        self.assertEqual(self.found(name="0002"), ["maps/b2@v1"])
        self.assertEqual(self.found(name="0002", latest="true"), [])
        self.assertEqual(self.found(name="A.TIF", space="maps"), ["maps/PP/MIA 1@v1"])
        self.assertEqual(self.found(**{"from": "2000-01-01"}), everything)
        self.assertEqual(self.found(to="2000-01-01"), [])
        (result,) = self.api.get("/search?suffix=jp2&latest=true").json["results"]
        self.assertEqual(result["matchCount"], 2)
        self.assertEqual([(file["name"], file["path"], file["size"]) for file in result["matches"]],
                         [("data/sheets/0001.jp2", "v1/data/sheets/0001.jp2", 1),
                          ("data/sheets/0003.JP2", "v2/data/sheets/0003.JP2", 1)])
        self.assertEqual(self.api.get(result["url"]).json["version"], "v2")

    def test_pages(self):
        for number in range(7):
            self.stored(Bag(f"p{number}"))
        self.caught_up()
        seen, url = [], "/search?space=maps&limit=3"
        while url:
            page = self.api.get(url).json
            self.assertLessEqual(len(page["results"]), 3)
            seen += [result["id"] for result in page["results"]]
            url = page.get("next")
        self.assertEqual(seen, [f"maps/p{number}" for number in reversed(range(7))])
        cursor = self.api.get("/search?limit=3").json["next"].split("cursor=")[1]
        for query, name in (("name=ab", "name"), ("from=x", "from"), ("latest=1", "latest"), ("limit=0", "limit"),
                            ("cursor=x", "cursor"), ("space=maps&limit=3&cursor=" + cursor, "cursor")):
            answer = self.api.get("/search?" + query)
            self.assertEqual(answer.status, 400, query)
            self.assertIn(f"Invalid value in query parameter {name}: ", answer.json["description"])

    def test_a_lost_index_is_made_again(self):
        self.fill()
        before = self.found(suffix="jp2")
        self.assertEqual(self.strongroom.stop(), 0)
        for path in self.strongroom.data.glob("search.sqlite*"):
            path.unlink()
        self.strongroom.start()
        self.caught_up()
        self.assertEqual(self.found(suffix="jp2"), before)
        # After a rebuild of the catalogue there are no events: reindexing gives them.
        self.assertEqual(self.strongroom.stop(), 0)
        for path in self.strongroom.data.glob("*.sqlite*"):
            path.unlink()
        where = ["--data", str(self.strongroom.data), "--config", str(self.directory / "data.toml")]
        subprocess.run([str(binary()), "rebuild", *where, "--from", "second"], check=True, capture_output=True)
        self.strongroom.start()
        self.strongroom.add_client()
        self.api.token = None
        self.assertEqual(self.found(suffix="jp2"), [])
        self.assertEqual(self.api.call("POST", "/reindex", {}).json["bagVersions"], 4)
        wait_until(lambda: len(self.found(suffix="jp2")) == 2, what="everything again")

    def test_the_command(self):
        self.fill()

        def search(*arguments, code=0):
            done = subprocess.run([str(binary()), "search", *arguments], capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "STRONGROOM_URL": self.api.base,
                                       "STRONGROOM_CLIENT_ID": self.api.client_id,
                                       "STRONGROOM_CLIENT_SECRET": self.api.secret})
            self.assertEqual(done.returncode, code, done)
            return done
        said = search("harbour", "--latest", "--suffix", "jp2").stdout
        lines = said.splitlines()
        self.assertTrue(lines[0].startswith("maps/b2@v2\t"))
        self.assertEqual(lines[1:], ["  data/sheets/0001.jp2\t1", "  data/sheets/0003.JP2\t1"])
        self.assertEqual(search("nowhere").stderr, "strongroom: nothing was found\n")
        self.assertEqual(len(json.loads(search("--json").stdout)["results"]), 4)
        self.assertIn("there are more", search("--limit", "1").stderr)
        self.assertIn("at least 3 characters", search("--file", "x", code=3).stderr)

    def test_c4_only_what_may_be_seen(self):
        self.fill()
        done = run("client", "add", "--data", str(self.strongroom.data), "--name", "reader", "--scope", "bags:read", "--space",
                   "other", "--json")
        made = json.loads(done.stdout)
        api = Api(self.strongroom.port, made["client_id"], made["client_secret"])
        self.assertEqual([result["id"] for result in api.get("/search").json["results"]], ["other/o"])
        self.assertEqual(api.get("/search?space=maps").status, 403)


if __name__ == "__main__":
    unittest.main()
