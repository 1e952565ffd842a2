"""Storage servers for a test: S3 and Azure Blob Storage, what reaches them, and clients that are not ours."""

import pathlib
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))

import azurite  # noqa: E402
import radosgw  # noqa: E402


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
        self.s3_keys = self.directory / "s3-keys"
        self.s3_keys.write_text(f"[default]\naws_access_key_id = {radosgw.ACCESS_KEY}\n"
                                f"aws_secret_access_key = {radosgw.SECRET_KEY}\n")
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
        import boto3
        return boto3.client("s3", endpoint_url=self.s3.url, region_name="us-east-1",
                            aws_access_key_id=radosgw.ACCESS_KEY, aws_secret_access_key=radosgw.SECRET_KEY)

    def blobs(self, container):
        return azurite.Blobs(self.azure.url, container)


def new_name(kind):
    """A bucket's or container's, nobody else's."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"
