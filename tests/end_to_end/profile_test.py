#!/usr/bin/python3
"""BagIt profiles: of a space, enforced by ingests and dry runs; and of a file, for `strongroom bag validate --profile`."""

import json
import pathlib
import tempfile
import unittest

from bags import Bag
from harness import ServiceTest, events_of, run

IDENTIFIER = "https://example.org/profiles/maps-v1.json"
PROFILE = {
    "BagIt-Profile-Info": {
        "BagIt-Profile-Identifier": IDENTIFIER, "BagIt-Profile-Version": "1.4.0", "Version": "1",
        "Source-Organization": "Harbour Map Room", "External-Description": "Scanned maps"},
    "Bag-Info": {"Contact-Name": {"required": True, "values": ["Ann", "Bob"]}},
    "Manifests-Required": ["sha512"],
    "Accept-Serialization": ["application/gzip"],
    "Accept-BagIt-Version": ["0.97", "1.0"],
}
FIELDS = (("BagIt-Profile-Identifier", IDENTIFIER), ("Contact-Name", "Ann"))
REFUSED = f"The bag does not follow the BagIt profile {IDENTIFIER}: "


def following(identifier, **more):
    return Bag(identifier, fields=FIELDS, algorithms=("sha256", "sha512"), **more)


class ProfilesOfSpaces(ServiceTest):
    def test_bags_of_the_space_must_follow_it(self):
        file = self.directory / "maps.json"
        file.write_text(json.dumps(PROFILE))
        service = self.service(f'[[spaces.profiles]]\nspace = "maps"\nfile = "{file}"\n')
        bad = Bag("bad", fields=FIELDS[:1])
        right = service.place("right.tar.gz", following("right").package())
        wrong = service.place("wrong.tar.gz", bad.package())
        plain = service.place("plain.tar", following("plain").package(compress=False))

        def outcome(space, identifier, path):
            return service.api.ended(service.api.ingest(space, identifier, path)["id"])

        self.assertEqual(outcome("maps", "right", right)["status"]["id"], "succeeded")
        ingest = outcome("maps", "bad", wrong)
        self.assertEqual(ingest["status"]["id"], "failed")
        self.assertIn(REFUSED + "Contact-Name is missing", events_of(ingest)[-1])
        report = service.api.get(f"/ingests/{ingest['id']}/report").json
        found = [(one["rule"], one["kind"]) for one in report["stages"][-1]["problems"]]
        self.assertEqual(found, [("N4", "profile-field"), ("N5", "profile-manifest")])
        ingest = outcome("maps", "plain", plain)
        self.assertIn(REFUSED + "A package of type application/x-tar is not accepted", events_of(ingest)[-1])
        # Another space has no profile.
        self.assertEqual(outcome("other", "bad", wrong)["status"]["id"], "succeeded")

        request = service.api.request("maps", "bad", wrong)
        answer = service.api.call("POST", "/ingests?dryRun=true", request)
        self.assertEqual(answer.status, 200, answer)
        self.assertIn(REFUSED, answer.json["description"])

    def test_what_is_no_profile_keeps_the_service_from_starting(self):
        file = self.directory / "maps.json"
        config = f'data = "{self.directory / "checked"}"\n[[spaces.profiles]]\nspace = "maps"\nfile = "{file}"\n'
        toml = self.directory / "checked.toml"
        toml.write_text(config)
        for text, wanted in ((None, "cannot be read"), ("{", "not JSON"), ("{}", "BagIt-Profile-Info is missing"),
                             (json.dumps({**PROFILE, "Payload-Rules": []}), "Payload-Rules is not known")):
            with self.subTest(wanted):
                if text is not None:
                    file.write_text(text)
                done = run("check", "config", "--config", str(toml))
                self.assertEqual(done.returncode, 2, done)
                self.assertIn(wanted, done.stdout)
                done = run("serve", "--config", str(toml))
                self.assertEqual(done.returncode, 2, done)
                self.assertIn(wanted, done.stderr + done.stdout)
                self.assertFalse((self.directory / "checked").exists(), "something was made before")
        file.write_text(json.dumps(PROFILE))
        done = run("check", "config", "--config", str(toml))
        self.assertIn(f"BagIt profile of space maps {file} is {IDENTIFIER}", done.stdout)
        self.assertIn("[[spaces.profiles]]", done.stdout)


class ProfilesOfFiles(unittest.TestCase):
    def test_validate(self):
        with tempfile.TemporaryDirectory(prefix="strongroom-") as held:
            directory = pathlib.Path(held)
            profile = directory / "profile.json"
            profile.write_text(json.dumps(PROFILE))
            good = directory / "good.tar.gz"
            good.write_bytes(following("a").package())
            bad = directory / "bad.tar"
            bad.write_bytes(Bag("a").package(compress=False))
            done = run("bag", "validate", "--profile", str(profile), str(good))
            self.assertEqual(done.returncode, 0, done)
            done = run("bag", "validate", "--json", "--profile", str(profile), str(bad))
            self.assertEqual(done.returncode, 1, done)
            rules = [one["rule"] for one in json.loads(done.stdout)["findings"]]
            self.assertEqual(rules, ["N2", "N3", "N4", "N5"])
            profile.write_text("{}")
            done = run("bag", "validate", "--profile", str(profile), str(good))
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("this is no BagIt profile: BagIt-Profile-Info is missing", done.stderr)


if __name__ == "__main__":
    unittest.main()
