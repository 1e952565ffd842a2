#!/usr/bin/python3
"""The Debian package through its whole life, in a fresh Debian 12 of its own: installed, served by hand as its user,
upgraded over a changed configuration, removed, purged, installed again. What was stored must be there at every point,
and after the purge nothing else.

usage: package_test.py PACKAGE.deb [--base DIRECTORY]

Needs root, debootstrap, and the network that this machine's own package sources lead to. --base names the result of an
earlier debootstrap, which is copied instead of made. There is no systemd in the root: the program is started as the
installed unit says, with the test as its service manager.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests/end_to_end"))
from harness import Api, free_port  # noqa: E402

DATA = "var/lib/strongroom"
CONFIG = "etc/strongroom/strongroom.toml"
UNIT = "lib/systemd/system/strongroom.service"
# What every installation of any package changes, and the backups that tools for accounts keep.
OTHERS = ("proc", "run", "tmp", "var/lib/dpkg", "var/log", "var/cache", "etc/passwd", "etc/group", "etc/shadow",
          "etc/gshadow", "etc/subuid", "etc/subgid")
QUIET = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}

began = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - began:5.0f} s] {text}", flush=True)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def tool(*command, **more):
    """A program of this machine; what it printed. It fails the test when it fails."""
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout + done.stderr


class Root:
    """A Debian in a directory."""

    def __init__(self, directory):
        self.directory = directory

    def __truediv__(self, name):
        return self.directory / name

    def run(self, *command, user=None):
        return tool("chroot", *([f"--userspec={user}:{user}"] if user else []), self.directory, *command, env=QUIET)

    def make(self, base):
        if base:
            tool("cp", "-a", f"{base}/.", self.directory)
        else:
            sites = tool("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
                         "Codename: bookworm", "Component: main").split()
            check(sites, "this machine has no package source for Debian 12")
            keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
            tool("debootstrap", "--variant=minbase", f"--keyring={keyring}", "bookworm", self.directory, sites[0])
        tool("mount", "-t", "proc", "proc", self / "proc")

    def use_sources_of_this_machine(self):
        (self / "etc/apt/sources.list").unlink(missing_ok=True)
        for name in ("sources.list", "sources.list.d", "auth.conf", "auth.conf.d", "apt.conf.d", "keyrings"):
            source = pathlib.Path("/etc/apt") / name
            if source.is_dir():
                shutil.copytree(source, self / "etc/apt" / name, dirs_exist_ok=True)
            elif source.exists():
                shutil.copy(source, self / "etc/apt" / name)
        shutil.copy("/etc/resolv.conf", self / "etc/resolv.conf")
        shutil.copy("/etc/hosts", self / "etc/hosts")
        self.run("apt-get", "-q", "-o", "Acquire::Retries=3", "update")

    def install(self, package, *options):
        shutil.copy(package, self / "tmp/strongroom.deb")
        return self.run("dpkg", *options, "--install", "/tmp/strongroom.deb")

    def knows(self, database):
        names = [line.split(":")[0] for line in (self / f"etc/{database}").read_text().splitlines()]
        return "strongroom" in names

    def number_of_user(self):
        return int(self.run("id", "-u", "strongroom"))

    def files(self):
        """All names but those that any package changes."""
        found = set()
        for top, directories, names in os.walk(self.directory):
            inside = os.path.relpath(top, self.directory)
            directories[:] = [name for name in directories if os.path.normpath(f"{inside}/{name}") not in OTHERS]
            found.update(os.path.normpath(f"{inside}/{name}") for name in (*directories, *names))
        return {name for name in found if not name.startswith(OTHERS)}

    def stored(self):
        """Every file below the data directory but those of the running catalogue, with digest and owner."""
        kept = {}
        for path in sorted((self / DATA).rglob("*")):
            if path.is_file() and not path.name.startswith("catalogue.sqlite") and path.parent.name != "workers":
                kept[str(path)] = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_uid)
        return kept


class Service:
    """The program as its unit starts it, by the user the unit names; this object is the service manager."""

    def __init__(self, root, port):
        self.root, self.api = root, Api(port)
        unit = dict(line.split("=", 1) for line in (root / UNIT).read_text().splitlines()
                    if "=" in line and not line.startswith("#"))
        check(unit["Type"] == "notify", unit)
        (root / "run/notify").unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(root / "run/notify"))
            (root / "run/notify").chmod(0o777)
            manager.settimeout(60)
            with open(root / "tmp/log", "ab") as log:
                self.process = subprocess.Popen(
                    ["chroot", f"--userspec={unit['User']}:{unit['Group']}", str(root.directory), *unit["ExecStart"].split()],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**QUIET, "NOTIFY_SOCKET": "/run/notify"})
            try:
                while "READY=1" not in manager.recv(4096).decode():
                    pass
            except TimeoutError:
                self.process.kill()
                raise AssertionError(f"it did not start:\n{(root / 'tmp/log').read_text()}") from None
        check(pathlib.Path(f"/proc/{self.process.pid}").stat().st_uid == root.number_of_user(), "not run by its user")

    def stop(self):
        self.process.terminate()
        check(self.process.wait(60) == 0, f"it ended with {self.process.returncode}")


def next_of(package, directory):
    """A package of a higher version, whose configuration is another one than it was."""
    tree = directory / "next"
    tool("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    version = tool("dpkg-deb", "--field", package, "Version").strip()
    control.write_text(control.read_text().replace(f"Version: {version}\n", f"Version: {version}+next1\n"))
    with open(tree / CONFIG, "a") as config:
        config.write("\n# A line of the next version.\n")
    tool("dpkg-deb", "--root-owner-group", "--build", tree, directory / "next.deb")
    return directory / "next.deb"


def set_up(root, package, base):
    say("making a Debian 12")
    root.make(base)
    root.use_sources_of_this_machine()
    needed = [part.split()[0] for part in tool("dpkg-deb", "--field", package, "Depends").split(", ")]
    say("installing what the package needs")
    root.run("apt-get", "-q", "-o", "Acquire::Retries=3", "install", "-y", "--no-install-recommends", *needed)


def install(root, package, port):
    say("installing")
    said = root.install(package)
    check("set publicBaseUrl and the locations" in said, said)
    check(stat.S_IMODE((root / DATA).stat().st_mode) == 0o750, "the data directory is open to others")
    config = (root / CONFIG).stat()
    check(stat.S_IMODE(config.st_mode) == 0o640 and config.st_uid == 0, "the configuration is open to others")
    check(tool("find", root / DATA, "-mindepth", "1") == "", "installing made data")
    text = (root / CONFIG).read_text()
    check('listen = "127.0.0.1:8080"' in text, text)
    (root / CONFIG).write_text(text.replace("127.0.0.1:8080", f"127.0.0.1:{port}"))


def store(root, service):
    say("storing a bag with the installed command line")
    made = json.loads(root.run("strongroom", "client", "add", "--data", "/" + DATA, "--name", "test", "--json",
                               user="strongroom"))
    service.api.client_id, service.api.secret = made["client_id"], made["client_secret"]
    tool("/usr/bin/python3", PROJECT / "tools/make_demo_bag.py", root / "tmp/bag")
    said = root.run("env", f"STRONGROOM_URL={service.api.base}", f"STRONGROOM_CLIENT_ID={made['client_id']}",
                    f"STRONGROOM_CLIENT_SECRET={made['client_secret']}",
                    "strongroom", "ingest", "/tmp/bag", "--space", "maps", "--follow")
    check("Completed" in said or "succeeded" in said, said)
    return made


def check_shown(service, made):
    service.api.client_id, service.api.secret = made["client_id"], made["client_secret"]
    shown = service.api.bag("maps", "SEA/1887/12")
    check(shown.status == 200 and shown.json["version"] == "v1", shown)


def upgrade(root, package, port):
    say("upgrading over a changed configuration")
    before = (root / CONFIG).read_text()
    root.install(package, "--force-confdef", "--force-confold")
    check((root / CONFIG).read_text() == before, "the upgrade changed the configuration")
    check(stat.S_IMODE((root / CONFIG).stat().st_mode) == 0o640, "the upgrade changed the configuration's mode")
    check("# A line of the next version." in (root / (CONFIG + ".dpkg-dist")).read_text(), "nothing to compare with")
    check(f":{port}" in before, before)


def remove(root, stored):
    say("removing")
    root.run("dpkg", "--remove", "strongroom")
    check(not (root / "usr/bin/strongroom").exists() and not (root / UNIT).exists(), "the program is still there")
    check((root / CONFIG).exists() and root.knows("passwd"), "removing took the configuration or the user")
    check(root.stored() == stored, "removing touched what was stored")


def purge(root, stored, before):
    say("purging")
    said = root.run("dpkg", "--purge", "strongroom")
    check("/var/lib/strongroom holds what was stored and has not been touched" in said, said)
    check(not root.knows("passwd") and not root.knows("group"), "the user is still there")
    check(root.stored() == stored, "purging touched what was stored")
    left = {name for name in root.files() - before if not name.startswith(DATA)}
    check(not left, f"left behind: {sorted(left)}")
    check(not before - root.files(), f"taken away: {sorted(before - root.files())}")
    top = (root / DATA).stat()
    check(top.st_uid == 0 and stat.S_IMODE(top.st_mode) == 0o700, "the number of the user may become another's")


def life(root, package, following, base):
    set_up(root, package, base)
    before, port = root.files(), free_port()
    install(root, package, port)
    service = Service(root, port)
    try:
        made = store(root, service)
        service.stop()
        stored = root.stored()
        check(sum("/locations/" in name for name in stored) > 20, f"too little is stored: {sorted(stored)}")
        upgrade(root, following, port)
        service = Service(root, port)
        check_shown(service, made)
        service.stop()
        check(root.stored() == stored, "the upgrade touched what was stored")
        remove(root, stored)
        purge(root, stored, before)
        say("installing again, over what was left")
        check("chown" not in root.install(package), "the user did not get its number again")
        service = serve_again(root, made, port)
        root.run("dpkg", "--purge", "strongroom")
        say("installing again, when the user's number is another's")
        root.run("adduser", "--quiet", "--system", "--no-create-home", "somebody-else")
        check("chown -R strongroom:strongroom /var/lib/strongroom" in root.install(package), "nobody was told")
        root.run("chown", "-R", "strongroom:strongroom", "/" + DATA)
        service = serve_again(root, made, port)
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()
    say("purging before anything was stored")
    shutil.rmtree(root / DATA)
    (root / DATA).mkdir()
    root.run("dpkg", "--purge", "strongroom")
    check(not (root / DATA).exists(), "an empty data directory was left behind")


def serve_again(root, made, port):
    text = (root / CONFIG).read_text()
    (root / CONFIG).write_text(text.replace("127.0.0.1:8080", f"127.0.0.1:{port}"))
    service = Service(root, port)
    check_shown(service, made)
    service.stop()
    return service


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package", type=pathlib.Path)
    parser.add_argument("--base", type=pathlib.Path)
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("package_test.py: only root can make a Debian in a directory")
    if os.environ.get("STRONGROOM_PACKAGE_TEST") != "inside":
        # In a mount namespace of its own: however this ends, no mount is left behind.
        os.environ["STRONGROOM_PACKAGE_TEST"] = "inside"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    directory = pathlib.Path(tempfile.mkdtemp(prefix="strongroom-package-"))
    root = Root(directory / "root")
    root.directory.mkdir(mode=0o755)
    directory.chmod(0o755)
    try:
        life(root, options.package, next_of(options.package, directory), options.base)
    finally:
        subprocess.run(["umount", str(root / "proc")], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(directory, True)
    say("passed")


if __name__ == "__main__":
    main()
