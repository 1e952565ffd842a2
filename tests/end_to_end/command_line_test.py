#!/usr/bin/python3
"""The program as a person uses it: `serve`, `client add`, `ingest`; exit codes, planned stops, wrong configurations."""

import json
import re
import time
import unittest

from bags import Bag, awkward_payload, random_payload
from harness import Api, ServiceTest, events_of, run, wait_until
from holdings import check_nothing_left, check_stored, tree


FAILED, USAGE, REFUSED = 1, 2, 3


class CommandLine(ServiceTest):
    def credentials(self, service):
        return {
            "STRONGROOM_URL": service.api.base,
            "STRONGROOM_CLIENT_ID": service.api.client_id,
            "STRONGROOM_CLIENT_SECRET": service.api.secret,
        }

    def write_bag(self, bag, name):
        directory = self.directory / name
        for file, content in bag.files.items():
            path = directory / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return directory

    def test_ingest_a_directory_and_a_package(self):
        service = self.service()
        bag = Bag("by directory", awkward_payload(), algorithms=("sha256", "sha512"))
        directory = self.write_bag(bag, "my bag")
        before = tree(directory)
        done = run("ingest", str(directory), "--space", "maps", "--follow", environment=self.credentials(service))
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("succeeded", done.stdout + done.stderr)
        check_stored(self, service, "maps", "by directory", "v1", bag.files)
        self.assertEqual(tree(directory), before, "the bag of the depositor was altered")

        bag = Bag("by-package")
        package = self.directory / "package with blanks.tar.gz"
        package.write_bytes(bag.package(top="inner/"))
        done = run("ingest", str(package), "--space", "maps", "--follow", environment=self.credentials(service))
        self.assertEqual(done.returncode, 0, done)
        check_stored(self, service, "maps", "by-package", "v1", bag.files)
        check_nothing_left(self, service)

    def test_ingest_tells_of_failure_by_its_exit_code(self):
        service = self.service()
        bag = Bag("x")
        bag.files["data/a.txt"] = b"other\n"
        package = self.directory / "x.tar.gz"
        package.write_bytes(bag.package())
        failed = run("ingest", str(package), "--space", "maps", "--follow", environment=self.credentials(service))
        self.assertEqual(failed.returncode, FAILED, failed)
        self.assertIn("Unable to verify one file in the bag: data/a.txt", failed.stdout + failed.stderr)
        nothing = self.directory / "none.tar.gz"
        missing = run("ingest", str(nothing), "--space", "maps", environment=self.credentials(service))
        self.assertEqual(missing.returncode, USAGE, missing)
        self.assertIn("none.tar.gz", missing.stderr)
        wrong = self.credentials(service) | {"STRONGROOM_CLIENT_SECRET": "wrong"}
        self.assertEqual(run("ingest", str(package), "--space", "maps", environment=wrong).returncode, REFUSED)
        slash = run("ingest", str(package), "--space", "a/b", environment=self.credentials(service))
        self.assertEqual(slash.returncode, USAGE, slash)
        service.stop()
        package.write_bytes(Bag("x").package())
        dead = run("ingest", str(package), "--space", "maps", "--follow", environment=self.credentials(service))
        self.assertEqual(dead.returncode, REFUSED, dead)

    def test_help_and_unknown_words(self):
        for arguments in (["--help"], ["serve", "--help"], ["client", "add", "--help"], ["ingest", "--help"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 0, done)
            self.assertTrue(done.stdout.strip())
        self.assertRegex(run("--version").stdout, r"\d+\.\d+")
        for arguments in (["swerve"], [], ["serve", "--dara", "x"], ["ingest"]):
            self.assertEqual(run(*arguments).returncode, USAGE, arguments)

    def test_all_faults_of_a_configuration_are_named_at_once(self):
        file = self.directory / "wrong.toml"
        file.write_text('listen = "somewhere"\ncolour = "red"\n[retry]\ntimeLimit = "soon"\n[callbacks]\n'
                        'pauses = ["1s", "later"]\n[storage]\nminFree = -5\n')
        done = run("serve", "--config", str(file), "--data", str(self.directory / "data"))
        self.assertEqual(done.returncode, USAGE, done)
        for key in ("listen", "colour", "retry.timeLimit", "callbacks.pauses", "storage.minFree"):
            self.assertIn(key, done.stderr)
        self.assertFalse((self.directory / "data").exists(), "something was made although nothing could start")
        self.assertEqual(run("serve", "--config", str(self.directory / "none.toml")).returncode, USAGE)
        self.assertEqual(run("serve").returncode, USAGE, "served without a data directory")

    def test_it_does_not_listen_beyond_the_machine_by_itself(self):
        done = run("serve", "--data", str(self.directory / "data"), "--listen", "0.0.0.0:18080")
        self.assertEqual(done.returncode, USAGE, done)
        self.assertIn("behindProxy", done.stderr)

    def test_two_services_on_one_port(self):
        first = self.service()
        done = run("serve", "--data", str(self.directory / "other"), "--listen", f"127.0.0.1:{first.port}", seconds=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(first.port), done.stderr)

    def test_clients_are_added_while_the_service_runs(self):
        """What `client add` prints can be used at once; a client limited to a space is held to it (C4)."""
        service = self.service()
        add = ("client", "add", "--data", str(service.data), "--name", "Mapper, of maps")
        done = run(*add, "--space", "maps", "--json")
        self.assertEqual(done.returncode, 0, done)
        made = json.loads(done.stdout)
        mapper = Api(service.port, made["client_id"], made["client_secret"])
        for answer in (mapper.get("/bags/secret/x"),
                       mapper.call("POST", "/ingests", mapper.request("secret", "x", "x.tar.gz"))):
            self.assertEqual(answer.status, 403)
            self.assertEqual(answer.json["description"], "This client may not use the space secret")
        hidden = service.api.ingest("secret", "x", "x.tar.gz")
        self.assertEqual(mapper.get("/ingests/" + hidden["id"]).status, 404)
        own = service.api.ingest("maps", "x", "x.tar.gz")
        self.assertEqual(mapper.get("/ingests/" + own["id"]).status, 200)
        self.assertEqual(run(*add, "--scope", "bags:rede").returncode, USAGE)

    def test_a_planned_stop_amid_an_ingest(self):
        """SIGTERM: exit 0 soon, whatever is going on; the next start goes on from there without repeating an event."""
        service = self.service()
        bag = Bag("x", random_payload(7, 800, 3000, 6, 3_000_000))
        service.place("x.tar.gz", bag.package())
        for number, step in enumerate(("unpack", "replicate", "confirm")):
            with self.subTest(step):
                ingest = service.api.ingest(f"stop {number}", "x", "x.tar.gz")["id"]
                self.wait_for_step(service, ingest, step)
                began = time.monotonic()
                self.assertEqual(service.stop(30), 0, service.said()[-2000:])
                self.assertLess(time.monotonic() - began, 30)
                service.start()
                ended = service.api.ended(ingest, 120)
                self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))
                events = events_of(ended)
                self.assertEqual(len(events), len(set(events)), events)
                self.assertFalse([text for text in events if "retrying" in text], events)
                check_stored(self, service, f"stop {number}", "x", "v1", bag.files)
        check_nothing_left(self, service)

    def wait_for_step(self, service, ingest, step):
        """Until the step runs, or has run."""
        query = ("SELECT count(*) FROM step s JOIN ingest i ON i.id = s.ingest "
                 "WHERE i.uuid = ? AND s.step LIKE ? || '%'")
        wait_until(lambda: service.catalogue.rows(query, ingest, step)[0][0], 60, 0.002, f"step {step}")

    def test_the_log_is_lines_and_holds_no_secrets(self):
        service = self.service('[log]\nformat = "json"\n')
        service.place("x.tar.gz", Bag("x").package())
        ended = service.api.ended(service.api.ingest("maps", "x", "x.tar.gz")["id"])
        self.assertEqual(ended["status"]["id"], "succeeded")
        service.stop()
        self.assertNotIn(service.api.secret, service.said())
        self.assertNotIn(service.api.token, service.said())
        lines = [line for line in service.said().splitlines() if line.startswith("{")]
        self.assertTrue(lines, service.said())
        for line in lines:
            json.loads(line)
        self.assertFalse(re.search(r"Bearer [A-Za-z0-9_-]{20}", service.said()))


if __name__ == "__main__":
    unittest.main()
