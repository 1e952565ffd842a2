"""A fresh disk for every run: ext4 with a journal on a loop device with direct I/O, made anew each time.

Creating files after a mass removal, or on a file system without a journal, measures something else. Needs root; without it
a plain directory serves, and the figures are not to be compared with others.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Disk:
    def __init__(self, gigabytes, below=None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-disk-", dir=below))
        self.mount = self.directory / "mnt"
        self.mount.mkdir()
        self.device = None
        if os.geteuid() == 0:
            image = self.directory / "image"
            run("fallocate", "-l", f"{gigabytes}G", str(image))
            self.device = run("losetup", "-f", "--show", "--direct-io=on", str(image))

    @classmethod
    def for_bags(cls, octets, files, below=None, bags=1):
        """With room for so many bags in three places, with what is kept of each file, and some to spare."""
        return cls(int(bags * (octets * 4.6 + files * 20_000) / 1e9) + 4, below)

    def fresh(self):
        """An empty directory on the disk, made anew."""
        if self.device is None:
            shutil.rmtree(self.mount)
            self.mount.mkdir()
            return self.mount
        self.unmount()
        run("mkfs.ext4", "-q", "-F", "-m", "0", "-N", "4500000", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard",
            self.device)
        run("mount", "-o", "noatime", self.device, str(self.mount))
        return self.mount

    def unmount(self):
        if os.path.ismount(self.mount):
            run("umount", str(self.mount))

    def close(self):
        self.unmount()
        if self.device:
            run("losetup", "-d", self.device)
        shutil.rmtree(self.directory, ignore_errors=True)


def drop_caches():
    os.sync()
    if os.geteuid() == 0:
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")
