"""Runs a command with servers beside it.

usage: with_servers.py SERVER[,SERVER…] COMMAND [ARGUMENT...]

The command finds endpoints, accounts and keys in its environment, by the names of the servers:

s3        STRONGROOM_TEST_S3, and behind a proxy that does wrong when told to STRONGROOM_TEST_S3_FAULTY
swift     STRONGROOM_TEST_SWIFT, STRONGROOM_TEST_SWIFT_FAULTY: another S3, without conditions for what is written
azure     STRONGROOM_TEST_AZURE, STRONGROOM_TEST_AZURE_FAULTY
vault     STRONGROOM_TEST_VAULT: a strict S3 with archive classes
messages  STRONGROOM_TEST_MESSAGES: SNS and SQS, behind such a proxy
dynamodb  STRONGROOM_TEST_DYNAMODB: behind such a proxy

Its exit status is this one's.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import azurite
import radosgw
from dynalite import Dynalite
from faulty_proxy import FaultyProxy
from messages import Messages
from swift_s3 import SwiftS3
from vault import Vault

KEYS = {"AWS_ACCESS_KEY_ID": radosgw.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": radosgw.SECRET_KEY,
        "STRONGROOM_TEST_AZURE_ACCOUNT": azurite.ACCOUNT, "AZURE_STORAGE_KEY": azurite.KEY}


def started(name, directory, servers):
    """What the tests read; what has to be stopped is added to `servers`."""
    variable = f"STRONGROOM_TEST_{name.upper()}"
    if name == "vault":
        servers.append(Vault())
        return {variable: servers[-1].url}
    if name in ("messages", "dynamodb"):
        servers.append(Messages() if name == "messages" else Dynalite(directory / name))
        servers.append(FaultyProxy(servers[-1].url))
        return {variable: servers[-1].url}
    servers.append({"s3": radosgw.Radosgw, "swift": SwiftS3, "azure": azurite.Azurite}[name](directory / name))
    url = servers[-1].url
    servers.append(FaultyProxy(url))
    return {variable: url, variable + "_FAULTY": servers[-1].url}


def main():
    with tempfile.TemporaryDirectory(prefix="strongroom-servers-", ignore_cleanup_errors=True) as directory:
        servers, environment = [], {**os.environ, **KEYS}
        try:
            for name in sys.argv[1].split(","):
                environment.update(started(name, pathlib.Path(directory), servers))
            return subprocess.run(sys.argv[2:], env=environment).returncode
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    sys.exit(main())
