"""Archivematica's dashboard: takes packages, and tells how transfers and ingests are going."""

import base64
import binascii
import datetime
import json
import re
import urllib.parse

import transfers
from exchange import Answer, html_answer, json_answer, not_allowed

KEEP_KEYS = datetime.timedelta(days=90)
TYPES = ("standard", "zipfile", "unzipped bag", "zipped bag", "dspace", "maildir", "TRIM", "dataverse")
SHARED = "/var/archivematica/sharedDirectory/"


def problem(status, message):
    return json_answer(status, {"error": True, "message": message})


# -- packages

def decoded(body):
    """The parameters of a package with its path in the clear, or None."""
    try:
        parameters = json.loads(body)
        path = base64.b64decode(parameters["path"], validate=True).decode()
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    return {**parameters, "decoded_path": path}


def replay(state, request, user, parameters):
    """The answer that the key of a request already has; None when there is work to do."""
    key = request.headers.get("Idempotency-Key")
    if not key or state.options["no_idempotency"]:
        return None
    record = state.keys.get((user, key))
    if record and state.now() - record["time"] >= KEEP_KEYS:
        record = None
    if record is None:
        left = request.pending or 0
        record = {"parameters": parameters, "time": state.now(), "id": None,
                  "left": float("inf") if left == "always" else left}
        state.keys[user, key] = record
    if record["parameters"] != parameters:
        return problem(422, "The key has been used with other parameters.")
    if record["left"] > 0:
        record["left"] -= 1
        return problem(409, "A request with this key is pending.")
    if record["id"]:
        return json_answer(202, {"id": record["id"]})
    return None


def post_package(state, request, user):
    parameters = decoded(request.body)
    if parameters is None:
        return problem(400, 'Parameter "path" cannot be decoded.')
    parameters["type"] = parameters.get("type") or "standard"
    is_named = isinstance(parameters.get("name"), str) and parameters["name"]
    if parameters["type"] not in TYPES or not is_named or state.options["worker_down"]:
        return problem(500, "Package cannot be created")
    known = replay(state, request, user, parameters)
    if known:
        return known
    key = request.headers.get("Idempotency-Key")
    transfer = transfers.new(state, user, key, parameters)
    if (user, key) in state.keys and not state.options["no_idempotency"]:
        state.keys[user, key]["id"] = transfer.id
    transfers.start(state, transfer)
    return json_answer(202, {"id": transfer.id})


def package(state, request, user):
    if request.method == "GET":
        return html_answer(501)
    return post_package(state, request, user)


# -- statuses

def by_id(state, identifier):
    found = state.transfers.get(identifier)
    return None if found is None or found.forgotten else found


def by_sip(state, identifier):
    return next((one for one in state.transfers.values()
                 if one.shown_sip() == identifier and not one.forgotten and identifier != "BACKLOG"), None)


def status(kind, unit, find):
    """A route to the status of a transfer, or of an ingest."""
    def route(state, _, __, identifier):
        found = find(state, identifier)
        if found is None:
            return json_answer(400, {"type": unit, "message": f"Cannot fetch unit{kind} with UUID {identifier}",
                                     "error": True})
        word = found.transfer_status() if unit == "transfer" else found.ingest_status()
        if word is None:
            return problem(400, f"Unable to determine the status of the unit {identifier}")
        directory = f"{found.unit_name()}-{identifier}"
        document = {"type": unit, "path": f"{SHARED}currentlyProcessing/{directory}/", "directory": directory,
                    "name": found.unit_name(), "uuid": identifier,
                    "microservice": found.microservice("transfer" if unit == "transfer" else "ingest"), "status": word,
                    "message": f"Fetched status for {identifier} successfully."}
        if unit == "transfer" and word == "COMPLETE":
            document["sip_uuid"] = found.shown_sip()
        return json_answer(200, document)
    return route


def results(message, choose):
    def route(state, _, __):
        found = [one for one in state.transfers.values() if not one.forgotten and not one.hidden]
        return json_answer(200, {"results": [shown for shown in map(choose, found) if shown], "message": message})
    return route


def completed_transfer(one):
    return one.id if one.transfer_status() == "COMPLETE" else None


