"""What the servers here that speak the protocols of AWS have in common: signatures that are checked, and XML."""

import hashlib
import hmac
import re
import xml.etree.ElementTree as xml

import loopback
from radosgw import ACCESS_KEY, SECRET_KEY


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def element(name, *children):
    """A tree of elements; a pair is a name and a text."""
    made = xml.Element(name)
    for child in children:
        if isinstance(child, tuple):
            xml.SubElement(made, child[0]).text = str(child[1])
        else:
            made.append(child)
    return made


def xml_text(root):
    return xml.tostring(root, xml_declaration=True, encoding="utf-8")


def canonical_request(method, path, query, headers, digest):
    """What a signature is made of. `query` as it is sent; `headers` in the order of their names, lower-case."""
    lines = "".join(f"{name}:{' '.join(value.split())}\n" for name, value in headers)
    names = ";".join(name for name, _ in headers)
    return "\n".join([method, path, "&".join(sorted(query.split("&"))), lines, names, digest])


def signature(secret, instant, scope, canonical):
    """Signature Version 4, in hex; the scope is DATE/REGION/SERVICE/aws4_request."""
    to_sign = "\n".join(["AWS4-HMAC-SHA256", instant, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for word in (*scope.split("/"), to_sign):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return key.hex()


class Handler(loopback.Handler):
    """One request of a signed protocol: subclasses give `service`, `carry_out(body)` and `refuse(refusal)`."""

    service = ""

    def reply_xml(self, root, headers=()):
        self.reply(200, [("Content-Type", "application/xml"), *headers], xml_text(root))

    def check_signature(self, body):
        """Signature Version 4 in the headers; gives the service it is for."""
        words = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders="
                             r"([^,]+), ?Signature=([0-9a-f]{64})", self.headers.get("Authorization", ""))
        if not words or words[1] != ACCESS_KEY:
            raise Refusal(403, "InvalidAccessKeyId")
        digest = hashlib.sha256(body).hexdigest()
        payload = self.headers.get("x-amz-content-sha256", digest)
        path, _, query = self.path.partition("?")
        names = words[5].split(";")
        canonical = canonical_request(self.command, path, query, [(name, self.headers[name]) for name in names], payload)
        scope = f"{words[2]}/{words[3]}/{words[4]}/aws4_request"
        made = signature(SECRET_KEY, self.headers["x-amz-date"], scope, canonical)
        needed = {"host", "x-amz-date"} | {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if made != words[6] or not needed <= set(names):
            raise Refusal(403, "SignatureDoesNotMatch")
        if payload != digest:
            raise Refusal(400, "XAmzContentSHA256Mismatch")
        return words[4]

    def do_any(self):
        body = self.read_body()
        try:
            self.carry_out(body)
        except Refusal as refusal:
            self.refuse(refusal)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_any
