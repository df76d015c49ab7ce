"""How much of the suite of spoken forms is read rightly: `python -m evals.spoken`.

    python -m evals.spoken                              both sets, by language
    python -m evals.spoken -o evals/results/spoken.json the same, kept for the tables of results
    python -m evals.spoken --only test --formats        by format as well
    python -m evals.spoken --peer dateparser text2num   libraries on the rows of the formats that they have
    python -m evals.spoken --public DATA                Schema-Guided Dialogue and MASSIVE, which others wrote

Right is the value and the words that mean it, exactly, and no other words claimed. For a
peer, which marks other words than we do, "value" is given too: whether the value is among
those it finds anywhere. The times are of one call for all formats, in microseconds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from evals.measuring import made_with
from evals.spoken import ours, public
from evals.spoken.peers import PEERS
from evals.spoken.suite import Finder, Row, finds_value, is_right, load
from router.arguments.temporal import mentions
from router.metrics.intervals import wilson

SETS = ("development", "test")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.spoken", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=SETS, help="one of the sets")
    parser.add_argument("--formats", action="store_true", help="a line for each format as well")
    parser.add_argument("--missed", action="store_true", help="list what is not read rightly; for development only")
    parser.add_argument("--peer", nargs="+", default=[], choices=PEERS, help="compare with a library")
    parser.add_argument("--public", type=Path, metavar="DATA", help="public sets in this folder instead")
    parser.add_argument("--split", default="dev", help="of the public sets; dev unless told")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to write the shares of both sets into")
    arguments = parser.parse_args(argv)
    if arguments.output and (arguments.only or arguments.public):
        parser.error("what is kept is of both sets")
    if arguments.public is not None:
        print(public.table(arguments.public, arguments.split))
        return 0
    tasks: dict[str, Any] = {}
    for name in SETS if arguments.only is None else (arguments.only,):
        rows = load(name)
        figures = {language: measured(some) for language, some in _by(rows, lambda row: row.language[:2]).items()}
        tasks |= {f"{name}/{language}": each for language, each in figures.items()}
        by_format = _by(rows, lambda row: row.format) if arguments.formats else {}
        print(f"\n{name}\n" + table(figures | {each: measured(some) for each, some in by_format.items()}))
        if arguments.missed:
            print(
                *(f"{row.id} {row.format} {row.value}: {row.text}" for row in rows if not is_right(row, ours.find)),
                sep="\n",
            )
        for peer in arguments.peer:
            finder, formats = PEERS[peer]
            asked = [row for row in rows if row.format in formats and row.value is not None]
            print(f"\n{name}, {peer}\n" + compared(asked, finder))
    if arguments.output:
        made = made_with()
        arguments.output.write_text(json.dumps(made | {"tasks": tasks}, indent=1) + "\n", "utf-8")
    return 0


def measured(rows: Sequence[Row]) -> dict[str, Any]:
    """Return how many rows are read rightly, with Wilson's interval, and microseconds."""
    right = sum(is_right(row, ours.find) for row in rows)
    interval = wilson(right, len(rows))
    assert interval is not None
    times = sorted(microseconds(row, _scan) for row in rows)
    shares = {"value": right / len(rows), "low": interval.low, "high": interval.high}
    return {
        **{name: round(share, 4) for name, share in shares.items()},
        "right": right,
        "n": len(rows),
        "p50_us": round(median(times)),
        "p95_us": round(times[int(len(times) * 0.95)]),
    }


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Lay out what was measured."""
    lines = ["| | right | of | share | 95 % | p50 µs | p95 µs |", "|---|---:|---:|---:|---|---:|---:|"]
    for name, each in figures.items():
        share = f"{each['value']:.3f} | {each['low']:.3f} to {each['high']:.3f}"
        times = f"{each['p50_us']} | {each['p95_us']}"
        lines.append(f"| {name} | {each['right']} | {each['n']} | {share} | {times} |")
    return "\n".join(lines)


def _by(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    return {each: [row for row in rows if key(row) == each] for each in dict.fromkeys(map(key, rows))}


def compared(rows: Sequence[Row], finder: Finder) -> str:
    """Lay out a peer beside the router's own on the same rows."""
    lines = ["| | n | ours | ours, value | peer | peer, value | ours p50 µs | peer p50 µs |", "|---|" + "---:|" * 7]
    for language in dict.fromkeys(row.language[:2] for row in rows):
        some = [row for row in rows if row.language[:2] == language]
        shares = [
            sum(judge(row, each) for row in some) / len(some)
            for each in (ours.find, finder)
            for judge in (is_right, finds_value)
        ]
        times = [median(microseconds(row, run) for row in some) for run in (_scan, partial(_listed, finder))]
        cells = [*(f"{share:.3f}" for share in shares), *(f"{time:.0f}" for time in times)]
        lines.append(f"| {language} | {len(some)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def microseconds(row: Row, run: Callable[[Row], object]) -> float:
    """Return how long a call takes, the best of three after one that warms up."""
    run(row)
    return min(_timed(row, run) for _ in range(3))


def _scan(row: Row) -> object:
    return mentions(row.text, row.language, row.now)


def _listed(finder: Finder, row: Row) -> object:
    return list(finder(row, row.format))


def _timed(row: Row, run: Callable[[Row], object]) -> float:
    start = perf_counter()
    run(row)
    return (perf_counter() - start) * 1e6


if __name__ == "__main__":
    sys.exit(main())
