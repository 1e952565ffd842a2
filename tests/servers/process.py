"""Servers that tests start and stop: a free port, a process of one's own, and its end whatever happens."""

import pathlib
import random
import socket
import subprocess
import time


def free_port():
    """A port of loopback that nobody listens on now, below those the kernel gives to outgoing connections."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(15000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failed("no free port was found")


class Failed(Exception):
    """A server did not start: what it said last."""


class Process:
    """One program, its output in a file, ended by its process id."""

    def __init__(self, name, command, directory, environment=None):
        self.name = name
        self.log = pathlib.Path(directory) / f"{name}.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment,
                                            cwd=directory)

    def wait_for(self, is_ready, seconds=60):
        """Returns when it is ready; fails when it ends before, or takes longer."""
        end = time.monotonic() + seconds
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed(f"{self.name}: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def listens(self, port):
        def is_ready():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        return is_ready

    def stop(self):
        """These servers keep nothing that is worth an orderly end."""
        self.process.kill()
        self.process.wait()
