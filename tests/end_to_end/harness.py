"""Starts the real program and speaks to it as its users do: command line, HTTP, files in upload areas.

Nothing here knows the inside of the program but for catalogue.py, which reads the database where the API does not
(yet) show what has to be proven. Standard library only. Every wait is polling with a bound.
"""

import base64
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))

from catalogue import Catalogue  # noqa: E402
from process import free_port  # noqa: E402

LOCATIONS = ("primary", "replica-1", "replica-2")
LABELS = ("primary location", "replica-1", "replica-2")
BASE_PATH = "/storage/v1"


def binary():
    """The program under test: STRONGROOM_BINARY, or the newest one below build/."""
    named = os.environ.get("STRONGROOM_BINARY")
    if named:
        return pathlib.Path(named).resolve()
    root = pathlib.Path(__file__).resolve().parents[2]
    built = sorted(root.glob("build/*/strongroom"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise RuntimeError("there is no program to test: build it, or set STRONGROOM_BINARY")
    return built[-1]


def option(name, default):
    """A number for campaigns: `--kills 10000` on the command line, STRONGROOM_KILLS, or the default for CI."""
    flag = "--" + name
    if flag in sys.argv:
        at = sys.argv.index(flag)
        value = int(sys.argv[at + 1])
        os.environ["STRONGROOM_" + name.upper()] = str(value)
        del sys.argv[at : at + 2]
        return value
    return int(os.environ.get("STRONGROOM_" + name.upper(), default))


def seed_option():
    """The seed of all chance in a campaign, printed, so that it can be given again: --seed or STRONGROOM_SEED."""
    seed = option("seed", random.SystemRandom().randrange(1 << 32))
    print(f"{pathlib.Path(sys.argv[0]).stem}: seed {seed}", flush=True)
    return seed


def wait_until(look, seconds=60, pause=0.02, what="the expected state"):
    """Calls look() until it gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what} was not reached within {seconds} s")
        time.sleep(pause)


class Answer:
    """What the service answered."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def __repr__(self):
        return f"{self.status} {self.text[:600]}"


class Api:
    """A client of the HTTP API. Paths are below the base path unless they are absolute URLs or begin with `//`."""

    def __init__(self, port, client_id=None, secret=None):
        self.port = port
        self.base = f"http://127.0.0.1:{port}{BASE_PATH}"
        self.client_id = client_id
        self.secret = secret
        self.token = None

    def call(self, method, path, body=None, headers=None, authorise=True):
        if path.startswith("http://"):
            parts = urllib.parse.urlsplit(path)
            target = parts.path + ("?" + parts.query if parts.query else "")
        elif path.startswith("//"):
            target = path[1:]
        else:
            target = BASE_PATH + path
        headers = dict(headers or {})
        if authorise and "Authorization" not in headers:
            if self.token is None:
                self.token = self.take_token().json["access_token"]
            headers["Authorization"] = "Bearer " + self.token
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, body=body, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def take_token(self, form=None, basic=True, path="/oauth2/token", credentials=None):
        """Asks for a token; with HTTP Basic, or with what the form says alone."""
        form = {"grant_type": "client_credentials"} if form is None else form
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if basic:
            user, password = credentials or (self.client_id, self.secret)
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        return self.call("POST", path, urllib.parse.urlencode(form).encode(), headers, authorise=False)

    def upload(self, name, content, area="uploads"):
        """Sends bytes, or a file by its path, to an upload area."""
        if isinstance(content, pathlib.Path):
            content = content.read_bytes()
        path = f"/uploads/{area}/{urllib.parse.quote(name)}"
        return self.call("PUT", path, content, {"Content-Type": "application/octet-stream"})

    def request(self, space, identifier, path, kind="create", callback=None, provider="filesystem", bucket="uploads"):
        """The body of a POST /ingests, with all the `type` members of RFC 002."""
        body = {
            "type": "Ingest",
            "ingestType": {"id": kind, "type": "IngestType"},
            "space": {"id": space, "type": "Space"},
            "bag": {"type": "Bag", "info": {"type": "BagInfo", "externalIdentifier": identifier}},
            "sourceLocation": {
                "type": "Location",
                "provider": {"type": "Provider", "id": provider},
                "bucket": bucket,
                "path": path,
            },
        }
        if callback:
            body["callback"] = {"type": "Callback", "url": callback}
        return body

    def ingest(self, space, identifier, path, **more):
        """POST /ingests; the new ingest."""
        answer = self.call("POST", "/ingests", self.request(space, identifier, path, **more))
        assert answer.status == 201, answer
        return answer.json

    def show(self, ingest_id):
        answer = self.get(f"/ingests/{ingest_id}")
        assert answer.status == 200, answer
        return answer.json

    def ended(self, ingest_id, seconds=60, with_callback=False, pause=0.05):
        """The ingest once it has ended, and its callback with it when asked for."""

        def look():
            ingest = self.show(ingest_id)
            if ingest["status"]["id"] not in ("succeeded", "failed"):
                return None
            if with_callback and ingest["callback"]["status"]["id"] == "processing":
                return None
            return ingest

        try:
            return wait_until(look, seconds, pause, what=f"the end of ingest {ingest_id}")
        except AssertionError as late:
            raise AssertionError(f"{late}; its events: {events_of(self.show(ingest_id))}") from None

    def bag(self, space, identifier, version=None):
        path = f"/bags/{urllib.parse.quote(space)}/{urllib.parse.quote(identifier)}"
        return self.get(path + (f"?version={version}" if version else ""))


def events_of(ingest):
    return [event["description"] for event in ingest["events"]]


class Service:
    """One data directory and the process that serves it. Ended by pid, never by name."""

    def __init__(self, data, config="", prefix=(), port=None):
        self.data = pathlib.Path(data)
        self.config = config
        self.prefix = list(prefix)
        self.port = port or free_port()
        self.process = None
        self.log = self.data.parent / (self.data.name + ".log")
        self.api = Api(self.port)

    # -- the process

    def command(self):
        command = [*self.prefix, str(binary()), "serve", "--data", str(self.data)]
        command += ["--listen", f"127.0.0.1:{self.port}"]
        if self.config:
            file = self.data.parent / (self.data.name + ".toml")
            file.write_text(self.config)
            command += ["--config", str(file)]
        return command

    def start(self, seconds=30):
        """Starts the process and returns when it says that it is listening."""
        assert self.process is None, "already started"
        at = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def listening():
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise AssertionError(f"the service ended with {code} at start:\n{self.said(at)}")
            return "is listening on" in self.said(at)

        try:
            wait_until(listening, seconds, 0.01, "a listening service")
        except AssertionError:
            self.kill()
            raise
        return self

    def said(self, since=0):
        with open(self.log, "rb") as log:
            log.seek(since)
            return log.read().decode("utf-8", "replace")

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """As a crash: SIGKILL, at once."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self, seconds=60):
        """As an operator: SIGTERM; the exit code."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the service did not stop within {seconds} s") from None

    # -- around it

    def add_client(self, name="tests"):
        """`strongroom client add`; the API is its client from then on."""
        done = run("client", "add", "--data", str(self.data), "--name", name, "--all-scopes", "--json")
        assert done.returncode == 0, done
        made = json.loads(done.stdout)
        self.api.client_id, self.api.secret = made["client_id"], made["client_secret"]

    def place(self, name, content):
        """A file in the upload area, as people put it there by hand."""
        target = self.data / "uploads" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pathlib.Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content)
        return name

    def locations(self):
        return [self.data / "locations" / name for name in LOCATIONS]

    @property
    def catalogue(self):
        return Catalogue(self.data)


