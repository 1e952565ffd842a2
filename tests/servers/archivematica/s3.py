"""A small S3 client: lists, reads and writes whole objects, signed with version 4. Raises Refused when it is not let."""

import datetime
import hashlib
import urllib.parse
import xml.etree.ElementTree as xml

import aws_requests
import calls


class Refused(Exception):
    def __init__(self, status, what):
        super().__init__(f"{what}: {status}")
        self.status = status


def quoted(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-_.~")


class Client:
    """`access` has `endpoint`, `access_key`, `secret_key`, and `region` where it is not us-east-1."""

    def __init__(self, access):
        self.endpoint = access["endpoint"].rstrip("/")
        self.access_key, self.secret_key = access["access_key"], access["secret_key"]
        self.region = access.get("region") or "us-east-1"

    def call(self, method, bucket, key="", query=(), body=b""):
        parts = urllib.parse.urlsplit(self.endpoint)
        path = f"{parts.path}/{quoted(bucket)}" + ("/" + quoted(key, safe="/") if key else "")
        text = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in sorted(query))
        digest = hashlib.sha256(body).hexdigest()
        instant = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": instant}
        canonical = aws_requests.canonical_request(method, path, text, sorted(headers.items()), digest)
        scope = f"{instant[:8]}/{self.region}/s3/aws4_request"
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, SignedHeaders={';'.join(sorted(headers))}, "
            f"Signature={aws_requests.signature(self.secret_key, instant, scope, canonical)}")
        url = f"{parts.scheme}://{parts.netloc}{path}" + ("?" + text if text else "")
        answer = calls.call(method, url, headers, body)
        if answer.status != 200:
            raise Refused(answer.status, f"{method} {bucket}/{key}")
        return answer.body

    def keys(self, bucket, prefix):
        """All keys with this beginning, in their order."""
        found, after = [], []
        while True:
            query = [("list-type", "2"), ("prefix", prefix), ("encoding-type", "url"), *after]
            page = xml.fromstring(self.call("GET", bucket, query=query))
            found += [urllib.parse.unquote(entry.text) for entry in page.findall("{*}Contents/{*}Key")]
            token = page.findtext("{*}NextContinuationToken")
            if not token:
                return found
            after = [("continuation-token", token)]

    def get(self, bucket, key):
        return self.call("GET", bucket, key)

    def put(self, bucket, key, body):
        self.call("PUT", bucket, key, body=body)
