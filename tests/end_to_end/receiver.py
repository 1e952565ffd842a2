"""A callback host: a real HTTP server on loopback which records what it gets and answers as it was told."""

import http.server
import json
import threading


class Delivered:
    """One request that came in."""

    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def delivery(self):
        return self.headers["Strongroom-Delivery"]

    @property
    def attempt(self):
        return int(self.headers["Strongroom-Attempt"])


class Receiver:
    """`answers` are used one after another, the last one for ever; each a status, or (status, {header: value}).

    `before_answer` is called with the request before it is answered, on the thread that serves it.
    """

    def __init__(self, *answers, before_answer=None):
        self.answers = list(answers) or [200]
        self.before_answer = before_answer
        self.lock = threading.Lock()
        self.requests = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                got = Delivered(self.command, self.path, dict(self.headers.items()), body)
                answer = receiver.take(got)
                if receiver.before_answer:
                    receiver.before_answer(got)
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True  # the caller died in the meantime, as some tests want it to

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def take(self, got):
        with self.lock:
            self.requests.append(got)
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def url(self, path="/done", user=""):
        return f"http://{user}127.0.0.1:{self.port}{path}"

    def got(self, ingest_id=None):
        """The requests so far; only those about one ingest when named."""
        with self.lock:
            return [r for r in self.requests if ingest_id is None or r.json["id"] == ingest_id]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
