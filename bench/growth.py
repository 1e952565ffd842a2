#!/usr/bin/python3
"""How the cost of an ingest grows with the number of files: bags of one to a million files of a kilobyte, cold.

usage: bench/growth.py [--most N] [--rounds N] [--svg FILE] [--json FILE] [--disk DIR]

Stores bags of 1, 10, 100 … N files, each on a disk made anew, and prints medians: wall and processor time, both for each file
too, and the peak memory. --svg draws it. As root. STRONGROOM_BINARY names another program than the release build.
"""

import argparse
import json
import math
import pathlib
import statistics
import tempfile

import corpora
from disk import Disk
from ingest import store

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 660, 360, 64, 16, 36, 44


def run(directory, files, rounds, below):
    corpora.CORPORA["growth"] = lambda _: corpora.records(files)
    package = directory / "growth.tar.gz"
    identifier, count, octets = corpora.make("growth", package)
    disk = Disk.for_bags(octets, files, below)
    try:
        bag = {"package": package, "identifier": identifier, "files": count, "bytes": octets}
        runs = [store(disk, bag, False) for _ in range(rounds)]
    finally:
        disk.close()
        package.unlink()
    return {"files": files, "bytes": octets, "peak": max(one["rss"] for one in runs),
            **{figure: statistics.median(one[figure] for one in runs) for figure in ("wall", "cpu")}}


def ticks(low, high):
    return [10.0 ** power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def draw(results):
    """Wall and processor seconds over files, both axes logarithmic; a dashed line shows what in proportion would mean."""
    values = [one[figure] for one in results for figure in ("wall", "cpu")]
    across, up = ticks(results[0]["files"], results[-1]["files"]), ticks(min(values), max(values))

    def x(files):
        return LEFT + (math.log10(files / across[0]) / math.log10(across[-1] / across[0])) * (WIDTH - LEFT - RIGHT)

    def y(seconds):
        return HEIGHT - BOTTOM - math.log10(seconds / up[0]) / math.log10(up[-1] / up[0]) * (HEIGHT - TOP - BOTTOM)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for tick in across:
        lines.append(f'<path d="M{x(tick):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
                     f'<text x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{int(tick):,}</text>')
    for tick in up:
        lines.append(f'<path d="M{LEFT} {y(tick):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g} s</text>')
    last = results[-1]
    first = max(across[0], last["files"] * up[0] / last["wall"])
    lines.append(f'<path d="M{x(first):.1f} {y(last["wall"] * first / last["files"]):.1f}L{x(last["files"]):.1f} '
                 f'{y(last["wall"]):.1f}" stroke="#888" stroke-dasharray="5 4"/>')
    for figure, colour, name in (("wall", "#1f5fa8", "wall time"), ("cpu", "#b3541e", "processor time")):
        points = " ".join(f"{x(one['files']):.1f},{y(one[figure]):.1f}" for one in results)
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{x(one["files"]):.1f}" cy="{y(one[figure]):.1f}" r="3" fill="{colour}"/>' for one in results]
        at = TOP + (16 if figure == "wall" else 32)
        lines.append(f'<text x="{LEFT + 10}" y="{at}" fill="{colour}">{name}</text>')
    lines.append(f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">files of a kilobyte in the bag; dashed: '
                 'in proportion to the files</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--svg", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--disk")
    options = parser.parse_args()
    sizes = [10 ** power for power in range(int(math.log10(options.most)) + 1)]
    results = []
    print(f"{'files':>10} {'wall, s':>9} {'cpu, s':>8} {'µs/file':>9} {'cpu µs/file':>12} {'peak, MiB':>10}")
    with tempfile.TemporaryDirectory(prefix="strongroom-bench-", dir=options.disk) as held:
        for files in sizes:
            # What takes long varies little.
            one = run(pathlib.Path(held), files, options.rounds if files < 1_000_000 else 1, options.disk)
            print(f"{files:10,} {one['wall']:9.2f} {one['cpu']:8.2f} {one['wall'] / files * 1e6:9.1f} "
                  f"{one['cpu'] / files * 1e6:12.1f} {one['peak']:10.0f}", flush=True)
            results.append(one)
    if options.svg:
        options.svg.write_text(draw(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
