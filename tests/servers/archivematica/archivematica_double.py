#!/usr/bin/python3
"""A test double of Archivematica (dashboard and Storage Service) and of Slack, for the companions' tests.

usage: archivematica_double.py [--config FILE] [--seed N] [--tls CERT,KEY]

Opens four ports on the loopback address, prints one line of JSON with their addresses (am, amss, slack, control), and
serves until its standard input closes. The file is JSON: `ports` (by these names), `seed`, and the defaults that differ,
by the names of the control calls that change them: `locations`, `configurations`, `credentials`, `options`, `version`.
"""

import argparse
import json
import pathlib
import ssl
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1]))

import control  # noqa: E402
import dashboard  # noqa: E402
import slack  # noqa: E402
import storage_service  # noqa: E402
from process import free_port  # noqa: E402
from side import Side  # noqa: E402
from state import State  # noqa: E402

ROUTES = {"am": dashboard.answer, "amss": storage_service.answer, "slack": slack.answer, "control": control.answer}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--tls", metavar="CERT,KEY")
    given = parser.parse_args()
    config = json.loads(pathlib.Path(given.config).read_text()) if given.config else {}
    tls = None
    if given.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*given.tls.split(","))
    state = State(config, given.seed if given.seed is not None else config.get("seed", 1))
    for name, routes in ROUTES.items():
        state.sides[name] = Side(name, state, routes, config.get("ports", {}).get(name) or free_port(), tls)
    urls = {name: side.url for name, side in state.sides.items()}
    urls["slack"] += slack.PATH
    print(json.dumps(urls), flush=True)
    while sys.stdin.buffer.read(1 << 16):
        pass


if __name__ == "__main__":
    main()
