#!/usr/bin/python3
"""Dry runs against the real service (http-api.md 9.2, CORRECTNESS 5.2): what an ingest would find is found, word for
word, and nothing remains: no row, no event, no file, also after `kill -9`.

What an ingest of the same package then finds is the oracle. Slow packages are small and become large when unpacked.
"""

import collections
import concurrent.futures
import json
import os
import re
import subprocess
import time
import unittest

from bags import Bag, package
from harness import Api, ServiceTest, binary, events_of, run, wait_until
from holdings import entries_below, tree

# Whoever asks anything may take a token for it.
TABLES_THAT_MAY_GROW = {"token"}
REPORT_MEMBERS_OF_DRY_RUNS = {"dryRun", "version", "description"}


def wrong_bag(identifier):
    """A dozen wrong digests, a stray file, a missing one, a wrong oxum, a collision that is only warned of."""
    payload = {f"data/{number}.txt": b"x" for number in range(30)}
    bag = Bag(identifier, payload | {"data/A.txt": b"1", "data/a.txt": b"2"}, oxum="7.7")
    for number in range(12):
        bag.files[f"data/{number}.txt"] = b"y"
    bag.files["data/stray.txt"] = b"nobody knows me"
    del bag.files["data/29.txt"]
    return bag


class DryRuns(ServiceTest):
    def ask(self, service, body, query="?dryRun=true", headers=None):
        return service.api.call("POST", "/ingests" + query, body, headers)

    def request(self, service, name, content, identifier="x", **more):
        if content is not None:
            service.place(name, content)
        return service.api.request("maps", identifier, name, **more)

    def report(self, service, body):
        """The report, asked for again for as long as it takes."""
        answer = self.ask(service, body)
        return self.poll(service, answer) if answer.status == 202 else self.good(answer)

    def good(self, answer):
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.json["dryRun"])
        return answer.json

    def poll(self, service, answer):
        place = answer.headers["Location"]
        self.assertEqual(place, f"{service.api.base}/dry-runs/{answer.json['id']}")

        def look():
            shown = service.api.get(place)
            self.assertIn(shown.status, (200, 202), shown)
            return shown if shown.status == 200 else None

        return self.good(wait_until(look, 60, what="the end of a dry run"))

    def everything(self, service):
        """All that could remain of a dry run: rows, and files in every directory of the service."""
        connection = service.catalogue.connect()
        try:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: connection.execute(f"SELECT count(*) FROM \"{name}\"").fetchone()[0] for name in tables
                    if name not in TABLES_THAT_MAY_GROW}
        finally:
            connection.close()
        files = {place: sorted(tree(service.data / place)) for place in ("locations", "records", "working")}
        return rows, files, self.scratch(service)

    def scratch(self, service):
        """Areas of dry runs, of whatever process."""
        below = service.data / "dry-runs"
        return [entry for entry in entries_below(below) if "/" in entry]

    def check_like_an_ingest(self, service, body, failed_event=True):
        """The dry run, then the same request for real: the same stages, findings and texts."""
        before = self.everything(service)
        tried = self.report(service, body)
        self.assertEqual(self.everything(service), before)
        answer = self.ask(service, body, "")
        self.assertEqual(answer.status, 201, answer)
        ended = service.api.ended(answer.json["id"])
        real = service.api.get(f"/ingests/{ended['id']}/report").json
        self.assertEqual(tried["status"], real["status"])
        self.assertEqual(set(tried) - set(real), REPORT_MEMBERS_OF_DRY_RUNS - (set() if "version" in tried else {"version"}))
        stages = [stage for stage in real["stages"] if "locationLabel" not in stage]
        self.assertEqual(len(tried["stages"]), len(stages))
        for mine, theirs in zip(tried["stages"], stages):
            changing = {"startedDate", "endedDate"}
            if theirs["outcome"] == "failed":
                changing |= {"filesChecked", "bytesChecked"}  # told once a second while it runs
            for stage in (mine, theirs):
                self.assertLessEqual({"startedDate", "endedDate"}, set(stage))
            self.assertEqual({k: v for k, v in mine.items() if k not in changing},
                             {k: v for k, v in theirs.items() if k not in changing})
        if real["status"]["id"] == "failed":
            self.assertEqual(tried["problemCount"], real["problemCount"])
            self.assertEqual(tried["description"], [text for text in events_of(ended) if " failed - " in text][-1])
        else:
            self.assertEqual(tried["version"], ended["bag"]["version"])
            self.assertEqual(tried["description"], f"Would be stored as {tried['version']}")
        return tried

    # -- what is found

    def test_accepted_and_refused_as_an_ingest_would_be(self):
        service = self.service()
        good = self.check_like_an_ingest(service, self.request(service, "x.tar.gz", Bag("x").package("top/")))
        self.assertEqual((good["version"], good["problemCount"]), ("v1", 0))
        bad = self.check_like_an_ingest(service, self.request(service, "y.tar.gz", wrong_bag("y").package(), "y"))
        self.assertGreater(bad["problemCount"], 14)
        self.assertGreater(bad["warningCount"], 0)
        for name, content in (("none.tar.gz", None), ("odd.tar.gz", b"neither gzip nor tar"),
                              ("cut.tar.gz", Bag("z").package()[:-20]), ("empty.tar.gz", b"")):
            with self.subTest(name):
                self.check_like_an_ingest(service, self.request(service, name, content, "z"))
        rootless = Bag("z")
        del rootless.files["bagit.txt"]
        self.check_like_an_ingest(service, self.request(service, "rootless.tar.gz", rootless.package(), "z"))
        self.assertIn("dry_run.ended", service.said())

    def test_versions(self):
        service = self.service()
        service.place("x.tar.gz", Bag("x").package())
        service.api.ended(service.api.ingest("maps", "x", "x.tar.gz")["id"])
        exists = self.check_like_an_ingest(service, self.request(service, "x.tar.gz", None))
        self.assertIn("Cannot create new bag: ", exists["description"])
        self.assertEqual([problem["rule"] for stage in exists["stages"] for problem in stage["problems"]], ["P6"])
        absent = self.check_like_an_ingest(
            service, self.request(service, "n.tar.gz", Bag("n").package(), "n", kind="update"))
        self.assertIn("Cannot update existing bag: ", absent["description"])
        stale = self.request(service, "x.tar.gz", None, kind="update")
        stale["bag"]["version"] = "v7"
        self.assertIn("v7 is not the current version", self.check_like_an_ingest(service, stale)["description"])
        stale["bag"]["version"] = "v1"
        self.assertEqual(self.report(service, stale)["version"], "v2")
        self.assertEqual(self.check_like_an_ingest(service, stale)["version"], "v2")

    def test_nothing_is_called_and_no_key_is_bound(self):
        service = self.service()
        body = self.request(service, "x.tar.gz", Bag("x").package(), callback="http://127.0.0.1:1/nobody")
        key = {"Idempotency-Key": "one-delivery"}
        before = self.everything(service)
        self.assertEqual(self.good(self.ask(service, body, headers=key))["callbackAttempts"], [])
        self.assertEqual(self.everything(service), before)
        self.assertEqual(self.ask(service, {}).json["description"], self.ask(service, {}, "").json["description"])
        for query in ("?dryRun=yes", "?dryRun=", "?dryrun=true", "?dryRun=true&dryRun=true"):
            self.assertEqual(self.ask(service, body, query, key).status, 400, query)
        self.assertEqual(self.everything(service), before)
        real = self.ask(service, body, "", key)
        self.assertEqual((real.status, real.headers["Idempotency-Replayed"]), (201, None))

    # -- slow ones

    def slow(self, service, name="slow.tar.gz", mebibytes=192):
        """A small package that takes long: much to unpack, under every digest there is, since the manifests come first."""
        bag = Bag("x", {"data/large.bin": bytes(mebibytes << 20)}, algorithms=("sha256", "sha512", "sha1", "md5"))
        files = dict(sorted(bag.files.items(), key=lambda file: file[0].startswith("data/")))
        return self.request(service, name, package(files))

    def begin(self, service, body):
        answer = self.ask(service, body, headers={"Prefer": "respond-async"})
        self.assertEqual((answer.status, answer.headers["Preference-Applied"]), (202, "respond-async"), answer)
        self.assertEqual(answer.json["type"], "DryRun")
        return answer

    def wait_for_work(self, service, count=1):
        """Until so many dry runs have files in their scratch."""
        wait_until(lambda: sum(entry.endswith("/files/data/large.bin") for entry in self.scratch(service)) >= count,
                   what="a dry run at work")

    def test_a_slow_one_is_polled(self):
        """After ten seconds at the latest there is an answer, and it says where the report will be."""
        service = self.service()
        body = self.slow(service)
        began = time.monotonic()
        self.poll(service, self.begin(service, body))
        one = time.monotonic() - began
        # Enough before it that its turn does not come in time.
        for _ in range(min(30, int(20 / one) + 1)):
            self.begin(service, body)
        answer = self.ask(service, body)
        self.assertEqual((answer.status, answer.headers["Preference-Applied"]), (202, None), answer)
        shown = service.api.get(answer.headers["Location"])
        self.assertEqual((shown.status, shown.json["type"], shown.json["status"]["id"]), (202, "DryRun", "accepted"))
        # Asked to stop, the service does, although much is to be done.
        self.assertEqual(service.stop(), 0)
        self.assertEqual(entries_below(service.data / "dry-runs"), [])

    def test_others_do_not_see_it(self):
        service = self.service()
        place = self.begin(service, self.request(service, "x.tar.gz", Bag("x").package())).headers["Location"]
        self.assertIn(service.api.get(place).status, (200, 202))
        other = Api(service.port, service.api.client_id, service.api.secret)
        made = json.loads(run("client", "add", "--data", str(service.data), "--name", "other", "--all-scopes",
                              "--json").stdout)
        other.client_id, other.secret = made["client_id"], made["client_secret"]
        self.assertEqual(other.get(place).status, 404)
        self.assertEqual(other.get("/dry-runs/nothing").json["description"], "Dry run nothing not found")

    def test_killed_in_the_middle(self):
        service = self.service("[dryRuns]\natOnce = 2\n")
        body = self.slow(service)
        places = [self.begin(service, body).headers["Location"] for _ in range(3)]
        self.wait_for_work(service, 2)
        service.kill()
        self.assertGreater(len(self.scratch(service)), 0)
        service.start()
        self.assertEqual(self.scratch(service), [])
        for place in places:
            self.assertEqual(service.api.get(place).status, 404)
        self.assertEqual(self.report(service, self.request(service, "y.tar.gz", Bag("y").package(), "y"))["version"], "v1")
        rows = dict(service.catalogue.rows("SELECT 'ingest', count(*) FROM ingest UNION SELECT 'bag', count(*) FROM bag"))
        self.assertEqual(rows, {"ingest": 0, "bag": 0})

    def test_many_at_once_stop_nobody(self):
        """Forty that wait hold up neither health nor a real ingest, and what is too much is turned away."""
        service = self.service()
        slow = self.slow(service)
        service.place("y.tar.gz", Bag("y").package())
        with concurrent.futures.ThreadPoolExecutor(45) as pool:
            first = pool.submit(self.ask, service, slow)
            self.wait_for_work(service)
            others = [pool.submit(self.ask, service, slow) for _ in range(40)]
            health = service.api.get("//healthz", authorise=False)
            self.assertEqual((health.status, health.text), (200, "ok"))
            wait_until(lambda: sum(other.done() for other in others) >= 38, what="answers that do not wait")
            self.assertEqual(service.api.get("//healthz", authorise=False).status, 200)
            self.assertEqual(service.api.ended(service.api.ingest("maps", "y", "y.tar.gz")["id"])["status"]["id"],
                             "succeeded")
            statuses = collections.Counter(other.result().status for other in others)
            refused = [other.result() for other in others if other.result().status == 503]
            self.assertIn(first.result().status, (200, 202))
        self.assertLessEqual(set(statuses), {200, 202, 503})
        self.assertGreater(statuses[202], 0)
        self.assertGreater(statuses[503], 0)
        for answer in refused:
            self.assertEqual(answer.json["description"], "Too many dry runs are waiting; ask again later")
            self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertEqual(service.stop(), 0)

    # -- at the command line

    def command(self, service, *arguments, code=0):
        done = run("ingest", *arguments, "--space", "maps", "--dry-run",
                   environment={"STRONGROOM_URL": service.api.base, "STRONGROOM_CLIENT_ID": service.api.client_id,
                                "STRONGROOM_CLIENT_SECRET": service.api.secret, "NO_COLOR": "1"})
        self.assertEqual(done.returncode, code, done)
        return done.stdout

    def test_the_command(self):
        service = self.service()
        file = self.directory / "a bag's.tar.gz"
        file.write_bytes(Bag("x").package())
        before = self.everything(service)
        said = self.command(service, str(file), "--identifier", "x", "--follow", "--callback", "https://flow.example/x")
        self.assertIn("--follow adds nothing\n", said)
        self.assertIn("a dry run calls nobody", said)
        self.assertIn("would be stored as v1: 0 problems, 0 warnings\n", said)
        ledger = {"upload": before[0]["upload"] + 1}
        self.assertEqual(self.everything(service), (before[0] | ledger, *before[1:]))
        # What it says at the end stores this very upload, quotes in its name and all.
        (line,) = re.findall("^  (strongroom ingest .*)$", said, re.M)
        line = line.replace(" --callback https://flow.example/x", "")
        environment = {**os.environ, "PATH": f"{binary().parent}:{os.environ['PATH']}", "STRONGROOM_URL": service.api.base,
                       "STRONGROOM_CLIENT_ID": service.api.client_id, "STRONGROOM_CLIENT_SECRET": service.api.secret}
        stored = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(stored.returncode, 0, stored)
        self.assertEqual(service.api.bag("maps", "x").json["version"], "v1")

    def test_the_command_refused(self):
        service = self.service()
        file = self.directory / "x.tar.gz"
        file.write_bytes(wrong_bag("x").package())
        said = self.command(service, str(file), "--identifier", "x", "--first", "3", code=1)
        self.assertIn("Verification (pre-replicating to archive storage) failed - ", said)
        self.assertIn("would be refused: ", said)
        self.assertIn("K1 wrong-checksum: 12 problems\n", said)
        self.assertIn("and 9 more (--first shows more)\n", said)
        self.assertIn("Nothing was stored.\n", said)
        self.assertNotIn("strongroom ingest --source", said)
        shown = json.loads(self.command(service, "--source", "filesystem:uploads/none.tar.gz", "--identifier", "x", "--json",
                                        code=1))
        self.assertEqual((shown["dryRun"], shown["status"]["id"]), (True, "failed"))
        service.kill()
        self.assertEqual(run("ingest", str(file), "--identifier", "x", "--space", "maps", "--dry-run",
                             environment={"STRONGROOM_CLIENT_ID": ""}).returncode, 2)

    def test_a_large_report_is_streamed(self):
        """Findings by the ten thousand: all are in the report, and the command shows the first."""
        service = self.service()
        bag = Bag("x", {f"data/{number:06}.txt": b"x" for number in range(20_000)})
        for name in bag.payload:
            bag.files[name] = b"y"
        file = self.directory / "x.tar.gz"
        file.write_bytes(bag.package())
        said = self.command(service, str(file), "--identifier", "x", code=1)
        self.assertIn("K1 wrong-checksum: 20,000 problems\n", said)
        shown = json.loads(self.command(service, str(file), "--identifier", "x", "--json", code=1))
        self.assertEqual(sum(len(stage["problems"]) for stage in shown["stages"]), shown["problemCount"])
        self.assertGreaterEqual(shown["problemCount"], 20_000)


if __name__ == "__main__":
    unittest.main()
