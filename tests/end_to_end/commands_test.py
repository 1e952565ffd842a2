#!/usr/bin/python3
"""Every command of the program against the real service: what it prints, its --json, its errors and exit codes.

People are played on a pseudo-terminal; broken connections by a relay; what takes hours by a stand-in for the service.
"""

import datetime
import json
import os
import sqlite3
import stat
import subprocess
import unittest

from bags import Bag, random_payload
from harness import Api, ServiceTest, binary, run
from holdings import check_stored, tree
from stand_in import Relay, StandIn
from terminal import on_terminal

FAILED, USAGE, REFUSED = 1, 2, 3
NO_SUCH_INGEST = "00000000-0000-4000-8000-000000000000"


class Commands(ServiceTest):
    def setUp(self):
        super().setUp()
        self.home = self.directory / "home"
        self.home.mkdir()
        self.nobody = {"HOME": str(self.home), "XDG_CONFIG_HOME": "", "STRONGROOM_URL": "", "NO_COLOR": "",
                       "STRONGROOM_CLIENT_ID": "", "STRONGROOM_CLIENT_SECRET": ""}

    def start(self):
        self.strongroom = self.service()
        self.api = self.strongroom.api
        self.me = self.nobody | {"STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
                                 "STRONGROOM_CLIENT_SECRET": self.api.secret}

    def call(self, *arguments, code=0, environment=None):
        """The command with these credentials; its standard output. It must end with `code`."""
        done = run(*arguments, environment=environment or self.me)
        self.assertEqual(done.returncode, code, done)
        if code in (USAGE, REFUSED):
            self.assertTrue(done.stderr.startswith("strongroom: "), done)
        self.assertNotIn("\x1b", done.stdout + done.stderr, "colours or a progress bar where nobody looks")
        self.errors = done.stderr
        return done.stdout

    def ended(self, space="maps", name="b1", bag=None, **more):
        self.strongroom.place(f"{space}-{name}.tar.gz", (bag or Bag(name)).package())
        return self.api.ended(self.api.ingest(space, name, f"{space}-{name}.tar.gz", **more)["id"])

    def wrong_bag(self):
        bag = Bag("b1", {f"data/{number}.txt": b"x" for number in range(30)})
        for number in range(12):
            bag.files[f"data/{number}.txt"] = b"y"
        return bag