def run(*arguments, environment=None, seconds=120):
    """The program with other subcommands."""
    return subprocess.run(
        [str(binary()), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, **(environment or {})},
    )


def peak(pid):
    """Highest resident memory of the process so far, in bytes."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        (line,) = [line for line in status if line.startswith("VmHWM:")]
    return int(line.split()[1]) << 10


# Callbacks tried again after a second instead of minutes.
SHORT_PAUSES = """
[callbacks]
attempts = 5
pauses = ["1s", "1s", "1s", "1s"]
"""


class ServiceTest(unittest.TestCase):
    """A test with a temporary directory and services in it, all ended with the test; shows the log of a failure."""

    maxDiff = 4000

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-"))
        self.addCleanup(shutil.rmtree, self.directory, True)
        self.services = []
        self.addCleanup(self.end_services)

    def end_services(self):
        failed = not getattr(self._outcome, "success", True)
        for service in self.services:
            if service.process is not None:
                service.kill()
            if failed and service.log.exists():
                print(f"--- log of the service ({service.log.name})\n{service.said()[-6000:]}", file=sys.stderr)

    def new_locations(self, *names, aliases=()):
        """Makes locations in the test's directory, the first one primary; the configuration that has them."""
        config = ""
        for name in names:
            path, label = self.directory / name, f"{name} copy"
            done = run("location", "init", str(path), "--label", label)
            self.assertEqual(done.returncode, 0, done)
            role = "primary" if name == names[0] else "replica"
            config += f'[[locations]]\nname = "{name}"\nlabel = "{label}"\npath = "{path}"\nrole = "{role}"\n'
            if name == names[0]:
                config += f"aliases = {json.dumps(list(aliases))}\n"
        return config

    def service(self, config="", name="data", start=True, client=True, **more):
        made = Service(self.directory / name, config, **more)
        self.services.append(made)
        if start:
            made.start()
            if client:
                made.add_client()
        return made
