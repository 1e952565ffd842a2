"""Azure Blob Storage as Microsoft's own emulator has it: signatures, conditions, blocks, access tiers."""

import base64
import email.utils
import hashlib
import hmac
import http.client
import pathlib
import urllib.parse
import xml.etree.ElementTree

from process import Process, free_port

ACCOUNT = "devstoreaccount1"
# Published with the emulator; it opens nothing else.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "node/node_modules/azurite/dist/src/blob/main.js"


class Azurite:
    """`url` is the endpoint of the account."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/{ACCOUNT}"
        self.process = Process(
            "azurite", ["node", str(PROGRAM), "--blobHost", "127.0.0.1", "--blobPort", str(port), "-l",
                        str(self.directory), "--skipApiVersionCheck", "--disableTelemetry", "--silent"], self.directory)
        self.process.wait_for(self.process.listens(port))

    def stop(self):
        self.process.stop()


class Blobs:
    """A client of the emulator that is not ours: one container, whole blobs, Shared Key as its reference has it."""

    def __init__(self, url, container):
        self.parts = urllib.parse.urlsplit(url)
        self.path = f"{self.parts.path}/{container}"

    def call(self, method, path, query):
        headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": "2021-12-02"}
        lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
        members = "".join(f"\n{name}:{value}" for name, value in sorted(query.items()))
        text = f"{method}\n\n\n\n\n\n\n\n\n\n\n\n{lines}/{ACCOUNT}{path}{members}"
        digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
        connection = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=60)
        try:
            connection.request(method, path + ("?" + urllib.parse.urlencode(query) if query else ""), headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def create(self):
        status, _, body = self.call("PUT", self.path, {"restype": "container"})
        assert status == 201, body

    def names(self, prefix):
        found, marker = [], ""
        while True:
            query = {"restype": "container", "comp": "list", "prefix": prefix, **({"marker": marker} if marker else {})}
            status, _, body = self.call("GET", self.path, query)
            assert status == 200, body
            tree = xml.etree.ElementTree.fromstring(body.decode("utf-8-sig"))
            found += [name.text for name in tree.iter("Name")]
            marker = tree.findtext("NextMarker")
            if not marker:
                return found

    def get(self, name):
        """Status and bytes."""
        status, _, body = self.call("GET", f"{self.path}/{urllib.parse.quote(name, safe='/~')}", {})
        return status, body