class Login(Commands):
    def credentials_file(self):
        return self.home / ".config/strongroom/credentials.json"

    def test_the_secret_is_asked_for_without_echo_tried_and_kept(self):
        self.start()
        login = ("login", "--url", self.api.base + "/", "--client-id", self.api.client_id)
        wrong = on_terminal(*login, environment=self.nobody, answers=[("Secret", "not it\r")])
        self.assertEqual(wrong.returncode, REFUSED, wrong)
        self.assertFalse(self.credentials_file().exists())
        mistyped = self.api.secret + "x\x7f"  # and the last character taken back
        shown = on_terminal(*login, environment=self.nobody, answers=[("Secret", mistyped + "\r")])
        self.assertEqual(shown.returncode, 0, shown)
        self.assertIn(f"Secret of {self.api.client_id}: ", shown.text)
        self.assertNotIn(self.api.secret, shown.text)
        self.assertNotIn(self.api.secret[:8], shown.text)
        kept = self.credentials_file()
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(kept.parent.stat().st_mode), 0o700)
        self.assertEqual(json.loads(kept.read_text()), {"url": self.api.base, "client_id": self.api.client_id,
                                                        "client_secret": self.api.secret})
        self.assertEqual(self.call("ingests", environment=self.nobody), "")
        other = run("ingests", "--url", "http://127.0.0.1:1/storage/v1", environment=self.nobody)
        self.assertEqual(other.returncode, USAGE, "the secret was sent to another service")
        kept.chmod(0o644)
        self.call("ingests", environment=self.nobody, code=USAGE)
        self.assertIn(f"chmod 600 {kept}", self.errors)
        self.assertIn("logged out", self.call("logout", environment=self.nobody))
        self.assertFalse(kept.exists())
        self.assertEqual(json.loads(self.call("logout", "--json", environment=self.nobody)), {"removed": False})
        self.call("ingests", environment=self.nobody, code=USAGE)
        self.assertIn("strongroom login", self.errors)

    def test_giving_up_at_the_prompt(self):
        self.start()
        for key in ("\x03", "\x04"):
            shown = on_terminal("login", "--url", self.api.base, "--client-id", "c", environment=self.nobody,
                                answers=[("Secret", "half" + ("\x15" if key == "\x04" else "") + key)])
            self.assertEqual(shown.returncode, USAGE, shown)
            self.assertFalse(self.credentials_file().exists())

    def test_without_a_terminal(self):
        self.start()
        login = [str(binary()), "login", "--url", self.api.base, "--client-id", self.api.client_id]
        environment = {**os.environ, **self.nobody}
        piped = subprocess.run([*login, "--json"], input=self.api.secret + "\n", text=True, capture_output=True,
                               env=environment, timeout=60)
        self.assertEqual(piped.returncode, 0, piped)
        self.assertEqual(json.loads(piped.stdout)["file"], str(self.credentials_file()))
        self.assertNotIn(self.api.secret, piped.stdout + piped.stderr)
        secret = self.directory / "secret"
        secret.write_text(self.api.secret + "\n")
        self.call(*login[1:], "--secret-file", str(secret), environment=self.nobody)
        self.call("ingests", "--client-id", self.api.client_id, "--secret-file", str(secret), "--url", self.api.base,
                  environment=self.nobody)
        nothing = subprocess.run(login, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual(nothing.returncode, USAGE, nothing)
        self.call("login", "--url", "http://127.0.0.1:1", "--client-id", "c", "--secret-file", str(secret), code=REFUSED)
        warned = run("login", "--url", "http://192.0.2.1:1", "--client-id", "a b", environment=self.nobody)
        self.assertEqual(warned.returncode, USAGE)


class Ingests(Commands):
    def test_lists(self):
        self.start()
        self.assertEqual(self.call("ingests"), "")
        stored = [self.ended("maps", "b1"), self.ended("charts", "c 1")]
        failed = self.ended("maps", "b2", self.wrong_bag())
        lines = [line.split("\t") for line in self.call("ingests").splitlines()]
        self.assertEqual([line[2] for line in lines], [each["id"] for each in (failed, stored[1], stored[0])])
        self.assertEqual(lines[1], [stored[1]["createdDate"], "succeeded", stored[1]["id"], "v1", "charts/c 1"])
        document = json.loads(self.call("ingests", "--json"))
        self.assertEqual(document["type"], "ResultList")
        self.assertEqual(document["results"], self.api.get("/ingests").json["results"])
        for arguments, wanted in ((("--status", "failed"), [failed]), (("--space", "charts"), [stored[1]]),
                                  (("--identifier", "c 1"), [stored[1]]), (("--status", "succeeded"), stored[::-1]),
                                  (("--status", "failed", "--status", "succeeded", "--space", "maps"), [failed, stored[0]]),
                                  (("--status", "accepted"), [])):
            got = json.loads(self.call("ingests", "--json", *arguments))["results"]
            self.assertEqual([each["id"] for each in got], [each["id"] for each in wanted], arguments)
        self.assertEqual(len(self.call("ingests", "--limit", "2").splitlines()), 2)
        self.assertIn("--limit", self.errors)
        table = on_terminal("ingests", environment=self.me)
        self.assertRegex(table.text, r"CREATED.*STATUS.*INGEST.*VERSION.*BAG")
        self.assertIn("\x1b[31mfailed\x1b[0m", table.text)
        for environment, arguments in ((self.me | {"NO_COLOR": "1"}, ()), (self.me | {"TERM": "dumb"}, ()),
                                       (self.me, ("--color", "never"))):
            self.assertNotIn("\x1b[3", on_terminal("ingests", *arguments, environment=environment).text)
        self.assertIn("\x1b[31m", run("report", failed["id"], "--color", "always", environment=self.me).stdout)

    def test_one(self):
        self.start()
        stored = self.ended()
        shown = self.call("ingests", stored["id"].upper())
        for text in (stored["id"], "succeeded", "maps/b1 v1 (create)", "filesystem:uploads/maps-b1.tar.gz",
                     *(event["description"] for event in stored["events"])):
            self.assertIn(text, shown)
        self.assertEqual(json.loads(self.call("ingests", stored["id"], "--json")), stored)
        self.assertIn("succeeded: maps/b1 v1", self.call("ingests", stored["id"], "--follow"))
        failed = self.ended("maps", "b2", self.wrong_bag())
        self.assertIn(f"strongroom report {failed['id']}", self.call("ingests", failed["id"], "--follow", code=FAILED))
        self.assertEqual(json.loads(self.call("ingests", failed["id"], "--follow", "--json", code=FAILED)), failed)
        self.call("ingests", NO_SUCH_INGEST, code=REFUSED)
        self.assertIn(f"Ingest {NO_SUCH_INGEST} not found", self.errors)
        for arguments in (("b1",), ("--follow",), (stored["id"], "--space", "x"), ("--status", "faild"),
                          ("--limit", "0"), ("--stuck", "--older-than", "soon"), ("--stuck", "--status", "failed")):
            self.call("ingests", *arguments, code=USAGE)
        self.call("ingests", environment=self.me | {"STRONGROOM_CLIENT_SECRET": "wrong"}, code=REFUSED)
        self.assertIn("does not know the client", self.errors)

    def test_report(self):
        self.start()
        failed = self.ended("maps", "b1", self.wrong_bag())
        shown = self.call("report", failed["id"])
        self.assertIn(f"ingest {failed['id']} failed: 12 problems", shown)
        self.assertIn("12 problems\n", shown)
        self.assertIn("and 2 more (--first shows more)", shown)
        self.assertEqual(self.call("report", failed["id"], "--first", "100").count("data/"), 12)
        path = f"/ingests/{failed['id']}/report"
        self.assertEqual(json.loads(self.call("report", failed["id"], "--json")), self.api.get(path).json)
        self.assertIn("0 problems", self.call("report", self.ended("maps", "b2")["id"]))
        self.call("report", NO_SUCH_INGEST, code=REFUSED)
        self.call("report", "b1", code=USAGE)

    def test_retry(self):
        self.start()
        missing = self.call("ingest", "--source", "filesystem:uploads/later.tar.gz", "--space", "maps", "--identifier", "b1",
                            "--follow", "--json", code=FAILED)
        ingest = json.loads(missing)["id"]
        again = self.call("retry", ingest, "--follow", code=FAILED)
        self.assertIn("is tried again", again)
        self.strongroom.place("later.tar.gz", Bag("b1").package())
        mended = self.call("retry", ingest, "--follow")
        self.assertIn("succeeded: maps/b1 v1", mended)
        self.assertNotIn("Retry requested\n" * 2, mended, "events of earlier runs were shown again")
        self.call("retry", ingest, code=REFUSED)
        self.assertIn("cannot be retried: its status is succeeded", self.errors)
        self.call("retry", "x", code=USAGE)
        depositor = json.loads(self.call("client", "add", "--data", str(self.strongroom.data), "--name", "d", "--json"))
        self.call("retry", ingest, code=REFUSED, environment=self.me | {
            "STRONGROOM_CLIENT_ID": depositor["client_id"], "STRONGROOM_CLIENT_SECRET": depositor["client_secret"]})
        self.assertIn("strongroom client grant", self.errors)

    def test_bag_show(self):
        self.start()
        bag = Bag("a/b 1", fields=[("External-Description", "a chart")])
        self.ended("maps", "x")
        package = self.directory / "b.tar.gz"
        package.write_bytes(bag.package())
        self.call("ingest", str(package), "--space", "maps", "--follow")
        shown = self.call("bag", "show", "maps/a/b 1")
        for text in ("maps/a/b 1", "v1", "a chart", "sha256", "file://"):
            self.assertIn(text, shown)
        self.assertEqual(json.loads(self.call("bag", "show", "maps/a/b 1", "--json", "--version", "v1")),
                         self.api.bag("maps", "a/b 1").json)
        names = [line.split("\t")[2] for line in self.call("bag", "show", "maps/a/b 1", "--files").splitlines()]
        self.assertEqual(sorted(names), sorted(bag.files))
        self.call("bag", "show", "maps/none", code=REFUSED)
        self.assertIn("Storage manifest maps/none not found", self.errors)
        self.call("bag", "show", "maps/a/b 1", "--version", "v2", code=REFUSED)
        for arguments in (("maps",), ("maps/a//b",), ("maps/x", "--version", "2"), ("maps/x", "--files", "--json"), ()):
            self.call("bag", "show", *arguments, code=USAGE)

    def test_bag_versions(self):
        self.start()
        for number in (1, 2, 3):
            package = self.directory / "b.tar.gz"
            package.write_bytes(Bag("a/b 1", {"data/a.txt": b"%d" % number}).package())
            self.call("ingest", str(package), "--space", "maps", "--follow", *(["--update"] if number > 1 else []))
        lines = [line.split("\t") for line in self.call("bag", "versions", "maps/a/b 1").splitlines()]
        self.assertEqual([(line[0], line[2]) for line in lines], [("v3", "latest"), ("v2", ""), ("v1", "")])
        listed = json.loads(self.call("bag", "versions", "maps/a/b 1", "--json"))
        self.assertEqual(listed, self.api.get("/bags/maps/a/b%201/versions").json)
        self.call("bag", "versions", "maps/none", code=REFUSED)
        self.assertIn("No storage manifest versions found for maps/none", self.errors)
        for arguments in (("maps",), ("maps/-x",), ()):
            self.call("bag", "versions", *arguments, code=USAGE)


class Ingest(Commands):
    def test_updates_and_what_cannot_be(self):
        self.start()
        package = self.directory / "b.tar.gz"
        package.write_bytes(Bag("b1").package())
        ingest = ("ingest", str(package), "--space", "maps", "--follow")
        self.call(*ingest)
        self.call(*ingest, code=FAILED)
        self.call(*ingest, "--update", "--version", "v7", code=FAILED)
        self.assertIn("maps/b1 v2", self.call(*ingest, "--update", "--version", "v1"))
        for arguments in ((str(package), "--source", "filesystem:uploads/x"), (), ("--source", "filesystem:uploads/x"),
                          ("--source", "uploads/x", "--identifier", "b"), (str(package), "--version", "v1"),
                          (str(package), "--update", "--version", "1")):
            self.call("ingest", "--space", "maps", *arguments, code=USAGE)
        self.call("ingest", str(package), "--space", "maps", "--callback", "ftp://x", code=REFUSED)
        self.assertIn("Invalid value at .callback.url", self.errors)
        self.call("ingest", "--source", "floppy:a/x", "--space", "maps", "--identifier", "b", code=REFUSED)
        document = json.loads(self.call("ingest", str(package), "--space", "maps", "--update", "--json", "--callback",
                                        "http://127.0.0.1:1/done"))
        self.assertEqual(document["callback"]["url"], "http://127.0.0.1:1/done")

    def test_a_connection_that_breaks_makes_no_second_ingest(self):
        self.start()
        package = self.directory / "b.tar.gz"
        package.write_bytes(Bag("b1").package())
        relay = Relay(self.strongroom.port, b"POST /storage/v1/ingests", cuts=2)
        self.addCleanup(relay.close)
        through = self.me | {"STRONGROOM_URL": f"http://127.0.0.1:{relay.port}/storage/v1"}
        self.assertIn("succeeded", self.call("ingest", str(package), "--space", "maps", "--follow", environment=through))
        self.assertEqual(relay.cut, 2)
        self.assertEqual(len(self.api.get("/ingests").json["results"]), 1)

    def test_a_person_sees_how_far_it_is(self):
        self.start()
        bag = Bag("b1", random_payload(3, 200, 2000, 8, 4_000_000))
        package = self.directory / "b.tar.gz"
        package.write_bytes(bag.package())
        shown = on_terminal("ingest", str(package), "--space", "maps", "--follow", environment=self.me, columns=100)
        self.assertEqual(shown.returncode, 0, shown)
        self.assertRegex(shown.text, r"\r\x1b\[K\[#* *\] +\d+ %  uploading b\.tar\.gz  .* of .*/s")
        self.assertIn("\x1b[32msucceeded\x1b[0m: maps/b1 v1", shown.text)
        for line in shown.text.replace("\r\n", "\n").split("\n"):
            self.assertLess(max(len(part) for part in line.split("\r\x1b[K")), 130)
        check_stored(self, self.strongroom, "maps", "b1", "v1", bag.files)


class StandIns(Commands):
    def stand_in(self, documents):
        stand_in = StandIn(documents)
        self.addCleanup(stand_in.close)
        self.me = self.nobody | stand_in.environment
        return stand_in

    def ingest(self, number, hours=0.0, minutes_ago=0.0, status="processing", last="Unpacking started", **more):
        def instant(age):
            return (datetime.datetime.utcnow() - age).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

        moved = instant(datetime.timedelta(minutes=minutes_ago))
        return {"type": "Ingest", "id": f"00000000-0000-4000-8000-{number:012}", "status": {"id": status, "type": "Status"},
                "bag": {"id": f"maps/b{number}"}, "createdDate": instant(datetime.timedelta(hours=hours)),
                "lastModifiedDate": moved, "events": [{"createdDate": moved, "description": last}], **more}

    def test_pages(self):
        """All pages are read, at the URL that was given, whatever host `next` names."""
        def documents(path, query):
            at = int(query.get("cursor", 0))
            rest = {"next": f"https://elsewhere.example.org/ingests?limit=1000&cursor={at + 2}"} if at < 6 else {}
            return {"@context": "c", "type": "ResultList", "results": [self.ingest(at), self.ingest(at + 1)], **rest}

        stand_in = self.stand_in(documents)
        self.assertEqual(len(self.call("ingests").splitlines()), 8)
        self.assertEqual(len(stand_in.asked), 4)
        self.assertEqual(len(self.call("ingests", "--limit", "3").splitlines()), 3)
        document = json.loads(self.call("ingests", "--limit", "5", "--json"))
        self.assertEqual(document["@context"], "c")
        self.assertEqual([each["bag"]["id"] for each in document["results"]], [f"maps/b{number}" for number in range(5)])
        self.stand_in(lambda path, query: (500, {}) if "cursor" in query else documents(path, query))
        self.call("ingests", "--json", code=REFUSED)

    def test_stuck(self):
        retrying = "Replicating to vault retrying - the network timed out"
        unfinished = [self.ingest(1, 0.1, 1), self.ingest(2, 5, 45, last=retrying),
                      self.ingest(3, 50, 180, progress=[{"step": "replicating to vault", "bytesDone": 1, "bytesTotal": 4}])]

        def documents(path, query):
            assert query["status"] == "accepted,processing", query
            return {"type": "ResultList", "results": unfinished}

        self.stand_in(documents)
        lines = [line.split("\t") for line in self.call("ingests", "--stuck").splitlines()]
        self.assertEqual([line[4] for line in lines], ["maps/b3", "maps/b2"])
        self.assertEqual(lines[0][:3], ["2 d 2 h", "3 h", "processing"])
        self.assertEqual(lines[0][5], "Unpacking started; replicating to vault 25 %")
        self.assertEqual((lines[1][2], lines[1][5]), ("retrying", retrying))
        self.assertEqual(len(self.call("ingests", "--stuck", "--older-than", "1h").splitlines()), 1)
        found = json.loads(self.call("ingests", "--stuck", "--json"))["results"]
        self.assertEqual([each["bag"]["id"] for each in found], ["maps/b3", "maps/b2"])
        shown = on_terminal("ingests", "--stuck", environment=self.me, columns=200).text
        self.assertIn("3 unfinished ingests, the oldest for 2 d 2 h; 2 without an event for more than 10min, 1 of them being "
                      "tried again.", shown)
        unfinished.clear()
        self.assertEqual(self.call("ingests", "--stuck"), "")
        self.assertIn("Nothing is unfinished.", on_terminal("ingests", "--stuck", environment=self.me).text)

    def test_what_the_service_says_never_reaches_the_terminal_raw(self):
        self.stand_in(lambda path, query: {"type": "ResultList", "results": [
            self.ingest(1, 1, 1, last="\x1b[2J\x07", bag={"id": "maps/\x1b]0;x\x07", "version": "\x1b"})]})
        for arguments in (("ingests",), ("ingests", "--stuck", "--older-than", "0s")):
            shown = on_terminal(*arguments, "--color", "never", environment=self.me).text
            self.assertIn("maps/", shown)
            self.assertNotIn("\x1b", shown)
            self.assertNotIn("\x07", shown)

    def test_answers_that_are_none(self):
        self.stand_in(lambda path, query: {"type": "Something"})
        self.call("ingests", code=REFUSED)
        self.call("ingests", NO_SUCH_INGEST, code=REFUSED)


class Operators(Commands):
    def client(self, *arguments, code=0):
        text = self.call("client", *arguments, "--data", str(self.strongroom.data), "--json", code=code)
        return json.loads(text) if code == 0 else None

    def test_clients_change_while_the_service_runs(self):
        self.start()
        self.ended("maps", "b1")
        made = self.client("add", "--name", "viewer", "--scope", "ingests:read")
        name, secret = made["client_id"], made["client_secret"]
        viewer = Api(self.strongroom.port, name, secret)
        self.assertEqual(viewer.get("/bags/maps/b1").status, 403)
        self.assertEqual(self.client("grant", name, "--scope", "bags:read", "--space", "charts")["grants"][1],
                         {"scope": "bags:read", "spaces": ["charts"]})
        viewer.token = None
        self.assertEqual(viewer.get("/bags/maps/b1").status, 403)
        self.client("grant", name, "--scope", "bags:read", "--space", "maps")
        self.assertEqual(viewer.get("/bags/maps/b1").status, 200, "a grant acts at once")
        self.client("revoke", name, "--scope", "bags:read", "--space", "maps")
        self.assertEqual(viewer.get("/ingests").status, 401, "a token outlived a revocation")
        viewer.token = None
        self.assertEqual(viewer.get("/bags/maps/b1").status, 403)

        self.assertTrue(self.client("disable", name)["disabled"])
        self.assertEqual(viewer.get("/ingests").status, 401)
        self.assertEqual(viewer.take_token().status, 401)
        self.assertFalse(self.client("enable", name)["disabled"])
        self.assertEqual(viewer.take_token().status, 200)

        second = self.client("rotate", name)["client_secret"]
        for good in (secret, second):
            self.assertEqual(viewer.take_token(credentials=(name, good)).status, 200)
        self.client("rotate", name, code=USAGE)
        self.assertEqual(self.client("rotate", name, "--finish")["secrets"], 1)
        self.assertEqual(viewer.take_token(credentials=(name, secret)).status, 401)
        self.assertEqual(viewer.take_token(credentials=(name, second)).status, 200)
        self.client("rotate", name, "--finish", code=USAGE)
        self.assertGreater(self.client("revoke-tokens", name)["revoked"], 0)

        listed = {each["client_id"]: each for each in self.client("list")["clients"]}
        self.assertEqual(listed[name], self.client("show", name))
        self.assertEqual(listed[name]["name"], "viewer")
        for arguments in (("show", "nobody"), ("show",), ("grant", name), ("grant", name, "--scope", "bags:rede"),
                          ("grant", name, "--scope", "operator", "--space", "a/b"), ("revoke", name, "--scope", "operator")):
            self.client(*arguments, code=USAGE)
        nowhere = self.directory / "nowhere"
        self.call("client", "list", "--data", str(nowhere), code=USAGE)
        self.assertFalse(nowhere.exists(), "a look made a catalogue")
        self.call("client", "list", code=USAGE)

    def test_audit(self):
        self.start()
        data = ("--data", str(self.strongroom.data))
        self.ended("maps", "b1")
        self.client("add", "--name", "x")
        lines = self.call("audit", "export", *data).splitlines()
        records = [json.loads(line) for line in lines]
        self.assertEqual([each["number"] for each in records], list(range(1, len(records) + 1)))
        actions = [each["action"] for each in records]
        for action in ("client.added", "ingest.requested", "version.registered", "ingest.ended"):
            self.assertIn(action, actions)
        self.assertEqual(self.call("audit", "export", "--after", "2", *data).splitlines(), lines[2:])
        whole = json.loads(self.call("audit", "verify", "--json", *data))
        self.assertEqual((whole["whole"], whole["last"]), (True, len(lines)))
        anchor = f"{whole['last']}:{whole['sha256']}"
        self.assertIn(anchor, self.call("audit", "verify", "--expect", anchor, *data))
        self.call("audit", "verify", "--expect", f"1:{whole['sha256']}", *data, code=FAILED)
        self.call("audit", "verify", "--expect", f"999:{whole['sha256']}", *data, code=FAILED)
        self.call("audit", "verify", "--expect", "1:abc", *data, code=USAGE)

        file = self.directory / "audit.jsonl"
        for piece, code in ((lines, 0), (lines[2:], 0), (lines[:1] + lines[2:], FAILED),
                            ([lines[0].replace("operator", "somebody")] + lines[1:], FAILED), ([], 0), (["x"], FAILED)):
            file.write_text("".join(line + "\n" for line in piece))
            self.call("audit", "verify", str(file), code=code)
        self.call("audit", "verify", str(self.directory / "none"), code=USAGE)

        self.strongroom.stop()
        with sqlite3.connect(self.strongroom.data / "catalogue.sqlite") as catalogue:
            triggers = catalogue.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
            for (name,) in triggers.fetchall():  # somebody who can write the file can do that too
                catalogue.execute(f"DROP TRIGGER {name}")
            catalogue.execute("UPDATE audit SET line = replace(line, 'done', 'none') WHERE number = 2")
        catalogue.close()
        verdict = json.loads(self.call("audit", "verify", "--json", *data, code=FAILED))
        self.assertFalse(verdict["whole"])
        self.assertIn("record 3", verdict["problem"])

    def test_check_config(self):
        self.start()
        data = str(self.strongroom.data)
        before = tree(self.strongroom.data / "locations")
        shown = self.call("check", "config", "--data", data, "--listen", f"127.0.0.1:{self.strongroom.port}")
        self.assertEqual(shown.count(" is itself: "), 3)
        self.assertIn(f'listen = "127.0.0.1:{self.strongroom.port}"', shown)
        effective = self.directory / "effective.toml"
        effective.write_text(shown)
        self.call("check", "config", "--config", str(effective))
        self.assertEqual(tree(self.strongroom.data / "locations"), before)
        file = self.directory / "x.toml"
        file.write_text(f'data = "{data}"\n[callbacks]\nsigningSecret = "very secret indeed"\n[[locations]]\nname = "vault"\n'
                        f'path = "{self.directory}/vault"\nrole = "primary"\n')
        shown = self.call("check", "config", "--config", str(file), code=USAGE)
        self.assertIn("problem", shown)
        self.assertNotIn("very secret", shown)
        (self.directory / "vault").mkdir()
        checked = json.loads(self.call("check", "config", "--config", str(file), "--json", code=USAGE))
        self.assertFalse(checked["good"])
        self.assertIn("strongroom location init", json.dumps(checked["checks"]))
        made = json.loads(self.call("location", "init", str(self.directory / "vault"), "--label", "vault", "--json"))
        self.assertIn(made["uuid"], self.call("check", "config", "--config", str(file)))
        file.write_text('listen = "somewhere"\ncolour = "red"\n')
        wrong = json.loads(self.call("check", "config", "--config", str(file), "--json", code=USAGE))
        self.assertLessEqual({"listen", "colour", "data"}, {each["key"] for each in wrong["problems"]})
        self.assertIn("listen", self.errors)


class Texts(Commands):
    def test_man_pages_and_completions(self):
        self.me = self.nobody
        self.call("man", str(self.directory / "man"))
        pages = {page.name for page in (self.directory / "man").iterdir()}
        self.assertLessEqual({"strongroom.1", "strongroom-ingest.1", "strongroom-client-add.1"}, pages)
        blocked = self.directory / "file"
        blocked.write_text("")
        self.call("man", str(blocked), code=USAGE)
        script = self.directory / "completion"
        script.write_text(self.call("completion", "bash"))
        asked = subprocess.run(
            ["bash", "--norc", "-c", f'source {script}; COMP_WORDS=(strongroom client re); COMP_CWORD=2; _strongroom; '
             'echo "${COMPREPLY[@]}"'], capture_output=True, text=True, timeout=60)
        self.assertEqual(asked.stdout.split(), ["revoke", "revoke-tokens"], asked)
        self.call("completion", "csh", code=USAGE)
        self.call("completion", code=USAGE)

    def test_help_of_every_command(self):
        """Every page names its exit codes; commands that call the service also their environment and files."""
        self.me = self.nobody
        self.call("man", str(self.directory))
        for page in self.directory.glob("strongroom*.1"):
            words = page.stem.replace("revoke-tokens", "revoke_tokens").split("-")[1:]
            shown = self.call(*(word.replace("_", "-") for word in words), "--help")
            self.assertIn("\nExit codes:\n  0  ", shown)
            self.assertIn("Usage: strongroom", shown)


if __name__ == "__main__":
    unittest.main()
