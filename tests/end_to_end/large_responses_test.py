#!/usr/bin/python3
"""Long answers lie in a bucket (D7): a redirect to the same bytes, for whoever has the URL; and inline when they cannot.

  --files N   in the large bag (STRONGROOM_FILES; 2000, under sanitizers 600)
"""

import hashlib
import json
import os
import pathlib
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from bags import Bag
from clouds import boto_client, new_name, write_s3_keys
from harness import ServiceTest, option, peak, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))

import radosgw  # noqa: E402

# A sanitizer takes several times as long, and keeps memory for itself: figures would be its own.
SANITIZED = bool(os.environ.get("STRONGROOM_SANITIZE"))
FILES = option("files", 600 if SANITIZED else 2_000)
ABOVE = "64KiB"
LARGE = "/bags/maps/large"
# What D7 allows.
GROWTH = 16 << 20


def fetch(url):
    """As a reader without keys has it."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.headers["Content-Type"], answer.read()


class LargeResponses(ServiceTest):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="strongroom-long-", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.s3 = radosgw.Radosgw(pathlib.Path(cls.scratch.name) / "s3")
        cls.addClassCleanup(lambda: cls.s3.stop())
        cls.keys = write_s3_keys(pathlib.Path(cls.scratch.name) / "keys")
        cls.boto = boto_client(cls.s3.url)

    def setUp(self):
        super().setUp()
        self.bucket = new_name("long")
        self.boto.create_bucket(Bucket=self.bucket)
        self.strongroom = self.service()
        self.api = self.strongroom.api
        for name, files in (("large", FILES), ("small", 1)):
            package = Bag(name, {f"data/{number:07}.txt": b"" for number in range(files)}).package()
            self.strongroom.place(name, package)
            ended = self.api.ended(self.api.ingest("maps", name, name)["id"], 600)
            self.assertEqual(ended["status"]["id"], "succeeded", ended)
        self.inline = self.api.get(LARGE).body
        self.assertGreater(len(self.inline), 64 << 10)

    def start_with(self, bucket, endpoint=None):
        """The same service again, which redirects now."""
        self.strongroom.stop()
        self.strongroom.config = (f'[largeResponses]\nredirectAbove = "{ABOVE}"\nbucket = "{bucket}"\nprefix = "a/"\n'
                                  f'endpoint = "{endpoint or self.s3.url}"\ncredentialsFile = "{self.keys}"\n')
        self.strongroom.start()

    def objects(self):
        return [entry["Key"] for entry in self.boto.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def client(self, *arguments):
        done = run(*arguments, environment={"STRONGROOM_URL": self.api.base, "STRONGROOM_CLIENT_ID": self.api.client_id,
                                            "STRONGROOM_CLIENT_SECRET": self.api.secret})
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def count(self, outcome):
        line = f'strongroom_large_responses_total{{outcome="{outcome}"}} '
        found = [one for one in self.api.get("/metrics").text.splitlines() if one.startswith(line)]
        return float(found[0].split()[-1]) if found else 0

    def test_d7_a_long_answer_is_elsewhere(self):
        self.start_with(self.bucket)
        self.api.get("/bags/maps/small")
        before = peak(self.strongroom.pid)
        answer = self.api.get(LARGE)
        grown = peak(self.strongroom.pid) - before
        print(f"large_responses_test: {len(self.inline) >> 10} KiB, memory grown by {grown >> 10} KiB", flush=True)
        if not SANITIZED:
            self.assertLess(grown, GROWTH)
        self.assertEqual(answer.status, 307, answer)
        self.assertEqual(answer.body, b"")
        self.assertIsNone(answer.headers["ETag"])
        url = answer.headers["Location"]
        self.assertTrue(url.startswith(f"{self.s3.url}/{self.bucket}/a/"), url)
        self.assertEqual(fetch(url), ("application/json", self.inline))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            fetch(urllib.parse.urlsplit(url)._replace(query="").geturl())
        self.assertEqual(refused.exception.code, 403)

        # It is kept once, under the SHA-256 of its bytes.
        (key,) = self.objects()
        self.assertTrue(key.endswith(f"/{hashlib.sha256(self.inline).hexdigest()}.json"), key)
        written = self.boto.head_object(Bucket=self.bucket, Key=key)["LastModified"]
        again = self.api.get(LARGE, headers={"Accept": "application/ld+json", "Accept-Encoding": "gzip"})
        self.assertEqual(fetch(again.headers["Location"]), ("application/ld+json", self.inline))
        self.assertEqual(self.objects(), [key])
        self.assertEqual(self.boto.head_object(Bucket=self.bucket, Key=key)["LastModified"], written)
        self.assertEqual(self.count("redirected"), 2)

        # Everything else is as it was.
        small = self.api.get("/bags/maps/small")
        self.assertEqual((small.status, small.headers["ETag"]), (200, '"maps/small/v1"'))
        fresh = self.api.get(LARGE, headers={"If-None-Match": '"maps/large/v1"'})
        self.assertEqual((fresh.status, fresh.body), (304, b""))
        self.assertEqual(self.api.call("HEAD", LARGE).status, 200)
        self.assertNotIn(self.s3.url, self.strongroom.said(), "whoever reads the log could read the bag")

    def test_our_own_client_goes_there(self):
        self.start_with(self.bucket)
        self.assertEqual(self.client("bag", "show", "maps/large", "--json").encode(), self.inline + b"\n")
        files = self.client("bag", "show", "maps/large", "--files").splitlines()
        self.assertEqual(len([line for line in files if line.split("\t")[2].startswith("data/")]), FILES)
        target = self.directory / "got"
        self.client("bag", "get", "maps/large", "--out", str(target))
        self.assertEqual(len(list((target / "data").iterdir())), FILES)
        self.assertEqual(self.count("redirected"), 3)

    def test_without_the_bucket_it_comes_from_here(self):
        self.start_with(new_name("none"))
        for _ in range(2):
            answer = self.api.get(LARGE)
            self.assertEqual((answer.status, answer.headers["ETag"]), (200, '"maps/large/v1"'))
            self.assertEqual(answer.body, self.inline)
        self.assertEqual(self.strongroom.said().count("event=large_response_not_kept"), 1, "the second did not ask")
        self.assertIn("NoSuchBucket", self.strongroom.said())
        self.assertEqual(self.count("failed"), 2)
        self.start_with(self.bucket, "http://127.0.0.1:1")
        answer = self.api.get(LARGE)
        self.assertEqual((answer.status, answer.body), (200, self.inline))

    def test_the_bucket_is_checked(self):
        self.start_with(self.bucket)
        arguments = ("--config", str(self.strongroom.data) + ".toml", "--data", str(self.strongroom.data))
        told = run("check", "config", *arguments)
        self.assertEqual(told.returncode, 0, told)
        self.assertIn(f"long answers {self.s3.url}/{self.bucket}: lie at a provider", told.stdout)

        def found():
            done = run("check", "store", *arguments, "--json", seconds=300)
            return done.returncode, [one for one in map(json.loads, done.stdout.splitlines())
                                     if one["location"] == "largeResponses"]

        self.assertEqual(found(), (0, [{"location": "largeResponses", "outcome": "ok", "what":
                                        "long answers can be put there, and readers get them without keys"}]))
        self.start_with(new_name("none"))
        code, (one,) = found()
        self.assertEqual((code, one["outcome"]), (1, "problem"))
        self.assertIn("NoSuchBucket", one["what"])


if __name__ == "__main__":
    unittest.main()
