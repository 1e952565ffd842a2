"""Serves Swift from the directory it is started in: usage: swift_program.py SERVER=PORT...

The servers are those whose configuration `SERVER.conf` lies there; all of them in one process, for what takes a second is to
import them. Each has a ring of one device. What the proxy would ask a memcached for it keeps in its own memory.
"""

import array
import os
import sys
import time

import eventlet.wsgi
from swift.common import utils, wsgi
from swift.common.ring.ring import RingData


class Cache:
    """The calls of swift.common.memcached.MemcacheRing that the proxy makes; a value lives for `time` seconds."""

    def __init__(self):
        self.held = {}

    def get(self, key, raise_on_error=False):
        value, end = self.held.get(key, (None, 0))
        return value if not end or time.time() < end else None

    def set(self, key, value, serialize=True, time=0, min_compress_len=0, raise_on_error=False):
        self.held[key] = (value, time and utils.Timestamp.now().timestamp + time)

    def delete(self, key, server_key=None):
        self.held.pop(key, None)


def cache_filter(global_configuration, **own):
    cache = Cache()

    def middleware(app):
        def answer(environment, start_response):
            environment["swift.cache"] = cache
            return app(environment, start_response)
        return answer
    return middleware


def main():
    directory = os.getcwd()
    utils.eventlet_monkey_patch()
    utils.set_swift_dir(directory)
    # What they log goes to this process's standard error; and, for want of an off switch, to a port nobody listens on.
    utils.get_logger({"log_udp_host": "127.0.0.1", "log_udp_port": "9"}, log_to_console=True)
    ports = {name: int(port) for name, port in (pair.split("=") for pair in sys.argv[1:])}
    for name, port in ports.items():
        device = {"id": 0, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "port": port, "device": "one", "meta": ""}
        device.update(replication_ip=device["ip"], replication_port=port)
        RingData([array.array("H", [0])], [device], 32).save(f"{directory}/{name}.ring.gz")
    servers = eventlet.GreenPool()
    for name, port in ports.items():
        app = wsgi.loadapp(f"{directory}/{name}.conf", global_conf={"log_name": name})
        servers.spawn(eventlet.wsgi.server, eventlet.listen(("127.0.0.1", port), backlog=1024), app, wsgi.NullLogger(),
                      protocol=wsgi.SwiftHttpProtocol, custom_pool=wsgi.RestrictedGreenPool(size=1024),
                      capitalize_response_headers=False)
    servers.waitall()


if __name__ == "__main__":
    main()
