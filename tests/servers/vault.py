"""A strict S3 server in memory, with what no packaged one has: archive classes whose objects cannot be read before they
are restored, and checksums that are kept, checked and told (SHA-256, of the whole or of parts).

Every signature (version 4, in headers), every payload hash and every Content-MD5 is checked. What it does not know it
refuses. It keeps what it was told; time passes when it is told so:

POST /_vault {"do": "restore"}             restores that were asked for are done
             {"do": "expire"}              restored copies are gone
             {"do": "archive", "class": C} objects with the tag of the lifecycle rule are moved to the class
             {"do": "refuse acl"}          permissions of objects are refused, as where the bucket's owner owns all of them
             {"do": "accept acl"}          and taken again
             {"do": "forget checksums"}    none is kept of what comes from now on
             {"do": "rot", "match": M}     of what comes to keys with M in them from now on, one byte becomes another
                                           once it is stored, and the digest is computed anew
"""

import base64
import collections
import datetime
import hashlib
import json
import re
import urllib.parse
import uuid
import xml.etree.ElementTree as xml

import aws_requests
import loopback
from aws_requests import Refusal, element, xml_text
from loopback import http_date, now

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
TAG = ("strongroom-tier", "archive")


class Object:
    """`parts`: the sizes of those it came in. A checksum is kept of it, and computed anew with its bytes."""

    def __init__(self, body, storage_class, has_checksum, parts=()):
        self.storage_class, self.has_checksum, self.parts = storage_class, has_checksum, parts
        self.keep(body)
        digest = hashlib.md5(body).hexdigest()
        self.etag = f'"{digest}-{len(parts)}"' if parts else f'"{digest}"'
        self.tags, self.meta, self.acl = [], {}, None
        self.restore = None  # "ongoing", or the instant until which there is a copy
        self.modified = now()

    def keep(self, body):
        self.body, self.checksum = body, None
        if self.has_checksum:
            self.checksum = composite_of(body, self.parts) if self.parts else sha256_of(body)

    def is_readable(self):
        return self.storage_class not in ARCHIVES or isinstance(self.restore, datetime.datetime)


