"""How much of the suite of spoken forms is read rightly: `python -m evals.spoken`.

    python -m evals.spoken                              both sets, by language
    python -m evals.spoken --only test --formats        by format as well
    python -m evals.spoken --peer dateparser text2num   libraries on the rows of the formats that they have
    python -m evals.spoken --public DATA                Schema-Guided Dialogue and MASSIVE, which others wrote

Right is the value and the words that mean it, exactly, and no other words claimed. For a
peer, which marks other words than we do, "value" is given too: whether the value is among
those it finds anywhere. The times are of one call for all formats, in microseconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

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
    arguments = parser.parse_args(argv)
    if arguments.public is not None:
        print(public.table(arguments.public, arguments.split))
        return 0
    for name in SETS if arguments.only is None else (arguments.only,):
        rows = load(name)
        print(f"\n{name}\n" + table(rows, arguments.formats))
        if arguments.missed:
            print(
                *(f"{row.id} {row.format} {row.value}: {row.text}" for row in rows if not is_right(row, ours.find)),
                sep="\n",
            )
        for peer in arguments.peer:
            finder, formats = PEERS[peer]
            asked = [row for row in rows if row.format in formats and row.value is not None]
            print(f"\n{name}, {peer}\n" + compared(asked, finder))
    return 0


def table(rows: Sequence[Row], by_format: bool) -> str:
    """Lay out how many rows are read rightly, by language, and by format if asked for."""
    lines = ["| | right | of | share | 95 % | p50 µs | p95 µs |", "|---|---:|---:|---:|---|---:|---:|"]
    languages = list(dict.fromkeys(row.language[:2] for row in rows))
    for language in languages:
        lines.append(_line(language, [row for row in rows if row.language[:2] == language]))
    for each in dict.fromkeys(row.format for row in rows) if by_format else ():
        lines.append(_line(each, [row for row in rows if row.format == each]))
    return "\n".join(lines)


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


def _line(name: str, rows: Sequence[Row]) -> str:
    right = sum(is_right(row, ours.find) for row in rows)
    interval = wilson(right, len(rows))
    assert interval is not None
    times = sorted(microseconds(row, _scan) for row in rows)
    share = f"{right / len(rows):.3f} | {interval.low:.3f} to {interval.high:.3f}"
    return f"| {name} | {right} | {len(rows)} | {share} | {median(times):.0f} | {times[int(len(times) * 0.95)]:.0f} |"


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
