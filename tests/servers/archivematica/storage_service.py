"""Archivematica's Storage Service as far as the companions and the callback of an ingest meet it."""

import re
import urllib.parse

import packages
from exchange import BadRequest, html_answer, json_answer, not_allowed
from places import CANARY

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DEFAULT_LIMIT, LIMIT_MAX = 20, 1000


# -- how resources are shown

def shown_location(state, location):
    return {"description": location["description"], "enabled": location["enabled"],
            "path": state.places.full_path(location),
            "pipeline": [f"/api/v2/pipeline/{state.pipeline}/"], "purpose": location["purpose"], "quota": None,
            "relative_path": location["relative_path"], "resource_uri": f"/api/v2/location/{location['uuid']}/",
            "space": f"/api/v2/space/{state.places.space_of(location)['uuid']}/", "used": 0, "uuid": location["uuid"]}


def shown_space(_, space):
    document = {"access_protocol": space["protocol"], "last_verified": None, "path": space["path"],
                "resource_uri": f"/api/v2/space/{space['uuid']}/", "size": None, "staging_path": "/var/archivematica/storage",
                "used": 0, "uuid": space["uuid"], "verified": False}
    if space["protocol"] == "S3":
        values = (space["endpoint"], space["access_key"], CANARY, space["region"], space["bucket"])
        names = ("endpoint_url", "access_key_id", "secret_access_key", "region", "bucket") if space["stock_names"] else (
            "s3_endpoint_url", "aws_access_key_id", "aws_secret_access_key", "s3_region", "s3_bucket")
        document |= dict(zip(names, values))
    return document


# -- lists

def whole(request, name, default):
    text = request.first(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise BadRequest(f"Invalid {name} '{text}' provided. Please provide a positive integer.")
    return int(text)


def kept(state, locations, request):
    """The locations that the filters of a request let through."""
    members = {"purpose", "uuid", "relative_path"}
    for name, value in request.parameters:
        if name.startswith("space__"):
            if name not in ("space__access_protocol", "space__access_protocol__exact"):
                raise BadRequest(f"The '{name.split('__', 1)[1]}' field does not allow filtering.")
            locations = [one for one in locations if state.places.space_of(one)["protocol"] == value]
        elif name in members:
            locations = [one for one in locations if one[name] == value]
    return locations


def page(request, objects):
    """One page; `next` and `previous` keep the filters."""
    limit = min(whole(request, "limit", DEFAULT_LIMIT) or LIMIT_MAX, LIMIT_MAX)
    offset = whole(request, "offset", 0)
    others = [(name, value) for name, value in request.parameters if name not in ("limit", "offset")]

    def link(start):
        return f"{request.path}?" + urllib.parse.urlencode([*others, ("limit", limit), ("offset", start)])

    following = link(offset + limit) if offset + limit < len(objects) else None
    previous = link(offset - limit) if offset >= limit else None
    meta = {"limit": limit, "next": following, "offset": offset, "previous": previous, "total_count": len(objects)}
    return json_answer(200, {"meta": meta, "objects": objects[offset:offset + limit]})


# -- the routes

def list_locations(state, request):
    if request.method == "POST":
        return new_location(state, request)
    return page(request, [shown_location(state, one) for one in kept(state, state.places.locations, request)])


def created(document):
    return json_answer(201, document, ("Location", document["resource_uri"]))


def new_location(state, request):
    told = request.json()
    space = state.places.space(str(told.get("space", "")).rstrip("/").rpartition("/")[2])
    if space is None or "relative_path" not in told:
        raise BadRequest("a location needs its space and its relative_path")
    made = {"uuid": state.ids.new("location"), "space": space["name"], "purpose": told.get("purpose", "TS"),
            "relative_path": told["relative_path"], "path": None, "enabled": told.get("enabled", True),
            "description": told.get("description") or ""}
    state.places.locations.append(made)
    return created(shown_location(state, made))


def new_space(state, request):
    told = request.json()
    identifier = state.ids.new("space")
    made = {"uuid": identifier, "name": identifier, "protocol": told.get("access_protocol", "FS"),
            "path": told.get("path", "/"), "bucket": told.get("s3_bucket", told.get("bucket")),
            "endpoint": told.get("s3_endpoint_url", told.get("endpoint_url")),
            "region": told.get("s3_region", told.get("region")),
            "access_key": told.get("aws_access_key_id", told.get("access_key_id")), "stock_names": "bucket" in told}
    state.places.spaces[identifier] = made
    return created(shown_space(state, made))


def new_pipeline(state, request):
    told = request.json()
    identifier = str(told.get("uuid") or state.ids.new("pipeline"))
    state.pipelines[identifier] = {"description": told.get("description", "")}
    return created({**state.pipelines[identifier], "resource_uri": f"/api/v2/pipeline/{identifier}/", "uuid": identifier})


def one(find, show):
    """A route to one resource, found by its UUID."""
    def route(state, _, identifier):
        found = find(state, urllib.parse.unquote(identifier))
        if found is not None:
            return json_answer(200, show(state, found))
        if not UUID.fullmatch(identifier):
            return json_answer(400, {"error": f"Invalid resource lookup data provided: '{identifier}' is no UUID."})
        return html_answer(404)
    return route


def show_task(state, _, number):
    if int(number) not in range(1, len(state.tasks) + 1):
        return html_answer(404)
    return json_answer(200, packages.shown_task(state.tasks[int(number) - 1]))


ROUTES = [(re.compile("/api/v2/" + path), methods, route) for path, methods, route in (
    (r"location/", ("GET", "POST"), list_locations),
    (r"location/([^/]+)/", ("GET",), one(lambda state, uuid: state.places.location(uuid), shown_location)),
    (r"space/", ("POST",), new_space),
    (r"space/([^/]+)/", ("GET",), one(lambda state, uuid: state.places.space(uuid), shown_space)),
    (r"pipeline/", ("POST",), new_pipeline),
    (r"file/([^/]+)/", ("GET",), one(lambda state, uuid: state.packages.get(uuid), packages.shown)),
    (r"async/(\d+)/", ("GET",), show_task),
    (r"file/([^/]+)/wellcome_callback/", ("POST",), packages.take_callback),
)]


def answer(state, request):
    path = request.path if request.path.endswith("/") else request.path + "/"
    for pattern, methods, route in ROUTES:
        match = pattern.fullmatch(path)
        if not match:
            continue
        if path != request.path:
            return html_answer(301, ("Location", path + ("?" + request.query if request.query else "")))
        if state.user_of("amss", request) is None:
            return html_answer(401, ("WWW-Authenticate", 'Basic Realm="django-tastypie"'))
        if request.method not in methods:
            return not_allowed(*methods)
        with state.lock:
            return route(state, request, *match.groups())
    return html_answer(404)