def completed_ingest(one):
    sip = one.shown_sip()
    return sip if sip != "BACKLOG" and one.ingest_status() == "COMPLETE" else None


def unapproved(one):
    if one.transfer_status() != "USER_INPUT":
        return None
    return {"type": one.parameters["type"], "directory": f"{one.unit_name()}-{one.id}", "uuid": one.id}


def waiting(one):
    if one.ingest_status() != "USER_INPUT":
        return None
    sip = one.shown_sip()
    return {"sip_directory": f"{SHARED}currentlyProcessing/{one.unit_name()}-{sip}/", "sip_uuid": sip,
            "sip_name": one.unit_name(), "microservice": one.microservice("ingest")}


def delete(state, _, __, identifier):
    found = by_id(state, identifier)
    if found is None:
        return html_answer(404)
    if found.transfer_status() not in ("COMPLETE", "FAILED", "REJECTED"):
        return json_answer(409, {"removed": False})
    found.hidden = True
    return json_answer(200, {"removed": True})


def configurations(state, _, __):
    return json_answer(200, {"processing_configurations": sorted(state.configurations)})


def job(state, identifier, number, microservice, word):
    def known(kind):
        return state.ids.fixed(f"{kind}/{identifier}/{number}")

    words = {"COMPLETE": "COMPLETED_SUCCESSFULLY", "FAILED": "FAILED", "REJECTED": "FAILED"}
    code = {"COMPLETE": 0, "FAILED": 1, "REJECTED": 1}.get(word)
    return {"uuid": known("job"), "name": microservice, "status": words.get(word, word), "microservice": microservice,
            "link_uuid": known("link"), "tasks": [{"uuid": known("task"), "exit_code": code}]}


def jobs(state, _, __, identifier):
    found, unit = by_id(state, identifier), "transfer"
    if found is None:
        found, unit = by_sip(state, identifier), "ingest"
    if found is None:
        return problem(400, f"There is no unit {identifier}")
    word = found.transfer_status() if unit == "transfer" else found.ingest_status()
    if word is None:
        return json_answer(200, [])
    return json_answer(200, [job(state, identifier, 1, "Start of the unit", "COMPLETE"),
                             job(state, identifier, 2, found.microservice(unit), word)])


UNIT = "([^/]+)"
ROUTES = [(re.compile(f"/api/{path}/?"), methods, route) for path, methods, route in (
    ("v2beta/package", ("GET", "POST"), package),
    (f"v2beta/jobs/{UNIT}", ("GET",), jobs),
    ("transfer/completed", ("GET",), results("Fetched completed transfers successfully.", completed_transfer)),
    ("ingest/completed", ("GET",), results("Fetched completed ingests successfully.", completed_ingest)),
    ("transfer/unapproved", ("GET",), results("Fetched unapproved transfers successfully.", unapproved)),
    ("ingest/waiting", ("GET",), results("Fetched units successfully.", waiting)),
    (f"transfer/status/{UNIT}", ("GET",), status("Transfer", "transfer", by_id)),
    (f"ingest/status/{UNIT}", ("GET",), status("SIP", "SIP", by_sip)),
    (f"transfer/{UNIT}/delete", ("DELETE",), delete),
    ("processing-configuration", ("GET",), configurations),
)]


def routed(state, request, user):
    for pattern, methods, route in ROUTES:
        match = pattern.fullmatch(request.path)
        if not match:
            continue
        if request.method not in methods:
            return not_allowed(*methods)
        with state.lock:
            return route(state, request, user, *map(urllib.parse.unquote, match.groups()))
    return html_answer(404)


def answer(state, request):
    user = state.user_of("am", request)
    if user is None:
        return json_answer(403, {"message": "API key not valid.", "error": True})
    if state.credentials["refused_host"]:
        return json_answer(403, {"message": "Host/IP 127.0.0.1 not authorized.", "error": True})
    made = routed(state, request, user)
    versions = [("X-Archivematica-Version", state.version)] if state.version else []
    return Answer(made.status, made.body, [*made.headers, *versions, ("X-Archivematica-ID", state.pipeline)])
