"""One HTTP call out of the double."""

import http.client
import ssl
import urllib.parse


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()


def call(method, url, headers, body=None, ca_file=None):
    """Follows nothing; raises OSError or HTTPException when there is no answer."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=60, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def followed(url, headers, ca_file=None):
    """GET that follows redirects; credentials stay with the host they are for."""
    for _ in range(10):
        answer = call("GET", url, headers, ca_file=ca_file)
        if answer.status not in (301, 302, 303, 307, 308) or not answer.headers["Location"]:
            return answer
        further = urllib.parse.urljoin(url, answer.headers["Location"])
        if urllib.parse.urlsplit(further).netloc != urllib.parse.urlsplit(url).netloc:
            headers = {name: value for name, value in headers.items() if name != "Authorization"}
        url = further
    raise OSError("too many redirects")
