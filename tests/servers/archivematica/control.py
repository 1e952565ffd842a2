"""The port by which tests tell the double what to be, and see what it did."""

import datetime
import re

import transfers
from exchange import BadRequest, fits, html_answer, json_answer
from places import Places


def ok(document=None):
    return json_answer(200, document if document is not None else {"ok": True})


# -- what it can be told

def faults(state, request):
    if request.method == "GET":
        return ok(state.faults.shown())
    if request.method == "DELETE":
        state.faults.clear()
        for side in state.sides.values():
            side.reopen()
        return ok()
    told = request.json((dict, list))
    for rule in state.faults.add(told if isinstance(told, list) else [told]):
        if rule["action"].get("refuse_connections") and not rule["skip"]:
            state.sides[rule["service"]].close()
    return ok()


def locations(state, request):
    with state.lock:
        if request.method == "PUT":
            state.places = Places({**state.places.shown(), **request.json()}, state.ids)
        return ok(state.places.shown())


def configurations(state, request):
    told = request.json((dict, list))
    with state.lock:
        state.configurations = list(told["configurations"] if isinstance(told, dict) else told)
    return ok()


def credentials(state, request):
    state.set_credentials(request.json())
    return ok()


def version(state, request):
    with state.lock:
        state.version = request.json()["version"]
    return ok()


def options(state, request):
    if request.method == "PUT":
        state.set_options(request.json())
    with state.lock:
        return ok(state.options)


def clock(state, request):
    """{"advance": seconds}, or {"now": "2026-07-31T08:00:00+00:00"}."""
    told = request.json()
    with state.lock:
        if "now" in told:
            wanted = datetime.datetime.fromisoformat(told["now"].replace("Z", "+00:00"))
            state.offset += wanted - state.now()
        state.offset += datetime.timedelta(seconds=told.get("advance", 0))
    return ok({"now": state.time_text()})


def reset(state, _):
    state.reset()
    for side in state.sides.values():
        side.reopen()
    return ok()


def found(state, identifier):
    """A transfer by its id or by the UUID of its ingest, and which of the two it was."""
    if identifier in state.transfers:
        return state.transfers[identifier], "transfer"
    for transfer in state.transfers.values():
        if identifier in (transfer.sip_uuid, transfer.planned_sip):
            return transfer, "ingest"
    return None, None


def one_transfer(state, request, identifier):
    with state.lock:
        transfer, unit = found(state, identifier)
        if transfer is None:
            return html_answer(404)
        if request.method == "POST":
            told = request.json()
            if not set(told) <= {"status", "microservice", "sip_uuid", "forget", "stall"}:
                raise BadRequest(f"a transfer cannot be told {sorted(told)}")
            transfers.tell(state, transfer, unit, told)
        return ok(transfer.shown(state))


def advance(state, request):
    """All transfers, or the one named in {"transfer": id}; each as it is then."""
    identifier = request.json().get("transfer") if request.body else None
    with state.lock:
        if identifier and identifier not in state.transfers:
            return html_answer(404)
        chosen = [state.transfers[identifier]] if identifier else list(state.transfers.values())
        transfers.advance(state, chosen)
        return ok([one.shown(state) for one in chosen])


# -- what can be seen

def requests(state, request):
    """As they came; DELETE has those so far forgotten."""
    if request.method == "DELETE":
        state.journal.clear()
        return ok([])
    service, method, path = (request.first(name) for name in ("service", "method", "path"))
    return ok([entry for entry in state.journal.shown()
               if service in (None, "", entry["service"]) and method in (None, "", entry["method"])
               and (not path or fits(path, entry["target"]))])


def all_transfers(state, _):
    with state.lock:
        return ok([one.shown(state) for one in state.transfers.values()])


def slack(state, _):
    with state.lock:
        return ok(list(state.slack))


ROUTES = [(re.compile("/control/" + path), methods, route) for path, methods, route in (
    ("faults", ("GET", "POST", "DELETE"), faults),
    ("locations", ("GET", "PUT"), locations),
    ("configurations", ("PUT",), configurations),
    ("credentials", ("PUT",), credentials),
    ("version", ("PUT",), version),
    ("options", ("GET", "PUT"), options),
    ("clock", ("POST",), clock),
    ("reset", ("POST",), reset),
    ("advance", ("POST",), advance),
    ("transfers", ("GET",), all_transfers),
    ("transfers/([^/]+)", ("GET", "POST"), one_transfer),
    ("requests", ("GET", "DELETE"), requests),
    ("slack", ("GET",), slack),
)]


def answer(state, request):
    for pattern, methods, route in ROUTES:
        match = pattern.fullmatch(request.path)
        if match and request.method in methods:
            return route(state, request, *match.groups())
    return html_answer(404)
