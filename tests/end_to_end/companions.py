"""The companions for Archivematica beside everything they talk to: a bucket of a real S3 server, the double of
Archivematica and Slack, and the real program; and what archivists and S3 do there.

Packages are uploaded and announced as the defaults of cases-transfers.md say. What a companion does once a minute or
after a pause is made due by the test (`pass_time`), so that nothing here waits for a clock.
"""

import atexit
import base64
import contextlib
import hashlib
import io
import json
import pathlib
import re
import sqlite3
import tempfile
import threading
import time
import urllib.parse
import zipfile

from archivematica import PACKAGE, Double
from bags import Bag
from clouds import boto_client, new_name, radosgw, write_s3_keys
from faulty_proxy import FaultyProxy
from faulty_proxy import Handler as ProxyHandler
from harness import SHORT_PAUSES, ServiceTest, events_of, run, wait_until

KEY = "born-digital/pkg.zip"
EVENT, EVENT_TIME = "ObjectCreated:Put", "2026-07-31T08:00:00.000Z"
FINAL = ("rejected", "stored", "failed")
ACCEPTED = ("accepted", "processing", "stored")
TAG = "Archivematica-"
# Everything that is waited for comes at once; a machine may be slow all the same.
PATIENCE = 120


# -- packages

def zip_of(files):
    """A zip of these members, in this order; always the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 7, 31, 8, 0, 0)), content)
    return buffer.getvalue()


def catalogued(identifier="LE/MON/1", payload="payload", **more):
    """GOOD-CAT, or one like it. `more`: other members."""
    csv = f"filename,dc.identifier\nobjects/,{identifier}\n"
    return zip_of({"a.txt": payload, **more, "metadata/metadata.csv": csv})


def accession(number="1234", payload="payload"):
    """GOOD-ACC, or one like it."""
    columns = "filename,collection_reference,accession_number"
    return zip_of({"a.txt": payload, "metadata/metadata.csv": f"{columns}\nobjects/,LEMON,{number}\n"})


GOOD_CAT, GOOD_ACC = catalogued(), accession()
BAD = zip_of({"a.txt": "payload"})  # META-MISSING


def idempotency_key(bucket, key, event=EVENT, sequencer="0001", version=None, **more):
    """transfers.md 10.4"""
    members = {"bucket": bucket, "event_name": event, "object_key": key, "sequencer": sequencer, "version_id": version,
               **more}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def path_of(target):
    """A target as the body of the POST has it."""
    return base64.b64encode(target.encode()).decode()


# -- an S3 server that can be stopped at any of its requests

class GateHandler(ProxyHandler):
    def fault(self):
        gate = self.server.gate
        with self.server.lock:
            self.server.seen.append((self.command, urllib.parse.unquote(self.path)))
            meant = next((one for one in gate if one[0] == self.command and re.search(one[1], self.path)), None)
            if meant:
                gate.remove(meant)
        if meant:
            meant[2]()
        return super().fault()


class Gate(FaultyProxy):
    """Before a request is passed on, something else may happen; and each can be made to fail."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.server.RequestHandlerClass = GateHandler
        self.server.gate, self.server.seen = [], []

    def before(self, method, match, act):
        """The next request like this waits for act()."""
        with self.server.lock:
            self.server.gate.append((method, match, act))

    def fail(self, method, match, status=500, times=1000):
        with self.server.lock:
            self.server.faults.append({"method": method, "match": match, "times": times, "do": "status",
                                       "status": status})

    def mend(self):
        with self.server.lock:
            self.server.faults = []

    def seen(self, text):
        """(method, target) of each request with this text in its target."""
        with self.server.lock:
            return [one for one in self.server.seen if text in one[1]]


# -- the world

class S3:
    """One server for all tests of a process; ended with it."""

    shared = None

    def __init__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="strongroom-s3-", ignore_cleanup_errors=True)
        directory = pathlib.Path(self.scratch.name)
        self.server = radosgw.Radosgw(directory / "s3")
        self.url, self.keys = self.server.url, write_s3_keys(directory / "keys")
        self.boto = boto_client(self.url)
        self.access = {"endpoint": self.url, "access_key": radosgw.ACCESS_KEY, "secret_key": radosgw.SECRET_KEY}

    @classmethod
    def get(cls):
        if cls.shared is None:
            cls.shared = cls()
            atexit.register(cls.shared.stop)
        return cls.shared

    def stop(self):
        self.boto.close()
        self.server.stop()
        self.scratch.cleanup()


