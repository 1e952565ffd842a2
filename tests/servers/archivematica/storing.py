"""How Archivematica's storage service stores an AIP: as an unmodified client of the storage API of an archive.

A fresh token before each call; the bag looked for first; then the ingest, watched until its callback has come.
"""

import base64
import http.client
import json
import pathlib
import urllib.parse

import aip
import calls
import packages
import s3


class Failed(Exception):
    """Why the AIP is not stored."""


class Archive:
    """The archive's API, and a record of each call to it in the transfer."""

    def __init__(self, transfer, settings):
        self.transfer, self.settings = transfer, settings

    def call(self, method, url, headers, body=None, redirects=False):
        ca_file = self.settings["ca_file"]
        try:
            answer = calls.followed(url, headers, ca_file) if redirects else calls.call(method, url, headers, body, ca_file)
        except (OSError, http.client.HTTPException) as error:
            raise Failed(f"{method} {url}: {error}") from None
        self.transfer.calls.append({"method": method, "url": url, "status": answer.status})
        return answer

    def authorised(self):
        user = f"{self.settings['client_id']}:{self.settings['client_secret']}"
        headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode(),
                   "Content-Type": "application/x-www-form-urlencoded"}
        answer = self.call("POST", self.settings["token_url"], headers, b"grant_type=client_credentials")
        token = json_of(answer, "the token").get("access_token")
        if answer.status != 200 or not token:
            raise Failed(f"no token: {answer.status}")
        return {"Authorization": f"Bearer {token}"}

    def url(self, path):
        return self.settings["api_root_url"].rstrip("/") + path

    def has(self, space, identifier):
        """Whether there is such a bag. Everything but 404 that is JSON means yes."""
        path = f"/bags/{urllib.parse.quote(space)}/{urllib.parse.quote(identifier, safe='/')}"
        answer = self.call("GET", self.url(path), self.authorised(), redirects=True)
        if answer.status == 404:
            return False
        json_of(answer, "the bag")
        return True

    def ingest(self, body):
        """The URL of a new ingest."""
        headers = {**self.authorised(), "Content-Type": "application/json"}
        answer = self.call("POST", self.url("/ingests"), headers, json.dumps(body).encode())
        location = answer.headers["Location"] or ""
        if answer.status != 201 or not urllib.parse.urlsplit(location).netloc:
            raise Failed(f"no ingest: {answer.status} {answer.body.decode(errors='replace')[:1000]}")
        return location

    def look(self, url):
        answer = self.call("GET", url, self.authorised())
        if answer.status != 200:
            raise Failed(f"the ingest cannot be read: {answer.status}")
        return json_of(answer, "the ingest")

    def upload(self, path, content):
        """To an upload area, over HTTP."""
        url = self.url(f"/uploads/{urllib.parse.quote(self.settings['bucket'])}/{urllib.parse.quote(path)}")
        answer = self.call("PUT", url, {**self.authorised(), "Content-Type": "application/octet-stream"}, content)
        if answer.status != 201:
            raise Failed(f"the package was not taken: {answer.status}")


def json_of(answer, what):
    try:
        document = json.loads(answer.body)
    except ValueError:
        raise Failed(f"{what} is not JSON: {answer.status}") from None
    if not isinstance(document, dict):
        raise Failed(f"{what} is no JSON object: {answer.status}")
    return document


# -- the package on its way

def put(archive, settings, path, content):
    """Where the archive will find it."""
    if settings["provider"] != "filesystem":
        try:
            return s3.Client(settings["store"]).put(settings["bucket"], path, content)
        except (s3.Refused, OSError, http.client.HTTPException) as error:
            raise Failed(f"the package was not taken: {error}") from None
    if not settings["upload_root"]:
        return archive.upload(path, content)
    target = pathlib.Path(settings["upload_root"]) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.write_bytes(content)


def directories(identifier):
    """A UUID in eight directories of four digits."""
    digits = identifier.replace("-", "")
    return "/".join(digits[at:at + 4] for at in range(0, len(digits), 4))


def ingest_body(state, settings, package, place, path, kind):
    user, key = next(iter(state.credentials["amss"].items()))
    host = (settings["callback_host"] or state.sides["amss"].url).rstrip("/")
    query = urllib.parse.urlencode({"username": user, "api_key": key})
    space, identifier = place
    return {
        "type": "Ingest",
        "ingestType": {"id": kind, "type": "IngestType"},
        "space": {"id": space, "type": "Space"},
        "sourceLocation": {"type": "Location", "provider": {"type": "Provider", "id": settings["provider"]},
                           "bucket": settings["bucket"], "path": path},
        "bag": {"type": "Bag", "info": {"type": "BagInfo", "externalIdentifier": identifier}},
        "callback": {"type": "Callback", "url": f"{host}/api/v2/file/{package.uuid}/wellcome_callback/?{query}"},
    }


def watch(state, transfer, archive, package, url):
    """Until the callback has come, or the ingest says that there will be none."""
    pause = archive.settings["poll_ms"] / 1000
    while True:
        with state.changed:
            if state.changed.wait_for(lambda: package.decided or transfer.stopped, pause):
                return
        ingest = archive.look(url)
        callback = ingest.get("callback")
        if not isinstance(callback, dict):
            raise Failed("the ingest has no callback")
        if callback["status"]["id"] == "processing":
            continue
        with state.changed:
            if package.decided or packages.act_on(state, package, ingest):
                return


def new_package(state, transfer, settings):
    location = state.places.archive(settings["aip_locations"].get(transfer.configuration, ""))
    if location is None:
        raise Failed("there is no location for AIPs")
    name = f"{transfer.unit_name()}-{transfer.sip_uuid}"
    transfer.package = state.packages[transfer.sip_uuid] = packages.Package(transfer.sip_uuid, name, location["uuid"])
    return transfer.package


def dialogue(state, transfer, settings, package):
    archive = Archive(transfer, settings)
    location = state.places.location(package.location)["relative_path"].strip("/")
    place = aip.place_of(location, transfer.identifiers, [transfer.accession] if transfer.accession else [])
    if place is None:
        raise Failed("the AIP has no identifier")
    content = aip.package(transfer, package.uuid, place[1], settings["manifests"])
    path = f"{location}/{directories(package.uuid)}/{package.name}.tar.gz"
    put(archive, settings, path, content)
    with state.lock:
        package.path, package.size, package.status = path, len(content), "STAGING"
    kind = "update" if archive.has(*place) else "create"
    with state.lock:
        transfer.ingest_type = kind
        body = ingest_body(state, settings, package, place, path, kind)
    url = archive.ingest(body)
    with state.lock:
        transfer.ingest_url = url
    watch(state, transfer, archive, package, url)


def store(state, transfer):
    """Returns when the AIP is stored; raises when it is not."""
    with state.lock:
        settings = dict(state.options["storing"])
        task = packages.Task(len(state.tasks) + 1, state.time_text())
        state.tasks.append(task)
        package = None
    try:
        with state.lock:
            package = new_package(state, transfer, settings)
        dialogue(state, transfer, settings, package)
        if package.status != "UPLOADED":
            raise Failed("the ingest failed: " + "; ".join(package.events))
    except Failed as error:
        with state.lock:
            task.end(state.time_text(), error=str(error))
            if package is not None and not package.decided:
                package.status = "FAIL"
        raise
    with state.lock:
        task.end(state.time_text(), result=packages.shown(state, package))
