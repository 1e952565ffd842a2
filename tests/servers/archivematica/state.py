"""All that the double knows, in memory: what stays over a reset is its configuration only.

`lock` guards everything here but the journal and the faults, which have their own; `changed` tells those who wait that a
transfer or a package has moved.
"""

import base64
import datetime
import hashlib
import threading
import uuid

from exchange import BadRequest
from faults import Faults
from loopback import now
from places import DEFAULT, Places
from side import Journal

CONFIGURATIONS = ("automated", "b_dig_accessions", "born_digital", "default")

# `root`: a directory that stands for the path of the FS space. `transfer_ids`: what the next transfers are called.
OPTIONS = {"no_idempotency": False, "worker_down": False, "transfer_ids": [], "fetch": "none", "s3": None, "root": None,
           "stage_ms": 0, "storing": None, "callback_down": False, "second_callback": False}
# `store`: the ingests store as `s3` above. Provider `filesystem`: the bucket is the name of an upload area, filled below
# `upload_root`, or over HTTP without one. `aip_locations`: processing configuration -> relative path.
STORING = {"token_url": None, "api_root_url": None, "client_id": None, "client_secret": None, "store": None,
           "bucket": "uploads", "provider": "amazon-s3", "upload_root": None, "callback_host": None, "poll_ms": 500,
           "manifests": {"payload": ["sha256"], "tag": ["md5"]}, "ca_file": None,
           "aip_locations": {"born_digital": "born-digital", "b_dig_accessions": "born-digital-accessions"}}


class Ids:
    """UUIDs that depend on the seed, what they are for, and how many there were before."""

    def __init__(self, seed):
        self.seed, self.counts = seed, {}

    def new(self, kind):
        number = self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.fixed(f"{kind}/{number}")

    def fixed(self, text):
        """Always the same for a text."""
        digest = hashlib.sha256(f"{self.seed}/{text}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


def merged(known, told, what):
    """`told` over `known`, one level."""
    if not isinstance(told, dict) or not set(told) <= set(known):
        raise BadRequest(f"unknown {what}: {told}")
    return {**known, **told}


class State:
    """`config` has the defaults that differ, by the names of the control calls that change them; and the seed."""

    def __init__(self, config, seed):
        self.config, self.seed = config, seed
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.journal, self.faults = Journal(), Faults()
        self.sides = {}
        self.transfers = {}
        self.reset()

    def reset(self):
        """The defaults again. Transfers that are under way are given up."""
        with self.lock:
            for transfer in self.transfers.values():
                transfer.stopped = True
            self.changed.notify_all()
            self.ids = Ids(self.seed)
            self.offset = datetime.timedelta()
            self.journal.clear()
            self.faults.clear()
            self.pipeline = self.ids.new("pipeline")
            self.pipelines = {self.pipeline: {"description": "Archivematica on the double"}}
            self.places = Places(self.config.get("locations", DEFAULT), self.ids)
            self.credentials = {"am": {"test": "am-key"}, "amss": {"test": "ss-key"}, "refused_host": False}
            self.set_credentials(self.config.get("credentials", {}))
            self.configurations = list(self.config.get("configurations", CONFIGURATIONS))
            self.version = self.config.get("version", "1.19.0")
            self.options = dict(OPTIONS)
            self.set_options(self.config.get("options", {}))
            self.transfers, self.packages, self.tasks, self.keys, self.slack = {}, {}, [], {}, []

    # -- what is told

    def set_credentials(self, told):
        with self.lock:
            self.credentials = merged(self.credentials, told, "credentials")

    def set_options(self, told):
        """Those that are named; of `storing`, its members."""
        with self.lock:
            options = merged(self.options, told, "option")
            if told.get("storing"):
                options["storing"] = merged(self.options["storing"] or STORING, told["storing"], "setting of storing")
            if options["fetch"] not in ("none", "s3", "fs"):
                raise BadRequest(f"fetch from where? {options['fetch']}")
            self.options = options

    def stage_ms(self, stage):
        """How long a stage lasts, or None until it is told to go on."""
        told = self.options["stage_ms"]
        return told.get(stage, 0) if isinstance(told, dict) else told

    # -- time

    def now(self):
        return now() + self.offset

    def time_text(self):
        return self.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    # -- who calls

    def user_of(self, service, request):
        """The user whose key a request has, in the forms that a service takes; None for everybody else."""
        user, key = credentials_of(request, basic=service == "amss")
        with self.lock:
            keys = self.credentials[service]
            return user if user in keys and keys[user] == key else None


def credentials_of(request, basic):
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "apikey":
        user, _, key = rest.strip().partition(":")
        return user, key
    if scheme.lower() == "basic" and basic:
        try:
            user, _, key = base64.b64decode(rest).decode().partition(":")
        except ValueError:
            return None, None
        return user, key
    return request.first("username"), request.first("api_key")
