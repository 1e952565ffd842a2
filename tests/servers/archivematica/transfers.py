"""A transfer, and its life: copying, transfer processing, transfer complete, ingest processing, storing, ingest complete.

Each life is a thread. It waits in each stage for as long as the options say, or until it is told to go on; then it does
what the stage is for. Whoever looks finds it waiting, busy (copying or storing), or ended.
"""

import posixpath
import threading
import time

import copying
import storing

STAGES = ("copying", "transfer processing", "transfer complete", "ingest processing", "storing", "ingest complete")
MICROSERVICES = {"transfer processing": "Verify transfer compliance", "transfer complete": "Create SIP from Transfer",
                 "ingest processing": "Process metadata directory", "storing": "Store AIP",
                 "ingest complete": "Remove the processing directory"}
EXTRACTING, ASKING, STORE = "Extract zipped transfer", "Approve standard transfer", "Store AIP"
SETTLE_SECONDS = 10


class Stopped(Exception):
    """Told to end, or to stay what it was told to be."""


class Transfer:
    """Guarded by the lock of the state."""

    def __init__(self, identifier, sip, user, key, parameters):
        self.id, self.planned_sip, self.user, self.key, self.parameters = identifier, sip, user, key, parameters
        self.name, self.accession = parameters["name"], parameters.get("accession") or None
        self.path = parameters["decoded_path"]
        self.configuration = parameters.get("processing_config") or "automated"
        self.asks = False  # whether a person has to choose before it goes on
        self.stage, self.phase = STAGES[0], "running"
        self.released = self.stopped = self.stalled = self.forgotten = self.hidden = False
        self.sip_uuid = None
        self.told = {"transfer": {}, "ingest": {}}  # status and microservice, where a test has set them
        self.failure = None  # why it ended: {"unit": "copy" | "transfer" | "ingest", "microservice": M, "reason": R}
        self.listed, self.copied, self.directory_made = [], [], False
        self.content, self.identifiers = {}, []
        self.package, self.ingest_url, self.ingest_type, self.calls = None, None, None, []

    def unit_name(self):
        """What its directory is called: the zip's name without the extension once it is opened."""
        name, suffix = posixpath.splitext(self.name)
        is_zip = self.parameters.get("type") in copying.ZIP_TYPES
        return name if is_zip and suffix in copying.ARCHIVES else self.name

    # -- what the dashboard says about it

    def transfer_status(self):
        """A status word, or None while it has no job."""
        if "status" in self.told["transfer"]:
            return self.told["transfer"]["status"]
        if self.stage == "copying":
            return None
        if self.failure and self.failure["unit"] == "transfer":
            return "FAILED"
        if self.stage == "transfer processing":
            return "USER_INPUT" if self.asks else "PROCESSING"
        return "COMPLETE"

    def ingest_status(self):
        if "status" in self.told["ingest"]:
            return self.told["ingest"]["status"]
        if self.failure and self.failure["unit"] == "ingest":
            return "FAILED"
        if self.stage == "ingest complete":
            return "COMPLETE"
        return None if self.stage in STAGES[:3] else "PROCESSING"

    def microservice(self, unit):
        if "microservice" in self.told[unit]:
            return self.told[unit]["microservice"]
        if self.failure and self.failure["unit"] == unit:
            return self.failure["microservice"]
        if unit == "transfer" and self.asks and self.stage == "transfer processing":
            return ASKING
        stage = self.stage
        if unit == "transfer" and STAGES.index(stage) > 2:
            stage = "transfer complete"
        return MICROSERVICES.get(stage, "")

    def shown_sip(self):
        """As in a status: once complete."""
        if self.transfer_status() != "COMPLETE":
            return None
        return self.sip_uuid or self.planned_sip

    def shown(self, state):
        """For the control port."""
        package = self.package
        return {
            "id": self.id, "name": self.name, "user": self.user, "key": self.key, "path": self.path,
            "parameters": {name: value for name, value in self.parameters.items() if name != "decoded_path"},
            "configuration": self.configuration, "accession": self.accession, "stage": self.stage, "phase": self.phase,
            "status": self.transfer_status(), "ingest_status": self.ingest_status(), "sip_uuid": self.shown_sip(),
            "microservice": self.microservice("transfer"), "ingest_microservice": self.microservice("ingest"),
            "failure": self.failure, "forgotten": self.forgotten, "stalled": self.stalled,
            "listed": list(self.listed), "copied": list(self.copied), "directory_made": self.directory_made,
            "identifiers": list(self.identifiers), "ingest_url": self.ingest_url, "ingest_type": self.ingest_type,
            "calls": list(self.calls),
            "aip": package and {"uuid": package.uuid, "name": package.name, "status": package.status,
                                "path": package.path, "size": package.size, "misc_attributes": package.attributes,
                                "events": list(package.events), "callbacks": list(package.callbacks)},
        }


