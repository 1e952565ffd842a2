#!/usr/bin/python3
"""The service under a service manager: this test holds the socket of the notification protocol, as systemd would."""

import signal
import socket
import time
import unittest

from harness import ServiceTest, run


class Manager:
    """A datagram socket by path or, with a name that begins with `@`, an abstract one."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)

    def hear(self, seconds=60):
        """The fields of the next message."""
        self.socket.settimeout(seconds)
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def hear_until(self, field, seconds=60):
        """The first message with this field, and those before it."""
        end, before = time.monotonic() + seconds, []
        while time.monotonic() < end:
            message = self.hear(seconds)
            if field in message:
                return message, before
            before.append(message)
        raise AssertionError(f"{field} was not heard; instead: {before}")

    def close(self):
        self.socket.close()


class UnderAManager(ServiceTest):
    def manager(self, name):
        manager = Manager(name)
        self.addCleanup(manager.close)
        return manager

    def managed(self, manager, **variables):
        settings = [f"{name}={value}" for name, value in {"NOTIFY_SOCKET": manager.name, **variables}.items()]
        # env(1) becomes the program, so that its pid is the service's.
        return self.service(prefix=("env", *settings))

    def test_it_tells_when_it_listens_and_when_it_stops(self):
        for name in (str(self.directory / "notify"), f"@{self.directory}"):
            manager = self.manager(name)
            service = self.managed(manager)
            ready, before = manager.hear_until("READY")
            self.assertEqual(ready, {"READY": "1", "STATUS": f"Listening on {service.api.base}"})
            self.assertEqual(before, [{"STATUS": "Opening the catalogue and the locations"}])
            self.assertEqual(service.api.get("//healthz", authorise=False).text, "ok")
            self.assertEqual(service.stop(), 0)
            stopping, before = manager.hear_until("STOPPING")
            self.assertEqual(stopping, {"STOPPING": "1", "STATUS": "Letting requests under way end"})
            self.assertEqual(before, [])

    def test_it_shows_life_while_it_lives(self):
        manager = self.manager(str(self.directory / "notify"))
        service = self.managed(manager, WATCHDOG_USEC=200_000)
        manager.hear_until("READY")
        for _ in range(3):
            self.assertEqual(manager.hear(), {"WATCHDOG": "1"})
        service.process.send_signal(signal.SIGSTOP)
        with self.assertRaises(TimeoutError):
            while True:
                manager.hear(2)
        service.process.send_signal(signal.SIGCONT)
        self.assertEqual(manager.hear(), {"WATCHDOG": "1"})

    def test_it_is_silent_when_no_life_is_asked_for(self):
        manager = self.manager(str(self.directory / "notify"))
        self.managed(manager, WATCHDOG_USEC=1_000, WATCHDOG_PID=1)
        manager.hear_until("READY")
        with self.assertRaises(TimeoutError):
            manager.hear(1)

    def test_a_manager_that_does_not_listen_is_no_reason_not_to_serve(self):
        absent = str(self.directory / "absent")
        service = self.service(prefix=("env", f"NOTIFY_SOCKET={absent}", "WATCHDOG_USEC=1000"))
        self.assertEqual(service.api.get("//healthz", authorise=False).text, "ok")
        self.assertEqual(service.stop(), 0)
        told = [line for line in service.said().splitlines() if "event=service_manager_not_told" in line]
        self.assertEqual(len(told), 3, told)
        self.assertIn(absent, told[0])

    def test_a_socket_that_cannot_be_is_refused(self):
        done = run("serve", "--data", str(self.directory / "data"), environment={"NOTIFY_SOCKET": "somewhere"})
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("NOTIFY_SOCKET is neither an absolute path nor an abstract name (somewhere)", done.stderr)


if __name__ == "__main__":
    unittest.main()
