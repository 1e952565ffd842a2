"""The service under measurement: started, spoken to by its API, and watched by /proc."""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRONGROOM = os.environ.get("STRONGROOM_BINARY", str(ROOT / "build/release/strongroom"))
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Service:
    """Serves a data directory until stop(); its log lies beside that."""

    def __init__(self, data, config=""):
        self.data = data
        (data / "uploads").mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = open(data.parent / "strongroom.log", "wb")
        command = [STRONGROOM, "serve", "--data", str(data), "--listen", f"127.0.0.1:{self.port}"]
        if config:
            file = data.parent / "strongroom.toml"
            file.write_text(config)
            command += ["--config", str(file)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        while not self.listens():
            if self.process.poll() is not None:
                sys.exit(f"the service ended at once; its log is {self.log.name}")
            time.sleep(0.02)
        made = json.loads(subprocess.run([STRONGROOM, "client", "add", "--data", str(data), "--name", "bench", "--all-scopes",
                                          "--json"], check=True, capture_output=True).stdout)
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": made["client_id"],
                                       "client_secret": made["client_secret"]})
        self.authorization = {}
        answer = self.ask("POST", "/oauth2/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        self.authorization = {"Authorization": "Bearer " + json.loads(answer.read())["access_token"]}
        self.own = threading.local()

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own; the answer may be read piece by piece."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, "/storage/v1" + path, body, {**(headers or {}), **self.authorization})
        answer = connection.getresponse()
        answer.connection = connection  # open for as long as the answer is read
        return answer

    def call(self, method, path, document=None):
        """JSON to JSON, on a connection that each thread keeps."""
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        body = None if document is None else json.dumps(document)
        headers = {**self.authorization, **({"Content-Type": "application/json"} if body else {})}
        self.own.connection.request(method, "/storage/v1" + path, body, headers)
        answer = self.own.connection.getresponse()
        text = answer.read()
        if answer.status > 299:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return json.loads(text)

    def begin(self, identifier, package, space="bench", bucket="uploads"):
        """POST /ingests of a package in an area; the ingest's id."""
        return self.call("POST", "/ingests", {
            "type": "Ingest", "ingestType": {"id": "create", "type": "IngestType"}, "space": {"id": space, "type": "Space"},
            "bag": {"type": "Bag", "info": {"type": "BagInfo", "externalIdentifier": identifier}},
            "sourceLocation": {"type": "Location", "provider": {"type": "Provider", "id": "filesystem"},
                               "bucket": bucket, "path": package}})["id"]

    def end(self, ingest, pause=0.01):
        """The ingest once it has ended."""
        while True:
            document = self.call("GET", f"/ingests/{ingest}")
            if document["status"]["id"] == "succeeded":
                return document
            if document["status"]["id"] == "failed":
                raise RuntimeError(document["events"][-1]["description"])
            time.sleep(pause)

    # -- what /proc tells

    def proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}").read_text()

    def seconds(self):
        """Of processor time so far."""
        fields = self.proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, what="VmRSS"):
        """Resident MiB now, or with VmHWM the most there were since forget_peak()."""
        return int(self.proc("status").split(what + ":")[1].split()[0]) / 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def bytes(self):
        """Read from and written to storage, and by system calls."""
        lines = dict(line.split(": ") for line in self.proc("io").splitlines())
        return {name: int(lines[name]) for name in ("rchar", "wchar", "read_bytes", "write_bytes")}

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Beat:
    """Does something again and again, on a thread of its own, while something else is going on."""

    def __init__(self, work, pause):
        self.work, self.pause, self.over = work, pause, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.is_set():
            self.work()
            self.over.wait(self.pause)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
