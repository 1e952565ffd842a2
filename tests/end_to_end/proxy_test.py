#!/usr/bin/python3
"""The shipped nginx configuration, with the real nginx: TLS in front, everything a depositor does through it.

Only addresses, ports and file names of deploy/nginx/strongroom.conf are replaced; what is tested is the file itself.
"""

import base64
import getpass
import http.client
import json
import pathlib
import re
import socket
import ssl
import subprocess
import unittest
import urllib.parse

from bags import Bag
from harness import ServiceTest, events_of, free_port, wait_until

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "deploy/nginx/strongroom.conf"
NAME = "archive.example.org"
BASE = f"https://{NAME}/storage/v1"

# What Debian's own nginx.conf says around a site, with all paths in one directory.
AROUND = """
daemon off; user {user}; pid {directory}/nginx.pid; error_log {directory}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    include {directory}/strongroom.conf;
}}
"""


class Proxy:
    def __init__(self, directory, upstream):
        self.directory = directory
        directory.mkdir()
        self.port, self.plain_port = free_port(), free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                        "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", "privkey.pem", "-out", "fullchain.pem"],
                       cwd=directory, check=True, capture_output=True)
        text = SHIPPED.read_text()
        for shipped, here in (("listen 443 ", f"listen 127.0.0.1:{self.port} "),
                              ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
                              ("server 127.0.0.1:8080;", f"server 127.0.0.1:{upstream};"),
                              ("/etc/ssl/strongroom/", f"{directory}/")):
            assert shipped in text, shipped
            text = text.replace(shipped, here)
        (directory / "strongroom.conf").write_text(text)
        (directory / "nginx.conf").write_text(AROUND.format(directory=directory, user=getpass.getuser()))
        self.command = ["/usr/sbin/nginx", "-e", str(directory / "error.log"), "-c", str(directory / "nginx.conf")]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def listening():
            assert self.process.poll() is None, self.said()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        wait_until(listening, what="a listening nginx")

    def said(self):
        return (self.directory / "error.log").read_text()

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def connection(self):
        """TLS with the certificate verified for the public name, over loopback."""
        context = ssl.create_default_context(cafile=self.directory / "fullchain.pem")
        raw = socket.create_connection(("127.0.0.1", self.port), 60)
        connection = http.client.HTTPConnection(NAME, timeout=60)
        connection.sock = context.wrap_socket(raw, server_hostname=NAME)
        return connection


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def __repr__(self):
        return f"{self.status} {self.body[:600]}"


