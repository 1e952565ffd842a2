"""A strict SNS and SQS in memory: topics, queues that are subscribed to them, messages that come again until they are
removed. Actions are forms, answers XML (the AWS Query protocol); every signature is checked, and what is not known is
refused. A FIFO topic knows what it has had.
"""

import hashlib
import json
import time
import urllib.parse
import uuid

import aws_requests
import loopback
from aws_requests import Refusal, element, xml_text
from loopback import http_date, now

ACCOUNT, REGION = "123456789012", "eu-west-1"
LARGEST = 256 << 10


class Message:
    def __init__(self, body):
        self.body, self.id = body, str(uuid.uuid4())
        self.receipt, self.visible, self.received = None, 0.0, 0


class Held:
    def __init__(self):
        self.queues, self.topics, self.hidden = {}, {}, 30.0
        self.published = []  # the form of each message that a topic took
        self.refused = None  # messages with this text are refused


class Handler(aws_requests.Handler):
    def refuse(self, refusal):
        root = element("ErrorResponse", element("Error", ("Type", "Sender"), ("Code", refusal.code),
                                                ("Message", refusal.code)), ("RequestId", uuid.uuid4()))
        self.reply(refusal.status, [("Content-Type", "text/xml")], xml_text(root))

    def carry_out(self, body):
        service = self.check_signature(body)
        self.form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        version = {"sns": "2010-03-31", "sqs": "2012-11-05"}.get(service)
        action = getattr(self, f"{service}_{self.form.get('Action', '').lower()}", None)
        if self.command != "POST" or self.form.get("Version") != version or not action:
            raise Refusal(400, "InvalidAction")
        name = self.form["Action"]
        result = action()
        root = element(f"{name}Response", *([element(f"{name}Result", *result)] if result is not None else []),
                       element("ResponseMetadata", ("RequestId", uuid.uuid4())))
        self.reply_xml(root)

    # -- SNS

    def topic(self):
        topic = self.server.held.topics.get(self.form.get("TopicArn"))
        if topic is None:
            raise Refusal(404, "NotFound")
        return topic

    def sns_createtopic(self):
        arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{self.form['Name']}"
        self.server.held.topics.setdefault(arn, {"queues": [], "seen": set()})
        return [("TopicArn", arn)]

    def sns_subscribe(self):
        self.topic()["queues"].append(self.form["Endpoint"].rsplit(":", 1)[1])
        return [("SubscriptionArn", self.form["TopicArn"] + ":" + str(uuid.uuid4()))]

    def sns_gettopicattributes(self):
        self.topic()
        return [("Attributes", "")]

    def sns_publish(self):
        topic, arn, text = self.topic(), self.form["TopicArn"], self.form.get("Message", "")
        refused = self.server.held.refused
        if not text or len(text.encode()) > LARGEST or (refused and refused in text):
            raise Refusal(400, "InvalidParameter")
        names = {value: key.removesuffix("Name") for key, value in self.form.items() if key.endswith(".Name")}
        attributes = {name: {"Type": self.form[entry + "Value.DataType"], "Value": self.form[entry + "Value.StringValue"]}
                      for name, entry in names.items()}
        if arn.endswith(".fifo"):
            if not self.form.get("MessageGroupId") or not self.form.get("MessageDeduplicationId"):
                raise Refusal(400, "InvalidParameter")
            if self.form["MessageDeduplicationId"] in topic["seen"]:
                return [("MessageId", uuid.uuid4())]
            topic["seen"].add(self.form["MessageDeduplicationId"])
        envelope = json.dumps({"Type": "Notification", "MessageId": str(uuid.uuid4()), "TopicArn": arn, "Message": text,
                               "Timestamp": http_date(now()), "MessageAttributes": attributes})
        with self.server.lock:
            self.server.held.published.append(self.form)
            for name in topic["queues"]:
                self.server.held.queues[name].append(Message(envelope))
        return [("MessageId", uuid.uuid4())]

    # -- SQS

    def queue(self):
        name = urllib.parse.urlsplit(self.form.get("QueueUrl", self.path)).path.rsplit("/", 1)[1]
        if name not in self.server.held.queues:
            raise Refusal(400, "AWS.SimpleQueueService.NonExistentQueue")
        return self.server.held.queues[name]

    def sqs_createqueue(self):
        self.server.held.queues.setdefault(self.form["QueueName"], [])
        return [("QueueUrl", f"{self.server.url}/{ACCOUNT}/{self.form['QueueName']}")]

    def sqs_sendmessage(self):
        message = Message(self.form["MessageBody"])
        with self.server.lock:
            self.queue().append(message)
        return [("MessageId", message.id), ("MD5OfMessageBody", hashlib.md5(message.body.encode()).hexdigest())]

    def sqs_receivemessage(self):
        end = time.monotonic() + min(float(self.form.get("WaitTimeSeconds", 0)), 20)
        while True:
            with self.server.lock:
                due = [one for one in self.queue() if one.visible <= time.monotonic()]
                due = due[:int(self.form.get("MaxNumberOfMessages", 1))]
                for one in due:
                    one.receipt, one.received = str(uuid.uuid4()), one.received + 1
                    one.visible = time.monotonic() + self.server.held.hidden
            if due or time.monotonic() >= end:
                return [element("Message", ("MessageId", one.id), ("ReceiptHandle", one.receipt), ("Body", one.body),
                                ("MD5OfBody", hashlib.md5(one.body.encode()).hexdigest())) for one in due]
            time.sleep(0.02)

    def sqs_deletemessage(self):
        with self.server.lock:
            queue = self.queue()
            queue[:] = [one for one in queue if one.receipt != self.form["ReceiptHandle"]]


class Messages(loopback.Service):
    """Listens at `url`, for both services; stopped by stop()."""

    def __init__(self):
        super().__init__(Handler, Held())
