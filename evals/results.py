"""Write the tables of results: `python -m evals.results [--check]`.

`evals/RESULTS.md` and the tables in README.md are made from the JSON files in
`evals/results/`, each written by the command of its name, and from the baseline
of the everyday suite; the words of `evals/RESULTS.md` are in `evals/RESULTS.template.md`.
`--check` changes nothing and fails if a table is not what the files say.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from evals.arguments.table import arguments_table, calls_table
from evals.cascade_table import cascade_table
from evals.encoder_tables import by_language_table, encoders_table, held_out_table, languages_table, mteb_table
from evals.everyday_tables import headline_table, metrics_table, tags_table
from evals.known.table import known_table
from evals.markdown import markdown
from evals.peers.table import table as peers_table
from evals.promises.table import curve_table, everyday_table, limits_table, near_table
from evals.public_tables import draws_table, full_table, kind, operating_table, public_table, sets_table
from evals.spoken.table import spoken_table
from router.evaluation import read_report

FOLDER = Path(__file__).parent
TEMPLATE = FOLDER / "RESULTS.template.md"
"""The words around the tables."""
README = FOLDER.parent / "README.md"
ENCODERS = FOLDER.parent / "router" / "encoders"
CARD_OF_EN, CARD_OF_EN_STATIC, CARD_OF_MULTILINGUAL = (
    ENCODERS / name / "MODEL_CARD.md" for name in ("en", "en_static", "multilingual")
)
IN_README = ("clinc150/", "banking77/", "sgd/")
"""The sets in README.md's table; `evals/RESULTS.md` has all."""
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say whether the tables are up to date")
    check = parser.parse_args().check
    tables = rendered().items()
    stale = {file: text for file, text in tables if not file.exists() or file.read_text(encoding="utf-8") != text}
    for file, text in stale.items():
        if not check:
            file.write_text(text, encoding="utf-8")
        print(f"{file.relative_to(FOLDER.parent)}: {'differs from evals/results/' if check else 'written'}")
    return int(check and bool(stale))


def rendered() -> dict[Path, str]:
    """Return what each file should hold."""
    public, promises, encoders, held_out, by_language = map(
        _tasks, ("public", "promises", "encoders", "held_out", "languages")
    )
    everyday = read_report(FOLDER / "baselines" / "everyday.json").suites[0]

    def of_kind(wanted: str) -> dict[str, Any]:
        return {name: result for name, result in public.items() if kind(name) == wanted}

    page = TEMPLATE.read_text(encoding="utf-8").format(
        card=everyday.card.description,
        how_made=everyday.card.how_made,
        everyday=metrics_table(everyday),
        tags=tags_table(everyday),
        public=full_table(of_kind("set")),
        languages=full_table(of_kind("language")),
        operating=operating_table(public),
        draws=draws_table(of_kind("draws")),
        sets=sets_table(),
        limits=limits_table(promises),
        promised_everyday=everyday_table(promises["everyday"]),
        near=near_table(promises["near_domain"]),
        curve=curve_table(promises["curve"]),
        arguments=arguments_table(_tasks("arguments")),
        calls=calls_table(_tasks("arguments")),
        spoken=spoken_table(_tasks("spoken")),
        known=known_table(_tasks("known")),
        encoders=encoders_table(encoders),
        mteb=mteb_table(encoders),
        held_out=held_out_table(held_out),
        by_language=by_language_table(by_language),
        tools_in_english=languages_table(encoders),
        cascade=cascade_table(_tasks("cascade")),
        peers=peers_table(_read("peers")),
        parity=parity_table(_read("parity")),
        speed=speed_table(_read("speed")),
        gemma=speed_table(_read("gemma")),
    )
    short = public_table({name: result for name, result in of_kind("set").items() if name.startswith(IN_README)})
    tables = f"{headline_table(everyday)}\n\n{short}"
    within = {
        README: tables,
        CARD_OF_EN: held_out_table(held_out),
        CARD_OF_EN_STATIC: held_out_table(held_out),
        CARD_OF_MULTILINGUAL: by_language_table(by_language),
    }
    pages = {file: _between(file.read_text(encoding="utf-8"), tables) for file, tables in within.items()}
    return {FOLDER / "RESULTS.md": page} | pages


def _between(page: str, tables: str) -> str:
    """Return a page with its tables replaced."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{tables}\n{END}{rest.split(END)[1]}"


def parity_table(result: dict[str, Any]) -> str:
    """Return how near the shipped encoder is to the original."""
    columns = ("figure", "value", "bound")
    return markdown(columns, [[row[column] for column in columns] for row in result["rows"]])


def speed_table(result: dict[str, Any]) -> str:
    """Return times and memory, each beside its reference."""
    rows = [
        (
            row["what"],
            f"{row['ours']:.2f} {row['unit']}",
            f"{row['reference']:.2f} {row['unit']}" if row["reference"] is not None else "",
            f"{row['figure']:.2f}",
            row["compared"],
            f"{row['goal']:g}" if row["goal"] is not None else "",
        )
        for row in result["measured"]
    ]
    table = markdown(("what", "ours", "reference", "figure", "which is", "goal"), rows)
    return "\n".join(f"- {name}: {value}" for name, value in result["machine"].items()) + "\n\n" + table


def _tasks(name: str) -> dict[str, Any]:
    return dict(_read(name)["tasks"])


def _read(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((FOLDER / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return result


if __name__ == "__main__":
    sys.exit(main())
