#!/usr/bin/python3
"""What the monitor tells and what it removes, with a bucket of a real S3 server and Slack's double: acceptance cases F
of the companions, as far as they can be seen from outside. Their numbers stand in the names.

Nobody waits for Monday: a report is made by `transfers monitor --once`, and what happened days ago has its date changed
in the catalogue. Nobody is in a hurry either: there is no watcher but `transfers watch --once`, so that a package stays
as a test has left it.
"""

import concurrent.futures
import datetime
import json
import subprocess
import unittest
import urllib.parse

from clouds import new_name
from companions import BAD, EVENT_TIME, GOOD_CAT, KEY, PATIENCE, CompanionTest, catalogued
from harness import binary, wait_until

NOT_REMOVED, LATER = 1, 75
ALARM, WARNING = "\U0001F6A8", "\u26A0\uFE0F"
NOTHING = "Nothing happened in {} in the last {}."
MONDAYS, NEVER = "15 6 * * 1", "15 6 1 1 *"
OTHER = catalogued("LE/MON/2", "another")


def ago(**time):
    """An instant as the catalogue has it."""
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**time)
    return then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Monitored(CompanionTest):
    def embark(self, root="", schedule=NEVER, transfer_ids=("T-1", "T-2", "T-3"), before=lambda: None, **more):
        """The service and what it talks to. `before`: called before it begins."""
        file = self.directory / "slack"

        def prepare():
            file.write_text(self.double.slack_url + "\n")
            self.canaries = (*self.canaries, urllib.parse.urlsplit(self.double.slack_url).path)
            before()
        settings = f'[monitor]\nwebhookFile = "{file}"\nschedule = "{schedule}"\n'
        more = {"services": (), **more}
        self.begin(more=settings, root=root, prepare=prepare, double={"options": {"transfer_ids": [*transfer_ids]}},
                   **more)

    def watch(self, code=0):
        """Whatever is due is done, as far as it goes now."""
        done = self.command("transfers", "watch", "--once")
        self.assertEqual(done.returncode, code, done)

    def monitor(self, *options, code=0):
        """The texts of the messages that were accepted in this run, and what the command did."""
        before = len(self.double.slack())
        done = self.command("transfers", "monitor", "--once", *options)
        self.assertEqual(done.returncode, code, done)
        return [self.text_of(payload) for payload in self.double.slack()[before:]], done

    @staticmethod
    def text_of(payload):
        return "\n".join(block["text"]["text"] for block in payload["blocks"])

    def report(self):
        """The text of the only message."""
        (text,), _ = self.monitor()
        return text

    def stored(self, key=KEY, body=GOOD_CAT, identifier="LE/MON/1", transfer="T-1", sequencer="0001"):
        """A package that was handed over, and of which there is a bag."""
        self.upload(key, body, sequencer=sequencer)
        self.watch()
        self.assertEqual(self.one(key)["archivematica"]["transferId"], transfer)
        self.register("born-digital", identifier, transfer)

    def set_last_report(self, **time):
        self.write(f"UPDATE transfer_fact SET value = '{ago(**time)}' WHERE name = 'monitor.lastReport'")

    def bytes_of(self, key, **version):
        return self.boto.get_object(Bucket=self.bucket, Key=key, **version)["Body"].read()