# -- starting and steering; all called with the lock held

def new(state, user, key, parameters):
    planned = state.options["transfer_ids"]
    identifier = planned.pop(0) if planned else state.ids.new("transfer")
    transfer = Transfer(identifier, state.ids.new("sip"), user, key, parameters)
    if transfer.configuration not in state.configurations:
        transfer.configuration = "default"
    transfer.asks = transfer.configuration == "default" or not parameters.get("auto_approve", True)
    state.transfers[identifier] = transfer
    return transfer


def start(state, transfer):
    """Sends it on its way; returns when it waits, is busy, or has ended."""
    threading.Thread(target=live, args=(state, transfer), daemon=True).start()
    settle(state, transfer)


def settle(state, transfer):
    state.changed.wait_for(lambda: transfer.phase != "running", SETTLE_SECONDS)


def advance(state, transfers):
    """Each of them goes on to its next stage, if it waits in one; one that is stalled does so when that ends."""
    for transfer in transfers:
        settle(state, transfer)
        if transfer.phase == "waiting":
            transfer.released, transfer.phase = True, "running"
    state.changed.notify_all()
    for transfer in transfers:
        settle(state, transfer)


def tell(state, transfer, unit, told):
    """Sets what a test wants a transfer or its ingest to be. A status given as null is its own again."""
    for name in ("status", "microservice"):
        if name in told:
            transfer.told[unit].pop(name, None)
            if told[name] is not None:
                transfer.told[unit][name] = told[name]
    if told.get("status") in ("FAILED", "REJECTED"):
        transfer.stopped = True
    if "sip_uuid" in told:
        transfer.sip_uuid = told["sip_uuid"]
    if "forget" in told:
        transfer.forgotten = bool(told["forget"])
    if "stall" in told:
        transfer.stalled = bool(told["stall"])
    state.changed.notify_all()


# -- the life; runs without the lock

def pause(state, transfer):
    """Waits in the present stage for its time, or until it is released; for ever when a person has to choose."""
    with state.changed:
        for_ever = transfer.asks and transfer.stage == "transfer processing"
        milliseconds = None if for_ever else state.stage_ms(transfer.stage)
        end = None if milliseconds is None else time.monotonic() + milliseconds / 1000
        while True:
            if transfer.stopped:
                raise Stopped
            left = None if end is None else end - time.monotonic()
            if not transfer.stalled and (transfer.released or (left is not None and left <= 0)):
                break
            transfer.phase = "waiting"
            state.changed.notify_all()
            state.changed.wait(None if transfer.stalled or left is None else left)
        transfer.phase, transfer.released = "running", False


def enter(state, transfer, stage):
    with state.changed:
        if transfer.stopped:
            raise Stopped
        transfer.stage = stage
        if stage == "transfer complete" and transfer.sip_uuid is None:
            transfer.sip_uuid = transfer.planned_sip
        state.changed.notify_all()


def busy(state, transfer):
    with state.changed:
        transfer.phase = "busy"
        state.changed.notify_all()


def fail(state, transfer, unit, microservice, reason):
    with state.changed:
        transfer.failure = {"unit": unit, "microservice": microservice, "reason": reason}
    raise Stopped


def copy(state, transfer):
    fetch = state.options["fetch"]
    enter(state, transfer, "copying")
    if fetch == "none":
        return pause(state, transfer)
    busy(state, transfer)
    try:
        job = copying.start(state, transfer)
        pause(state, transfer)
        busy(state, transfer)
        job.copy(state, transfer)
    except copying.Failed as error:
        fail(state, transfer, "copy", None, str(error))
    return job


def process(state, transfer, job):
    enter(state, transfer, "transfer processing")
    if job is not None:
        busy(state, transfer)
        try:
            copying.extract(state, transfer, job)
        except copying.Failed as error:
            fail(state, transfer, "transfer", EXTRACTING, str(error))
    pause(state, transfer)


def store(state, transfer, job):
    enter(state, transfer, "storing")
    pause(state, transfer)
    if job is not None and state.options["storing"]:
        busy(state, transfer)
        try:
            storing.store(state, transfer)
        except storing.Failed as error:
            fail(state, transfer, "ingest", STORE, str(error))


def live(state, transfer):
    try:
        job = copy(state, transfer)
        process(state, transfer, job)
        enter(state, transfer, "transfer complete")
        pause(state, transfer)
        if transfer.sip_uuid == "BACKLOG":
            raise Stopped
        enter(state, transfer, "ingest processing")
        pause(state, transfer)
        store(state, transfer, job)
        enter(state, transfer, "ingest complete")
    except Stopped:
        pass
    finally:
        with state.changed:
            transfer.phase = "ended"
            state.changed.notify_all()
