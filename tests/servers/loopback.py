"""HTTP servers on a port of loopback, in threads of the process that starts them: what those written here share."""

import datetime
import http.server
import socketserver
import threading


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def http_date(instant):
    return instant.strftime("%a, %d %b %Y %H:%M:%S GMT")


class Handler(http.server.BaseHTTPRequestHandler):
    """The requests of one connection; subclasses give do_GET and so on."""

    protocol_version = "HTTP/1.1"
    # An answer is one piece: its head must not wait for the client's acknowledgement.
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def handle_expect_100(self):
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def instant(self):
        """The time that answers show."""
        return now()

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, headers=(), body=b"", length=None):
        self.send_response_only(status)
        self.send_header("Date", http_date(self.instant()))
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


class Server(http.server.ThreadingHTTPServer):
    """What it holds is in `held`. With `tls`, a context of the module ssl, it speaks HTTPS."""

    daemon_threads = True

    def __init__(self, handler, held, port=0, tls=None):
        super().__init__(("127.0.0.1", port), handler)
        self.held, self.lock = held, threading.Lock()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        if tls:
            # The handshake is made by the thread of the connection, at its first read.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def server_bind(self):
        """Without a look-up of the address's name, which can take as long as its server is silent."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

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
