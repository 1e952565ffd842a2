"""A strict stand-in of a search server: the parts of the Elasticsearch API that the service uses, and no more.

It refuses what the real one refuses: bodies that are not NDJSON, indexes that are not there, members outside of a strict
mapping, values of another type, ids beyond 512 bytes, bodies beyond its limit, credentials that are not its own; and it
keeps external versions as the real one does. What it shall do wrong is put into `faults`.
"""

import base64
import datetime
import http.server
import json
import re
import threading
import urllib.parse

ID_MAX = 512
KEYWORD_MAX = 32766


class Refusal(Exception):
    """How one document, or a whole request, is refused."""

    def __init__(self, status, kind, reason):
        super().__init__(reason)
        self.status, self.kind, self.reason = status, kind, reason

    def document(self):
        return {"error": {"type": self.kind, "reason": self.reason}, "status": self.status}


def is_date(value):
    if not isinstance(value, str) or not re.match(r"^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$", value):
        return False
    try:
        datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        return True
    except ValueError:
        return False


def is_whole(bits):
    def fits(value):
        return isinstance(value, int) and not isinstance(value, bool) and -(1 << bits - 1) <= value < 1 << bits - 1
    return fits


TYPES = {
    "keyword": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
    "date": is_date,
    "integer": is_whole(32),
    "long": is_whole(64),
    "boolean": lambda value: isinstance(value, bool),
}
SETTINGS = {"keyword": {"ignore_above"}, "date": {"ignore_malformed"}}


def check_mapping(mapping):
    """Refuses a mapping that the server would not understand."""
    for name, field in mapping.get("properties", {}).items():
        kind = field.get("type")
        if kind is None:
            if set(field) - {"properties", "dynamic"} or "properties" not in field:
                raise Refusal(400, "mapper_parsing_exception", f"No type specified for field [{name}]")
            check_mapping(field)
        elif kind not in TYPES or set(field) - {"type"} - SETTINGS.get(kind, set()):
            raise Refusal(400, "mapper_parsing_exception", f"wrong definition of field [{name}]")


def merge_mapping(old, new, path=""):
    """Adds to `old` what `new` has beside it; a field cannot become another one."""
    for name, field in new.get("properties", {}).items():
        known = old.setdefault("properties", {}).setdefault(name, field)
        if known.get("type") != field.get("type"):
            raise Refusal(400, "illegal_argument_exception",
                          f"mapper [{path}{name}] cannot be changed from type [{known.get('type')}] to [{field.get('type')}]")
        if "properties" in field:
            merge_mapping(known, field, f"{path}{name}.")


def check_document(document, mapping, path=""):
    for name, value in document.items():
        field = mapping["properties"].get(name)
        if field is None:
            raise Refusal(400, "strict_dynamic_mapping_exception",
                          f"mapping set to strict, dynamic introduction of [{name}] within [{path or '_doc'}] is not allowed")
        for one in value if isinstance(value, list) else [value]:
            if "properties" in field:
                if not isinstance(one, dict):
                    raise Refusal(400, "mapper_parsing_exception", f"object mapping for [{name}] tried to parse a value")
                check_document(one, field, f"{path}{name}.")
            elif not TYPES[field["type"]](one):
                if not field.get("ignore_malformed"):
                    raise Refusal(400, "mapper_parsing_exception", f"failed to parse field [{name}] of type [{field['type']}]")
            elif field["type"] == "keyword" and len(one.encode()) > KEYWORD_MAX and "ignore_above" not in field:
                raise Refusal(400, "illegal_argument_exception", f"Document contains at least one immense term in [{name}]")


