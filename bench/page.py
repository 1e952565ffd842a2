#!/usr/bin/python3
"""Writes what bench/ingest.py and bench/growth.py have measured into docs/performance.md, between the lines that mark the place.

usage: bench/page.py RESULTS.json [GROWTH.json]
"""

import json
import pathlib
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"
NAMES = {"tools": "common tools", "yardstick": "yardstick", "strongroom": "Strongroom"}


def spread(summary, digits=1):
    return f"{summary['median']:.{digits}f} ({summary['least']:.{digits}f} to {summary['most']:.{digits}f})"


def table(results):
    lines = ["| Bag | Who | Wall, s | Processor, s | Peak, MiB |", "|---|---|---|---|---|"]
    for name, corpus in results["corpora"].items():
        what = f"{name}: {corpus['files']:,} files, {corpus['bytes'] / 1e6:,.0f} MB"
        for who, figures in corpus["contenders"].items():
            peak = f"{figures['rss']['median']:.0f}" if who == "strongroom" else ""
            lines.append(f"| {what} | {NAMES[who]} | {spread(figures['wall'])} | {figures['cpu']['median']:.1f} | {peak} |")
            what = ""
    lines += ["", "| Bag | Faster than common tools | Less processor time | Wall time of the yardstick | "
              "Read and written for each byte | Small requests, p99 |", "|---|---|---|---|---|---|"]
    for name, corpus in results["corpora"].items():
        tools, yardstick = corpus["ratios"].get("tools"), corpus["ratios"].get("yardstick")
        moved = corpus["per_byte"]
        cells = [name, spread(tools["wall"], 2) + " times" if tools else "-", spread(tools["cpu"], 2) + " times" if tools else "-",
                 f"{1 / yardstick['wall']['median']:.2f} times that" if yardstick else "-",
                 f"{moved['read_bytes']:.2f}, {moved['write_bytes']:.2f}", f"{corpus['p99']:.0f} ms"]
        lines.append("| " + " | ".join(cells) + " |")
    machine = results["machine"]
    lines += ["", f"{machine['processor']}, {machine['cores']} cores, {machine['memory'] / 1024:.0f} GiB, Linux "
              f"{machine['kernel']}; commit {results['commit']}; page cache {'hot' if results['hot'] else 'cold'}."]
    return "\n".join(lines)


def growth_table(results):
    lines = ["| Files | Wall, s | Processor, s | Wall for each file, µs | Processor for each, µs | Peak, MiB |", "|---|---|---|---|---|---|"]
    for one in results:
        each = [f"{one[figure] / one['files'] * 1e6:,.0f}" for figure in ("wall", "cpu")]
        lines.append(f"| {one['files']:,} | {one['wall']:.2f} | {one['cpu']:.2f} | {each[0]} | {each[1]} | {one['peak']:.0f} |")
    return "\n".join(lines)


def put(page, name, text):
    """Between the mark of that name and its end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = page.split(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    results = [json.loads(pathlib.Path(name).read_text()) for name in sys.argv[1:]]
    page = put(PAGE.read_text(), "measured", table(results[0]))
    if len(results) > 1:
        page = put(page, "growth", growth_table(results[1]))
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
