#!/usr/bin/python3
"""Writes what bench/ingest.py has measured into docs/performance.md, between the lines that mark the place.

usage: bench/page.py RESULTS.json
"""

import json
import pathlib
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what is measured -->"
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


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table(json.loads(pathlib.Path(sys.argv[1]).read_text()))}\n{END}{after}")


if __name__ == "__main__":
    main()