def sha256_of(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def composite_of(body, sizes):
    digests, at = b"", 0
    for size in sizes:
        digests += hashlib.sha256(body[at:at + size]).digest()
        at += size
    return f"{sha256_of(digests)}-{len(sizes)}"


class Held:
    """What a server holds, whoever serves it."""

    def __init__(self):
        self.buckets, self.uploads, self.counts = {}, {}, collections.Counter()
        self.refuses_acl = self.forgets_checksums = False
        self.rotting = None  # what is in the keys whose objects do

    def objects(self):
        return [one for bucket in self.buckets.values() for one in bucket.values()]


class Handler(aws_requests.Handler):
    @property
    def held(self):
        return self.server.held

    def refuse(self, refusal):
        self.reply(refusal.status, [("Content-Type", "application/xml")],
                   xml_text(element("Error", ("Code", refusal.code), ("Message", refusal.code))))

    def carry_out(self, body):
        with self.server.lock:
            if self.path == "/_vault":
                return self.command_time(json.loads(body))
            self.check_signature(body)
            md5 = self.headers.get("Content-MD5")
            if md5 and base64.b64decode(md5) != hashlib.md5(body).digest():
                raise Refusal(400, "BadDigest")
            self.answer(body)

    def command_time(self, what):
        if what["do"].endswith("acl"):
            self.held.refuses_acl = what["do"] == "refuse acl"
        if what["do"] == "forget checksums":
            self.held.forgets_checksums = True
        if what["do"] == "rot":
            self.held.rotting = what["match"]
        for one in self.held.objects():
            if what["do"] == "restore" and one.restore == "ongoing":
                one.restore = now() + datetime.timedelta(days=one.days)
            if what["do"] == "expire" and one.restore != "ongoing":
                one.restore = None
            if what["do"] == "archive" and TAG in one.tags:
                one.storage_class = what["class"]
        self.reply(200, [], json.dumps(self.held.counts).encode())
        self.held.counts.clear()

    def answer(self, body):
        path, _, query = self.path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        bucket, _, key = urllib.parse.unquote(path[1:]).partition("/")
        sub = next((name for name in ("restore", "tagging", "uploads", "uploadId") if name in self.query), "")
        self.held.counts[f"{self.command} {sub or ('object' if key else 'bucket')}"] += 1
        if not key:
            return self.on_bucket(bucket)
        if bucket not in self.held.buckets:
            raise Refusal(404, "NoSuchBucket")
        self.bucket, self.key = self.held.buckets[bucket], key
        action = getattr(self, f"{self.command.lower()}_{sub.lower() or 'object'}", None)
        if not action:
            raise Refusal(501, "NotImplemented")
        action(body)

    def on_bucket(self, name):
        if self.command == "PUT" and not self.query:
            self.held.buckets.setdefault(name, {})
            return self.reply(200)
        if name not in self.held.buckets:
            raise Refusal(404, "NoSuchBucket")
        if self.command == "GET" and "versioning" in self.query:
            return self.reply_xml(element("VersioningConfiguration"))
        if self.command == "GET" and "uploads" in self.query:
            return self.reply_xml(element("ListMultipartUploadsResult", ("IsTruncated", "false"), *[
                element("Upload", ("Key", key), ("UploadId", upload))
                for upload, (where, key, _) in sorted(self.held.uploads.items())
                if where is self.held.buckets[name] and key.startswith(self.query.get("prefix", ""))]))
        if self.command != "GET" or self.query.get("list-type") != "2":
            raise Refusal(501, "NotImplemented")
        after = self.query.get("continuation-token") or self.query.get("start-after", "")
        most = int(self.query.get("max-keys", 1000))
        found = sorted((key.encode(), one) for key, one in self.held.buckets[name].items()
                       if key.startswith(self.query.get("prefix", "")) and key.encode() > after.encode())
        root = element("ListBucketResult", ("IsTruncated", "true" if len(found) > most else "false"), *[
            element("Contents", ("Key", urllib.parse.quote(key)), ("Size", len(one.body)), ("ETag", one.etag),
                    ("LastModified", one.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")), ("StorageClass", one.storage_class)) for key, one in found[:most]])
        if len(found) > most:
            xml.SubElement(root, "NextContinuationToken").text = found[most - 1][0].decode()
        self.reply_xml(root)

    # -- objects

    def found(self):
        if self.query.get("versionId", "null") != "null":
            raise Refusal(404, "NoSuchVersion")
        if self.key not in self.bucket:
            raise Refusal(404, "NoSuchKey")
        one = self.bucket[self.key]
        if self.headers.get("If-Match", one.etag) != one.etag:
            raise Refusal(412, "PreconditionFailed")
        return one

    def headers_of(self, one):
        headers = [("ETag", one.etag), ("Last-Modified", http_date(one.modified)), ("Accept-Ranges", "bytes")]
        headers += one.meta.items()
        if one.storage_class != "STANDARD":
            headers.append(("x-amz-storage-class", one.storage_class))
        if one.restore == "ongoing":
            headers.append(("x-amz-restore", 'ongoing-request="true"'))
        elif one.restore:
            headers.append(("x-amz-restore", f'ongoing-request="false", expiry-date="{http_date(one.restore)}"'))
        if one.checksum and self.headers.get("x-amz-checksum-mode") == "ENABLED":
            headers += [("x-amz-checksum-sha256", one.checksum),
                        ("x-amz-checksum-type", "COMPOSITE" if one.parts else "FULL_OBJECT")]
        return headers

    def head_object(self, _):
        one = self.found()
        if "partNumber" in self.query:
            return self.head_part(one, int(self.query["partNumber"]))
        self.reply(200, self.headers_of(one), length=len(one.body))

    def head_part(self, one, number):
        sizes = one.parts or (len(one.body),)
        if not 1 <= number <= len(sizes):
            raise Refusal(416, "InvalidPartNumber")
        first, size = sum(sizes[:number - 1]), sizes[number - 1]
        headers = [(name, value) for name, value in self.headers_of(one) if not name.startswith("x-amz-checksum")]
        headers.append(("Content-Range", f"bytes {first}-{first + size - 1}/{len(one.body)}"))
        if one.parts:
            headers.append(("x-amz-mp-parts-count", str(len(sizes))))
        self.reply(206, headers, length=size)

    def get_object(self, _):
        one = self.found()
        if not one.is_readable():
            raise Refusal(403, "InvalidObjectState")
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        first = int(asked[1])
        last = min(int(asked[2] or len(one.body)), len(one.body) - 1)
        if "Range" not in self.headers:
            return self.reply(200, self.headers_of(one), one.body)
        if first > last:
            raise Refusal(416, "InvalidRange")
        headers = [*self.headers_of(one), ("Content-Range", f"bytes {first}-{last}/{len(one.body)}")]
        self.reply(206, headers, one.body[first:last + 1])

    def put_object(self, body):
        if "x-amz-copy-source" in self.headers:
            return self.copy_object()
        self.check_new()
        checksum = self.headers.get("x-amz-checksum-sha256")
        if checksum and checksum != sha256_of(body):
            raise Refusal(400, "BadDigest")
        acl = self.headers.get("x-amz-acl")
        if acl and self.held.refuses_acl:
            raise Refusal(400, "AccessControlListNotSupported")
        storage_class = self.headers.get("x-amz-storage-class", "STANDARD")
        one = self.store(Object(body, storage_class, bool(checksum) and not self.held.forgets_checksums))
        checksum = checksum if one.has_checksum else None
        one.meta, one.acl = self.new_meta(), acl
        one.tags = urllib.parse.parse_qsl(self.headers.get("x-amz-tagging", ""), keep_blank_values=True)
        self.reply(200, [("ETag", self.bucket[self.key].etag)] +
                   ([("x-amz-checksum-sha256", checksum)] if checksum else []))

    def store(self, one):
        self.bucket[self.key] = one
        if self.held.rotting and self.held.rotting in self.key and one.body:
            one.keep(bytes([one.body[0] ^ 1]) + one.body[1:])
        return one

    def check_new(self):
        if self.headers.get("If-None-Match") == "*" and self.key in self.bucket:
            raise Refusal(412, "PreconditionFailed")
        if "If-Match" in self.headers:
            self.found()

    def new_meta(self):
        kept = ("x-amz-meta-", "content-type")
        return {name: value for name, value in self.headers.items() if name.lower().startswith(kept)}

    def delete_object(self, _):
        if self.key in self.bucket:
            self.found()
            del self.bucket[self.key]
        self.reply(204)

    def copy_source(self):
        bucket, _, key = urllib.parse.unquote(self.headers["x-amz-copy-source"]).lstrip("/").partition("/")
        source = self.held.buckets.get(bucket, {}).get(key)
        if not source:
            raise Refusal(404, "NoSuchKey")
        if self.headers.get("x-amz-copy-source-if-match", source.etag) != source.etag:
            raise Refusal(412, "PreconditionFailed")
        if not source.is_readable():
            raise Refusal(403, "InvalidObjectState")
        return source

    def copy_object(self):
        source = self.copy_source()
        storage_class = self.headers.get("x-amz-storage-class", "STANDARD")
        if source is self.bucket.get(self.key) and source.storage_class == storage_class:
            raise Refusal(400, "InvalidRequest")
        self.check_new()
        one = self.store(Object(source.body, storage_class, True))
        replaces = [self.headers.get(f"x-amz-{what}-directive") == "REPLACE" for what in ("metadata", "tagging")]
        one.meta = self.new_meta() if replaces[0] else source.meta
        one.tags = [] if replaces[1] else source.tags
        self.reply_xml(element("CopyObjectResult", ("ETag", self.bucket[self.key].etag),
                               ("ChecksumSHA256", self.bucket[self.key].checksum)))

    def put_tagging(self, body):
        tags = [(tag.findtext("{*}Key"), tag.findtext("{*}Value")) for tag in xml.fromstring(body).findall(".//{*}Tag")]
        self.found().tags = tags
        self.reply(200)

    def get_tagging(self, _):
        tags = element("TagSet", *[element("Tag", ("Key", key), ("Value", value)) for key, value in self.found().tags])
        self.reply_xml(element("Tagging", tags))

    def post_restore(self, body):
        one, asked = self.found(), xml.fromstring(body)
        one.days = int(asked.findtext("{*}Days"))
        tier = asked.findtext("{*}GlacierJobParameters/{*}Tier")
        if one.storage_class not in ARCHIVES:
            raise Refusal(403, "InvalidObjectState")
        if tier not in ("Bulk", "Standard", "Expedited") or (tier, one.storage_class) == ("Expedited", "DEEP_ARCHIVE"):
            raise Refusal(400, "InvalidArgument")
        if one.restore == "ongoing":
            raise Refusal(409, "RestoreAlreadyInProgress")
        if one.restore:
            one.restore = now() + datetime.timedelta(days=one.days)
            return self.reply(200)
        one.restore = "ongoing"
        self.reply(202)

    # -- uploads in parts

    def post_uploads(self, _):
        upload = uuid.uuid4().hex
        self.held.uploads[upload] = (self.bucket, self.key, {
            "class": self.headers.get("x-amz-storage-class", "STANDARD"), "parts": {}, "meta": self.new_meta(),
            "checksums": self.headers.get("x-amz-checksum-algorithm") == "SHA256"})
        self.reply_xml(element("InitiateMultipartUploadResult", ("UploadId", upload)))

    def upload(self):
        bucket, key, upload = self.held.uploads.get(self.query["uploadId"], (None, None, None))
        if bucket is not self.bucket or key != self.key:
            raise Refusal(404, "NoSuchUpload")
        return upload

    def put_uploadid(self, body):
        upload = self.upload()
        if "x-amz-copy-source" in self.headers:
            first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["x-amz-copy-source-range"]).groups()
            body = self.copy_source().body[int(first):int(last) + 1]
        checksum = self.headers.get("x-amz-checksum-sha256")
        if checksum and checksum != sha256_of(body):
            raise Refusal(400, "BadDigest")
        upload["parts"][int(self.query["partNumber"])] = body
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        if "x-amz-copy-source" in self.headers:
            return self.reply_xml(element("CopyPartResult", ("ETag", etag)))
        self.reply(200, [("ETag", etag)] + ([("x-amz-checksum-sha256", checksum)] if checksum else []))

    def post_uploadid(self, body):
        upload = self.upload()
        self.check_new()
        listed = xml.fromstring(body).findall("{*}Part")
        parts = [upload["parts"].get(int(part.findtext("{*}PartNumber"))) for part in listed]
        for part, content in zip(listed, parts):
            if content is None or part.findtext("{*}ETag").strip('"') != hashlib.md5(content).hexdigest():
                raise Refusal(400, "InvalidPart")
            if (part.findtext("{*}ChecksumSHA256") or sha256_of(content)) != sha256_of(content):
                raise Refusal(400, "InvalidPart")
        if any(len(part) < 5 << 20 for part in parts[:-1]):
            raise Refusal(400, "EntityTooSmall")
        one = self.store(Object(b"".join(parts), upload["class"],
                                upload["checksums"] and not self.held.forgets_checksums,
                                tuple(len(part) for part in parts)))
        one.meta = upload["meta"]
        del self.held.uploads[self.query["uploadId"]]
        self.reply_xml(element("CompleteMultipartUploadResult", ("ETag", self.bucket[self.key].etag)))

    def delete_uploadid(self, _):
        self.upload()
        del self.held.uploads[self.query["uploadId"]]
        self.reply(204)


class Vault(loopback.Service):
    """Listens at `url`; stopped by stop()."""

    def __init__(self):
        super().__init__(Handler, Held())
