"""Disks of our own: files mounted as ext4 by loop devices, which can be filled, made read-only, and lose their power.

Needs root. Where mounting is impossible the tests fail and say so: a skipped power-loss test proves nothing.
"""

import fcntl
import os
import pathlib
import struct
import subprocess
import uuid

from harness import wait_until

SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN, the same for every file system that has it
WITHOUT_LOG_FLUSH = 2


def command(*arguments, fine=(0,)):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode not in fine:
        said = f"{done.stdout}{done.stderr}".strip()
        raise AssertionError(f"{' '.join(arguments)} ended with {done.returncode}: {said}")
    return done.stdout


class Disk:
    """An ext4 file system in a sparse file, mounted at a directory."""

    def __init__(self, test, mount_point, mebibytes):
        if os.geteuid() != 0:
            raise AssertionError("this test mounts file systems and has to run as root")
        self.mount_point = pathlib.Path(mount_point)
        self.mount_point.mkdir(parents=True, exist_ok=True)
        self.image = test.directory / f"{self.mount_point.name}-{uuid.uuid4().hex[:8]}.img"
        with open(self.image, "wb") as image:
            image.truncate(mebibytes << 20)
        command("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,nodiscard", str(self.image))
        os.sync()  # a mount point on another of these disks is there for good
        self.mounted = False
        test.addCleanup(self.discard)
        self.mount()

    def mount(self):
        command("mount", "-o", "loop", str(self.image), str(self.mount_point))
        self.mounted = True

    def lose_power(self):
        """From now on nothing reaches the disk, the journal included; what was not yet there is lost."""
        descriptor = os.open(self.mount_point, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", WITHOUT_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def repair(self):
        """As a machine does when it starts."""
        command("e2fsck", "-p", str(self.image), fine=(0, 1))

    def unmount(self):
        wait_until(lambda: subprocess.run(["umount", str(self.mount_point)], capture_output=True).returncode == 0, 20,
                   what=f"unmounting of {self.mount_point}")
        self.mounted = False
        # The dead service had a mount namespace of its own: the device is free when the kernel has taken that down.
        wait_until(lambda: not command("losetup", "-j", str(self.image)), 20, what="a free loop device")

    def read_only(self, wanted):
        command("mount", "-o", "remount," + ("ro" if wanted else "rw"), str(self.mount_point))

    def fill(self, leave_mebibytes):
        """A file that takes all space but this much; its path."""
        ballast = self.mount_point / "ballast"
        numbers = os.statvfs(self.mount_point)
        size = numbers.f_bavail * numbers.f_frsize - (leave_mebibytes << 20)
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
        return ballast

    def discard(self):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.mount_point)], capture_output=True)
        self.image.unlink(missing_ok=True)


class Machine:
    """What the service takes for the machine it runs on: a boot id of our own, anew after each loss of power.

    The service is started in a mount namespace where the kernel's boot id is covered by a file.
    """

    def __init__(self, test):
        self.file = test.directory / "boot_id"
        self.boot()

    def boot(self):
        self.file.write_text(f"{uuid.uuid4()}\n")

    @property
    def prefix(self):
        cover = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", cover, str(self.file)]
