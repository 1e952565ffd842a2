"""What the servers here that speak the protocols of AWS have in common: signatures that are checked, XML, dates."""

import datetime
import hashlib
import hmac
import http.server
import re
import threading
import xml.etree.ElementTree as xml

from radosgw import ACCESS_KEY, SECRET_KEY


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def http_date(instant):
    return instant.strftime("%a, %d %b %Y %H:%M:%S GMT")


def element(name, *children):
    """A tree of elements; a pair is a name and a text."""
    made = xml.Element(name)
    for child in children:
        if isinstance(child, tuple):
            xml.SubElement(made, child[0]).text = str(child[1])
        else:
            made.append(child)
    return made


def xml_text(root):
    return xml.tostring(root, xml_declaration=True, encoding="utf-8")


class Handler(http.server.BaseHTTPRequestHandler):
    """One request of a signed protocol: subclasses give `service`, `carry_out(body)` and `refuse(refusal)`."""

    protocol_version = "HTTP/1.1"
    # An answer is one piece: its head must not wait for the client's acknowledgement.
    wbufsize = 1 << 16
    service = ""

    def log_message(self, *_):
        pass

    def handle_expect_100(self):
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def reply(self, status, headers=(), body=b"", length=None):
        self.send_response_only(status)
        self.send_header("Date", http_date(now()))
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def reply_xml(self, root, headers=()):
        self.reply(200, [("Content-Type", "application/xml"), *headers], xml_text(root))

    def check_signature(self, body):
        """Signature Version 4 in the headers; gives the service it is for."""
        words = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders="
                             r"([^,]+), ?Signature=([0-9a-f]{64})", self.headers.get("Authorization", ""))
        if not words or words[1] != ACCESS_KEY:
            raise Refusal(403, "InvalidAccessKeyId")
        digest = hashlib.sha256(body).hexdigest()
        payload = self.headers.get("x-amz-content-sha256", digest)
        path, _, query = self.path.partition("?")
        names = words[5].split(";")
        sent = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        canonical = "\n".join([self.command, path, "&".join(sorted(query.split("&"))), sent, words[5], payload])
        scope = f"{words[2]}/{words[3]}/{words[4]}/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope,
                             hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + SECRET_KEY).encode()
        for word in (words[2], words[3], words[4], "aws4_request", to_sign):
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        needed = {"host", "x-amz-date"} | {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if key.hex() != words[6] or not needed <= set(names):
            raise Refusal(403, "SignatureDoesNotMatch")
        if payload != digest:
            raise Refusal(400, "XAmzContentSHA256Mismatch")
        return words[4]

    def do_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self.carry_out(body)
        except Refusal as refusal:
            self.refuse(refusal)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_any


class Server(http.server.ThreadingHTTPServer):
    """On a port of loopback, in threads of this process; what it holds is in `held`."""

    daemon_threads = True

    def __init__(self, handler, held, port=0):
        super().__init__(("127.0.0.1", port), handler)
        self.held, self.lock = held, threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """Clients that are killed hang up."""

    def stop(self):
        self.shutdown()
        self.server_close()


class Service:
    """A server, and what it holds, whoever serves it; listens at `url`."""

    def __init__(self, handler, held):
        self.handler, self.held = handler, held
        self.server = Server(handler, held)
        self.url = self.server.url

    def stop(self):
        self.server.stop()

    def start(self):
        """Again, after stop(), with what it held and where it was."""
        self.server = Server(self.handler, self.held, self.server.server_port)
