"""A reader of the event stream (Server-Sent Events), byte by byte from its socket."""

import socket
import struct
import time

from harness import BASE_PATH
from raw import connect


class Stream:
    """An open event stream, read byte by byte from its socket."""

    def __init__(self, api, query="", last_event_id=None, token=None, receive_buffer=None, method="GET"):
        self.socket = connect(api.port, 20, receive_buffer)
        if token is None:
            api.token = api.token or api.take_token().json["access_token"]
            token = api.token
        lines = [f"{method} {BASE_PATH}/events/stream{query} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}"]
        lines += ["Accept-Encoding: gzip"]
        if last_event_id is not None:
            lines.append(f"Last-Event-ID: {last_event_id}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.raw = b""
        self.ended = False  # by the service, in order
        self.broken = False  # without its last chunk
        self.text = b""
        self.head = None

    def read(self, seconds=0.0):
        """Takes what is there, and waits for more for `seconds` at most."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            data = self.socket.recv(1 << 16)
        except (TimeoutError, BlockingIOError):
            return False
        except OSError:
            data = b""
        if not data:
            self.broken = not self.ended
            return False
        self.raw += data
        self.take()
        return True

    def take(self):
        if self.head is None:
            end = self.raw.find(b"\r\n\r\n")
            if end < 0:
                return
            self.head, self.raw = self.raw[:end].decode(), self.raw[end + 4 :]
        while True:
            line, mark, rest = self.raw.partition(b"\r\n")
            if not mark:
                return
            size = int(line, 16)
            if len(rest) < size + 2:
                return
            self.text += rest[:size]
            self.raw = rest[size + 2 :]
            self.ended = self.ended or size == 0

    @property
    def status(self):
        return int(self.head.split(" ")[1])

    def events(self):
        """(id, kind, data) of every whole event so far."""
        found = []
        for block in self.text.decode().split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "id" in fields:
                assert list(fields) == ["id", "event", "data"], block
                found.append((int(fields["id"]), fields["event"], fields["data"]))
        return found

    def ids(self):
        return [event[0] for event in self.events()]

    def read_until(self, look, seconds=20, what="what the stream should give"):
        end = time.monotonic() + seconds
        while not look():
            assert time.monotonic() < end and not self.broken, f"{what}: {self.text[-400:]!r}"
            self.read(0.2)

    def close(self):
        self.socket.close()

    def reset(self):
        """Goes away without a word: a connection that is merely closed is noticed with the next comment."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