class Reports(Monitored):
    def test_f1_f2_f5_f6_what_is_told_and_when(self):
        self.embark(root='environment = "staging"\n', transfer_ids=("T-2", "T-1"))
        name = "Archivematica (staging)"
        self.assertEqual(self.report(), NOTHING.format(name, "14 days"))
        self.assertEqual(self.report(), NOTHING.format(name, "1 day"))
        self.set_last_report(days=6, hours=20)
        self.assertEqual(self.report(), NOTHING.format(name, "7 days"))

        # F2: told in each report, until somebody has seen to it.
        failed, line = "born-digital/b.zip", f"{WARNING} *Not stored*\n- born-digital/b.zip (`T-2`) - "
        self.double.options(stage_ms={"transfer processing": None})
        self.upload(failed)
        self.watch()
        self.double.tell("T-2", status="FAILED", microservice="Scan for viruses")
        self.pass_time()
        self.watch()
        record = self.failed("archivematica-failed", failed)
        for _ in range(2):
            text = self.report()
            self.assertIn(line, text)
            self.assertIn("Scan for viruses", text)
        self.assertEqual(self.order(record, "dismiss", {"reason": "seen to"}).status, 200)
        self.assertEqual(self.report(), NOTHING.format(name, "1 day"))
        self.assertIn(failed, self.keys())

        # F1: told once, then it is gone, with its log.
        self.stored()
        self.assertEqual(self.report(), f"This is what happened in {name} in the last 1 day:\n*Stored*\n- {KEY}")
        self.assertEqual([key for key in self.keys() if key.startswith(KEY)], [])
        self.assertEqual(self.report(), NOTHING.format(name, "1 day"))
        # F5: nothing but sections of text, by that name.
        for payload in self.double.slack():
            self.assertEqual((sorted(payload), payload["username"]),
                             (["blocks", "username"], "Archivematica transfer report"))
            self.assertEqual({(one["type"], one["text"]["type"]) for one in payload["blocks"]}, {("section", "mrkdwn")})

    def test_f4_f7_many_messages_that_are_not_all_taken(self):
        self.embark()
        self.stored()
        # Announced, and removed before anybody has looked: each is told once as not stored. (200 are tried in memory.)
        lost = [f"born-digital/{n:03}" + "&<" * 90 + ".zip" for n in range(60)]
        self.tell(*(self.record(key) for key in lost))
        self.watch()
        before = self.keys()
        self.assertEqual(len(before), 2, before)

        # Slack is away, and then takes the first part only. It is tried again for ten minutes, and nothing is removed;
        # whoever is stopped meanwhile leaves it so.
        for taken in (0, 1):
            self.double.clear_faults()
            self.double.fault({"status": 500}, "slack", skip=taken, times="always")
            asked = len(self.double.requests("slack"))
            with self.monitoring("--once") as waiting:
                wait_until(lambda: len(self.double.requests("slack")) > asked + taken, PATIENCE, what="an attempt")
                waiting.terminate()
                waiting.communicate(timeout=PATIENCE)
            self.assertEqual((waiting.returncode, len(self.double.slack()), self.keys()), (LATER, taken, before))
        self.double.clear_faults()
        first = [self.text_of(payload) for payload in self.double.slack()]
        rest, _ = self.monitor()
        self.assertEqual(self.keys(), [])

        parts = first + rest
        self.assertGreater(len(parts), 3)
        for n, text in enumerate(parts, 1):
            self.assertTrue(text.startswith("This is what happened in Archivematica in the last 14 days "
                                            f"(part {n} of {len(parts)}):\n"), text[:100])
        lines = [line for text in parts for line in text.split("\n") if line.startswith("- ")]
        told = [line.removeprefix("- ").partition(" - ")[0] for line in lines]
        escaped = [key.replace("&", "&amp;").replace("<", "&lt;") for key in lost]
        self.assertEqual(told, [*escaped, KEY], "each once, and nothing of it as markup")
        self.assertEqual(self.report(), NOTHING.format("Archivematica", "1 day"))

    def monitoring(self, *options):
        """`transfers monitor` as a process of its own."""
        toml = self.strongroom.data.parent / (self.strongroom.data.name + ".toml")
        command = [str(binary()), "transfers", "monitor", *options, "--config", str(toml), "--data",
                   str(self.strongroom.data)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def test_f11_a_slot_that_was_missed(self):
        self.embark(schedule=MONDAYS, services=("monitor",))
        wait_until(lambda: self.catalogue_fact("monitor.since"), PATIENCE, what="a first look at the schedule")
        self.assertEqual(self.strongroom.stop(), 0)
        self.assertEqual(self.double.slack(), [], "a new installation begins with its first slot")
        # Down since before last Monday; then two of them begin at once.
        self.write(f"UPDATE transfer_fact SET value = '{ago(days=8)}' WHERE name = 'monitor.since'")
        self.at_once(2)
        self.assertEqual(len(self.double.slack()), 1)
        # Started again after that there is nothing to be made up.
        self.at_once(1)
        self.assertEqual(len(self.double.slack()), 1)

    def at_once(self, number):
        """So many monitors, until each has looked: then there is a report, and none that is under way."""
        running = [self.monitoring() for _ in range(number)]
        try:
            for one in running:
                # Said once the self-check is over, which takes longer than a look.
                said = iter(one.stderr.readline, b"")
                self.assertTrue(any(b"self_checked" in line for line in said), "it ended early")
            wait_until(self.double.slack, PATIENCE, what="a report")
        finally:
            for one in running:
                one.terminate()
            for one in running:
                one.communicate(timeout=PATIENCE)
        self.assertEqual([one.returncode for one in running], [0] * number)

    def catalogue_fact(self, name):
        return self.strongroom.catalogue.rows("SELECT value FROM transfer_fact WHERE name = ?", name)


class Removals(Monitored):
    def test_f8_another_file_in_its_place(self):
        self.embark(transfer_ids=("T-1", "T-2"))
        self.stored()
        etag, _ = self.put(KEY, OTHER)
        self.assertIn(f"*Stored*\n- {KEY}", self.report())
        self.assertEqual(self.keys(), [KEY], "its log is of no use any more")
        self.assertEqual(self.bytes_of(KEY), OTHER)
        # The newer one goes its own way.
        self.tell(self.record(sequencer="0002", etag=etag))
        self.watch()
        self.wait("T-2", lambda one: one.get("archivematica", {}).get("transferId") == "T-2")
        # The same bytes uploaded a second time, which nobody has looked at yet.
        self.register("born-digital", "LE/MON/2", "T-2")
        etag, _ = self.put(KEY, OTHER)
        self.tell(self.record(sequencer="0003", etag=etag))
        texts, held = self.monitor(code=LATER)
        self.assertIn(f"*Stored*\n- {KEY}", texts[0])
        self.assertIn("held", held.stdout)
        self.assertEqual(self.bytes_of(KEY), OTHER)

    def test_f8_only_the_bound_version_goes(self):
        bucket = new_name("versions")
        self.boto.create_bucket(Bucket=bucket)
        self.boto.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self.embark(bucket=bucket)
        self.stored()
        bound = self.one()["versionId"]
        _, newer = self.put(KEY, OTHER)
        self.assertIn(f"*Stored*\n- {KEY}", self.report())
        left = self.boto.list_object_versions(Bucket=bucket)
        self.assertEqual([one["VersionId"] for one in left["Versions"] if one["Key"] == KEY], [newer])
        self.assertNotEqual(bound, newer)
        self.assertEqual(left.get("DeleteMarkers", []), [])
        self.assertEqual(self.bytes_of(KEY, VersionId=newer), OTHER)

    def test_f10_rehearsals_and_refusals(self):
        self.embark(gate=True, area='sweepGrace = "0s"\n')
        self.stored()
        bad = "born-digital/bad.zip"
        self.upload(bad, BAD)
        self.watch()
        records, before = self.transfers(), self.keys()
        texts, dry = self.monitor("--dry-run")
        self.assertEqual((texts, self.double.requests("slack")), ([], []))
        self.assertIn(f"*Stored*\n- {KEY}\n", dry.stdout)
        self.assertIn("in Archivematica in the last 14 days", dry.stdout)
        planned = [line.split("\t")[2] for line in dry.stdout.split("\n") if line.startswith("planned\t")]
        self.assertEqual(planned, [KEY, *self.logs("success")])
        self.assertEqual((self.transfers(), self.keys()), (records, before))

        # Told, and not to be removed for now.
        self.gate.fail("DELETE", "pkg.zip", 503)
        texts, refused = self.monitor(code=NOT_REMOVED)
        self.assertIn("in the last 14 days", texts[0], "a rehearsal does not count")
        self.assertIn(f"*Stored*\n- {KEY}", texts[0])
        self.assertIn("could not be removed", refused.stderr)
        self.assertEqual(self.keys(), before)
        self.gate.mend()
        self.assertNotIn(KEY, self.report())
        self.assertEqual(self.keys(), [bad, *self.logs("failed", bad)])

        # A listing has a thousand objects a page; the last page is looked at, too. (2500 are tried in memory.)
        keys = [f"born-digital/{n:04}.txt" for n in range(1100)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: self.put(key, b"x"), keys))
        self.put("born-digital/zzz.zip")
        self.assertIn("\n- born-digital/zzz.zip - ", self.report())
        self.assertEqual(len(self.keys()), 1103)


