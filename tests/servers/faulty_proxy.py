"""A proxy before a storage server that does wrong what it is told to, and passes on everything else.

Faults are posted as JSON to /faults, a list, each used up from the first that fits:
{"method": "PUT", "match": "regular expression, searched in the target", "times": 1, "do": KIND, …}, with the kinds

refuse       the connection is closed as soon as the head has been read
status       answers `status` with an S3 error `code` (and `retryAfter` seconds), or with `body`, without asking the server
lose         the server carries the request out, and the answer is lost
cut          the answer's body ends after `bytes` bytes, and the connection with it
short        the same, but the answer's length says that this was all
flip         one bit of byte `at` of the answer's body is another
error200     the server is not asked; 200 with an S3 error of `code` for a body
extra        answers with the headers of `headers` beside the server's own

GET /count answers {"METHOD": number} of what was passed on or failed since the last POST /faults.
"""

import collections
import http.client
import http.server
import json
import re
import threading
import urllib.parse


def error_text(code):
    return f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as told</Message></Error>".encode()


class Cut(Exception):
    """The connection ends here."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is one piece: its head must not wait for the client's acknowledgement.
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def handle_expect_100(self):
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def reply(self, status, headers, body, length=None):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def fault(self):
        with self.server.lock:
            self.server.counts[self.command] += 1
            for fault in self.server.faults:
                if fault["times"] > 0 and fault["method"] == self.command and re.search(fault["match"], self.path):
                    fault["times"] -= 1
                    return fault
        return {"do": "nothing"}

    def control(self):
        if self.path == "/faults":
            with self.server.lock:
                self.server.faults = [{"times": 1, "match": "", **fault} for fault in json.loads(self.read_body())]
                self.server.counts.clear()
        with self.server.lock:
            self.reply(200, [], json.dumps(self.server.counts).encode())

    def handle_one(self):
        if self.path in ("/faults", "/count"):
            return self.control()
        fault = self.fault()
        kind = fault["do"]
        if kind == "refuse":
            raise Cut
        body = self.read_body()
        if kind == "status":
            headers = [("Retry-After", str(fault["retryAfter"]))] if "retryAfter" in fault else []
            text = fault["body"].encode() if "body" in fault else error_text(fault.get("code", "Told"))
            return self.reply(fault["status"], headers, text)
        if kind == "error200":
            return self.reply(200, [], error_text(fault["code"]))
        upstream = http.client.HTTPConnection(self.server.upstream.hostname, self.server.upstream.port)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "expect"):
                upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        content = answer.read()
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        upstream.close()
        self.pass_on(fault, answer, content, length)

    def pass_on(self, fault, answer, content, length):
        kind = fault["do"]
        headers = answer.getheaders()
        if kind == "lose":
            raise Cut
        if kind == "cut":
            self.reply(answer.status, headers, content[:fault["bytes"]], len(content))
            raise Cut
        if kind == "short":
            content = content[:fault["bytes"]]
        if kind == "flip" and content:
            changed = bytearray(content)
            changed[fault["at"]] ^= 1
            content = bytes(changed)
        if kind == "extra":
            headers = headers + list(fault["headers"].items())
        self.reply(answer.status, headers, content, length)

    def do_any(self):
        try:
            self.handle_one()
        except (Cut, OSError):
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_any


class FaultyProxy:
    """Listens at `url` and passes on to `upstream`, whose own path is kept out of `url`."""

    def __init__(self, upstream):
        parts = urllib.parse.urlsplit(upstream)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.upstream, self.server.faults = parts, []
        self.server.counts, self.server.lock = collections.Counter(), threading.Lock()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = self.origin + parts.path
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
