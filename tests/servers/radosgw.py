"""Ceph's S3 gateway with one monitor and one store in memory: real signatures, payload digests, multipart, conditions.

Everything lies below one directory, listens on loopback only and ends with stop().
"""

import pathlib
import subprocess
import uuid

from process import Process, free_port

# Of a form that Swift takes, too: an account and a user of it.
ACCESS_KEY = "strongroom:tests"
SECRET_KEY = "strongroom+secret/of/tests"

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon}/0]
mon initial members = a
public addr = 127.0.0.1
ms bind msgr1 = false
ms mon client mode = crc
ms cluster mode = crc
ms service mode = crc
ms client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
paxos propose interval = 0.05
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
mon data avail warn = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 8589934592
run dir = {directory}
admin socket = {directory}/$name.asok
pid file = {directory}/$name.pid
log file = {directory}/$name.ceph.log
crash dir = {directory}
mon data = {directory}/mon
osd data = {directory}/osd
osd class load list = *
rgw data = {directory}/rgw
keyring = /dev/null

[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw enable usage log = false
rgw enable ops log = false
rgw dynamic resharding = false
rgw lc debug interval = 1
"""


class Radosgw:
    """`url` is the endpoint; ACCESS_KEY and SECRET_KEY may do everything."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes = []
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def run(self, *command):
        done = subprocess.run([*command, "-c", str(self.directory / "ceph.conf")], capture_output=True, text=True,
                              cwd=self.directory)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def spawn(self, name, *command):
        process = Process(name, [*command, "-c", str(self.directory / "ceph.conf"), "-f"], self.directory)
        self.processes.append(process)
        return process

    def start(self):
        monitor, fsid = free_port(), str(uuid.uuid4())
        for name in ("mon", "osd", "rgw"):
            (self.directory / name).mkdir()
        (self.directory / "ceph.conf").write_text(
            CONFIGURATION.format(directory=self.directory, mon=monitor, fsid=fsid, port=self.port))
        self.run("monmaptool", "--create", "--addv", "a", f"[v2:127.0.0.1:{monitor}/0]", "--fsid", fsid, "monmap")
        self.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap")
        self.spawn("mon", "ceph-mon", "-i", "a")
        osd = str(uuid.uuid4())
        self.run("ceph", "--connect-timeout", "60", "osd", "new", osd)
        self.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self.spawn("osd", "ceph-osd", "-i", "0")
        # The first start makes the default zone, which is told of storage classes before the second.
        self.gateway().stop()
        for name in ("STANDARD_IA", "GLACIER"):
            self.add_storage_class(name)
        self.gateway()
        self.admin("user", "create", "--uid", "tests", "--display-name", "tests", "--access-key", ACCESS_KEY,
                   "--secret-key", SECRET_KEY)

    def gateway(self):
        gateway = self.spawn("rgw", "radosgw", "-n", "client.rgw.a")
        gateway.wait_for(gateway.listens(self.port), 90)
        return gateway

    def add_storage_class(self, name):
        placement = ("--placement-id", "default-placement", "--storage-class", name)
        self.admin("zonegroup", "placement", "add", "--rgw-zonegroup", "default", *placement)
        self.admin("zone", "placement", "add", "--rgw-zone", "default", *placement, "--data-pool",
                   f"default.rgw.{name.lower()}.data")

    def admin(self, *arguments):
        return self.run("radosgw-admin", "-n", "client.rgw.a", *arguments)

    def stop(self):
        for process in reversed(self.processes):
            process.stop()
        self.processes = []