class BehindNginx(ServiceTest):
    def setUp(self):
        super().setUp()
        self.strongroom = self.service(f'publicBaseUrl = "{BASE}"\n[http]\nbehindProxy = true\n')
        self.api = self.strongroom.api
        self.proxy = Proxy(self.directory / "nginx", self.strongroom.port)
        self.addCleanup(self.proxy.stop)
        self.proxy.start()

    def call(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.proxy.connection()
        try:
            connection.request(method, path, body=body, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def bearer(self):
        basic = base64.b64encode(f"{self.api.client_id}:{self.api.secret}".encode()).decode()
        form = urllib.parse.urlencode({"grant_type": "client_credentials"})
        answer = self.call("POST", "/oauth2/token", form, Authorization="Basic " + basic,
                           Content_Type="application/x-www-form-urlencoded")
        self.assertEqual(answer.status, 200, answer)
        self.api.token = re.search(rb'"access_token":"([^"]+)"', answer.body)[1].decode()
        return "Bearer " + self.api.token

    def test_a_bag_through_the_proxy(self):
        bearer = self.bearer()
        bag = Bag("SEA/1887/12", {"data/sheet.tif": bytes(range(256)) * 10_000})
        package = bag.package()
        answer = self.call("PUT", "/storage/v1/uploads/uploads/2024/b.tar.gz", package, Authorization=bearer)
        self.assertEqual(answer.status, 201, answer)
        request = json.dumps(self.api.request("maps", "SEA/1887/12", "2024/b.tar.gz"))
        answer = self.call("POST", "/storage/v1/ingests", request, Authorization=bearer,
                           Content_Type="application/json")
        self.assertEqual(answer.status, 201, answer)
        location = answer.headers["Location"]
        self.assertTrue(location.startswith(BASE + "/ingests/"), location)

        def ended():
            shown = json.loads(self.call("GET", location.removeprefix(f"https://{NAME}"), Authorization=bearer).body)
            return shown if shown["status"]["id"] in ("succeeded", "failed") else None

        ingest = wait_until(ended, pause=0.1, what="the end of the ingest")
        self.assertEqual(ingest["status"]["id"], "succeeded", events_of(ingest))
        # A slash of the identifier, written both ways; the second must reach the service as it was sent.
        for path in ("SEA/1887/12", "SEA%2F1887%2F12"):
            shown = self.call("GET", "/storage/v1/bags/maps/" + path, Authorization=bearer)
            self.assertEqual(shown.status, 200, shown)
            document = json.loads(shown.body)
            self.assertEqual(document["@context"], BASE + "/context.json")
            self.assertEqual(document["info"]["externalIdentifier"], "SEA/1887/12")
        again = self.call("GET", "/storage/v1/bags/maps/SEA/1887/12", Authorization=bearer,
                          If_None_Match=shown.headers["ETag"])
        self.assertEqual(again.status, 304, again)

    def test_an_upload_is_not_kept_back(self):
        bearer, size = self.bearer(), 8 << 20
        connection = self.proxy.connection()
        self.addCleanup(connection.close)
        connection.putrequest("PUT", "/storage/v1/uploads/uploads/large")
        connection.putheader("Authorization", bearer)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        connection.send(bytes(size // 2))
        uploads = (self.strongroom.data / "uploads").resolve()

        def arriving():
            # An unfinished upload has no name yet, so it is looked for among the service's open files.
            for descriptor in pathlib.Path(f"/proc/{self.strongroom.pid}/fd").iterdir():
                try:
                    if str(descriptor.readlink()).startswith(str(uploads)) and descriptor.stat().st_size >= 1 << 20:
                        return True
                except FileNotFoundError:
                    continue
            return False

        wait_until(arriving, what="the first half at the service while the second has not been sent")
        connection.send(bytes(size - size // 2))
        answer = Answer(connection.getresponse())
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual((uploads / "large").stat().st_size, size)

    def test_large_bodies_belong_to_uploads_only(self):
        answer = self.call("POST", "/storage/v1/ingests", bytes((1 << 20) + 1), Authorization=self.bearer(),
                           Content_Type="application/json")
        self.assertEqual(answer.status, 413, answer)
        self.assertNotIn("status=413", self.strongroom.said())

    def test_request_ids_pass(self):
        answer = self.call("GET", "/healthz", X_Request_Id="from-the-caller.1")
        self.assertEqual((answer.status, answer.body), (200, b"ok"))
        self.assertEqual(answer.headers["X-Request-Id"], "from-the-caller.1")
        self.assertIn("requestId=from-the-caller.1", self.strongroom.said())
        self.assertRegex(self.call("GET", "/healthz").headers["X-Request-Id"], r"^[0-9a-f-]{36}$")

    def test_guessing_is_slowed_down(self):
        for path in ("/oauth2/token", "/storage/v1/oauth2/token"):
            answers = [self.call("POST", path, "grant_type=x").status for _ in range(30)]
            self.assertIn(429, answers, answers)
        self.assertEqual(self.call("GET", "/healthz").status, 200)

    def test_what_the_proxy_keeps_to_itself(self):
        bearer = self.bearer()
        for path in ("/metrics", "/storage/v1/metrics"):
            self.assertEqual(self.call("GET", path, Authorization=bearer).status, 404)
            self.assertNotIn(f"path={path}", self.strongroom.said())
        plain = http.client.HTTPConnection("127.0.0.1", self.proxy.plain_port, timeout=60)
        self.addCleanup(plain.close)
        plain.request("GET", "/storage/v1/context.json", headers={"Host": NAME})
        answer = Answer(plain.getresponse())
        self.assertEqual((answer.status, answer.headers["Location"]), (301, BASE + "/context.json"))


if __name__ == "__main__":
    unittest.main()
