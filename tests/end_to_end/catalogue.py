"""Reads the service's database where the API does not show what has to be proven. Never writes to it.

While the service runs, queries go to the live database, read-only and short. Of a dead service the files are copied
first: what lies there is evidence, and the next start must find it as it was left.
"""

import pathlib
import shutil
import sqlite3
import tempfile


class Catalogue:
    def __init__(self, data):
        self.data = pathlib.Path(data)

    def file(self):
        for file in sorted(self.data.glob("*")):
            if file.is_file() and not file.name.endswith(("-wal", "-shm")):
                with open(file, "rb") as opened:
                    if opened.read(15) == b"SQLite format 3":
                        return file
        raise AssertionError(f"there is no catalogue in {self.data}")

    def connect(self):
        """A read-only connection to the live database; the caller closes it."""
        return sqlite3.connect(f"file:{self.file()}?mode=ro", uri=True, isolation_level=None, timeout=10)

    def rows(self, query, *values):
        connection = self.connect()
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def rows_of_the_dead(self, *queries):
        """The rows of each (query, *values) in a copy of the files of a service that does not run."""
        file = self.file()
        with tempfile.TemporaryDirectory() as directory:
            copy = pathlib.Path(directory) / file.name
            for suffix in ("", "-wal"):
                source = file.with_name(file.name + suffix)
                if source.exists():
                    shutil.copyfile(source, copy.with_name(copy.name + suffix))
            connection = sqlite3.connect(copy)
            try:
                return [connection.execute(query, values).fetchall() for query, *values in queries]
            finally:
                connection.close()

    def registered_bag_events(self):
        """Bodies of the outgoing events of this kind, in order."""
        query = "SELECT body FROM outgoing WHERE kind = 'registered-bag' ORDER BY sequence"
        return [body for (body,) in self.rows(query)]

    def deliveries(self, ingest_id):
        return self.rows(
            "SELECT d.uuid, d.run, d.state FROM delivery d JOIN ingest i ON i.id = d.ingest WHERE i.uuid = ?", ingest_id
        )
