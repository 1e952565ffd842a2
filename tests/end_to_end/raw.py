"""Clients that keep no rule: raw bytes over a socket, and what comes back, read answer by answer."""

import socket
import ssl
import subprocess
import time


class Answered:
    """What came back on one connection: the answers in their order, and how it ended."""

    def __init__(self):
        self.answers = []  # (status, headers with names in lower case, body)
        self.rest = b""  # what is no whole answer
        self.closed = False

    @property
    def statuses(self):
        return [status for status, _, _ in self.answers]

    def __repr__(self):
        return f"{self.statuses} {'closed' if self.closed else 'open'} {self.rest[:200]!r}"


def connect(port, seconds=20, receive_buffer=None):
    made = socket.socket()
    if receive_buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    made.settimeout(seconds)
    made.connect(("127.0.0.1", port))
    return made


def connect_tls(port, ca_file, seconds=20):
    context = ssl.create_default_context(cafile=str(ca_file))
    return context.wrap_socket(connect(port, seconds), server_hostname="127.0.0.1")


def take_answer(data):
    """(answer, what follows) when `data` begins with a whole answer, otherwise nothing."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = data[:end].decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    status = int(lines[0].split(" ")[1])
    rest = data[end + 4 :]
    if status == 100:
        return (status, headers, b""), rest
    if headers.get("transfer-encoding") == "chunked":
        return take_chunks(status, headers, rest)
    size = int(headers.get("content-length", "0"))
    if len(rest) < size:
        return None
    return (status, headers, rest[:size]), rest[size:]


def take_chunks(status, headers, rest):
    body = b""
    while True:
        line, mark, after = rest.partition(b"\r\n")
        if not mark:
            return None
        size = int(line, 16)
        if len(after) < size + 2:
            return None
        body += after[:size]
        rest = after[size + 2 :]
        if size == 0:
            return (status, headers, body), rest


def read_answers(made, expected, seconds):
    """Reads until there are `expected` answers, the server closes, or nothing has come for `seconds`."""
    told = Answered()
    end = time.monotonic() + seconds
    while True:
        taken = take_answer(told.rest)
        while taken:
            told.answers.append(taken[0])
            told.rest = taken[1]
            taken = take_answer(told.rest)
        if len(told.answers) >= expected or time.monotonic() > end:
            return told
        made.settimeout(max(0.01, end - time.monotonic()))
        try:
            data = made.recv(1 << 16)
        except TimeoutError:
            return told
        except OSError:
            told.closed = True
            return told
        if not data:
            told.closed = True
            return told
        told.rest += data


def ask(port, raw, expected=99, seconds=20, finish=False):
    """Sends `raw` on a connection of its own. `finish`: the client's side is closed then."""
    with connect(port, seconds) as made:
        try:
            made.sendall(raw)
            if finish:
                made.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before the end: the answer is there all the same
        return read_answers(made, expected, seconds)


def make_certificate(directory, name="chain"):
    """A self-signed certificate for 127.0.0.1 and its key; the files' paths."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}-key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=strongroom test", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return certificate, key
