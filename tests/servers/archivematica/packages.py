"""The AIPs that the storage service knows, the tasks that store them, and the callbacks that tell how storing ended."""

import json

from exchange import BadRequest, html_answer, json_answer, text_answer


class Package:
    """Guarded by the lock of the state. Once `decided` nothing but a later success changes the status."""

    def __init__(self, identifier, name, location):
        self.uuid, self.name, self.location = identifier, name, location
        self.status, self.attributes, self.events = "PENDING", {}, []
        self.path, self.size, self.stored = None, 0, None
        self.decided = False
        self.callbacks = []  # of each: when, the ingest and its status, the answer, whether it was expected


class Task:
    """What the storage service does for the dashboard while that waits."""

    def __init__(self, number, time_text):
        self.number, self.created, self.updated = number, time_text, time_text
        self.completed, self.result, self.error = None, None, None

    def end(self, time_text, result=None, error=None):
        self.completed = self.updated = time_text
        self.result, self.error = result, error


def shown_task(task):
    document = {"completed": task.completed is not None, "completed_time": task.completed, "created_time": task.created,
                "updated_time": task.updated, "id": task.number, "resource_uri": f"/api/v2/async/{task.number}/",
                "was_error": task.error is not None}
    if task.completed is None:
        return document
    return document | ({"error": task.error} if task.error is not None else {"result": task.result})


def shown(state, package):
    location = state.places.location(package.location)
    full = f"{state.places.full_path(location)}/{package.path}" if location and package.path else None
    return {"current_full_path": full, "current_location": f"/api/v2/location/{package.location}/",
            "current_path": package.path, "encrypted": False, "misc_attributes": package.attributes,
            "origin_pipeline": f"/api/v2/pipeline/{state.pipeline}/", "package_type": "AIP", "related_packages": [],
            "replicas": [], "replicated_package": None, "resource_uri": f"/api/v2/file/{package.uuid}/",
            "size": package.size, "status": package.status, "stored_date": package.stored, "uuid": package.uuid}


# -- how storing ends

def act_on(state, package, ingest):
    """Takes the outcome of an ingest, when it is one; True when it is. Raises when a success lacks its version."""
    status = ingest["status"]["id"]
    if status == "succeeded":
        attributes = {"wellcome.space": ingest["space"]["id"],
                      "wellcome.external_identifier": ingest["bag"]["info"]["externalIdentifier"],
                      "wellcome.version": ingest["bag"]["info"]["version"]}
        package.status, package.attributes, package.stored = "UPLOADED", attributes, state.time_text()
    elif status != "failed":
        return False
    elif package.status != "UPLOADED":
        package.status = "FAIL"
    else:
        return True
    package.events = [event["description"] for event in ingest.get("events", [])]
    package.decided = True
    state.changed.notify_all()
    return True


def callback_answer(state, request, package):
    if state.options["callback_down"]:
        return html_answer(503)
    try:
        act_on(state, package, request.json())
    except (BadRequest, KeyError, TypeError) as error:
        return json_answer(500, {"error_message": str(error)})
    return text_answer(200, "Callback received")


def take_callback(state, request, identifier):
    """A first callback is expected, and so is a late one that says `failed` when the double was told of it."""
    package = state.packages.get(identifier)
    if package is None:
        return html_answer(404)
    try:
        ingest = json.loads(request.body)
        known, status = ingest["id"], ingest["status"]["id"]
    except (ValueError, KeyError, TypeError):
        known, status = None, None
    first = not any(one["answer"] == 200 for one in package.callbacks)
    expected = first or (state.options["second_callback"] and status == "failed")
    made = callback_answer(state, request, package)
    package.callbacks.append({"time": state.time_text(), "ingest": known, "status": status, "answer": made.status,
                              "expected": expected})
    return made