class CompanionTest(ServiceTest):
    """A test begins with begin(): a bucket, the double, and Strongroom with the companions that it wants."""

    # The keys of both of Archivematica's services, and the one that is in the double's answers about spaces.
    canaries = ("am-key", "ss-key", radosgw.SECRET_KEY)

    @classmethod
    def setUpClass(cls):
        cls.s3 = S3.get()
        cls.boto = cls.s3.boto

    def begin(self, services=("watch",), bucket=None, area="", root="", more="", gate=False, start=True, double=None,
              forget=True, prepare=None):
        """`area`, `root`, `more`: lines of the configuration, of the area, at its top and at its end. `double`: its
        defaults that differ. `forget`: what was asked of it before there was any package. `prepare`: called before
        the service begins, whose self-check gets to know Archivematica for some minutes."""
        self.bucket = bucket or new_name("transfers")
        self.boto.create_bucket(Bucket=self.bucket)
        self.gate = None
        if gate:
            self.gate = Gate(self.s3.url)
            self.addCleanup(self.gate.stop)
        self.double = Double(self.directory, double).start()
        self.addCleanup(self.double.stop)
        self.place_spaces(s3=self.bucket)
        self.write_keys()
        if prepare:
            prepare()
        settings = f"services = {json.dumps(list(services))}\n{root}" + SHORT_PAUSES
        settings += '[log]\nlevel = "debug"\n' + self.area("main", self.bucket, area) + self.archivematica() + more
        self.strongroom = self.service(settings, start=start)
        self.api = self.strongroom.api
        if start and "watch" in services:
            self.wait_for_sweep("main")
        if start and set(services) & {"watch", "monitor"}:
            # The self-check asks Archivematica as well; what comes after it is the packages'.
            wait_until(lambda: "event=self_checked" in self.strongroom.said(), PATIENCE, what="the self-check")
            if forget:
                self.double.forget_requests()
        return self.strongroom

    def tearDown(self):
        if hasattr(self, "double"):
            self.assertNotIn("Traceback", self.double.said())
            self.check_secrets()
        super().tearDown()

    def check_secrets(self):
        """H4: no secret is in the log, in what is kept of events, alerts and records, or in a log for archivists."""
        told = {"the log": self.strongroom.said()}
        for file in self.strongroom.data.glob("catalogue.sqlite*"):
            told[file.name] = file.read_bytes().decode("latin-1")
        if hasattr(self, "bucket"):
            told.update({key: self.text(key) for key in self.keys() if key.endswith(".log")})
        for secret in self.canaries:
            for where, text in told.items():
                self.assertFalse(secret in text, f"{secret} is in {where}")

    # -- its configuration

    def area(self, name, bucket, more=""):
        url = self.gate.url if self.gate else self.s3.url
        return (f'[[areas]]\nname = "{name}"\nbucket = "{bucket}"\nendpoint = "{url}"\n'
                f'credentialsFile = "{self.s3.keys}"\n{more}\n')

    def archivematica(self):
        text = ""
        for name, url in (("dashboard", self.double.am), ("storageService", self.double.amss)):
            text += (f'[archivematica.{name}]\nurl = "{url}"\nuser = "test"\n'
                     f'apiKeyFile = "{self.directory}/{name}-key"\n')
        return text

    def write_keys(self, dashboard="am-key", storageService="ss-key"):
        (self.directory / "dashboard-key").write_text(dashboard + "\n")
        (self.directory / "storageService-key").write_text(storageService + "\n")

    def place_spaces(self, **buckets):
        """What the double calls spaces of S3, and the bucket of each."""
        spaces = [one for one in self.double.locations()["spaces"] if one["protocol"] != "S3"]
        known = {one["name"]: one for one in self.double.locations()["spaces"]}
        spaces = [{**known.get(name, {"name": name, "protocol": "S3"}), "bucket": bucket}
                  for name, bucket in buckets.items()] + spaces
        self.double.locations(spaces=spaces)

    def place_locations(self, *locations):
        """The transfer sources of S3: (uuid, relative path), and what else is to be said of one in a third member."""
        self.double.locations(locations=[
            {"space": "s3", "purpose": "TS", "uuid": one[0], "relative_path": one[1], **(one[2] if one[2:] else {})}
            for one in locations])

    def wait_for_sweep(self, area):
        query = "SELECT value FROM transfer_fact WHERE name = ?"
        wait_until(lambda: self.strongroom.catalogue.rows(query, "swept " + area), PATIENCE, what="the first sweep")

    def command(self, *arguments, environment=None, seconds=120):
        """The program beside the service, with its configuration."""
        toml = self.strongroom.data.parent / (self.strongroom.data.name + ".toml")
        return run(*arguments, "--config", str(toml), "--data", str(self.strongroom.data), environment=environment,
                   seconds=seconds)

    # -- archivists and S3

    def put(self, key=KEY, body=GOOD_CAT, bucket=None):
        """An object; its ETag and, where there are versions, its version."""
        answer = self.boto.put_object(Bucket=bucket or self.bucket, Key=key, Body=body)
        return answer["ETag"].strip('"'), answer.get("VersionId")

    def record(self, key=KEY, sequencer="0001", event=EVENT, time=EVENT_TIME, etag=None, version=None, bucket=None,
               raw_key=None):
        """One record of a notification. `raw_key`: as S3 writes it."""
        one = {"key": raw_key or urllib.parse.quote_plus(key, safe="/"), "sequencer": sequencer, "size": 1}
        one.update({name: value for name, value in (("eTag", etag), ("versionId", version)) if value is not None})
        return {"eventVersion": "2.2", "eventSource": "aws:s3", "awsRegion": "eu-west-1", "eventTime": time,
                "eventName": event, "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": bucket or self.bucket},
                                           "object": one}}

    def tell(self, *records):
        """Announces them; what the service says."""
        answer = self.api.call("POST", "/transfers/events", {"Records": list(records)})
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def upload(self, key=KEY, body=GOOD_CAT, **more):
        """An object and its notification."""
        etag, version = self.put(key, body, more.get("bucket"))
        receipt = self.tell(self.record(key, etag=etag, version=version, **more))
        self.assertEqual((receipt["type"], receipt["malformed"]), ("TransferEventReceipt", []))
        return receipt

    def register(self, space, identifier, transfer):
        """A bag that Archivematica has made of a transfer."""
        mets = f"data/objects/submissionDocumentation/transfer-pkg-{transfer}/METS.xml"
        self.strongroom.place(transfer, Bag(identifier, {mets: b"<mets/>"}).package())
        ended = self.api.ended(self.api.ingest(space, identifier, transfer)["id"], PATIENCE)
        self.assertEqual(ended["status"]["id"], "succeeded", events_of(ended))

    # -- looking

    def limited(self, scope):
        """The credentials of one who may do only this."""
        form = {"grant_type": "client_credentials", "scope": scope}
        return "Bearer " + self.api.take_token(form).json["access_token"]

    def keys(self, prefix="", bucket=None):
        pages = self.boto.get_paginator("list_objects_v2").paginate(Bucket=bucket or self.bucket, Prefix=prefix)
        return [one["Key"] for page in pages for one in page.get("Contents", [])]

    def logs(self, result, key=KEY, bucket=None):
        """Keys of the logs beside a package."""
        return self.keys(f"{key}.{result}.", bucket)

    def text(self, key, bucket=None):
        return self.boto.get_object(Bucket=bucket or self.bucket, Key=key)["Body"].read().decode()

    def log(self, result, key=KEY):
        """The text of the only such log."""
        (found,) = self.logs(result, key)
        return self.text(found)

    def tags(self, key=KEY, bucket=None):
        """Without what all their names begin with."""
        found = self.boto.get_object_tagging(Bucket=bucket or self.bucket, Key=key)["TagSet"]
        self.assertTrue(all(one["Key"].startswith(TAG) for one in found), found)
        return {one["Key"].removeprefix(TAG): one["Value"] for one in found}

    def posts(self, key=None):
        """The POSTs of packages that came to the double; of one package by its idempotency key."""
        found = self.double.requests("am", "POST", PACKAGE)
        return [one for one in found if key is None or one.headers["idempotency-key"] == key]

    def transfers(self, query=""):
        answer = self.api.get("/transfers" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["results"]

    def of_key(self, key=KEY):
        """Records of a key, newest first."""
        return self.transfers("?" + urllib.parse.urlencode({"key": key}))

    def one(self, key=KEY):
        (record,) = self.of_key(key)
        return record

    def show(self, identifier):
        return self.api.get("/transfers/" + identifier).json

    def alerts(self, text=""):
        """What operators are told with this text, oldest first, without that something is over."""
        bodies, path = [], "/events?kind=operator-alert"
        for event in self.api.get(path).json["results"]:
            bodies.append(event["body"])
        return [one for one in bodies if not one["over"] and text in one.get("description", "") + one["problem"]]

    # -- waiting

    def wait(self, what, look, key=KEY):
        """The record, once look(record) is true of it."""
        def found():
            records = self.of_key(key)
            return records[0] if records and look(records[0]) else None
        try:
            return wait_until(found, PATIENCE, 0.05, f"{what} of {key}")
        except AssertionError as late:
            raise AssertionError(f"{late}: {json.dumps(self.of_key(key), indent=1)}\n{self.keys()}") from None

    def state(self, *states, key=KEY):
        return self.wait("/".join(states), lambda record: record["status"]["id"] in states, key)

    def accepted(self, key=KEY):
        """Accepted or later, with tags and success log, and no notices left."""
        record = self.state(*ACCEPTED, key=key)
        wait_until(lambda: len(self.logs("success", key)) == 1, PATIENCE, what=f"the success log of {key}")
        self.assertEqual(self.logs("received", key) + self.logs("delayed", key) + self.logs("failed", key), [])
        tags = self.tags(self.logs("success", key)[0])
        self.assertEqual(self.tags(key), tags)
        self.assertEqual(tags["TransferId"], record["archivematica"]["transferId"])
        self.assertEqual(len(self.posts(record["idempotencyKey"])), 1)
        return self.show(record["id"])

    def rejected(self, *codes, key=KEY):
        record = self.state("rejected", key=key)
        self.assertEqual({one["code"] for one in record["findings"] if one["severity"] == "problem"}, set(codes))
        wait_until(lambda: len(self.logs("failed", key)) == 1, PATIENCE, what="the failed log")
        wait_until(lambda: not self.logs("received", key), PATIENCE, what="no notice")
        text = self.log("failed", key)
        for code in codes:
            self.assertIn(f"[{code}] ", text)
        self.assertEqual((self.posts(record["idempotencyKey"]), self.tags(key)), ([], {}))
        self.assertEqual(self.logs("success", key), [])
        return record

    def failed(self, reason, key=KEY):
        return self.wait("failed/" + reason, lambda record: record.get("reason", {}).get("code") == reason and
                         record["status"]["id"] == "failed", key)

    def delayed(self, key=KEY, operator=None):
        record = self.wait("delayed", lambda record: "delayed" in record, key)
        if operator is not None:
            self.assertEqual(record["delayed"]["operatorProblem"], operator, record)
        return record

    # -- making it go on

    def order(self, record, what="retry", body=None):
        return self.api.call("POST", f"/transfers/{record['id']}/{what}", {} if body is None else body)

    def retry(self, key=KEY, body=None):
        """The package as it is when it has been told to try again."""
        def ordered():
            answer = self.order(self.of_key(key)[0], "retry", body)
            self.assertIn(answer.status, (202, 409), answer)
            # Whoever has it in hand may be about to save it.
            return answer.json if answer.status == 202 else None
        return wait_until(ordered, 20, 0.2, "an order to try again")

    def push(self, *keys):
        """Has them tried again until all are accepted, or later than that."""
        def done():
            left = [one for key in keys for one in self.of_key(key)[:1] if one["status"]["id"] not in ACCEPTED]
            for one in left:
                if "delayed" in one:
                    self.order(one)
            return not left
        wait_until(done, PATIENCE, 0.3, f"an acceptance of {keys}")

    def write(self, statement):
        """In the catalogue, beside the service or without it."""
        connection = sqlite3.connect(self.strongroom.catalogue.file(), isolation_level=None, timeout=30)
        try:
            connection.execute(statement)
        finally:
            connection.close()

    def pass_time(self, key=None):
        """Whatever a companion would look at later on its own it looks at now, behind what is due already; or only a
        package."""
        now = int(time.time() * 1e6)
        only = "" if key is None else f" AND key = '{key}'"
        self.write(f"UPDATE transfer SET due = {now} WHERE due > {now} AND lease_until IS NULL{only}")

    @contextlib.contextmanager
    def hurry(self):
        """Time passes while somebody else waits."""
        over = threading.Event()

        def pass_it():
            while not over.wait(0.5):
                self.pass_time()

        thread = threading.Thread(target=pass_it)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def until(self, what, look, key=KEY):
        """wait() while time passes."""
        def looked(record):
            if look(record):
                return True
            # Of all of them one a second is asked for: others would take its turns.
            self.pass_time(key)
            return False
        return self.wait(what, looked, key)
