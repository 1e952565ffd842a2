"""A person at a terminal: runs the program on a pseudo-terminal, types at its prompts, and keeps all that is shown."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

from harness import binary


class Shown:
    def __init__(self, text, returncode):
        self.text = text
        self.returncode = returncode

    def __repr__(self):
        return f"exit {self.returncode}\n{self.text!r}"


def on_terminal(*arguments, environment=None, answers=(), seconds=120, columns=90):
    """Runs the program with standard input, output and error on a terminal. `answers` are (prompt, typed) in turn."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([str(binary()), *arguments], stdin=slave, stdout=slave, stderr=slave,
                               start_new_session=True, env={**os.environ, "TERM": "xterm", **(environment or {})})
    os.close(slave)
    shown, waiting, searched = b"", list(answers), 0
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(master, 65536)
            except OSError:  # the program has gone
                break
            if not piece:
                break
            shown += piece
            if waiting and waiting[0][0].encode() in shown[searched:]:
                searched = len(shown)
                os.write(master, waiting.pop(0)[1].encode())
        return Shown(shown.decode("utf-8", "replace"), process.wait(max(1, end - time.monotonic())))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
