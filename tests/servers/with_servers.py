"""Runs a command with storage servers beside it.

usage: with_servers.py COMMAND [ARGUMENT...]

The command finds their endpoints, accounts and keys in its environment: STRONGROOM_TEST_S3, STRONGROOM_TEST_AZURE, and
the same behind proxies that do wrong when told to, with _FAULTY behind the name; STRONGROOM_TEST_VAULT is a strict S3
with archive classes. Its exit status is this one's.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import azurite
import radosgw
from faulty_proxy import FaultyProxy
from vault import Vault


def environment_of(s3, blobs, faulty_s3, faulty_blobs, vault):
    """What the tests read."""
    return {**os.environ,
            "STRONGROOM_TEST_S3": s3.url, "STRONGROOM_TEST_S3_FAULTY": faulty_s3.url,
            "STRONGROOM_TEST_AZURE_FAULTY": faulty_blobs.url, "STRONGROOM_TEST_VAULT": vault.url,
            "AWS_ACCESS_KEY_ID": radosgw.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": radosgw.SECRET_KEY,
            "STRONGROOM_TEST_AZURE": blobs.url,
            "STRONGROOM_TEST_AZURE_ACCOUNT": azurite.ACCOUNT, "AZURE_STORAGE_KEY": azurite.KEY}


def main():
    with tempfile.TemporaryDirectory(prefix="strongroom-servers-", ignore_cleanup_errors=True) as directory:
        servers = []
        try:
            for kind, name in ((radosgw.Radosgw, "s3"), (azurite.Azurite, "azure")):
                servers.append(kind(pathlib.Path(directory) / name))
            servers += [FaultyProxy(server.url) for server in servers]
            servers.append(Vault())
            return subprocess.run(sys.argv[1:], env=environment_of(*servers)).returncode
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    sys.exit(main())
