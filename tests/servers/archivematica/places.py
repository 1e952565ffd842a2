"""The spaces and locations of the storage service: the default ones, and others when told so.

The form in which they are shown and replaced by the control port, everything but `spaces` and `locations` optional:
{"spaces": [{"name": N, "protocol": "S3" | "FS" | "WELLCOME", "uuid", "path", "bucket", "endpoint", "region",
             "access_key", "stock_names": true for the names of an AMSS that is not Wellcome's}],
 "locations": [{"space": N, "purpose": "TS" | "AS" | "CP", "relative_path": as entered, "uuid", "path": full,
                "enabled", "description"}],
 "number": how many transfer sources of protocol S3 there shall be: others are put before those that are named}
"""

import posixpath

from exchange import BadRequest

CANARY = "CANARY-SPACE-SECRET"
SOURCES = ("born-digital", "born-digital-accessions")
SPACE = {"uuid": None, "path": "/", "bucket": None, "endpoint": "http://s3.test", "region": "eu-west-1",
         "access_key": "AKIDSPACE", "stock_names": False}
NEEDED = ("space", "purpose", "relative_path")
LOCATION = {"uuid": None, "path": None, "enabled": True, "description": ""}

DEFAULT = {
    "spaces": [{"name": "s3", "protocol": "S3", "bucket": "transfer-source"},
               {"name": "fs", "protocol": "FS", "path": "/srv/transfers"},
               {"name": "wellcome", "protocol": "WELLCOME"}],
    "locations": [*({"space": "s3", "purpose": "TS", "relative_path": path} for path in SOURCES),
                  *({"space": "fs", "purpose": "TS", "relative_path": path} for path in SOURCES),
                  {"space": "fs", "purpose": "CP", "relative_path": "currentlyProcessing"},
                  *({"space": "wellcome", "purpose": "AS", "relative_path": path} for path in SOURCES)],
}


def filled(one, members, needed, ids, kind):
    unknown = set(one) - set(members) - set(needed)
    if unknown or not set(needed) <= set(one):
        raise BadRequest(f"a {kind} needs {sorted(needed)} and may have {sorted(members)}: {one}")
    return {**members, **one, "uuid": one.get("uuid") or ids.new(kind)}


class Places:
    def __init__(self, told, ids):
        spaces = [filled(one, SPACE, ("name", "protocol"), ids, "space") for one in told.get("spaces", [])]
        self.spaces = {one["name"]: one for one in spaces}
        locations = [filled(one, LOCATION, NEEDED, ids, "location")
                     for one in told.get("locations", [])]
        missing = [one for one in locations if one["space"] not in self.spaces]
        if missing:
            raise BadRequest(f"no such space: {missing[0]['space']}")
        self.locations = [*self.fillers(told.get("number", 0), locations, ids), *locations]

    def fillers(self, number, locations, ids):
        s3 = [name for name, space in self.spaces.items() if space["protocol"] == "S3"]
        present = sum(one["purpose"] == "TS" and one["space"] in s3 for one in locations)
        return [filled({"space": s3[0], "purpose": "TS", "relative_path": f"/other-{n}/"}, LOCATION, NEEDED, ids, "filler")
                for n in range(1, number - present + 1)]

    def shown(self):
        return {"spaces": list(self.spaces.values()), "locations": self.locations}

    # -- looking

    def space(self, uuid):
        return next((one for one in self.spaces.values() if one["uuid"] == uuid), None)

    def location(self, uuid):
        return next((one for one in self.locations if one["uuid"] == uuid), None)

    def space_of(self, location):
        return self.spaces[location["space"]]

    def full_path(self, location):
        if location["path"] is not None:
            return location["path"]
        return posixpath.join(self.space_of(location)["path"], location["relative_path"].strip("/"))

    def archive(self, relative_path):
        """The location of AIPs with this path, or the first one."""
        found = [one for one in self.locations if one["purpose"] == "AS"]
        exact = [one for one in found if one["relative_path"].strip("/") == relative_path]
        return next(iter(exact or found), None)
