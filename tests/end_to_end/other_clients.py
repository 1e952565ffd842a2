"""Programs of other people that read and write buckets and containers: boto3, with its own way of multipart, and rclone,
which has its own of S3 and of Azure Blob Storage. Both move whole files and trees between a provider and a directory."""

import os
import pathlib
import subprocess

import radosgw

MiB = 1 << 20


class Boto:
    """Into and out of one bucket of S3, by boto3's transfer manager: several parts of a large file at the same time."""

    def __init__(self, client, bucket):
        from boto3.s3.transfer import TransferConfig
        self.client, self.bucket = client, bucket
        self.parts = TransferConfig(multipart_threshold=5 * MiB, multipart_chunksize=5 * MiB)

    def put(self, file, key):
        self.client.upload_file(str(file), self.bucket, key, Config=self.parts)

    def get_all(self, prefix, directory):
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                file = pathlib.Path(directory) / entry["Key"][len(prefix):]
                file.parent.mkdir(parents=True, exist_ok=True)
                self.client.download_file(self.bucket, entry["Key"], str(file), Config=self.parts)


class Rclone:
    """Into and out of one bucket or container; `settings` are rclone's of the remote, by their names in lower case."""

    def __init__(self, bucket, **settings):
        self.bucket = bucket
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RCLONE_"))}
        self.environment = {**own, "RCLONE_CONFIG": "/dev/null",
                            **{f"RCLONE_CONFIG_THERE_{name.upper()}": value for name, value in settings.items()}}

    @classmethod
    def of_s3(cls, clouds, bucket):
        return cls(bucket, type="s3", provider="Ceph", endpoint=clouds.s3.url, access_key_id=radosgw.ACCESS_KEY,
                   secret_access_key=radosgw.SECRET_KEY, no_check_bucket="true", upload_cutoff="5Mi", chunk_size="5Mi")

    @classmethod
    def of_azure(cls, clouds, container):
        return cls(container, type="azureblob", use_emulator="true", endpoint=clouds.azure.url, chunk_size="4Mi")

    def run(self, *arguments):
        done = subprocess.run(["rclone", *arguments], env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done
        return done.stdout

    def put(self, file, key):
        self.run("copyto", str(file), f"there:{self.bucket}/{key}")

    def get_all(self, prefix, directory):
        self.run("copy", f"there:{self.bucket}/{prefix}", str(directory))
