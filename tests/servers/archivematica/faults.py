"""What the double shall do wrong. Rules are tried in the order in which they were given; the first that fits acts.

A rule is {"service": S, "method": M, "path": exact or prefix ending *, "skip": k, "times": n or "always", "action": {…}};
what is left out fits everything, and `times` is 1. The first `skip` requests that fit are none of its business. Actions:

{"status": 503, "headers": {…}, "body": "…"}   this answer; the request has no effect
{"raw": "…"}                                   these bytes with the status of a success; the request has no effect
{"after": one of these two}                    the request has its effect, and then this answer
{"drop": "before"}, {"drop": "after"}          the connection is closed without an answer, before or after the effect
{"delay_ms": n}                                the answer comes late; also beside the others
{"pending": n}                                 a package's key stays pending: 409 n times ("always": for ever), then 202
{"refuse_connections": true}                   the port is closed until the rules are cleared, from now on or from the
                                               request on that comes after those to skip
"""

import threading

from exchange import BadRequest, fits

SERVICES = ("am", "amss", "slack")
MEMBERS = {"service", "method", "path", "skip", "times", "action"}
ACTIONS = {"status", "headers", "body", "raw", "after", "drop", "delay_ms", "pending", "refuse_connections"}


def checked(rule):
    """The rule with nothing left out."""
    if not isinstance(rule, dict) or not set(rule) <= MEMBERS or not isinstance(rule.get("action"), dict):
        raise BadRequest(f"no rule: {rule}")
    action = rule["action"]
    after = action.get("after", {"status": 500})
    known = isinstance(after, dict) and bool({"status", "raw"} & set(after)) and set(action) <= ACTIONS
    if not action or not known or action.get("drop", "before") not in ("before", "after"):
        raise BadRequest(f"no action: {action}")
    if rule.get("service") not in (None, *SERVICES):
        raise BadRequest(f"no service: {rule['service']}")
    if "refuse_connections" in action and not rule.get("service"):
        raise BadRequest("which service shall refuse connections?")
    return {"service": None, "method": None, "path": "*", "skip": 0, "times": 1, **rule}


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []

    def add(self, rules):
        """Adds them all, or none."""
        rules = [checked(rule) for rule in rules]
        with self.lock:
            self.rules += rules
        return rules

    def clear(self):
        with self.lock:
            self.rules = []

    def shown(self):
        with self.lock:
            return [dict(rule) for rule in self.rules]

    def take(self, service, request):
        """The action for this request, used up once, or None."""
        with self.lock:
            for rule in self.rules:
                if rule["service"] not in (None, service) or rule["method"] not in (None, request.method):
                    continue
                if rule["times"] == 0 or not fits(rule["path"], request.target):
                    continue
                if rule["skip"] > 0:
                    rule["skip"] -= 1
                    continue
                if rule["times"] != "always":
                    rule["times"] -= 1
                return rule["action"]
        return None
