"""Stands before or instead of the service, for what a good service does only when something breaks.

Relay passes bytes on and cuts connections as told. StandIn answers GETs with documents made for the test: lists of many
pages, ingests that have not moved for hours.
"""

import http.server
import json
import socket
import threading
import urllib.parse


class Relay:
    """A TCP relay to the service that cuts the connection of the first `cuts` requests that begin with `start`.

    The request has arrived by then; its answer has not."""

    def __init__(self, port, start, cuts=1):
        self.target, self.start, self.left, self.cut = port, start, cuts, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        doomed = threading.Event()
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            threading.Thread(target=self.back, args=(server, client, doomed), daemon=True).start()
            try:
                while piece := client.recv(65536):
                    if piece.startswith(self.start) and self.left > 0:
                        self.left -= 1
                        doomed.set()
                    server.sendall(piece)
            except OSError:
                pass

    def back(self, server, client, doomed):
        try:
            while piece := server.recv(65536):
                if doomed.is_set():  # it has answered: what was asked for is done
                    self.cut += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


class StandIn:
    """Answers `GET {path}` with what `documents(path, query)` gives: a dict, or (status, dict)."""

    def __init__(self, documents):
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.answer(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 60})

            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                outer.asked.append(self.path)
                found = documents(parts.path, dict(urllib.parse.parse_qsl(parts.query)))
                self.answer(*(found if isinstance(found, tuple) else (200, found)))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.environment = {"STRONGROOM_URL": f"http://127.0.0.1:{self.server.server_port}",
                            "STRONGROOM_CLIENT_ID": "c", "STRONGROOM_CLIENT_SECRET": "s"}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