class TakenOver(Monitored):
    def test_f12_a_new_catalogue_begins_nothing_twice(self):
        accepted, rejected, unanswered = (f"born-digital/{name}.zip" for name in ("accepted", "rejected", "unanswered"))
        log = f"{accepted}.success.{EVENT_TIME}.acdd62860726.log"
        tags = "Archivematica-TransferId=T-9&Archivematica-CatalogueIdentifier=LE/MON/1"

        def leave():
            """As the services of before have left it."""
            for key in (accepted, rejected, unanswered):
                self.put(key)
            text = b"Result: ACCEPTED\nArchivematica transfer ID: T-9\n@@ Logging ends at 2026-07-31 08:00:03 @@"
            for key, body in ((accepted, GOOD_CAT), (log, text)):
                self.boto.put_object(Bucket=self.bucket, Key=key, Body=body, Tagging=tags)
            self.put(f"{rejected}.failed.{EVENT_TIME}.acdd62860727.log", b"Result: REJECTED")
        self.embark(before=leave, services=("watch",), area='sweepGrace = "0s"\n')
        before = self.keys()
        self.assertEqual(len(before), 5)
        states = {one["key"]: (one["status"]["id"], one.get("held", False)) for one in self.transfers()}
        self.assertEqual(states, {accepted: ("processing", False), rejected: ("rejected", False),
                                  unanswered: ("received", True)})
        record = self.one(accepted)
        self.assertEqual((record["archivematica"]["transferId"], record["identifiers"]["catalogueIdentifier"]),
                         ("T-9", "LE/MON/1"))
        self.register("born-digital", "LE/MON/1", "T-9")
        self.until("stored", lambda one: one["label"] == "stored v1", accepted)
        self.assertEqual((self.posts(), self.keys()), ([], before))
        text = self.report()
        self.assertIn(f"{ALARM} *Not stored*\n- {unanswered} - held", text)
        self.assertIn(f"*Rejected, to be corrected and uploaded again*\n- {rejected}", text)
        self.assertIn(f"*Stored*\n- {accepted}", text)
        self.assertEqual(self.keys(), [key for key in before if key not in (accepted, log)])
        self.assertEqual(self.order(self.one(unanswered)).status, 202)
        self.accepted(unanswered)
        self.assertEqual(len(self.posts()), 1)
        self.assertEqual(json.loads(self.command("transfers", "list", "--json", "--status", "rejected").stdout)[
            "results"][0]["key"], rejected)


if __name__ == "__main__":
    unittest.main()
