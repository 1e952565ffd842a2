#!/usr/bin/python3
"""Those who build on born-digital bags are told of new ones (transfers.md 14, cases G4 to G7): in files, by a webhook and
on a topic, by the service itself or by a command beside it, though it is killed and the other side is away."""

import hashlib
import hmac
import json
import re
import signal
import subprocess
import unittest

from bags import Bag
from clouds import MessageServer
from harness import SHORT_PAUSES, ServiceTest, binary, events_of, run, wait_until
from receiver import Receiver

SERVICES = 'services = ["notify"]\n'
LATER = 75
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


class Notify(ServiceTest):
    def store(self, service, space, identifier):
        service.place(identifier, Bag(identifier, {"data/a": identifier.encode()}).package())
        ended = service.api.ended(service.api.ingest(space, identifier, identifier)["id"])
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    def notify(self, service, *arguments):
        return run("notify", *arguments, "--data", service.data)

    def alerts(self, service):
        """How often operators were told of a message that was set aside."""
        return service.api.get("/events?kind=operator-alert").text.count("set aside")

    def files(self, service):
        found = sorted(path for path in (service.data / "notify").glob("*.json"))
        return [(path.name, json.loads(path.read_text())) for path in found]

    def started(self, config):
        """A service whose listener has its place in the log."""
        service = self.service(SERVICES + SHORT_PAUSES + config)
        wait_until(lambda: 'strongroom_topic_sequence{topic="born-digital"}' in service.api.get("/metrics").text,
                   what="the listener")
        return service

    def test_g4_files_of_one_space_in_order_though_it_is_killed(self):
        service = self.started("")
        names = []
        for number in range(6):
            self.store(service, "born-digital", f"PP/{number}")
            self.store(service, "digitised", f"PP/{number}")
            names.append(f"PP/{number}")
            service.kill()
            service.start()
        wait_until(lambda: len(self.files(service)) == 6, what="six notifications")
        told = self.files(service)
        self.assertEqual([body["identifier"] for _, body in told], names)
        for name, body in told:
            self.assertRegex(name, r"^\d{20}-[0-9a-f-]{36}\.json$")
            self.assertEqual(sorted(body), ["identifier", "origin", "space", "timeSent", "version"])
            self.assertEqual((body["space"], body["version"], body["origin"]), ("born-digital", "v1", "archivematica"))
            self.assertTrue(TIME.fullmatch(body["timeSent"]), body)
        events = service.api.get("/events?kind=registered-bag&space=born-digital").json["results"]
        self.assertEqual([name[21:-5] for name, _ in told], [event["id"] for event in events])

    def test_g7_a_webhook_that_is_away_then_refuses_then_takes(self):
        hook = Receiver(503)
        self.addCleanup(hook.close)
        (self.directory / "url").write_text(f"http://127.0.0.1:{hook.port}/hooks/canary-path\n")
        (self.directory / "secret").write_text("a secret of the webhook\n")
        chat = Receiver(200)
        self.addCleanup(chat.close)
        (self.directory / "alerts").write_text(f"http://127.0.0.1:{chat.port}/hooks/alerts\n")
        alerts = f'[alerts]\nwebhookFile = "{self.directory}/alerts"\n'
        service = self.started(f'[notify]\nsink = "webhook"\nurlFile = "{self.directory}/url"\n'
                               f'signingSecretFile = "{self.directory}/secret"\n{alerts}')

        def came(identifier):
            return [request for request in hook.requests if request.json["identifier"] == identifier]
        self.store(service, "born-digital", "PP/1")
        wait_until(lambda: len(hook.requests) >= 2, what="a second attempt")
        hook.answers = [200]
        seen = len(hook.requests)
        wait_until(lambda: len(hook.requests) > seen, what="the message taken")
        hook.answers = [422]
        self.store(service, "born-digital", "PP/2")
        wait_until(lambda: "notice_refused" in service.said(), what="the refusal")
        hook.answers = [200]
        self.store(service, "born-digital", "PP/3")
        wait_until(lambda: came("PP/3"), what="the third")
        first = came("PP/1")
        self.assertEqual(len({request.body for request in first}), 1, "repetitions have the same bytes")
        self.assertEqual(len({request.headers["Idempotency-Key"] for request in first}), 1)
        time, signature = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", first[-1].headers["Strongroom-Signature"]).groups()
        self.assertEqual(signature, hmac.new(b"a secret of the webhook", f"{time}.".encode() + first[-1].body,
                                             hashlib.sha256).hexdigest())
        self.assertNotIn("canary-path", service.said())
        # What was refused waits for a person.
        listed = json.loads(self.notify(service, "dead-letters", "list", "--json").stdout)["messages"]
        self.assertEqual([message["reason"] for message in listed], ["the webhook answered 422"])
        number = str(listed[0]["number"])
        self.assertIn("PP/2", self.notify(service, "dead-letters", "show", number).stdout)
        self.assertEqual(self.alerts(service), 1)
        wait_until(lambda: chat.requests, what="an alert")
        self.assertIn("A message of born-digital was set aside: the webhook answered 422", chat.requests[0].json["text"])
        metrics = service.api.get("/metrics").text
        for remote in ("notification webhook", "alert webhook"):
            self.assertRegex(metrics, rf'strongroom_transfer_calls_total\{{[^}}]*remote="{remote}"')
        self.assertIn('strongroom_listener_lag{listener="born-digital"} ', metrics)
        self.assertEqual(self.notify(service, "dead-letters", "show", "999").returncode, 2)
        config = service.data.parent / "notify.toml"
        config.write_text(f'data = "{service.data}"\n[notify]\nsink = "webhook"\n'
                          f'urlFile = "{self.directory}/url"\n{alerts}')
        replayed = run("notify", "dead-letters", "replay", number, "--config", config)
        self.assertEqual(replayed.returncode, 0, replayed.stderr)
        self.assertEqual(hook.requests[-1].json["identifier"], "PP/2")
        self.assertEqual(json.loads(self.notify(service, "dead-letters", "list", "--json").stdout)["messages"], [])
        self.assertEqual([request.json["text"] for request in chat.requests[1:]],
                         ["Strongroom: over: dead letters of born-digital: the webhook answered 422"])

    def test_a12_a_notification_that_cannot_be_read_is_in_the_same_list(self):
        service = self.service()
        record = {"eventName": "ObjectCreated:Put", "eventTime": "2026-07-31T08:00:00.000Z",
                  "s3": {"bucket": {"name": "local"}, "object": {"key": "born-digital/pkg.zip"}}}
        for _ in range(2):
            answer = service.api.call("POST", "/transfers/events", {"Records": [record]})
            self.assertEqual((answer.status, len(answer.json["malformed"])), (200, 1), answer)
        (letter,) = json.loads(self.notify(service, "dead-letters", "list", "--json").stdout)["messages"]
        self.assertEqual((letter["source"], json.loads(letter["body"])), ("http", {"Records": [record]}))
        self.assertIn("strongroom_messages_aside 1", service.api.get("/metrics").text)
        number = str(letter["number"])
        again = self.notify(service, "dead-letters", "replay", number)
        self.assertEqual(again.returncode, 1, again)
        self.assertIn("it still cannot be read", again.stderr)
        discarded = self.notify(service, "dead-letters", "discard", number)
        self.assertEqual((discarded.returncode, discarded.stdout), (0, f"message {number} was discarded\n"), discarded)
        self.assertEqual(json.loads(self.notify(service, "dead-letters", "list", "--json").stdout)["messages"], [])
        self.assertEqual(self.alerts(service), 1)

    def test_g6_killed_before_it_knew_that_the_sink_took_it(self):
        """Then it is sent once more: the same bytes by the same name."""
        service = self.service(SHORT_PAUSES)
        hook = Receiver(200)
        self.addCleanup(hook.close)
        (self.directory / "url").write_text(f"http://127.0.0.1:{hook.port}/hooks\n")
        config = service.data.parent / "notify.toml"
        config.write_text(f'data = "{service.data}"\n[notify]\nsink = "webhook"\nurlFile = "{self.directory}/url"\n')
        once = ("born-digital", "--once", "--config", str(config))
        self.assertEqual(run("notify", *once).returncode, 0, "it begins with what comes from now on")
        self.store(service, "born-digital", "PP/1")
        with subprocess.Popen([str(binary()), "notify", *once], stdin=subprocess.DEVNULL) as listener:
            # On the way back from whoever has taken it.
            hook.before_answer = lambda _: listener.kill()
            self.assertEqual(listener.wait(60), -signal.SIGKILL)
        hook.before_answer = None
        self.assertEqual(len(hook.got()), 1)
        self.assertEqual(run("notify", *once).returncode, 0)
        first, second = hook.got()
        self.assertEqual((first.body, first.headers["Idempotency-Key"]),
                         (second.body, second.headers["Idempotency-Key"]))
        self.assertEqual(second.json["identifier"], "PP/1")
        self.assertEqual(run("notify", *once).returncode, 0)
        self.assertEqual(len(hook.got()), 2, "what it knows to be taken is not sent again")

    def test_g6_h5_the_command_beside_the_service(self):
        service = self.service(SHORT_PAUSES)
        self.assertEqual(self.notify(service, "born-digital", "--once").returncode, 0)
        for name in ("PP/1", "PP/2"):
            self.store(service, "born-digital", name)
        self.assertEqual(self.notify(service, "born-digital", "--once").returncode, 0)
        self.assertEqual([body["identifier"] for _, body in self.files(service)], ["PP/1", "PP/2"])
        again = self.notify(service, "born-digital", "--replay")
        self.assertEqual((again.returncode, again.stdout), (0, "2 registrations told again\n"))
        self.assertEqual(len(self.files(service)), 2, "a message that is there is done")
        self.assertEqual(self.notify(service, "born-digital", "--replay", "--space", "maps").stdout,
                         "0 registrations told again\n")
        # Where nothing can be written, nothing is lost.
        blocked = self.directory / "blocked"
        blocked.write_text("a file")
        config = self.directory / "blocked.toml"
        config.write_text(f'data = "{service.data}"\n[notify]\ndirectory = "{blocked}/notify"\n')
        self.store(service, "born-digital", "PP/3")
        self.assertEqual(run("notify", "born-digital", "--once", "--config", config).returncode, LATER)
        self.assertEqual(self.notify(service, "born-digital", "--once").returncode, 0)
        self.assertEqual(len(self.files(service)), 3)

    def test_g7_a_topic(self):
        """Whose server checks each signature by the key and the date."""
        messages = MessageServer(self.directory)
        self.addCleanup(messages.stop)
        topic, queue = messages.topic("born-digital.fifo")
        service = self.started(f'[notify]\nsink = "sns"\ntopic = "{topic}"\n{messages.access()}')
        self.store(service, "born-digital", "PP/1")
        got = []
        wait_until(lambda: got.extend(messages.receive(queue)) or got, what="the message")
        self.assertEqual(json.loads(got[0]["Message"])["identifier"], "PP/1")
        form, = messages.published(topic)
        self.assertEqual((form["Action"], form["Version"], form["TopicArn"]), ("Publish", "2010-03-31", topic))
        self.assertEqual(form["MessageAttributes.entry.1.Name"], "strongroom-message-id")
        self.assertNotIn("Subject", form)
        self.assertEqual(form["MessageDeduplicationId"], form["MessageAttributes.entry.1.Value.StringValue"])
        self.assertEqual(form["MessageGroupId"], hashlib.sha256(b"born-digital/PP/1").hexdigest())


if __name__ == "__main__":
    unittest.main()
