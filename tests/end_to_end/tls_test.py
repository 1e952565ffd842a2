#!/usr/bin/python3
"""TLS as operators and depositors meet it: start and its refusals, the command line, a certificate changed in service."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import unittest

from bags import Bag
from harness import BASE_PATH, ServiceTest, binary, free_port, run, wait_until
from raw import connect_tls, make_certificate, read_answers

GET = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"


class Tls(ServiceTest):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = self.directory / "service.pem", self.directory / "service-key.pem"
        self.first = self.make("first")
        self.install(self.first)

    def make(self, name):
        return make_certificate(self.directory, name)

    def install(self, pair):
        shutil.copyfile(pair[0], self.certificate)
        shutil.copyfile(pair[1], self.key)

    def config(self):
        return f'[tls]\ncertificate = "{self.certificate}"\nkey = "{self.key}"\n'

    def presented(self, port):
        """The certificate that a new connection is greeted with."""
        return ssl.get_server_certificate(("127.0.0.1", port), timeout=20).strip()

    def start_problem(self, config, *arguments):
        file = self.directory / "problem.toml"
        file.write_text(config)
        command = [str(binary()), "serve", "--data", str(self.directory / "problem"), "--config", str(file), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_the_command_line_speaks_https(self):
        service = self.service(self.config())
        url = f"https://127.0.0.1:{service.port}{BASE_PATH}"
        self.assertIn(f"is listening on {url}\n", service.said())
        self.assertIn("tls_loaded", service.said())
        package = self.directory / "bag.tar.gz"
        package.write_bytes(Bag("b1").package())
        environment = {
            "STRONGROOM_URL": url,
            "STRONGROOM_CLIENT_ID": service.api.client_id,
            "STRONGROOM_CLIENT_SECRET": service.api.secret,
        }
        stranger = run("ingest", str(package), "--space", "tls", "--follow", environment=environment)
        self.assertEqual(stranger.returncode, 3, stranger)
        self.assertIn("no trusted TLS connection", stranger.stderr)
        self.assertIn("STRONGROOM_CA_FILE", stranger.stderr)
        environment["STRONGROOM_CA_FILE"] = str(self.first[0])
        done = run("ingest", str(package), "--space", "tls", "--follow", environment=environment)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(service.stop(), 0)

    def test_answers_name_https_addresses(self):
        service = self.service(self.config())
        trust = ssl.create_default_context(cafile=str(self.first[0]))
        connection = http.client.HTTPSConnection("127.0.0.1", service.port, timeout=20, context=trust)
        connection.request("GET", BASE_PATH + "/ingests/x")
        answer = json.load(connection.getresponse())
        connection.close()
        self.assertEqual(answer["@context"], f"https://127.0.0.1:{service.port}{BASE_PATH}/context.json")

    def test_a_certificate_changed_in_service(self):
        service = self.service(self.config(), client=False)
        first = self.first[0].read_text().strip()
        self.assertEqual(self.presented(service.port), first)
        with connect_tls(service.port, self.first[0]) as kept:
            second = self.make("second")
            self.install(second)
            os.kill(service.pid, signal.SIGHUP)
            wait_until(lambda: "tls_reloaded" in service.said(), what="a reload")
            self.assertEqual(self.presented(service.port), second[0].read_text().strip())
            kept.sendall(GET)
            self.assertEqual(read_answers(kept, 1, 20).statuses, [200])

            # The key of another certificate: nothing changes.
            shutil.copyfile(self.first[1], self.key)
            os.kill(service.pid, signal.SIGHUP)
            wait_until(lambda: "tls_not_reloaded" in service.said(), what="a refused reload")
            self.assertIn("does not belong to the certificate", service.said())
            self.assertEqual(self.presented(service.port), second[0].read_text().strip())
            kept.sendall(GET)
            self.assertEqual(read_answers(kept, 1, 20).statuses, [200])
        self.assertEqual(service.stop(), 0)

    def test_files_that_are_no_good_are_told_at_start(self):
        other = self.make("other")
        missing = self.directory / "missing.pem"
        said = self.start_problem(f'[tls]\ncertificate = "{missing}"\nkey = "{self.key}"\n')
        self.assertIn(f"tls.certificate: {missing} cannot be read: No such file or directory", said)
        said = self.start_problem(f'[tls]\ncertificate = "{self.certificate}"\nkey = "{other[1]}"\n')
        self.assertIn(f"tls.key: {other[1]} does not belong to the certificate in {self.certificate}", said)
        self.assertIn("tls.key: is required", self.start_problem(f'[tls]\ncertificate = "{missing}"\n'))
        self.assertFalse((self.directory / "problem").exists())

    def test_nobody_listens_in_clear_beyond_this_machine(self):
        said = self.start_problem('publicBaseUrl = "https://a.example.org"\n', "--listen", f"0.0.0.0:{free_port()}")
        self.assertIn("needs TLS: set tls.certificate and tls.key, or http.behindProxy = true", said)

    def test_stopping_says_goodbye(self):
        service = self.service(self.config(), client=False)
        with connect_tls(service.port, self.first[0]) as idle:
            idle.sendall(GET)
            self.assertEqual(read_answers(idle, 1, 20).statuses, [200])
            self.assertEqual(service.stop(), 0)
            # A close_notify: without it this would raise.
            self.assertEqual(idle.recv(10), b"")
        with socket.socket() as late:
            self.assertNotEqual(late.connect_ex(("127.0.0.1", service.port)), 0)


if __name__ == "__main__":
    unittest.main()
