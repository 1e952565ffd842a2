"""The test double of Archivematica and Slack, started beside a test: what it can be told, and what it has seen.

See tests/servers/archivematica for what it does; the members of what is told are described there.
"""

import base64
import http.client
import json
import pathlib
import select
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

from harness import Answer

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "servers" / "archivematica" / "archivematica_double.py"
START_SECONDS = 30

AM = {"Authorization": "ApiKey test:am-key"}
AMSS = {"Authorization": "ApiKey test:ss-key"}
LOCATIONS = "/api/v2/location/"
PACKAGE = "/api/v2beta/package"


class Seen:
    """One request that came to the double."""

    def __init__(self, entry):
        self.service, self.method, self.target = entry["service"], entry["method"], entry["target"]
        self.time, self.status, self.fault = entry["time"], entry["status"], entry["fault"]
        self.headers = {name.lower(): value for name, value in entry["headers"].items()}
        self.body = base64.b64decode(entry["body"])

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.service} {self.method} {self.target} -> {self.status}"


class Double:
    """`am`, `amss`, `slack_url` and `control_url` are its addresses. Ended by stop(), or with the test's process."""

    def __init__(self, directory, config=None, seed=1, tls=None):
        """`config`: the defaults that differ. `tls`: paths of a certificate and its key, for HTTPS."""
        self.directory = pathlib.Path(directory)
        self.log = self.directory / "double.log"
        self.command = [sys.executable, str(PROGRAM), "--seed", str(seed)]
        if config is not None:
            file = self.directory / "double.json"
            file.write_text(json.dumps(config))
            self.command += ["--config", str(file)]
        if tls:
            self.command += ["--tls", ",".join(map(str, tls))]
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            self.stop()
            raise AssertionError(f"the double did not start: {self.said()}")
        urls = json.loads(line)
        self.am, self.amss, self.slack_url, self.control_url = (urls[n] for n in ("am", "amss", "slack", "control"))
        return self

    def stop(self):
        """Its exit status."""
        process, self.process = self.process, None
        if process is None:
            return None
        process.stdin.close()
        try:
            return process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            process.stdout.close()

    def said(self):
        """Faults of its own, which a test should show."""
        return self.log.read_text(errors="replace")

    # -- telling

    def control(self, method, path, told=None):
        body = None if told is None else json.dumps(told).encode()
        request = urllib.request.Request(f"{self.control_url}/control/{path}", body, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.trust()) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from None

    def trust(self):
        if not self.control_url.startswith("https:"):
            return None
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def fault(self, action, service=None, method=None, path="*", skip=0, times=1):
        """Adds a rule, behind those that there are."""
        self.control("POST", "faults", {"service": service, "method": method, "path": path, "skip": skip, "times": times,
                                        "action": action})

    def clear_faults(self):
        self.control("DELETE", "faults")

    def options(self, **told):
        """Those that are named."""
        return self.control("PUT", "options", told)

    def locations(self, **told):
        """`spaces`, `locations`, `number`; what is not named stays. As they are then."""
        return self.control("PUT", "locations", told)

    def location(self, relative_path, space="s3", purpose="TS"):
        """The first one like this, as it can be changed and put back."""
        return next(one for one in self.control("GET", "locations")["locations"]
                    if (one["relative_path"], one["space"], one["purpose"]) == (relative_path, space, purpose))

    def configurations(self, *names):
        self.control("PUT", "configurations", list(names))

    def credentials(self, **told):
        """`am`, `amss`: {user: key}; `refused_host`."""
        self.control("PUT", "credentials", told)

    def version(self, text):
        self.control("PUT", "version", {"version": text})

    def tell(self, identifier, **told):
        """A transfer by its id, or its ingest by the UUID of that."""
        return self.control("POST", f"transfers/{urllib.parse.quote(identifier)}", told)

    def advance(self, transfer=None):
        """All transfers, or one, to the next stage; as they are then."""
        return self.control("POST", "advance", {"transfer": transfer} if transfer else {})

    def pass_time(self, seconds):
        self.control("POST", "clock", {"advance": seconds})

    def reset(self):
        self.control("POST", "reset")

    # -- seeing

    def requests(self, service="", method="", path=""):
        query = urllib.parse.urlencode({"service": service, "method": method, "path": path})
        return [Seen(entry) for entry in self.control("GET", f"requests?{query}")]

    def forget_requests(self):
        """Those that have come so far."""
        self.control("DELETE", "requests")

    def transfers(self):
        return self.control("GET", "transfers")

    def transfer(self, identifier):
        return self.control("GET", f"transfers/{urllib.parse.quote(identifier)}")

    def slack(self):
        """The payloads that were accepted."""
        return self.control("GET", "slack")


# -- calls as its users make them

def call(url, method="GET", body=None, headers=None, timeout=30):
    """One call that follows nothing."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        target = parts.path + ("?" + parts.query if "?" in url else "")
        connection.request(method, target, body, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


class Dialogue:
    """For tests that have a `double`: what a companion says to it."""

    def am(self, path, method="GET", body=None, headers=None):
        return call(self.double.am + path, method, body, AM if headers is None else headers)

    def amss(self, path, method="GET", body=None, headers=None):
        return call(self.double.amss + path, method, body, AMSS if headers is None else headers)

    def body(self, name="pkg.zip", path=None, **more):
        path = path or f"{self.double.location('born-digital')['uuid']}:/{name}"
        return {"name": name, "type": "zipfile", "path": base64.b64encode(path.encode()).decode(),
                "processing_config": "born_digital", "auto_approve": True, **more}

    def post(self, key=None, body=None, user=AM):
        return self.am(PACKAGE, "POST", body or self.body(), {**user, **({"Idempotency-Key": key} if key else {})})

    def started(self, **more):
        """The id of a new transfer."""
        answer = self.post(body=self.body(**more))
        self.assertEqual(answer.status, 202, answer)
        return answer.json["id"]

    def status(self, identifier, kind="transfer"):
        return self.am(f"/api/{kind}/status/{identifier}/")
