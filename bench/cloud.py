#!/usr/bin/python3
"""Objects put into a bucket of S3 beside `rclone copy` and `aws s3 cp`, against Ceph's gateway over loopback.

usage: bench/cloud.py [--files N] [--size BYTES] [--large BYTES] [--rounds N] [--at-once N]

Two bags: many small files, and one large one. Each round puts the same files by each program, in turn, each time into a
gateway that was just started, whose store is memory. Strongroom's time is that of the step "replicating", which reads the
files from working storage, hashes them and puts them create-only; reading them back and comparing them comes on top, and the
others do not do that. Needs the packages of the group `cloud-bench`.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

from service import ROOT, STRONGROOM, Service

sys.path.insert(0, str(ROOT / "tests/servers"))

import radosgw  # noqa: E402

BUCKET = "bench"


def make_bag(directory, files, size):
    """A bag of so many files of that size, none of which can be compressed; its package beside it."""
    chance, lines = random.Random(7), []
    bag = directory / "bag"
    for number in range(files):
        path = bag / "data" / f"{number // 1000:03}" / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), size
        with open(path, "wb") as out:
            while left:
                piece = chance.randbytes(min(left, 1 << 20))
                digest.update(piece)
                out.write(piece)
                left -= len(piece)
        lines.append(f"{digest.hexdigest()}  {path.relative_to(bag)}\n")
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (bag / "bag-info.txt").write_text(f"External-Identifier: bag\nBagging-Date: 2024-05-01\n"
                                      f"Payload-Oxum: {files * size}.{files}\n")
    (bag / "manifest-sha256.txt").write_text("".join(lines))
    tags = "".join(f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n"
                   for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt"))
    (bag / "tagmanifest-sha256.txt").write_text(tags)
    with tarfile.open(directory / "bag.tar", "w") as package:
        package.add(bag, "bag")
    return bag


def environment():
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**own, "AWS_ACCESS_KEY_ID": radosgw.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": radosgw.SECRET_KEY,
            "AWS_DEFAULT_REGION": "us-east-1"}


def timed(command, more=None):
    begun = time.monotonic()
    subprocess.run(command, check=True, env={**environment(), **(more or {})}, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun, 0.0


def by_rclone(directory, url, at_once):
    """Seconds, and seconds of reading back."""
    remote = f":s3,provider=Ceph,env_auth=true,endpoint='{url}':{BUCKET}/bag"
    return timed(["rclone", "copy", str(directory / "bag"), remote, "--transfers", str(at_once), "--checkers", str(at_once),
                  "--s3-no-check-bucket", "--s3-upload-concurrency", "4", "--config", "/dev/null"])


def by_aws(directory, url, at_once):
    config = directory / "aws-config"
    config.write_text(f"[default]\ns3 =\n  max_concurrent_requests = {at_once}\n")
    return timed(["/usr/bin/aws", "--endpoint-url", url, "s3", "cp", "--recursive", "--quiet", str(directory / "bag"),
                  f"s3://{BUCKET}/bag"], {"AWS_CONFIG_FILE": str(config)})


def by_strongroom(directory, url, at_once):
    run = pathlib.Path(tempfile.mkdtemp(prefix="service-", dir=directory))
    keys = run / "keys"
    keys.write_text(f"[default]\naws_access_key_id = {radosgw.ACCESS_KEY}\naws_secret_access_key = {radosgw.SECRET_KEY}\n")
    toml = (f'[[sources]]\nname = "packages"\npath = "{directory}"\n'
            f'[[locations]]\nname = "s3"\nlabel = "s3"\nrole = "primary"\nprovider = "amazon-s3"\nbucket = "{BUCKET}"\n'
            f'endpoint = "{url}"\ncredentialsFile = "{keys}"\nrequestsAtOnce = {at_once}\n')
    (run / "init.toml").write_text(toml)
    subprocess.run([STRONGROOM, "location", "init", "--location", "s3", "--config", str(run / "init.toml"), "--data",
                    str(run / "data")], check=True, stdout=subprocess.DEVNULL)
    service = Service(run / "data", toml)
    try:
        ended = service.end(service.begin("bag", "bag.tar", bucket="packages"), 0.1)
        at = {event["description"]: datetime.datetime.fromisoformat(event["createdDate"].replace("Z", "+00:00"))
              for event in ended["events"]}

        def seconds(step):
            begun, = (when for text, when in at.items() if text.startswith(step) and text.endswith(" started"))
            done, = (when for text, when in at.items() if text.startswith(step) and " succeeded" in text)
            return (done - begun).total_seconds()
        print(f"    peak {service.memory('VmHWM'):.0f} MiB", file=sys.stderr)
        return seconds("Replicating"), seconds("Verification (s3)")
    finally:
        service.stop()
        shutil.rmtree(run)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=4 << 30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=32)
    options = parser.parse_args()
    programs = {"strongroom": by_strongroom, "rclone": by_rclone, "aws": by_aws}
    for name, files, size in (("small", options.files, options.size), ("large", 1, options.large)):
        if not files or not size:
            continue
        with tempfile.TemporaryDirectory(prefix="strongroom-cloud-") as scratch:
            directory = pathlib.Path(scratch)
            make_bag(directory, files, size)
            found = {program: [] for program in programs}
            for _ in range(options.rounds):
                for program, run in programs.items():
                    with tempfile.TemporaryDirectory(prefix="strongroom-gateway-", ignore_cleanup_errors=True) as held:
                        gateway = radosgw.Radosgw(pathlib.Path(held))
                        try:
                            subprocess.run(["/usr/bin/aws", "--endpoint-url", gateway.url, "s3api", "create-bucket",
                                            "--bucket", BUCKET], check=True, env=environment(), stdout=subprocess.DEVNULL)
                            found[program].append(run(directory, gateway.url, options.at_once))
                        finally:
                            gateway.stop()
                    print(f"  {name} {program} {found[program][-1][0]:.1f} s", file=sys.stderr)
            for program, times in found.items():
                wall = statistics.median(one[0] for one in times)
                print(json.dumps({"bag": name, "program": program, "seconds": round(wall, 2),
                                  "files per second": round(files / wall, 1), "MB per second": round(files * size / wall / 1e6, 1),
                                  "read back, seconds": round(statistics.median(one[1] for one in times), 2)}))


if __name__ == "__main__":
    main()
