"""A request as the sides of the double see it, and what they answer."""

import dataclasses
import json
import urllib.parse


class BadRequest(Exception):
    """Answered with 400 and this text."""


class Request:
    """`target` is as it was sent; `path` is without its query and still percent-encoded."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path, _, self.query = target.partition("?")
        self.pending = None  # how often a package POST is answered that its key is pending

    @property
    def parameters(self):
        """Of the query, in their order: pairs of name and value."""
        return urllib.parse.parse_qsl(self.query, keep_blank_values=True)

    def first(self, name, default=None):
        return next((value for key, value in self.parameters if key == name), default)

    def json(self, kind=dict):
        try:
            body = json.loads(self.body)
        except ValueError as error:
            raise BadRequest(f"not JSON: {error}") from None
        if not isinstance(body, kind):
            raise BadRequest("JSON of another kind is wanted")
        return body


@dataclasses.dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: list = dataclasses.field(default_factory=list)


def json_answer(status, document, *headers):
    return Answer(status, json.dumps(document).encode(), [("Content-Type", "application/json"), *headers])


def text_answer(status, text, *headers):
    return Answer(status, text.encode(), [("Content-Type", "text/plain; charset=utf-8"), *headers])


def html_answer(status, *headers):
    """Without a body."""
    return Answer(status, b"", [("Content-Type", "text/html; charset=utf-8"), *headers])


def not_allowed(*methods):
    return html_answer(405, ("Allow", ", ".join(methods)))


def fits(pattern, target):
    """Whether a target is meant: exactly, with or without its query, or by its beginning before a final `*`."""
    if pattern.endswith("*"):
        return target.startswith(pattern[:-1])
    return pattern in (target, target.partition("?")[0])
