#!/usr/bin/python3
"""Clients that mean harm, or are broken: the service answers what it must, and goes on answering others.

Raw sockets against the real program. Slow clients of every kind hang on for the whole run, in the background; all the
while a probe asks /healthz and, with a token, for an ingest, on new connections and on kept ones, in clear and over TLS:
each must be answered with 200 within PATIENCE. At the end every hostile connection has been closed by the service, and
neither its memory nor its descriptors have grown beyond their bounds.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import resource
import shutil
import socket
import ssl
import tempfile
import threading
import time
import unittest
import warnings

from bags import Bag
from harness import BASE_PATH, Service, wait_until
from raw import ask, connect, connect_tls, make_certificate, read_answers

PATIENCE = 5.0  # seconds: two cores, shared with everything else that is tested
# A sanitizer keeps memory for itself: the figures would be its own.
SANITIZED = bool(os.environ.get("STRONGROOM_SANITIZE"))
IDLE = 10_000
IDLE_TLS = 1_000
KIB = 1024

TAIL = b"GET /healthz HTTP/1.1\r\nHost: tail\r\nConnection: close\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: h\r\n"
POST = b"POST /oauth2/token HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"

# What must be refused, and how. Behind each comes TAIL: if it is answered, the service took for the end of the request
# what another reader of the same bytes would not.
REFUSED = {
    "length and coding": (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + LAST, 400),
    "coding and length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + LAST, 400),
    "two lengths": (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", 400),
    "the same length twice": (POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "lengths in a list": (POST + b"Content-Length: 4, 4\r\n\r\nabcd", 400),
    "signed length": (POST + b"Content-Length: +4\r\n\r\nabcd", 400),
    "negative length": (POST + b"Content-Length: -4\r\n\r\nabcd", 400),
    "hexadecimal length": (POST + b"Content-Length: 0x4\r\n\r\nabcd", 400),
    "empty length": (POST + b"Content-Length: \r\n\r\nabcd", 400),
    "length in two words": (POST + b"Content-Length: 4 4\r\n\r\nabcd", 400),
    "length beyond 64 bits": (POST + b"Content-Length: 36893488147419103232\r\n\r\nabcd", 400),
    "length of 64 bits": (POST + b"Content-Length: 18446744073709551615\r\n\r\nabcd", 400),
    "folded field": (GET + b"A: b\r\n c\r\n\r\n", 400),
    "folded coding": (POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + LAST, 400),
    "fold before the first field": (b"GET /healthz HTTP/1.1\r\n Host: h\r\nHost: h\r\n\r\n", 400),
    "coding hidden in a fold": (POST + b"Content-Length: 4\r\nA: b\r\n\tTransfer-Encoding: chunked\r\n\r\nabcd", 400),
    "lines ending in LF": (b"GET /healthz HTTP/1.1\nHost: h\n\n", 400),
    "one line ending in LF": (GET + b"A: b\nB: c\r\n\r\n", 400),
    "header ending in LF": (GET + b"\n", 400),
    "bare CR": (GET + b"A: b\rTransfer-Encoding: chunked\r\n\r\n", 400),
    "NUL in a value": (GET + b"A: b\0c\r\n\r\n", 400),
    "control character in a value": (GET + b"A: b\x01c\r\n\r\n", 400),
    "blank before the colon": (POST + b"Content-Length : 4\r\n\r\nabcd", 400),
    "tab before the colon": (POST + b"Transfer-Encoding\t: chunked\r\n\r\n" + LAST, 400),
    "no name": (GET + b": b\r\n\r\n", 400),
    "no colon": (GET + b"abc\r\n\r\n", 400),
    "name not ASCII": (GET + b"X-\xff: a\r\n\r\n", 400),
    "chunked, identity": (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + LAST, 501),
    "identity": (POST + b"Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\nabcd", 501),
    "gzip, chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + LAST, 501),
    "xchunked": (POST + b"Transfer-Encoding: xchunked\r\n\r\n" + LAST, 501),
    "chunked with a comma": (POST + b"Transfer-Encoding: chunked,\r\n\r\n" + LAST, 501),
    "empty coding": (POST + b"Transfer-Encoding: \r\nContent-Length: 4\r\n\r\nabcd", 501),
    "two codings": (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + LAST, 400),
    "vertical tab in the coding": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + LAST, 400),
    "chunks in HTTP/1.0": (b"POST /oauth2/token HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + LAST, 400),
    "chunk size ending in LF": (CHUNKED + b"4\nabcd\n0\n\n", 400),
    "chunk extension ending in LF": (CHUNKED + b"4;a\nabcd\r\n" + LAST, 400),
    "chunk extension with a control character": (CHUNKED + b"4;a=\x01\r\nabcd\r\n" + LAST, 400),
    "chunk extension without end": (CHUNKED + b"4;" + b"a" * 600_000, 400),
    "chunk of 2^64-1": (CHUNKED + b"ffffffffffffffff\r\nabcd\r\n" + LAST, 400),
    "chunk beyond 64 bits": (CHUNKED + b"1ffffffffffffffff\r\nabcd\r\n" + LAST, 400),
    "negative chunk": (CHUNKED + b"-4\r\nabcd\r\n" + LAST, 400),
    "chunk size with a prefix": (CHUNKED + b"0x4\r\nabcd\r\n" + LAST, 400),
    "chunk size with a blank": (CHUNKED + b"4 \r\nabcd\r\n" + LAST, 400),
    "no chunk size": (CHUNKED + b"\r\nabcd\r\n" + LAST, 400),
    "chunk longer than its size": (CHUNKED + b"4\r\nabcdXX\r\n" + LAST, 400),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "a host that is none": (b"GET /healthz HTTP/1.1\r\nHost: a b/c\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", 400),
    "HTTP/1.2": (b"GET /healthz HTTP/1.2\r\nHost: h\r\n\r\n", 400),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "two blanks": (b"GET  /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "tabs for blanks": (b"GET\t/healthz\tHTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "blank after the version": (b"GET /healthz HTTP/1.1 \r\nHost: h\r\n\r\n", 400),
    "blank before the method": (b" GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "blank in the target": (b"GET /heal thz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "NUL in the target": (b"GET /heal\0thz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "a method that is none": (b"G@T /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "not HTTP at all": (bytes(range(256)) * 40, 400),
    "a TLS greeting in clear": (bytes.fromhex("1603010200010001fc0303") + bytes(64), 400),
    "a target of 8,193 bytes": (b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414),
    "a target of 1 MiB": (b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414),
    "a header of 70 KB": (GET + b"A: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "1,000 fields": (GET + b"A: b\r\n" * 1000 + b"\r\n", 431),
}

# What is odd, but has one meaning only: the request and TAIL are both answered.
ODD = {
    "nothing odd": (GET + b"\r\n", 200),
    "empty lines first": (b"\r\n\r\n" + GET + b"\r\n", 200),
    "absolute form of another host": (b"GET http://evil.test/healthz HTTP/1.1\r\nHost: h\r\n\r\n", 200),
    "a body where none is wanted": (GET + b"Content-Length: 4\r\n\r\nabcd", 200),
    "length with zeros": (POST + b"Content-Length: 004\r\n\r\nabcd", 400),
    "chunk extensions": (CHUNKED + b'4;a=b;c="d"\r\nabcd\r\n' + LAST, 400),
    "a trailer with a length": (CHUNKED + b"4\r\nabcd\r\n0\r\nX-A: b\r\n\r\n", 400),
    "bad UTF-8 in a field": (GET + b"X-Request-Id: \xff\xfe\r\nAuthorization: Bearer \xc3\r\n\r\n", 200),
    "bad UTF-8 in the path": (f"GET {BASE_PATH}/bags/s/".encode() + b"\xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n", 404),
    "bad UTF-8 in escapes": (f"GET {BASE_PATH}/bags/s/%ff%fe HTTP/1.1\r\nHost: h\r\n\r\n".encode(), 404),
    "broken escapes": (f"GET {BASE_PATH}/bags/s/%4 HTTP/1.1\r\nHost: h\r\n\r\n".encode(), 404),
    "lower-case method": (b"get /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 405),
    "CONNECT": (b"CONNECT a:80 HTTP/1.1\r\nHost: h\r\n\r\n", 404),
    "star": (b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 404),
}


def memory_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * KIB
    raise AssertionError("no VmRSS")


def sockets_of(pid):
    count = 0
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += str(entry.readlink()).startswith("socket:")
        except OSError:
            pass  # closed meanwhile
    return count


class Probe(threading.Thread):
    """The others: asks all the time, on new and kept connections, and keeps the longest wait and all that went wrong."""

    def __init__(self, make_connection, targets):
        super().__init__(daemon=True)
        self.make_connection = make_connection
        self.targets = targets
        self.ended = threading.Event()
        self.asked = 0
        self.longest = 0.0
        self.faults = []

    def ask(self, connection, target, headers):
        begun = time.monotonic()
        try:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = time.monotonic() - begun
            if answer.status != 200:
                self.faults.append(f"{target}: {answer.status}")
        except (OSError, http.client.HTTPException) as fault:
            took = time.monotonic() - begun
            self.faults.append(f"{target}: {fault!r} after {took:.1f} s")
        self.asked += 1
        self.longest = max(self.longest, took)

    def run(self):
        kept = self.make_connection()
        while not self.ended.wait(0.05):
            for target, headers in self.targets:
                fresh = self.make_connection()
                self.ask(fresh, target, headers)
                fresh.close()
                self.ask(kept, target, headers)
        kept.close()


class Trickler(threading.Thread):
    """Many connections that each send a beginning and then a byte now and then, until the service has had enough."""

    def __init__(self, port, beginning, count, pause):
        super().__init__(daemon=True)
        self.pause = pause
        self.begun = time.monotonic()
        self.sockets = [connect(port) for _ in range(count)]
        for made in self.sockets:
            made.sendall(beginning)
        self.answers = []
        self.lasted = None

    def run(self):
        left = list(self.sockets)
        while left:
            time.sleep(self.pause)
            for made in list(left):
                try:
                    made.sendall(b"a")
                    made.setblocking(False)
                    data = made.recv(4096)
                    self.answers.append(data[:12])
                    left.remove(made)
                except BlockingIOError:
                    made.settimeout(20)
                except OSError:
                    self.answers.append(b"closed")
                    left.remove(made)
        self.lasted = time.monotonic() - self.begun
        for made in self.sockets:
            made.close()


class Hostile(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.idle = min(IDLE, hard - 2000)
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, True)
        cls.certificate, key = make_certificate(cls.directory)
        # The limit a shell gives: the service has to raise it.
        prefix = ["prlimit", "--nofile=1024:"]
        cls.clear = Service(cls.directory / "clear", prefix=prefix)
        cls.secure = Service(
            cls.directory / "secure", f'[tls]\ncertificate = "{cls.certificate}"\nkey = "{key}"\n', prefix=prefix
        )
        for service in (cls.clear, cls.secure):
            cls.addClassCleanup(service.kill)
            service.start()
        cls.clear.add_client()
        cls.store_a_bag()
        cls.start_probes()
        cls.start_slow_clients()

    @classmethod
    def store_a_bag(cls):
        """One with a description of some ten KiB."""
        payload = {f"data/{i:04}-of-a-long-series-of-files.txt": b"%d" % i for i in range(300)}
        cls.clear.place("bag.tar.gz", Bag("b1", payload).package())
        api = cls.clear.api
        cls.ingest = api.ingest("hostile", "b1", "bag.tar.gz")["id"]
        ended = api.ended(cls.ingest)
        assert ended["status"]["id"] == "succeeded", ended
        cls.authorisation = {"Authorization": "Bearer " + api.token}
        cls.get_bag = (
            f"GET {BASE_PATH}/bags/hostile/b1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {api.token}\r\n\r\n".encode()
        )

    @classmethod
    def start_probes(cls):
        trust = ssl.create_default_context(cafile=str(cls.certificate))
        ingest = (f"{BASE_PATH}/ingests/{cls.ingest}", cls.authorisation)
        cls.probes = [
            Probe(lambda: http.client.HTTPConnection("127.0.0.1", cls.clear.port, timeout=20), [("/healthz", {}), ingest]),
            Probe(
                lambda: http.client.HTTPSConnection("127.0.0.1", cls.secure.port, timeout=20, context=trust),
                [("/healthz", {}), (BASE_PATH + "/context.json", {})],
            ),
        ]
        cls.sockets_before = [sockets_of(service.pid) for service in (cls.clear, cls.secure)]
        for probe in cls.probes:
            probe.start()

    @classmethod
    def start_slow_clients(cls):
        port, secure = cls.clear.port, cls.secure.port
        big_post = POST + b"Content-Length: 1000000\r\n\r\n"
        cls.slow = {
            "header": Trickler(port, GET + b"A: ", 200, 0.5),
            "body": Trickler(port, big_post, 200, 0.5),
            "chunks": Trickler(port, CHUNKED + b"fffff\r\n", 50, 0.5),
            "TLS record": Trickler(secure, b"\x16\x03\x01\x02\x00", 100, 0.5),
        }
        for slow in cls.slow.values():
            slow.start()
        # Readers that ask for much and take nothing.
        cls.stalled = [connect(port, receive_buffer=4096) for _ in range(40)]
        for made in cls.stalled:
            made.sendall(cls.get_bag * 500)
        # Handshakes that never begin.
        cls.mute = [connect(secure) for _ in range(100)]

    @classmethod
    def tearDownClass(cls):
        for probe in cls.probes:
            probe.ended.set()
        for service in (cls.clear, cls.secure):
            service.stop()

    def tearDown(self):
        """After every test: the service lives, and nobody else has noticed."""
        for service in (self.clear, self.secure):
            self.assertIsNone(service.process.poll(), service.said()[-4000:])
        for probe in self.probes:
            self.assertTrue(probe.is_alive())
            self.assertEqual(probe.faults, [])
            self.assertLess(probe.longest, PATIENCE)

    def test_requests_with_two_meanings_are_refused(self):
        def refused(case):
            name, (raw, status) = case
            return name, status, ask(self.clear.port, raw + TAIL)

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for name, status, told in pool.map(refused, REFUSED.items()):
                with self.subTest(name):
                    self.assertEqual(told.statuses, [status], told)
                    self.assertTrue(told.closed)
                    error = json.loads(told.answers[0][2])
                    self.assertEqual(error["type"], "Error")
                    self.assertEqual(error["httpStatus"], status)

    def test_odd_requests_have_one_meaning(self):
        for name, (raw, status) in ODD.items():
            with self.subTest(name):
                told = ask(self.clear.port, raw + TAIL)
                self.assertEqual(told.statuses, [status, 200], told)
                self.assertEqual(told.answers[1][2], b"ok")

    def post(self, body, content_type=b"application/json", path=b"/ingests", headers=b""):
        token = self.authorisation["Authorization"].encode()
        head = b"POST " + BASE_PATH.encode() + path + b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: "
        head += token + b"\r\nContent-Type: " + content_type + b"\r\n" + headers
        return ask(self.clear.port, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def test_bodies(self):
        good = self.clear.api.request("hostile", "b2", "nothing.tar.gz")
        valid = json.dumps(good).encode()
        nulls = json.dumps({**good, "callback": None, "unknown": None}).encode()
        deep_list = valid[:-1] + b',"x":' + b"[" * 500_000
        cases = [
            (b"", 400),
            (b"{", 400),
            (b"null", 400),
            (b"nul", 400),
            (b"\x00" * 1000, 400),
            (b"\xef\xbb\xbf" + valid, 400),
            (valid + b"x", 400),
            (valid.replace(b"hostile", b"host\xff"), 400),
            (valid.replace(b"hostile", b"host\\ud800"), 400),
            (valid.replace(b"hostile", b"host\\u0000"), 400),
            (valid.replace(b"hostile", b"host\nile"), 400),
            (valid[:-1] + b',"bag":{}}', 400),
            (valid[:-1] + b',"x":{"y":1,"y":2}}', 400),
            (valid[:-1] + b',"x":' + b"[" * 64 + b"]" * 64 + b"}", 400),
            (deep_list, 400),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
            (valid[:-1] + b',"x":1e999999999}', 400),
            (valid[:-1] + b',"x":NaN}', 400),
            (b'{"space":null,"bag":null,"ingestType":null,"sourceLocation":null}', 400),
            (b'{"space":{"id":7},"bag":[],"ingestType":"create","sourceLocation":true}', 400),
            (b" " * ((1 << 20) + 1), 413),
            (b'{"x":"' + b"a" * (2 << 20) + b'"}', 413),
            (nulls, 201),
        ]
        for body, status in cases:
            with self.subTest(body[:60]):
                told = self.post(body)
                # A number is only looked at where one is wanted: both readings are right.
                allowed = [[400], [201]] if b"1e99" in body else [[status]]
                self.assertIn(told.statuses, allowed, told)

    def test_large_bodies_without_a_length(self):
        head = f"POST {BASE_PATH}/ingests HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n".encode()
        head += b"Authorization: " + self.authorisation["Authorization"].encode() + b"\r\n"
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        told = ask(self.clear.port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20)
        self.assertEqual(told.statuses, [413], told)
        # One byte a chunk: five bytes on the wire for each.
        told = ask(self.clear.port, head + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 100_000 + LAST + TAIL)
        self.assertEqual(told.statuses, [400, 200], told)

    def test_uploads_do_not_leave_their_area(self):
        token = b"Authorization: " + self.authorisation["Authorization"].encode() + b"\r\n"
        names = [b"../escaped", b"%2e%2e/escaped", b"..%2fescaped", b"a/../../escaped", b"/escaped", b"a/%2e%2e/%2e%2e/escaped"]
        names += [b"%00escaped", b"a%00/../escaped", b"\xff", b"..", b".", b"a//escaped", b"..\\escaped/.."]
        for name in names:
            with self.subTest(name):
                raw = b"PUT " + BASE_PATH.encode() + b"/uploads/uploads/" + name + b" HTTP/1.1\r\nHost: h\r\n" + token
                told = ask(self.clear.port, raw + b"Content-Length: 4\r\nConnection: close\r\n\r\nabcd")
                self.assertEqual(len(told.statuses), 1, told)
                self.assertIn(told.statuses[0], (400, 404), told)
        self.assertEqual(list(self.directory.rglob("*escaped*")), [])

    def test_pipelined_requests_are_answered_in_order(self):
        raw = b"".join(b"GET /healthz HTTP/1.1\r\nHost: h\r\nX-Request-Id: r%d\r\n\r\n" % i for i in range(2000))
        told = ask(self.clear.port, raw + TAIL, expected=2001)
        self.assertEqual(told.statuses, [200] * 2001)
        self.assertEqual([headers["x-request-id"] for _, headers, _ in told.answers[:-1]], [f"r{i}" for i in range(2000)])

    def test_half_closed_clients_get_their_answer(self):
        told = ask(self.clear.port, self.get_bag * 3, finish=True)
        self.assertEqual(told.statuses, [200] * 3)
        self.assertTrue(told.closed)
        for part in (b"", b"GET /hea", GET, POST + b"Content-Length: 10\r\n\r\nabc", CHUNKED + b"4\r\nab"):
            with self.subTest(part):
                told = ask(self.clear.port, part, finish=True)
                self.assertTrue(told.closed)
                self.assertIn(told.statuses, ([], [400]), told)

    def test_resets_in_the_middle(self):
        for raw in (GET, self.get_bag, self.get_bag * 50, POST + b"Content-Length: 100000\r\n\r\nabc"):
            for _ in range(50):
                made = connect(self.clear.port)
                made.sendall(raw)
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                made.close()

    def test_broken_tls(self):
        port = self.secure.port
        greeting = self.greeting()
        for cut in (1, 5, 6, 50, len(greeting) - 1):
            told = ask(port, greeting[:cut], finish=True)
            self.assertTrue(told.closed)
        for raw in (
            b"\x16\x03\x01\xff\xff" + bytes(70_000),  # a record longer than records are
            b"\x17\x03\x03\x00\x10" + bytes(16),  # data before a handshake
            b"\x80\x2e\x01\x00\x02" + bytes(41),  # SSL 2
            greeting[:5] + bytes(len(greeting) - 5),
            greeting + greeting,
            greeting + b"\x15\x03\x03\x00\x02\x02\x00",  # a fatal alert
            greeting + b"\x14\x03\x03\x00\x01\x01" * 1000,
            bytes(100_000),
        ):
            with self.subTest(raw[:20]):
                self.assertTrue(ask(port, raw).closed)
        told = ask(port, GET + b"\r\n" + TAIL)
        self.assertEqual(told.statuses, [400], told)

    def test_tls_records_cut_or_damaged_after_the_handshake(self):
        for harm in (b"", b"\x17\x03\x03\x00\x40" + bytes(10), b"\x17\x03\x03\x00\x40" + bytes(64), bytes(300)):
            with self.subTest(harm[:5]):
                made = connect_tls(self.secure.port, self.certificate)
                made.sendall(GET + b"\r\n")
                self.assertEqual(read_answers(made, 1, 20).statuses, [200])
                bare = socket.socket(fileno=made.detach())
                bare.settimeout(20)
                with bare:
                    try:
                        bare.sendall(harm)
                        bare.shutdown(socket.SHUT_WR)
                        while bare.recv(65536):
                            pass
                    except TimeoutError:
                        raise
                    except OSError:
                        pass  # reset: closed as well

    def test_old_tls_is_refused(self):
        versions = ssl.TLSVersion
        for version, works in ((versions.TLSv1_1, False), (versions.TLSv1_2, True), (versions.TLSv1_3, True)):
            context = ssl.create_default_context(cafile=str(self.certificate))
            with self.subTest(version):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                    context.minimum_version = ssl.TLSVersion.TLSv1
                    context.maximum_version = version
                context.set_ciphers("ALL:@SECLEVEL=0")
                with connect(self.secure.port) as bare:
                    try:
                        with context.wrap_socket(bare, server_hostname="127.0.0.1"):
                            self.assertTrue(works)
                    except (ssl.SSLError, ConnectionError):
                        self.assertFalse(works)

    def greeting(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        return outgoing.read()

    def test_many_idle_connections(self):
        for name, service, count, most, make in (
            ("in clear", self.clear, self.idle, 12 * KIB, lambda: connect(self.clear.port)),
            ("over TLS", self.secure, IDLE_TLS, 48 * KIB, lambda: connect_tls(self.secure.port, self.certificate)),
        ):
            before = memory_of(service.pid)
            held = []
            for _ in range(count):
                held.append(make())
                held[-1].sendall(GET + b"\r\n")
            for made in held:
                self.assertEqual(read_answers(made, 1, 20).statuses, [200])
            each = (memory_of(service.pid) - before) / count
            print(f"hostile: {count:,} idle connections {name}: {each / KIB:.1f} KiB each", flush=True)
            self.assertTrue(SANITIZED or each < most)
            # They are alive, not only open.
            for made in held[:: max(1, count // 100)]:
                made.sendall(GET + b"\r\n")
                self.assertEqual(read_answers(made, 1, 20).statuses, [200])
            for made in held:
                made.close()

    def test_connections_beyond_the_limit(self):
        small = Service(self.directory / "small", "[http]\nmaxConnections = 100\n")
        self.addCleanup(small.kill)
        small.start()
        oldest = [connect(small.port) for _ in range(100)]
        for made in oldest:
            made.sendall(GET + b"\r\n")
            self.assertEqual(read_answers(made, 1, 20).statuses, [200])
        further = []
        for _ in range(300):
            further.append(connect(small.port))
            further[-1].sendall(GET + b"\r\n")
            self.assertEqual(read_answers(further[-1], 1, 20).statuses, [200])
        wait_until(lambda: sockets_of(small.pid) < 120, what="closed connections")
        for made in oldest:
            self.assertTrue(read_answers(made, 1, 20).closed)
        further[-1].sendall(GET + b"\r\n")
        self.assertEqual(read_answers(further[-1], 1, 20).statuses, [200])
        for made in oldest + further:
            made.close()
        self.assertEqual(small.stop(), 0)

    def test_zz_slow_clients_are_ended(self):
        """Last: they were there all the time."""
        least = {"header": 9, "TLS record": 9, "body": 59, "chunks": 59}
        for name, slow in self.slow.items():
            slow.join(85)
            self.assertFalse(slow.is_alive(), f"slow {name}")
            self.assertGreater(slow.lasted, least[name])
            self.assertEqual(len(slow.answers), len(slow.sockets))
            if name != "TLS record":
                self.assertTrue(all(a == b"closed" or a.startswith(b"HTTP/1.1 408") for a in slow.answers), slow.answers)
            print(f"hostile: {len(slow.answers)} slow clients ({name}) held on for {slow.lasted:.0f} s", flush=True)
        services = (self.clear, self.secure)
        wait_until(
            lambda: all(sockets_of(s.pid) <= was + 8 for s, was in zip(services, self.sockets_before)),
            seconds=30,
            what="an end of every slow connection",
        )
        for made in self.stalled + self.mute:
            made.close()
        for service, probe in zip(services, self.probes):
            print(f"hostile: {memory_of(service.pid) / KIB / KIB:.0f} MiB at the end; others asked {probe.asked} times and "
                  f"waited {probe.longest * 1000:.0f} ms at most", flush=True)
            self.assertTrue(SANITIZED or memory_of(service.pid) < 256 * KIB * KIB)


if __name__ == "__main__":
    unittest.main()
