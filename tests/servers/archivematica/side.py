"""One port of the double: keeps the journal, does wrong what it was told to, and leaves the rest to its routes.

Routes are a function of the state and a request that gives an answer. Requests of one port are served by threads.
"""

import base64
import socket
import threading
import time
import traceback

import loopback
from exchange import Answer, BadRequest, Request, json_answer


class Journal:
    """Every request in the order in which they came, its answer as soon as there is one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.entries = []

    def open(self, time_text, service, request):
        entry = {"time": time_text, "service": service, "method": request.method, "target": request.target,
                 "headers": dict(request.headers.items()), "body": base64.b64encode(request.body).decode(),
                 "status": None, "fault": None}
        with self.lock:
            self.entries.append(entry)
        return entry

    def shown(self):
        with self.lock:
            return [dict(entry) for entry in self.entries]

    def clear(self):
        with self.lock:
            self.entries = []


class Handler(loopback.Handler):
    def instant(self):
        return self.server.held.state.now()

    def do_any(self):
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows would be read as another request
            return self.reply(411)
        request = Request(self.command, self.path, self.headers, self.read_body())
        answer = self.server.held.answer(request)
        if answer is None:
            self.close_connection = True
            return None
        return self.reply(answer.status, answer.headers, answer.body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = do_any


class Server(loopback.Server):
    """Knows its connections, so that it can end them."""

    def __init__(self, *arguments):
        self.open = set()
        super().__init__(*arguments)

    def get_request(self):
        connection, address = super().get_request()
        self.open.add(connection)
        return connection, address

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def stop(self):
        super().stop()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # its client was faster


class Side:
    """A service of the double at `url`."""

    def __init__(self, name, state, routes, port, tls=None):
        self.name, self.state, self.routes, self.port, self.tls = name, state, routes, port, tls
        self.lock = threading.Lock()
        self.holder = None
        self.server = Server(Handler, self, port, tls)
        self.url = self.server.url

    # -- the port

    def close(self):
        """From now on connections are refused, and those that are open end; nobody else gets the port meanwhile."""
        with self.lock:
            if self.server is None:
                return
            self.server.stop()
            self.server = None
            self.holder = socket.socket()
            self.holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.holder.bind(("127.0.0.1", self.port))

    def reopen(self):
        with self.lock:
            if self.server is None:
                self.holder.close()
                self.server = Server(Handler, self, self.port, self.tls)

    # -- a request

    def work(self, request):
        """What the service does without any fault."""
        try:
            return self.routes(self.state, request)
        except BadRequest as error:
            return json_answer(400, {"error": str(error)})
        except Exception as error:  # noqa: BLE001  as the real services answer what they did not foresee
            traceback.print_exc()
            return json_answer(500, {"error_message": str(error)})

    def answer(self, request):
        """What goes out, or None when the connection is to be closed instead."""
        if self.name == "control":
            return self.work(request)
        entry = self.state.journal.open(self.state.time_text(), self.name, request)
        action = self.state.faults.take(self.name, request)
        entry["fault"] = action
        answer = self.told(request, action) if action else self.work(request)
        if action and "delay_ms" in action:
            time.sleep(action["delay_ms"] / 1000)
        entry["status"] = answer.status if answer else None
        return answer

    def told(self, request, action):
        if "status" in action or "raw" in action:
            return self.as_told(request, action)
        if "after" in action:
            self.work(request)
            return self.as_told(request, action["after"])
        if "drop" in action:
            if action["drop"] == "after":
                self.work(request)
            return None
        if "refuse_connections" in action:
            threading.Thread(target=self.close, daemon=True).start()
            return None
        request.pending = action.get("pending")
        return self.work(request)

    def as_told(self, request, action):
        if "status" in action:
            usual = self.usual_answer(action["status"])
            headers = {**dict(usual.headers), **action.get("headers", {})}
            return Answer(action["status"], action["body"].encode() if "body" in action else usual.body,
                          list(headers.items()))
        body = action["raw"]
        is_package = (self.name, request.method) == ("am", "POST")
        kind = "text/html; charset=utf-8" if body.lstrip().startswith("<") else "application/json"
        headers = {"Content-Type": kind, **action.get("headers", {})}
        return Answer(202 if is_package else 200, body.encode(), list(headers.items()))

    def usual_answer(self, status):
        """What the service says with this status when it is not told more."""
        usual = getattr(self.routes, "usual_answers", {})
        return usual.get(status, Answer(status, b"", [("Content-Type", "text/html; charset=utf-8")]))
