"""DynamoDB as dynalite has it: conditions, queries in order, consistent reads. It checks no signatures."""

import pathlib

from process import Process, free_port

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "node/node_modules/dynalite/cli.js"


class Dynalite:
    """In memory; `url` is the endpoint."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = Process("dynalite", ["node", str(PROGRAM), "--host", "127.0.0.1", "--port", str(port),
                                            "--createTableMs", "0"], self.directory)
        self.process.wait_for(self.process.listens(port))

    def stop(self):
        self.process.stop()