class SearchServer:
    """Serves on a port of its own until close(). `credentials`: what an Authorization header must be."""

    def __init__(self, credentials=None, body_max=100 << 20):
        self.credentials, self.body_max = credentials, body_max
        self.lock = threading.Lock()
        self.mappings = {}  # by index
        self.stored = {}  # index -> id -> (version, document)
        self.requests = []  # (method, path, bytes)
        self.bulks = []  # documents of each
        self.faults = []  # callables given (path, number of documents), asked before a bulk: a Refusal, "cut", "lost" or None
        self.busy = 0  # so many documents are answered 429 first
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                server.serve(self)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    # -- what a test looks at

    def documents(self, index):
        with self.lock:
            return {id: document for id, (_, document) in self.stored.get(index, {}).items()}

    def versions(self, index):
        with self.lock:
            return {id: version for id, (version, _) in self.stored.get(index, {}).items()}

    def drop(self, index):
        with self.lock:
            self.mappings.pop(index, None)
            self.stored.pop(index, None)

    # -- the server

    def serve(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        path = urllib.parse.unquote(urllib.parse.urlsplit(handler.path).path)
        with self.lock:
            self.requests.append((handler.command, path, len(body)))
            try:
                status, answer = self.answer(handler, path, body)
            except Refusal as refusal:
                status, answer = refusal.status, refusal.document()
        if status in ("cut", "lost"):
            handler.close_connection = True
            return
        text = b"" if answer is None or handler.command == "HEAD" else json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def answer(self, handler, path, body):
        if self.credentials and handler.headers.get("Authorization") != self.credentials:
            raise Refusal(401, "security_exception", "missing authentication credentials")
        if len(body) > self.body_max:
            raise Refusal(413, "content_too_long", f"entity content is too long [{len(body)}]")
        if handler.command == "POST" and path == "/_bulk":
            return self.bulk(handler, body)
        index = path.strip("/").split("/")[0]
        if not re.match(r"^[a-z0-9][a-z0-9_-]*$", index):
            raise Refusal(400, "invalid_index_name_exception", f"Invalid index name [{index}]")
        if handler.command == "HEAD":
            return (200 if index in self.mappings else 404), None
        if handler.command == "PUT" and handler.headers.get("Content-Type") != "application/json":
            raise Refusal(406, "media_type_header_exception", "Content-Type header is not supported")
        if handler.command == "PUT" and path == f"/{index}":
            return self.create(index, json.loads(body))
        if handler.command == "PUT" and path == f"/{index}/_mapping" and index in self.mappings:
            addition = json.loads(body)
            check_mapping(addition)
            merge_mapping(self.mappings[index], addition)
            return 200, {"acknowledged": True}
        raise Refusal(404, "index_not_found_exception", f"no such index [{index}]")

    def create(self, index, definition):
        if index in self.mappings:
            raise Refusal(400, "resource_already_exists_exception", f"index [{index}] already exists")
        if set(definition) - {"mappings", "settings"}:
            raise Refusal(400, "parse_exception", "unknown key in the definition of an index")
        if definition.get("mappings", {}).get("dynamic") != "strict":
            raise Refusal(400, "mapper_parsing_exception", "the mappings of these tests are strict")
        check_mapping(definition["mappings"])
        self.mappings[index] = definition["mappings"]
        self.stored[index] = {}
        return 200, {"acknowledged": True, "shards_acknowledged": True, "index": index}

    def bulk(self, handler, body):
        if handler.headers.get("Content-Type") != "application/x-ndjson":
            raise Refusal(406, "media_type_header_exception", "Content-Type header is not supported")
        if not body.endswith(b"\n"):
            raise Refusal(400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]")
        lines = body[:-1].split(b"\n")
        if len(lines) % 2:
            raise Refusal(400, "illegal_argument_exception", "an action without a document")
        actions = [(json.loads(lines[at]), lines[at + 1]) for at in range(0, len(lines), 2)]
        fault = next((found for found in (fault("/_bulk", len(actions)) for fault in self.faults) if found), None)
        if isinstance(fault, Refusal):
            raise fault
        if fault == "cut":
            return "cut", None
        for action, _ in actions:
            if set(action) != {"index"} or set(action["index"]) != {"_index", "_id", "version", "version_type"}:
                raise Refusal(400, "illegal_argument_exception", f"Malformed action/metadata line [{action}]")
            if len(action["index"]["_id"].encode()) > ID_MAX:
                raise Refusal(400, "action_request_validation_exception",
                              f"Validation Failed: 1: id is too long, must be no longer than {ID_MAX} bytes;")
        items = [{"index": self.put(action["index"], text)} for action, text in actions]
        self.bulks.append(len(actions))
        if fault == "lost":  # done, and the answer does not come
            return "lost", None
        return 200, {"took": 1, "errors": any(item["index"]["status"] > 299 for item in items), "items": items}

    def put(self, action, text):
        index, id, version = action["_index"], action["_id"], action["version"]
        done = {"_index": index, "_id": id}
        try:
            if self.busy > 0:
                self.busy -= 1
                raise Refusal(429, "es_rejected_execution_exception", "the queue is full")
            if action["version_type"] != "external_gte" or not isinstance(version, int) or version < 0:
                raise Refusal(400, "illegal_argument_exception", "illegal version")
            if index not in self.mappings:
                raise Refusal(404, "index_not_found_exception", f"no such index [{index}]")
            document = json.loads(text)
            check_document(document, self.mappings[index])
            known = self.stored[index].get(id)
            if known and known[0] > version:
                raise Refusal(409, "version_conflict_engine_exception", f"current version [{known[0]}] is higher")
            self.stored[index][id] = (version, document)
            return {**done, "_version": version, "result": "updated" if known else "created", "status": 200 if known else 201}
        except Refusal as refusal:
            return {**done, **refusal.document()}


def basic(username, password):
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
