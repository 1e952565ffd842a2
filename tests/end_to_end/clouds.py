"""Storage servers for a test: S3 and Azure Blob Storage, what reaches them, and clients that are not ours."""

import json
import pathlib
import sys
import urllib.request
import uuid

from harness import run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))

import azurite  # noqa: E402
import radosgw  # noqa: E402
from messages import REGION, Messages  # noqa: E402
from vault import Vault  # noqa: E402


def write_s3_keys(file):
    """What all S3 servers here take, as a file of credentials."""
    file.write_text(f"[default]\naws_access_key_id = {radosgw.ACCESS_KEY}\n"
                    f"aws_secret_access_key = {radosgw.SECRET_KEY}\n")
    return file


def boto_client(url, service="s3", region="us-east-1"):
    import boto3
    return boto3.client(service, endpoint_url=url, region_name=region, aws_access_key_id=radosgw.ACCESS_KEY,
                        aws_secret_access_key=radosgw.SECRET_KEY)


class Clouds:
    """Both servers, their data below one directory; files with the keys for the service. Stopped by stop()."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.servers = []
        try:
            self.s3 = self.started(radosgw.Radosgw, "s3")
            self.azure = self.started(azurite.Azurite, "azure")
        except BaseException:
            self.stop()
            raise
        self.s3_keys = write_s3_keys(self.directory / "s3-keys")
        self.azure_key = self.directory / "azure-key"
        self.azure_key.write_text(azurite.KEY + "\n")

    def started(self, kind, name):
        server = kind(self.directory / name)
        self.servers.append(server)
        return server

    def stop(self):
        for server in self.servers:
            server.stop()
        self.servers = []

    # -- configuration

    def s3_place(self, bucket):
        return (f'provider = "amazon-s3"\nbucket = "{bucket}"\nendpoint = "{self.s3.url}"\n'
                f'credentialsFile = "{self.s3_keys}"\n')

    def azure_place(self, container):
        return (f'provider = "azure-blob-storage"\ncontainer = "{container}"\nendpoint = "{self.azure.url}"\n'
                f'account = "{azurite.ACCOUNT}"\ncredentialsFile = "{self.azure_key}"\n')

    # -- looking and acting past the service

    def boto(self):
        return boto_client(self.s3.url)

    def blobs(self, container):
        return azurite.Blobs(self.azure.url, container)


def new_name(kind):
    """A bucket's or container's, nobody else's."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"


class Cold:
    """A location in a strict S3 server with archive classes, whose bags are moved to S3 Glacier unless it is told
    otherwise; its own server, in this process. Stopped by stop()."""

    def __init__(self, directory):
        self.vault = Vault()
        self.keys = write_s3_keys(pathlib.Path(directory) / "vault-keys")
        self.bucket = new_name("cold")
        self.s3 = boto_client(self.vault.url)
        self.s3.create_bucket(Bucket=self.bucket)

    def location(self, kept='archiveTo = "GLACIER"\narchiveBy = "copy"\nrestoreDays = 3\n'):
        """Its part of the configuration; `kept`: how what comes there is verified and kept."""
        return (f'[[locations]]\nname = "cold"\nlabel = "Amazon Glacier"\nprovider = "amazon-s3"\n'
                f'bucket = "{self.bucket}"\nendpoint = "{self.vault.url}"\ncredentialsFile = "{self.keys}"\n'
                f'{kept}')

    def large_responses(self, above):
        """A part of the configuration: longer answers go to a bucket of the same server."""
        bucket = new_name("long")
        self.s3.create_bucket(Bucket=bucket)
        return (f'[largeResponses]\nredirectAbove = "{above}"\nbucket = "{bucket}"\nendpoint = "{self.vault.url}"\n'
                f'credentialsFile = "{self.keys}"\n')

    def make_location(self, service):
        """`strongroom location init`, before the service is started."""
        service.command()  # writes the configuration
        toml = service.data.parent / (service.data.name + ".toml")
        done = run("location", "init", "--location", "cold", "--config", str(toml), "--data", str(service.data))
        assert done.returncode == 0, done

    def pass_time(self, **what):
        """Has the provider do what takes it hours; how often it was asked for what since the last time."""
        request = urllib.request.Request(self.vault.url + "/_vault", json.dumps(what).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def stop(self):
        self.s3.close()
        self.vault.stop()


class MessageServer:
    """Topics and queues, in this process, and boto3 to make and read them. Stopped by stop()."""

    def __init__(self, directory):
        self.server = Messages()
        self.keys = write_s3_keys(pathlib.Path(directory) / "message-keys")
        self.sns, self.sqs = (boto_client(self.server.url, service, REGION) for service in ("sns", "sqs"))

    def access(self):
        """What a sink needs to reach it."""
        return f'endpoint = "{self.server.url}"\ncredentialsFile = "{self.keys}"\n'

    def topic(self, name):
        """A topic, and the URL of a queue that is subscribed to it."""
        arn = self.sns.create_topic(Name=name)["TopicArn"]
        queue = self.sqs.create_queue(QueueName=name.replace(".", "-"))["QueueUrl"]
        self.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=arn.replace(":sns:", ":sqs:").rsplit(":", 1)[0] + ":" +
                           name.replace(".", "-"))
        return arn, queue

    def receive(self, queue):
        """What SNS has put into the queue, in its order; removed from there."""
        found = []
        while True:
            messages = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
            for message in messages:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            if not messages:
                return found

    def published(self, arn):
        return [form for form in self.server.held.published if form["TopicArn"] == arn]

    def refuse(self, text):
        """Messages with this text are refused from now on."""
        self.server.held.refused = text

    def stop(self):
        self.sns.close()
        self.sqs.close()
        self.server.stop()
