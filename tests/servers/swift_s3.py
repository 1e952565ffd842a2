"""OpenStack Swift with its S3 interface: one proxy, and one server each of accounts, containers and objects.

A second S3 that is nobody's relative of Ceph's: real signatures, other answers, and less of what S3 has. It knows no
`If-None-Match` for what is written, no storage classes and no checksums. Everything lies below one directory, objects in
memory; it listens on loopback only and ends with stop().
"""

import os
import pathlib
import sys

from process import Process, free_port
from radosgw import ACCESS_KEY, SECRET_KEY

PROGRAM = pathlib.Path(__file__).resolve().parent / "swift_program.py"

COMMON = """
[DEFAULT]
swift_dir = {directory}
devices = {directory}/devices
mount_check = false
disable_fallocate = true
log_level = WARNING
log_udp_host = 127.0.0.1
log_udp_port = 9
"""

# What is slow on a busy machine is waited for: an object whose container was not told of it in time is not listed.
PATIENCE = "conn_timeout = 20\nnode_timeout = 60\ncontainer_update_timeout = 60\n"

STORAGE = "[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{app}\n" + PATIENCE

PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth bulk slo symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
""" + PATIENCE + """
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
paste.filter_factory = swift_program:cache_filter
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:symlink]
use = egg:swift#symlink
"""


class SwiftS3:
    """`url` is the endpoint; ACCESS_KEY and SECRET_KEY may do everything."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        (self.directory / "devices" / "one").mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ports = {name: free_port() for name in ("account", "container", "object")}
        ports["proxy"] = self.port
        (self.directory / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = tests\n")
        for name in ports:
            self.configure(name)
        arguments = [f"{name}={port}" for name, port in ports.items()]
        self.process = Process("swift", [sys.executable, str(PROGRAM), *arguments], self.directory,
                               {**os.environ, "TZ": "UTC"})
        try:
            for port in ports.values():
                self.process.wait_for(self.process.listens(port), 120)
        except BaseException:
            self.stop()
            raise

    def configure(self, name):
        if name == "proxy":
            own = PROXY.format(user=ACCESS_KEY.replace(":", "_"), secret=SECRET_KEY)
        else:
            own = STORAGE.format(name=name, app="mem_object" if name == "object" else name)
        (self.directory / f"{name}.conf").write_text(COMMON.format(directory=self.directory) + own)

    def stop(self):
        self.process.stop()
