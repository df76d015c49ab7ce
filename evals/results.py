"""Write the tables of results: `python -m evals.results [--check]`.

`evals/RESULTS.md` and the table in README.md are made from the JSON files in
`evals/results/`, which `evals.public`, `evals.parity` and `evals.speed` write.
`--check` changes nothing and fails if a table is not what the files say.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"

GOALS = {
    "clinc150/5-shot": 0.89,
    "clinc150/10-shot": 0.925,
    "clinc150/full": 0.962,
    "banking77/5-shot": 0.82,
    "banking77/10-shot": 0.86,
    "banking77/full": 0.935,
    "sgd/declarations": 0.80,
}


def main() -> int:
    """Write both files, or compare them."""
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
    public, parity, speed = (_read(name) for name in ("public", "parity", "speed"))
    readme = README.read_text(encoding="utf-8")
    before, rest = readme.split(BEGIN)
    table = public_table(public)
    return {
        FOLDER / "RESULTS.md": _PAGE.format(public=table, parity=parity_table(parity), speed=speed_table(speed)),
        README: f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}",
    }


def public_table(results: dict[str, Any]) -> str:
    """Return accuracy on the public sets, test splits."""
    rows = []
    for name, result in sorted(results.items(), key=lambda item: _order(item[0])):
        goal = GOALS.get(name)
        rows.append(
            (
                _title(name),
                f"{result['accuracy']:.4f}",
                f"{result['low']:.3f} to {result['high']:.3f}",
                f"{goal:.3f}" if goal else "",
                f"{result['calibration_error']:.3f}",
                f"{result['oos_auroc']:.3f}" if "oos_auroc" in result else "",
                str(result["n"]),
            )
        )
    head = ("set", "accuracy", "95 % interval", "goal", "calibration error", "out-of-scope AUROC", "n")
    return markdown(head, rows)


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


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _order(name: str) -> tuple[str, int, str]:
    family, _, task = name.partition("/")
    sizes = ["5-shot", "10-shot", "full"]
    return family, sizes.index(task) if task in sizes else 9, task


def _title(name: str) -> str:
    family, _, task = name.partition("/")
    if family == "sgd":
        paraphrase = task.partition(".v")[2]
        return "Schema-Guided Dialogue (dev), declarations only" + (f", paraphrase {paraphrase}" if paraphrase else "")
    return f"{ {'clinc150': 'CLINC150', 'banking77': 'BANKING77'}[family] }, {task}"


def _read(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((FOLDER / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return result


_PAGE = """\
# Results

Made by `python -m evals.results` from the files in `evals/results/`; do not edit.

## Public sets

`python -m evals.public DATA -o evals/results/public.json`, shipped encoder, test splits. Accuracy is that of the
first candidate, in scope. The router is trained as by any user: what it fits, it fits on folds of its training
rows, and no out-of-scope utterance is trained on. CLINC150 and BANKING77 have no declarations; the label's words
stand in for them. Schema-Guided Dialogue: choosing among all 30 intents of the dev services from their declarations
alone, first turns. `evals/public_sets.py` says where the data come from. What was tried and dropped is in
`evals/NOTES.md`.

{public}

## The shipped encoder against the original

`python -m evals.parity DATA SOURCE -o evals/results/parity.json`: all-MiniLM-L6-v2 in 8 bits, as it ships, against
the published float32 weights.

{parity}

## Speed and memory

`python -m evals.speed -o evals/results/speed.json`: one thread, each beside a reference timed in the same run.

{speed}
"""


if __name__ == "__main__":
    sys.exit(main())
