"""Looks into the three locations of a service and says whether they hold exactly what was given, and nothing else."""

import json
import os
import shutil
import subprocess

from harness import wait_until


def tree(directory):
    """All regular files below a directory: name as bytes -> content. Anything else than files and directories fails."""
    found = {}
    top = os.fsencode(directory)
    for folder, directories, files in os.walk(top):
        for name in directories + files:
            path = os.path.join(folder, name)
            assert not os.path.islink(path), f"a link is stored: {path}"
        for name in files:
            path = os.path.join(folder, name)
            assert os.path.isfile(path), f"not a regular file: {path}"
            with open(path, "rb") as file:
                found[os.path.relpath(path, top)] = file.read()
    return found


def entries_below(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*")) if directory.exists() else []


def check_version(test, service, space, identifier, version, files):
    """Each location holds exactly these files under the version, byte for byte, and one and the same description."""
    wanted = {name.encode(): content for name, content in files.items()}
    descriptions = []
    for location in service.locations():
        held = tree(location / space / identifier / version)
        test.assertEqual(sorted(held), sorted(wanted), f"names in {location.name}")
        for name, content in wanted.items():
            test.assertTrue(held[name] == content, f"{name} differs in {location.name}")
        check_with_sha256sum(test, location / space / identifier / version)
        description = location / "_strongroom" / "manifests" / space / identifier / f"{version}.json"
        descriptions.append(description.read_bytes())
    test.assertEqual(len(set(descriptions)), 1, "the descriptions differ between locations")
    described = json.loads(descriptions[0])
    own = {
        file["path"]
        for file in described["files"] + described["tagFiles"]
        if file["path"].startswith(version + "/")
    }
    test.assertEqual(own, {f"{version}/{name}" for name in files}, "the description names other files than are stored")
    return described


def check_with_sha256sum(test, directory):
    """An independent program finds every listed file right."""
    if not (directory / "manifest-sha256.txt").is_file() or (directory / "fetch.txt").exists():
        return
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        if not (directory / manifest).is_file() or not (directory / manifest).stat().st_size:
            continue
        done = subprocess.run(
            [shutil.which("sha256sum") or "sha256sum", "--check", "--strict", "--quiet", manifest],
            cwd=directory, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        test.assertEqual(done.returncode, 0, f"{directory / manifest}: {done.stdout}{done.stderr}")


def check_nothing_left(test, service, seconds=20):
    """Staging of every location and working storage are empty, or become so soon."""

    def left():
        found = []
        for location in service.locations():
            found += [f"{location.name}: {name}" for name in entries_below(location / "_strongroom" / "staging")]
        return found + [f"working: {name}" for name in entries_below(service.data / "working")]

    try:
        wait_until(lambda: not left(), seconds, what="empty staging and working storage")
    except AssertionError as late:
        raise AssertionError(f"{late}: {left()[:20]}") from None


def registered_events(service, space, identifier, version):
    """How many registered-bag events the catalogue holds of this version, by their exact body."""
    wanted = {
        "space": space,
        "externalIdentifier": identifier,
        "version": version,
        "type": "RegisteredBagNotification",
    }
    return sum(1 for body in service.catalogue.registered_bag_events() if json.loads(body) == wanted)


def check_stored(test, service, space, identifier, version, files):
    """The whole promise about one stored version."""
    described = check_version(test, service, space, identifier, version, files)
    test.assertEqual(registered_events(service, space, identifier, version), 1, "registered-bag events")
    return described


def check_absent(test, service, space, identifier, version):
    """Neither files nor description of this version in any location, nor in the API."""
    for location in service.locations():
        test.assertFalse((location / space / identifier / version).exists(), location.name)
        description = location / "_strongroom" / "manifests" / space / identifier / f"{version}.json"
        test.assertFalse(description.exists(), location.name)
    test.assertEqual(service.api.bag(space, identifier, version).status, 404)
