"""What the storage service does to bring a package to the pipeline, with the habits that Strongroom has to allow for.

From S3 everything is listed whose key begins with the package's, and then fetched one by one; an object that has gone in
the meantime fails the transfer before it has any job. Python's zipfile knows no deflate64: such a zip counts as broken.
"""

import csv
import http.client
import io
import pathlib
import posixpath
import zipfile
import zlib

import s3

ARCHIVES = (".zip", ".tar", ".7z", ".bz2", ".gz")
ZIP_TYPES = ("zipfile", "zipped bag")
TABLE = "metadata/metadata.csv"
UNREADABLE = (s3.Refused, OSError, http.client.HTTPException)


class Failed(Exception):
    """Why the package is not there, or cannot be opened."""


def source(state, path):
    """The location and what is below it, as the storage service reads a path of a package."""
    identifier, _, rest = path.partition(":")
    location = state.places.location(identifier)
    if location is None:
        raise Failed(f"there is no location {identifier}")
    # The first occurrence, wherever it is: a directory of the same name further down is lost by this.
    rest = rest.replace(state.places.full_path(location), "", 1).lstrip("/")
    return location, posixpath.join(location["relative_path"].strip("/"), rest)


class Job:
    """One package on its way: `files` is what was copied, by what follows the package's key in theirs."""

    def __init__(self, key):
        self.key, self.files, self.is_directory = key, {}, False

    def copy(self, state, transfer):
        """Everything that was listed, one by one."""
        try:
            for key in transfer.listed:
                if not self.passes_over(key):
                    self.files[key[len(self.key):]] = content = self.read(key)
                    with state.lock:
                        transfer.copied.append({"key": key, "size": len(content)})
        except UNREADABLE as error:
            raise Failed(f"copying failed: {error}") from None


class FromS3(Job):
    def __init__(self, state, location, key):
        super().__init__(key)
        self.client = s3.Client(state.options["s3"])
        self.bucket = state.places.space_of(location)["bucket"]
        # Without the extension of an archive, in lower case, the storage service takes it for a directory.
        self.is_directory = posixpath.splitext(key)[1] not in ARCHIVES

    def list(self):
        return self.client.keys(self.bucket, self.key)

    def read(self, key):
        return self.client.get(self.bucket, key)

    def passes_over(self, key):
        return self.is_directory and key == self.key


class FromDirectory(Job):
    def __init__(self, state, location, key):
        super().__init__(key)
        self.root = pathlib.Path(state.options["root"] or state.places.space_of(location)["path"])
        self.is_directory = (self.root / key).is_dir()

    def list(self):
        path = self.root / self.key
        found = sorted(path.rglob("*")) if self.is_directory else [path]
        return [str(one.relative_to(self.root)) for one in found if one.is_file()]

    def read(self, key):
        return (self.root / key).read_bytes()

    def passes_over(self, _):
        return False


def start(state, transfer):
    """Lists what is to be copied."""
    location, key = source(state, transfer.path)
    try:
        job = (FromS3 if state.options["fetch"] == "s3" else FromDirectory)(state, location, key)
        listed = job.list()
    except UNREADABLE as error:
        raise Failed(f"listing failed: {error}") from None
    if not listed:
        raise Failed("nothing was found")
    with state.lock:
        transfer.listed, transfer.directory_made = listed, job.is_directory
    return job


def opened(content):
    """The members of a zip that are files."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {one.filename: archive.read(one) for one in archive.infolist() if not one.is_dir()}
    except RuntimeError as error:  # encrypted
        raise Failed(f"the zip is encrypted: {error}") from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, zlib.error) as error:
        raise Failed(f"the zip is broken: {error}") from None


def rows(content):
    text = content.decode("utf-8-sig", "replace")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def extract(state, transfer, job):
    """Opens what was copied; takes the identifiers of its metadata."""
    files = job.files
    if transfer.parameters.get("type", "standard") in ZIP_TYPES:
        if "" not in files:
            raise Failed("there is no zip")
        content = opened(files[""])
    else:
        content = {name.lstrip("/") or posixpath.basename(job.key): body for name, body in files.items()}
    identifiers = [row["dc.identifier"] for row in rows(content.get(TABLE, b"")) if row.get("dc.identifier")]
    with state.lock:
        transfer.content, transfer.identifiers = content, identifiers
