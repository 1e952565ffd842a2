#!/usr/bin/python3
"""Records the demonstration as docs/demonstration.md, the same text every time.

usage: record_demo.py [--check]     --check compares with what is there instead, and shows the difference

What tools/demo.sh prints is real; what differs from one run to the next is replaced: the port, the directory, times,
identifiers that are made by chance, the size of the package, which holds times too. Things that happen side by side in
three locations are put in the order of the locations. STRONGROOM_BINARY names another program than the release.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs/demonstration.md"
DATE = "2026-01-05"
LOCATIONS = ("primary location", "replica-1", "replica-2")

HEAD = """\
# A demonstration

What `./dev demo` shows, recorded: a bag's whole way in and out. `tools/record_demo.py` makes this page from a real run. It
replaces what differs from one run to the next (port, directory, times, identifiers made by chance), and puts what happens
in the three locations side by side into one order; the tests compare the page with a new run.

```text
"""

STABLE = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:8080"),
    (r"/[^\s\"]*/strongroom-demo\.\w{6}", "/tmp/demo"),
    (r"\bdemo-[0-9a-f]{8}\b", "demo-5f2a9c01"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", f"{DATE}T09:30:00.000000Z"),
    (r"(uploaded bag\.tar\.gz: )[\d,]+", r"\g<1>53,000"),
)


def run_demo():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STRONGROOM_")
                   or name == "STRONGROOM_BINARY"}
    seconds = subprocess.run(["date", "-u", "-d", DATE, "+%s"], capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run([ROOT / "tools/demo.sh"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**environment, "SOURCE_DATE_EPOCH": seconds}, check=False)
    if done.returncode != 0:
        sys.exit(f"record_demo.py: the demonstration failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def place(line):
    """Where an event belongs among those that happen side by side: by location, then its turn there. None: elsewhere."""
    found = re.search(r"Z  (Replicating to|Verification \(|Aggregating replicas)([^)]*?)\)? (started|succeeded)", line)
    if not found or "pre-replicating" in line:
        return None
    what, location, end = found[1], found[2].strip(), found[3]
    if what == "Aggregating replicas":
        return (len(LOCATIONS), 0, re.sub("all", "9", line.split(" - ")[-1]))
    return (LOCATIONS.index(location), ("Replicating to", "Verification (").index(what), end)


def in_order(lines):
    places = [place(line) for line in lines]
    busy = [index for index, found in enumerate(places) if found is not None]
    ordered = sorted(busy, key=lambda index: places[index])
    result = list(lines)
    for index, source in zip(busy, ordered):
        result[index] = lines[source]
    return result


def record():
    text = run_demo()
    for pattern, stable in STABLE:
        text = re.sub(pattern, stable, text)
    return HEAD + "\n".join(in_order(text.strip("\n").split("\n"))) + "\n```\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    made = record()
    if not sys.argv[1:]:
        RECORD.write_text(made)
        return
    kept = RECORD.read_text() if RECORD.exists() else ""
    if kept != made:
        sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), made.splitlines(True), str(RECORD), "this run"))
        sys.exit("record_demo.py: the page is not what the demonstration shows now: tools/record_demo.py records it anew")


if __name__ == "__main__":
    main()
